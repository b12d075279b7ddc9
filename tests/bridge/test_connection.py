"""The way round paho and aiomqtt: every message comes as it was sent, once it is acknowledged and not before."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator

import aiomqtt
import pytest
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from bridge.connection import AT_ONCE, connection, show
from bridge.delivery import Delivery
from embedded import parts
from process import mqtt_client
from settings import Settings
from tests.bridge.conftest import on
from tests.waiting import eventually

TOPIC = "thing/product/SN1/events"


@pytest.fixture
async def alone(settings: Settings) -> AsyncIterator[Settings]:
    """A broker where nobody else, and no session that was left behind, takes part in the shared subscription."""
    async with parts.mosquitto() as broker:
        yield on(settings, broker)


@contextlib.asynccontextmanager
async def speaker(settings: Settings) -> AsyncIterator[aiomqtt.Client]:
    async with mqtt_client(settings, protocol=aiomqtt.ProtocolVersion.V5) as client:
        yield client


async def test_messages_of_all_kinds_come_whole_and_in_order(alone: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usual: list[str] = []
    on_message = aiomqtt.Client._on_message

    def counted(self: aiomqtt.Client, client: object, userdata: object, message: object) -> None:
        usual.append(str(message.topic))  # type: ignore[attr-defined]
        on_message(self, client, userdata, message)  # type: ignore[arg-type]

    monkeypatch.setattr(aiomqtt.Client, "_on_message", counted)
    told = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    told.UserProperty = [("by", "a dock that says more")]
    sent = [b"", b"short", bytes(range(256)) * (AT_ONCE // 64), *(f"{number}".encode() for number in range(300))]
    got: list[Delivery] = []
    async with connection(alone, f"test-{uuid.uuid4().hex}", got.append), speaker(alone) as dock:
        for payload in sent:
            await dock.publish(TOPIC, payload, qos=1)
        await dock.publish(TOPIC, b"with properties", qos=1, properties=told)
        await dock.publish(TOPIC, b"at most once", qos=0)

        async def all_there() -> bool:
            return len(got) == len(sent) + 2

        await eventually(all_there)
    assert [delivery.payload for delivery in got] == [*sent, b"with properties", b"at most once"]
    assert {delivery.topic for delivery in got} == {TOPIC}
    assert len(usual) == 1, "what docks send goes straight on, all else the usual way"


async def test_what_was_not_acknowledged_comes_again_and_only_that(alone: Settings) -> None:
    identifier = f"test-{uuid.uuid4().hex}"
    first: list[Delivery] = []
    async with speaker(alone) as dock:
        async with connection(alone, identifier, first.append):
            for number in range(10):
                await dock.publish(TOPIC, f"{number}".encode(), qos=1)

            async def all_there() -> bool:
                return len(first) == 10

            await eventually(all_there)
            for delivery in first[::2]:
                delivery.ack()
            await asyncio.sleep(0.5)  # until they are written
        again: list[Delivery] = []
        async with connection(alone, identifier, again.append):
            await dock.publish(TOPIC, b"new", qos=1)

            async def new_there() -> bool:
                return bool(again) and again[-1].payload == b"new"

            await eventually(new_there)
            for delivery in again:
                delivery.ack()
            await asyncio.sleep(0.5)
    assert [delivery.payload for delivery in again] == [b"1", b"3", b"5", b"7", b"9", b"new"]


async def test_a_picture_is_shown_without_waiting_and_not_where_nothing_is_taken(
    alone: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connection(alone, f"test-{uuid.uuid4().hex}", lambda _: None) as client, speaker(alone) as watcher:
        await watcher.subscribe("argus/live/#")
        assert show(client, "argus/live/o/SN1/dock", b"picture")
        monkeypatch.setattr("bridge.connection.MOST_UNWRITTEN", 3)
        shown = [show(client, "argus/live/o/SN1/dock", f"{number}".encode()) for number in range(6)]
        assert shown == [True, True, True, False, False, False], "written only when the loop goes on"
        async with asyncio.timeout(10):
            seen = [bytes((await anext(watcher.messages)).payload) for _ in range(4)]
    assert seen == [b"picture", b"0", b"1", b"2"]
