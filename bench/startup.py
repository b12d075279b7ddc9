"""What set-up took on this machine, and how long the stack needs to start, against the slowest of its parts alone.

    python -m bench.startup [--rounds 3]

Set-up is what `make setup` wrote down when it was last done. A warm start is all parts on a directory that has been
used before. The baseline is Temporal's server alone, which we do not make: nothing can be ready before it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path

from embedded.catalogue import ALL
from embedded.install import seconds_taken
from embedded.stack import Stack

SETUP_GOAL, START_GOAL = 600.0, 20.0  # s, on 2 cores


async def start(directory: Path, parts: Collection[str] = ALL) -> float:
    """Seconds until the parts are ready; then they are ended."""
    async with Stack(directory, ports="auto", parts=parts) as stack:
        return stack.seconds_to_start


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds: int = parser.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="argus-bench-") as folder:
        cold = await start(Path(folder) / "all")
        warm, alone = [], []
        for _ in range(rounds):
            warm.append(await start(Path(folder) / "all"))
            alone.append(await start(Path(folder) / "temporal", parts=("temporal",)))
    write = sys.stdout.write
    taken = seconds_taken()
    if taken is None:
        write("set-up: not done by `make setup` here\n")
    else:
        write(f"set-up: {taken:.0f} s when it was last done (goal at most {SETUP_GOAL:.0f} s from nothing)\n")
    write(f"first start: {cold:.1f} s\n{'':<28}{'median s':>10}{'most s':>10}\n")
    for name, found in (("warm start of all parts", warm), ("Temporal alone", alone)):
        write(f"{name:<28}{statistics.median(found):>10.1f}{max(found):>10.1f}\n")
    most, ratio = statistics.median(warm), statistics.median(warm) / statistics.median(alone)
    write(f"warm start: {ratio:.1f} times Temporal alone (goal {START_GOAL:.0f} s): ")
    write("ok\n" if most <= START_GOAL else "MISSED\n")


if __name__ == "__main__":
    asyncio.run(main())
