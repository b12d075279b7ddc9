"""What a dock costs among many against what it costs among few: 1,000 docks against 10.

    python -m bench.scale [--few 10] [--many 1000] [--seconds 20]

Simulated Dock 3, idle, with osd every two seconds as real ones have it. Counted is the CPU of bridge, worker, Temporal,
Firestore server and broker, less what these take without any dock; the docks themselves are not counted. One house is
measured three times: empty, with the few, with the many. Goal: at most 1.2 times for each dock.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
from contextlib import AsyncExitStack

from rich.console import Console
from rich.table import Table

from bench._figures import verdict
from bench._house import code, cpu, go, known, line, outside, process, spent, until_online, well
from settings import Settings
from store.client import connect
from store.docks import AircraftRepository, Docks
from timings import Timings

ORG = "bench"
TIMINGS = Timings(osd_silence=120)
WITHIN, SETTLE = 300.0, 8.0  # s
OTHERS = ("rollout_docks", "bench", "minio")
GOAL = 1.2
Used = dict[str, float]
console = Console(width=110)


class House:
    """The system, to which docks are added."""

    def __init__(self, stack: AsyncExitStack, settings: Settings, qr: str, docks: Docks) -> None:
        self.docks = 0
        self._stack = stack
        self._settings = settings
        self._qr = qr
        self._known = docks

    async def add(self, count: int) -> None:
        """Docks that are online, and have said all that they say once."""
        words = ("bench._rollout_docks", self._qr, str(count), "1", "1", str(self.docks + 1))
        fleet = await self._stack.enter_async_context(process(self._settings, *words))
        told = json.loads(await line(fleet))
        await known(self._known, AircraftRepository(self._known.client), ORG, told)
        await go(fleet)
        self.docks += count
        await until_online(self._known, ORG, self.docks, WITHIN)
        await asyncio.sleep(SETTLE)

    async def used(self, seconds: float) -> Used:
        """CPU seconds a second of each part."""
        before = cpu()
        await asyncio.sleep(seconds)
        return {name: used / seconds for name, used in spent(before).items() if name not in OTHERS}


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    async with AsyncExitStack() as stack:
        settings, broker = await outside(stack, TIMINGS)
        for name in ("worker", "bridge"):
            await well(stack, settings, name)
        house = House(stack, settings, code(broker, ORG), Docks(connect(settings)))
        await asyncio.sleep(SETTLE)
        empty = await house.used(given.seconds)
        await house.add(given.few)
        few = await house.used(2 * given.seconds)  # of so little that it takes longer to tell
        await house.add(given.many - given.few)
        many = await house.used(given.seconds)
    show(empty, (given.few, few), (given.many, many))
    return 0


def show(empty: Used, few: tuple[int, Used], many: tuple[int, Used]) -> None:
    table = Table(title=f"CPU ms a second for each idle dock, {os.cpu_count()} cores")
    for column in ("", "no dock, in all", f"{few[0]} docks", f"{many[0]} docks", "ratio"):
        table.add_column(column, justify="right" if column else "left")
    costs = [{name: (used[name] - empty[name]) / count * 1000 for name in many[1]} for count, used in (few, many)]
    for name in sorted(many[1], key=lambda name: -costs[1][name]):
        table.add_row(name, f"{empty[name] * 1000:.1f}", f"{costs[0][name]:.2f}", f"{costs[1][name]:.2f}", "")
    one, other = (sum(cost.values()) for cost in costs)
    table.add_row("all", f"{sum(empty.values()) * 1000:.1f}", f"{one:.2f}", f"{other:.2f}", f"{other / one:.2f}")
    console.print(table)
    verdict(f"a dock of {many[0]} against one of {few[0]}: {other / one:.2f} times the CPU", other / one, GOAL)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
