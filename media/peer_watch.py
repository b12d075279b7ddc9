"""How the end of a WebRTC connection is noticed: by its state, or by silence where nobody is left to say goodbye."""

from __future__ import annotations

import asyncio
import contextlib
import time

from aiortc import RTCPeerConnection, RTCRtpSender

ENDED = ("failed", "closed", "disconnected")
LOOK_EVERY = 0.5  # s


class PeerGone(Exception):
    """The other end has closed, failed, or fallen silent."""


class PeerWatch:
    """Follows one connection's state from its making on."""

    def __init__(self, peer: RTCPeerConnection) -> None:
        self._peer = peer
        self._connected = asyncio.Event()
        self._settled = asyncio.Event()
        self.gone = asyncio.Event()
        peer.on("connectionstatechange", self._changed)

    def _changed(self) -> None:
        if self._peer.connectionState == "connected":
            self._connected.set()
            self._settled.set()
        elif self._peer.connectionState in ENDED:
            self.gone.set()
            self._settled.set()

    async def connected(self, timeout: float) -> None:
        """Wait for ICE and DTLS. Raises PeerGone when they fail or take longer than `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                await self._settled.wait()
        except TimeoutError as error:
            raise PeerGone(f"no connection within {timeout:.0f} s") from error
        if self.gone.is_set():
            raise PeerGone("ICE or DTLS failed")

    async def until_gone(self, sender: RTCRtpSender, silent_for: float) -> None:
        """Wait for the end, and raise it. Receiver reports come about every second: none for `silent_for` seconds means
        a far end that was killed (ICE's own consent checks take 30 s to notice)."""
        began = time.time()
        while not self.gone.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self.gone.wait()
            heard = [
                report.timestamp.timestamp()
                for report in (await sender.getStats()).values()
                if report.type == "remote-inbound-rtp"
            ]
            if time.time() - max([began, *heard]) > silent_for:
                raise PeerGone(f"silent for {silent_for:.0f} s")
        raise PeerGone("closed by the other end")
