"""From the last condition of auto-stream to the first frame at a viewer, against a bare publisher in the same room.

    python -m bench.auto_stream [--rounds 5]

The last condition is the dock's assignment to a mission: from the REST call's beginning to the first frame that a
viewer who is in the room already has decoded, less the debounce. The baseline is the simulator's WHIP publisher,
pointed at LiveKit's own WHIP endpoint with a token for the same room, from its start to the first frame at that viewer.
"""

from __future__ import annotations

import argparse
import asyncio
import time
import uuid

from livekit import api as livekit_api

from bench._crew import Crew, crew
from bench._figures import beside, verdict
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


async def measure(dock: Crew, rounds: int) -> None:
    """So many rounds, and one before them that warms caches up; the figures are written out."""
    ours: list[float] = []
    base: list[float] = []
    room = await dock.call("POST", f"/v1/missions/{dock.mission}/room-token")
    async with RoomViewer(room["url"], room["token"]) as viewer:
        for _ in range(rounds + 1):
            ours.append(await assigned(dock, viewer) * 1000)
            base.append(await bare(dock, viewer) * 1000)
    ratio = beside(
        ("assigned, to the first frame seen", ours[1:]), ("bare publisher, to the first frame seen", base[1:]), "ms"
    )
    verdict(f"median: {ratio:.2f} of the bare publisher's", ratio, GOAL)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds: int = parser.parse_args().rounds
    async with crew() as dock:
        await measure(dock, rounds)


if __name__ == "__main__":
    asyncio.run(main())
