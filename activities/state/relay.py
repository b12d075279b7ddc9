"""Relays in the store: the docks as a plan sees them, the plan itself, and `dji_relays`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from activities.state.audit import note
from activities.state.mission import OPEN
from activities.state.readings import read_gate
from store.areas import MissionAreasRepository
from store.audit import Audit
from store.breach import Limits
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor
from store.geofence import Place
from store.missions import Mission, Missions
from store.objects import Objects
from store.relays import LEG_OVER, RELAY_OVER, CraftLimits, Question, Relay, RelayLeg, Relays, RelayStatus, RoutePoint
from workflows.relay_plan import CRAFTS, CannotReach, DockAt, Route, plan, skippable, with_limits

LOST: Final = "its saga was ended from outside; what flies comes home by itself"


class RelayQuery(BaseModel):
    """Plan from metre `start` of the route on. `strict`: each dock must be there, as before a relay begins.

    `rth_altitude` in m above the dock; `crafts` are limits in place of our own, by model of the dock.
    """

    org_id: str
    mission_id: str
    docks: list[str]
    route: list[RoutePoint]
    speed: float
    reserve: float
    rth_altitude: float = 0.0
    crafts: Mapping[str, CraftLimits] = Field(default_factory=dict)
    start: float = 0.0
    strict: bool = True


class RelayPlanned(BaseModel):
    """`skippable`: docks without any one of which the others still cover the route."""

    length_m: float
    legs: list[RelayLeg]
    skippable: list[str] = Field(default_factory=list)


class NewRelay(BaseModel):
    relay_id: str
    org_id: str
    mission_id: str
    name: str
    docks: list[str]
    length_m: float
    overlap: int | None
    rth_altitude: int
    legs: list[RelayLeg]
    actor: Actor


class RelayNote(BaseModel):
    """What a relay is at; `actor` is who brought it there."""

    relay_id: str
    status: RelayStatus
    legs: list[RelayLeg]
    question: Question | None = None
    reason: str | None = None
    covered_m: float = 0
    gap_m: float = 0
    actor: Actor


class LostRelay(BaseModel):
    """A relay whose saga has ended without a word: terminated in Temporal, say."""

    relay_id: str


class RelayState:
    """Activities on relays."""

    def __init__(self, client: AsyncClient, events: Events, objects: Objects) -> None:
        self._events = events
        self._limits = Limits(MissionAreasRepository(client), objects)
        self._docks, self._aircraft = Docks(client), AircraftRepository(client)
        self._missions, self._relays, self._audit = Missions(client), Relays(client), Audit(client)

    @activity.defn
    async def plan_relay(self, given: RelayQuery) -> RelayPlanned:
        """The legs for the docks as they are now; writes nothing.

        Raises DockUnknown, DockNotInMission, MissionEnded, DockOffline, RouteInvalid, RouteOutOfReach; AreasBreached
        before it begins: after that the flight of each leg sees for itself.
        """
        _check_mission(await self._missions.get(given.mission_id), given.mission_id)
        if given.strict:
            route = [Place(point.lon, point.lat) for point in given.route]
            breach = await self._limits.breached_by(given.mission_id, route=route)
            if breach is not None:
                where = f"the way to waypoint {breach.number + 1}"
                raise failure(Failure.AREAS_BREACHED, f"{where} {breach.why}", field="route")
        crew: list[DockAt] = []
        for number, sn in enumerate(given.docks):
            dock = await self._docks.get(sn)
            try:
                member = _member(dock, sn, given)
                aircraft = await self._aircraft.get(member.aircraft_sn) if member.aircraft_sn is not None else None
                crew.append(_placed(member, aircraft, given, f"docks[{number}]"))
            except Exception:
                if given.strict:
                    raise
        return await asyncio.to_thread(_planned, given, crew)

    @activity.defn
    async def open_relay(self, given: NewRelay) -> None:
        """Write the relay's document. Raises MissionEnded: an end looks for documents, and would not see this one."""
        relay = Relay(
            id=given.relay_id, requested_by=given.actor.user, **given.model_dump(exclude={"relay_id", "actor"})
        )

        async def step(transaction: AsyncTransaction) -> None:
            known = await self._relays.get(relay.id, transaction)
            mission = await self._missions.get(given.mission_id, transaction)
            if known is not None:
                return
            _check_mission(mission, given.mission_id)
            transaction.create(self._relays.ref(relay.id), relay.to_fields())
            await self._events.emit(
                relay.org_id, "relay.starting", _about(relay),
                {"name": relay.name, "docks": relay.docks, "by": given.actor.user}, key=this_time(), within=transaction,
            )  # fmt: skip

        await self._events.transact(step)

    @activity.defn
    async def note_relay(self, given: RelayNote) -> None:
        """Write what the relay is at; one that is over stays so."""

        async def step(transaction: AsyncTransaction) -> None:
            relay = await self._relays.get(given.relay_id, transaction)
            if relay is None or relay.status in RELAY_OVER:
                return
            over = given.status in RELAY_OVER
            changes: dict[str, Any] = {
                "status": given.status,
                "reason": given.reason,
                "legs": [leg.model_dump(by_alias=True) for leg in given.legs],
                "question": given.question.model_dump(by_alias=True) if given.question is not None else None,
                "coveredM": given.covered_m,
                "gapM": given.gap_m,
                "updatedAt": now(),
            }
            if over:
                changes["endedAt"] = now()
                note(
                    self._audit, transaction, org_id=relay.org_id, actor=given.actor, action="relay.ended",
                    target=relay.id, occasion="end", outcome=given.status, mission=relay.mission_id,
                    reason=given.reason, gap_m=given.gap_m,
                )  # fmt: skip
            transaction.update(self._relays.ref(relay.id), changes)
            if given.status != relay.status:
                data = {name: changes[name] for name in ("reason", "question", "coveredM", "gapM")}
                await self._events.emit(
                    relay.org_id, f"relay.{given.status}", _about(relay),
                    data | {"name": relay.name, "by": given.actor.user}, key=this_time(), within=transaction,
                )  # fmt: skip

        await self._events.transact(step)

    @activity.defn
    async def end_lost(self, given: LostRelay) -> None:
        """Write that a relay is aborted whose saga is no more; one that has said how it ended stays as it is.

        The flights of its legs are sagas of their own, and bring their aircraft home.
        """

        async def step(transaction: AsyncTransaction) -> None:
            relay = await self._relays.get(given.relay_id, transaction)
            if relay is None or relay.status in RELAY_OVER:
                return
            legs = [_left(leg) for leg in relay.legs]
            at, actor = now(), Actor(user="temporal", reason=LOST)
            changes = {
                "status": "aborted", "reason": LOST, "question": None, "updatedAt": at, "endedAt": at,
                "legs": [leg.model_dump(by_alias=True) for leg in legs],
            }  # fmt: skip
            note(
                self._audit, transaction, org_id=relay.org_id, actor=actor, action="relay.ended",
                target=relay.id, occasion="end", outcome="aborted", reason=LOST, gap_m=relay.gap_m,
            )  # fmt: skip
            transaction.update(self._relays.ref(relay.id), changes)
            await self._events.emit(
                relay.org_id, "relay.aborted", _about(relay),
                {"name": relay.name, "reason": LOST, "question": None, "coveredM": relay.covered_m, "gapM": relay.gap_m,
                 "by": actor.user},
                key="lost", within=transaction,
            )  # fmt: skip

        await self._events.transact(step)


def _left(leg: RelayLeg) -> RelayLeg:
    """A leg whose relay is gone: what flies is its flight's from now on."""
    if leg.status in LEG_OVER:
        return leg
    if leg.status == "waiting" or leg.flight_id is None:
        return leg.model_copy(update={"status": "skipped"})
    return leg.model_copy(update={"status": "failed", "reason": f"left to itself: see flight {leg.flight_id}"})


def _about(relay: Relay) -> dict[str, str]:
    return about("relay", relay.id, mission=relay.mission_id)


def _check_mission(mission: Mission | None, key: str) -> None:
    if mission is None or mission.status not in OPEN:
        raise failure(Failure.MISSION_ENDED, f"mission {key} has ended, or is ending", field="mission_id")


def _member(dock: Dock | None, sn: str, given: RelayQuery) -> Dock:
    field = f"docks[{given.docks.index(sn)}]"
    if dock is None or dock.org_id != given.org_id:
        raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {sn}", field=field)
    if dock.mission_id != given.mission_id:
        raise failure(Failure.DOCK_NOT_IN_MISSION, f"dock {sn} is not in mission {given.mission_id}", field=field)
    if not dock.online:
        raise failure(Failure.DOCK_OFFLINE, f"dock {sn} is offline", field=field)
    return dock


def _placed(dock: Dock, aircraft: Aircraft | None, given: RelayQuery, field: str) -> DockAt:
    """Raises RouteInvalid for a dock whose place or model is not known: nothing can be planned for it."""
    lat, lon = dock.osd.get("latitude"), dock.osd.get("longitude")
    craft = CRAFTS.get(dock.model or "")
    if craft is None or lat is None or lon is None:
        missing = "model" if craft is None else "position"
        raise failure(Failure.ROUTE_INVALID, f"the {missing} of dock {dock.sn} is not known", field=field)
    readings = read_gate(dock, aircraft, now())
    return DockAt(
        sn=dock.sn,
        lat=float(lat),
        lon=float(lon),
        craft=with_limits(craft, given.crafts.get(dock.model or "")),
        battery=readings.battery if readings.battery is not None else 100.0,
        wind=readings.wind if readings.wind is not None else 0.0,
        reserve=given.reserve,
    )


def _planned(given: RelayQuery, crew: list[DockAt]) -> RelayPlanned:
    try:
        route = Route(given.route, given.speed)
        legs = plan(given.route, crew, speed=given.speed, start=given.start, rth_altitude=given.rth_altitude)
    except ValueError as error:
        raise failure(Failure.ROUTE_INVALID, str(error), field="route") from None
    except CannotReach as error:
        raise failure(Failure.ROUTE_OUT_OF_REACH, str(error), field="docks") from None
    return RelayPlanned(
        length_m=round(route.length, 1),
        legs=[
            RelayLeg(dock_sn=leg.sn, start=leg.start, end=leg.end, share=leg.share, seconds=leg.seconds) for leg in legs
        ],
        skippable=skippable(given.route, crew, legs, speed=given.speed, rth_altitude=given.rth_altitude)
        if given.strict
        else [],
    )
