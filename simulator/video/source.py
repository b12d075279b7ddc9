"""H.264 as a dock's camera makes it: baseline, no B-frames, Annex B, a key frame when one is asked for.

`CameraSource` draws and encodes as it goes, so that each frame tells its own age. `LoopSource` repeats a few seconds
that were encoded before: it costs nothing to play, which is what a bench of something else needs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import PictureType

from simulator.video.marker import Marker
from simulator.video.picture import Scene

CLOCK_RATE = 90_000
TIME_BASE = Fraction(1, CLOCK_RATE)


@dataclass(frozen=True)
class VideoFormat:
    """Size in pixels, frames a second, bits a second, and frames from one unasked key frame to the next."""

    width: int = 640
    height: int = 360
    fps: int = 15
    bit_rate: int = 600_000
    gop: int = 150
    noise: int = 0


# What DJI's quality 3 (HD) and better look like on the wire; for benches
HD = VideoFormat(width=1280, height=720, fps=30, bit_rate=4_000_000, gop=60, noise=24)


class VideoSource(Protocol):
    """Encoded pictures in the order and at the pace in which a camera makes them."""

    async def read(self) -> av.Packet[Any]:
        """The next access unit (Annex B, pts in 1/90000 s), when its time has come."""

    def force_key_frame(self) -> None:
        """Make the next one a key frame: a viewer has nothing to begin with."""


class Pace:
    """Lets frames go at `fps`. One that is late is not made up for: a camera skips, it does not hurry."""

    def __init__(self, fps: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.interval = 1 / fps
        self._clock = clock
        self._start: float | None = None
        self._due = 0.0

    async def next(self) -> int:
        """Wait for the next frame's time; its presentation time in 1/90000 s since the first."""
        now = self._clock()
        if self._start is None:
            self._start = self._due = now
        elif now < self._due:
            await asyncio.sleep(self._due - now)
        elif now - self._due > self.interval:
            self._due = now
        pts = round((self._due - self._start) * CLOCK_RATE)
        self._due += self.interval
        return pts


class CameraSource:
    """Draws dock `sn`'s picture and encodes it on the fly (x264, ultrafast, zero latency)."""

    def __init__(self, sn: str, video: VideoFormat | None = None) -> None:
        self.sn = sn
        self.video = video or VideoFormat()
        self.frames = 0
        self._scene = Scene(self.video.width, self.video.height, self.video.noise)
        self._codec = _encoder(self.video)
        self._pace = Pace(self.video.fps)
        self._key_frame = True

    async def read(self) -> av.Packet[Any]:
        pts = await self._pace.next()
        marker = Marker(self.sn, self.frames, time.time_ns() // 1_000_000)
        key_frame, self._key_frame = self._key_frame, False
        self.frames += 1
        return await asyncio.to_thread(_encode, self._codec, self._scene, marker, pts, key_frame)

    def force_key_frame(self) -> None:
        self._key_frame = True


class LoopSource:
    """Plays an encoded loop again and again. Asked for a key frame it goes back to the beginning, which is one."""

    def __init__(self, loop: list[bytes], fps: int) -> None:
        if not loop:
            raise ValueError("loop: holds no frame")
        self.frames = 0
        self._loop = loop
        self._next = 0
        self._pace = Pace(fps)

    @classmethod
    def encode(cls, sn: str, video: VideoFormat, seconds: float = 4) -> LoopSource:
        """Encode `seconds` of dock `sn`'s picture; takes about as long as it plays, on one core."""
        scene, codec = Scene(video.width, video.height, video.noise), _encoder(video)
        began = time.time_ns() // 1_000_000
        loop = []
        for number in range(round(seconds * video.fps)):
            marker = Marker(sn, number, began + number * 1000 // video.fps)
            packet = _encode(codec, scene, marker, number * CLOCK_RATE // video.fps, key_frame=number == 0)
            loop.append(bytes(packet))
        return cls(loop, video.fps)

    @property
    def bit_rate(self) -> float:
        """Bits a second, by the loop's size."""
        return sum(len(unit) for unit in self._loop) * 8 / (len(self._loop) * self._pace.interval)

    async def read(self) -> av.Packet[Any]:
        pts = await self._pace.next()
        packet = av.Packet(self._loop[self._next])
        packet.pts, packet.time_base = pts, TIME_BASE
        self._next = (self._next + 1) % len(self._loop)
        self.frames += 1
        return packet

    def force_key_frame(self) -> None:
        self._next = 0


def _encoder(video: VideoFormat) -> VideoCodecContext:
    codec = av.CodecContext.create("libx264", "w")
    assert isinstance(codec, VideoCodecContext)
    codec.width, codec.height = video.width, video.height
    codec.pix_fmt = "yuv420p"
    codec.bit_rate = video.bit_rate
    codec.framerate = Fraction(video.fps, 1)
    codec.time_base = TIME_BASE
    codec.gop_size = video.gop
    codec.max_b_frames = 0
    codec.thread_count = 1
    codec.profile = "Baseline"
    codec.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "forced-idr": "1",
        # Half a second of buffer: a key frame must not be a burst that fills a 4G link for longer
        "maxrate": str(video.bit_rate),
        "bufsize": str(video.bit_rate // 2),
    }
    return codec


def _encode(codec: VideoCodecContext, scene: Scene, marker: Marker, pts: int, key_frame: bool) -> av.Packet[Any]:
    frame = av.VideoFrame.from_ndarray(scene.draw(marker), format="yuv420p")
    frame.pts, frame.time_base = pts, TIME_BASE
    frame.pict_type = PictureType.I if key_frame else PictureType.NONE
    (packet,) = codec.encode(frame)
    packet.time_base = TIME_BASE
    return packet
