"""The live picture: what the bridge publishes on `argus/live/...`, fanned out to whoever watches.

The API subscribes to an organisation's topics only while somebody watches it, and a watcher that reads slowly gets the
newest picture of each part, not a queue of old ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any, Final

import aiomqtt
import orjson
import structlog

from process import mqtt_client
from settings import Settings
from store.access import desk_topic

log = structlog.get_logger()
RECONNECT: Final = 1.0  # seconds; the broker is on the same network


class Watcher:
    """One reader: the newest message per dock and part, in the order in which they became news."""

    def __init__(self, org: str, sns: frozenset[str]) -> None:
        self.org, self.sns = org, sns
        self._news: dict[tuple[str, str], dict[str, Any]] = {}
        self._any = asyncio.Event()
        self.look_again = False

    def look(self) -> None:
        """The desk has changed somebody's access: whoever watches is asked for again."""
        self.look_again = True
        self._any.set()

    def offer(self, message: dict[str, Any]) -> None:
        if not self.sns or message["sn"] in self.sns:
            self._news[(message["sn"], message["part"])] = message
            self._any.set()

    async def next(self) -> list[dict[str, Any]]:
        """All that is new since the last call; waits until there is something."""
        await self._any.wait()
        self._any.clear()
        news, self._news = list(self._news.values()), {}
        return news


class LiveFeed:
    """One MQTT connection, shared by all watchers of this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._watchers: defaultdict[str, set[Watcher]] = defaultdict(set)
        self._latest: dict[str, dict[tuple[str, str], dict[str, Any]]] = {}
        self._client: aiomqtt.Client | None = None

    async def run(self) -> None:
        """Read until cancelled, over as many connections as it takes."""
        while True:
            try:
                async with mqtt_client(self._settings, max_queued_incoming_messages=10_000) as client:
                    self._client = client
                    for org in [org for org, watchers in self._watchers.items() if watchers]:
                        await client.subscribe(_topics(org))
                    async for message in client.messages:
                        self._take(str(message.topic), message.payload)
            except aiomqtt.MqttError as error:
                log.warning("live feed lost its broker", error=str(error))
            finally:
                self._client = None
            await asyncio.sleep(RECONNECT)

    def _take(self, topic: str, payload: Any) -> None:
        org = topic.split("/")[2]
        if topic == desk_topic(org):
            for watcher in self._watchers[org]:
                watcher.look()
            return
        try:
            message = orjson.loads(payload)
            key = (message["sn"], message["part"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return  # not from our bridge: a live picture is replaced in half a second anyway
        self._latest.setdefault(org, {})[key] = message
        for watcher in self._watchers[org]:
            watcher.offer(message)

    async def tell(self, topic: str, payload: bytes = b"{}") -> None:
        """Publish that something changed, for who would else see it a little later; without a broker that is when."""
        if self._client is not None:
            with contextlib.suppress(aiomqtt.MqttError):
                await self._client.publish(topic, payload, qos=0)

    async def show(self, org: str, sn: str, part: str, data: dict[str, Any]) -> None:
        """Publish a part of a dock's picture that changed by a request."""
        message = {"sn": sn, "part": part, "at": time.time_ns() // 1_000_000, "data": data}
        await self.tell(f"argus/live/{org}/{sn}/{part}", orjson.dumps(message))

    @contextlib.asynccontextmanager
    async def watch(self, org: str, sns: frozenset[str]) -> AsyncIterator[Watcher]:
        """A watcher of an organisation's docks, all of them when `sns` is empty. It begins with the latest picture."""
        watcher = Watcher(org, sns)
        first = not self._watchers[org]
        self._watchers[org].add(watcher)
        try:
            if first and self._client is not None:
                with contextlib.suppress(aiomqtt.MqttError):  # the reconnect subscribes
                    await self._client.subscribe(_topics(org))
            for message in list(self._latest.get(org, {}).values()):
                watcher.offer(message)
            yield watcher
        finally:
            self._watchers[org].discard(watcher)
            if not self._watchers[org]:
                self._latest.pop(org, None)
                if self._client is not None:
                    with contextlib.suppress(aiomqtt.MqttError):
                        await self._client.unsubscribe([topic for topic, _ in _topics(org)])


def _topics(org: str) -> list[tuple[str, int]]:
    """What a watcher's connection is made of, each with its QoS."""
    return [(f"argus/live/{org}/#", 0), (desk_topic(org), 0)]
