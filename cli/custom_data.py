"""`argus custom-data`: messages to and from programs on payloads and beside docks."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.output import as_json, console, table

app = typer.Typer(help="Messages of programs on payloads (PSDK) and beside docks (ESDK).", no_args_is_help=True)
Sn = Annotated[str, typer.Argument(help="Serial of the dock")]


@app.command()
def send(
    context: typer.Context,
    sn: Sn,
    value: Annotated[str, typer.Argument(help="At most 255 bytes")],
    to: Annotated[str, typer.Option(help="psdk: a payload; esdk: a program beside the dock")] = "psdk",
    reason: Annotated[str, typer.Option()] = "",
) -> None:
    """Send a message; done when the dock has taken it."""
    body = {"to": to, "value": value, "reason": reason}
    sent = api(context).call("POST", f"/v1/docks/{sn}/custom-data", json=body)
    if wants_json(context):
        return as_json(sent)
    return console.print(escape(f"taken by dock {sn} for its {to}"))


@app.command("list")
def received(
    context: typer.Context,
    sn: Sn,
    end: Annotated[str | None, typer.Option("--from", help="psdk or esdk; both without it")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="The newest so many")] = 50,
) -> None:
    """What was received, newest first."""
    params: dict[str, str | int] = {"limit": limit} | ({"end": end} if end is not None else {})
    found = api(context).call("GET", f"/v1/docks/{sn}/custom-data", params=params)["items"]
    if wants_json(context):
        return as_json(found)
    rows = [(each["at"][:19].replace("T", " "), each["end"], each["length"], each["value"]) for each in found]
    return table("Custom data", ("at (UTC)", "from", "bytes", "value"), rows)
