"""One dock's upgrade in the store: may it begin, what became of it, and how it ended."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel, Field
from temporalio import activity

from activities.failures import Failure
from activities.occasion import this_time
from activities.state.readings import read_gate, tells_of_battery
from dji.firmware_name import is_older, same_version
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.events import Events, about
from store.firmware import PackageRef, Pushes, PushStatus, push_key
from workflows.names import firmware_id

LEAST_BATTERY: Final = 20  # percent; below it docks refuse with 312704
IDLE: Final = 0
CONSISTENCY: Final = 2  # firmware_upgrade_type
MODES: Final = {1: "on-site debugging", 2: "remote debugging", 3: "upgrading", 4: "working"}


class PushRef(BaseModel):
    rollout_id: str
    sn: str


class BeginPush(PushRef):
    org_id: str
    packages: list[PackageRef]
    upgrade_type: int
    attempt: int


class Lacking(BaseModel):
    """A device that has to be upgraded."""

    device: str
    package: PackageRef


class PushChecked(BaseModel):
    """Whether the upgrade may begin. `kind` is a Failure where it may not; nothing in `lacking`: there is no need.

    `held`: by the dock's document, the push has its lease already.
    """

    held: bool = False
    online: bool = True
    product: str | None = None
    lacking: list[Lacking] = Field(default_factory=list)
    kind: Failure | None = None
    reason: str = ""


class PushLook(BaseModel):
    """What the bridge last wrote: versions by device, and the dock's last word on the upgrade."""

    online: bool = False
    versions: dict[str, str] = Field(default_factory=dict)
    status: str = ""
    result: int = 0
    progress_age: float | None = Field(None, description="seconds")


class LookAtPush(PushRef):
    devices: list[str]


class PushEnd(PushRef):
    """How an attempt ended; with `retry_in` (seconds) it is not the last."""

    org_id: str
    status: PushStatus
    phase: str
    attempt: int
    reason: str | None = None
    cure: str | None = None
    error_code: int | None = None
    after: dict[str, str] = Field(default_factory=dict)
    retry_in: float | None = None


class PushEnded(BaseModel):
    """`online` is read after the write: whoever waits for a dock must not miss that it came meanwhile."""

    online: bool = False


class FirmwareState:
    """Activities on `firmware_pushes`, each done in a few milliseconds, since rollouts call them by the thousand.

    `begin_push` is part of one: see `activities.push`.
    """

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._events = events
        self._docks = Docks(client)
        self._aircraft = AircraftRepository(client)
        self._pushes = Pushes(client)

    async def begin_push(self, given: BeginPush) -> PushChecked:
        """See whether the dock can be upgraded now, and write that its upgrade begins where it can."""
        dock = await self._docks.get(given.sn)
        if dock is None or dock.org_id != given.org_id:
            return _no(Failure.DOCK_UNKNOWN, f"dock {given.sn} is not in the organisation any more")
        aircraft = await self._aircraft_of(dock, given.packages)
        checked = check_push(given, dock, aircraft)
        saga = firmware_id(given.rollout_id, given.sn)
        checked.product, checked.held = dock.product, dock.lease is not None and dock.lease.holder == saga
        fields: dict[str, Any] = {"attempt": given.attempt, "nextTryAt": None}
        if given.attempt == 1:
            fields["before"] = _versions(given.packages, dock, aircraft)
        if checked.kind is None and checked.lacking:
            fields |= {
                "status": "running", "active": True, "phase": "upgrading", "reason": None, "cure": None,
                "errorCode": None, "progress": None, "startedAt": now(), "endedAt": None,
            }  # fmt: skip
        await self._pushes.patch(push_key(given.rollout_id, given.sn), fields)
        if checked.kind is None and checked.lacking:
            versions = {item.device: item.package.version for item in checked.lacking}
            await self._tell("running", given, given.org_id, {"attempt": given.attempt, "versions": versions})
        return checked

    async def _aircraft_of(self, dock: Dock, packages: list[PackageRef]) -> Aircraft | None:
        """Where it matters: to be upgraded itself, or its battery, of which the dock tells as a rule."""
        if dock.aircraft_sn is None:
            return None
        concerned = any(package.target == "aircraft" for package in packages)
        return await self._aircraft.get(dock.aircraft_sn) if concerned or not tells_of_battery(dock) else None

    @activity.defn
    async def look_at_push(self, given: LookAtPush) -> PushLook:
        """For a saga that has heard nothing for long: what the store has."""
        push = await self._pushes.get(push_key(given.rollout_id, given.sn))
        dock = await self._docks.get(given.sn)
        look = PushLook(online=dock is not None and dock.online)
        for device in given.devices:
            machine = dock if device == given.sn else await self._aircraft.get(device)
            if machine is not None and machine.firmware_version:
                look.versions[device] = machine.firmware_version
        if push is not None and push.progress is not None:
            look.status, look.result = push.progress.status, push.progress.result
            if push.progress.at is not None:
                look.progress_age = max(0.0, (now() - push.progress.at).total_seconds())
        return look

    @activity.defn
    async def end_push(self, given: PushEnd) -> PushEnded:
        """Write how an attempt ended."""
        at = now()
        fields: dict[str, Any] = {
            "status": given.status,
            "active": False,
            "phase": given.phase,
            "attempt": given.attempt,
            "reason": given.reason,
            "cure": given.cure,
            "errorCode": given.error_code,
            "after": given.after,
            "endedAt": at if given.retry_in is None else None,
            "nextTryAt": _later(given.retry_in),
        }
        await self._pushes.patch(push_key(given.rollout_id, given.sn), fields)
        if given.retry_in is None:
            data = given.model_dump(include={"attempt", "reason", "cure", "after"}) | {"errorCode": given.error_code}
            await self._tell(given.status, given, given.org_id, data)
        if given.status != "waiting":
            return PushEnded()
        dock = await self._docks.get(given.sn)
        return PushEnded(online=dock is not None and dock.online)

    async def _tell(self, status: PushStatus, push: PushRef, org_id: str, data: dict[str, Any]) -> None:
        subject = about("firmware.push", push_key(push.rollout_id, push.sn), dock=push.sn, rollout=push.rollout_id)
        await self._events.emit(org_id, f"firmware.push.{status}", subject, data, key=this_time())


def check_push(given: BeginPush, dock: Dock, aircraft: Aircraft | None) -> PushChecked:
    """The conditions of an upgrade, by what dock and aircraft last said; the dock itself has the last word."""
    checked = PushChecked(online=dock.online)
    for package in given.packages:
        machine: Dock | Aircraft | None = dock if package.target == "dock" else aircraft
        if machine is None:
            if not dock.online:
                return _offline(checked, dock)
            return _no(Failure.FIRMWARE_REFUSED, f"dock {dock.sn} has not told of an aircraft")
        if machine.product is not None and machine.product != package.product:
            return _no(
                Failure.FIRMWARE_WRONG_PRODUCT,
                f"{package.file_name} is for {package.product}, {machine.sn} is a {machine.product}",
            )
        if same_version(machine.firmware_version, package.version):
            continue
        if package.target == "aircraft" and is_older(package.version, machine.firmware_version or ""):
            return _no(
                Failure.FIRMWARE_REFUSED,
                f"aircraft {machine.sn} runs {machine.firmware_version}, newer than {package.version}; "
                "an aircraft cannot go back",
            )
        if given.upgrade_type == CONSISTENCY and machine.state.get("compatible_status") != 1:
            return _no(Failure.FIRMWARE_REFUSED, f"{machine.sn} asks for no consistency upgrade")
        checked.lacking.append(Lacking(device=machine.sn, package=package))
    if not checked.lacking:
        return checked
    if not dock.online:
        return _offline(checked, dock)
    return _hindered(checked, dock, aircraft)


def _offline(checked: PushChecked, dock: Dock) -> PushChecked:
    return checked.model_copy(update={"kind": Failure.DOCK_OFFLINE, "reason": f"dock {dock.sn} is offline"})


def _hindered(checked: PushChecked, dock: Dock, aircraft: Aircraft | None) -> PushChecked:
    """What passes by itself, or by somebody's hand."""
    readings = read_gate(dock, aircraft, now())
    if readings.dock_mode not in (None, IDLE):
        mode = MODES.get(readings.dock_mode or 0, f"in mode {readings.dock_mode}")
        return _no(Failure.FIRMWARE_NOT_READY, f"the dock is {mode}")
    if readings.aircraft_inside is not True:
        said = "is not in the dock" if readings.aircraft_inside is False else "may not be in the dock: it does not say"
        return _no(Failure.FIRMWARE_NOT_READY, f"the aircraft {said}")
    if readings.battery is not None and readings.battery < LEAST_BATTERY:
        return _no(
            Failure.FIRMWARE_NOT_READY,
            f"the aircraft's battery is at {readings.battery} %, {LEAST_BATTERY} are needed",
        )
    link = dock.osd.get("wireless_link")
    if isinstance(link, dict) and link.get("link_workmode") == 1:
        return _no(Failure.FIRMWARE_REFUSED, "enhanced transmission is on; switch it off first")
    return checked


def _no(kind: Failure, reason: str) -> PushChecked:
    return PushChecked(kind=kind, reason=reason)


def _versions(packages: list[PackageRef], dock: Dock, aircraft: Aircraft | None) -> dict[str, str]:
    """Of what is to be upgraded."""
    found = {"dock": dock.firmware_version, "aircraft": aircraft.firmware_version if aircraft is not None else None}
    targets = {package.target for package in packages}
    return {name: version for name, version in found.items() if version and name in targets}


def _later(seconds: float | None) -> datetime | None:
    return None if seconds is None else now() + timedelta(seconds=seconds)
