"""`argus pair`: start a pairing, draw its QR code, and watch the dock come in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import segno
import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.output import ahead, as_json, console, table

app = typer.Typer(help="Pair docks with the organisation.", no_args_is_help=True)
POLL = 0.5  # seconds between looks at a pairing


@app.command()
def start(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Display name of the dock")],
    model: Annotated[str | None, typer.Option(help="dock1, dock2 or dock3: refuse another")] = None,
    sn: Annotated[str | None, typer.Option(help="Serial: refuse another")] = None,
    png: Annotated[Path | None, typer.Option(help="Write the QR code to this file")] = None,
    text: Annotated[Path | None, typer.Option(help="Write what the QR code says to this file")] = None,
    wait: Annotated[bool, typer.Option(help="Stay until the dock is paired")] = True,
) -> None:
    """Start a pairing and show the QR code for the dock."""
    server = api(context)
    started = server.call("POST", "/v1/pairings", json={"displayName": name, "expectedModel": model, "expectedSn": sn})
    if png is not None:
        png.write_bytes(server.raw("GET", f"/v1/pairings/{started['id']}/qr.png").content)
    if text is not None:
        text.write_text(started["qr"])
    if wants_json(context):
        as_json(started)
        return
    segno.make(started["qr"], error="l").terminal(compact=True)
    console.print(f"Pairing [bold]{started['id']}[/bold], valid for {ahead(started['expiresAt'])}")
    console.print(f"[dim]{escape(started['qr'])}[/dim]", soft_wrap=True)
    if not wait:
        return
    with console.status("waiting for the dock") as status:
        while True:
            now = server.call("GET", f"/v1/pairings/{started['id']}")
            if now["status"] not in ("starting", "waiting", "bound"):
                break
            status.update(
                "bound, waiting for it to come online" if now["status"] == "bound" else "waiting for the dock"
            )
            time.sleep(POLL)
    if now["status"] != "paired":
        console.print(f"[red]{now['status']}[/red] {escape(now.get('error') or '')}")
        raise typer.Exit(1)
    console.print(f"[green]paired[/green]: dock {now['dockSn']}, aircraft {now['aircraftSn'] or 'not seen yet'}")


@app.command("list")
def pairings(context: typer.Context) -> None:
    """Pairings, newest first."""
    found = api(context).all("/v1/pairings")
    if wants_json(context):
        return as_json(found)
    rows = [(p["id"], p["displayName"], p["status"], p["dockSn"], _left(p), p["error"]) for p in found]
    return table("Pairings", ("id", "name", "status", "dock", "valid for", "error"), rows)


def _left(pairing: dict[str, Any]) -> str:
    return ahead(pairing["expiresAt"]) if pairing["status"] == "waiting" else ""


@app.command()
def cancel(context: typer.Context, pairing: str) -> None:
    """End a pairing that waits."""
    ended = api(context).call("DELETE", f"/v1/pairings/{pairing}")
    as_json(ended) if wants_json(context) else console.print(f"{pairing} is {ended['status']}")
