"""`argus demo`: three simulated docks from QR code to the end of a mission, each step proven from outside."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.panel import Panel

from cli.up import EventPrinter
from embedded.part import StackError

if TYPE_CHECKING:  # all that a demonstration needs takes seconds to import; no other command is to wait for it
    from demo.life import World
    from demo.report import Report


def demo(
    once: Annotated[bool, typer.Option(help="End when all is proven, instead of staying up")] = False,
    report: Annotated[Path | None, typer.Option(help="Write the evidence to this JSON file")] = None,
    data: Annotated[Path, typer.Option(help="Where everything is kept")] = Path("data/demo"),
    ports: Annotated[
        Literal["fixed", "auto"], typer.Option(help="fixed: the documented ones; auto: free ones")
    ] = "fixed",
    speed: Annotated[
        float | None, typer.Option(min=1, max=20, help="Simulated seconds in a real one, in the air; else 2")
    ] = None,
) -> None:
    """Fly three simulated docks (Dock 1, 2, 3) through their whole life, all parts real but the docks."""
    from demo.report import Report
    from demo.run import run
    from demo.show import Show

    console = Console()
    found = Report()

    async def everything() -> None:
        interrupted = asyncio.Event()
        loop, here = asyncio.get_running_loop(), asyncio.current_task()
        assert here is not None
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, here.cancel)

        async def stay(world: World) -> None:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, interrupted.set)
            console.print(_look_around(world, found))
            await interrupted.wait()
            console.print("ending everything that was started")

        with Show(found, console) as show:
            await run(
                data,
                found,
                show,
                None if once else stay,
                ports=ports,
                stack_report=EventPrinter(console),
                on_qr=show.qr,
                speed=speed,
            )

    try:
        asyncio.run(everything())
    except StackError as error:
        Console(stderr=True).print(f"[red]argus demo:[/red] {escape(str(error))}", highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    except (asyncio.CancelledError, KeyboardInterrupt):
        console.print("interrupted; everything that was started has ended")
        raise typer.Exit(130) from None
    finally:
        found.judge()
        if report is not None:
            report.parent.mkdir(parents=True, exist_ok=True)
            found.write(report)
    console.print(
        "[green]every step of every dock is proven[/green]" if found.proven else "[red]not all is proven[/red]"
    )
    if not found.proven:
        raise typer.Exit(1)


def _look_around(world: World, report: Report) -> Panel:
    endpoints = world.outside.endpoints
    lines = [
        f"API and its description   {endpoints['api']}/v1/docs",
        f"Sagas in Temporal's UI    {endpoints['temporal_ui']}",
        f"Everything, with a token  {endpoints['data']}/endpoints.json",
        f"Try                       argus --data {endpoints['data']} docks list",
        "Ctrl-C ends all of it",
    ]
    title = "all proven; have a look around" if report.proven else "not all is proven; have a look around"
    return Panel("\n".join(lines), title=title, expand=False)
