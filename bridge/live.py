"""The live picture: `argus/live/{org}/{sn}/{part}`, the newest of each part, at most twice a second for each dock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Literal, Protocol

import orjson

from bridge import metrics
from bridge.projection import Clock

Part = Literal["dock", "aircraft", "flight", "presence", "alert", "alerts", "custom"]
Picture = Callable[[], dict[str, Any]]

INTERVAL = 0.5
"""Seconds between two pictures of the same part."""


class Publisher(Protocol):
    """Whoever can publish: the connection of a slot."""

    async def publish(self, topic: str, payload: bytes, qos: int) -> None:
        """Raises aiomqtt.MqttError when it cannot."""


class Screen(Protocol):
    """Whoever can show a picture."""

    def show(self, topic: str, payload: bytes) -> bool:
        """Publish at QoS 0 without waiting for it; False where it cannot be done now."""


class Live:
    """Publishes pictures at QoS 0, unkept: what is lost is replaced in a moment."""

    def __init__(self, screen: Screen, clock: Clock) -> None:
        self._screen = screen
        self._clock = clock
        self._due: dict[tuple[str, str, Part], Picture] = {}
        self._last: dict[tuple[str, str, Part], float] = {}

    def changed(self, org_id: str, sn: str, part: Part, picture: Picture) -> None:
        """There is something new to see; `picture` is called when it is its turn."""
        self._due[org_id, sn, part] = picture

    async def run(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL / 5)
            self.tick()

    def tick(self) -> None:
        """Publish what is due."""
        at = self._clock()
        for key in [key for key in self._due if at - self._last.get(key, float("-inf")) >= INTERVAL]:
            org_id, sn, part = key
            picture = self._due.pop(key)
            self._last[key] = at
            message = {"sn": sn, "part": part, "at": int(time.time() * 1000), "data": picture()}
            payload = orjson.dumps(message, default=str)
            if self._screen.show(f"argus/live/{org_id}/{sn}/{part}", payload):
                metrics.LIVE.labels(part).inc()
