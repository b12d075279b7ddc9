"""Joining a LiveKit room in a way that may be cancelled.

`rtc.Room.connect` says in its last line that it is ready for the room's events; where it was cancelled before, and came
about all the same, the SDK ends the whole process 15 s later: https://github.com/livekit/python-sdks/issues/784.
"""

from __future__ import annotations

import asyncio
import contextlib

from livekit import rtc

_leaving: set[asyncio.Task[None]] = set()  # asyncio itself holds tasks by weak references alone


async def join(room: rtc.Room, url: str, token: str, options: rtc.RoomOptions | None = None) -> None:
    """Connect `room`. Who is cancelled meanwhile waits until it is left again; cancelled once more, it is left later.

    Raises rtc.ConnectError where the server refuses or is away.
    """
    connecting = asyncio.ensure_future(room.connect(url, token, options or rtc.RoomOptions()))
    try:
        await asyncio.shield(connecting)
    except asyncio.CancelledError:
        leaving = asyncio.ensure_future(_leave(room, connecting))
        _leaving.add(leaving)
        leaving.add_done_callback(_leaving.discard)
        await asyncio.shield(leaving)
        raise


async def _leave(room: rtc.Room, connecting: asyncio.Future[None]) -> None:
    with contextlib.suppress(rtc.ConnectError):
        await connecting
        await room.disconnect()
