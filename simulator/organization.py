"""Registration: `config`, `airport_bind_status`, `airport_organization_get`, `airport_organization_bind`."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import dji
from dji.errors import lookup
from simulator.feature import Feature, Json
from simulator.link import NoAnswer

log = logging.getLogger(__name__)

AGAIN_AFTER = 10.0  # real s, after a registration that nobody answered, or that is to be tried again
RIGHTS_WITHIN = 5.0  # real s from the bind to the rights that come with it; then the dock reconnects by itself


class RegistrationStopped(Exception):
    """The cloud said no; nothing more is tried until the next boot."""


class Organization(Feature):
    """Registers the dock with its organisation each time it connects, as far as its model does."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.config_reply: Json = {}
        self.organization_name: str | None = None
        self._told_config = False

    async def register(self) -> bool:
        """Walk the steps. False when the cloud refused; `dock.problem` says what."""
        dock = self.dock
        always = dock.model.walks_always if dock.config.walks_always is None else dock.config.walks_always
        if dock.memory.bound and not always:
            return True
        while True:
            try:
                await self._walk()
            except RegistrationStopped as stop:
                dock.problem = str(stop)
                log.warning("%s: registration stopped: %s", dock.sn, stop)
                return False
            except NoAnswer as silence:
                dock.problem = str(silence)
                dock.touch()
                await asyncio.sleep(AGAIN_AFTER)
            else:
                dock.problem = None
                return True

    async def _walk(self) -> None:
        dock, qr = self.dock, self.dock.qr
        assert qr is not None
        await self._config()
        status = await self._ask("airport_bind_status", {"devices": [{"sn": sn} for sn in (dock.aircraft_sn, dock.sn)]})
        bound = {
            entry.get("sn"): entry
            for entry in status.get("bind_status", [])
            if entry.get("is_device_bind_organization")
        }
        elsewhere = [e for e in bound.values() if e.get("organization_id") not in (None, "", qr.organization_id)]
        if elsewhere:
            raise RegistrationStopped(f"bound to another organisation: {elsewhere[0].get('organization_id')}")
        always = dock.model.walks_always if dock.config.walks_always is None else dock.config.walks_always
        if always or {dock.sn, dock.aircraft_sn} - bound.keys():
            found = await self._ask(
                "airport_organization_get",
                {"device_binding_code": qr.device_binding_code, "organization_id": qr.organization_id},
            )
            self.organization_name = found.get("organization_name")
            await self._bind()
        dock.memory.bound, dock.memory.organization_id = True, qr.organization_id
        dock.memory.save()
        await self._wait_for_rights()

    async def _config(self) -> None:
        dock = self.dock
        reply = await dock.link.request("config", {"config_type": "json", "config_scope": "product"})
        data = reply.data.present()
        missing = [n for n in ("ntp_server_host", "app_id", "app_key", "app_license") if not data.get(n)]
        if missing:
            raise RegistrationStopped(f"config: {', '.join(missing)} missing in the reply ({data})")
        if dock.memory.app_license not in (None, data["app_license"]):
            raise RegistrationStopped("config: app_license is not the one that this dock was first registered with")
        self.config_reply = data
        dock.memory.app_license = data["app_license"]
        if dock.config.reconnects_after_config and not self._told_config:
            self._told_config = True
            dock.link.cut()
            await asyncio.sleep(60)  # cancelled by the lost connection

    async def _bind(self) -> None:
        dock, qr = self.dock, self.dock.qr
        assert qr is not None
        names = {
            dock.sn: (dock.config.callsign or f"{dock.model.name} {dock.sn[-6:]}", dock.model.key),
            dock.aircraft_sn: (f"aircraft {dock.aircraft_sn[-6:]}", dock.aircraft_key),
        }
        devices = [
            {
                "device_binding_code": qr.device_binding_code,
                "organization_id": qr.organization_id,
                "device_callsign": callsign,
                "sn": sn,
                "device_model_key": key,
            }
            for sn, (callsign, key) in names.items()
        ]
        output = await self._ask("airport_organization_bind", {"bind_devices": devices})
        failed = [entry for entry in output.get("err_infos") or [] if entry.get("err_code")]
        if failed:
            raise RegistrationStopped(f"airport_organization_bind: {failed}")

    async def _ask(self, method: str, data: Json) -> Json:
        reply: dji.Message = await self.dock.link.request(method, data)
        if reply.result is not None and lookup(reply.result).retry_helps:
            raise NoAnswer(f"{method}: result {reply.result}, to be asked again")
        if reply.result != 0:
            raise RegistrationStopped(f"{method}: result {reply.result}")
        output = reply.data.present().get("output")
        return output if isinstance(output, dict) else {}

    async def _wait_for_rights(self) -> None:
        """A bound dock may use its own topics: no subscription is refused any more, perhaps after a disconnect."""
        link = self.dock.link
        if not link.refused_topics or await link.subscribe():
            return
        if not await link.wait_lost(RIGHTS_WITHIN):
            link.cut()
        await asyncio.sleep(60)  # cancelled by the lost connection

    def shown(self) -> Json:
        return {"organization_name": self.organization_name, "app_id": self.config_reply.get("app_id")}
