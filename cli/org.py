"""`argus org`, `argus members`, `argus tokens`, `argus audit`: the organisation's desk."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from cli import deletion, exports, org_settings
from cli.context import api, wants_json, where
from cli.output import ago, ahead, as_json, console, table

org = typer.Typer(help="The organisation: settings, export, deletion.", no_args_is_help=True)
members = typer.Typer(help="Members and their roles.", no_args_is_help=True)
tokens = typer.Typer(help="Tokens of the API: made, listed, revoked.", no_args_is_help=True)

ORG: Final = "/v1/org"
Who = Annotated[str, typer.Argument(help="The member's name, as tokens have it, or id")]
Role = Annotated[str, typer.Option(help="viewer, operator, commander or admin")]


@org.command()
def show(context: typer.Context) -> None:
    """Settings, seats and limits."""
    found = api(context).call("GET", ORG)
    if wants_json(context):
        return as_json(found)
    rows = [
        ("name", found["name"]),
        ("seats", f"{found['seatsUsed']} of {found['seats']}"),
        ("streams at once", found["streamsMost"]),
        ("gate", ", ".join(f"{name} {value}" for name, value in found["gate"].items())),
        ("DJI application", found["dji"]["appId"] or "of the system"),
        ("broker", found["broker"]["address"] + ("" if found["broker"]["own"] else " (shared)")),
    ]
    return table(found["id"], ("", ""), rows)


@org.command()
def change(
    context: typer.Context,
    name: Annotated[str | None, typer.Option()] = None,
    streams: Annotated[int | None, typer.Option(help="Videos of docks at once")] = None,
    battery: Annotated[int | None, typer.Option(help="Gate: least per cent")] = None,
    wind: Annotated[float | None, typer.Option(help="Gate: most m/s")] = None,
    rain: Annotated[int | None, typer.Option(help="Gate: most; 0 none to 3 heavy")] = None,
    storage: Annotated[int | None, typer.Option(help="Gate: least MB free")] = None,
) -> None:
    """Change name and limits; what is left out stays."""
    gate = {"batteryLeast": battery, "windMost": wind, "rainMost": rain, "storageLeastMb": storage}
    given = {key: value for key, value in gate.items() if value is not None}
    body = {"name": name, "streamsMost": streams, "gate": given or None}
    api(context).call("PATCH", ORG, json={key: value for key, value in body.items() if value is not None})
    show(context)


@org.command()
def me(context: typer.Context) -> None:
    """Who the token in use belongs to, and what it may do."""
    found = api(context).call("GET", "/v1/me")
    if wants_json(context):
        return as_json(found)
    return console.print(escape(f"{found['user']} of {found['org']}: {found['role']}"))


def token(context: typer.Context) -> None:
    """Print the token in use (--token, ARGUS_TOKEN, or the one of DATA/endpoints.json): it signs in to the page."""
    typer.echo(where(context).token)


@members.command("list")
def members_list(
    context: typer.Context,
    removed: Annotated[bool, typer.Option(help="Those who were removed as well")] = False,
) -> None:
    """Who belongs to the organisation."""
    found = [each for each in api(context).all(f"{ORG}/members") if removed or each["status"] != "removed"]
    if wants_json(context):
        return as_json(found)
    rows = [(each["user"], each["name"], each["role"], each["status"], ago(each["createdAt"])) for each in found]
    return table("Members", ("user", "name", "role", "", "added"), rows)


@members.command()
def add(
    context: typer.Context,
    user: Annotated[str, typer.Argument(help="Who they are: the `sub` of their tokens")],
    role: Role = "viewer",
    name: Annotated[str, typer.Option()] = "",
    days: Annotated[int, typer.Option(help="How long their first token lasts; 0: none is made")] = 7,
) -> None:
    """Add a member; their first token is shown this once."""
    body = {"user": user, "role": role, "name": name, "invitationDays": days}
    made = api(context).call("POST", f"{ORG}/members", json=body)
    if wants_json(context):
        return as_json(made)
    console.print(escape(f"{made['user']} is {made['role']}"))
    return _secret(made["token"]) if made["token"] else None


@members.command()
def role(context: typer.Context, user: Who, role: Annotated[str, typer.Argument(help="The new role")]) -> None:
    """Give a member another role, from their next request on."""
    found = _found(context, user)
    changed = api(context).call("PATCH", f"{ORG}/members/{found}", json={"role": role})
    if wants_json(context):
        return as_json(changed)
    return console.print(escape(f"{changed['user']} is {changed['role']}"))


@members.command()
def remove(context: typer.Context, user: Who) -> None:
    """Remove a member: their tokens and connections end at once."""
    gone = api(context).call("DELETE", f"{ORG}/members/{_found(context, user)}")
    if wants_json(context):
        return as_json(gone)
    return console.print(escape(f"{gone['user']} is removed"))


def _found(context: typer.Context, user: str) -> str:
    """The id of a member; what is given, where nobody has that name: it may be an id."""
    listed = api(context).all(f"{ORG}/members")
    return next((str(each["id"]) for each in listed if each["user"] == user), user)


@tokens.command("list")
def tokens_list(
    context: typer.Context,
    user: Annotated[str | None, typer.Option(help="Only this person's")] = None,
) -> None:
    """Tokens: an admin sees all, others their own."""
    found = api(context).all(f"{ORG}/tokens", user=user)
    if wants_json(context):
        return as_json(found)
    rows = [(each["id"], each["user"], each["name"], each["role"], _state(each), ago(each["usedAt"])) for each in found]
    return table("Tokens", ("id", "user", "name", "role", "ends", "used"), rows)


def _state(token: dict[str, Any]) -> str:
    if token["revokedAt"] is not None:
        return f"revoked by {token['revokedBy']}"
    return ahead(token["expiresAt"])


@tokens.command()
def make(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is for")],
    role: Annotated[str | None, typer.Option(help="The most that it may do")] = None,
    days: Annotated[int, typer.Option(help="How long it lasts")] = 90,
    user: Annotated[str | None, typer.Option(help="Whose it is; yours without it")] = None,
) -> None:
    """Make a token; it is shown this once."""
    given = {"name": name, "role": role, "days": days, "user": user}
    body = {key: value for key, value in given.items() if value is not None}
    made = api(context).call("POST", f"{ORG}/tokens", json=body)
    if wants_json(context):
        return as_json(made)
    return _secret(made["token"])


@tokens.command()
def revoke(context: typer.Context, token: Annotated[str, typer.Argument(help="Id of the token")]) -> None:
    """Revoke a token: the next request with it is refused."""
    gone = api(context).call("DELETE", f"{ORG}/tokens/{token}")
    if wants_json(context):
        return as_json(gone)
    return console.print(escape(f"{gone['name']} of {gone['user']} is revoked"))


def _secret(text: str) -> None:
    """On a line of its own, to be copied; it is nowhere else."""
    console.print("[yellow]Keep it now: it is not shown again.[/yellow]")
    console.out(text, highlight=False)


def audit(
    context: typer.Context,
    user: Annotated[str | None, typer.Option(help="Who did it")] = None,
    dock: Annotated[str | None, typer.Option(help="Serial of the dock")] = None,
    mission: Annotated[str | None, typer.Option()] = None,
    kind: Annotated[str | None, typer.Option(help="command, or the first word of an action")] = None,
    since: Annotated[str | None, typer.Option(help="ISO time")] = None,
    until: Annotated[str | None, typer.Option(help="ISO time")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="The newest so many")] = 50,
) -> None:
    """Who did what, when, why, and what came of it."""
    given = {"user": user, "dock": dock, "mission": mission, "kind": kind, "since": since, "until": until}
    params = {key: value for key, value in given.items() if value is not None} | {"limit": limit}
    found = api(context).call("GET", "/v1/audit", params=params)["items"]
    if wants_json(context):
        return as_json(found)
    rows = [
        (
            each["at"][:19].replace("T", " "),
            each["user"],
            each["action"],
            each["target"],
            each["outcome"],
            each["reason"],
        )
        for each in found
    ]
    return table("Audit log", ("at (UTC)", "who", "what", "of", "outcome", "why"), rows)


# What has a file of its own
for command in (org_settings.retention, org_settings.dji, org_settings.broker):
    org.command()(command)
org.add_typer(exports.app, name="export")
org.add_typer(deletion.app, name="deletion")
