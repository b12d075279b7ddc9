"""Processes for the video benchmarks: an ingress under test, and docks that push."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator

from embedded.parts import LivekitServer, MosquittoBroker


@contextlib.asynccontextmanager
async def child(*arguments: str) -> AsyncIterator[tuple[int, str]]:
    """A Python module as a process; its id and the first line it writes. Ended with the block."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", *arguments, stdout=asyncio.subprocess.PIPE)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            line = (await process.stdout.readline()).decode().strip()
        if not line:
            raise RuntimeError(f"{arguments[0]} did not begin")
        yield process.pid, line
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def ingress(
    kind: str, livekit: LivekitServer, room: str, broker: MosquittoBroker | None = None
) -> contextlib.AbstractAsyncContextManager[tuple[int, str]]:
    """The ingress `kind` (ours or relay) as a process; its id and address. Ours tells detections to `broker`."""
    told = ("--broker", broker.host, str(broker.port), broker.username, broker.password) if broker is not None else ()
    return child("bench._whip_server", kind, livekit.url, livekit.api_key, livekit.api_secret, room, *told)


def docks(url: str, count: int, boxes: int = 0) -> contextlib.AbstractAsyncContextManager[tuple[int, str]]:
    """`count` docks that push 720p30 of 4 Mbit/s to the ingress at `url`, as one process; its bit rate is the line.

    Each picture carries `boxes` of the aircraft's AI.
    """
    return child("bench._whip_docks", url, str(count), str(boxes))
