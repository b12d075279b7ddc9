"""What media reaches for inside aiortc is there and does what it is used for: run between two real aiortc peers.

A failure here after an upgrade of aiortc means that media/passthrough.py (and `_send_keyframe` in the simulator's
publisher) has to follow.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import av
import pytest
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpReceiver, RTCRtpSender, rtcrtpreceiver
from aiortc.codecs import CODECS
from aiortc.jitterbuffer import JitterBuffer
from aiortc.rtp import RtpPacket

from media.h264 import is_key_frame
from media.passthrough import (
    MORE_PROFILES,
    QUEUED_MOST,
    EncodedTrack,
    FrameBuffer,
    accept_more_profiles,
    ask_key_frame,
    on_key_frame_request,
    take_encoded,
)
from simulator.video.source import CameraSource, VideoFormat
from tests.media.annexb import unit_types

FORMAT = VideoFormat(width=320, height=180, fps=30, bit_rate=2_000_000, gop=600, noise=20)


@dataclass
class Link:
    """Two connected peers: a track of encoded frames at one end, a receiver that is tapped at the other."""

    track: EncodedTrack
    sender: RTCRtpSender
    receiver: RTCRtpReceiver
    taken: asyncio.Queue[av.Packet[Any]] = field(default_factory=asyncio.Queue)

    async def carry(self, packet: av.Packet[Any]) -> av.Packet[Any]:
        self.track.push(packet)
        async with asyncio.timeout(5):
            return await self.taken.get()


@pytest.fixture
async def link() -> AsyncIterator[Link]:
    here, there = (RTCPeerConnection(RTCConfiguration(iceServers=[])) for _ in range(2))
    track = EncodedTrack()
    transceiver = here.addTransceiver(track, direction="sendonly")
    transceiver.setCodecPreferences(
        [
            codec
            for codec in RTCRtpSender.getCapabilities("video").codecs
            if codec.mimeType == "video/rtx" or codec.parameters.get("profile-level-id") == "42e01f"
        ]
    )
    made: list[Link] = []

    @there.on("track")
    def arrived(_: Any) -> None:
        receiver = there.getReceivers()[0]
        made.append(Link(track, transceiver.sender, receiver))
        take_encoded(receiver, made[0].taken.put_nowait)

    connected = asyncio.Event()

    @here.on("connectionstatechange")
    def changed() -> None:
        if here.connectionState == "connected":
            connected.set()

    await here.setLocalDescription(await here.createOffer())
    await there.setRemoteDescription(here.localDescription)
    await there.setLocalDescription(await there.createAnswer())
    await here.setRemoteDescription(there.localDescription)
    async with asyncio.timeout(10):
        await connected.wait()
    yield made[0]
    await here.close()
    await there.close()


def test_the_names_that_are_reached_for_exist() -> None:
    receiver = RTCRtpReceiver.__init__.__code__.co_names
    for name in ("__jitter_buffer", "__decoder_queue", "__rtx_ssrc"):
        assert f"_RTCRtpReceiver{name}" in receiver
    assert list(inspect.signature(RTCRtpReceiver._send_rtcp_pli).parameters) == ["self", "media_ssrc"]
    assert list(inspect.signature(RTCRtpSender._send_keyframe).parameters) == ["self"]
    assert "_send_keyframe" in RTCRtpSender._handle_rtcp_packet.__code__.co_names
    assert list(inspect.signature(JitterBuffer._remove_frame).parameters) == ["self", "sequence_number"]
    assert "_remove_frame" in JitterBuffer.add.__code__.co_names
    assert "put" in RTCRtpReceiver._handle_rtp_packet.__code__.co_names
    assert "_RTCRtpReceiver__decoder_queue" in RTCRtpReceiver.receive.__code__.co_names
    assert "task is None" in inspect.getsource(rtcrtpreceiver.decoder_worker)


async def test_frames_come_out_as_they_went_in(link: Link) -> None:
    camera = CameraSource("DOCK-1", FORMAT)
    sent, taken = [], []
    for _ in range(20):
        packet = await camera.read()
        sent.append(packet)
        taken.append(await link.carry(packet))
    assert [_units(packet) for packet in taken] == [_units(packet) for packet in sent]
    assert [packet.pts - (taken[0].pts or 0) for packet in taken if packet.pts is not None] == [
        packet.pts - (sent[0].pts or 0) for packet in sent if packet.pts is not None
    ]
    assert all(packet.time_base == Fraction(1, 90_000) for packet in taken)
    assert max(packet.size for packet in taken) > 5_000  # so that fragments were among them


async def test_a_frame_is_there_before_the_next_one_is_sent(link: Link) -> None:
    camera = CameraSource("DOCK-1", FORMAT)
    for _ in range(3):
        await link.carry(await camera.read())  # waits for this very frame; aiortc's own buffer would wait for ever


async def test_a_request_for_a_key_frame_arrives_at_the_sender(link: Link) -> None:
    asked = asyncio.Event()
    on_key_frame_request(link.sender, asked.set)
    await link.carry(await CameraSource("DOCK-1", FORMAT).read())
    await ask_key_frame(link.receiver)
    async with asyncio.timeout(5):
        await asked.wait()


async def test_nothing_is_asked_of_a_peer_that_has_sent_nothing(link: Link) -> None:
    asked = asyncio.Event()
    on_key_frame_request(link.sender, asked.set)
    await ask_key_frame(link.receiver)
    assert not asked.is_set()


def test_a_frame_whose_packets_came_out_of_order_is_put_together() -> None:
    buffer = FrameBuffer(512)
    first, second, third = (_rtp(number, timestamp=100, data=bytes([number])) for number in range(3))
    third.marker = 1
    assert buffer.add(first) == (False, None)
    assert buffer.add(third) == (False, None)
    _, frame = buffer.add(second)
    assert frame is not None
    assert (frame.data, frame.timestamp) == (b"\0\1\2", 100)


def test_a_frame_without_a_marker_ends_where_the_next_begins() -> None:
    buffer = FrameBuffer(512)
    assert buffer.add(_rtp(0, timestamp=100, data=b"a")) == (False, None)
    _, frame = buffer.add(_rtp(1, timestamp=200, data=b"b"))
    assert frame is not None
    assert frame.data == b"a"


def test_after_a_gap_that_is_never_filled_frames_come_again_and_a_key_frame_is_asked_for() -> None:
    buffer = FrameBuffer(16)
    taken, asked = [], []
    for number in range(64):
        if number == 5:
            continue
        packet = _rtp(number, timestamp=number // 2, data=bytes([number]))
        packet.marker = number % 2
        ask, frame = buffer.add(packet)
        asked.append(ask)
        if frame is not None:
            taken.append(frame.data)
    assert taken[:2] == [b"\0\1", b"\2\3"]
    assert any(asked)
    assert b"".join(taken[-3:]) == bytes(range(58, 64))
    assert all(len(data) == 2 for data in taken)


async def test_a_sender_that_falls_behind_starts_afresh() -> None:
    track = EncodedTrack()
    assert all(track.push(av.Packet(b"x")) for _ in range(QUEUED_MOST))
    assert not track.push(av.Packet(b"x"))
    assert track.push(av.Packet(b"fresh"))
    assert bytes(await track.recv()) == b"fresh"


def test_more_profiles_are_added_once_and_with_payload_types_of_their_own() -> None:
    accept_more_profiles()
    accept_more_profiles()
    video = CODECS["video"]
    profiles = [codec.parameters.get("profile-level-id") for codec in video]
    assert all(profiles.count(profile) == 1 for profile in MORE_PROFILES)
    numbers = [codec.payloadType for codec in video]
    assert len(set(numbers)) == len(numbers)
    assert max(number or 0 for number in numbers) < 128


@pytest.mark.parametrize(
    ("unit", "key"),
    [
        (b"\0\0\0\1\x67abc\0\0\1\x68ab\0\0\1\x65data", True),
        (b"\0\0\0\1\x06\xf5ab\0\0\1\x41data", False),
        (b"\0\0\1\x67abc\0\0\1\x68ab", False),
        (b"", False),
        (b"\0\0\1", False),
    ],
)
def test_a_key_frame_is_known_by_its_units(unit: bytes, key: bool) -> None:
    assert is_key_frame(unit) is key


def _units(packet: av.Packet[Any]) -> list[int]:
    return [*unit_types(bytes(packet)), *bytes(packet).replace(b"\0\0\0\1", b"\0\0\1")]


def _rtp(number: int, timestamp: int, data: bytes) -> Any:
    packet: Any = RtpPacket(payload_type=97, sequence_number=number, timestamp=timestamp)
    packet._data = data
    return packet
