"""`argus org deletion`: the organisation ends, with all that it owns."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.output import ahead, as_json, console

app = typer.Typer(help="The end of the organisation, with all that it owns.", no_args_is_help=True)
DELETION: Final = "/v1/org/deletion"


@app.command()
def start(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The organisation's name, as it is written")],
    reason: Annotated[str, typer.Option(help="Why: it is in the line that is left")] = "",
) -> None:
    """Delete the organisation, after days in which that can be called off. Nothing comes back."""
    _shown(context, api(context).call("POST", DELETION, json={"name": name, "reason": reason}))


@app.command()
def show(context: typer.Context) -> None:
    """The deletion that was asked for, and when it begins."""
    _shown(context, api(context).call("GET", DELETION))


@app.command("call-off")
def call_off(context: typer.Context) -> None:
    """Call it off: all stays as it is."""
    _shown(context, api(context).call("DELETE", DELETION))


def _shown(context: typer.Context, found: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(found)
    words = {
        "scheduled": f"begins in {ahead(found['dueAt'])}; `argus org deletion call-off` until then",
        "waiting": f"waits: {'; '.join(found['inTheWay'])}",
        "called_off": f"was called off by {found['calledOffBy']}",
    }
    return console.print(escape(f"{found['status']}: {words.get(found['status'], '')}".rstrip(": ")))
