"""Bridges at an organisation's own broker: one hears one broker, and is silent about the docks of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import aiomqtt
import structlog

from bridge.connection import show
from bridge.intake import RECONNECT
from process import mqtt_client
from settings import Settings
from store.brokers import settings_at
from store.docks import Dock
from store.orgs import Orgs

log = structlog.get_logger()


class OwnBrokers:
    """Which docks are to be heard here."""

    def __init__(self, settings: Settings, orgs: Orgs) -> None:
        self._org = settings.bridge_org
        self._orgs = orgs

    async def docks_here(self) -> Callable[[Dock], bool]:
        """Whether a dock is at this bridge's broker: that of another one is not to be taken for silent."""
        if self._org is not None:
            return lambda dock: dock.org_id == self._org
        elsewhere = {org.id for org in await self._orgs.find() if org.broker is not None}
        return lambda dock: dock.org_id not in elsewhere


class NoBroker(ValueError):
    """ARGUS_BRIDGE_ORG names an organisation that has no broker of its own."""


async def settings_here(settings: Settings, orgs: Orgs) -> Settings:
    """The settings with the broker that this bridge listens at. Raises NoBroker."""
    if settings.bridge_org is None:
        return settings
    org = await orgs.get(settings.bridge_org)
    if org is None or org.broker is None:
        raise NoBroker(f"ARGUS_BRIDGE_ORG: {settings.bridge_org} has no broker of its own; see PUT /v1/org/broker")
    return settings_at(settings, org.broker)


class SharedLive:
    """Where live pictures go: to the shared broker, where API and media look for them, whatever this bridge hears."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client: aiomqtt.Client | None = None

    def show(self, topic: str, payload: bytes) -> bool:
        """False where there is no connection: the picture is replaced in a moment."""
        return self._client is not None and show(self._client, topic, payload)

    async def run(self) -> None:
        """Stay connected until cancelled."""
        while True:
            try:
                async with mqtt_client(self._settings) as self._client:
                    async for _ in self._client.messages:  # nothing is subscribed to: this waits for the end
                        pass
            except aiomqtt.MqttError as error:
                log.warning("no connection to the shared broker", error=str(error)[:200])
            finally:
                self._client = None
            await asyncio.sleep(RECONNECT)
