"""`argus debug`: work on a dock by remote debugging."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer

from cli.client import CannotAsk
from cli.context import api, wants_json
from cli.output import ago, as_json, console, table

app = typer.Typer(
    help="Remote debugging: have a dock move its cover, switch its lights, restart.", no_args_is_help=True
)
POLL = 0.5  # seconds between looks at a job
OVER = {"ok", "failed", "refused", "silent"}
Sn = Annotated[str, typer.Argument(help="Serial of the dock")]
Reason = Annotated[str, typer.Option(help="Goes to the audit log, and to whoever asks for the dock")]


@app.command("open")
def begin(context: typer.Context, sn: Sn, reason: Reason = "") -> None:
    """Enter remote debugging; the dock flies nothing until it is closed."""
    found = api(context).call("POST", f"/v1/docks/{sn}/debug", json={"reason": reason})
    if wants_json(context):
        return as_json(found)
    console.print(f"{sn} is in remote debugging; it can be told:")
    console.print(", ".join(found["methods"]), highlight=False)
    return None


@app.command()
def close(context: typer.Context, sn: Sn) -> None:
    """Leave remote debugging."""
    found = api(context).call("DELETE", f"/v1/docks/{sn}/debug")
    as_json(found) if wants_json(context) else console.print(f"{sn} leaves remote debugging")


@app.command()
def run(
    context: typer.Context,
    sn: Sn,
    method: Annotated[str, typer.Argument(help="As DJI names it, like cover_open")],
    data: Annotated[str, typer.Option(help="JSON, as DJI documents it for the method")] = "{}",
    reason: Reason = "",
    follow: Annotated[bool, typer.Option(help="Until it has ended")] = True,
) -> None:
    """Have the dock do something, in remote debugging, which is opened where it is not."""
    try:
        given = json.loads(data)
    except ValueError as error:
        raise CannotAsk(f"--data is no JSON: {error}") from None
    server = api(context)
    body = {"method": method, "data": given, "reason": reason}
    job = server.call("POST", f"/v1/docks/{sn}/jobs", json=body)
    with console.status(method) as shown:
        while follow and job["status"] not in OVER:
            time.sleep(POLL)
            job = server.call("GET", f"/v1/jobs/{job['id']}")
            shown.update(f"{method}: {job['percent'] or 0} % {job['step'] or ''}")
    as_json(job) if wants_json(context) else _told(job)
    if job["status"] in OVER and job["status"] != "ok":
        raise typer.Exit(1)


@app.command()
def jobs(context: typer.Context, sn: Sn) -> None:
    """What the dock was told in remote debugging, newest first."""
    found = api(context).all(f"/v1/docks/{sn}/jobs")
    if wants_json(context):
        return as_json(found)
    rows = [(j["method"], j["status"], j["meaning"], j["user"], ago(j["createdAt"])) for j in found]
    return table("Jobs", ("method", "status", "meaning", "by", "when"), rows)


def _told(job: dict[str, Any]) -> None:
    console.print(f"{job['method']}: [bold]{job['status']}[/bold]" + (f", {job['meaning']}" if job["meaning"] else ""))
    if job["cure"]:
        console.print(job["cure"])
