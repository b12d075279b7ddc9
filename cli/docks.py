"""`argus docks`: what is paired, and what it is doing."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.text import Text

from cli import tile
from cli.context import api, wants_json
from cli.output import ago, ahead, as_json, console, table

app = typer.Typer(help="Docks and their aircraft.", no_args_is_help=True)


@app.command("list")
def docks(
    context: typer.Context,
    mission: Annotated[str | None, typer.Option(help="Only of this mission")] = None,
    online: Annotated[bool | None, typer.Option("--online/--offline")] = None,
    status: Annotated[
        str | None,
        typer.Option(help="offline, upgrading, in_operation, debug, flying, streaming, idle or online"),
    ] = None,
) -> None:
    """All docks of the organisation."""
    word = status.replace(" ", "_") if status is not None else None  # as it is shown, too
    found = api(context).all("/v1/docks", mission=mission, online=online, status=word)
    if wants_json(context):
        return as_json(found)
    return table(
        "Docks", ("serial", "name", "model", "state", "mission", "stream", "held by", "seen"), map(_row, found)
    )


def _row(dock: dict[str, Any]) -> tuple[Any, ...]:
    held = dock["lease"]["reason"] if dock["lease"] else None
    stream = (dock["stream"] or {}).get("phase")
    state = Text(dock["status"].replace("_", " "), "green" if dock["online"] else "dim")
    return (
        dock["sn"], dock["displayName"], dock["productName"] or dock["product"], state, dock["missionId"], stream, held,
        ago(dock["lastSeenAt"]),
    )  # fmt: skip


@app.command()
def show(
    context: typer.Context,
    sn: str,
    everything: Annotated[bool, typer.Option("--all", help="Every property, as the dock reports it")] = False,
) -> None:
    """One dock and its aircraft, as they are now."""
    server = api(context)
    dock = server.call("GET", f"/v1/docks/{sn}")
    aircraft = server.call("GET", f"/v1/docks/{sn}/aircraft") if dock["aircraftSn"] else None
    if wants_json(context):
        return as_json({"dock": dock, "aircraft": aircraft})
    console.print(f"[bold]{escape(dock['displayName'] or 'no name')}[/bold] {dock['productName']} {sn}")
    console.print(f"{dock['status'].replace('_', ' ')}, seen {ago(dock['lastSeenAt'])}")
    console.print(f"saga: {dock['saga']['temporal']}")
    if dock["lease"]:
        console.print(f"held: {escape(dock['lease']['reason'])}")
    if dock["stream"]:
        console.print(f"video: {dock['stream']['phase']} {dock['stream']['error'] or ''}".rstrip())
    table("Dock", ("", ""), _tile(tile.of_dock({**dock["state"], **dock["osd"]})))
    if aircraft is not None:
        name = f"Aircraft {aircraft['sn']} {aircraft['productName']}"
        table(name, ("", ""), _tile(tile.of_aircraft({**aircraft["state"], **aircraft["osd"]})))
    if everything:
        table("All properties", ("name", "value"), sorted({**dock["state"], **dock["osd"]}.items()))
    return None


@app.command()
def lease(
    context: typer.Context,
    sn: str,
    take: Annotated[bool, typer.Option("--take", help="Take it by force: what flies comes home first")] = False,
    release: Annotated[bool, typer.Option("--release", help="Give back what was taken")] = False,
    reason: Annotated[str | None, typer.Option(help="Why it is taken; needed with --take")] = None,
    seconds: Annotated[float | None, typer.Option(help="How long it is held for you once it is free")] = None,
) -> None:
    """Who holds a dock and why; take it, or give it back."""
    if take and release:
        raise typer.BadParameter("either --take or --release")
    if take and reason is None:
        raise typer.BadParameter("--take needs a --reason: the loser is told, and it is kept")
    server, path = api(context), f"/v1/docks/{sn}/lease"
    if take:
        held = server.call("POST", f"{path}/take", json={"reason": reason, "seconds": seconds})
    else:
        held = server.call("DELETE" if release else "GET", path)
    as_json(held) if wants_json(context) else console.print(_held(held), highlight=False)


def _held(held: dict[str, Any]) -> str:
    if held["holder"] is None:
        return f"{held['sn']} is free"
    said = f"{held['sn']} is held by [bold]{held['holder']}[/bold] for {held['user']}, since {ago(held['since'])}"
    said += f"\nreason: {held['reason']}"
    if held["expiresAt"]:
        said += f"\nends in {ahead(held['expiresAt'])}"
    if held["taken"]:
        taken = held["taken"]
        said += f"\n[yellow]taken by {escape(taken['user'])}[/yellow], as soon as the aircraft is home: "
        said += escape(taken["reason"])
    return said


def _tile(rows: list[tuple[str, str]]) -> list[tuple[str, Text]]:
    return [(name, Text.from_markup(reading)) for name, reading in rows]


@app.command()
def unpair(context: typer.Context, sn: str) -> None:
    """Take a dock out of the organisation."""
    dock = api(context).call("DELETE", f"/v1/docks/{sn}")
    as_json(dock) if wants_json(context) else console.print(f"{sn} is unpaired")


@app.command()
def stream(
    context: typer.Context,
    sn: str,
    stop: Annotated[bool | None, typer.Option("--stop/--start", help="Stop the stream, or let it start again")] = None,
    video: Annotated[str | None, typer.Option(help="Pin this video id")] = None,
    also: Annotated[list[str] | None, typer.Option(help="Video id to stream beside; again for more")] = None,
    protocol: Annotated[str | None, typer.Option(help="auto, whip or rtmp")] = None,
    quality: Annotated[int | None, typer.Option(min=0, max=4, help="0 adaptive to 4 UHD")] = None,
) -> None:
    """Stop, pin or change the dock's stream."""
    wish = {"stopped": stop, "videoId": video, "also": also, "protocol": protocol, "quality": quality}
    dock = api(context).call("POST", f"/v1/docks/{sn}/stream", json=wish)
    as_json(dock) if wants_json(context) else console.print(f"told {sn}")
