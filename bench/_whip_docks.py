"""Docks that push encoded loops of 720p30, 4 Mbit/s: `python -m bench._whip_docks URL COUNT`, until SIGTERM."""

from __future__ import annotations

import asyncio
import sys

from simulator.video.publisher import WhipPublisher
from simulator.video.source import HD, LoopSource


async def main(url: str, count: int) -> None:
    sources = [LoopSource.encode(f"BENCH-{number}", HD) for number in range(count)]
    for number, source in enumerate(sources):
        await WhipPublisher(f"{url}/rtc/v1/whip/?app=live&stream=bench-{number}", source).start()
    sys.stdout.write(f"{sources[0].bit_rate / 1e6:.2f}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
