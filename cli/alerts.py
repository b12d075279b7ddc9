"""`argus alerts`: what docks and sagas warn of, and who has seen to it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import orjson
import typer
from rich.text import Text

from cli.context import api, wants_json
from cli.output import ago, as_json, console, table

app = typer.Typer(help="Alerts: what docks and sagas warn of, and who has seen to it.", no_args_is_help=True)
ALERTS: Final = "/v1/alerts"
COLOUR: Final = {"notice": "cyan", "caution": "yellow", "warning": "red"}
MOST: Final = 500  # of a page
Id = Annotated[str, typer.Argument(help="Id of the alert")]


@app.command("list")
def alerts(
    context: typer.Context,
    dock: Annotated[str | None, typer.Option(help="Serial")] = None,
    mission: Annotated[str | None, typer.Option(help="Id of a mission")] = None,
    kind: Annotated[str | None, typer.Option(help="hms, airsense, area, obstacle, ...")] = None,
    level: Annotated[str | None, typer.Option(help="notice, caution or warning")] = None,
    open: Annotated[bool | None, typer.Option("--open/--over", help="What stands, or what is over")] = None,
    seen: Annotated[bool | None, typer.Option("--seen/--unseen", help="What somebody has seen to, or nobody")] = None,
    since: Annotated[datetime | None, typer.Option(help="From this moment on", formats=["%Y-%m-%dT%H:%M:%S%z"])] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="The newest so many")] = 50,
) -> None:
    """Alerts, newest first."""
    asked = {
        "sn": dock, "mission": mission, "kind": kind, "level": level, "open": open, "acknowledged": seen,
        "since": since.isoformat() if since is not None else None, "limit": limit,
    }  # fmt: skip
    given = {name: value for name, value in asked.items() if value is not None}
    found = api(context).call("GET", ALERTS, params=given)["items"]
    if wants_json(context):
        return as_json(found)
    columns = ("id", "level", "dock", "kind", "", "raised", "stands", "seen by")
    return table("Alerts", columns, map(_row, found))


@app.command()
def show(context: typer.Context, alert: Id) -> None:
    """One alert, with what the dock said."""
    found = api(context).call("GET", f"{ALERTS}/{alert}")
    if wants_json(context):
        return as_json(found)
    _line(found)
    for label, value in (
        ("dock", found["sn"]), ("mission", found["missionId"]), ("flight", found["flightId"]), ("kind", found["kind"]),
        ("code", found["code"]), ("device", found["device"]), ("about", found["module"]), ("raised", found["raisedAt"]),
        ("over", found["endedAt"] and f"{found['endedAt']}: {found['ended']}"), ("seen", _seen(found)),
    ):  # fmt: skip
        if value:
            console.print(f"  [dim]{label}[/dim] {value}", highlight=False)
    return as_json(found["data"])


@app.command()
def ack(
    context: typer.Context,
    alerts: Annotated[list[str], typer.Argument(help="Ids of alerts")],
    note: Annotated[str, typer.Option(help="What was done about it")] = "",
) -> None:
    """Say that you have seen to it."""
    server = api(context)
    found = [server.call("POST", f"{ALERTS}/{each}/acknowledge", json={"note": note}) for each in alerts]
    if wants_json(context):
        return as_json(found)
    for each in found:
        _line(each)
        console.print(f"  [dim]seen[/dim] {_seen(each)}", highlight=False)
    return None


@app.command()
def watch(
    context: typer.Context, dock: Annotated[str | None, typer.Option(help="Serial; else all docks")] = None
) -> None:
    """Alerts as they arise and end, until Ctrl-C."""
    shown: set[tuple[str, bool, bool]] = set()
    for message in api(context).events("/v1/live/sse", **({"sn": dock} if dock else {})):
        if message["part"] != "alerts":
            continue
        for each in reversed(message["data"]["alerts"]):
            news = (each["id"], each["open"], each["acknowledged"])
            if news in shown:
                continue
            shown.add(news)
            if wants_json(context):
                console.out(orjson.dumps(each).decode(), highlight=False)
            else:
                _line(each)


def _row(alert: dict[str, Any]) -> tuple[Any, ...]:
    return (
        alert["id"], Text(alert["level"], COLOUR[alert["level"]]), alert["sn"], alert["kind"], alert["text"],
        ago(alert["raisedAt"]), "yes" if alert["open"] else "", _seen(alert),
    )  # fmt: skip


def _seen(alert: dict[str, Any]) -> str:
    seen = alert["acknowledgement"]
    if seen is None:
        return ""
    return f"{seen['user']}: {seen['note']}" if seen["note"] else str(seen["user"])


def _line(alert: dict[str, Any]) -> None:
    state = "" if alert["open"] else f" [dim]over: {alert['ended']}[/dim]"
    level = f"[{COLOUR[alert['level']]}]{alert['level']}[/{COLOUR[alert['level']]}]"
    console.print(f"{alert['raisedAt'][11:19]} {level} {alert['sn']} {alert['text']}{state}", highlight=False)
