"""One slot's connection to the broker: a persistent session whose messages are acknowledged one by one, by hand.

aiomqtt has no acknowledging by hand, so this module, and no other, reaches for the paho client under it; it also
goes round what both do for each message that the bridge has no use for, a third of what a message cost. Tests notice
when a new version breaks that. MQTT 5 gives us the receive maximum: the broker stops when that many messages are not
acknowledged, so a bridge that cannot keep them is not drowned in them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiomqtt
from paho.mqtt.client import Client as Paho
from paho.mqtt.enums import MQTTErrorCode
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bridge import metrics
from bridge.delivery import Delivery
from process import mqtt_client
from settings import Settings

RECEIVE_MAXIMUM = 8_192
"""Messages in hand at most: 16 MB or so. They pile up only while Temporal or the store is away."""

SESSION_EXPIRY = 86_400
"""Seconds for which the broker keeps what a bridge that is away has not heard: a day, to repair it."""

KEEPALIVE = 15
"""Seconds. A bridge whose machine vanished is noticed by the broker after one and a half of these."""

AT_ONCE = 16_384
"""Bytes that are read in one go: some twenty messages, so that other work waits for few milliseconds."""

MOST_UNWRITTEN = 1_000
"""Packets that may wait for the broker to take them before pictures are left out."""

# The group is spelled out in the filter, so every slot is a member of the same one.
SHARED = "$share/bridge/"
TOPICS = (
    *(
        f"thing/product/+/{kind}"
        for kind in ("osd", "state", "events", "requests", "services_reply", "property/set_reply", "status")
    ),
    "sys/product/+/status",
)

# With several slots, what one hears of a dock the others must know. These are for every slot, so they are not shared.
PEER_TOPICS = ("argus/bridge/seen", "argus/live/+/+/presence")

Receive = Callable[[Delivery], None]


def client_id(slot: int) -> str:
    """The client id whose session holds what slot `slot` has not acknowledged."""
    return f"argus-bridge-{slot}"


@contextlib.asynccontextmanager
async def connection(settings: Settings, identifier: str, receive: Receive) -> AsyncIterator[aiomqtt.Client]:
    """Connect, take up the session and subscribe. `receive` is called for each message as it is read.

    Raises aiomqtt.MqttError when there is no connection, from inside when it is lost.
    """

    class Inbox(asyncio.Queue[aiomqtt.Message]):
        """Hands each message on at once: no task and no wakeup per message."""

        def put_nowait(self, item: aiomqtt.Message) -> None:
            receive(delivery_of(paho, item))

    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.ReceiveMaximum = RECEIVE_MAXIMUM
    properties.SessionExpiryInterval = SESSION_EXPIRY
    client = mqtt_client(
        settings,
        identifier=identifier,
        protocol=aiomqtt.ProtocolVersion.V5,
        clean_start=False,
        properties=properties,
        keepalive=KEEPALIVE,
        max_inflight_messages=1_000,
        queue_type=Inbox,
    )
    client.pending_calls_threshold = 1_000
    paho: Paho = client._client
    paho.manual_ack_set(True)
    _read_much_at_once(paho)
    _take_plain_messages(paho, receive)
    async with client:
        _write_in_this_turn(paho)
        await client.subscribe([(SHARED + topic, 1) for topic in TOPICS])
        if settings.bridge_slots > 1:
            await client.subscribe([(topic, 0) for topic in PEER_TOPICS])
        metrics.CONNECTED.inc()
        try:
            yield client
        finally:
            metrics.CONNECTED.dec()


def delivery_of(paho: Paho, message: aiomqtt.Message) -> Delivery:
    """The message with its acknowledgement."""
    payload = message.payload if isinstance(message.payload, bytes) else b""
    return Delivery(message.topic.value, payload, _ack(paho, message.mid, message.qos))


def _ack(paho: Paho, mid: int, qos: int) -> Callable[[], None]:
    """How to acknowledge. A lost connection swallows it: the broker sends the message again."""

    def ack() -> None:
        if qos and paho.is_connected():
            paho.ack(mid, qos)

    return ack


def _take_plain_messages(paho: Paho, receive: Receive) -> None:
    """Hand messages without properties, as docks send them, straight on; all others go the usual way."""
    usual = paho._handle_publish

    def handle_publish() -> MQTTErrorCode:
        # MQTT 5, 3.3: length of the topic, topic, packet identifier above QoS 0, length of the properties, payload
        packet, qos = paho._in_packet["packet"], paho._in_packet["command"] >> 1 & 3
        try:
            end = 2 + int.from_bytes(packet[:2], "big")
            start = end + 3 if qos else end + 1
            plain = qos < 2 and packet[start - 1] == 0
            topic = packet[2:end].decode()
        except (IndexError, UnicodeDecodeError):
            plain = False
        if not plain:
            return usual()
        mid = int.from_bytes(packet[end : start - 1], "big")
        receive(Delivery(topic, bytes(packet[start:]), _ack(paho, mid, qos)))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    paho._handle_publish = handle_publish  # type: ignore[method-assign]


class Reading:
    """A socket that is read in one go where paho reads a message in four. aiomqtt reads on while some is `pending`."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._came = b""
        self._at = 0

    def recv(self, most: int) -> bytes:
        if self._at == len(self._came):
            self._came, self._at = self._socket.recv(AT_ONCE), 0
        taken = self._came[self._at : self._at + most]
        self._at += len(taken)
        return taken

    def pending(self) -> int:
        inside = getattr(self._socket, "pending", None)  # of TLS
        return len(self._came) - self._at + (inside() if inside is not None else 0)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)


def _read_much_at_once(paho: Paho) -> None:
    usual = paho._create_socket
    paho._create_socket = lambda: Reading(usual())  # type: ignore[method-assign]


def _write_in_this_turn(paho: Paho) -> None:
    """Write what a turn of the loop had to say when it ends. aiomqtt waits for the socket to say that it can be written
    to, each time anew; so is what it does not take.
    """
    loop = asyncio.get_running_loop()
    wait_for_socket = paho.on_socket_register_write
    assert wait_for_socket is not None, "aiomqtt has set it"

    def write() -> None:
        with contextlib.suppress(Exception):  # tried again below, by what ends the connection where it fails
            paho.loop_write()
        sock = paho.socket()
        if sock is not None and paho.want_write():
            wait_for_socket(paho, None, sock)

    def register(client: Paho, userdata: Any, sock: Any) -> None:
        loop.call_soon(write)

    paho.on_socket_register_write = register


def show(client: aiomqtt.Client, topic: str, payload: bytes) -> bool:
    """Publish at QoS 0, and do not wait until it is written. False where it cannot be, or too much waits already."""
    paho: Paho = client._client
    if len(paho._out_packet) > MOST_UNWRITTEN:
        return False
    return paho.publish(topic, payload, 0).rc is MQTTErrorCode.MQTT_ERR_SUCCESS


async def lost(client: aiomqtt.Client) -> None:
    """Wait until the connection is gone; raises aiomqtt.MqttError then."""
    async for _ in client.messages:  # nothing comes this way: Inbox has handed it on
        pass
