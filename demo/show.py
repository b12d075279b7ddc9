"""What a person sees while the demo runs: a table of docks and steps; plain lines where there is no terminal."""

from __future__ import annotations

import io
import time
from types import TracebackType
from typing import Any, Final, Self

import segno
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from demo.report import Report, Step

MARKS: Final = {
    "waiting": "[dim]·[/dim]",
    "running": "[yellow]…[/yellow]",
    "proven": "[green]✓[/green]",
    "failed": "[red]✗[/red]",
    "not reached": "[dim]–[/dim]",
}
TOLD: Final = ("history_events", "frames_seen", "picture_age_ms", "farthest_miss_m", "kinds", "stopped", "product")


class Show:
    """Shows a report as it grows. A context manager; call it whenever the report changed."""

    def __init__(self, report: Report, console: Console) -> None:
        self._report, self._console = report, console
        self._began = time.monotonic()
        self._said: set[tuple[str, str, str]] = set()
        self._live = Live(get_renderable=self._table, console=console, refresh_per_second=4, transient=False)

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._console.is_terminal:
            self._live.stop()

    def __call__(self) -> None:
        """The report changed."""
        if self._console.is_terminal:
            return
        for dock in self._report.docks:
            for step in dock.steps:
                key = (dock.model, step.name, step.outcome)
                if step.outcome in ("running", "proven", "failed") and key not in self._said:
                    self._said.add(key)
                    self._console.print(f"{self._clock()} {dock.model} {step.name}: {step.outcome} {_words(step)}")

    def qr(self, text: str) -> None:
        """Draw a QR code, as a person would hold it before the dock."""
        drawn = io.StringIO()
        segno.make(text, error="l").terminal(drawn, compact=True)
        self._console.print(Text.from_ansi(drawn.getvalue()), no_wrap=True, crop=False)

    def _clock(self) -> str:
        minutes, seconds = divmod(int(time.monotonic() - self._began), 60)
        return f"{minutes:02}:{seconds:02}"

    def _table(self) -> Table:
        table = Table(
            title=f"Three docks, from QR code to the end of a mission   {self._clock()}", title_justify="left"
        )
        table.add_column("step")
        for dock in self._report.docks:
            table.add_column(f"{dock.model} {dock.sn}", overflow="fold")
        steps = self._report.docks[0].steps if self._report.docks else []
        for step in steps:
            cells = [dock.step(step.name) for dock in self._report.docks]
            table.add_row(step.name, *(f"{MARKS[cell.outcome]} {_words(cell)}" for cell in cells))
        return table


def _words(step: Step) -> str:
    if step.reason is not None:
        return f"[red]{step.reason}[/red]"
    seconds = f"{step.seconds:.1f} s" if step.seconds is not None else ""
    facts: list[Any] = [f"{name.replace('_', ' ')} {step.evidence[name]}" for name in TOLD if name in step.evidence]
    return " ".join([seconds, *map(str, facts)])
