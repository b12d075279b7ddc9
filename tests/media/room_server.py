"""A LiveKit server of a test's own, which can be killed and started again where it was, with the same keys."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from embedded import livekit, ports
from embedded.child import Child
from embedded.parts import HOST, LivekitServer, running
from embedded.tools import required

KEY, SECRET = "test-key", "test-secret-of-at-least-thirty-two-characters"


class RoomServer:
    """One address over any number of lives."""

    def __init__(self, directory: Path) -> None:
        port, tcp_port, udp_port = ports.free(3)
        self._directory = directory
        self._port = port
        self._part = livekit.part(
            required("livekit-server"),
            directory,
            host=HOST,
            port=port,
            tcp_port=tcp_port,
            udp_port=udp_port,
            api_key=KEY,
            api_secret=SECRET,
        )
        self._stack = contextlib.AsyncExitStack()
        self._child: Child | None = None

    async def start(self) -> LivekitServer:
        self._child = await self._stack.enter_async_context(running(self._part, self._directory))
        return LivekitServer(self._child, f"ws://{HOST}:{self._port}", f"http://{HOST}:{self._port}", KEY, SECRET)

    async def kill(self) -> None:
        """End it as a crash does, and wait until it is gone."""
        assert self._child is not None
        self._child.kill()
        await self._child.wait()

    async def close(self) -> None:
        await self._stack.aclose()


@contextlib.asynccontextmanager
async def room_server(directory: Path) -> AsyncIterator[RoomServer]:
    server = RoomServer(directory)
    try:
        yield server
    finally:
        await server.close()
