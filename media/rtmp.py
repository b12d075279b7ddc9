"""RTMP for docks that cannot WHIP: `rtmp://host:port/live/KEY`, by the same keys into the same ingresses.

Nothing can be asked of the publisher here: a viewer's wish for a key frame is met by the next one that comes by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from fractions import Fraction
from typing import Any, Final

import av

from media.flv import NotH264, VideoTags
from media.ingress import LiveIngress
from media.passthrough import VIDEO_TIME_BASE, OnFrame
from media.registry import Registry, UnknownKey
from media.rtmp_library import (
    AudioMessage,
    NCConnect,
    NSCloseStream,
    NSDeleteStream,
    NSPublish,
    RTMPProtocol,
    SessionManager,
    SimpleRTMPController,
    StreamClosedException,
    VideoMessage,
)

log = logging.getLogger(__name__)

APP: Final = "live"
PUBLISH_WITHIN: Final = 10.0  # s from the connection to a key that opens something
CONNECTIONS_MOST: Final = 500
MILLISECOND: Final = Fraction(1, 1000) / VIDEO_TIME_BASE


class RtmpPeer:
    """One dock's push by RTMP, as an ingress sees it."""

    def __init__(self, writer: StreamWriter, on_frame: OnFrame, on_gone: Callable[[], None]) -> None:
        self._writer = writer
        self._on_frame = on_frame
        self._on_gone = on_gone
        self._tags = VideoTags()

    def video(self, tag: bytes, at: int) -> None:
        """A video tag, `at` in milliseconds. Raises NotH264."""
        unit = self._tags.access_unit(tag)
        if unit is not None:
            packet: av.Packet[Any] = av.Packet(unit)
            packet.pts, packet.time_base = round(at * MILLISECOND), VIDEO_TIME_BASE
            self._on_frame(packet)

    def gone(self) -> None:
        """The connection has ended."""
        self._on_gone()

    def request_key_frame(self) -> None:
        """RTMP has no way to ask."""

    async def close(self) -> None:
        """End the connection. `on_gone` is not called any more."""
        self._on_gone = _nobody
        self._writer.close()


class Controller(SimpleRTMPController):  # type: ignore[misc]
    """What becomes of the messages of a connection. One serves them all; each keeps its own in `session.state`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._open: set[StreamWriter] = set()
        self._waiting: set[StreamWriter] = set()

    async def client_callback(self, reader: StreamReader, writer: StreamWriter) -> None:
        if len(self._open) >= CONNECTIONS_MOST:
            writer.close()
            return
        self._open.add(writer)
        self._waiting.add(writer)
        timer = asyncio.get_running_loop().call_later(PUBLISH_WITHIN, self._too_late, writer)
        try:
            with contextlib.suppress(ConnectionError):
                await super().client_callback(reader, writer)
        finally:
            timer.cancel()
            self._open.discard(writer)
            self._waiting.discard(writer)
            writer.close()

    def close(self) -> None:
        """End all connections."""
        for writer in list(self._open):
            writer.close()

    def _too_late(self, writer: StreamWriter) -> None:
        if writer in self._waiting:
            writer.close()

    async def on_nc_connect(self, session: SessionManager, message: NCConnect) -> None:
        session.state["app"] = str(message.command_object.get("app", "")).strip("/")
        await super().on_nc_connect(session, message)

    async def on_ns_publish(self, session: SessionManager, message: NSPublish) -> None:
        key = str(message.publishing_name or "").partition("?")[0]
        if session.state.get("app") != APP or not key or "peer" in session.state:
            self._refuse(session, f"the address must be rtmp://host:port/{APP}/KEY, once a connection")
            return
        made: list[RtmpPeer] = []

        def make(on_frame: OnFrame, on_gone: Callable[[], None]) -> RtmpPeer:
            made.append(RtmpPeer(session.writer, on_frame, on_gone))
            return made[0]

        try:
            ingress: LiveIngress = await self._registry.publish(key, make)
        except UnknownKey:
            self._refuse(session, "the stream key is not known, or its stream has ended")
            return
        except Exception as error:  # the store is away: the dock comes again
            self._refuse(session, f"its key could not be looked up: {error}")
            return
        session.state["peer"] = made[0]
        self._waiting.discard(session.writer)
        log.info("%s pushes to %s by RTMP", ingress.spec.sn, ingress.spec.id)
        await super().on_ns_publish(session, message)

    async def on_video_message(self, session: SessionManager, message: VideoMessage) -> None:
        peer: RtmpPeer | None = session.state.get("peer")
        if peer is None:
            self._refuse(session, "video before a stream was published")
            return
        try:
            peer.video(message.payload, message.timestamp)
        except NotH264 as error:
            self._refuse(session, str(error))

    async def on_audio_message(self, session: SessionManager, message: AudioMessage) -> None:
        """Docks send none worth hearing."""

    async def on_ns_close_stream(self, session: SessionManager, message: NSCloseStream) -> None:
        session.writer.close()

    async def on_ns_delete_stream(self, session: SessionManager, message: NSDeleteStream) -> None:
        session.writer.close()

    async def on_unknown_message(self, session: SessionManager, message: Any) -> None:
        """releaseStream, FCPublish and the like: nobody waits for their answer."""

    async def on_stream_closed(self, session: SessionManager, exception: StreamClosedException) -> None:
        """See `cleanup`."""

    async def cleanup(self, session: SessionManager) -> None:
        peer: RtmpPeer | None = session.state.get("peer")
        if peer is not None:
            peer.gone()

    def _refuse(self, session: SessionManager, why: str) -> None:
        log.warning("a push by RTMP is refused: %s", why)
        session.writer.close()


@contextlib.asynccontextmanager
async def listening(registry: Registry, host: str, port: int) -> AsyncIterator[None]:
    """Take pushes at `host`:`port` until the end. Raises OSError for a port that is taken."""
    controller = Controller(registry)
    server = await asyncio.get_running_loop().create_server(lambda: RTMPProtocol(controller), host, port)
    try:
        yield
    finally:
        server.close()
        controller.close()
        await server.wait_closed()


def _nobody() -> None:
    return
