"""`argus media`: what docks uploaded, what of a flight has come, and the files themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from cli.client import Api
from cli.context import api, wants_json
from cli.download import download
from cli.output import ahead, as_json, console, size, table

app = typer.Typer(help="Photos, videos and their PPK files, as docks uploaded them.", no_args_is_help=True)
Flight = Annotated[str, typer.Argument(help="Id of the flight")]
TIMES: Final = ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"]


@app.command("list")
def files(
    context: typer.Context,
    mission: Annotated[str | None, typer.Option(help="Only of this mission")] = None,
    dock: Annotated[str | None, typer.Option(help="Only of the dock with this serial")] = None,
    flight: Annotated[str | None, typer.Option(help="Only of this flight")] = None,
    kind: Annotated[str | None, typer.Option(help="photo, video, ppk or other")] = None,
    since: Annotated[datetime | None, typer.Option(formats=TIMES, help="Taken then or later")] = None,
    until: Annotated[datetime | None, typer.Option(formats=TIMES, help="Taken before")] = None,
) -> None:
    """Files, the newest shot first."""
    times = {name: each.isoformat() for name, each in (("since", since), ("until", until)) if each is not None}
    found = api(context).all("/v1/media", mission=mission, dock=dock, flight=flight, kind=kind, **times)
    if wants_json(context):
        return as_json(found)
    rows = [
        (each["id"], each["name"], each["kind"], each["takenAt"], _place(each), size(each["size"]), each["photo"])
        for each in found
    ]
    return table("Media", ("id", "name", "kind", "taken", "where", "size", "photo"), rows)


@app.command()
def show(context: typer.Context, media: Annotated[str, typer.Argument(help="Id of the file")]) -> None:
    """One file, and what belongs to it."""
    found = api(context).call("GET", f"/v1/media/{media}")
    if wants_json(context):
        return as_json(found)
    console.print(f"[bold]{escape(found['name'])}[/bold]: {found['kind']}, {size(found['size'])}")
    console.print(f"taken {found['takenAt']} {_place(found)}".rstrip(), highlight=False)
    console.print(f"dock {found['dockSn']}, flight {found['flightId'] or 'none'}", highlight=False)
    return table("Belongs to it", ("id", "name", "kind"), [(o["id"], o["name"], o["kind"]) for o in found["joined"]])


@app.command()
def flight(context: typer.Context, flight_id: Flight) -> None:
    """What of a flight's files has come, and what is missing."""
    _shown(context, api(context).call("GET", f"/v1/flights/{flight_id}/media"))


@app.command()
def first(
    context: typer.Context,
    flight_id: Flight,
    reason: Annotated[str, typer.Option(help="For the audit log")] = "",
) -> None:
    """Have the dock upload this flight's files before those of others."""
    _shown(context, api(context).call("POST", f"/v1/flights/{flight_id}/media/first", json={"reason": reason}))


@app.command()
def reports(
    context: typer.Context,
    dock: Annotated[str | None, typer.Option(help="Only of the dock with this serial")] = None,
    flight: Annotated[str | None, typer.Option(help="Only of this flight")] = None,
) -> None:
    """Files that docks reported and that the bucket does not hold."""
    found = api(context).all("/v1/media/reports", dock=dock, flight=flight)
    if wants_json(context):
        return as_json(found)
    rows = [
        (each["name"], each["dockSn"], each["flightId"], each["reason"], "yes" if each["open"] else "no")
        for each in found
    ]
    return table("Reported, and no media", ("name", "dock", "flight", "why", "looked for"), rows)


@app.command()
def get(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Id of a file, or of a flight for all of its files")],
    to: Annotated[Path, typer.Option(help="Folder", file_okay=False)] = Path(),
) -> None:
    """Fetch a file, or all files of a flight. What is there with the same size is not fetched again."""
    server = api(context)
    found = server.all("/v1/media", flight=key) or [server.call("GET", f"/v1/media/{key}")]
    got = [str(_fetched(server, each, to)) for each in found]
    if wants_json(context):
        return as_json(got)
    for path in got:
        console.print(path, highlight=False, markup=False)
    return None


def _fetched(server: Api, file: dict[str, Any], to: Path) -> Path:
    """A file that is there by its own name is there whole."""
    path = to / Path(file["name"].replace("\\", "/")).name
    if path.exists() and path.stat().st_size == file["size"]:
        return path
    download(server.call("GET", f"/v1/media/{file['id']}/link")["url"], path)
    return path


def _shown(context: typer.Context, found: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(found)
    awaited = max(filter(None, (found["announced"], found["expected"])), default="?")
    total = found["photos"] + found["videos"] + found["sideFiles"] + found["others"]
    console.print(f"[bold]{found['status'] or 'nothing has come'}[/bold]", highlight=False)
    console.print(
        f"{total} of {awaited} files: {found['photos']} photos, {found['videos']} videos, "
        f"{found['sideFiles']} side files, {found['others']} others; {size(found['bytes'])}",
        highlight=False,
    )
    if found["status"] == "waiting":
        console.print(f"what is missing is named in {ahead(found['dueAt'])}", highlight=False)
    if found["first"]:
        console.print("the dock uploads these first")
    for missing in found["missing"]:
        console.print(f"[yellow]missing[/yellow] {escape(missing)}", highlight=False)
    return None


def _place(file: dict[str, Any]) -> str:
    if file["latitude"] is None:
        return ""
    height = f" {file['height']:.0f} m" if file["height"] is not None else ""
    return f"{file['latitude']:.5f},{file['longitude']:.5f}{height}"
