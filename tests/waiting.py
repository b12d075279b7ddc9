"""Waiting for what parts do in their own time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

FIRST: Final = 0.02  # s between the first two looks
MOST: Final = 0.1  # s between two looks
SLOWER: Final = 1.2  # each pause, of the one before it


async def eventually(check: Callable[[], Awaitable[Any]], within: float = 30) -> Any:
    """What `check` gives once it is true; fails when it is not within so many seconds.

    It is asked less and less often: thirty times a second until an aircraft has landed took a fifth of a test's CPU.
    """
    until, pause = time.monotonic() + within, FIRST
    while True:
        found = await check()
        if found or time.monotonic() > until:
            assert found, f"not within {within} s: {found!r}"
            return found
        await asyncio.sleep(pause)
        pause = min(pause * SLOWER, MOST)
