"""How soon a viewer has a picture: key frames that are asked for, and frames that came before the room was there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import av
import httpx
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from media.detections import Detections
from media.dock_peer import DockPeer
from media.ingress import KEPT_MOST, LiveIngress
from media.passthrough import EncodedTrack, OnFrame, on_key_frame_request
from media.room_push import RoomPush
from simulator.video.source import CameraSource
from tests.media.world import SMALL, MediaWorld, fresh_name

PAUSE = 1.0  # s between two requests, where a test has to be quicker than that on a busy machine


@dataclass
class Pushing:
    """A dock, frame by frame, and the peer that it pushes to."""

    peer: DockPeer
    track: EncodedTrack
    taken: asyncio.Queue[av.Packet[Any]]
    asked: asyncio.Semaphore
    camera: CameraSource = field(default_factory=lambda: CameraSource("DOCK-1", SMALL))

    async def frame(self, *, key: bool) -> None:
        """Push one, until it has come."""
        if key:
            self.camera.force_key_frame()
        self.track.push(await self.camera.read())
        async with asyncio.timeout(5):
            await self.taken.get()

    async def until_asked(self) -> None:
        async with asyncio.timeout(5):
            await self.asked.acquire()


@pytest.fixture
async def pushing() -> AsyncIterator[Pushing]:
    dock = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    track = EncodedTrack()
    sender = dock.addTransceiver(track, direction="sendonly").sender
    taken: asyncio.Queue[av.Packet[Any]] = asyncio.Queue()
    asked = asyncio.Semaphore(0)
    peer = DockPeer(taken.put_nowait, lambda: None)
    on_key_frame_request(sender, asked.release)
    await dock.setLocalDescription(await dock.createOffer())
    answer = await peer.answer(dock.localDescription.sdp)
    await dock.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    yield Pushing(peer, track, taken, asked)
    await peer.close()
    await dock.close()


async def test_who_asks_after_a_key_frame_came_gets_another_one(pushing: Pushing) -> None:
    await pushing.frame(key=True)
    pushing.peer.request_key_frame()
    await pushing.until_asked()
    await pushing.frame(key=True)
    pushing.peer.request_key_frame()  # within the pause: late, but not lost
    await pushing.until_asked()


async def test_all_who_ask_before_a_key_frame_comes_are_served_by_it(
    pushing: Pushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("media.dock_peer.KEY_FRAME_PAUSE", PAUSE)
    await pushing.frame(key=True)
    for _ in range(3):
        pushing.peer.request_key_frame()
    await pushing.until_asked()
    await pushing.frame(key=False)
    pushing.peer.request_key_frame()
    await pushing.frame(key=True)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.3 * PAUSE):
            await pushing.asked.acquire()


async def test_a_request_before_the_first_packet_does_not_swallow_the_next(pushing: Pushing) -> None:
    pushing.peer.request_key_frame()
    await pushing.frame(key=True)
    pushing.peer.request_key_frame()
    await pushing.until_asked()


class Camera:
    """A dock's connection that stands already; its frames come when the test says so."""

    def __init__(self, on_frame: OnFrame) -> None:
        self.asked = 0
        self._on_frame = on_frame
        self._camera = CameraSource("DOCK-1", SMALL)

    def request_key_frame(self) -> None:
        self.asked += 1
        self._camera.force_key_frame()

    async def close(self) -> None:
        """Nothing to close."""

    async def frames(self, count: int) -> None:
        for _ in range(count):
            self._on_frame(await self._camera.read())


class Ears:
    """Listens to an ingress."""

    def first_frame(self, ingress: LiveIngress) -> None:
        assert ingress.state == "live"

    def lost(self, ingress: LiveIngress, reason: str) -> None:
        raise AssertionError(reason)


@pytest.mark.parametrize(("early", "kept"), [(3, 3), (KEPT_MOST + 5, 0)])
async def test_frames_from_before_the_room_was_there_go_into_it_if_they_are_few(
    world: MediaWorld, early: int, kept: int
) -> None:
    room = fresh_name("mission")
    spec = world.store.add("in-1", room, "DOCK-1", key="key-1")
    open_up, begun = asyncio.Event(), asyncio.Event()

    async def wait(_: httpx.Request) -> None:
        await open_up.wait()

    async with httpx.AsyncClient(timeout=10, event_hooks={"request": [wait]}) as http, world.viewer(room) as viewer:

        def push(on_wanted: Callable[[], None]) -> RoomPush:
            token = world.rooms.publisher_token(room, spec.identity, spec.metadata)

            def wanted() -> None:
                on_wanted()
                begun.set()

            return RoomPush(world.rooms.http_url, http, lambda: token, wanted)

        ingress = LiveIngress(spec, push, Ears(), Detections(spec, lambda *_: None))
        cameras: list[Camera] = []

        def connected(on_frame: OnFrame, _: Callable[[], None]) -> Camera:
            cameras.append(Camera(on_frame))
            return cameras[0]

        await ingress.take(connected)
        await cameras[0].frames(early)
        assert ingress.stats.forwarded == 0
        open_up.set()
        async with asyncio.timeout(10):
            await begun.wait()
        assert ingress.stats.forwarded == kept
        assert cameras[0].asked == (0 if kept else 1)
        filming = asyncio.create_task(cameras[0].frames(300))
        sight = await viewer.wait_for_sight(spec.identity)
        assert sight.marker.sn == "DOCK-1"
        filming.cancel()
        await ingress.close()
