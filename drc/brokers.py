"""Where an organisation's docks are: the shared broker or its own; a connection and accounts at each."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from activities.broker import Accounts
from activities.brokers import accounts_at
from drc.wire import Wire
from settings import Settings
from store.brokers import settings_at
from store.orgs import Orgs

SHARED: Final = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One broker. `address` is what a dock is told: tcp://host:port or ssl://host:port."""

    wire: Wire
    accounts: Accounts
    address: str


class Brokers:
    """Made as they are needed. Raises ValueError where the settings of the shared one are incomplete."""

    def __init__(self, settings: Settings, orgs: Orgs, shared: Wire) -> None:
        self._settings, self._orgs = settings, orgs
        self._places = {SHARED: Place(shared, accounts_at(settings), settings.mqtt_public_address)}
        self._running: list[asyncio.Task[None]] = []

    async def of(self, org_id: str) -> Place:
        """The organisation's. Raises GoogleAPIError, ValueError where its passwords do not open."""
        org = await self._orgs.get(org_id)
        if org is None or org.broker is None:
            return self._places[SHARED]
        key = org.broker.model_dump_json()
        if key not in self._places:
            own = settings_at(self._settings, org.broker)
            wire = Wire(own)
            self._running.append(asyncio.create_task(wire.run(), name=f"broker of {org_id}"))
            self._places[key] = Place(wire, accounts_at(own), org.broker.address)
        return self._places[key]

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
