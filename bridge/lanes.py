"""Work in order within a lane, lanes side by side.

A lane is one device and one kind of work, so a device whose facts wait for Temporal holds up neither its own telemetry
nor another device.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable

Work = Callable[[], Awaitable[None]]


class Lanes:
    """Lanes come with their first work and go with their last. Work handles its own errors: it must not raise."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[Work]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, lane: Hashable, work: Work) -> None:
        """Do `work` after all that was put into the lane before."""
        queue = self._waiting.get(lane)
        if queue is not None:
            queue.append(work)
            return
        self._waiting[lane] = deque([work])
        task = asyncio.create_task(self._drain(lane), name=f"lane {lane}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _drain(self, lane: Hashable) -> None:
        queue = self._waiting[lane]
        try:
            while queue:
                work = queue.popleft()
                await work()
        finally:
            del self._waiting[lane]

    async def idle(self) -> None:
        """Wait until no lane has work."""
        while self._running:
            await asyncio.wait(self._running)

    async def close(self) -> None:
        """Drop what waits and cancel what runs: nothing of it was acknowledged."""
        for queue in self._waiting.values():
            queue.clear()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
