"""`config`: the time server, and the DJI application of the dock's organisation."""

from __future__ import annotations

from bridge.devices import Devices
from bridge.responders import Answer
from dji import Message
from settings import Settings
from store.document import now
from store.orgs import Org, Orgs
from store.pairings import Pairings
from store.seal import Seal


class Config:
    """A dock asks before it is bound, and compares the licence with the one it was first given: ours stays the same."""

    def __init__(self, settings: Settings, devices: Devices, orgs: Orgs, pairings: Pairings) -> None:
        self._settings = settings
        self._devices = devices
        self._orgs = orgs
        self._pairings = pairings
        self._seal = Seal.of(settings)

    async def get(self, message: Message) -> Answer:
        """The fields stand flat in the data, without a result, unlike in other answers."""
        settings = self._settings
        org = await self._org_of(message.sn)
        return {
            "ntp_server_host": settings.ntp_host,
            "ntp_server_port": settings.ntp_port,
        } | (self._application_of(org) if org is not None and org.dji_app_id else self._default_application())

    def _default_application(self) -> dict[str, str]:
        settings = self._settings
        return {
            "app_id": settings.dji_app_id,
            "app_key": settings.dji_app_key.get_secret_value(),
            "app_license": settings.dji_app_license.get_secret_value(),
        }

    def _application_of(self, org: Org) -> dict[str, str]:
        return {
            "app_id": org.dji_app_id or "",
            "app_key": self._seal.open(org.dji_app_key_sealed or ""),
            "app_license": self._seal.open(org.dji_app_license_sealed or ""),
        }

    async def _org_of(self, sn: str) -> Org | None:
        """The organisation of a bound dock; else the one that waits for this very dock; else the one that pairs a dock
        now, where it is the only one.
        """
        dock = await self._devices.dock(sn)
        if dock is not None:
            return await self._orgs.get(dock.org_id)
        at = now()
        waiting = [one for one in await self._pairings.find(status="waiting", limit=50) if one.expires_at > at]
        for_it = {one.org_id for one in waiting if one.expected_sn == sn}
        orgs = for_it or {one.org_id for one in waiting if one.expected_sn is None}
        return await self._orgs.get(orgs.pop()) if len(orgs) == 1 else None
