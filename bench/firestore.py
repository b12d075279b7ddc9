"""The Firestore server beside the npm emulator and bare SQLite: writes, reads, queries, listeners.

    python -m bench.firestore [--small | --tiny] [--json FILE]

All three in one run, on the same documents; the two servers under the same client over the bare protocol. The emulator
(`@firestore-emulator/server`, fetched by npm into the cache) keeps everything in memory and loses it at its end; ours
and SQLite have every write on the disk before they acknowledge it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from bench import _firestore_bare
from bench._firestore_load import BATCH, Load, Sizes, field_query, write
from embedded import ports, tools
from embedded.firestore import wire

EMULATOR = "@firestore-emulator/server"
EMULATOR_VERSION = "0.3.15"
GOAL = 2.0
NEARLY_ALL = 0.95
SMALL = Sizes(200, 500, 3, 500, 5000, 50, 50, 200, 2.0)
TINY = Sizes(20, 100, 1, 20, 1000, 5, 5, 20, 0.5)
# The emulator's time to take in a document grows with those it has: it gets this long, and keeps what it has by then.
FILL_SECONDS = 60.0
CHECKOUT = Path(__file__).parents[1]
SCRIPT = f"""
const {{ FirestoreServer }} = require({json.dumps(EMULATOR)})
new FirestoreServer().start(Number(process.argv[1])).then(() => console.log('ready'))
"""
ROWS = {
    "sequential": "writes/s, one after another",
    "fifty": "writes/s, 50 writers at once",
    "batches": "documents/s, batches of 500",
    "filled": "documents there are from here on",
    "grown": "writes/s, one after another",
    "reads": "reads/s, one after another",
    "reads_fifty": "reads/s, 50 readers at once",
    "selective": "documents/s, by a filter that 1 in 1,000 passes",
    "first": "queries/s, no filter, first 20",
    "everything": "documents/s, no filter, all",
    "delivered": "changes/s delivered, 1,000 made",
    "delay": "ms to a listener, median",
    "delay99": "ms to a listener, 99 of 100",
}
LESS_IS_BETTER = ("delay", "delay99")


@dataclass(frozen=True)
class Server:
    """One that runs in a process of its own."""

    address: str
    pid: int


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Server]:
    """Ours."""
    command = [sys.executable, "-m", "embedded.firestore", "--db", str(folder / "firestore.db"), "--port", "0"]
    async with _running(command, CHECKOUT) as (line, pid):
        yield Server(line.removeprefix("ready on "), pid)


@asynccontextmanager
async def emulator(_folder: Path) -> AsyncIterator[Server]:
    """The npm emulator. Raises OSError where npm cannot fetch it."""
    (port,) = ports.free(1)
    command = ["node", "--max-old-space-size=8192", "-e", SCRIPT, str(port)]
    async with _running(command, emulator_folder()) as (_, pid):
        yield Server(f"127.0.0.1:{port}", pid)


def emulator_folder() -> Path:
    """Where the emulator is installed, which happens once. Raises OSError."""
    folder = tools.cache_dir() / "npm"
    if not (folder / "node_modules" / EMULATOR).is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        package = f"{EMULATOR}@{EMULATOR_VERSION}"
        command = ["npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder), package]
        subprocess.run(command, check=True, cwd=folder)
    return folder


@asynccontextmanager
async def _running(command: list[str], folder: Path) -> AsyncIterator[tuple[str, int]]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode().strip()
        if not line.startswith("ready"):
            raise OSError(f"{command[0]} did not start: {line}")
        yield line, process.pid
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def measure(server: Server, sizes: Sizes, fill_seconds: float) -> dict[str, float]:
    """All figures of a server; those of CPU are milliseconds of its process for one of what is counted."""
    load = Load(server.address, sizes)
    process = psutil.Process(server.pid)
    found: dict[str, float] = {}

    async def note(key: str, rate: Awaitable[float], times: float = 1.0) -> None:
        before, begun = process.cpu_times(), time.perf_counter()
        found[key] = times * await rate
        after, count = process.cpu_times(), found[key] * (time.perf_counter() - begun)
        used = after.user + after.system - before.user - before.system
        found[f"cpu {key}"] = used / count * 1000 if count else 0.0

    try:
        await load.commit(write("warm/up", 0))
        await note("sequential", load.one_after_another(sizes.writes, lambda n: load.commit(write(f"one/d{n}", n))))
        await note("fifty", load.at_once(sizes.concurrent, lambda n: load.commit(write(f"many/d{n}", n))))
        batches = load.one_after_another(
            sizes.batches,
            lambda b: load.commit(*(write(f"batch/d{n}", n) for n in range(b * BATCH, (b + 1) * BATCH))),
        )
        await note("batches", batches, BATCH)
        there = await load.fill(sizes.documents, fill_seconds)
        found["filled"] = there
        await note("grown", load.one_after_another(sizes.writes, lambda n: load.commit(write(f"big/x{n}", n))))
        await note("reads", load.one_after_another(sizes.reads, lambda n: load.get(f"big/d{n * 7919 % there:06}")))
        await note("reads_fifty", load.at_once(sizes.reads, lambda n: load.get(f"big/d{n * 7919 % there:06}")))
        filtered = [field_query("big", "group", {"integer_value": group}) for group in range(1000)]
        await note("selective", load.within(sizes.queries, lambda n: load.query(filtered[n % 1000])), there / 1000)
        first = wire.StructuredQuery(from_=[{"collection_id": "big"}], limit={"value": 20})
        await note("first", load.within(sizes.queries, lambda _: load.query(first)))
        every = wire.StructuredQuery(from_=[{"collection_id": "big"}])
        await note("everything", load.within(1, lambda _: load.query(every)), there + sizes.writes)
        found["delivered"], found["delay"], found["delay99"] = await load.listen()
    finally:
        await load.close()
    return found


def show(results: dict[str, dict[str, float]], rate: int) -> bool:
    """Print the table; whether the aim was reached throughout."""
    table = Table("", *results, "times the emulator", "CPU ms, ours", "emulator", "times")
    reached = True
    emulated = results.get("emulator", {})
    for key, title in ROWS.items():
        mine, theirs = results["ours"][key], emulated.get(key)
        times = ""
        if theirs and key != "filled":
            ratio = theirs / mine if key in LESS_IS_BETTER else mine / theirs
            # No more changes can be delivered than are made.
            met = ratio >= GOAL or (key == "delivered" and mine >= NEARLY_ALL * rate)
            reached &= met
            times = f"{ratio:.1f}" + ("" if met else f" (aim {GOAL:g})")
        cpu, other = results["ours"].get(f"cpu {key}"), emulated.get(f"cpu {key}")
        table.add_row(
            title,
            *(f"{found[key]:,.1f}" if key in found else "" for found in results.values()),
            times,
            f"{cpu:.3f}" if cpu else "",
            f"{other:.3f}" if other else "",
            f"{other / cpu:.1f}" if cpu and other else "",
        )
    Console(width=160).print(table)
    return reached


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--small", action="store_true", help="a tenth of everything, to see that it works")
    size.add_argument("--tiny", action="store_true", help="still less, and without the emulator, for the tests")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    sizes = TINY if options.tiny else SMALL if options.small else Sizes()
    servers = [("ours", ours, math.inf)] + ([] if options.tiny else [("emulator", emulator, FILL_SECONDS)])
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-firestore-") as name:
        folder = Path(name)
        for title, start, seconds in servers:
            try:
                async with start(folder) as server:
                    results[title] = await measure(server, sizes, seconds)
            except (OSError, subprocess.CalledProcessError) as error:
                if title == "ours":
                    raise
                print(f"The emulator was left out: {error}")
        results["bare SQLite"] = _firestore_bare.measure(folder, sizes)
    reached = show(results, sizes.rate)
    if "emulator" in results:
        print(f"At least {GOAL:g} times the emulator throughout: {'yes' if reached else 'no'}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    asyncio.run(main())
