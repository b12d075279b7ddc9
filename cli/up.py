"""`argus up`: the whole stack on this machine, until Ctrl-C."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from cli.context import options
from embedded.part import StackError

if TYPE_CHECKING:  # the stack takes a second to import, which no other command of `argus` is to wait for
    from embedded.stack import Stack
    from embedded.supervisor import Event

DEFAULT_DATA = Path("data")


def up(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(envvar="ARGUS_DATA", help="Where everything is kept, over restarts; else ./data")
    ] = None,
    ports: Annotated[
        Literal["fixed", "auto"], typer.Option(help="fixed: the documented ones; auto: free ones")
    ] = "fixed",
    port: Annotated[
        list[str] | None, typer.Option(metavar="NAME=NUMBER", help="Move one port, e.g. api=9000; may be repeated")
    ] = None,
    bind: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 lets docks on the network in")] = "127.0.0.1",
    public: Annotated[
        str | None, typer.Option(help="Address at which docks and people reach this machine, with --bind 0.0.0.0")
    ] = None,
    demo_dock: Annotated[
        bool, typer.Option(help="Have a simulator at hand, in which an admin may switch a demo dock on")
    ] = True,
) -> None:
    """Start every part in order of readiness, restart what dies, and end all of it on Ctrl-C.

    DIR/endpoints.json says where everything is, with an admin token; `argus doctor` says what a machine lacks.
    """
    from embedded import catalogue
    from embedded.stack import Stack

    console = Console()
    try:
        given = given_ports(port or [])
        folder = data or options(context).data or DEFAULT_DATA
        parts = catalogue.WITH_DEMO_DOCK if demo_dock else catalogue.ALL
        stack = Stack(
            folder, ports=ports, given_ports=given, parts=parts, bind=bind, public=public, report=EventPrinter(console)
        )
        asyncio.run(_run(stack, console))
    except StackError as error:
        Console(stderr=True).print(f"[red]argus up:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None


def given_ports(words: list[str]) -> dict[str, int]:
    """`NAME=NUMBER` words as a mapping. Raises StackError for one that is not of that form."""
    given: dict[str, int] = {}
    for word in words:
        name, _, number = word.partition("=")
        if not number.isdecimal():
            raise StackError(f"--port {word}: expected NAME=NUMBER, e.g. api=9000")
        given[name] = int(number)
    return given


class EventPrinter:
    """Prints what becomes of each part, a line an event."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._seen: set[str] = set()

    def __call__(self, event: Event) -> None:
        if event.kind == "ready":
            again = " again" if event.part in self._seen else ""
            self._seen.add(event.part)
            self._line("green", "✓", event.part, f"ready{again} after {event.seconds:.1f} s")
        elif event.kind == "died":
            self._line("red", "✗", event.part, event.text)
        elif event.kind == "stopped":
            self._line("dim", "·", event.part, f"ended in {event.seconds:.1f} s")

    def _line(self, colour: str, mark: str, part: str, text: str) -> None:
        self._console.print(f"[{colour}]{mark}[/{colour}] {part:<10} {escape(text)}", highlight=False, soft_wrap=True)


async def _run(stack: Stack, console: Console) -> None:
    """Run until SIGINT or SIGTERM, also while it is still starting."""
    this = asyncio.current_task()
    assert this is not None
    loop = asyncio.get_running_loop()
    asked = False

    def end() -> None:
        nonlocal asked
        if not asked:  # a second Ctrl-C must not interrupt the ending, which is bounded
            asked = True
            console.print("\nending everything ...", style="dim")
            this.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    try:
        async with stack:
            console.print(f"\n[bold]everything is ready after {stack.seconds_to_start:.1f} s[/bold]", highlight=False)
            console.print(endpoints_table(stack))
            console.print("Ctrl-C ends everything", style="dim")
            await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not asked:
            raise


def endpoints_table(stack: Stack) -> Table:
    """Where things are, for a person: no secrets, which are in a file that it names."""
    at = stack.endpoints
    table = Table(box=None, show_header=False, padding=(0, 3, 0, 0))
    table.add_column(style="dim")
    table.add_column(overflow="fold")
    for label, url in (
        ("page, for operators", at["api"]),
        ("API", f"{at['api']}/v1/docs"),
        ("Temporal's UI", at["temporal_ui"]),
        ("MQTT", at["mqtt"]),
        ("video from docks", at["media"]),
        ("manual flight", at["drc"]),
        ("rooms", at["livekit"]),
        ("objects", at["objects"]),
        ("Firestore", at["firestore"]),
        ("logs", str(stack.directory / "logs")),
        ("accounts, admin token", str(stack.directory / "endpoints.json")),
    ):
        table.add_row(label, url)
    return table
