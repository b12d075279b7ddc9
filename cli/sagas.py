"""`argus sagas` and `argus timings`: what runs, what it is at, and how long it may wait."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final

import typer
from rich.live import Live
from rich.markdown import Markdown

from cli.context import api, wants_json
from cli.output import ago, as_json, console, table

app = typer.Typer(help="Sagas: find, look at, follow.", no_args_is_help=True)

POLL: Final = 1.0  # seconds between looks at a saga that is followed


@app.command("list")
def sagas(
    context: typer.Context,
    mission: Annotated[str | None, typer.Option(help="Only of this mission")] = None,
    dock: Annotated[str | None, typer.Option(help="Only of this dock (serial)")] = None,
    saga: Annotated[str | None, typer.Option(help="Only of this kind: flight, pairing, dock ...")] = None,
    phase: Annotated[str | None, typer.Option(help="Only in this phase")] = None,
    status: Annotated[str | None, typer.Option(help="Running, Completed, Failed ...")] = None,
    most: Annotated[int, typer.Option("--limit", min=1, max=500, help="The newest so many")] = 50,
) -> None:
    """Sagas of the organisation, newest first."""
    asked = {"mission": mission, "dock": dock, "saga": saga, "phase": phase, "status": status, "limit": most}
    given = {name: value for name, value in asked.items() if value is not None}
    found = api(context).call("GET", "/v1/sagas", params=given)["items"]
    if wants_json(context):
        return as_json(found)
    return table("Sagas", ("id", "phase", "status", "dock", "mission", "events", "started"), map(_row, found))


def _row(saga: dict[str, Any]) -> tuple[Any, ...]:
    return (
        saga["workflowId"], saga["phase"], saga["status"], saga["dockSn"], saga["missionId"], saga["events"] or None,
        ago(saga["startedAt"]),
    )  # fmt: skip


@app.command()
def show(context: typer.Context, workflow_id: Annotated[str, typer.Argument(help="Like flight/ID")]) -> None:
    """One saga: its state, its logbook, its page in Temporal's web UI."""
    saga = api(context).call("GET", f"/v1/sagas/{workflow_id}")
    if wants_json(context):
        return as_json(saga)
    return console.print(_page(saga), soft_wrap=False)


@app.command()
def follow(context: typer.Context, workflow_id: Annotated[str, typer.Argument(help="Like flight/ID")]) -> None:
    """Stay with a saga until it has ended. Exit code 0 when it completed, 1 when it did not."""
    server = api(context)
    saga = server.call("GET", f"/v1/sagas/{workflow_id}")
    if wants_json(context):
        while saga["status"] == "Running":
            time.sleep(POLL)
            saga = server.call("GET", f"/v1/sagas/{workflow_id}")
        as_json(saga)
    else:
        with Live(_page(saga), console=console, refresh_per_second=2) as shown:
            while saga["status"] == "Running":
                time.sleep(POLL)
                saga = server.call("GET", f"/v1/sagas/{workflow_id}")
                shown.update(_page(saga))
    if saga["status"] != "Completed":
        raise typer.Exit(1)


def _page(saga: dict[str, Any]) -> Markdown:
    head = f"**{saga['workflowId']}** {saga['summary'] or ''}\n\n{saga['status']}, phase {saga['phase']}, "
    body = saga["logbook"] or "*No logbook: no worker answers.*"
    return Markdown(f"{head}{saga['events']} events, started {ago(saga['startedAt'])}\n\n{body}\n\n{saga['temporal']}")


def timings(context: typer.Context) -> None:
    """Every wait of the system: name, default, value in force, reason."""
    found = api(context).call("GET", "/v1/timings")
    if wants_json(context):
        return as_json(found)
    rows = ((item["name"], f"{item['default']:g}", f"{item['value']:g}", item["reason"]) for item in found)
    return table("Timings, in seconds", ("name", "default", "in force", "reason"), rows)
