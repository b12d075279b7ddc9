"""From the last condition of auto-stream to the first frame at a viewer, against a bare publisher in the same room.

    python -m bench.auto_stream [--rounds 5]

The last condition is the dock's assignment to a mission: from the REST call's beginning to the first frame that a
viewer who is in the room already has decoded, less the debounce. The baseline is the simulator's WHIP publisher,
pointed at LiveKit's own WHIP endpoint with a token for the same room, from its start to the first frame at that viewer.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import time
import uuid

from livekit import api as livekit_api

from bench._crew import Crew, crew
from demo.proof import until
from simulator.live import FORMATS
from simulator.video.publisher import WhipPublisher
from simulator.video.source import CameraSource
from simulator.video.viewer import RoomViewer
from timings import Timings

GOAL = 2.0
PROBE = "bare-publisher"


async def assigned(dock: Crew, viewer: RoomViewer) -> float:
    """Seconds from the assignment to the first frame, less the debounce; the dock is unassigned again afterwards."""
    began, wall = time.perf_counter(), time.time()
    await dock.assign()
    await viewer.wait_until(
        lambda: any(
            name.startswith(f"dji-dock-{dock.life.sn}-") and sight.seen_at > wall
            for name, sight in viewer.sights.items()
        ),
        60,
    )
    took = time.perf_counter() - began - Timings().stream_debounce
    await dock.unassign()

    async def gone() -> bool:
        return all(not name.startswith(f"dji-dock-{dock.life.sn}-") for name in viewer.participants)

    await until("the stream gone from the room", gone, 60)
    return took


async def bare(dock: Crew, viewer: RoomViewer) -> float:
    """Seconds from the publisher's start to the first frame."""
    endpoints = dock.world.outside.endpoints
    identity = f"{PROBE}-{uuid.uuid4().hex[:8]}"
    token = (
        livekit_api.AccessToken(endpoints["livekit_api_key"], endpoints["livekit_api_secret"])
        .with_identity(identity)
        .with_grants(livekit_api.VideoGrants(room_join=True, room=dock.mission))
        .to_jwt()
    )
    whip = endpoints["livekit"].replace("ws", "http", 1) + "/whip/v1"
    publisher = WhipPublisher(whip, CameraSource("BARE", FORMATS[0]), token=token, any_path=True)
    began = time.perf_counter()
    await publisher.start()
    await viewer.wait_for_sight(identity, timeout=60)
    took = time.perf_counter() - began
    await publisher.stop()
    return took


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    ours: list[float] = []
    base: list[float] = []
    async with crew() as dock:
        room = await dock.call("POST", f"/v1/missions/{dock.mission}/room-token")
        async with RoomViewer(room["url"], room["token"]) as viewer:
            for number in range(rounds + 1):
                took, other = await assigned(dock, viewer), await bare(dock, viewer)
                if number:  # the first warms caches up
                    ours.append(took)
                    base.append(other)
    write = sys.stdout.write
    write(f"{'':<40}{'median ms':>10}{'most ms':>10}\n")
    for name, found in (("assigned, to the first frame seen", ours), ("bare publisher, to the first frame seen", base)):
        write(f"{name:<40}{statistics.median(found) * 1000:>10.0f}{max(found) * 1000:>10.0f}\n")
    ratio = statistics.median(ours) / statistics.median(base)
    write(f"median: {ratio:.2f} of the bare publisher's (goal at most {GOAL}): {'ok' if ratio <= GOAL else 'MISSED'}\n")


if __name__ == "__main__":
    asyncio.run(main())
