"""`argus relay`: one route over several docks."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table

from cli.client import Api
from cli.context import api, wants_json
from cli.output import ago, as_json, console, table
from cli.waylines import upload_file

app = typer.Typer(help="Relays: one route that several docks fly, one after another.", no_args_is_help=True)
POLL = 0.5  # seconds between looks at a relay
ENDED = {"completed", "partial", "aborted"}
COLUMNS = ("leg", "dock", "from m", "to m", "of battery", "status", "reason")

Route = Annotated[str, typer.Argument(help="A KMZ file, or the id of an uploaded wayline")]
Docks = Annotated[list[str], typer.Argument(help="Serials of the docks, in the order in which they fly")]
Speed = Annotated[float, typer.Option(min=1, max=15, help="m/s")]
Reserve = Annotated[float, typer.Option(min=15, max=80, help="Per cent of battery left after each landing")]
Rth = Annotated[int, typer.Option(min=20, max=1450, help="Height of the way home, m above take-off")]

Crafts = Annotated[
    list[str] | None,
    typer.Option(
        "--craft",
        help="What to plan with for a model's aircraft, like dock2:endurance=1500,radius=3000,fastest=10 (s, m, m/s)",
    ),
]


def _body(
    server: Api, route: str, docks: list[str], speed: float, reserve: float, rth: int, crafts: list[str] | None
) -> dict[str, Any]:
    limits = _crafts(crafts)
    key = upload_file(server, Path(route), None)["id"] if Path(route).is_file() else route
    return {
        "waylineId": key, "docks": docks, "speed": speed, "reserve": reserve, "rthAltitude": rth, "crafts": limits,
    }  # fmt: skip


def _crafts(given: list[str] | None) -> dict[str, dict[str, float]]:
    crafts: dict[str, dict[str, float]] = {}
    for item in given or []:
        model, _, limits = item.partition(":")
        try:
            said = {name: float(value) for name, value in (each.split("=", 1) for each in limits.split(","))}
        except ValueError:
            raise typer.BadParameter(
                "give each as MODEL:LIMIT=VALUE, more limits after commas, like dock2:endurance=1500,radius=3000",
                param_hint="--craft",
            ) from None
        crafts[model] = crafts.get(model, {}) | said
    return crafts


def _rows(legs: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (n, leg["dockSn"], round(leg["start"]), round(leg["end"]), f"{leg['share']:.0%}", leg["status"], leg["reason"])
        for n, leg in enumerate(legs, start=1)
    ]


@app.command()
def plan(
    context: typer.Context,
    route: Route,
    docks: Docks,
    speed: Speed = 10,
    reserve: Reserve = 25,
    rth: Rth = 100,
    craft: Crafts = None,
) -> None:
    """Who would fly what; starts nothing."""
    server = api(context)
    found = server.call("POST", "/v1/relays/plan", json=_body(server, route, docks, speed, reserve, rth, craft))
    if wants_json(context):
        return as_json(found)
    spare = ", ".join(found["skippable"]) or "none"
    console.print(f"{found['lengthM']:.0f} m; docks that could be missing: {spare}")
    return table("Plan", COLUMNS, _rows(found["legs"]))


@app.command()
def start(
    context: typer.Context,
    route: Route,
    docks: Docks,
    name: Annotated[str, typer.Option()] = "Relay",
    speed: Speed = 10,
    reserve: Reserve = 25,
    overlap: Annotated[
        int | None, typer.Option(min=5, max=100, help="Per cent of a leg after which the next takes off")
    ] = None,
    rth: Rth = 100,
    craft: Crafts = None,
    follow: Annotated[bool, typer.Option(help="Stay until the relay has ended")] = True,
) -> None:
    """Start a relay, and follow it."""
    server = api(context)
    body = _body(server, route, docks, speed, reserve, rth, craft) | {"name": name, "overlap": overlap}
    relay = server.call("POST", "/v1/relays", json=body)
    if follow and not wants_json(context):
        console.print(f"relay {relay['id']}")
        relay = _follow(server, relay)
    _end(context, relay)


def _follow(server: Api, relay: dict[str, Any]) -> dict[str, Any]:
    with Live(_picture(relay), console=console, auto_refresh=False) as live:
        while relay["status"] not in ENDED:
            time.sleep(POLL)
            relay = server.call("GET", f"/v1/relays/{relay['id']}")
            live.update(_picture(relay), refresh=True)
    return relay


def _picture(relay: dict[str, Any]) -> Table:
    title = f"{relay['name']}: {relay['status']}, {relay['coveredM']:.0f} of {relay['lengthM']:.0f} m"
    asked = relay["question"]
    caption = f"argus relay decide {relay['id']} retry|skip|abort: {asked['reason']}" if asked else relay["reason"]
    shown = Table(*COLUMNS, title=title, caption=caption)
    for row in _rows(relay["legs"]):
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    return shown


def _end(context: typer.Context, relay: dict[str, Any]) -> None:
    as_json(relay) if wants_json(context) else console.print(
        f"relay {relay['id']}: [bold]{relay['status']}[/bold] {relay['reason'] or ''}"
    )
    if relay["status"] in ENDED - {"completed"}:
        raise typer.Exit(1)


@app.command("list")
def list_relays(
    context: typer.Context,
    mission: Annotated[str | None, typer.Option()] = None,
    status: Annotated[str | None, typer.Option()] = None,
) -> None:
    """Relays, newest first."""
    found = api(context).all("/v1/relays", mission=mission, status=status)
    if wants_json(context):
        return as_json(found)
    rows = [(r["id"], r["name"], len(r["docks"]), r["status"], r["reason"], ago(r["createdAt"])) for r in found]
    return table("Relays", ("id", "name", "docks", "status", "reason", "created"), rows)


@app.command()
def show(context: typer.Context, relay: str) -> None:
    """One relay: who flies, waits and is done."""
    found = api(context).call("GET", f"/v1/relays/{relay}")
    as_json(found) if wants_json(context) else console.print(_picture(found), f"saga: {found['saga']['temporal']}")


@app.command()
def follow(context: typer.Context, relay: str) -> None:
    """Stay until it has ended."""
    server = api(context)
    _end(context, _follow(server, server.call("GET", f"/v1/relays/{relay}")))


def _tell(context: typer.Context, relay: str, word: str, body: dict[str, Any] | None = None) -> None:
    now = api(context).call("POST", f"/v1/relays/{relay}/{word}", json=body)
    as_json(now) if wants_json(context) else console.print(f"{relay}: {now['status']}")


@app.command()
def pause(context: typer.Context, relay: str) -> None:
    """What flies hovers, nothing takes off."""
    _tell(context, relay, "pause")


@app.command()
def resume(context: typer.Context, relay: str) -> None:
    """Fly on."""
    _tell(context, relay, "resume")


@app.command()
def abort(context: typer.Context, relay: str) -> None:
    """Bring every aircraft home."""
    _tell(context, relay, "abort")


@app.command()
def decide(
    context: typer.Context,
    relay: str,
    decision: Annotated[str, typer.Argument(help="retry, skip or abort")],
    reason: Annotated[str, typer.Option()] = "",
) -> None:
    """Answer what the relay asks."""
    _tell(context, relay, "decide", {"decision": decision, "reason": reason})
