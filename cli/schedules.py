"""`argus schedules`: flights that are flown again and again."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.output import as_json, console, table

app = typer.Typer(help="Recurring flights: create, pause, resume, end.", no_args_is_help=True)


@app.command()
def create(
    context: typer.Context,
    dock: str,
    wayline: Annotated[str, typer.Argument(help="Id of an uploaded wayline")],
    cron: Annotated[str, typer.Argument(help="Minute, hour, day, month, weekday, like '0 6,18 * * MON-FRI'")],
    zone: Annotated[str, typer.Option(help="Time zone of the times")] = "UTC",
    until: Annotated[str | None, typer.Option(help="The last moment, like 2026-12-31T00:00+01:00")] = None,
    wait: Annotated[bool, typer.Option(help="Wait for a busy dock, instead of skipping the turn")] = False,
    rth: Annotated[int, typer.Option(min=20, max=1500, help="Height of the way home, m above take-off")] = 100,
) -> None:
    """Fly a wayline by the clock."""
    flight = {"dockSn": dock, "waylineId": wayline, "rthAltitude": rth}
    body = {
        "flight": flight, "cron": cron, "timeZone": zone, "endAt": until, "whenBusy": "wait" if wait else "skip",
    }  # fmt: skip
    _say(context, api(context).call("POST", "/v1/schedules", json=body))


@app.command("list")
def schedules(context: typer.Context) -> None:
    """All recurring flights."""
    found = api(context).all("/v1/schedules")
    if wants_json(context):
        return as_json(found)
    rows = [
        (
            s["id"], s["name"], s["dockSn"], f"{s['cron']} {s['timeZone']}", "paused" if s["paused"] else "runs",
            (s["next"] or [None])[0], s["begun"], s["missed"], s["skipped"],
        )
        for s in found
    ]  # fmt: skip
    columns = ("id", "name", "dock", "when", "state", "next", "begun", "missed", "skipped")
    return table("Recurring flights", columns, rows)


@app.command()
def pause(context: typer.Context, schedule: str) -> None:
    """Begin no turn until it is resumed."""
    _say(context, api(context).call("POST", f"/v1/schedules/{schedule}/pause"))


@app.command()
def resume(context: typer.Context, schedule: str) -> None:
    """Begin turns again."""
    _say(context, api(context).call("POST", f"/v1/schedules/{schedule}/resume"))


@app.command()
def delete(context: typer.Context, schedule: str) -> None:
    """End a recurring flight; what is in the air flies on."""
    api(context).raw("DELETE", f"/v1/schedules/{schedule}")
    as_json({"id": schedule}) if wants_json(context) else console.print(f"{schedule} has ended")


def _say(context: typer.Context, now: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(now)
    following = (now["next"] or ["never"])[0]
    state = "paused" if now["paused"] else f"next {following}"
    return console.print(
        f"{now['id']}: {escape(now['name'])} from {now['dockSn']}, {now['cron']} {now['timeZone']}, {state}"
    )
