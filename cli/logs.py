"""`argus logs`: logs of docks and their aircraft."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.client import Api, CannotAsk
from cli.context import api, wants_json
from cli.download import download
from cli.output import ago, as_json, console, size, table

app = typer.Typer(
    help="Logs of docks and their aircraft: which there are, brought here, fetched.", no_args_is_help=True
)
POLL: Final = 1.0  # seconds between looks at an upload
OVER: Final = {"ok", "partial", "failed", "refused", "cancelled"}
Sn = Annotated[str, typer.Argument(help="Serial of the dock")]
Upload = Annotated[str, typer.Argument(help="Id of the upload")]


@app.command("list")
def listed(
    context: typer.Context,
    sn: Sn,
    refresh: Annotated[bool, typer.Option(help="Ask the dock first")] = True,
) -> None:
    """The logs that dock and aircraft have."""
    path = f"/v1/docks/{sn}/logs"
    server = api(context)
    found = server.call("POST", f"{path}/refresh") if refresh else server.call("GET", path)
    if wants_json(context):
        return as_json(found)
    rows = [
        (of["device"], log["bootIndex"], log["beginsAt"], log["endsAt"], size(log["size"]))
        for of in found["devices"]
        for log in of["logs"]
    ]
    table(f"Logs of {sn}", ("of", "log", "from", "to", "size"), rows)
    for of in found["devices"]:
        if of["error"]:
            console.print(f"[yellow]{of['device']}[/yellow]: {of['error']}")
    return None


@app.command()
def upload(
    context: typer.Context,
    sn: Sn,
    dock: Annotated[str, typer.Option(help="Numbers of the dock's logs, with commas")] = "",
    aircraft: Annotated[str, typer.Option(help="Numbers of the aircraft's logs, with commas")] = "",
    newest: Annotated[int, typer.Option(min=0, max=100, help="So many of the newest of each, in place of numbers")] = 0,
    queue: Annotated[bool, typer.Option(help="Wait until the dock is free")] = False,
    reason: Annotated[str, typer.Option(help="Goes to the audit log, and to whoever asks for the dock")] = "",
    follow: Annotated[bool, typer.Option(help="Until it has ended")] = True,
) -> None:
    """Have logs uploaded; the dock flies nothing meanwhile."""
    server = api(context)
    chosen = {"aircraft": _numbers(aircraft, "--aircraft"), "dock": _numbers(dock, "--dock")}
    if newest:
        for of in server.call("POST", f"/v1/docks/{sn}/logs/refresh")["devices"]:
            chosen[of["device"]] = [log["bootIndex"] for log in of["logs"][:newest]]
    files = [{"device": device, "boots": boots} for device, boots in chosen.items() if boots]
    if not files:
        raise CannotAsk(
            "no logs were chosen: give --newest, or --dock and --aircraft with numbers of `argus logs list`"
        )
    body = {"files": files, "queue": queue, "reason": reason}
    found = server.call("POST", f"/v1/docks/{sn}/logs/uploads", json=body)
    _end(context, _followed(server, found) if follow else found)


@app.command("follow")
def follow_it(context: typer.Context, upload_id: Upload) -> None:
    """Follow an upload to its end."""
    server = api(context)
    _end(context, _followed(server, server.call("GET", f"/v1/logs/{upload_id}")))


@app.command()
def uploads(
    context: typer.Context,
    dock: Annotated[str | None, typer.Option(help="Of one dock")] = None,
    status: Annotated[str | None, typer.Option(help="Of one status")] = None,
) -> None:
    """What was uploaded, newest first."""
    wanted = {name: value for name, value in (("dock", dock), ("status", status)) if value is not None}
    found = api(context).all("/v1/logs", **wanted)
    if wants_json(context):
        return as_json(found)
    rows = [
        (
            each["id"],
            each["dockSn"],
            each["status"],
            ", ".join(f"{file['device']} {_state(file)}" for file in each["files"]),
            each["user"],
            ago(each["createdAt"]),
        )
        for each in found
    ]
    return table("Uploads of logs", ("id", "dock", "status", "files", "by", "when"), rows)


@app.command()
def cancel(context: typer.Context, upload_id: Upload) -> None:
    """Call an upload off; what had come whole stays."""
    _told(context, api(context).call("POST", f"/v1/logs/{upload_id}/cancel"))


@app.command()
def fetch(
    context: typer.Context,
    upload_id: Upload,
    folder: Annotated[Path, typer.Option(file_okay=False, help="Where the files go")] = Path(),
) -> None:
    """Fetch all files of an upload that have come."""
    server = api(context)
    found = server.call("GET", f"/v1/logs/{upload_id}")
    there = [file["device"] for file in found["files"] if file["status"] == "ok"]
    if not there:
        raise CannotAsk(f"upload {upload_id} is {found['status']}, and has no files here")
    files = []
    for device in there:
        link = server.call("GET", f"/v1/logs/{upload_id}/link", params={"device": device})
        file = folder / f"{found['dockSn']}-{device}-{upload_id[:8]}.log"
        download(link["url"], file)
        files.append(str(file))
    as_json(files) if wants_json(context) else console.print("\n".join(files), highlight=False)


def _numbers(text: str, option: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",") if part.strip()]
    except ValueError:
        raise CannotAsk(f"{option} takes numbers with commas between, like 1003,1004") from None


def _followed(server: Api, found: dict[str, Any]) -> dict[str, Any]:
    with console.status(found["status"]) as shown:
        while found["status"] not in OVER:
            time.sleep(POLL)
            found = server.call("GET", f"/v1/logs/{found['id']}")
            far = ", ".join(f"{file['device']} {file['percent'] or 0} %" for file in found["files"])
            shown.update(f"{found['status']}: {far}")
    return found


def _end(context: typer.Context, found: dict[str, Any]) -> None:
    _told(context, found)
    if found["status"] in OVER and found["status"] != "ok":
        raise typer.Exit(1)


def _told(context: typer.Context, found: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(found)
    why = f", {found['meaning']}" if found["meaning"] else ""
    console.print(f"upload [bold]{found['id']}[/bold]: {found['status']}{why}", highlight=False)
    if found["cure"]:
        console.print(found["cure"])
    for file in found["files"]:
        said = file["meaning"] or size(file["size"]) or f"{file['percent'] or 0} %"
        console.print(f"  {file['device']}: {file['status']}, {said}", highlight=False)
    return None


def _state(file: dict[str, Any]) -> str:
    """How far, of one that is on its way."""
    return f"{file['percent']} %" if file["status"] == "waiting" and file["percent"] is not None else file["status"]
