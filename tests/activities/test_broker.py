"""What the account of a QR code may do at a real broker, before and after its dock is bound."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiomqtt
import pytest

from activities.broker import BrokerError
from activities.mosquitto import MosquittoAccounts
from embedded.parts import MosquittoBroker
from tests.activities.conftest import settings_for


@dataclass
class World:
    """A broker with accounts, and one account of our own processes that sees and says everything."""

    broker: MosquittoBroker
    accounts: MosquittoAccounts
    system: aiomqtt.Client

    def dock(self, account: str) -> aiomqtt.Client:
        return aiomqtt.Client(self.broker.host, self.broker.port, username=account, password="secret", timeout=5)

    async def hears(self, client: aiomqtt.Client, topic: str, of_system: bool = True) -> bool:
        """True if `client` gets what is sent to `topic`; a second message that it does get marks the end."""
        marker = uuid.uuid4().bytes
        await self.system.publish(topic, marker, qos=1)
        end = uuid.uuid4().bytes
        await self.system.publish(END, end, qos=1)
        heard = False
        async with asyncio.timeout(5):
            async for message in client.messages:
                heard = heard or message.payload == marker
                if message.payload == end:
                    return heard
        raise AssertionError("unreachable")


END = "thing/product/end-of-test/requests_reply"


@pytest.fixture
async def world(mosquitto: MosquittoBroker) -> AsyncIterator[World]:
    settings = settings_for(
        mqtt_host=mosquitto.host,
        mqtt_port=mosquitto.port,
        mqtt_admin_username=mosquitto.admin_username,
        mqtt_admin_password=mosquitto.admin_password,
    )
    async with aiomqtt.Client(
        mosquitto.host, mosquitto.port, username=mosquitto.username, password=mosquitto.password
    ) as system:
        yield World(mosquitto, MosquittoAccounts(settings), system)


def name() -> str:
    return f"pair-{uuid.uuid4().hex[:8]}"


@asynccontextmanager
async def listening(client: aiomqtt.Client, *topics: str) -> AsyncIterator[list[int]]:
    async with client:
        granted = []
        for topic in topics:
            granted += [
                int(code if isinstance(code, int) else code.value) for code in await client.subscribe(topic, qos=1)
            ]
        yield granted


async def test_a_pairing_account_follows_one_serial_and_not_everybody(world: World) -> None:
    account = name()
    await world.accounts.create_pairing(account, "secret")
    filters = (
        "thing/product/DOCK1/requests_reply",
        "sys/product/DOCK1/status_reply",
        END,
        "thing/product/+/requests_reply",
        "sys/product/+/status_reply",
        "thing/product/#",
        "thing/#",
        "#",
        "+/product/+/requests_reply",
        "thing/+/+/requests_reply",
        "thing/product/+/#",
        "thing/product/+/services",
        "$share/mine/thing/product/+/requests_reply",
        "thing/product/DOCK1/services",
    )
    async with listening(world.dock(account), *filters) as granted:
        assert granted == [1, 1, 1] + [128] * (len(filters) - 3)


async def test_a_pairing_account_gets_answers_and_nothing_else(world: World) -> None:
    account = name()
    await world.accounts.create_pairing(account, "secret")
    async with listening(world.dock(account), "thing/product/DOCK2/requests_reply", END):
        pass
    dock = world.dock(account)
    async with listening(dock, "thing/product/DOCK2/requests_reply", "thing/product/DOCK2/services", END):
        assert await world.hears(dock, "thing/product/DOCK2/requests_reply")
        assert not await world.hears(dock, "thing/product/DOCK2/services")
        assert not await world.hears(dock, "thing/product/DOCK3/requests_reply")


async def test_a_bound_dock_uses_its_own_topics_only(world: World) -> None:
    account, sn = name(), uuid.uuid4().hex
    await world.accounts.create_pairing(account, "secret")
    await world.accounts.grant_dock(account, sn, f"{sn}-aircraft")
    dock = world.dock(account)
    async with listening(
        dock, f"thing/product/{sn}/services", f"sys/product/{sn}/status_reply", "thing/product/x/services"
    ):
        await world.system.subscribe("thing/product/#", qos=1)
        await dock.publish("thing/product/x/osd", b"not mine", qos=1)
        await dock.publish(f"thing/product/{sn}-aircraft/osd", b"of my aircraft", qos=1)
        await dock.publish(f"thing/product/{sn}/osd", b"mine", qos=1)
        seen = []
        async with asyncio.timeout(5):
            async for message in world.system.messages:
                seen.append(message.payload)
                if message.payload == b"mine":
                    break
        assert b"of my aircraft" in seen
        assert b"not mine" not in seen


async def test_what_is_repeated_does_no_harm_and_what_is_revoked_is_cut_off(world: World) -> None:
    account, sn = name(), uuid.uuid4().hex
    await world.accounts.create_pairing(account, "first")
    await world.accounts.create_pairing(account, "secret")
    await world.accounts.grant_dock(account, sn, None)
    await world.accounts.grant_dock(account, sn, None)
    async with world.dock(account) as dock:
        await world.accounts.delete(account, sn)
        with pytest.raises(aiomqtt.MqttError):
            async with asyncio.timeout(5):
                await anext(dock.messages)
    await world.accounts.delete(account, sn)
    with pytest.raises(aiomqtt.MqttError):
        async with world.dock(account):
            pass


async def test_a_wrong_admin_is_said(mosquitto: MosquittoBroker) -> None:
    settings = settings_for(mqtt_host=mosquitto.host, mqtt_port=mosquitto.port, mqtt_admin_password="wrong")
    with pytest.raises(BrokerError):
        await MosquittoAccounts(settings).create_pairing(name(), "secret")
