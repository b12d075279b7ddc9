"""What a document costs who reads, writes or finds it: our repository, beside Google's client that it is made of.

    python -m bench.store [--calls 300] [--seconds 10]

CPU of this process, and of the Firestore server, for each read, each change of eight fields of a dock's document, and
each query by two equalities: one after another, and fifty at a time. The two take turns. Then changes that come at
random, as those of a fleet do: in how many calls they go, what they cost, and how long each takes.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import uvloop
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore_v1.base_query import FieldFilter
from rich.console import Console
from rich.table import Table

from bench._house import cpu
from embedded import parts
from store.calls import Calls
from store.client import LocalClient, emulator_at
from store.document import Document, Repository

ROUNDS = 4
TOGETHER = 50
RATES = (2, 20, 50, 100)  # changes a second that come at random
SERVER = "embedded.firestore"


class Dock(Document):
    collection: ClassVar[str] = "dji_docks"

    sn: str
    osd: dict[str, Any]
    online: bool = True

    @property
    def key(self) -> str:
        return self.sn


class Docks(Repository[Dock]):
    model = Dock


Call = Callable[[int, dict[str, Any]], Awaitable[Any]]


async def cost(call: Call, calls: int, at_once: int) -> tuple[float, float]:
    """CPU ms of a call, here and in the server."""
    there, here = cpu()[SERVER], time.process_time()
    for first in range(0, calls, at_once):
        fields = [{f"osd.field{2 * n + 1}": first + i + n / 8 for n in range(8)} for i in range(at_once)]
        await asyncio.gather(*(call(first + i, each) for i, each in enumerate(fields)))
    here = time.process_time() - here
    return 1000 * here / calls, 1000 * (cpu()[SERVER] - there) / calls


async def at_random(call: Call, rate: int, seconds: float) -> tuple[float, float, list[float]]:
    """CPU ms of a change, here and in the server, and how long each took, in ms, in order."""
    dice = random.Random(rate)
    taken: list[float] = []

    async def one(number: int) -> None:
        begun = time.perf_counter()
        await call(number, {f"osd.field{2 * n + 1}": number + n / 8 for n in range(8)})
        taken.append(1000 * (time.perf_counter() - begun))

    tasks: list[asyncio.Task[None]] = []
    there, here, end = cpu()[SERVER], time.process_time(), time.monotonic() + seconds
    while time.monotonic() < end:
        tasks.append(asyncio.create_task(one(len(tasks))))
        await asyncio.sleep(dice.expovariate(rate))
    await asyncio.gather(*tasks)
    here, there = time.process_time() - here, cpu()[SERVER] - there
    return 1000 * here / len(tasks), 1000 * there / len(tasks), sorted(taken)


async def main(calls: int, seconds: float) -> None:
    async with parts.firestore() as firestore:
        with emulator_at(firestore.address):
            client = LocalClient(project="bench", credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
        docks = Docks(client)
        osd = {f"field{n}": n * 1.5 if n % 2 else f"text {n}" for n in range(60)}
        for n in range(TOGETHER):
            await docks.put(Dock(sn=f"D{n}", osd=osd))

        async def ours_read(n: int, fields: dict[str, Any]) -> None:
            await docks.get(f"D{n % TOGETHER}")

        async def theirs_read(n: int, fields: dict[str, Any]) -> None:
            Dock.from_fields((await docks.ref(f"D{n % TOGETHER}").get()).to_dict())

        async def ours_change(n: int, fields: dict[str, Any]) -> None:
            await docks.patch(f"D{n % TOGETHER}", fields)

        async def theirs_change(n: int, fields: dict[str, Any]) -> None:
            await docks.ref(f"D{n % TOGETHER}").update(fields)

        async def ours_query(n: int, fields: dict[str, Any]) -> None:
            await docks.find(sn=f"D{n % TOGETHER}", online=True)

        async def theirs_query(n: int, fields: dict[str, Any]) -> None:
            query = docks.collection.where(filter=FieldFilter("sn", "==", f"D{n % TOGETHER}"))
            query = query.where(filter=FieldFilter("online", "==", True))
            [Dock.from_fields(found.to_dict() or {}) async for found in query.stream()]

        table = Table(title=f"CPU ms of a call, here + in the server ({calls} calls, median of {ROUNDS} rounds)")
        for column in ("", "repository", "Google's client", "times"):
            table.add_column(column, justify="right" if column else "left")
        for what, ours, theirs in (
            ("read", ours_read, theirs_read),
            ("change", ours_change, theirs_change),
            ("query", ours_query, theirs_query),
        ):
            for at_once in (1, TOGETHER):
                found: dict[Call, list[tuple[float, float]]] = {ours: [], theirs: []}
                for _ in range(ROUNDS):
                    for call, costs in found.items():
                        costs.append(await cost(call, calls // at_once * at_once or at_once, at_once))
                mine, other = (sorted(costs)[ROUNDS // 2] for costs in found.values())
                table.add_row(
                    f"{what}, {'one after another' if at_once == 1 else f'{at_once} at once'}",
                    f"{mine[0]:.2f} + {mine[1]:.2f}",
                    f"{other[0]:.2f} + {other[1]:.2f}",
                    f"{sum(mine) / sum(other):.2f}",
                )
        Console(width=110).print(table)
        table = Table(title=f"changes at random, for {seconds:g} s each")
        for column in ("changes a second", "changes a call", "CPU ms of a change", "ms: median", "99 of 100"):
            table.add_column(column, justify="right")
        made = 0
        real = Calls.batch_write

        def counting(self: Calls, writes: list[Any]) -> Awaitable[Any]:
            nonlocal made
            made += 1
            return real(self, writes)

        Calls.batch_write = counting  # type: ignore[method-assign, assignment]
        for rate in RATES:
            made = 0
            here, there, taken = await at_random(ours_change, rate, seconds)
            table.add_row(
                str(rate),
                f"{len(taken) / made:.1f}",
                f"{here:.2f} + {there:.2f}",
                f"{taken[len(taken) // 2]:.0f}",
                f"{taken[len(taken) * 99 // 100]:.0f}",
            )
        Console(width=110).print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=10.0)
    given = parser.parse_args()
    uvloop.run(main(given.calls, given.seconds))
