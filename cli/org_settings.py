"""`argus org retention`, `dji`, `broker`: how long things are kept, and what the organisation brings of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from cli.context import api, wants_json
from cli.output import as_json, console, table

ORG: Final = "/v1/org"
RETENTION: Final = f"{ORG}/retention"
DEFAULT: Final = "default"

Days = Annotated[str | None, typer.Option(help="Days, or `default`: the system's time", metavar="DAYS")]
# Asked for where they are not given: what is typed into a command line stays in the shell's history
FromFile = Annotated[Path | None, typer.Option(help="File with it; asked for without one", exists=True, dir_okay=False)]


def retention(
    context: typer.Context,
    media: Days = None,
    logs: Days = None,
    alerts: Days = None,
    custom_data: Days = None,
    audit: Days = None,
) -> None:
    """How many days each kind of thing is kept; with an option, change it from the next sweep on."""
    given = {"media": media, "logs": logs, "alerts": alerts, "customData": custom_data, "audit": audit}
    body = {kind: _days(kind, text) for kind, text in given.items() if text is not None}
    asked = api(context)
    found = asked.call("PATCH", RETENTION, json=body) if body else asked.call("GET", RETENTION)
    if wants_json(context):
        return as_json(found)
    rows = [
        (
            each["kind"],
            f"{each['days']:g}",
            "the organisation's" if each["own"] else "the system's",
            f"{each['least']} to {each['most']}",
            each["what"],
        )
        for each in found["kinds"]
    ]
    return table("Kept", ("kind", "days", "whose", "bounds", "what"), rows)


def _days(kind: str, text: str) -> int | None:
    if text == DEFAULT:
        return None
    if not text.isdecimal():
        raise typer.BadParameter(f"{text!r} is neither a number of days nor `{DEFAULT}`", param_hint=f"--{kind}")
    return int(text)


def dji(
    context: typer.Context,
    app_id: Annotated[str, typer.Argument(help="App ID of DJI's developer pages")],
    key_file: FromFile = None,
    license_file: FromFile = None,
    replace: Annotated[
        bool, typer.Option(help="Also while docks are paired: they have to be reset and paired anew")
    ] = False,
) -> None:
    """Set the DJI application that docks are told. Key and licence are never shown again."""
    body = {
        "appId": app_id,
        "appKey": _secret("App Key", key_file),
        "appLicense": _secret("App License", license_file),
        "replace": replace,
    }
    changed = api(context).call("PUT", f"{ORG}/dji", json=body)
    if wants_json(context):
        return as_json(changed)
    return console.print(escape(f"docks are told application {changed['dji']['appId']} from now on"))


def broker(
    context: typer.Context,
    host: Annotated[str | None, typer.Argument(help="Where docks connect; leave it out with --shared")] = None,
    port: Annotated[int, typer.Option()] = 8883,
    tls: Annotated[bool, typer.Option()] = True,
    username: Annotated[str, typer.Option(help="Our own processes' account there")] = "argus",
    password_file: FromFile = None,
    admin: Annotated[str, typer.Option(help="Mosquitto: account of its dynamic-security plugin")] = "admin",
    admin_file: FromFile = None,
    emqx: Annotated[str | None, typer.Option(help="EMQX: address of its HTTP API", metavar="URL")] = None,
    api_key: Annotated[str | None, typer.Option(help="EMQX: key of its HTTP API")] = None,
    api_secret_file: FromFile = None,
    shared: Annotated[bool, typer.Option("--shared", help="Back to the shared broker")] = False,
) -> None:
    """Give the organisation a broker of its own, or go back to the shared one. No dock may be paired."""
    if shared == (host is not None):
        raise typer.BadParameter("give a host, or --shared", param_hint="HOST")
    if shared:
        return _broker(context, api(context).call("DELETE", f"{ORG}/broker"))
    body: dict[str, Any] = {"host": host, "port": port, "tls": tls, "username": username}
    body["password"] = _secret(f"Password of {username}", password_file)
    if emqx is not None:
        body |= {"kind": "emqx", "apiUrl": emqx, "apiKey": api_key, "apiSecret": _secret("API secret", api_secret_file)}
    else:
        password = _secret(f"Password of {admin}", admin_file)
        body |= {
            "kind": "mosquitto",
            "adminUsername": admin,
            "adminPassword": password,
        }
    return _broker(context, api(context).call("PUT", f"{ORG}/broker", json=body))


def _broker(context: typer.Context, changed: dict[str, Any]) -> None:
    if wants_json(context):
        return as_json(changed)
    own = "of the organisation's own" if changed["broker"]["own"] else "shared"
    return console.print(escape(f"docks connect to {changed['broker']['address']}, {own}"))


def _secret(name: str, file: Path | None) -> str:
    return file.read_text().strip() if file is not None else str(typer.prompt(name, hide_input=True))
