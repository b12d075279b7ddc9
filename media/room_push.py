"""The way on: one dock's encoded frames by WHIP into its mission's LiveKit room, again and again while frames come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import av
import httpx
from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.rtcrtpparameters import RTCRtpCodecCapability

from media.passthrough import EncodedTrack, on_key_frame_request
from media.peer_watch import PeerGone, PeerWatch

log = logging.getLogger(__name__)

WHIP_PATH = "/whip/v1"
RETRY_FIRST, RETRY_MOST = (
    0.2,
    5.0,
)  # s; doubles in between. Viewers wait, and a room server that restarts takes a second
CONNECT_WITHIN = 8.0  # s, for ICE and DTLS
SILENT_FOR = 4.0  # s without a receiver report
FAREWELL = 2.0  # s for the DELETE; a server that is away has forgotten us anyway
PROFILE = "42e01f"  # what LiveKit's answer knows; a decoder goes by the stream itself


class RoomPush:
    """Keeps one participant with one video track in a room. `token` makes a fresh room token for each try, `on_wanted`
    is called when a key frame is wanted: at the beginning and whenever the room asks."""

    def __init__(
        self, livekit_url: str, http: httpx.AsyncClient, token: Callable[[], str], on_wanted: Callable[[], None]
    ) -> None:
        self._url = livekit_url.rstrip("/") + WHIP_PATH
        self._http = http
        self._token = token
        self._on_wanted = on_wanted
        self._track: EncodedTrack | None = None
        self._task: asyncio.Task[None] | None = None
        self.connects = 0
        self.last_error: str | None = None

    @property
    def connected(self) -> bool:
        """Whether frames reach the room now."""
        return self._track is not None

    def start(self) -> None:
        """Begin to push. Returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_pushing(), name="room-push")

    def send(self, packet: av.Packet[Any]) -> bool:
        """Hand on a frame; False where there is no connection to take it."""
        if self._track is None:
            return False
        if not self._track.push(packet):
            self._on_wanted()
        return True

    async def stop(self) -> None:
        """Leave the room. Safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _keep_pushing(self) -> None:
        pause = RETRY_FIRST
        while True:
            connects = self.connects
            try:
                await self._push_once()
            except (httpx.HTTPError, PeerGone, ValueError) as error:
                self.last_error = str(error) or type(error).__name__
            pause = RETRY_FIRST if self.connects > connects else min(pause * 2, RETRY_MOST)
            log.warning("push into the room ended (%s), again in %.1f s", self.last_error, pause)
            await asyncio.sleep(pause)

    async def _push_once(self) -> None:
        """One connection, from the offer until the room is gone. Raises PeerGone, HTTPError or ValueError."""
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        watch = PeerWatch(peer)
        track = EncodedTrack()
        transceiver = peer.addTransceiver(track, direction="sendonly")
        transceiver.setCodecPreferences(_h264(PROFILE))
        on_key_frame_request(transceiver.sender, self._on_wanted)
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/sdp"}
        resource: str | None = None
        try:
            await peer.setLocalDescription(await peer.createOffer())
            reply = await self._http.post(self._url, content=peer.localDescription.sdp, headers=headers)
            reply.raise_for_status()
            if location := reply.headers.get("Location"):
                resource = urljoin(self._url, location)
            await peer.setRemoteDescription(RTCSessionDescription(reply.text, "answer"))
            await watch.connected(CONNECT_WITHIN)
            self.connects += 1
            self._track = track
            self._on_wanted()
            await watch.until_gone(transceiver.sender, SILENT_FOR)
        finally:
            self._track = None
            track.stop()
            await peer.close()
            if resource is not None:
                with contextlib.suppress(httpx.HTTPError):
                    await self._http.delete(resource, headers=headers, timeout=FAREWELL)


def _h264(profile: str) -> list[RTCRtpCodecCapability]:
    codecs = RTCRtpSender.getCapabilities("video").codecs
    return [
        codec
        for codec in codecs
        if codec.mimeType == "video/rtx" or codec.parameters.get("profile-level-id") == profile
    ]
