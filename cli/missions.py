"""`argus missions` and `argus streams`."""

from __future__ import annotations

import time
from typing import Annotated
from urllib.parse import quote

import typer
from rich.markup import escape

from cli.client import CannotAsk
from cli.context import api, wants_json
from cli.output import ago, as_json, console, table

app = typer.Typer(help="Missions: assign docks, end what flies.", no_args_is_help=True)
POLL = 0.5  # seconds between looks at a mission that ends


@app.command("list")
def missions(context: typer.Context, status: Annotated[str | None, typer.Option()] = None) -> None:
    """Missions, newest first."""
    found = api(context).all("/v1/missions", status=status)
    if wants_json(context):
        return as_json(found)
    rows = [(m["id"], m["name"], m["status"], ", ".join(m["dockSns"]), ago(m["createdAt"])) for m in found]
    return table("Missions", ("id", "name", "status", "docks", "created"), rows)


@app.command()
def create(
    context: typer.Context, name: str, dock: Annotated[list[str] | None, typer.Option(help="Assign this dock")] = None
) -> None:
    """Create a mission, and assign docks to it."""
    server = api(context)
    for sn in dock or []:
        server.call("GET", f"/v1/docks/{sn}")  # a serial that is mistyped makes no mission
    mission = server.call("POST", "/v1/missions", json={"name": name})
    try:
        for sn in dock or []:
            mission = server.call("POST", f"/v1/missions/{mission['id']}/docks", json={"sn": sn})
    except CannotAsk:
        server.call("POST", f"/v1/missions/{mission['id']}/end", json={"outcome": "aborted"})
        raise
    as_json(mission) if wants_json(context) else console.print(f"mission [bold]{mission['id']}[/bold]: {escape(name)}")


@app.command()
def assign(context: typer.Context, mission: str, sn: str) -> None:
    """Assign a dock to a mission."""
    now = api(context).call("POST", f"/v1/missions/{mission}/docks", json={"sn": sn})
    as_json(now) if wants_json(context) else console.print(f"docks: {', '.join(now['dockSns'])}")


@app.command()
def unassign(context: typer.Context, mission: str, sn: str) -> None:
    """Take a dock out of a mission."""
    now = api(context).call("DELETE", f"/v1/missions/{mission}/docks/{sn}")
    as_json(now) if wants_json(context) else console.print(f"docks: {', '.join(now['dockSns']) or 'none'}")


@app.command()
def end(
    context: typer.Context, mission: str, abort: bool = False, wait: Annotated[bool, typer.Option()] = True
) -> None:
    """End a mission: what flies is brought home, streams end, docks are free."""
    server = api(context)
    outcome = "aborted" if abort else "completed"
    now = server.call("POST", f"/v1/missions/{mission}/end", json={"outcome": outcome})
    with console.status("bringing home what flies, ending streams"):
        while wait and now["status"] not in ("completed", "aborted"):
            time.sleep(POLL)
            now = server.call("GET", f"/v1/missions/{mission}")
    if wants_json(context):
        return as_json(now)
    console.print(f"{mission} is {now['status']}")
    for problem in now["problems"]:
        console.print(f"[red]{escape(problem)}[/red]")
    return None


@app.command()
def room(
    context: typer.Context,
    mission: str,
    remove: Annotated[str | None, typer.Option(help="Send this user out; they cannot come back for 15 minutes")] = None,
    reason: Annotated[str | None, typer.Option(help="Why; the person is told, and it is kept")] = None,
) -> None:
    """Who is in a mission's room: people, videos, telemetry."""
    server, path = api(context), f"/v1/missions/{mission}/room"
    if remove is not None:
        if reason is None:
            raise typer.BadParameter("say why: the person is told", param_hint="--reason")
        removed = server.call("DELETE", f"{path}/people/{quote(remove, safe='')}", params={"reason": reason})
        if wants_json(context):
            return as_json(removed)
        console.print(f"{escape(remove)} is sent out until {removed['until']}", highlight=False)
        return None
    found = server.call("GET", path)
    if wants_json(context):
        return as_json(found)
    rows = [
        (each["kind"], each["user"] or each["dock"], each["role"] or each["videoId"], ago(each["joinedAt"]))
        for each in found["participants"]
    ]
    return table("Room", ("", "who", "", "came"), rows)


def streams(context: typer.Context, dock: Annotated[str | None, typer.Option(help="Only of this dock")] = None) -> None:
    """Streams: what was made for docks' video, newest first."""
    found = api(context).all("/v1/streams", dock=dock)
    if wants_json(context):
        return as_json(found)
    rows = [(s["sn"], s["videoId"], s["state"], s["frames"], s["room"], ago(s["createdAt"])) for s in found]
    return table("Streams", ("dock", "video", "state", "frames", "room", "created"), rows)
