"""`argus fly` and `argus flights`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from cli.client import Api
from cli.context import api, wants_json
from cli.output import ago, as_json, console, table
from cli.waylines import upload_file

flights = typer.Typer(help="Flights: follow, pause, resume, stop.", no_args_is_help=True)
POLL = 0.5  # seconds between looks at a flight
ENDED = {"ok", "partially_done", "failed", "canceled", "rejected", "timeout", "missed"}


def fly(
    context: typer.Context,
    dock: Annotated[str, typer.Argument(help="Serial of the dock")],
    wayline: Annotated[str, typer.Argument(help="A KMZ file, or the id of an uploaded wayline")],
    rth: Annotated[int, typer.Option(min=20, max=1500, help="Height of the way home, m above take-off")] = 100,
    queue: Annotated[bool, typer.Option(help="Wait for a busy dock")] = False,
    override: Annotated[list[str] | None, typer.Option(help="LIMIT=REASON: pass over a limit of the gate")] = None,
    follow: Annotated[bool, typer.Option(help="Stay until the flight has ended")] = True,
) -> None:
    """Fly a route from a dock, and follow it."""
    server = api(context)
    key = upload_file(server, Path(wayline), None)["id"] if Path(wayline).is_file() else wayline
    overrides = dict(item.split("=", 1) for item in override or [] if "=" in item)
    if len(overrides) != len(override or []):
        raise typer.BadParameter("give each as LIMIT=REASON, like wind='person in the water'", param_hint="--override")
    body = {"dockSn": dock, "waylineId": key, "rthAltitude": rth, "queue": queue, "overrides": overrides}
    flight = server.call("POST", "/v1/flights", json=body)
    if follow and not wants_json(context):
        flight = _follow(server, flight)
    if wants_json(context):
        return as_json(flight)
    console.print(f"flight {flight['id']}: [bold]{flight['status']}[/bold] {flight['reason'] or ''}")
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
    console.print(f"[bold]{found['name']}[/bold] from {found['dockSn']}: {found['status']} ({found['phase']})")
    console.print(f"saga: {found['saga']['temporal']}")
    rows = [
        (g["name"], g["value"], g["limit"], "overridden" if g["overridden"] else "passed" if g["passed"] else "FAILED")
        for g in found["gate"]
    ]
    return table("Gate", ("limit", "reading", "bound", "decision"), rows)


def _tell(context: typer.Context, flight: str, word: str) -> None:
    now = api(context).call("POST", f"/v1/flights/{flight}/{word}")
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
