"""`argus webhooks`: endpoints that are told what happens, and what they were told."""

from __future__ import annotations

import time
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.output import ago, ahead, as_json, console, table

app = typer.Typer(help="Webhooks: endpoints that are told what happens.", no_args_is_help=True)
WEBHOOKS: Final = "/v1/webhooks"
POLL: Final = 0.3  # seconds between looks at a delivery
Id = Annotated[str, typer.Argument(help="Id of the webhook")]
Event = Annotated[str, typer.Argument(help="Id of the event, see `argus webhooks log`")]


@app.command("list")
def webhooks(context: typer.Context) -> None:
    """All endpoints."""
    found = api(context).all(WEBHOOKS)
    if wants_json(context):
        return as_json(found)
    rows = [
        (hook["id"], hook["url"], ", ".join(hook["events"]), _state(hook), ago(hook["createdAt"])) for hook in found
    ]
    return table("Webhooks", ("id", "url", "events", "state", "created"), rows)


def _state(hook: dict[str, Any]) -> str:
    if not hook["enabled"]:
        return f"disabled: {hook['reason'] or 'by hand'}"
    return "ok" if hook["failingSince"] is None else f"takes nothing since {ago(hook['failingSince'])}"


@app.command()
def events(context: typer.Context) -> None:
    """The types of events."""
    found = api(context).call("GET", f"{WEBHOOKS}/events")
    if wants_json(context):
        return as_json(found)
    return table("Events", ("type", "meaning"), [(kind["type"], kind["meaning"]) for kind in found])


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="https URL that takes a POST")],
    event: Annotated[
        list[str] | None, typer.Option(help="Type or pattern, like flight.*; give it again for more")
    ] = None,
    description: Annotated[str, typer.Option()] = "",
) -> None:
    """Register an endpoint; its secret is shown this once."""
    body = {"url": url, "events": event or ["*"], "description": description}
    _secret(context, api(context).call("POST", WEBHOOKS, json=body))


@app.command()
def change(
    context: typer.Context,
    webhook: Id,
    url: Annotated[str | None, typer.Option()] = None,
    event: Annotated[list[str] | None, typer.Option(help="In place of those before")] = None,
    enable: Annotated[bool | None, typer.Option("--enable/--disable")] = None,
) -> None:
    """Change an endpoint, or disable and enable it."""
    body = {"url": url, "events": event or None, "enabled": enable}
    hook = api(context).call("PATCH", f"{WEBHOOKS}/{webhook}", json=body)
    if wants_json(context):
        return as_json(hook)
    return console.print(escape(f"{hook['id']}: {hook['url']} for {', '.join(hook['events'])}, {_state(hook)}"))


@app.command()
def remove(context: typer.Context, webhook: Id) -> None:
    """Tell an endpoint nothing more; what is due is dropped."""
    api(context).raw("DELETE", f"{WEBHOOKS}/{webhook}")
    as_json({"id": webhook}) if wants_json(context) else console.print(f"{webhook} is removed")


@app.command()
def rotate(
    context: typer.Context,
    webhook: Id,
    overlap: Annotated[float, typer.Option(min=0, help="Seconds for which the old secret signs too")] = 86_400,
) -> None:
    """Make a new secret; it is shown this once."""
    _secret(context, api(context).call("POST", f"{WEBHOOKS}/{webhook}/rotate", json={"overlap": overlap}))


def _secret(context: typer.Context, hook: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(hook)
    told = escape(f"{hook['url']} for {', '.join(hook['events'])}")
    console.print(f"webhook [bold]{hook['id']}[/bold]: {told}")
    if hook["previousUntil"] is not None:
        console.print(f"the secret before signs for another {ahead(hook['previousUntil'])}")
    return console.print(f"secret, not shown again: [bold]{hook['secret']}[/bold]", soft_wrap=True)


@app.command("test")
def probe(
    context: typer.Context,
    webhook: Id,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the first attempt")] = 15,
) -> None:
    """Send a test event and say what came of it. Exit code 1 where it was not taken."""
    _follow(context, webhook, api(context).call("POST", f"{WEBHOOKS}/{webhook}/test"), wait)


@app.command()
def retry(
    context: typer.Context,
    webhook: Id,
    event: Event,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for an attempt")] = 15,
) -> None:
    """Send an event again. Exit code 1 where it was not taken."""
    path = f"{WEBHOOKS}/{webhook}/deliveries/{event}/retry"
    _follow(context, webhook, api(context).call("POST", path), wait)


def _follow(context: typer.Context, webhook: str, found: dict[str, Any], wait: float) -> None:
    """Until it was tried once more than it had been."""
    tried, until = found["tries"], time.monotonic() + wait
    while found["tries"] == tried and found["status"] == "due" and time.monotonic() < until:
        time.sleep(POLL)
        found = api(context).call("GET", f"{WEBHOOKS}/{webhook}/deliveries/{found['id']}")
    if wants_json(context):
        as_json(found)
    else:
        said = escape(_last(found) or "not tried yet")  # an endpoint may answer with anything
        console.print(f"{found['type']} [bold]{found['status']}[/bold]: {said}")
    if found["status"] != "delivered":
        raise typer.Exit(1)


def _last(delivery: dict[str, Any]) -> str:
    if not delivery["attempts"]:
        return ""
    attempt = delivery["attempts"][-1]
    answer = attempt["error"] or f"HTTP {attempt['status']}"
    return f"{answer} after {attempt['ms']} ms" + (f", {attempt['response']}" if attempt["response"] else "")


@app.command()
def log(
    context: typer.Context,
    webhook: Id,
    status: Annotated[str | None, typer.Option(help="due, delivered, failed or cancelled")] = None,
    event: Annotated[str | None, typer.Option(help="Only events of this type")] = None,
    most: Annotated[int, typer.Option("--limit", min=1, max=500, help="The newest so many")] = 50,
) -> None:
    """What an endpoint was told and is to be told, newest first."""
    asked = {"status": status, "type": event, "limit": most}
    given = {name: value for name, value in asked.items() if value is not None}
    found = api(context).call("GET", f"{WEBHOOKS}/{webhook}/deliveries", params=given)["items"]
    if wants_json(context):
        return as_json(found)
    rows = [
        (
            d["eventId"], d["type"], f"{d['subject']['kind']} {d['subject']['id']}", d["status"], d["tries"], _last(d),
            ahead(d["nextAt"]).replace("over", "now"), ago(d["createdAt"]),
        )
        for d in found
    ]  # fmt: skip
    return table("Deliveries", ("event", "type", "about", "status", "tries", "last answer", "next", "happened"), rows)
