"""What goes to an operator: in order, but of pictures only the newest, so that a slow reader sees the present."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import orjson

MOST: Final = 200
"""Messages that wait: more than that, and nobody reads."""

Json = dict[str, Any]


class Closed(Exception):
    """Nothing more comes; `code` and `reason` are for the WebSocket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Outbox:
    def __init__(self) -> None:
        self._waiting: dict[object, Json] = {}
        self._end: Closed | None = None
        self._news = asyncio.Event()

    def say(self, message: Json) -> None:
        """Something that must arrive."""
        if len(self._waiting) >= MOST:
            self.close(1013, "You do not read what you are sent.")
        self._put(object(), message)

    def show(self, key: str, message: Json) -> None:
        """Something that replaces what was said under this key, if that has not gone yet."""
        self._put(key, message)

    def _put(self, key: object, message: Json) -> None:
        if self._end is None:
            self._waiting[key] = message
            self._news.set()

    def close(self, code: int, reason: str) -> None:
        """What was said before still goes."""
        self._end = self._end or Closed(code, reason)
        self._news.set()

    async def next(self) -> str:
        """The next message as text. Raises Closed when there will be no more."""
        while not self._waiting:
            if self._end is not None:
                raise self._end
            self._news.clear()
            await self._news.wait()
        key = next(iter(self._waiting))
        return orjson.dumps(self._waiting.pop(key), default=str).decode()
