"""The process's connection to the broker: what docks say by exact topic, and what they are told, without waiting."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import uuid
from collections.abc import Callable, Iterable
from typing import Final

import aiomqtt

from settings import Settings

log = logging.getLogger(__name__)

RECONNECT_PAUSE: Final = 0.3  # s
# Sticks are a hundred bytes: they must not wait for more.
NO_DELAY: Final = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)

Receive = Callable[[str, bytes], None]


class Wire:
    """`run` keeps it connected; a lost connection takes every subscription up again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: aiomqtt.Client | None = None
        self._receivers: dict[str, tuple[Receive, int]] = {}

    @property
    def connected(self) -> bool:
        return self._client is not None

    async def run(self) -> None:
        said = ""
        while True:
            try:
                async with self._make() as client:
                    await self._subscribe(client, self._receivers)
                    self._client, said = client, ""
                    async for _ in client.messages:  # nothing comes this way: `Inbox` has handed it on
                        pass
            except aiomqtt.MqttError as error:
                if str(error) != said:  # once, not three times a second
                    said = str(error)
                    log.warning("broker: %s; trying again", error)
            finally:
                self._client = None
            await asyncio.sleep(RECONNECT_PAUSE)

    def _hand_on(self, message: aiomqtt.Message) -> None:
        topic, payload = message.topic.value, message.payload
        found = self._receivers.get(topic)
        if found is None or not isinstance(payload, bytes):
            return
        try:
            found[0](topic, payload)
        except Exception:
            log.exception("a message on %s could not be taken", topic)

    def _make(self) -> aiomqtt.Client:
        given, hand_on = self._settings, self._hand_on

        class Inbox(asyncio.Queue[aiomqtt.Message]):
            """Hands each message on at once: no task and no wakeup per message, and nothing piles up here."""

            def put_nowait(self, item: aiomqtt.Message) -> None:
                hand_on(item)

        client = aiomqtt.Client(
            given.mqtt_host,
            given.mqtt_port,
            username=given.mqtt_username,
            password=given.mqtt_password.get_secret_value(),
            identifier=f"argus-drc-{uuid.uuid4().hex[:12]}",
            tls_context=ssl.create_default_context() if given.mqtt_tls else None,
            socket_options=NO_DELAY,
            keepalive=10,
            timeout=5,
            queue_type=Inbox,
        )
        client.pending_calls_threshold = 1_000  # commands to many docks at once are no news
        return client

    async def _subscribe(self, client: aiomqtt.Client, topics: Iterable[str]) -> None:
        wanted = [(topic, self._receivers[topic][1]) for topic in topics]
        if wanted:
            await client.subscribe(wanted)

    async def follow(self, topics: dict[str, int], receive: Receive) -> None:
        """Have `receive` called for what comes on these topics (each with its QoS); until `leave`."""
        self._receivers |= {topic: (receive, qos) for topic, qos in topics.items()}
        if self._client is not None:
            with contextlib.suppress(aiomqtt.MqttError):  # the next connection subscribes
                await self._subscribe(self._client, topics)

    async def leave(self, topics: Iterable[str]) -> None:
        known = [topic for topic in topics if self._receivers.pop(topic, None) is not None]
        if self._client is not None and known:
            with contextlib.suppress(aiomqtt.MqttError):
                await self._client.unsubscribe(known)

    async def publish(self, topic: str, payload: bytes, qos: int = 0) -> None:
        """Send. Raises aiomqtt.MqttError, also where there is no connection: nothing is kept for later."""
        if self._client is None:
            raise aiomqtt.MqttError("no connection to the broker")
        await self._client.publish(topic, payload, qos)
