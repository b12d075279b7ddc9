"""Live streams: `live_start_push`, `live_stop_push`, `live_set_quality`, `live_lens_change`, `live_camera_change`.

Commands give a reply and nothing else; what became of a stream is in the state `live_status`.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from av.packet import Packet

from dji import products
from simulator import osd
from simulator.feature import Answer, Call, Feature, Json, Refused, service
from simulator.video.publisher import Publisher, RefusedUrl, WhipPublisher
from simulator.video.rtmp_publisher import RtmpPublisher
from simulator.video.sei import SpeakingSource
from simulator.video.source import CLOCK_RATE, CameraSource, VideoFormat, VideoSource

NO_CAMERA, TOO_MANY, NO_NETWORK, NOT_LIVE = 513002, 513003, 513010, 513011
WRONG_PROTOCOL, WRONG_PARAMETERS = 513013, 513014
AT_ONCE = 2  # streams, coexist_video_number_max
RTMP, WHIP = 1, 4
PUBLISHERS: Final[dict[int, type[RtmpPublisher] | type[WhipPublisher]]] = {RTMP: RtmpPublisher, WHIP: WhipPublisher}

# By video_quality. Half of what DJI documents in each direction: several docks must fit on one machine.
FORMATS: Final = {
    0: VideoFormat(),
    1: VideoFormat(480, 272, 15, 300_000),
    2: VideoFormat(),
    3: VideoFormat(960, 540, 15, 1_200_000),
    4: VideoFormat(1280, 720, 15, 2_500_000),
}


class SwitchedSource:
    """A camera whose picture can change size while it is pushed; times go on without a gap."""

    def __init__(self, sn: str, quality: int) -> None:
        self.sn = sn
        self._camera = CameraSource(sn, FORMATS[quality])
        self._shift = self._last = 0

    def set_quality(self, quality: int) -> None:
        frames = self._camera.frames
        self._camera = CameraSource(self.sn, FORMATS[quality])
        self._camera.frames = frames
        self._shift = self._last + CLOCK_RATE // self._camera.video.fps

    async def read(self) -> Packet[Any]:
        packet = await self._camera.read()
        packet.pts = self._last = (packet.pts or 0) + self._shift
        packet.time_base = Fraction(1, CLOCK_RATE)
        return packet

    def force_key_frame(self) -> None:
        self._camera.force_key_frame()


@dataclass
class Push:
    """One stream under way."""

    video_id: str
    url: str
    url_type: int
    quality: int
    video_type: str
    live: bool = False
    error: int = 0
    position: int = 1  # of the dock's camera: 0 inside, 1 outside
    source: SwitchedSource | None = None
    publisher: Publisher | None = None
    watch: asyncio.Task[Any] | None = None

    def status(self) -> Json:
        return {
            "video_id": self.video_id,
            "video_type": self.video_type,
            "video_quality": self.quality,
            "status": int(self.live),
            "error_status": self.error,
        }


class Live(Feature):
    """The streams of the dock's camera and its aircraft's."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.pushes: dict[str, Push] = {}

    def status(self) -> list[Json]:
        """The value of `live_status`."""
        return [push.status() for push in self.pushes.values()]

    def lenses(self, video_id: str) -> list[str]:
        """What a stream can be switched to. Raises Refused (513002) for a camera that is not there now."""
        try:
            wanted = products.parse_video_id(video_id)
        except ValueError as error:
            raise Refused(WRONG_PARAMETERS, str(error)) from None
        for device in osd.live_capacity(self.dock)["device_list"]:
            for camera in device["camera_list"]:
                for video in camera["video_list"]:
                    if f"{device['sn']}/{camera['camera_index']}" == f"{wanted.sn}/{wanted.payload_index}":
                        found: list[str] = video["switchable_video_types"]
                        return found
        raise Refused(NO_CAMERA, f"no camera {video_id} now")

    @service("live_start_push")
    async def start(self, call: Call) -> Answer:
        video_id, url, url_type = call.data["video_id"], call.data["url"], call.data["url_type"]
        if url_type not in self.dock.model.url_types:
            raise Refused(WRONG_PROTOCOL, f"url_type {url_type}")
        lenses = self.lenses(video_id)
        if self.dock.state.network_quality == 0:
            raise Refused(NO_NETWORK, "no network")
        before = self.pushes.get(video_id)
        if before is None and len(self.pushes) >= AT_ONCE:
            raise Refused(TOO_MANY, f"{AT_ONCE} streams run")
        push = Push(video_id, url, url_type, call.data["video_quality"], _first(lenses))
        if (by := PUBLISHERS.get(url_type)) is not None:
            try:
                push.source = SwitchedSource(self.dock.sn, push.quality) if self.dock.config.video else None
                publisher = by(url, self._spoken(push) or _Nothing())
                push.publisher = publisher if push.source is not None else None
            except RefusedUrl as error:
                raise Refused(WRONG_PARAMETERS, str(error)) from None
        if before is not None:
            await self._end(before)
        self.pushes[video_id] = push
        return Answer(then=lambda: self._run(push))

    def _spoken(self, push: Push) -> VideoSource | None:
        """What is pushed: with what the aircraft's AI sees, where its model has that, over WHIP only."""
        if push.source is None or push.url_type != WHIP or self.dock.model.name != "dock3":
            return push.source
        of_aircraft = push.video_id.startswith(f"{self.dock.aircraft_sn}/")
        return SpeakingSource(push.source, self.dock.ai.units) if of_aircraft else push.source

    async def _run(self, push: Push) -> None:
        if push.publisher is None:
            push.live = True
            self._tell()
            return
        await push.publisher.start()
        push.watch = self.dock.spawn(self._follow(push, push.publisher), f"push {push.video_id}")

    async def _follow(self, push: Push, publisher: Publisher) -> None:
        while True:
            async with publisher.changed:
                await publisher.changed.wait()
                state = publisher.state
            live, error = state == "live", NO_NETWORK if state == "waiting" else 0
            if state in ("live", "waiting") and (live, error) != (push.live, push.error):
                push.live, push.error = live, error
                self._tell()

    def _tell(self) -> None:
        self.dock.device.dock_state({"live_status": self.status()})
        self.dock.touch()

    @service("live_stop_push")
    async def stop(self, call: Call) -> Answer:
        push = self._running(call.data["video_id"])
        del self.pushes[push.video_id]

        async def then() -> None:
            await self._end(push)
            self._tell()

        return Answer(then=then)

    @service("live_set_quality")
    async def set_quality(self, call: Call) -> Answer:
        push = self._running(call.data["video_id"])
        push.quality = call.data["video_quality"]
        if push.source is not None:
            push.source.set_quality(push.quality)
        return self._told()

    @service("live_lens_change")
    async def change_lens(self, call: Call) -> Answer:
        """Has no stream id: acts on every stream that has the lens."""
        lens = call.data["video_type"]
        if not self.pushes:
            raise Refused(NOT_LIVE, "no stream runs")
        able = [push for push in self.pushes.values() if lens in self.lenses(push.video_id)]
        if not able:
            raise Refused(NO_CAMERA, f"no stream has a lens {lens}")
        for push in able:
            push.video_type = lens
        return self._told()

    @service("live_camera_change")
    async def change_camera(self, call: Call) -> Answer:
        push = self._running(call.data["video_id"])
        if products.parse_video_id(push.video_id).sn != self.dock.sn:
            raise Refused(NO_CAMERA, "only the dock's camera has two positions")
        push.position = call.data["camera_position"]
        return self._told()

    def _told(self) -> Answer:
        async def then() -> None:
            self._tell()

        return Answer(then=then)

    def _running(self, video_id: str) -> Push:
        if video_id not in self.pushes:
            raise Refused(NOT_LIVE, f"no stream {video_id}")
        return self.pushes[video_id]

    async def _end(self, push: Push) -> None:
        push.live = False
        if push.watch is not None:
            push.watch.cancel()
        if push.publisher is not None:
            await push.publisher.stop()

    async def aircraft_slept(self) -> None:
        """Streams of an aircraft that is powered off are gone."""
        gone = [push for push in self.pushes.values() if push.video_id.startswith(f"{self.dock.aircraft_sn}/")]
        for push in gone:
            del self.pushes[push.video_id]
            await self._end(push)
        if gone:
            self._tell()

    async def powered_off(self) -> None:
        pushes, self.pushes = self.pushes, {}
        for push in pushes.values():
            await self._end(push)

    def shown(self) -> Json:
        return {
            "pushes": [
                push.status() | {"frames": push.publisher.counts.frames if push.publisher else 0, "url": push.url}
                for push in self.pushes.values()
            ]
        }


class _Nothing:
    """A source for a dock whose video is switched off; its URL is checked all the same."""

    async def read(self) -> Packet[Any]:
        raise EOFError

    def force_key_frame(self) -> None:
        return


def _first(lenses: list[str]) -> str:
    return "normal" if "normal" in lenses else lenses[0]
