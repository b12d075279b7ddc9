"""`argus licences`: FlySafe licences of a dock and its aircraft."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import CannotAsk
from cli.context import api, wants_json
from cli.output import as_json, console, table

app = typer.Typer(help="FlySafe licences: what dock and aircraft hold, by the dock's own word.", no_args_is_help=True)
Sn = Annotated[str, typer.Argument(help="Serial of the dock")]


@app.command("list")
def licences(
    context: typer.Context,
    sn: Sn,
    refresh: Annotated[bool, typer.Option(help="Ask the dock first")] = True,
) -> None:
    """The licences that dock and aircraft hold."""
    path = f"/v1/docks/{sn}/licences"
    server = api(context)
    _shown(context, server.call("POST", f"{path}/refresh") if refresh else server.call("GET", path))


@app.command()
def switch(
    context: typer.Context,
    sn: Sn,
    licence: Annotated[int, typer.Argument(help="Id of the licence")],
    on: Annotated[bool, typer.Option("--on/--off")] = True,
) -> None:
    """Switch a licence on or off."""
    _shown(context, api(context).call("PATCH", f"/v1/docks/{sn}/licences/{licence}", json={"enabled": on}))


@app.command()
def update(
    context: typer.Context,
    sn: Sn,
    file: Annotated[Path | None, typer.Argument(help="Of DJI's FlySafe page; without one the dock asks there")] = None,
) -> None:
    """Bring licences to the aircraft."""
    given: dict[str, Any] = {}
    if file is not None:
        try:
            given["files"] = {"file": (file.name, file.read_bytes())}
        except OSError as error:
            raise CannotAsk(f"{file} cannot be read: {error}") from None
    _shown(context, api(context).call("POST", f"/v1/docks/{sn}/licences/update", **given))


def _shown(context: typer.Context, found: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(found)
    rows = [
        (held["device"], each["id"], each["name"], each["kind"], "on" if each["enabled"] else "off", each["endsAt"])
        for held in found["held"]
        for each in held["licences"]
    ]
    table("Licences", ("of", "id", "name", "for", "", "until"), rows)
    for held in found["held"]:
        if held["error"]:
            console.print(f"[yellow]{held['device']}[/yellow]: {held['error']}")
    return None
