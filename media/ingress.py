"""One place where a dock pushes video: its connection, its way into the room, and what has come through."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, Protocol, TypeVar

import av

from media.detections import Detections
from media.dock_peer import DockPeer
from media.h264 import look
from media.passthrough import OnFrame
from media.room_push import RoomPush
from store.ingresses import Ingress as Spec

CLOCK_RATE = 90_000
NO_FRAME_WITHIN = 15.0  # s from the answer: ICE over a 4G link has failed by then
KEPT_MOST = 10  # frames, for a room that is not there yet: a third of a second, and no burst that fills a link

State = Literal["created", "live", "lost", "closed"]


class Source(Protocol):
    """A dock's connection, by whatever protocol. It gives frames (Annex B, pts in 1/90000 s) and says once when it has
    ended, unless it was closed from here."""

    def request_key_frame(self) -> None:
        """Ask the dock for one, where the protocol can."""

    async def close(self) -> None:
        """End the connection."""


_Source = TypeVar("_Source", bound=Source)
MakeSource = Callable[[OnFrame, Callable[[], None]], Source]


class Listener(Protocol):
    """Who is told what becomes of an ingress."""

    def first_frame(self, ingress: LiveIngress) -> None:
        """The first frame of a push has gone into the room."""

    def lost(self, ingress: LiveIngress, reason: str) -> None:
        """A push that was live has ended without being asked to."""


@dataclass
class FrameStats:
    """What has come from the dock since the ingress was opened in this process. Times are epoch seconds."""

    frames: int = 0
    key_frames: int = 0
    bytes: int = 0
    forwarded: int = 0
    pushes: int = 0
    key_frames_asked: int = 0
    first_frame_at: float | None = None
    last_frame_at: float | None = None
    last_frame_monotonic: float = field(default_factory=time.monotonic)

    def count(self, packet: av.Packet[Any], *, key_frame: bool) -> None:
        self.frames += 1
        self.bytes += packet.size
        self.key_frames += key_frame
        self.last_frame_at = time.time()
        self.last_frame_monotonic = time.monotonic()


class LiveIngress:
    """An ingress that a dock has pushed to. A second push takes the place of the first and the room sees no gap in the
    participant; when a push is lost the participant leaves with it, so that nobody looks at a frozen picture."""

    def __init__(
        self,
        spec: Spec,
        make_push: Callable[[Callable[[], None]], RoomPush],
        listener: Listener,
        detections: Detections,
    ) -> None:
        self.spec = spec
        self.detections = detections
        self.state: State = "created"
        self.stats = FrameStats()
        self.resource: str | None = None
        self.first_frame = asyncio.Event()
        self._make_push = make_push
        self._listener = listener
        self._source: Source | None = None
        self._push: RoomPush | None = None
        self._room_connects = 0
        self._kept: list[av.Packet[Any]] = []
        self._timeline = Timeline()
        self._turn = asyncio.Lock()
        self._losing: asyncio.Task[None] | None = None

    async def accept(self, offer: str, ice_servers: tuple[str, ...] = ()) -> tuple[str, str]:
        """Take a dock's offer: the id of the new WHIP resource and the SDP answer. Raises OfferRefused; what was there
        goes on in that case."""
        async with self._turn:
            peer = self._made(lambda on_frame, on_gone: DockPeer(on_frame, on_gone, ice_servers))
            try:
                answer = await peer.answer(offer)
            except BaseException:
                await peer.close()
                raise
            await self._replace(peer)
            self.resource = secrets.token_urlsafe(18)
            return self.resource, answer

    async def take(self, make: MakeSource) -> None:
        """Take a push of another protocol than WHIP, whose connection stands already."""
        async with self._turn:
            await self._replace(self._made(make))

    def _made(self, make: Callable[[OnFrame, Callable[[], None]], _Source]) -> _Source:
        made: list[_Source] = []
        made.append(make(self._on_frame, lambda: self._on_gone(made[0])))
        return made[0]

    async def _replace(self, source: Source) -> None:
        old, self._source = self._source, source
        if old is not None:
            await old.close()
        self._timeline.begin()
        self._kept = []
        self.stats.pushes += 1
        self.stats.last_frame_monotonic = time.monotonic()
        self.resource = None
        if self._push is None:
            self._push = self._make_push(self.want_key_frame)
            self._push.start()

    def want_key_frame(self) -> None:
        """The room has nothing to begin with: give it what was kept from the last key frame on, or ask the dock."""
        kept, self._kept = self._kept, []
        if kept and all(self._forward(packet) for packet in kept):
            return
        self.stats.key_frames_asked += 1
        if self._source is not None:
            self._source.request_key_frame()

    async def lose(self, reason: str) -> None:
        """End the push and tell, if it was live. The key stays good: the dock may come back."""
        was_live = self.state == "live"
        if self.state != "closed":
            self.state = "lost" if was_live else self.state
        await self._end_connections()
        if was_live:
            self._listener.lost(self, reason)

    async def close(self) -> None:
        """End the push for good; nobody is told."""
        self.state = "closed"
        await self._end_connections()

    def silence(self) -> float | None:
        """Seconds without a frame, while a dock is connected; None where none is."""
        return None if self._source is None else time.monotonic() - self.stats.last_frame_monotonic

    def snapshot(self) -> dict[str, object]:
        """State and counts as the control API shows them."""
        stats, push = self.stats, self._push
        return {
            "id": self.spec.id,
            "sn": self.spec.sn,
            "video_id": self.spec.video_id,
            "room": self.spec.room,
            "identity": self.spec.identity,
            "state": self.state,
            "frames": stats.frames,
            "key_frames": stats.key_frames,
            "bytes": stats.bytes,
            "forwarded": stats.forwarded,
            "pushes": stats.pushes,
            "key_frames_asked": stats.key_frames_asked,
            "first_frame_at": stats.first_frame_at,
            "last_frame_at": stats.last_frame_at,
            "room_connected": push is not None and push.connected,
            "room_connects": self._room_connects + (push.connects if push is not None else 0),
            "room_error": push.last_error if push is not None else None,
            "sei": self.detections.snapshot(),
        }

    @property
    def first_frame_time(self) -> datetime | None:
        return _utc(self.stats.first_frame_at)

    @property
    def last_frame_time(self) -> datetime | None:
        return _utc(self.stats.last_frame_at)

    def _on_frame(self, packet: av.Packet[Any]) -> None:
        seen = look(bytes(packet))
        self.stats.count(packet, key_frame=seen.key_frame)
        packet.pts = self._timeline.place(packet.pts or 0)
        if not self._forward(packet):
            self._keep(packet, key_frame=seen.key_frame)
        self.detections.take(seen.sei, packet.pts)

    def _forward(self, packet: av.Packet[Any]) -> bool:
        """Hand a frame on. False where the room is not connected."""
        if self._push is None or not self._push.send(packet):
            return False
        self.stats.forwarded += 1
        if self.state in ("created", "lost"):
            self.state = "live"
            self.stats.first_frame_at = time.time()
            self.first_frame.set()
            self._listener.first_frame(self)
        return True

    def _keep(self, packet: av.Packet[Any], *, key_frame: bool) -> None:
        """For the room once it is there: the last key frame, and what builds on it while that is little."""
        if key_frame:
            self._kept = [packet]
        elif 0 < len(self._kept) < KEPT_MOST:
            self._kept.append(packet)
        else:
            self._kept = []

    def _on_gone(self, source: Source) -> None:
        if source is self._source:
            self._losing = asyncio.get_running_loop().create_task(self.lose("the dock's connection ended"))

    async def _end_connections(self) -> None:
        async with self._turn:
            source, self._source = self._source, None
            push, self._push = self._push, None
            self._kept = []
            self.resource = None
            self.first_frame.clear()
            self.detections.gone()
            if push is not None:
                self._room_connects += push.connects
                await push.stop()
            if source is not None:
                await source.close()


class Timeline:
    """Joins the clocks of one push after another: each begins at nought, the room's goes on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._shift = 0
        self._last: tuple[int, float] | None = None
        self._fresh = True

    def begin(self) -> None:
        """A new push: its first frame follows the last one by the time that has passed."""
        self._fresh = True

    def place(self, pts: int) -> int:
        """Where a frame of the present push is on the room's clock (1/90000 s); distances within a push stay."""
        now = self._clock()
        if self._fresh:
            self._fresh = False
            if self._last is not None:
                last_pts, last_at = self._last
                self._shift = last_pts + max(1, round((now - last_at) * CLOCK_RATE)) - pts
        placed = pts + self._shift
        self._last = (placed, now)
        return placed


def _utc(epoch: float | None) -> datetime | None:
    return None if epoch is None else datetime.fromtimestamp(epoch, UTC)
