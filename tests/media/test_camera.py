"""The simulated camera and its push: readable through an encoder, on time, and as picky about URLs as a dock."""

from __future__ import annotations

from typing import Any

import av
import numpy as np
import pytest

from media.h264 import is_key_frame
from simulator.video.marker import SERIAL_LENGTH, Marker, draw_marker, read_marker
from simulator.video.picture import Scene
from simulator.video.publisher import RefusedUrl, WhipPublisher
from simulator.video.source import CLOCK_RATE, HD, CameraSource, LoopSource, Pace, VideoFormat
from tests.media.annexb import unit_types

POOR = VideoFormat(width=320, height=180, fps=30, bit_rate=100_000, gop=300, noise=30)


def _decode(packets: list[av.Packet[Any]]) -> list[av.VideoFrame]:
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    frames = []
    for packet in [*packets, None]:
        frames += decoder.decode(packet)
    return frames


async def test_every_frame_is_read_at_a_poor_bit_rate() -> None:
    camera = CameraSource("1581F7FVC257X00D0LKZ", POOR)
    frames = _decode([await camera.read() for _ in range(30)])
    markers = [read_marker(frame) for frame in frames]
    assert [marker.frame for marker in markers if marker] == list(range(30))
    assert {marker.sn for marker in markers if marker} == {"1581F7FVC257X00D0LKZ"}


@pytest.mark.parametrize("size", [(320, 180), (640, 360), (1280, 720), (1920, 1080)])
def test_a_marker_is_read_in_every_size(size: tuple[int, int]) -> None:
    scene = Scene(*size)
    marker = Marker("DEMO-DOCK-001", 4_000_000_000, 1_764_000_000_123)
    assert read_marker(scene.draw(marker)[: size[1]]) == marker


def test_a_marker_is_read_after_the_picture_was_made_smaller() -> None:
    planes = Scene(1280, 720).draw(Marker("DOCK-1", 7, 1_764_000_000_000))
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p").reformat(width=640, height=360)
    assert read_marker(frame) == Marker("DOCK-1", 7, 1_764_000_000_000)


def test_no_marker_is_read_where_there_is_none_or_one_is_damaged() -> None:
    luma = np.full((360, 640), 120, dtype=np.uint8)
    assert read_marker(luma) is None
    draw_marker(luma, Marker("DOCK-1", 7, 1))
    luma[270:290, 300:340] = 255 - luma[270:290, 300:340]
    assert read_marker(luma) is None


@pytest.mark.parametrize("sn", ["X" * (SERIAL_LENGTH + 1), "DOCK 1", "DÖCK"])
def test_a_serial_that_cannot_be_drawn_is_refused(sn: str) -> None:
    with pytest.raises(ValueError, match="sn: "):
        draw_marker(np.zeros((360, 640), dtype=np.uint8), Marker(sn, 0, 0))


async def test_a_key_frame_comes_when_asked_for_and_begins_with_its_parameters() -> None:
    camera = CameraSource("DOCK-1", POOR)
    packets = []
    for number in range(12):
        if number == 8:
            camera.force_key_frame()
        packets.append(bytes(await camera.read()))
    assert [is_key_frame(packet) for packet in packets] == [number in (0, 8) for number in range(12)]
    assert list(unit_types(packets[8]))[:2] == [7, 8]


async def test_a_loop_keeps_its_bit_rate_and_goes_back_to_a_key_frame() -> None:
    loop = LoopSource.encode("DOCK-1", HD, seconds=1)
    assert loop.bit_rate == pytest.approx(HD.bit_rate, rel=0.5)
    assert is_key_frame(bytes(await loop.read()))
    await loop.read()
    loop.force_key_frame()
    assert is_key_frame(bytes(await loop.read()))


async def test_a_late_frame_is_not_made_up_for() -> None:
    now = 100.0
    pace = Pace(10, clock=lambda: now)
    times = [await pace.next()]
    now = 103.0  # three seconds too late
    times.append(await pace.next())
    now = 103.1
    times.append(await pace.next())
    assert times == [0, 3 * CLOCK_RATE, round(3.1 * CLOCK_RATE)]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/whip?app=live&stream=x",
        "http://127.0.0.1:9/?path=/rtc/v1/whip/",
        "rtmp://127.0.0.1/rtc/v1/whip/",
        "/rtc/v1/whip/?app=live&stream=x",
    ],
)
async def test_a_dock_refuses_a_url_that_its_firmware_would(url: str) -> None:
    with pytest.raises(RefusedUrl):
        WhipPublisher(url, CameraSource("DOCK-1", POOR))
