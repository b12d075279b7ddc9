"""What a single document costs who reads or writes it: our repository, beside Google's client that it is made of.

    python -m bench.store [--calls 300]

CPU of this process, and of the Firestore server, for each read and each change of eight fields of a dock's document:
one after another, and fifty at a time. The two take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import uvloop
from google.auth.credentials import AnonymousCredentials
from rich.console import Console
from rich.table import Table

from bench._house import cpu
from embedded import parts
from store.client import LocalClient, emulator_at
from store.document import Document, Repository

ROUNDS = 4
TOGETHER = 50
SERVER = "embedded.firestore"


class Dock(Document):
    collection: ClassVar[str] = "dji_docks"

    sn: str
    osd: dict[str, Any]

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


async def main(calls: int) -> None:
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

        table = Table(title=f"CPU ms of a call, here + in the server ({calls} calls, median of {ROUNDS} rounds)")
        for column in ("", "repository", "Google's client", "times"):
            table.add_column(column, justify="right" if column else "left")
        for what, ours, theirs in (("read", ours_read, theirs_read), ("change", ours_change, theirs_change)):
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=300)
    uvloop.run(main(parser.parse_args().calls))
