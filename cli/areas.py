"""`argus areas`: where the aircraft of a mission may fly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.client import CannotAsk
from cli.context import api, wants_json
from cli.output import ago, as_json, console, table

app = typer.Typer(help="Flight areas of a mission: keep-in and keep-out, as GeoJSON.", no_args_is_help=True)
Mission = Annotated[str, typer.Argument(help="Id of the mission")]
File = Annotated[Path, typer.Argument(help="GeoJSON FeatureCollection; each area has a property kind")]


@app.command()
def show(context: typer.Context, mission: Mission) -> None:
    """The areas, and how far each dock has them; with --json as GeoJSON."""
    _shown(context, api(context).call("GET", f"/v1/missions/{mission}/areas"))


@app.command("set")
def draw(context: typer.Context, mission: Mission, file: File) -> None:
    """Draw the areas anew, from a file."""
    try:
        drawn = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise CannotAsk(f"{file} cannot be read as GeoJSON: {error}") from None
    _shown(context, api(context).call("PUT", f"/v1/missions/{mission}/areas", json=drawn))


@app.command()
def clear(context: typer.Context, mission: Mission) -> None:
    """Remove all areas; the docks are told to have none."""
    _shown(context, api(context).call("DELETE", f"/v1/missions/{mission}/areas"))


@app.command()
def send(context: typer.Context, mission: Mission) -> None:
    """Tell all docks of the mission again."""
    _shown(context, api(context).call("POST", f"/v1/missions/{mission}/areas/send"))


def _shown(context: typer.Context, found: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(found)
    rows = [
        (number, each["properties"]["kind"], each["properties"]["name"], _size(each), _on(each))
        for number, each in enumerate(found["features"], start=1)
    ]
    table(f"Areas, revision {found['revision']}", ("", "kind", "name", "shape", "enabled"), rows)
    docks = [(d["sn"], d["status"], d["error"], ago(d["updatedAt"]) if d["updatedAt"] else "") for d in found["docks"]]
    if docks:
        table("Docks", ("dock", "status", "why", "since"), docks)
    elif not found["features"]:
        console.print("The mission has no areas: aircraft may be anywhere.")
    return None


def _size(feature: dict[str, Any]) -> str:
    if feature["geometry"]["type"] == "Point":
        return f"circle of {feature['properties']['radius']:g} m"
    return f"{len(feature['geometry']['coordinates'][0]) - 1} corners"


def _on(feature: dict[str, Any]) -> str:
    return "yes" if feature["properties"]["enabled"] else "no"
