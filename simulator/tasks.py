"""The end of tasks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

AGAIN_AFTER = 1.0  # s


async def ended(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel tasks until they have ended; what they raised is dropped.

    Once is not always enough: `asyncio.wait_for` of Python 3.11 swallows a cancellation that comes in the very moment
    in which what it waits for is done, and a loop around it would go on for ever.
    """
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=AGAIN_AFTER)
        for task in done:
            if not task.cancelled():
                task.exception()
