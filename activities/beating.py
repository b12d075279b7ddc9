"""Heartbeats of an activity that waits for something outside, so that a dead worker is noticed and a cancel arrives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from temporalio import activity

BEAT_EVERY: Final = 2.0  # s; the sagas allow five times that


@asynccontextmanager
async def heartbeating() -> AsyncIterator[None]:
    """Beat until the block is left. In a saga's own worker nobody listens: there it does nothing."""
    if activity.info().is_local:
        yield
        return

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(BEAT_EVERY)

    task = asyncio.create_task(beat(), name="heartbeat")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
