"""`argus org export`: all that the organisation owns as one archive."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.download import download
from cli.output import ago, ahead, as_json, console, size, table

app = typer.Typer(help="All that the organisation owns as one archive.", no_args_is_help=True)
EXPORTS: Final = "/v1/org/exports"
POLL: Final = 0.5  # seconds between looks
OVER: Final = ("ready", "cancelled", "failed")
Id = Annotated[str, typer.Argument(help="Id of the export")]


@app.command()
def start(
    context: typer.Context,
    reason: Annotated[str, typer.Option(help="Why, for the audit log")] = "",
    wait: Annotated[bool, typer.Option(help="Follow it to its end")] = True,
) -> None:
    """Make an archive; it is followed until it is ready."""
    made = api(context).call("POST", EXPORTS, json={"reason": reason})
    _shown(context, _followed(context, made["id"]) if wait else made)


@app.command()
def follow(context: typer.Context, export: Id) -> None:
    """Follow an export to its end."""
    _shown(context, _followed(context, export))


def _followed(context: typer.Context, export: str) -> dict[str, Any]:
    last = ""
    while True:
        found: dict[str, Any] = api(context).call("GET", f"{EXPORTS}/{export}")
        said = f"{found['status']}: {_progress(found)}"
        if said != last and not wants_json(context):
            console.print(escape(said))
        last = said
        if found["status"] in OVER:
            return found
        time.sleep(POLL)


def _progress(found: dict[str, Any]) -> str:
    documents = f"{found['documents']} documents"
    if found["filesAll"] is None:
        return documents
    return f"{documents}, {found['files']} of {found['filesAll']} files, {size(found['bytes'])}"


def _shown(context: typer.Context, found: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(found)
    console.print(
        escape(f"export {found['id']} is {found['status']}" + (f": {found['error']}" if found["error"] else ""))
    )
    if found["status"] == "ready":
        console.print(escape(f"argus org export get {found['id']} FILE"))
    if found["status"] == "failed":
        raise typer.Exit(1)
    return None


@app.command("list")
def exports(context: typer.Context) -> None:
    """Exports, newest first, as long as their archives are kept."""
    found = api(context).all(EXPORTS)
    if wants_json(context):
        return as_json(found)
    rows = [
        (
            each["id"], each["status"], _progress(each), each["requestedBy"], ago(each["createdAt"]),
            ahead(each["keptUntil"]) if each["keptUntil"] else "",
        )
        for each in found
    ]  # fmt: skip
    return table("Exports", ("id", "status", "how far", "by", "asked", "goes"), rows)


@app.command()
def cancel(
    context: typer.Context, export: Id, reason: Annotated[str, typer.Option(help="Why, for the audit log")] = ""
) -> None:
    """Call an export off."""
    api(context).call("POST", f"{EXPORTS}/{export}/cancel", json={"reason": reason})
    _shown(context, _followed(context, export))


@app.command()
def get(context: typer.Context, export: Id, file: Annotated[Path, typer.Argument(help="Where to write it")]) -> None:
    """Fetch the archive."""
    link = api(context).call("GET", f"{EXPORTS}/{export}/link")
    download(link["url"], file)
    there = file.stat().st_size
    if wants_json(context):
        return as_json({"file": str(file), "size": there})
    return console.print(escape(f"{file}: {size(there)}"))
