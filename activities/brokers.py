"""Which broker an organisation's docks are at: the shared one, or the organisation's own."""

from __future__ import annotations

import time
from contextlib import AsyncExitStack
from typing import Final

from activities.broker import Accounts
from activities.connection import MqttConnection
from activities.emqx import EmqxAccounts
from activities.mosquitto import MosquittoAccounts
from settings import Settings
from store.brokers import settings_at
from store.orgs import OrgBroker, Orgs

KNOWN_FOR: Final = 10.0  # s; a broker is changed only while no dock is paired


def accounts_at(settings: Settings) -> Accounts:
    """Accounts at the configured kind of broker. Raises ValueError that names the setting that is missing."""
    return EmqxAccounts(settings) if settings.broker_kind == "emqx" else MosquittoAccounts(settings)


class Brokers:
    """Accounts and connections by organisation. Connections are made when first needed, and held by `stack`.

    Raises ValueError where the settings of the shared broker are incomplete.
    """

    def __init__(self, settings: Settings, orgs: Orgs, shared: MqttConnection, stack: AsyncExitStack) -> None:
        self._settings = settings
        self._orgs = orgs
        self._accounts = accounts_at(settings)
        self._shared = shared
        self._stack = stack
        self._known: dict[str, tuple[float, OrgBroker | None]] = {}
        self._connections: dict[str, MqttConnection] = {}

    async def accounts_of(self, org_id: str | None) -> Accounts:
        """Read anew each time: an administrator who waits may just have corrected the broker's account."""
        org = await self._orgs.get(org_id) if org_id is not None else None
        if org is None or org.broker is None:
            return self._accounts
        return accounts_at(settings_at(self._settings, org.broker))

    async def settings_of(self, org_id: str | None) -> Settings:
        """Where the organisation's docks are to be heard."""
        broker = await self._broker_of(org_id)
        return settings_at(self._settings, broker) if broker is not None else self._settings

    async def publish(self, org_id: str | None, topic: str, payload: bytes) -> None:
        """Send one message to a dock; returns once the broker has it. Raises MqttError when it has not."""
        await (await self._connection_of(org_id)).publish(topic, payload)

    async def _connection_of(self, org_id: str | None) -> MqttConnection:
        broker = await self._broker_of(org_id)
        if broker is None:
            return self._shared
        key = broker.model_dump_json()
        if key not in self._connections:
            connection = MqttConnection(settings_at(self._settings, broker), "worker")
            self._connections[key] = connection
            await self._stack.enter_async_context(connection)
        return self._connections[key]

    async def _broker_of(self, org_id: str | None) -> OrgBroker | None:
        if org_id is None:
            return None
        known = self._known.get(org_id)
        if known is None or time.monotonic() - known[0] > KNOWN_FOR:
            org = await self._orgs.get(org_id)
            known = self._known[org_id] = (time.monotonic(), org.broker if org is not None else None)
        return known[1]
