"""`airport_bind_status`, `airport_organization_get` and `airport_organization_bind`: how a dock joins an organisation.

The pairing's saga decides; what is decided already is answered from the store, so that a dock that walks all the steps
each time it starts is welcome, also when no saga runs any more.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bridge.devices import Devices
from bridge.responders import Answer
from bridge.sagas import NoSuchSaga, Sagas
from dji import Message
from dji.errors import (
    PAIRING_EXPIRED,
    PAIRING_OTHER_ORGANISATION,
    PAIRING_USED,
    PAIRING_WRONG_CODE,
    PAIRING_WRONG_DATA,
    lookup,
)
from store.docks import AircraftRepository, Dock, Docks
from store.document import now
from store.facts import BindAnswer, BindDevice, OrganizationBind, OrganizationGet
from store.orgs import Orgs
from store.pairings import Pairing, Pairings, Refusal, code_hash
from workflows.names import Update, pairing_id


class Organization:
    def __init__(
        self,
        docks: Docks,
        aircraft: AircraftRepository,
        orgs: Orgs,
        pairings: Pairings,
        devices: Devices,
        sagas: Sagas,
    ) -> None:
        self._docks = docks
        self._aircraft = aircraft
        self._orgs = orgs
        self._pairings = pairings
        self._devices = devices
        self._sagas = sagas

    async def bind_status(self, message: Message) -> Answer:
        data: Any = message.data
        asked = [device.sn for device in data.devices or () if device.sn]
        return {
            "result": 0,
            "output": {"bind_status": await asyncio.gather(*(self._status_of(sn) for sn in asked))},
        }

    async def _status_of(self, sn: str) -> dict[str, Any]:
        dock, aircraft = await asyncio.gather(self._docks.get(sn), self._aircraft.get(sn))
        org_id = (dock and dock.org_id) or (aircraft and aircraft.org_id)
        org = await self._orgs.get(org_id) if org_id else None
        return {
            "sn": sn,
            "is_device_bind_organization": org_id is not None,
            "organization_id": org_id or "",
            "organization_name": org.name if org is not None else "",
            "device_callsign": (dock and dock.display_name) or "",
        }

    async def get(self, message: Message) -> Answer:
        """The name of the organisation that the code and id belong to."""
        data: Any = message.data
        if not data.device_binding_code or not data.organization_id:
            return PAIRING_WRONG_DATA
        hashed = code_hash(data.device_binding_code)
        pairing, dock = await asyncio.gather(self._pairings.by_code(hashed), self._docks.get(message.sn))
        if already_bound(dock, pairing, data.organization_id):
            org = await self._orgs.get(data.organization_id)
            return {"result": 0, "output": {"organization_name": org.name if org is not None else ""}}
        if dock is not None and dock.org_id not in (None, data.organization_id):
            await self._note_refusal(pairing, data.organization_id, message.sn, PAIRING_OTHER_ORGANISATION)
            return PAIRING_OTHER_ORGANISATION
        if pairing is None or pairing.org_id != data.organization_id:
            return PAIRING_WRONG_CODE
        asked = OrganizationGet(sn=message.sn, binding_code_hash=hashed, organization_id=data.organization_id)
        answer = await self._ask(pairing, Update.ORGANIZATION_GET, asked, message)
        if answer.result != 0:
            await self._note_refusal(pairing, data.organization_id, message.sn, answer.result)
            return answer.result
        return {"result": 0, "output": {"organization_name": answer.organization_name}}

    async def bind(self, message: Message) -> Answer:
        """Bind dock and aircraft. `err_infos` has a code for each device; 0 there is bound."""
        data: Any = message.data
        devices = [device for device in data.bind_devices or () if device.sn]
        codes = {device.device_binding_code for device in devices}
        orgs = {device.organization_id for device in devices}
        if len(codes) != 1 or len(orgs) != 1 or None in codes | orgs:
            return PAIRING_WRONG_DATA
        org_id, hashed = orgs.pop(), code_hash(codes.pop())
        sns = [device.sn for device in devices]
        (pairing, dock), aircraft = await asyncio.gather(
            asyncio.gather(self._pairings.by_code(hashed), self._docks.get(message.sn)),
            asyncio.gather(*(self._aircraft.get(sn) for sn in sns if sn != message.sn)),
        )
        if already_bound(dock, pairing, org_id) and all(one and one.org_id == org_id for one in aircraft):
            return _bound(0, sns)
        if dock is not None and dock.org_id not in (None, org_id):
            await self._note_refusal(pairing, org_id, message.sn, PAIRING_OTHER_ORGANISATION)
            return _bound(PAIRING_OTHER_ORGANISATION, sns)
        if pairing is None or pairing.org_id != org_id:
            return _bound(PAIRING_WRONG_CODE, sns)
        asked = OrganizationBind(
            sn=message.sn,
            binding_code_hash=hashed,
            organization_id=org_id,
            devices=[
                BindDevice(sn=one.sn, model_key=one.device_model_key or "", callsign=one.device_callsign or "")
                for one in devices
            ],
        )
        answer = await self._ask(pairing, Update.ORGANIZATION_BIND, asked, message)
        self._devices.forget(message.sn)
        if answer.result != 0:
            await self._note_refusal(pairing, org_id, message.sn, answer.result)
        errors = {error.sn: error.err_code for error in answer.errors}
        return {
            "result": answer.result,
            "output": {"err_infos": [{"sn": sn, "err_code": errors.get(sn, answer.result)} for sn in sns]},
        }

    async def _note_refusal(self, pairing: Pairing | None, org_id: str, sn: str, code: int) -> None:
        """Show in the pairing why a dock that had its code was refused: the dock itself shows a number at most."""
        if pairing is not None and pairing.org_id == org_id:
            found = lookup(code)
            refusal = Refusal(sn=sn, code=code, meaning=found.meaning, cure=found.cure, at=now())
            await self._pairings.patch(pairing.id, {"refusal": refusal.model_dump(by_alias=True)})

    async def _ask(
        self, pairing: Pairing, update: Update, asked: OrganizationGet | OrganizationBind, message: Message
    ) -> BindAnswer:
        """Ask the saga; where it has ended, the document says how."""
        ask_id = f"{message.method}-{message.tid}" if message.tid else f"{message.method}-{message.timestamp}"
        try:
            return await self._sagas.ask(pairing_id(pairing.id), update, asked, BindAnswer, ask_id=ask_id)
        except NoSuchSaga:
            return BindAnswer(result=ended(pairing))


def already_bound(dock: Dock | None, pairing: Pairing | None, org_id: str) -> bool:
    """True where this dock joined this organisation by this very pairing."""
    return (
        dock is not None
        and pairing is not None
        and dock.org_id == org_id == pairing.org_id
        and dock.pairing_id == pairing.id
    )


def ended(pairing: Pairing) -> int:
    """DJI's code for a pairing whose saga does not run any more."""
    if pairing.status in ("bound", "paired"):
        return PAIRING_USED
    if pairing.status == "expired" or pairing.expires_at <= now():
        return PAIRING_EXPIRED
    return PAIRING_WRONG_CODE


def _bound(result: int, sns: list[str]) -> Answer:
    return {"result": result, "output": {"err_infos": [{"sn": sn, "err_code": result} for sn in sns]}}
