"""What media itself tells on the bridge's live feed: `argus/live/{org}/{sn}/{part}`, at QoS 0, the newest of each."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import AbstractAsyncContextManager
from typing import Any, Final, Protocol

import aiomqtt
import orjson

log = logging.getLogger(__name__)

BROKER_RETRY: Final = 1.0  # s


class Feed(Protocol):
    """Makes connections to the broker, as `aiomqtt.Client` objects."""

    def __call__(self) -> AbstractAsyncContextManager[aiomqtt.Client]: ...


class Tell(Protocol):
    """Says something of a dock to whoever watches it."""

    def __call__(self, org: str, sn: str, part: str, data: dict[str, Any]) -> None: ...


class Outlet:
    """Calls are at once; `run` sends, until cancelled. What a broker that is away was not told is replaced by news."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._news: dict[str, bytes] = {}
        self._any = asyncio.Event()

    def tell(self, org: str, sn: str, part: str, data: dict[str, Any]) -> None:
        message = {"sn": sn, "part": part, "at": time.time_ns() // 1_000_000, "data": data}
        self._news[f"argus/live/{org}/{sn}/{part}"] = orjson.dumps(message)
        self._any.set()

    async def run(self) -> None:
        while True:
            try:
                async with self._feed() as client:
                    while True:
                        await self._any.wait()
                        self._any.clear()
                        while self._news:
                            topic = next(iter(self._news))
                            await client.publish(topic, self._news.pop(topic), qos=0)
            except aiomqtt.MqttError as error:
                log.warning("live feed: nothing can be told, broker away (%s)", error)
                await asyncio.sleep(BROKER_RETRY)
