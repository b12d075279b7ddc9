"""`argus property`: what can be set on a dock and its aircraft."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from cli.context import api, wants_json
from cli.output import as_json, console, table

app = typer.Typer(help="Properties: what can be set on a dock and its aircraft.", no_args_is_help=True)
Sn = Annotated[str, typer.Argument(help="Serial of the dock")]


@app.command("list")
def properties(context: typer.Context, sn: Sn) -> None:
    """What can be set, within which bounds, and what dock and aircraft say of it now."""
    found = api(context).call("GET", f"/v1/docks/{sn}/properties")
    if wants_json(context):
        return as_json(found)
    rows = [
        (each["path"], each["of"], _value(each), _bounds(each), "" if each["inFlight"] else "not in flight")
        for each in found["properties"]
    ]
    return table("Properties", ("path", "of", "value", "may be", ""), rows)


@app.command("set")
def set_property(
    context: typer.Context,
    sn: Sn,
    path: Annotated[str, typer.Argument(help="As in the list, like rth_altitude")],
    value: Annotated[str, typer.Argument(help="A number, true, false or a text")],
    reason: Annotated[str, typer.Option(help="Why")] = "",
) -> None:
    """Set one, and say whether dock or aircraft show it."""
    body = {"value": _typed(value), "reason": reason}
    found = api(context).call("PUT", f"/v1/docks/{sn}/properties/{path}", json=body)
    if wants_json(context):
        return as_json(found)
    said = (
        ""
        if found["confirmed"]
        else f" [yellow]the dock said yes, the {found['property']['of']} does not show it[/yellow]"
    )
    return console.print(f"{path}: {_value(found['property'])}{said}", highlight=False)


def _typed(value: str) -> Any:
    try:
        found = json.loads(value)
    except ValueError:
        return value
    return found if isinstance(found, bool | int | float) else value


def _value(each: dict[str, Any]) -> str:
    value = each["value"]
    if value is None:
        return "not said"
    meaning = each["values"].get(str(value))
    return f"{json.dumps(value)}{' ' + each['unit'] if each['unit'] else ''}{f' ({meaning})' if meaning else ''}"


def _bounds(each: dict[str, Any]) -> str:
    if each["values"]:
        return ", ".join(f"{value} {meaning}" for value, meaning in each["values"].items())
    if each["low"] is not None and each["high"] is not None:
        return f"{each['low']:g} to {each['high']:g} {each['unit']}".rstrip()
    return "true, false" if each["type"] == "boolean" else str(each["type"])
