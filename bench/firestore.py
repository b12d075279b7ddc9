"""The Firestore server beside the npm emulator and bare SQLite: writes, reads, queries, listeners.

    python -m bench.firestore [--small] [--json FILE]

All three in one run, on the same documents; the two servers under the same client over the bare protocol. The emulator
(`@firestore-emulator/server`, fetched by npm into the cache) keeps everything in memory and loses it at its end; ours
and SQLite have every write on the disk before they acknowledge it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

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
    "selective": "queries/s, 1 document in 1,000 passes",
    "first": "queries/s, no filter, first 20",
    "everything": "documents/s, no filter, all",
    "delivered": "changes/s delivered, 1,000 made",
    "delay": "ms to a listener, median",
    "delay99": "ms to a listener, 99 of 100",
}
LESS_IS_BETTER = ("delay", "delay99")


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[str]:
    """Our server as a process of its own; yields its address."""
    command = [sys.executable, "-m", "embedded.firestore", "--db", str(folder / "firestore.db"), "--port", "0"]
    async with _running(command, CHECKOUT) as line:
        yield line.removeprefix("ready on ")


@asynccontextmanager
async def emulator(_folder: Path) -> AsyncIterator[str]:
    """The npm emulator as a process; yields its address. Raises OSError where npm cannot fetch it."""
    (port,) = ports.free(1)
    command = ["node", "--max-old-space-size=8192", "-e", SCRIPT, str(port)]
    async with _running(command, emulator_folder()):
        yield f"127.0.0.1:{port}"


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
async def _running(command: list[str], folder: Path) -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(CHECKOUT)}
    )
    assert process.stdout is not None
    try:
        line = (await process.stdout.readline()).decode().strip()
        if not line.startswith("ready"):
            raise OSError(f"{command[0]} did not start: {line}")
        yield line
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def measure(address: str, sizes: Sizes) -> dict[str, float]:
    """All figures of a server."""
    load = Load(address, sizes)
    found: dict[str, float] = {}
    try:
        await load.commit(write("warm/up", 0))
        found["sequential"] = await load.one_after_another(sizes.writes, lambda n: load.commit(write(f"one/d{n}", n)))
        found["fifty"] = await load.at_once(sizes.concurrent, lambda n: load.commit(write(f"many/d{n}", n)))
        found["batches"] = BATCH * await load.one_after_another(
            sizes.batches,
            lambda b: load.commit(*(write(f"batch/d{n}", n) for n in range(b * BATCH, (b + 1) * BATCH))),
        )
        filled = await load.fill(sizes.documents, FILL_SECONDS)
        found["filled"] = filled
        found["grown"] = await load.one_after_another(sizes.writes, lambda n: load.commit(write(f"big/x{n}", n)))
        found["reads"] = await load.one_after_another(sizes.reads, lambda n: load.get(f"big/d{n * 7919 % filled:06}"))
        found["reads_fifty"] = await load.at_once(sizes.reads, lambda n: load.get(f"big/d{n * 7919 % filled:06}"))
        found["selective"] = await load.within(
            sizes.queries, lambda n: load.query(field_query("big", "group", {"integer_value": n % 1000}))
        )
        first = wire.StructuredQuery(from_=[{"collection_id": "big"}], limit={"value": 20})
        found["first"] = await load.within(sizes.queries, lambda _: load.query(first))
        begun = time.perf_counter()
        count = await load.query(wire.StructuredQuery(from_=[{"collection_id": "big"}]))
        found["everything"] = count / (time.perf_counter() - begun)
        found["delivered"], found["delay"], found["delay99"] = await load.listen()
    finally:
        await load.close()
    return found


def show(results: dict[str, dict[str, float]], rate: int) -> bool:
    """Print the table; whether the aim was reached throughout."""
    table = Table("", *results, "against the emulator")
    reached = True
    for key, title in ROWS.items():
        mine, theirs = results["ours"][key], results.get("emulator", {}).get(key)
        times = ""
        if theirs and key != "filled":
            ratio = theirs / mine if key in LESS_IS_BETTER else mine / theirs
            # No more changes can be delivered than are made.
            met = ratio >= GOAL or (key == "delivered" and mine >= NEARLY_ALL * rate)
            reached &= met
            times = f"{ratio:.1f}" + ("" if met else f" (aim {GOAL:g})")
        table.add_row(title, *(f"{found[key]:,.1f}" if key in found else "" for found in results.values()), times)
    Console(width=130).print(table)
    return reached


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="a tenth of everything, to see that it works")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    options = parser.parse_args()
    sizes = SMALL if options.small else Sizes()
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-firestore-") as name:
        folder = Path(name)
        for title, server in (("ours", ours), ("emulator", emulator)):
            try:
                async with server(folder) as address:
                    results[title] = await measure(address, sizes)
            except (OSError, subprocess.CalledProcessError) as error:
                if title == "ours":
                    raise
                print(f"The emulator was left out: {error}")
        results["bare SQLite"] = _firestore_bare.measure(folder, sizes)
    reached = show(results, sizes.rate)
    print(f"At least {GOAL:g} times the emulator throughout: {'yes' if reached else 'no'}")
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    asyncio.run(main())
