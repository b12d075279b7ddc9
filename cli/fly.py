"""`argus fly` and `argus flights`."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.client import Api
from cli.context import api, wants_json
from cli.output import ago, as_json, console, table
from cli.waylines import upload_file

flights = typer.Typer(help="Flights: follow, pause, resume, stop.", no_args_is_help=True)
POLL = 0.5  # seconds between looks at a flight
ENDED = {"ok", "partially_done", "failed", "canceled", "rejected", "timeout", "missed"}


class Cancelled(StrEnum):
    home = "home"
    wayline = "wayline"


def fly(
    context: typer.Context,
    dock: Annotated[str, typer.Argument(help="Serial of the dock")],
    wayline: Annotated[str | None, typer.Argument(help="A KMZ file, or the id of an uploaded wayline")] = None,
    to: Annotated[str | None, typer.Option(help="LAT,LON,HEIGHT: a point instead, m above the ellipsoid")] = None,
    at: Annotated[str | None, typer.Option(help="Fly at this time, like 2026-06-01T06:00+02:00")] = None,
    ready: Annotated[
        str | None, typer.Option(help="FROM..UNTIL[,BATTERY]: fly when the dock says that it is ready")
    ] = None,
    land_at: Annotated[str | None, typer.Option(help="Serial of another dock to land at, Dock 2 and 3")] = None,
    rth: Annotated[int, typer.Option(min=20, max=1500, help="Height of the way home, m above take-off")] = 100,
    queue: Annotated[bool, typer.Option(help="Wait for a busy dock")] = False,
    override: Annotated[list[str] | None, typer.Option(help="LIMIT=REASON: pass over a limit of the gate")] = None,
    follow: Annotated[bool, typer.Option(help="Stay until the flight has ended")] = True,
) -> None:
    """Fly a route from a dock, or to a point, and follow it."""
    server = api(context)
    body: dict[str, Any] = {
        "dockSn": dock, "waylineId": _wayline(server, wayline), "to": _point(to), "executeAt": at,
        "ready": _conditions(ready), "landAt": land_at, "rthAltitude": rth, "queue": queue,
        "overrides": _overrides(override),
    }  # fmt: skip
    _show(context, server, server.call("POST", "/v1/flights", json=body), follow)


def _wayline(server: Api, given: str | None) -> str | None:
    """The id of a wayline; a file is uploaded for it."""
    return upload_file(server, Path(given), None)["id"] if given is not None and Path(given).is_file() else given


def _overrides(given: list[str] | None) -> dict[str, str]:
    overrides = dict(item.split("=", 1) for item in given or [] if "=" in item)
    if len(overrides) != len(given or []):
        raise typer.BadParameter("give each as LIMIT=REASON, like wind='person in the water'", param_hint="--override")
    return overrides


def _point(given: str | None) -> dict[str, float] | None:
    if given is None:
        return None
    try:
        latitude, longitude, height = (float(part) for part in given.split(","))
    except ValueError:
        raise typer.BadParameter("give it as LAT,LON,HEIGHT, like 22.9078,113.7035,80", param_hint="--to") from None
    return {"latitude": latitude, "longitude": longitude, "height": height}


def _conditions(given: str | None) -> dict[str, Any] | None:
    if given is None:
        return None
    times, _, battery = given.partition(",")
    begin, dots, end = times.partition("..")
    if not dots or (battery and not battery.isdigit()):
        raise typer.BadParameter("give it as FROM..UNTIL or FROM..UNTIL,BATTERY", param_hint="--ready")
    return {"begin": begin, "end": end} | ({"batteryLeast": int(battery)} if battery else {})


def _show(context: typer.Context, server: Api, flight: dict[str, Any], follow: bool) -> None:
    """Follow a flight where asked to, and say how it stands. Exit code 1 where it ended otherwise than well."""
    if follow and not wants_json(context):
        flight = _follow(server, flight)
    if wants_json(context):
        return as_json(flight)
    console.print(f"flight {flight['id']}: [bold]{flight['status']}[/bold] {escape(flight['reason'] or '')}")
    if flight["status"] in ENDED - {"ok"}:
        raise typer.Exit(1)
    return None


def _follow(server: Api, flight: dict[str, Any]) -> dict[str, Any]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(flight["phase"], total=100)
        while flight["status"] not in ENDED:
            progress = flight["progress"] or {}
            step = progress.get("stepName") or ""
            bar.update(task, description=f"{flight['phase']}: {step}", completed=progress.get("percent") or 0)
            time.sleep(POLL)
            flight = server.call("GET", f"/v1/flights/{flight['id']}")
    return flight


@flights.command("list")
def list_flights(
    context: typer.Context,
    mission: Annotated[str | None, typer.Option()] = None,
    dock: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Flights, newest first."""
    found = api(context).all("/v1/flights", mission=mission, dock=dock)
    if wants_json(context):
        return as_json(found)
    rows = [(f["id"], f["name"], f["dockSn"], f["status"], f["phase"], f["reason"], ago(f["createdAt"])) for f in found]
    return table("Flights", ("id", "name", "dock", "status", "phase", "reason", "created"), rows)


@flights.command()
def show(context: typer.Context, flight: str) -> None:
    """One flight, with the readings of its gate."""
    found = api(context).call("GET", f"/v1/flights/{flight}")
    if wants_json(context):
        return as_json(found)
    console.print(f"[bold]{escape(found['name'])}[/bold] from {found['dockSn']}: {found['status']} ({found['phase']})")
    console.print(f"saga: {found['saga']['temporal']}")
    rows = [
        (g["name"], g["value"], g["limit"], "overridden" if g["overridden"] else "passed" if g["passed"] else "FAILED")
        for g in found["gate"]
    ]
    return table("Gate", ("limit", "reading", "bound", "decision"), rows)


@flights.command()
def gate(context: typer.Context, dock: str) -> None:
    """What the gate of a dock would say to a take-off now."""
    found = api(context).call("GET", f"/v1/docks/{dock}/gate")
    if wants_json(context):
        return as_json(found)
    rows = [
        (g["name"], g["value"], g["limit"], "passes" if g["passed"] else "FAILS", g["note"]) for g in found["readings"]
    ]
    return table("Gate now", ("limit", "reading", "bound", "decision", "note"), rows)


def _tell(context: typer.Context, flight: str, word: str, body: dict[str, Any] | None = None) -> None:
    now = api(context).call("POST", f"/v1/flights/{flight}/{word}", json=body)
    as_json(now) if wants_json(context) else console.print(f"{flight}: {now['status']} ({now['phase']})")


@flights.command()
def pause(context: typer.Context, flight: str) -> None:
    """The aircraft hovers."""
    _tell(context, flight, "pause")


@flights.command()
def resume(context: typer.Context, flight: str) -> None:
    """Fly on."""
    _tell(context, flight, "resume")


@flights.command()
def stop(context: typer.Context, flight: str) -> None:
    """Bring the aircraft home and drop the rest."""
    _tell(context, flight, "stop")


@flights.command()
def follow(context: typer.Context, flight: str) -> None:
    """Stay with a flight until it has ended."""
    server = api(context)
    _show(context, server, server.call("GET", f"/v1/flights/{flight}"), True)


@flights.command("continue")
def go_on(
    context: typer.Context,
    flight: str,
    queue: Annotated[bool, typer.Option(help="Wait for a busy dock")] = False,
    override: Annotated[list[str] | None, typer.Option(help="LIMIT=REASON: pass over a limit of the gate")] = None,
    stay: Annotated[bool, typer.Option("--follow/--no-follow", help="Stay until the flight has ended")] = True,
) -> None:
    """Fly on from where a flight broke off."""
    server = api(context)
    body = {"queue": queue, "overrides": _overrides(override)}
    _show(context, server, server.call("POST", f"/v1/flights/{flight}/continue", json=body), stay)


@flights.command()
def home(
    context: typer.Context,
    flight: str,
    dock: Annotated[str | None, typer.Option(help="Another dock of the task, Dock 2 and 3")] = None,
) -> None:
    """Call the aircraft home."""
    _tell(context, flight, "home", {"dockSn": dock})


@flights.command()
def wayline(
    context: typer.Context,
    flight: str,
    route: Annotated[str, typer.Argument(metavar="WAYLINE", help="A KMZ file, or the id of an uploaded wayline")],
) -> None:
    """Give an aircraft that hovers another wayline, Dock 2 and 3."""
    _tell(context, flight, "wayline", {"waylineId": _wayline(api(context), route)})


@flights.command()
def cancel(
    context: typer.Context,
    flight: str,
    what: Annotated[Cancelled, typer.Argument(help="The way home, or the wayline that was given in flight")],
) -> None:
    """Call the way home off, or the wayline that was given in flight: the aircraft hovers."""
    _tell(context, flight, f"{what.value}/cancel")


@flights.command("fly-to")
def fly_to(
    context: typer.Context,
    flight: str,
    point: Annotated[str, typer.Argument(help="LAT,LON,HEIGHT, m above the ellipsoid")],
    speed: Annotated[int, typer.Option(min=1, max=15, help="m/s")] = 10,
) -> None:
    """Send an aircraft that is in the air to a point."""
    _tell(context, flight, "fly-to", {**(_point(point) or {}), "maxSpeed": speed})
