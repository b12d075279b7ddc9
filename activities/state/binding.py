"""Whether a bind may be: a pure decision over the documents that a transaction has read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dji.errors import (
    PAIRING_EXPIRED,
    PAIRING_NO_SEAT,
    PAIRING_NO_SUCH_ORGANISATION,
    PAIRING_OTHER_ORGANISATION,
    PAIRING_USED,
    PAIRING_WRONG_CODE,
    PAIRING_WRONG_DEVICE,
)
from dji.products import Domain, dock_model, product
from store.docks import Aircraft, Dock
from store.facts import BindAnswer, BindDevice, DeviceError, OrganizationBind
from store.orgs import Org
from store.pairings import Pairing


class Refusal(Exception):
    """The bind is refused; `answer` is what the dock is told."""

    def __init__(self, answer: BindAnswer) -> None:
        super().__init__(f"bind refused: {answer.result}")
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Plan:
    """What the bind changes. `nothing_new`: all of it is so already."""

    dock_sn: str
    aircraft_sn: str | None
    takes_seat: bool
    nothing_new: bool
    accepted: list[DeviceError]


def check_bind(
    bind: OrganizationBind,
    pairing: Pairing | None,
    org: Org | None,
    dock: Dock | None,
    aircraft: Mapping[str, Aircraft | None],
    at: datetime,
) -> Plan:
    """The dock is the gateway that asks; devices beside it are its aircraft. Raises Refusal."""
    devices = bind.devices or [BindDevice(sn=bind.sn, model_key="")]
    if pairing is None or pairing.binding_code_hash != bind.binding_code_hash or pairing.org_id != bind.organization_id:
        raise _refused(PAIRING_WRONG_CODE, devices)
    if org is None:
        raise _refused(PAIRING_NO_SUCH_ORGANISATION, devices)
    bound_here = dock is not None and dock.org_id == org.id and dock.pairing_id == pairing.id
    if not bound_here:
        if pairing.status == "expired" or (pairing.status == "waiting" and at > pairing.expires_at):
            raise _refused(PAIRING_EXPIRED, devices)
        if pairing.status not in ("starting", "waiting") or pairing.dock_sn not in (None, bind.sn):
            raise _refused(PAIRING_USED, devices)
    if dock is not None and dock.org_id not in (None, org.id):
        raise _refused(PAIRING_OTHER_ORGANISATION, devices, only=bind.sn)
    for sn, machine in aircraft.items():
        if machine is not None and machine.org_id not in (None, org.id):
            raise _refused(PAIRING_OTHER_ORGANISATION, devices, only=sn)
    if pairing.expected_sn is not None and pairing.expected_sn != bind.sn:
        raise _refused(PAIRING_WRONG_DEVICE, devices, only=bind.sn)
    model_key = next((device.model_key for device in devices if device.sn == bind.sn), "")
    if pairing.expected_model is not None and dock_model(model_key) not in (None, pairing.expected_model):
        raise _refused(PAIRING_WRONG_DEVICE, devices, only=bind.sn)
    takes_seat = dock is None or dock.org_id is None
    if takes_seat and org.seats_used >= org.seats:
        raise _refused(PAIRING_NO_SEAT, devices)
    flying = [device.sn for device in devices if device.sn != bind.sn and _may_fly(device)]
    aircraft_sn = flying[0] if flying else pairing.aircraft_sn
    known = aircraft_sn is None or pairing.aircraft_sn == aircraft_sn
    accepted = [DeviceError(sn=device.sn, err_code=0) for device in devices]
    return Plan(bind.sn, aircraft_sn, takes_seat, bound_here and known, accepted)


def _may_fly(device: BindDevice) -> bool:
    return product(device.model_key).domain in (Domain.AIRCRAFT, Domain.UNKNOWN)


def _refused(code: int, devices: list[BindDevice], only: str | None = None) -> Refusal:
    """All or nothing; `only` names the device at fault where it is one."""
    named = [device for device in devices if only in (None, device.sn)] or devices
    return Refusal(BindAnswer(result=code, errors=[DeviceError(sn=device.sn, err_code=code) for device in named]))
