"""Which module each command is in.

Only that of the command in hand is imported: to import them all takes a second of CPU, most of it for three commands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

import typer

# In the order of `argus --help`
WHERE: Final = {
    "up": "cli.up:up",
    "doctor": "cli.doctor:doctor",
    "demo": "cli.demo:demo",
    "simulate": "cli.simulate:simulate",
    "fly": "cli.fly:fly",
    "drc": "cli.drc:drc",
    "streams": "cli.missions:streams",
    "timings": "cli.sagas:timings",
    "audit": "cli.org:audit",
    "token": "cli.org:token",
    "pair": "cli.pair:app",
    "docks": "cli.docks:app",
    "missions": "cli.missions:app",
    "alerts": "cli.alerts:app",
    "areas": "cli.areas:app",
    "sagas": "cli.sagas:app",
    "waylines": "cli.waylines:app",
    "flights": "cli.fly:flights",
    "schedules": "cli.schedules:app",
    "firmware": "cli.firmware:app",
    "relay": "cli.relay:app",
    "webhooks": "cli.webhooks:app",
    "debug": "cli.debug:app",
    "licences": "cli.licences:app",
    "org": "cli.org:org",
    "members": "cli.org:members",
    "tokens": "cli.org:tokens",
    "ai": "cli.ai:app",
    "property": "cli.properties:app",
    "media": "cli.media:app",
    "custom-data": "cli.custom_data:app",
    "logs": "cli.logs:app",
    "dji": "cli.dji:app",
    "firestore": "cli.firestore:app",
}


# Typer's own click, whose types it does not show
class Commands(Mapping[str, Any]):
    """Commands and groups by name, each made when it is asked for."""

    def __getitem__(self, name: str) -> Any:
        module, attribute = WHERE[name].split(":")
        found = getattr(import_module(module), attribute)
        alone = typer.Typer()
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=name)
        else:
            alone.command(name)(found)
        return typer.main.get_group(alone).commands[name]

    def __iter__(self) -> Iterator[str]:
        return iter(WHERE)

    def __len__(self) -> int:
        return len(WHERE)
