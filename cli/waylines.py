"""`argus waylines`: route files, uploaded, drawn, listed, and one written for a first flight."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.client import Api
from cli.context import api, wants_json
from cli.output import as_json, console, errors, table

app = typer.Typer(help="Routes: KMZ files, checked when they are uploaded.", no_args_is_help=True)


class Finish(StrEnum):
    home = "home"
    hover = "hover"
    first_point = "first-point"


class LostLink(StrEnum):
    home = "home"
    fly_on = "fly-on"


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
    return _show(context, upload_file(api(context), file, aircraft))


def _show(context: typer.Context, wayline: Any) -> None:
    if wants_json(context):
        return as_json(wayline)
    console.print(f"wayline [bold]{wayline['id']}[/bold]: {wayline['waypoints']} points, {wayline['lengthM']:.0f} m")
    console.print(f"without a link the aircraft {LOST_LINK[wayline['exitWaylineWhenRcLost']]}")
    for problem in wayline["problems"]:
        console.print(f"[yellow]{escape(problem)}[/yellow]")
    return None


@app.command()
def draw(
    context: typer.Context,
    dock: Annotated[str, typer.Argument(help="Serial of the dock whose aircraft shall fly it")],
    name: Annotated[str, typer.Argument(help="What the route is called")],
    points: Annotated[
        list[str], typer.Argument(help="LAT,LON or LAT,LON,HEIGHT, two or more; after -- where one is negative")
    ],
    height: Annotated[float, typer.Option(min=2, max=1500, help="m above the dock, of points without their own")] = 60,
    speed: Annotated[float, typer.Option(min=1, max=15, help="m/s")] = 8,
    photo: Annotated[bool, typer.Option(help="Take a photo at each point")] = False,
    film: Annotated[bool, typer.Option(help="Record a video from the first point to the last")] = False,
    finish: Annotated[Finish, typer.Option(help="After the last point")] = Finish.home,
    lost_link: Annotated[LostLink, typer.Option(help="Where the link is lost on the way")] = LostLink.home,
) -> None:
    """Draw a route: points become a KMZ for the dock's aircraft, which is checked and kept."""
    body = {
        "dockSn": dock, "name": name, "points": [_point(point, photo) for point in points], "height": height,
        "speed": speed, "film": film, "finish": finish, "lostLink": lost_link,
    }  # fmt: skip
    _show(context, api(context).call("POST", "/v1/waylines/drawn", json=body))


def _point(given: str, photo: bool) -> dict[str, Any]:
    try:
        place = [float(part) for part in given.split(",")]
    except ValueError:
        place = []
    if len(place) not in (2, 3):
        raise typer.BadParameter(f"{given!r}: give it as LAT,LON or LAT,LON,HEIGHT", param_hint="points")
    return {**dict(zip(("latitude", "longitude", "height"), place, strict=False)), "photo": photo}


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
    from demo.routes import Place, kmz  # half a second, that the other commands are spared

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
