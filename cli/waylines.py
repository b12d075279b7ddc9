"""`argus waylines`: route files, uploaded, listed, and one drawn for a first flight."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.client import Api
from cli.context import api, wants_json
from cli.output import as_json, console, errors, table
from demo.routes import Place, kmz

app = typer.Typer(help="Routes: KMZ files, checked when they are uploaded.", no_args_is_help=True)

LOST_LINK = ("flies on", "comes home")  # by exitWaylineWhenRcLost


def upload_file(server: Api, file: Path, aircraft: str | None) -> Any:
    """The wayline that the API made of a KMZ."""
    form = {"name": file.stem} | ({"aircraft": aircraft} if aircraft else {})
    with file.open("rb") as data:
        return server.call("POST", "/v1/waylines", files={"file": (file.name, data)}, data=form)


@app.command()
def upload(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    aircraft: Annotated[str | None, typer.Option(help="Refuse a file for another product, like 0-100-1")] = None,
) -> None:
    """Upload a KMZ; it is checked first."""
    wayline = upload_file(api(context), file, aircraft)
    if wants_json(context):
        return as_json(wayline)
    console.print(f"wayline [bold]{wayline['id']}[/bold]: {wayline['waypoints']} points, {wayline['lengthM']:.0f} m")
    console.print(f"without a link the aircraft {LOST_LINK[wayline['exitWaylineWhenRcLost']]}")
    for problem in wayline["problems"]:
        console.print(f"[yellow]{escape(problem)}[/yellow]")
    return None


@app.command("list")
def list_waylines(context: typer.Context) -> None:
    """Routes, newest first."""
    found = api(context).all("/v1/waylines")
    if wants_json(context):
        return as_json(found)
    rows = [
        (
            w["id"], w["name"], w["aircraft"], w["waypoints"], f"{w['lengthM']:.0f}",
            LOST_LINK[w["exitWaylineWhenRcLost"]],
        )
        for w in found
    ]  # fmt: skip
    return table("Waylines", ("id", "name", "aircraft", "points", "m", "without a link"), rows)


@app.command()
def example(
    context: typer.Context,
    dock: Annotated[str, typer.Argument(help="Serial of the dock that shall fly it")],
    file: Annotated[Path, typer.Argument(help="Where to write the KMZ")] = Path("example.kmz"),
) -> None:
    """Write a first route: a square of 60 m beside the dock, 60 m high, with a photo at each corner.

    For the aircraft and the place that the dock reports. Look whether the air there is free before you fly it.
    """
    server = api(context)
    shown = server.call("GET", f"/v1/docks/{dock}")
    position = (shown["osd"].get("latitude"), shown["osd"].get("longitude"))
    product = server.call("GET", f"/v1/docks/{dock}/aircraft")["product"] if shown["aircraftSn"] else None
    if None in position or product is None:
        missing = "its aircraft" if product is None else "its position"
        errors.print(f"[red]dock {dock} has not reported {missing} yet[/red]; wait until it is online, then try again")
        raise typer.Exit(1)
    file.write_bytes(kmz(Place(*position), product, file.stem))
    console.print(f"{file}: next: argus fly {dock} {file}", soft_wrap=True)
