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

from bench._figures import beside, verdict
from embedded.catalogue import ALL
from embedded.install import seconds_taken
from embedded.stack import Stack

SETUP_GOAL, START_GOAL = 600.0, 20.0  # s, on 2 cores


async def start(directory: Path, parts: Collection[str] = ALL) -> float:
    """Seconds until the parts are ready; then they are ended."""
    async with Stack(directory, ports="auto", parts=parts) as stack:
        return stack.seconds_to_start


async def measure(rounds: int, parts: Collection[str] = ALL) -> None:
    """Start the parts so often, and once before; the figures are written out."""
    with tempfile.TemporaryDirectory(prefix="argus-bench-") as folder:
        cold = await start(Path(folder) / "all", parts)
        warm, alone = [], []
        for _ in range(rounds):
            warm.append(await start(Path(folder) / "all", parts))
            alone.append(await start(Path(folder) / "temporal", ("temporal",)))
    taken = seconds_taken()
    if taken is None:
        sys.stdout.write("set-up: not done by `make setup` here\n")
    else:
        verdict(f"set-up: {taken:.0f} s when it was last done, from nothing", taken, SETUP_GOAL)
    sys.stdout.write(f"first start: {cold:.1f} s\n")
    ratio = beside(("warm start of all parts", warm), ("Temporal alone", alone), "s", digits=1)
    verdict(f"warm start: {ratio:.1f} times Temporal alone, in seconds", statistics.median(warm), START_GOAL)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    await measure(parser.parse_args().rounds)


if __name__ == "__main__":
    asyncio.run(main())
