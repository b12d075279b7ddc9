"""Options that all commands of the API share, as `argus [--api URL] [--token TOKEN] [--data DIR] [--json] COMMAND`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import typer

from cli.client import Api, Where, find


@dataclass
class Options:
    api: str | None = None
    token: str | None = None
    data: Path | None = None
    json: bool = False


def options(context: typer.Context) -> Options:
    found = context.find_object(Options)
    return found if found is not None else Options()


def where(context: typer.Context) -> Where:
    """Address and token that the options name. Raises CannotAsk where none is known."""
    given = options(context)
    return find(given.api, given.token, given.data)


def api(context: typer.Context) -> Api:
    """The API that the options name. Raises CannotAsk where none is known."""
    return Api(where(context))


def wants_json(context: typer.Context) -> bool:
    return options(context).json
