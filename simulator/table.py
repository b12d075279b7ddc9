"""Docks in a terminal: a table that is drawn anew each second, or a line where there are too many for one."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from simulator.config import DockConfig
from simulator.control import Control
from simulator.dock import SimDock
from simulator.fleet import Fleet

ROWS = 25
COLUMNS = ("dock", "model", "phase", "mode", "cover", "aircraft", "battery", "height", "home", "task", "problem")
START_AT_ONCE = 50  # docks; a broker is not to see a thousand connections in one moment
COLOURS = {"online": "green", "refused": "red", "registering": "yellow", "connecting": "yellow", "off": "dim"}


async def watch(configs: Sequence[DockConfig], port: int, console: Console) -> None:
    """Run docks until Ctrl-C, and show them."""
    fleet, stop = Fleet(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Control(fleet, port) as control:
        console.print(f"control on {control.url}", highlight=False)
        starting = asyncio.create_task(start(fleet, configs))
        with Live(console=console, auto_refresh=False) as live:
            while not stop.is_set():
                live.update(picture(list(fleet.docks.values())), refresh=True)
                await asyncio.wait({asyncio.create_task(stop.wait())}, timeout=1)
        starting.cancel()
    await fleet.stop()


async def start(fleet: Fleet, configs: Sequence[DockConfig]) -> None:
    """Power docks on, some at a time."""
    for begin in range(0, len(configs), START_AT_ONCE):
        for config in configs[begin : begin + START_AT_ONCE]:
            await fleet.add(SimDock(config))
        await asyncio.sleep(0.25 if len(configs) > START_AT_ONCE else 0)


def picture(docks: Sequence[SimDock]) -> Group:
    """The first docks as a table, all of them in a sentence."""
    table = Table(header_style="bold")
    for column in COLUMNS:
        table.add_column(column, overflow="fold")
    for dock in docks[:ROWS]:
        task = dock.wayline.running
        table.add_row(
            dock.sn,
            dock.model.name,
            Text(dock.phase, style=COLOURS[dock.phase]),
            dock.state.mode.name.lower(),
            dock.state.cover.name.lower(),
            dock.aircraft.mode.name.lower() if dock.aircraft.on else "asleep",
            f"{dock.aircraft.battery:.0f} %",
            f"{dock.aircraft.elevation:.0f} m",
            f"{dock.aircraft.home_distance:.0f} m",
            f"{task.step} {task.percent} %" if task is not None else "",
            dock.problem or (dock.link.last_error if dock.phase == "connecting" else "") or "",
        )
    phases = Counter(dock.phase for dock in docks)
    sent = sum(sum(dock.link.sent.values()) for dock in docks)
    complaints = sum(len(dock.complaints) for dock in docks)
    told = ", ".join(f"{count} {phase}" for phase, count in phases.items())
    return Group(table, Text(f"{len(docks)} docks: {told}; {sent} messages sent, {complaints} complaints"))
