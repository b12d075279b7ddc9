"""Setting a property of a dock or its aircraft: may it be now, is it so afterwards, and who is told."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from dji.properties.settable import settings_of
from store.docks import AircraftRepository, Dock, Docks
from store.events import Events, about
from store.facts import Actor
from store.properties import shown

IN_FLIGHT: Final = frozenset(
    {
        "air_transfer_enable",
        "camera_watermark_settings",
        "night_lights_state",
        "silent_mode",
        "user_experience_improvement",
    }
)
"""What may be set while the aircraft flies: DJI's pages name no rule, so only what does not change how it flies."""
LOOK: Final = 0.5  # s between two looks at the documents
HELD: Final = frozenset({"flight", "relay", "firmware"})  # leases in which nothing that matters to a flight is changed


class PropertyRef(BaseModel):
    sn: str
    org_id: str
    path: str


class PropertyLook(BaseModel):
    product: str | None = None
    mission_id: str | None = None


class PropertyValue(PropertyRef):
    value: Any


class PropertyAwaited(PropertyValue):
    seconds: float


class PropertyShown(BaseModel):
    shown: bool


class PropertyNote(PropertyValue):
    """`refusal` is why it was not set."""

    confirmed: bool = False
    refusal: str | None = None
    code: int | None = None
    actor: Actor


class PropertyState:
    """Activities on properties; their values are in `dji_docks` and `dji_aircraft`, as the machines say them."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._docks, self._aircraft = Docks(client), AircraftRepository(client)
        self._events = events

    @activity.defn
    async def may_set(self, given: PropertyRef) -> PropertyLook:
        """Raises DockUnknown, DockOffline, DockUpgrading, AircraftFlies, DockBusy, AircraftOff or CommandInvalid."""
        dock = await self._docks.get(given.sn)
        if dock is None or dock.org_id != given.org_id:
            raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {given.sn} in this organisation", field="sn")
        if not dock.online:
            raise failure(Failure.DOCK_OFFLINE, f"dock {given.sn} is offline", field="sn")
        setting = settings_of(dock.product or "").get(given.path)
        if setting is None:
            raise failure(Failure.COMMAND_INVALID, f"{given.path} cannot be set on a {dock.product}", field="path")
        _check(dock, given.path)
        if setting.of_aircraft and not dock.aircraft_online:
            raise failure(Failure.AIRCRAFT_OFF, f"{given.path} is the aircraft's, which is off", field="path")
        return PropertyLook(product=dock.product, mission_id=dock.mission_id)

    @activity.defn
    async def property_shown(self, given: PropertyAwaited) -> PropertyShown:
        """Whether dock or aircraft show the value in so many seconds: they say 0 also to what they do not do."""
        until = time.monotonic() + given.seconds
        while True:
            dock = await self._docks.get(given.sn)
            if dock is None:
                return PropertyShown(shown=False)
            aircraft = await self._aircraft.get(dock.aircraft_sn) if dock.aircraft_sn else None
            if shown(dock, aircraft, given.path) == given.value:
                return PropertyShown(shown=True)
            if time.monotonic() > until:
                return PropertyShown(shown=False)
            await asyncio.sleep(LOOK)

    @activity.defn
    async def note_property(self, given: PropertyNote) -> None:
        """Have the organisation's endpoints told."""
        told = given.model_dump(exclude={"sn", "org_id", "actor"}, exclude_none=True)
        kind = "property.set" if given.refusal is None else "property.refused"
        data = told | {"by": given.actor.user, "reason": given.actor.reason}
        await self._events.emit(given.org_id, kind, about("dock", given.sn), data, key=this_time())


def _check(dock: Dock, path: str) -> None:
    if dock.status == "upgrading":
        raise failure(Failure.DOCK_UPGRADING, f"dock {dock.sn} is being upgraded", field="sn")
    if path.split(".")[0] in IN_FLIGHT:
        return
    if dock.status in ("flying", "in_operation"):
        raise failure(
            Failure.AIRCRAFT_FLIES, f"{path} is not changed while the aircraft of {dock.sn} works", field="sn"
        )
    if dock.lease is not None and dock.lease.kind in HELD:
        raise failure(Failure.DOCK_BUSY, f"dock {dock.sn} is held: {dock.lease.reason}", field="sn")
