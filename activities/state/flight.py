"""Flights in the store: the checks before one is accepted, its document, and its status, which never goes backwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from activities.state.audit import note
from activities.state.readings import GATE_KEYS, Readings, read_gate
from activities.telemetry import Telemetry
from dji.products import aircraft_model, aircraft_of_dock
from store.areas import MissionAreasRepository
from store.audit import Audit
from store.breach import Limits
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor, BreakPoint
from store.flights import TERMINAL, FlightStatus, FlightTask, FlightTasks, GateReading, Wayline, Waylines
from store.geofence import Place
from store.missions import Missions
from store.objects import Objects
from store.orgs import GateLimits, Orgs
from workflows.inputs import TakeOffTo

# A status follows one of a smaller rank, or of its own: `paused` and `executing` take turns.
RANK: Final[dict[str, int]] = {
    "created": 0,
    "preparing": 1,
    "ready": 2,
    "executing": 3,
    "paused": 3,
    "returning": 4,
    **dict.fromkeys(TERMINAL, 5),
}


class FlightCheck(BaseModel):
    org_id: str
    mission_id: str
    dock_sn: str
    wayline_id: str | None
    to: TakeOffTo | None = Field(None, description="A point, in place of a wayline")
    online: bool = Field(True, description="The dock has to be online now")


class PointCheck(BaseModel):
    """A point that an aircraft in the air is to fly to."""

    mission_id: str
    latitude: float
    longitude: float


class FlightChecked(BaseModel):
    """What the saga works with. `model` is dock1, dock2, dock3, or None for a product we do not know."""

    model: str | None
    product: str | None
    aircraft_sn: str | None
    object_key: str
    md5: str
    exit_wayline_when_rc_lost: int
    warnings: list[str]
    limits: GateLimits
    readings: Readings


class NewFlight(BaseModel):
    task_id: str
    org_id: str
    mission_id: str
    dock_sn: str
    aircraft_sn: str | None
    name: str
    wayline_id: str | None
    object_key: str
    md5: str
    task_type: int
    execute_at: datetime | None
    ready_from: datetime | None = None
    ready_until: datetime | None = None
    target: dict[str, Any] | None = None
    landing_dock_sn: str | None = None
    resumes: str | None = None
    schedule_id: str | None = None
    rth_altitude: int
    actor: Actor


class MissedFlight(BaseModel):
    """A turn of a recurring flight that was refused, and why."""

    task_id: str
    org_id: str
    mission_id: str
    dock_sn: str
    wayline_id: str | None
    name: str
    schedule_id: str
    reason: str
    actor: Actor


class FlightStep(BaseModel):
    """A step forward. None leaves a field as it is."""

    task_id: str
    status: FlightStatus
    phase: str
    reason: str | None = None
    error_code: int | None = None
    gate: list[GateReading] | None = None
    break_point: BreakPoint | None = None
    in_flight_wayline_id: str | None = None
    actor: Actor


class GateQuery(BaseModel):
    """`listen`: seconds to hear the dock itself."""

    org_id: str
    dock_sn: str
    listen: float


class GateLook(BaseModel):
    limits: GateLimits
    readings: Readings


class FlightQuery(BaseModel):
    task_id: str
    dock_sn: str
    landing_dock_sn: str | None = None


class FlightLook(BaseModel):
    """What the bridge last wrote of a flight, and whether the aircraft is at home. `progress_age` in seconds."""

    progress_status: str | None = None
    progress_phase: str | None = None
    progress_age: float | None = None
    online: bool = False
    home: bool = False


class FlightState:
    """Activities on `dji_flight_tasks`, and reads of what a take-off depends on."""

    def __init__(self, client: AsyncClient, telemetry: Telemetry, events: Events, objects: Objects) -> None:
        self._events = events
        self._limits = Limits(MissionAreasRepository(client), objects)
        self._telemetry = telemetry
        self._docks = Docks(client)
        self._aircraft = AircraftRepository(client)
        self._waylines = Waylines(client)
        self._flights = FlightTasks(client)
        self._missions = Missions(client)
        self._orgs = Orgs(client)
        self._audit = Audit(client)

    @activity.defn
    async def check_flight(self, given: FlightCheck) -> FlightChecked:
        """Whether this dock may fly this wayline for this mission; writes nothing.

        Raises DockUnknown, DockNotInMission, MissionEnded, DockOffline, WaylineUnknown, WaylineWrongAircraft,
        AreasBreached.
        """
        dock = await self._docks.get(given.dock_sn)
        if dock is None or dock.org_id != given.org_id:
            raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {given.dock_sn}", field="dock_sn")
        if dock.mission_id != given.mission_id:
            raise failure(
                Failure.DOCK_NOT_IN_MISSION, f"dock {dock.sn} is not in mission {given.mission_id}", field="dock_sn"
            )
        mission = await self._missions.get(given.mission_id)
        if mission is None or mission.status not in ("planning", "ready", "active"):
            ended = mission.status if mission is not None else "unknown"
            raise failure(Failure.MISSION_ENDED, f"mission {given.mission_id} is {ended}", field="mission_id")
        if given.online and not dock.online:
            raise failure(Failure.DOCK_OFFLINE, f"dock {dock.sn} is offline", field="dock_sn")
        aircraft = await self._aircraft_of(dock)
        wayline = None
        if given.wayline_id is not None:
            wayline = await self._waylines.get(given.wayline_id)
            if wayline is None or wayline.org_id != given.org_id:
                raise failure(Failure.WAYLINE_UNKNOWN, f"there is no wayline {given.wayline_id}", field="wayline_id")
            check_aircraft(wayline, dock, aircraft)
        await self._check_areas(given, wayline)
        org = await self._orgs.get(given.org_id)
        return FlightChecked(
            model=dock.model,
            product=dock.product,
            aircraft_sn=aircraft.sn if aircraft is not None else dock.aircraft_sn,
            object_key=wayline.object_key if wayline is not None else "",
            md5=wayline.md5 if wayline is not None else "",
            exit_wayline_when_rc_lost=wayline.exit_wayline_when_rc_lost if wayline is not None else 0,
            warnings=wayline.problems if wayline is not None else [],
            limits=org.gate if org is not None else GateLimits(),
            readings=read_gate(dock, aircraft, now()),
        )

    async def _check_areas(self, given: FlightCheck, wayline: Wayline | None) -> None:
        """At each dispatch, since areas are drawn anew: a turn of a recurring flight was planned days before."""
        route = [Place(given.to.longitude, given.to.latitude)] if given.to is not None else []
        breach = await self._limits.breached_by(given.mission_id, wayline=wayline, route=route)
        if breach is not None:
            where = f"the way to waypoint {breach.number + 1}" if wayline is not None else "the point"
            field = "wayline_id" if wayline is not None else "to"
            raise failure(Failure.AREAS_BREACHED, f"{where} {breach.why}", field=field)

    @activity.defn
    async def check_point(self, given: PointCheck) -> None:
        """Raises AreasBreached for a point that the mission's areas forbid; the way there is the aircraft's choice."""
        point = Place(given.longitude, given.latitude)
        breach = await self._limits.breached_by(given.mission_id, route=[point])
        if breach is not None:
            raise failure(Failure.AREAS_BREACHED, f"the point {breach.why}", field="latitude")

    @activity.defn
    async def look_at_gate(self, given: GateQuery) -> GateLook:
        """Limits, and readings of this moment: the store's picture is written when something changes, so the dock
        itself is listened to.
        """
        heard = await self._telemetry.hear(given.dock_sn, GATE_KEYS, given.listen, org_id=given.org_id)
        dock = await self._docks.get(given.dock_sn)
        org = await self._orgs.get(given.org_id)
        limits = org.gate if org is not None else GateLimits()
        if dock is None:
            return GateLook(limits=limits, readings=Readings())
        return GateLook(limits=limits, readings=read_gate(dock, await self._aircraft_of(dock), now(), heard))

    @activity.defn
    async def open_flight(self, given: NewFlight) -> None:
        """Write the flight's document."""
        task = FlightTask(
            id=given.task_id,
            requested_by=given.actor.user,
            **given.model_dump(exclude={"task_id", "actor"}),
        )
        await self._flights.create(task)
        await self._events.emit(
            task.org_id, "flight.created", _about(task), {"name": task.name, "by": given.actor.user}, key="created"
        )

    @activity.defn
    async def miss_flight(self, given: MissedFlight) -> None:
        """Write a flight that is missed from the start."""
        task = FlightTask(
            id=given.task_id,
            status="missed",
            phase="ended",
            ended_at=now(),
            requested_by=given.actor.user,
            **given.model_dump(exclude={"task_id", "actor"}),
        )
        await self._flights.create(task)
        data = {"name": task.name, "reason": given.reason, "by": given.actor.user}
        await self._events.emit(task.org_id, "flight.missed", _about(task), data, key="missed")

    @activity.defn
    async def advance_flight(self, given: FlightStep) -> FlightStatus:
        """Set a status that is further on than the document's; return the status that then holds."""

        async def step(transaction: AsyncTransaction) -> FlightStatus:
            task = await self._flights.get(given.task_id, transaction)
            if task is None:
                return given.status
            mission = await self._missions.get(task.mission_id, transaction) if given.status == "executing" else None
            if task.status in TERMINAL or RANK[given.status] < RANK[task.status]:
                return task.status
            changes: dict[str, Any] = {"status": given.status, "phase": given.phase}
            at = now()
            if given.status == "ready" and task.prepared_at is None:
                changes["preparedAt"] = at
            if given.status == "executing" and task.started_at is None:
                changes["startedAt"] = at
            if given.reason is not None:
                changes["reason"] = given.reason
            if given.error_code is not None:
                changes["errorCode"] = given.error_code
            if given.gate is not None:
                changes["gate"] = [reading.model_dump(by_alias=True) for reading in given.gate]
            if given.in_flight_wayline_id is not None:
                changes["inFlightWaylineId"] = given.in_flight_wayline_id
            if given.status in TERMINAL:
                changes["endedAt"] = at
                if given.break_point is not None:
                    changes["breakPoint"] = given.break_point.model_dump(exclude_none=True)
                note(
                    self._audit, transaction, org_id=task.org_id, actor=given.actor, action="flight.ended",
                    target=task.id, occasion="end", outcome=given.status, dock=task.dock_sn, mission=task.mission_id,
                    reason=given.reason,
                )  # fmt: skip
            transaction.update(self._flights.ref(task.id), changes)
            if mission is not None and mission.status in ("planning", "ready"):
                transaction.update(self._missions.ref(mission.id), {"status": "active", "startedAt": at})
                await self._events.emit(
                    mission.org_id, "mission.started", about("mission", mission.id, flight=task.id),
                    {"name": mission.name, "by": given.actor.user}, key=this_time(), within=transaction,
                )  # fmt: skip
            if given.status != task.status:
                data = {"name": task.name, "phase": given.phase, "reason": given.reason, "errorCode": given.error_code}
                await self._events.emit(
                    task.org_id, f"flight.{given.status}", _about(task), data | {"by": given.actor.user},
                    key=this_time(), within=transaction,
                )  # fmt: skip
            return given.status

        return await self._events.transact(step)

    @activity.defn
    async def look_at_flight(self, given: FlightQuery) -> FlightLook:
        """The bridge's last word on a flight, for a saga that has heard nothing for long."""
        task = await self._flights.get(given.task_id)
        dock = await self._docks.get(given.dock_sn)
        progress = task.progress if task is not None else None
        look = FlightLook()
        if progress is not None:
            look.progress_status = progress.status or None
            look.progress_phase = progress.phase
            look.progress_age = (now() - progress.at).total_seconds() if progress.at is not None else None
        landing = await self._docks.get(given.landing_dock_sn) if given.landing_dock_sn is not None else None
        for one in (dock, landing):
            if one is not None and not look.home:
                look.online = one.online
                look.home = one.osd.get("drone_in_dock") == 1 and one.osd.get("mode_code") == 0
        return look

    async def _aircraft_of(self, dock: Dock) -> Aircraft | None:
        return await self._aircraft.get(dock.aircraft_sn) if dock.aircraft_sn is not None else None


def _about(task: FlightTask) -> dict[str, str]:
    return about("flight", task.id, dock=task.dock_sn, mission=task.mission_id)


def check_aircraft(wayline: Wayline, dock: Dock, aircraft: Aircraft | None) -> None:
    """Raises WaylineWrongAircraft where the file names an aircraft that this dock does not house.

    The families have to agree: an M30T flies what was planned for an M30. Unknown products are left to the dock.
    """
    planned = aircraft_model(wayline.aircraft)
    housed = aircraft.product if aircraft is not None else None
    families = (
        {aircraft_model(housed)} if housed else {aircraft_model(key) for key in aircraft_of_dock(dock.product or "")}
    )
    families.discard(None)
    if families and planned not in families:
        raise failure(
            Failure.WAYLINE_WRONG_AIRCRAFT,
            f"the file flies product {wayline.aircraft}, dock {dock.sn} houses {housed or dock.model}",
            field="wayline_id",
        )
