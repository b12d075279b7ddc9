"""Docks that push encoded loops of 720p30, 4 Mbit/s: `python -m bench._whip_docks URL COUNT [BOXES]`, until SIGTERM.

With BOXES each picture carries so many of the aircraft's AI, as SEI.
"""

from __future__ import annotations

import asyncio
import sys

from dji.ai_sei import OVER_WHIP, AiPicture, Box, unit, write
from simulator.video.publisher import WhipPublisher
from simulator.video.sei import SpeakingSource
from simulator.video.source import HD, LoopSource


def seen(at: int, boxes: int) -> list[bytes]:
    """The SEI of a picture with so many boxes."""
    found = tuple(Box(number, 2, 0, (37 * number + at) % 10_000, 5000, 300, 700, 40_000) for number in range(boxes))
    return [unit((OVER_WHIP, write(AiPicture(at=at, boxes=found, counts={2: boxes}))))]


async def main(url: str, count: int, boxes: int = 0) -> None:
    sources = [LoopSource.encode(f"BENCH-{number}", HD) for number in range(count)]
    for number, source in enumerate(sources):
        speaking = SpeakingSource(source, lambda at: seen(at, boxes)) if boxes else source
        await WhipPublisher(f"{url}/rtc/v1/whip/?app=live&stream=bench-{number}", speaking).start()
    sys.stdout.write(f"{sources[0].bit_rate / 1e6:.2f}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
