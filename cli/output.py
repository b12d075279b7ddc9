"""What the command line prints: tables for people, JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

GAP: Final = 3  # columns between two columns of a table

console = Console()
errors = Console(stderr=True)


def as_json(value: Any) -> None:
    """One JSON document on stdout, uncoloured and unwrapped."""
    console.out(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(), highlight=False)


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table where the terminal is wide enough for its longest words, since ids are copied; else a paragraph a row.

    A cell is shown as it is, unless it is a `Text` with a style.
    """
    cells = [
        [cell if isinstance(cell, Text) else Text("" if cell is None else str(cell)) for cell in row] for row in rows
    ]
    if not cells:
        return console.print(f"[dim]{title}: none[/dim]")
    least = [_longest_word(column) for column in zip(map(Text, columns), *cells, strict=True)]
    if sum(least) + GAP * len(least) > console.width:
        return _paragraphs(title, columns, cells)
    shown = Table(title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    most = [
        max(map(cell_len, (name, *(cell.plain for cell in column))))
        for name, *column in zip(columns, *cells, strict=True)
    ]
    for name, width in zip(columns, _widths(least, most, console.width - GAP * len(least)), strict=True):
        shown.add_column(name, overflow="fold", width=width)
    for row in cells:
        shown.add_row(*row)
    return console.print(shown)


def _widths(least: list[int], most: list[int], room: int) -> list[int]:
    """As wide as the cells are, less what is too much: the widest column that can give one gives it.

    rich would narrow all columns alike, words or no words, and cut off what does not fit then.
    """
    widths = list(most)
    while sum(widths) > room:
        _, widest = max((width, at) for at, width in enumerate(widths) if width > least[at])
        widths[widest] -= 1
    return widths


def _longest_word(cells: Sequence[Text]) -> int:
    return max(cell_len(word) for cell in cells for word in cell.plain.split() or [""])


def _paragraphs(title: str, columns: Sequence[str], rows: Iterable[Sequence[Text]]) -> None:
    console.print(f"[italic]{title}[/italic]\n")
    for first, *rest in rows:
        named = [Text.assemble((name, "dim"), " ", cell) for name, cell in zip(columns[1:], rest, strict=True) if cell]
        said = Padding(Text(", ").join(named), (0, 0, 1, 2), expand=False)
        console.print(Text.assemble((first.plain, "bold")), said, sep="\n")


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
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"


def size(count: int | None) -> str:
    """Bytes, for people; nothing where they are not known."""
    if count is None:
        return ""
    if count < 1000:
        return f"{count} B"
    for unit, of in (("kB", 1e3), ("MB", 1e6)):
        if count < 1000 * of:
            return f"{count / of:.1f} {unit}"
    return f"{count / 1e9:.1f} GB"
