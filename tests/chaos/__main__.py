"""`make chaos`: whole missions, with random processes killed at random moments. Its short form is test_kills.py.

Two parts are left alone, for what their kill breaks is the dock's and not ours to mend. Mosquitto keeps in memory what
it acknowledged between two saves of its file (EMQX replicates). A dock that cannot fetch its route from the object
store gives the task up, with 314013.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random
from typing import Final

from rich.console import Console

from demo.proof import NotProven
from embedded.catalogue import ALL
from tests.chaos.house import House, house

MORTAL: Final = tuple(part for part in ALL if part not in ("mosquitto", "minio"))
PAUSE: Final = (1.0, 12.0)  # s between two kills, from the return of the one before
RETURN_MOST: Final = 120.0


async def kill_about(built: House, random: Random, killed: Counter[str], console: Console) -> None:
    """One kill after the other, until cancelled."""
    while True:
        await asyncio.sleep(random.uniform(*PAUSE))
        part = random.choice(MORTAL)
        console.print(f"  kill -9 {part}", style="dim")
        await built.stack.kill(part)
        killed[part] += 1
        await built.stack.wait_ready(part, RETURN_MOST)


async def one_round(built: House, sn: str, random: Random, killed: Counter[str], console: Console) -> None:
    """A dock's whole mission under kills. Raises NotProven for what does not hold afterwards."""
    async with asyncio.TaskGroup() as group:
        killing = group.create_task(kill_about(built, random, killed, console))
        async with built.mission(sn) as flying:
            await flying.dispatch()
            await flying.flown()
        killing.cancel()


async def storm(rounds: int, minutes: float, seed: int, console: Console) -> None:
    """So many rounds, or as many as fit into the time."""
    random, killed, began = Random(seed), Counter[str](), time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="argus-chaos-"))
    async with house(folder, docks=2) as built:
        for number in range(rounds):
            if time.monotonic() - began > minutes * 60:
                console.print(f"{minutes:g} minutes are over after {number} rounds")
                break
            sn, start = list(built.waylines)[number % 2], time.monotonic()
            console.print(f"round {number + 1} of {rounds}: dock {sn}")
            try:
                await one_round(built, sn, random, killed, console)
            except BaseExceptionGroup as failures:
                reasons = "; ".join(str(failure) for failure in failures.exceptions)
                raise NotProven(f"{reasons}\nEverything is kept in {folder}") from failures
            console.print(f"  all holds after {time.monotonic() - start:.0f} s", style="green")
    shutil.rmtree(folder)
    console.print(f"killed: {', '.join(f'{part} {times}' for part, times in sorted(killed.items()))}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--minutes", type=float, default=15.0, help="no round begins after so long")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="the same seed chooses the same kills")
    given = parser.parse_args()
    console = Console(highlight=False)
    console.print(f"seed {given.seed}")
    try:
        asyncio.run(storm(given.rounds, given.minutes, given.seed, console))
    except NotProven as reason:
        console.print(str(reason), style="red", markup=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
