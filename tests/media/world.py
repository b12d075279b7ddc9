"""A media process inside the test: real rooms, real peers, a store in memory, and ears for what it tells the sagas."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import Any

import aiomqtt
import httpx

from embedded import ports
from embedded.parts import LivekitServer, MosquittoBroker
from media.assignments import Assignment
from media.rooms import Rooms
from media.server import Address, serving
from media.telemetry import Live
from simulator.video.publisher import Publisher, WhipPublisher
from simulator.video.rtmp_publisher import RtmpPublisher
from simulator.video.source import CameraSource, VideoFormat, VideoSource
from simulator.video.viewer import RoomViewer
from store.ingresses import Ingress, IngressState
from store.room_bars import RoomBar
from tests.media.memory_store import MemoryIngresses

CONTROL_TOKEN = "control-token-of-the-tests"
SMALL = VideoFormat(width=320, height=180, fps=15, bit_rate=250_000, gop=600)


class Sagas:
    """Hears what media tells the sagas."""

    def __init__(self) -> None:
        self.told: list[tuple[str, IngressState]] = []
        self._changed = asyncio.Condition()

    async def push_state(self, spec: Ingress, state: IngressState, at: float) -> None:
        assert abs(time.time() - at) < 60
        self.told.append((spec.id, state))
        async with self._changed:
            self._changed.notify_all()

    async def wait_told(self, ingress_id: str, state: IngressState, timeout: float = 15) -> None:
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: (ingress_id, state) in self.told)


class FixedAssignments:
    """Which docks are in which missions, and what is known of them, as the test says; counts what it is asked."""

    def __init__(self) -> None:
        self.now: list[Assignment] = []
        self.known: dict[str, list[Live]] = {}
        self.names: dict[str, str] = {}
        self.barred: list[RoomBar] = []
        self.reads = 0

    async def of(self, missions: Collection[str]) -> list[Assignment]:
        found = [each for each in self.now if each.mission in missions]
        self.reads += len(found)
        return found

    async def picture(self, dock: Assignment) -> list[Live]:
        self.reads += 1
        return self.known.get(dock.sn, [])

    async def metadata(self, mission: str) -> dict[str, Any] | None:
        return {"name": self.names[mission]} if mission in self.names else None

    async def bars(self) -> list[RoomBar]:
        return list(self.barred)


@dataclass
class MediaWorld:
    """What a test of media touches."""

    livekit_url: str
    rooms: Rooms
    store: MemoryIngresses = field(default_factory=MemoryIngresses)
    sagas: Sagas = field(default_factory=Sagas)
    assignments: FixedAssignments = field(default_factory=FixedAssignments)
    feed: Callable[[], contextlib.AbstractAsyncContextManager[aiomqtt.Client]] = field(default=lambda: NoFeed())
    url: str = ""
    port: int = 0
    rtmp_port: int = field(default_factory=lambda: ports.free(1)[0])

    @contextlib.asynccontextmanager
    async def media(self, media_id: str = "media-test") -> AsyncIterator[httpx.AsyncClient]:
        """Run it; gives a client of its control API. A second time it takes the same port."""
        server = serving(
            Address("127.0.0.1", self.port),
            self.rooms,
            self.store,
            self.sagas,
            self.assignments,
            self.feed,
            media_id=media_id,
            control_token=CONTROL_TOKEN,
            rtmp=Address("127.0.0.1", self.rtmp_port),
        )
        async with server as self.url:
            self.port = int(self.url.rpartition(":")[2])
            headers = {"Authorization": f"Bearer {CONTROL_TOKEN}"}
            async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as control:
                yield control

    def push_url(self, key: str) -> str:
        return f"{self.url}/rtc/v1/whip/?app=live&stream={key}"

    def rtmp_url(self, key: str) -> str:
        return f"rtmp://127.0.0.1:{self.rtmp_port}/live/{key}"

    @contextlib.asynccontextmanager
    async def dock(
        self, key: str, sn: str, source: VideoSource | None = None, *, rtmp: bool = False
    ) -> AsyncIterator[Publisher]:
        """A dock that pushes to the ingress of `key`."""
        camera = source or CameraSource(sn, SMALL)
        publisher = RtmpPublisher(self.rtmp_url(key), camera) if rtmp else WhipPublisher(self.push_url(key), camera)
        await publisher.start()
        try:
            yield publisher
        finally:
            await publisher.stop()

    def viewer(self, room: str, name: str = "viewer") -> RoomViewer:
        token = self.rooms.viewer_token(room, f"{name}-{uuid.uuid4().hex[:6]}", "viewer")
        return RoomViewer(self.livekit_url, token)


class NoFeed(contextlib.AbstractAsyncContextManager[aiomqtt.Client]):
    """No broker: telemetry is not what the test is about."""

    async def __aenter__(self) -> aiomqtt.Client:
        raise aiomqtt.MqttError("there is no broker in this test")

    async def __aexit__(self, *_: object) -> None:
        return


@contextlib.asynccontextmanager
async def media_world(livekit: LivekitServer, broker: MosquittoBroker | None = None) -> AsyncIterator[MediaWorld]:
    """A world around a room server, and a broker where telemetry is wanted."""
    async with Rooms(livekit.url, livekit.api_key, livekit.api_secret) as rooms:
        world = MediaWorld(livekit.url, rooms)
        if broker is not None:
            world.feed = lambda: aiomqtt.Client(
                broker.host, broker.port, username=broker.username, password=broker.password
            )
        yield world


def fresh_name(prefix: str) -> str:
    """A name no other test uses: rooms and serials are shared with the whole server."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"
