"""CPU of the ingress per stream of 720p30, 4 Mbit/s, with the boxes of the aircraft's AI in each picture and without.

    python -m bench.sei [--streams 3] [--seconds 15] [--rounds 3] [--boxes 10]

Both are measured in turn, again and again, so that what else the machine does hits both. Boxes are read from each
picture and told ten times a second to a real broker.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys

from bench.ingress import Cost, measure
from embedded import parts

GOAL = 1.10


def row(name: str, costs: list[Cost]) -> str:
    cores = statistics.median(cost.cores_per_stream for cost in costs)
    frame = statistics.median(cost.ms_per_frame for cost in costs)
    rate = statistics.median(cost.rate for cost in costs)
    return f"{name:<14}{costs[0].streams:>8}{rate:>10.1f}{cores:>14.3f}{frame:>10.3f}\n"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--boxes", type=int, default=10, help="in each picture")
    given = parser.parse_args()
    without: list[Cost] = []
    spoken: list[Cost] = []
    async with parts.livekit() as livekit, parts.mosquitto() as broker:
        for _ in range(given.rounds):
            for costs, boxes in ((without, 0), (spoken, given.boxes)):
                cost = await measure("ours", livekit, given.streams, given.seconds, boxes=boxes, broker=broker)
                costs.append(cost)
    write = sys.stdout.write
    write(f"{'ingress':<14}{'streams':>8}{'frames/s':>10}{'cores/stream':>14}{'ms/frame':>10}\n")
    write(row("without AI", without))
    write(row(f"with AI, {given.boxes}", spoken))
    ratio = statistics.median(cost.ms_per_frame for cost in spoken) / statistics.median(
        cost.ms_per_frame for cost in without
    )
    write(f"CPU per frame: {ratio:.3f} of that without (goal at most {GOAL}): {'ok' if ratio <= GOAL else 'MISSED'}\n")


if __name__ == "__main__":
    asyncio.run(main())
