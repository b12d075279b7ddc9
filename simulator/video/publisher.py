"""The pushes of a simulated dock: what `live_start_push` sets going. By WHIP (url_type 4) here, by RTMP (1) beside."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urljoin, urlsplit

import av
import httpx
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from simulator.video.source import VideoSource

log = logging.getLogger(__name__)

REQUIRED_PATH = "/rtc/v1/whip/"
RETRY_FIRST, RETRY_MOST = 0.5, 10.0  # s; the pause doubles in between
CONNECT_WITHIN = 10.0  # s, for ICE and DTLS after the answer
DELETE_WITHIN = 2.0  # s, for the farewell: the server may be gone
SILENT_FOR = 5.0  # s without a receiver report, which come every second or so: the other end is gone
LOOK_EVERY = 0.5  # s

State = Literal["idle", "connecting", "live", "waiting", "stopped"]


class RefusedUrl(ValueError):
    """A URL that a dock's firmware does not take."""


@dataclass
class PushCounts:
    """What a push has done since it was started."""

    frames: int = 0
    bytes: int = 0
    connects: int = 0
    failures: int = 0
    key_frames_asked: int = 0


class Publisher(abc.ABC):
    """Publishes `source` to `url` until stopped, and comes back when the other end is gone."""

    def __init__(self, url: str, source: VideoSource) -> None:
        self.url = url
        self.source = source
        self.counts = PushCounts()
        self.state: State = "idle"
        self.last_error: str | None = None
        self.changed = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin. Returns at once; `wait_for_state` says when frames flow."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_pushing(), name="push")

    async def stop(self) -> None:
        """Take the push away from the server and end. Safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self._become("stopped")

    async def wait_for_state(self, state: State, timeout: float = 15) -> None:
        """Wait until the push is in `state`. Raises TimeoutError."""
        async with asyncio.timeout(timeout), self.changed:
            await self.changed.wait_for(lambda: self.state == state)

    async def _become(self, state: State) -> None:
        async with self.changed:
            self.state = state
            self.changed.notify_all()

    async def _keep_pushing(self) -> None:
        pause = RETRY_FIRST
        while True:
            pause = await self._try(pause)
            await self._become("waiting")
            await asyncio.sleep(pause)

    async def _try(self, pause: float) -> float:
        """Push until that ends; how long to pause before the next try."""
        await self._become("connecting")
        connects = self.counts.connects
        try:
            await self._push_once()
        except (httpx.HTTPError, PushFailed, OSError, ValueError) as error:
            self.counts.failures += 1
            self.last_error = str(error) or type(error).__name__
            log.info("push to %s ended: %s", urlsplit(self.url).netloc, self.last_error)
        return RETRY_FIRST if self.counts.connects > connects else min(pause * 2, RETRY_MOST)

    @abc.abstractmethod
    async def _push_once(self) -> None:
        """One connection, until it is gone; `_began` once it stands.

        Raises PushFailed, HTTPError, OSError or ValueError.
        """

    async def _began(self) -> None:
        """Frames flow."""
        self.counts.connects += 1
        await self._become("live")


class WhipPublisher(Publisher):
    """To a WHIP endpoint.

    Raises RefusedUrl for a URL without `/rtc/v1/whip/` in its path, as firmware from 17.01.0506 on refuses it;
    `any_path` is for pushes that are not a dock's. `token` goes into `Authorization: Bearer`.
    """

    def __init__(self, url: str, source: VideoSource, *, token: str | None = None, any_path: bool = False) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise RefusedUrl(f"url: {parts.scheme or 'no scheme'} cannot be pushed to; http and https can")
        if REQUIRED_PATH not in parts.path and not any_path:
            raise RefusedUrl(f"url: its path must contain {REQUIRED_PATH}")
        super().__init__(url, source)
        self._headers = {"Content-Type": "application/sdp"} | ({"Authorization": f"Bearer {token}"} if token else {})

    async def _push_once(self) -> None:
        async with httpx.AsyncClient(timeout=CONNECT_WITHIN, headers=self._headers) as http:
            await self._push_by(http)

    async def _push_by(self, http: httpx.AsyncClient) -> None:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        track = SourceTrack(self.source, self.counts)
        sender = peer.addTransceiver(track, direction="sendonly").sender
        self._listen_for_key_frame_requests(sender)
        _prefer_h264(peer)
        resource: str | None = None
        try:
            await peer.setLocalDescription(await peer.createOffer())
            reply = await http.post(self.url, content=peer.localDescription.sdp)
            if reply.status_code != httpx.codes.CREATED:
                raise PushFailed(f"the server answered {reply.status_code}: {reply.text[:200]}")
            if location := reply.headers.get("Location"):
                resource = urljoin(self.url, location)
            gone = _when_gone(peer)
            await peer.setRemoteDescription(RTCSessionDescription(reply.text, "answer"))
            async with asyncio.timeout(CONNECT_WITHIN):
                await _connected(peer, gone)
            await self._began()
            await self._watch(sender, gone)
        finally:
            await _tidy(http, peer, track, resource)

    def _listen_for_key_frame_requests(self, sender: RTCRtpSender) -> None:
        def asked() -> None:
            self.counts.key_frames_asked += 1
            self.source.force_key_frame()

        # aiortc would pass the request to its own encoder, which encoded packets go past
        inside: Any = sender
        inside._send_keyframe = asked

    async def _watch(self, sender: RTCRtpSender, gone: asyncio.Event) -> None:
        """Return when the peer is gone. A server that was killed says nothing: it is missed by its receiver reports."""
        began = time.time()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await gone.wait()
            if gone.is_set():
                raise PushFailed("the server closed the connection")
            heard = [
                stats.timestamp.timestamp()
                for stats in (await sender.getStats()).values()
                if stats.type == "remote-inbound-rtp"
            ]
            if time.time() - max([began, *heard]) > SILENT_FOR:
                raise PushFailed(f"the server has said nothing for {SILENT_FOR:.0f} s")


class PushFailed(Exception):
    """A push that did not come about, or has ended."""


class SourceTrack(MediaStreamTrack):
    """Gives a source's encoded frames to aiortc, which packs them as they are. Begins with a key frame."""

    kind = "video"

    def __init__(self, source: VideoSource, counts: PushCounts) -> None:
        super().__init__()
        self._source = source
        self._counts = counts
        source.force_key_frame()

    async def recv(self) -> av.Packet[Any]:
        if self.readyState != "live":
            raise MediaStreamError
        packet = await self._source.read()
        self._counts.frames += 1
        self._counts.bytes += packet.size
        return packet


def _prefer_h264(peer: RTCPeerConnection) -> None:
    """Offer constrained baseline, packetization-mode 1, and its retransmissions: what a dock offers."""
    capabilities = RTCRtpSender.getCapabilities("video").codecs
    chosen = [
        codec
        for codec in capabilities
        if codec.mimeType == "video/rtx" or codec.parameters.get("profile-level-id") == "42e01f"
    ]
    for transceiver in peer.getTransceivers():
        transceiver.setCodecPreferences(chosen)


def _when_gone(peer: RTCPeerConnection) -> asyncio.Event:
    gone = asyncio.Event()

    @peer.on("connectionstatechange")
    def changed() -> None:
        if peer.connectionState in ("failed", "closed", "disconnected"):
            gone.set()

    return gone


async def _connected(peer: RTCPeerConnection, gone: asyncio.Event) -> None:
    reached = asyncio.Event()

    @peer.on("connectionstatechange")
    def changed() -> None:
        if peer.connectionState == "connected":
            reached.set()

    if peer.connectionState == "connected":
        return
    waits = [asyncio.create_task(event.wait()) for event in (reached, gone)]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
    if gone.is_set():
        raise PushFailed("ICE or DTLS failed")


async def _tidy(
    http: httpx.AsyncClient, peer: RTCPeerConnection, track: MediaStreamTrack, resource: str | None
) -> None:
    """Close the connection and take the push away from the server, as far as it still listens."""
    track.stop()
    await peer.close()
    if resource is not None:
        with contextlib.suppress(httpx.HTTPError):
            await http.delete(resource, timeout=DELETE_WITHIN)
