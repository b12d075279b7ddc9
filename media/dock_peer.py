"""One dock's push: the answering end of WHIP. Takes H.264 as it comes; refuses what else is offered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Any

import av
from aiortc import (
    RTCConfiguration,
    RTCIceServer,
    RTCPeerConnection,
    RTCRtpReceiver,
    RTCSessionDescription,
)
from aiortc.exceptions import InvalidAccessError, InvalidStateError, OperationError

from media.h264 import is_key_frame
from media.passthrough import OnFrame, accept_more_profiles, ask_key_frame, take_encoded
from media.peer_watch import PeerWatch

log = logging.getLogger(__name__)

# LiveKit and a viewer's decoder may both ask at once; a key frame is ten times the size of another.
KEY_FRAME_PAUSE = 0.25  # s
TAKEN = ("video/H264", "video/rtx")


class OfferRefused(ValueError):
    """An offer that is not one, or that has no H.264 video to give."""


class DockPeer:
    """One connection from a dock. `on_frame` gets its encoded frames, `on_gone` is called once when it has ended."""

    def __init__(self, on_frame: OnFrame, on_gone: Callable[[], None], ice_servers: Sequence[str] = ()) -> None:
        accept_more_profiles()
        self._peer = RTCPeerConnection(RTCConfiguration(iceServers=[RTCIceServer(urls=url) for url in ice_servers]))
        self._watch = PeerWatch(self._peer)
        self._on_frame = on_frame
        self._on_gone = on_gone
        self._receiver: RTCRtpReceiver | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._asking: asyncio.Task[None] | None = None
        self._wanted = False

    async def answer(self, offer: str) -> str:
        """The SDP answer. Raises OfferRefused."""
        transceiver = self._peer.addTransceiver("video", direction="recvonly")
        capabilities = RTCRtpReceiver.getCapabilities("video")
        assert capabilities is not None
        transceiver.setCodecPreferences([codec for codec in capabilities.codecs if codec.mimeType in TAKEN])
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        except (OperationError, InvalidAccessError, InvalidStateError) as error:
            raise OfferRefused("the offer has no H.264 video with packetization-mode 1") from error
        except (ValueError, KeyError, IndexError, AttributeError, AssertionError) as error:
            raise OfferRefused("the body is not an SDP offer that can be read") from error
        if transceiver.receiver.track is None:
            raise OfferRefused("the offer has no video to send")
        for other in self._peer.getTransceivers():
            if other is not transceiver:
                other.direction = "inactive"
        self._receiver = transceiver.receiver
        take_encoded(transceiver.receiver, self._took)
        await self._peer.setLocalDescription(await self._peer.createAnswer())
        self._spawn(self._tell_end())
        description: str = self._peer.localDescription.sdp
        return description

    def request_key_frame(self) -> None:
        """Ask the dock for one: at once, or a pause after the last time. Who asks before it comes is served by it."""
        self._wanted = True
        if self._receiver is not None and (self._asking is None or self._asking.done()):
            self._asking = self._spawn(self._ask(self._receiver))

    async def close(self) -> None:
        """End the connection. `on_gone` is not called any more."""
        self._on_gone = _nobody
        await self._peer.close()
        for task in list(self._tasks):
            task.cancel()

    def _took(self, packet: av.Packet[Any]) -> None:
        if self._wanted and is_key_frame(bytes(packet)):
            self._wanted = False
        self._on_frame(packet)

    async def _ask(self, receiver: RTCRtpReceiver) -> None:
        while self._wanted:
            self._wanted = False
            if not await ask_key_frame(receiver):
                return
            await asyncio.sleep(KEY_FRAME_PAUSE)

    async def _tell_end(self) -> None:
        await self._watch.gone.wait()
        self._on_gone()

    def _spawn(self, work: asyncio._CoroutineLike[None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _nobody() -> None:
    """Hears of the end of a connection that was closed from here."""
