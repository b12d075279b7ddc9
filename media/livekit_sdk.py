"""LiveKit's SDK, in a process that speaks in many rooms.

Measured with 20 rooms, 4 packets a second each, on livekit 1.2.1: 60 % of a core as it is, 38 % without its log, 25 %
when each room hears of itself alone too; 20 rooms in which nothing is said: 35 % and 6 %.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
from typing import Any

from livekit import rtc
from livekit.rtc import _ffi_client
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto import ffi_pb2 as proto_ffi

_leaving: set[asyncio.Task[None]] = set()  # asyncio itself holds tasks by weak references alone


def _keep_log_out() -> None:
    """The library hands each line of its log, down to libwebrtc's finest, to Python, where nearly all are thrown away.
    So it writes its errors to stderr itself. To be called before the first room is made.
    """
    library: Any = _ffi_client.get_ffi_lib()
    initialize = library.livekit_ffi_initialize
    initialize.argtypes = [_ffi_client.ffi_cb_fnc, ctypes.c_bool, ctypes.c_char_p, ctypes.c_char_p]

    def without_log(callback: Any, _capture_logs: bool, *sdk: bytes) -> None:
        initialize(callback, False, *sdk)

    library.livekit_ffi_initialize = without_log
    _ffi_client.get_ffi_lib = lambda: library


_keep_log_out()


async def join(room: rtc.Room, url: str, token: str, options: rtc.RoomOptions | None = None) -> None:
    """Connect `room`. Who is cancelled meanwhile waits until it is left again; cancelled once more, it is left later.

    The SDK ends the whole process (SIGTERM) 15 s after a connect that was cancelled came about all the same:
    https://github.com/livekit/python-sdks/issues/784. Raises rtc.ConnectError where the server refuses or is away.
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


def hear_only(room: rtc.Room) -> None:
    """From here on `room` is told of its own events alone, not of all that happen in the process. For rooms in which
    only data is published: a track needs others.
    """
    assert room._ffi_handle is not None, "hear_only is for a room that has been joined"
    handle, own = room._ffi_handle.handle, room._ffi_queue

    def is_own(event: proto_ffi.FfiEvent) -> bool:
        return event.WhichOneof("message") == "room_event" and bool(event.room_event.room_handle == handle)

    events = FfiClient.instance.queue
    with events._lock:
        events._subscribers = [
            (queue, loop, is_own if queue is own else wanted) for queue, loop, wanted in events._subscribers
        ]
