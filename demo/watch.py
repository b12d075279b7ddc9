"""What a person would watch: the live picture by WebSocket, and the mission's room by LiveKit's own SDK."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import orjson
import websockets

from demo.routes import Place


class Live:
    """Collects the live picture of all docks of the organisation."""

    def __init__(self, api: str, token: str) -> None:
        self._url = api.replace("http", "ws", 1) + "/v1/live"
        self._token = token
        self.messages: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.latest: dict[tuple[str, str], dict[str, Any]] = {}
        self.tracks: defaultdict[str, list[Place]] = defaultdict(list)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[Live]:
        reading = asyncio.create_task(self._read())
        try:
            yield self
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _read(self) -> None:
        async for socket in websockets.connect(self._url, subprotocols=["bearer", self._token]):  # type: ignore[list-item]
            try:
                async for text in socket:
                    self._take(orjson.loads(text))
            except websockets.ConnectionClosed:
                continue

    def _take(self, message: dict[str, Any]) -> None:
        key = (message["sn"], message["part"])
        self.messages[key] += 1
        self.latest[key] = message["data"]
        position = message["data"].get("latitude"), message["data"].get("longitude")
        if message["part"] == "aircraft" and position[0] and position[1]:
            place = Place(*position)
            if not self.tracks[message["sn"]] or self.tracks[message["sn"]][-1] != place:
                self.tracks[message["sn"]].append(place)
