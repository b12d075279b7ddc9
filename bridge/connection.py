"""One slot's connection to the broker: a persistent session whose messages are acknowledged one by one, by hand.

aiomqtt has no acknowledging by hand, so this module, and no other, reaches for the paho client under it; a test notices
when a new version breaks that. MQTT 5 gives us the receive maximum: the broker stops when that many messages are not
acknowledged, so a bridge that cannot keep them is not drowned in them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import aiomqtt
from paho.mqtt.client import Client as Paho
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
    async with client:
        await client.subscribe([(SHARED + topic, 1) for topic in TOPICS])
        if settings.bridge_slots > 1:
            await client.subscribe([(topic, 0) for topic in PEER_TOPICS])
        metrics.CONNECTED.inc()
        try:
            yield client
        finally:
            metrics.CONNECTED.dec()


def delivery_of(paho: Paho, message: aiomqtt.Message) -> Delivery:
    """The message with its acknowledgement. A lost connection swallows it: the broker sends the message again."""
    mid, qos = message.mid, message.qos

    def ack() -> None:
        if qos and paho.is_connected():
            paho.ack(mid, qos)

    payload = message.payload if isinstance(message.payload, bytes) else b""
    return Delivery(message.topic.value, payload, ack)


async def lost(client: aiomqtt.Client) -> None:
    """Wait until the connection is gone; raises aiomqtt.MqttError then."""
    async for _ in client.messages:  # nothing comes this way: Inbox has handed it on
        pass
