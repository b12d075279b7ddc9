"""`argus firmware`: packages, rollouts, and progress that follows a running one."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.client import Api, CannotAsk
from cli.context import api, wants_json
from cli.output import ago, as_json, console, table

app = typer.Typer(help="Firmware: packages, rollouts, retries.", no_args_is_help=True)
PACKAGES: Final = "/v1/firmware/packages"
ROLLOUTS: Final = "/v1/firmware/rollouts"
POLL: Final = 0.5  # seconds between looks at a rollout
CHUNK: Final = 1 << 20
OVER: Final = {"completed", "cancelled"}
STOPS: Final = {"halted", "attention", "paused", *OVER}  # nothing goes on by itself
Id = Annotated[str, typer.Argument(help="Id of the rollout")]
Why = Annotated[str, typer.Option(help="For the audit log")]


@app.command()
def upload(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CODE_VERSION.zip, as DJI released it")],
    product: Annotated[str, typer.Option(help="Dock or aircraft it is for: 3-3-0, 0-100-1, dock3, ...")],
    notes: Annotated[str, typer.Option(help="Release notes")] = "",
) -> None:
    """Upload a package; its name, size and MD5 are checked."""
    server = api(context)
    digest, size = hashlib.md5(usedforsecurity=False), file.stat().st_size
    for chunk in _chunks(file):
        digest.update(chunk)
    body = {
        "fileName": file.name, "product": product, "size": size, "md5": digest.hexdigest(), "releaseNotes": notes,
    }  # fmt: skip
    package = server.call("POST", PACKAGES, json=body)
    link = package["upload"]
    try:
        sent = httpx.put(link["url"], headers=link["headers"], content=_chunks(file), timeout=600)
    except httpx.TransportError as error:
        raise CannotAsk(f"the object store does not answer: {error}") from None
    if sent.is_error:
        raise CannotAsk(f"the object store refused the file: {sent.status_code} {sent.text[:300]}")
    package = server.call("POST", f"{PACKAGES}/{package['id']}/complete")
    if wants_json(context):
        return as_json(package)
    return console.print(
        f"package [bold]{package['id']}[/bold]: {package['version']} for {package['productName']}, {size} bytes"
    )


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as data:
        while chunk := data.read(CHUNK):
            yield chunk


@app.command()
def packages(
    context: typer.Context,
    product: Annotated[str | None, typer.Option(help="Only for this model key")] = None,
) -> None:
    """Packages, newest first."""
    found = api(context).all(PACKAGES, product=product)
    if wants_json(context):
        return as_json(found)
    rows = [(p["id"], p["fileName"], p["version"], p["productName"], p["status"], ago(p["createdAt"])) for p in found]
    return table("Firmware", ("id", "file", "version", "for", "status", "announced"), rows)


@app.command()
def rollout(
    context: typer.Context,
    package: Annotated[list[str], typer.Argument(help="Id of a package; two for dock and aircraft")],
    dock: Annotated[list[str] | None, typer.Option(help="Serial; give it again for more. Else all that match")] = None,
    mission: Annotated[str | None, typer.Option(help="Only docks of this mission")] = None,
    below: Annotated[str | None, typer.Option(help="Only docks with a lower version")] = None,
    name: Annotated[str | None, typer.Option()] = None,
    canary: Annotated[int | None, typer.Option(help="Docks of the first wave")] = None,
    step: Annotated[list[int] | None, typer.Option(help="Percent reached after each later wave")] = None,
    at_once: Annotated[int, typer.Option(help="Docks at the same time")] = 10,
    soak: Annotated[float, typer.Option(help="Seconds between two waves")] = 0,
    abort_after: Annotated[int | None, typer.Option(help="More failed docks than this halt it")] = None,
    abort_percent: Annotated[int, typer.Option(help="The same in percent")] = 20,
    window: Annotated[str | None, typer.Option(help="HH:MM-HH:MM[@ZONE]: hours in which upgrades start")] = None,
    skip_offline: Annotated[bool, typer.Option(help="Skip docks that are offline at their turn")] = False,
    attempts: Annotated[int, typer.Option(help="Tries of a dock")] = 3,
    follow: Annotated[bool, typer.Option(help="Stay until nothing goes on by itself")] = True,
) -> None:
    """Bring packages to docks, in waves, and follow it."""
    body: dict[str, Any] = {
        "packages": package, "name": name, "canary": canary, "steps": step or [], "atOnce": at_once, "soak": soak,
        "abortAfter": abort_after, "abortPercent": abort_percent, "offline": "skip" if skip_offline else "wait",
        "attempts": attempts, "window": _window(window),
    }  # fmt: skip
    if dock:
        body["docks"] = dock
    else:
        body["filter"] = {"mission": mission, "versionBelow": below}
    server = api(context)
    _end(context, server, server.call("POST", ROLLOUTS, json=body), follow=follow)


def _window(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    hours, _, zone = text.partition("@")
    start, dash, end = hours.partition("-")
    if not dash:
        raise typer.BadParameter("give it as HH:MM-HH:MM or HH:MM-HH:MM@Europe/Berlin", param_hint="--window")
    return {"start": start, "end": end, "zone": zone or "UTC"}


def _end(context: typer.Context, server: Api, found: dict[str, Any], *, follow: bool) -> None:
    if follow and not wants_json(context):
        found = _follow(server, found)
    if wants_json(context):
        return as_json(found)
    console.print(f"rollout [bold]{found['id']}[/bold]: {_standing(found)}")
    console.print(_counts(found))
    if found["status"] == "halted" or (follow and found["counts"]["failed"]):
        console.print(f"see `argus firmware show {found['id']}`, then `argus firmware retry {found['id']}`")
        raise typer.Exit(1)
    return None


def _standing(found: dict[str, Any]) -> str:
    """Its status, with what it is at and why where that says more."""
    at = "" if found["phase"].startswith(found["status"]) else f"{found['status']}, "
    return f"{at}{found['phase']}" + (f": {escape(found['reason'])}" if found["reason"] else "")


def _counts(found: dict[str, Any]) -> str:
    return ", ".join(f"{count} {name}" for name, count in found["counts"].items() if count)


def _follow(server: Api, found: dict[str, Any]) -> dict[str, Any]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(found["phase"], total=found["docks"])
        while True:
            counts = found["counts"]
            ended = sum(counts[name] for name in ("succeeded", "failed", "skipped", "cancelled"))
            text = f"{found['phase']}: {counts['running']} running, {counts['failed']} failed, {counts['waiting']} wait"
            bar.update(task, description=text, completed=ended)
            if found["status"] in STOPS and not counts["running"]:
                return found
            time.sleep(POLL)
            found = server.call("GET", f"{ROLLOUTS}/{found['id']}")


@app.command()
def rollouts(context: typer.Context, status: Annotated[str | None, typer.Option()] = None) -> None:
    """Rollouts, newest first."""
    found = api(context).all(ROLLOUTS, status=status)
    if wants_json(context):
        return as_json(found)
    rows = [(r["id"], r["name"], r["docks"], r["status"], r["phase"], _counts(r), ago(r["createdAt"])) for r in found]
    return table("Rollouts", ("id", "name", "docks", "status", "phase", "counts", "created"), rows)


@app.command()
def show(
    context: typer.Context, rollout: Id, status: Annotated[str | None, typer.Option(help="Only docks like this")] = None
) -> None:
    """One rollout and its docks: status, tries, reason, cure."""
    server = api(context)
    found = server.call("GET", f"{ROLLOUTS}/{rollout}")
    docks = server.all(f"{ROLLOUTS}/{rollout}/docks", status=status)
    if wants_json(context):
        return as_json({"rollout": found, "docks": docks})
    console.print(f"[bold]{escape(found['name'])}[/bold]: {_standing(found)}")
    console.print(f"{_counts(found)}\nsaga: {found['saga']['temporal']}")
    rows = [
        (
            d["dockSn"], d["wave"], d["status"], d["phase"], d["attempt"] or "", (d["progress"] or {}).get("percent"),
            d["reason"], d["cure"],
        )
        for d in docks
    ]  # fmt: skip
    return table("Docks", ("dock", "wave", "status", "phase", "try", "%", "reason", "cure"), rows)


@app.command()
def follow(context: typer.Context, rollout: Id) -> None:
    """Stay until nothing of it goes on by itself."""
    server = api(context)
    _end(context, server, server.call("GET", f"{ROLLOUTS}/{rollout}"), follow=True)


def _tell(context: typer.Context, rollout: str, word: str, body: dict[str, Any]) -> None:
    heard = api(context).call("POST", f"{ROLLOUTS}/{rollout}/{word}", json=body)
    if wants_json(context):
        return as_json(heard)
    found, docks = heard["rollout"], heard["docks"]
    more = f" and {len(docks) - 20} more" if len(docks) > 20 else ""
    many = "1 dock" if len(docks) == 1 else f"{len(docks)} docks"
    changed = f"; {many}: {', '.join(docks[:20])}{more}" if docks else ""
    return console.print(f"{rollout}: {_standing(found)}{changed}")


@app.command()
def pause(context: typer.Context, rollout: Id, reason: Why = "") -> None:
    """No dock is started any more; those that run go on."""
    _tell(context, rollout, "pause", {"reason": reason})


@app.command()
def resume(context: typer.Context, rollout: Id, reason: Why = "") -> None:
    """Go on, after a pause or a halt."""
    _tell(context, rollout, "resume", {"reason": reason})


@app.command()
def cancel(context: typer.Context, rollout: Id, reason: Why = "") -> None:
    """Drop what has not begun."""
    _tell(context, rollout, "cancel", {"reason": reason})


@app.command()
def retry(
    context: typer.Context,
    rollout: Id,
    dock: Annotated[str | None, typer.Argument(help="Serial; without it, all that failed")] = None,
    reason: Why = "",
) -> None:
    """Try a dock again, or all that failed; those that succeeded are left alone."""
    _tell(context, rollout, "retry", {"reason": reason} | ({"sn": dock} if dock else {}))
