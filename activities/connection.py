"""One MQTT connection of a process that only sends. It reconnects; a message counts once the broker has it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
import uuid
from types import TracebackType
from typing import Final, Self

from aiomqtt import Client, MqttError

from settings import Settings

log = logging.getLogger(__name__)

RECONNECT_PAUSE: Final = 0.5  # s; a broker that restarts is back within a few
PUBACK_WITHIN: Final = 5.0  # s; a broker that takes longer is as good as gone
INFLIGHT: Final = 200  # more than a worker has activities at a time


def client_of(settings: Settings, username: str, password: str, name: str) -> Client:
    """A client for the configured broker; `name` begins its client id, so that the broker's log tells who it is."""
    client = Client(
        settings.mqtt_host,
        settings.mqtt_port,
        username=username,
        password=password,
        identifier=f"argus-{name}-{uuid.uuid4().hex[:12]}",
        tls_context=ssl.create_default_context() if settings.mqtt_tls else None,
        timeout=PUBACK_WITHIN,
        keepalive=10,
        max_inflight_messages=INFLIGHT,
    )
    client.pending_calls_threshold = INFLIGHT  # commands to many docks at once are no news
    return client


class MqttConnection:
    """An async context manager; `publish` may be called from any number of tasks."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings = settings
        self._name = name
        self._client: Client | None = None
        self._connected = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def connected(self) -> bool:
        return self._connected.is_set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._stay_connected(), name="mqtt-connection")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def publish(self, topic: str, payload: bytes, qos: int = 1) -> None:
        """Send one message; with QoS 1 this returns once the broker has acknowledged it.

        Raises MqttError when it did not, or there is no connection for `PUBACK_WITHIN` seconds.
        """
        try:
            async with asyncio.timeout(PUBACK_WITHIN):
                await self._connected.wait()
        except TimeoutError:
            raise MqttError(
                f"no connection to the broker {self._settings.mqtt_host}:{self._settings.mqtt_port}"
            ) from None
        assert self._client is not None, "connected"
        await self._client.publish(topic, payload, qos)

    async def _stay_connected(self) -> None:
        while True:
            settings = self._settings
            password = settings.mqtt_password.get_secret_value()
            try:
                async with client_of(settings, settings.mqtt_username, password, self._name) as client:
                    self._client = client
                    self._connected.set()
                    # Nothing is subscribed to: this waits for the end of the connection
                    async for _ in client.messages:
                        pass
            except MqttError as error:
                log.warning("broker: %s; trying again", error)
            finally:
                self._connected.clear()
                self._client = None
            await asyncio.sleep(RECONNECT_PAUSE)
