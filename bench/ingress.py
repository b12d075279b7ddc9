"""CPU of the ingress per stream of 720p30, 4 Mbit/s, against aiortc's own relay, which decodes and encodes.

    python -m bench.ingress [--streams 3] [--seconds 15]

Docks, room server and ingress are processes of their own; what is measured is the ingress's own CPU time while frames
flow, per second and per frame (the relay may not keep up, and a frame that it drops costs it nothing).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import dataclass

import httpx
import psutil

from bench._whip_processes import docks, ingress
from bench._whip_server import CONTROL_TOKEN
from embedded import parts
from embedded.parts import LivekitServer, MosquittoBroker

GOAL = 0.1
WARM_UP_FRAMES = 60  # a stream; by then keys are exchanged, the encoder knows its rate and buffers are filled


@dataclass(frozen=True)
class Cost:
    """CPU of one ingress process over a stretch of time, for all its streams."""

    streams: int
    seconds: float
    cpu: float
    frames: int
    megabits: float

    @property
    def cores_per_stream(self) -> float:
        return self.cpu / self.seconds / self.streams

    @property
    def ms_per_frame(self) -> float:
        return self.cpu / self.frames * 1000

    @property
    def rate(self) -> float:
        """Frames a second that each stream got through."""
        return self.frames / self.seconds / self.streams


async def measure(
    kind: str,
    livekit: LivekitServer,
    streams: int,
    seconds: float,
    *,
    boxes: int = 0,
    broker: MosquittoBroker | None = None,
) -> Cost:
    """Run an ingress with so many docks, let it warm up, and look at its CPU for so long."""
    async with (
        ingress(kind, livekit, f"bench-{kind}", broker) as (pid, url),
        docks(url, streams, boxes) as (_, bit_rate),
        httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {CONTROL_TOKEN}"}) as control,
    ):
        process = psutil.Process(pid)

        async def frames() -> list[int]:
            return [int(each["forwarded"]) for each in (await control.get("/ingresses")).json()]

        async with asyncio.timeout(60):
            while len(seen := await frames()) < streams or min(seen) < WARM_UP_FRAMES:
                await asyncio.sleep(0.2)
        loop = asyncio.get_running_loop()
        began, cpu, before = loop.time(), process.cpu_times(), await frames()
        await asyncio.sleep(seconds)
        ended, cpu_after, after = loop.time(), process.cpu_times(), await frames()
        used = cpu_after.user + cpu_after.system - cpu.user - cpu.system
        return Cost(streams, ended - began, used, sum(after) - sum(before), float(bit_rate))


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=3, help="docks that push to ours at once")
    parser.add_argument("--seconds", type=float, default=15)
    given = parser.parse_args()
    async with parts.livekit() as livekit:
        costs = {
            "ours": await measure("ours", livekit, given.streams, given.seconds),
            "decode + encode": await measure("relay", livekit, 1, given.seconds),
        }
    write = sys.stdout.write
    write(f"{'ingress':<18}{'streams':>8}{'Mbit/s':>8}{'frames/s':>10}{'cores/stream':>14}{'ms/frame':>10}\n")
    for name, cost in costs.items():
        write(
            f"{name:<18}{cost.streams:>8}{cost.megabits:>8.1f}{cost.rate:>10.1f}"
            f"{cost.cores_per_stream:>14.3f}{cost.ms_per_frame:>10.2f}\n"
        )
    ours, relay = costs.values()
    ratio = ours.ms_per_frame / relay.ms_per_frame
    write(f"CPU per frame: {ratio:.3f} of the relay's (goal at most {GOAL}): {'ok' if ratio <= GOAL else 'MISSED'}\n")


if __name__ == "__main__":
    asyncio.run(main())
