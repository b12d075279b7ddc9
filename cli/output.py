"""What the command line prints: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

COPIED = frozenset({"id", "serial", "dock", "saga"})
console = Console()
errors = Console(stderr=True)


def as_json(value: Any) -> None:
    """One JSON document on stdout, uncoloured and unwrapped."""
    print(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    shown = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        # What people copy into the next command stays in one piece; the rest folds.
        shown.add_column(column, overflow="fold", no_wrap=column in COPIED)
    count = 0
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
        count += 1
    console.print(shown if count else f"[dim]{title}: none[/dim]")


def ago(moment: str | None) -> str:
    """How long ago an ISO time was, for people."""
    if moment is None:
        return "never"
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit} ago"
    return f"{max(seconds, 0):.0f} s ago"


def ahead(moment: str | None) -> str:
    """How far ahead an ISO time is, for people."""
    if moment is None:
        return ""
    seconds = (datetime.fromisoformat(moment) - datetime.now(UTC)).total_seconds()
    if seconds <= 0:
        return "over"
    return f"{seconds / 60:.0f} min" if seconds >= 90 else f"{seconds:.0f} s"
