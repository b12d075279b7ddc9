"""One MQTT connection of a dock, by paho on the asyncio loop.

paho is driven directly and not through aiomqtt, because a thousand docks share one process here: aiomqtt makes a timer,
an event and a write to the loop's wake-up pipe for each message (measured in bench/simulator.py).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

log = logging.getLogger(__name__)

KEEPALIVE = 30  # s
CONNECT_WITHIN = 10.0  # s
UPKEEP_EVERY = (
    5.0  # s between looks at paho's keep-alive and timeouts; brokers wait half as long again as they are told
)


class ConnectionFailed(Exception):
    """The broker could not be reached, or did not let us in."""


class NotAllowed(ConnectionFailed):
    """The broker did not let us in, or not where we wanted."""


class Connection:
    """A connection from `connect` until `lost` is done, or `close` or `abort`. Not used again afterwards."""

    def __init__(
        self,
        url: str,
        *,
        client_id: str,
        username: str | None,
        password: str | None,
        on_message: Callable[[str, bytes], None],
        will: str | None = None,
        keepalive: int = KEEPALIVE,
    ) -> None:
        address = urlsplit(url if "//" in url else f"tcp://{url}")
        self._host = address.hostname or "127.0.0.1"
        self._tls = address.scheme in ("ssl", "mqtts", "tls")
        self._port = address.port or (8883 if self._tls else 1883)
        self._keepalive = keepalive
        self._on_message = on_message
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._granted: dict[int, asyncio.Future[list[ReasonCode]]] = {}
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
        self._client.username_pw_set(username, password)
        if self._tls:
            self._client.tls_set()
        if will is not None:
            self._client.will_set(will, b"", qos=1)
        self._client.on_connect = self._connected
        self._client.on_disconnect = self._disconnected
        self._client.on_subscribe = self._subscribed
        self._client.on_message = self._received
        self._client.on_socket_open = self._socket_open
        self._client.on_socket_close = self._socket_close
        self._client.on_socket_register_write = self._wants_to_write
        self._upkeep: asyncio.TimerHandle | None = None
        self._connecting = False  # in a thread: nothing of the loop may be touched
        self._waits_to_write = False
        self._will_write = False  # soon: what comes until then goes out with it

    async def connect(self) -> None:
        """Connect. Raises ConnectionFailed."""
        self._connecting = True
        try:
            await asyncio.to_thread(self._client.connect, self._host, self._port, self._keepalive)
            self._connecting = False
            self._writable()
            async with asyncio.timeout(CONNECT_WITHIN):
                await self._opened
        except (OSError, TimeoutError) as error:
            self.abort()
            raise ConnectionFailed(str(error) or "the broker said nothing") from error
        except ConnectionFailed:
            self.abort()
            raise
        self._keep_up()

    async def subscribe(self, topics: list[str], qos: int = 1) -> None:
        """Subscribe and wait for the answer. Raises ConnectionFailed when a topic is refused or nothing is answered."""
        result, number = self._client.subscribe([(topic, qos) for topic in topics])
        if result != mqtt.MQTT_ERR_SUCCESS or number is None:
            raise ConnectionFailed("not connected")
        answer: asyncio.Future[list[ReasonCode]] = self._loop.create_future()
        self._granted[number] = answer
        try:
            either: set[asyncio.Future[Any]] = {answer, self.lost}
            await asyncio.wait(either, timeout=CONNECT_WITHIN, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._granted.pop(number, None)
        if not answer.done():
            raise ConnectionFailed(self.lost.result() if self.lost.done() else "no answer to a subscription")
        refused = [topic for topic, code in zip(topics, answer.result(), strict=True) if code.is_failure]
        if refused:
            raise NotAllowed(f"not allowed to subscribe to {', '.join(refused)}")

    def publish(self, topic: str, payload: bytes, qos: int) -> bool:
        """Send; False when there is no connection any more."""
        if self.lost.done():
            return False
        return self._client.publish(topic, payload, qos).rc == mqtt.MQTT_ERR_SUCCESS

    async def close(self) -> None:
        """Take leave of the broker."""
        if not self.lost.done():
            self._client.disconnect()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.lost), 2)
        self.abort()

    def abort(self) -> None:
        """Be gone without a word, as when the power fails: the broker sees a dead socket."""
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._socket = None
        self._gone("aborted")

    def _gone(self, why: str) -> None:
        if self._upkeep is not None:
            self._upkeep.cancel()
            self._upkeep = None
        if not self.lost.done():
            self.lost.set_result(why)

    def _keep_up(self) -> None:
        """paho's keep-alive and timeouts."""
        if self.lost.done():
            return
        self._upkeep = self._loop.call_later(UPKEEP_EVERY, self._keep_up)
        self._client.loop_misc()

    # paho's callbacks. `connect` runs in a thread, so opening the socket is handed to the loop.

    def _socket_open(self, client: mqtt.Client, userdata: Any, opened: Any) -> None:
        self._socket = opened
        self._loop.call_soon_threadsafe(self._loop.add_reader, opened, self._readable)

    def _socket_close(self, client: mqtt.Client, userdata: Any, closed: Any) -> None:
        if self._socket is not None and closed.fileno() >= 0:
            self._loop.remove_reader(closed)
            self._loop.remove_writer(closed)
        self._socket = None

    def _readable(self) -> None:
        try:
            self._client.loop_read(8)
        except (OSError, ValueError) as error:
            self._gone(str(error))

    def _wants_to_write(self, client: mqtt.Client, userdata: Any, opened: Any) -> None:
        if not self._connecting and not self._will_write:
            self._will_write = True
            self._loop.call_soon(self._writable)

    def _writable(self) -> None:
        self._will_write = False
        if self._socket is None:
            return
        try:
            self._client.loop_write()
        except (OSError, ValueError) as error:
            self._gone(str(error))
            return
        if self._socket is None or self._client.want_write() == self._waits_to_write:
            return
        self._waits_to_write = not self._waits_to_write
        if self._waits_to_write:
            self._loop.add_writer(self._socket, self._writable)
        else:
            self._loop.remove_writer(self._socket)

    def _connected(
        self, client: mqtt.Client, userdata: Any, flags: Any, code: ReasonCode, properties: Properties | None
    ) -> None:
        if self._opened.done():
            return
        if code.is_failure:
            self._opened.set_exception(NotAllowed(f"the broker refused: {code}"))
        else:
            self._opened.set_result(None)

    def _disconnected(
        self, client: mqtt.Client, userdata: Any, flags: Any, code: ReasonCode, properties: Properties | None
    ) -> None:
        self._gone(str(code))

    def _subscribed(
        self, client: mqtt.Client, userdata: Any, number: int, codes: list[ReasonCode], properties: Properties | None
    ) -> None:
        answer = self._granted.get(number)
        if answer is not None and not answer.done():
            answer.set_result(codes)

    def _received(self, client: mqtt.Client, userdata: Any, message: mqtt.MQTTMessage) -> None:
        self._on_message(message.topic, bytes(message.payload))
