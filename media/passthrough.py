"""All that reaches inside aiortc: encoded H.264 taken out of a receiver, and feedback carried from peer to peer.

aiortc has a public way to send encoded packets (a track whose `recv` returns `av.Packet`), but none to receive them,
none to hear that a viewer asks for a key frame, and none to ask for one. tests/media/test_passthrough.py notices when a
new version has moved what is used here.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import av
from aiortc import MediaStreamTrack, RTCRtpReceiver, RTCRtpSender
from aiortc.codecs import CODECS
from aiortc.jitterbuffer import JitterBuffer, JitterFrame
from aiortc.mediastreams import MediaStreamError
from aiortc.rtcrtpparameters import RTCRtcpFeedback, RTCRtpCodecParameters

VIDEO_TIME_BASE = Fraction(1, 90_000)
JITTER_CAPACITY = 512  # packets; as aiortc has it for video
QUEUED_MOST = 120  # frames: four seconds at 30 a second; a sender further behind than that is not sending
# Main, high and constrained high, beside aiortc's two baselines: nothing is decoded here, so all of them can be taken.
MORE_PROFILES = ("4d001f", "64001f", "640c1f")

OnFrame = Callable[["av.Packet[Any]"], None]


class FrameBuffer(JitterBuffer):
    """Gives a frame away at its last packet (RTP's marker bit). aiortc's own waits for the first packet of the next
    frame, which makes every picture older by one frame's time."""

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity, is_video=True)
        # How many packets from the first on are known to be there and of one frame: each is looked at once.
        self._seen = 0

    def remove(self, count: int) -> None:
        self._seen = 0
        super().remove(count)

    def smart_remove(self, count: int) -> bool:
        self._seen = 0
        return super().smart_remove(count)

    def _remove_frame(self, sequence_number: int) -> JitterFrame | None:
        origin = self._origin or 0
        while self._seen < self._capacity:
            packet: Any = self._packets[(origin + self._seen) % self._capacity]
            if packet is None:
                return None
            first: Any = self._packets[origin % self._capacity]
            if packet.timestamp != first.timestamp:
                return self._take(origin, self._seen)
            self._seen += 1
            if packet.marker:
                return self._take(origin, self._seen)
        return None

    def _take(self, origin: int, count: int) -> JitterFrame:
        packets: list[Any] = [self._packets[(origin + number) % self._capacity] for number in range(count)]
        self.remove(count)
        return JitterFrame(b"".join(packet._data for packet in packets), packets[0].timestamp)


class FrameTap(queue.Queue[Any]):
    """Stands where a receiver's decoder thread looks for work: frames go to `on_frame` at once, and only the end (None)
    reaches the thread."""

    def __init__(self, on_frame: OnFrame) -> None:
        super().__init__()
        self._on_frame = on_frame

    def put(self, item: Any, block: bool = True, timeout: float | None = None) -> None:
        if item is None:
            super().put(None, block, timeout)
            return
        _codec, frame = item
        if not frame.data:
            return
        packet = av.Packet(frame.data)
        packet.pts, packet.time_base = frame.timestamp, VIDEO_TIME_BASE
        self._on_frame(packet)


class EncodedTrack(MediaStreamTrack):
    """A track of encoded frames for an aiortc sender, which packs them into RTP (packetization-mode 1) as they are."""

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._frames: asyncio.Queue[av.Packet[Any] | None] = asyncio.Queue()

    def push(self, packet: av.Packet[Any]) -> bool:
        """Queue a frame. False, and all that was queued is dropped, when the sender has fallen behind: what follows is
        of use only from the next key frame on."""
        if self._frames.qsize() >= QUEUED_MOST:
            while not self._frames.empty():
                self._frames.get_nowait()
            return False
        self._frames.put_nowait(packet)
        return True

    async def recv(self) -> av.Packet[Any]:
        packet = await self._frames.get() if self.readyState == "live" else None
        if packet is None:
            raise MediaStreamError
        return packet

    def stop(self) -> None:
        super().stop()
        self._frames.put_nowait(None)


def accept_more_profiles() -> None:
    """Let peers of this process agree on H.264 main and high too. Does nothing the second time."""
    video: list[RTCRtpCodecParameters] = CODECS["video"]
    present = {codec.parameters.get("profile-level-id") for codec in video}
    payload_type = max(codec.payloadType or 0 for codec in video)
    for profile in MORE_PROFILES:
        if profile in present:
            continue
        payload_type += 2
        video.append(
            RTCRtpCodecParameters(
                mimeType="video/H264",
                clockRate=90_000,
                payloadType=payload_type - 1,
                rtcpFeedback=[RTCRtcpFeedback("nack"), RTCRtcpFeedback("nack", "pli"), RTCRtcpFeedback("goog-remb")],
                parameters={"level-asymmetry-allowed": "1", "packetization-mode": "1", "profile-level-id": profile},
            )
        )
        video.append(
            RTCRtpCodecParameters(
                mimeType="video/rtx", clockRate=90_000, payloadType=payload_type, parameters={"apt": payload_type - 1}
            )
        )


def take_encoded(receiver: RTCRtpReceiver, on_frame: OnFrame) -> None:
    """Have `receiver` give encoded frames (Annex B, pts in 1/90000 s since the first) to `on_frame`, on the event loop.

    To be called when the track appears, before the connection is made.
    """
    inside: Any = receiver
    inside._RTCRtpReceiver__jitter_buffer = FrameBuffer(JITTER_CAPACITY)
    inside._RTCRtpReceiver__decoder_queue = FrameTap(on_frame)


async def ask_key_frame(receiver: RTCRtpReceiver) -> bool:
    """Send the publisher a PLI. False, and nothing is sent, before its first packet: the first frame is a key frame
    anyway."""
    inside: Any = receiver
    retransmissions = inside._RTCRtpReceiver__rtx_ssrc
    streams = [stream.source for stream in receiver.getSynchronizationSources() if stream.source not in retransmissions]
    for stream in streams:
        await inside._send_rtcp_pli(stream)
    return bool(streams)


def on_key_frame_request(sender: RTCRtpSender, callback: Callable[[], None]) -> None:
    """Call `callback` when the far side of `sender` sends a PLI or FIR."""
    inside: Any = sender
    inside._send_keyframe = callback
