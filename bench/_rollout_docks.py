"""Many simulated docks in a process of their own: `python -m bench._rollout_docks QR COUNT SPEED OSD_SPEED [FIRST]`.

Prints a line with serials and products, then powers on; at the end of its standard input, how often each was upgraded.
"""

from __future__ import annotations

import asyncio
import json
import sys

import uvloop

from simulator.clock import SimClock
from simulator.dock import SimDock

BOOT = 1.0  # s
STARTS_A_SECOND = 50


async def main(qr: str, count: int, speed: float, osd_speed: float, first: int = 1) -> None:
    docks = [
        SimDock(
            model="dock3", seed=seed, qr=qr, video=False, bound=True, walks_always=False, boot_seconds=BOOT,
            clock=SimClock(speed, osd_speed),
        )
        for seed in range(first, first + count)
    ]  # fmt: skip
    known = [[dock.sn, dock.model.key, dock.aircraft_sn, dock.aircraft_key] for dock in docks]
    sys.stdout.write(json.dumps(known) + "\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)
    for dock in docks:
        await dock.start()
        await asyncio.sleep(1 / STARTS_A_SECOND)
    await asyncio.to_thread(sys.stdin.readline)
    upgrades = {dock.sn: len(dock.firmware.history) for dock in docks}
    crashes = [crash for dock in docks for crash in dock.crashes]
    sys.stdout.write(json.dumps({"upgrades": upgrades, "crashes": crashes}) + "\n")
    sys.stdout.flush()
    await asyncio.gather(*(dock.stop() for dock in docks))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]), *map(int, sys.argv[5:])))
