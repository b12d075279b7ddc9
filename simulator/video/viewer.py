"""An independent viewer of a room, on LiveKit's own SDK: decodes the pictures, reads their markers, hears the data."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
from livekit import rtc

from media.livekit_sdk import join
from simulator.video.marker import Marker, read_marker


@dataclass(frozen=True)
class Sight:
    """A frame with a readable marker: who published it, what it says, its size, and when it was seen (epoch, s)."""

    identity: str
    marker: Marker
    width: int
    height: int
    seen_at: float

    @property
    def age_ms(self) -> float:
        """Milliseconds from the simulated camera to here, on one machine's clock."""
        return self.seen_at * 1000 - self.marker.at_ms


@dataclass(frozen=True)
class Heard:
    """A data packet of the room."""

    identity: str
    topic: str
    message: Any
    reliable: bool


class RoomViewer:
    """Joins the room of `token` and watches all video in it. An async context manager."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url, token
        self.room = rtc.Room()
        self.frames: dict[str, int] = {}
        self.sights: dict[str, Sight] = {}
        self.unreadable: dict[str, int] = {}
        self.heard: list[Heard] = []
        self.joined_at = 0.0
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.room.on("track_subscribed", self._on_track)
        self.room.on("data_received", self._on_data)
        for event in (
            "participant_connected",
            "participant_disconnected",
            "track_unpublished",
            "disconnected",
            "room_metadata_changed",
        ):
            self.room.on(event, self._on_change)
        await join(self.room, self._url, self._token)
        self.joined_at = time.time()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.room.disconnect()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def participants(self) -> dict[str, rtc.RemoteParticipant]:
        """Who else is in the room, by identity."""
        return dict(self.room.remote_participants)

    async def wait_for_sight(self, identity: str, *, after: float | None = None, timeout: float = 15) -> Sight:
        """The first readable frame of `identity`, or the first seen after `after` (epoch, s). Raises TimeoutError."""

        def found() -> bool:
            sight = self.sights.get(identity)
            return sight is not None and (after is None or sight.seen_at > after)

        await self.wait_until(found, timeout)
        return self.sights[identity]

    async def wait_for_data(self, topic: str, *, identity: str | None = None, timeout: float = 15) -> Heard:
        """The first data packet on `topic`, also one that has come already. Raises TimeoutError."""

        def matches(heard: Heard) -> bool:
            return heard.topic == topic and identity in (None, heard.identity)

        await self.wait_until(lambda: any(map(matches, self.heard)), timeout)
        return next(filter(matches, self.heard))

    async def wait_until(self, condition: Any, timeout: float = 15) -> None:
        """Wait until `condition()` holds; it is looked at whenever something was seen or heard. Raises TimeoutError."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(condition)

    def _on_track(
        self, track: rtc.Track, _publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if track.kind == rtc.TrackKind.KIND_VIDEO:
            self._spawn(self._watch(track, participant.identity))

    def _on_data(self, packet: rtc.DataPacket) -> None:
        identity = packet.participant.identity if packet.participant else ""
        reliable = packet.kind == rtc.DataPacketKind.KIND_RELIABLE
        self.heard.append(Heard(identity, packet.topic or "", json.loads(packet.data), reliable))
        self._on_change()

    def _on_change(self, *_: Any) -> None:
        self._spawn(self._tell())

    async def _watch(self, track: rtc.Track, identity: str) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.I420)
        try:
            async for event in stream:
                self._look(event.frame, identity)
                await self._tell()
        finally:
            await stream.aclose()

    def _look(self, frame: rtc.VideoFrame, identity: str) -> None:
        self.frames[identity] = self.frames.get(identity, 0) + 1
        luma = np.frombuffer(frame.data, dtype=np.uint8, count=frame.width * frame.height)
        marker = read_marker(luma.reshape(frame.height, frame.width))
        if marker is None:
            self.unreadable[identity] = self.unreadable.get(identity, 0) + 1
        else:
            self.sights[identity] = Sight(identity, marker, frame.width, frame.height, time.time())

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
