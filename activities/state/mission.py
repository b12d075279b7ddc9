"""Missions and their docks: a dock is in one mission at a time, which is decided here, in a transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel
from temporalio import activity

from activities.areas import AreaCalls
from activities.failures import Failure, failure
from activities.occasion import this_time
from activities.state.audit import note
from store.audit import Audit
from store.authority import Authorities
from store.docks import Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor
from store.flights import TERMINAL, FlightTasks
from store.missions import Mission, Missions, MissionStatus
from store.relays import RELAY_OVER, Relays

OPEN: frozenset[MissionStatus] = frozenset({"planning", "ready", "active"})


class MissionRef(BaseModel):
    mission_id: str


class NewMission(MissionRef):
    org_id: str
    name: str
    actor: Actor


class Assignment(MissionRef):
    org_id: str
    sn: str
    actor: Actor


class MissionClosing(MissionRef):
    """`status` "ending", and later the outcome."""

    status: Literal["ending", "completed", "aborted"]
    problems: list[str] = []
    actor: Actor


class MissionDocks(BaseModel):
    status: MissionStatus
    docks: list[str]


class UnderWay(BaseModel):
    """Ids of what has not ended: relays with the flights of their legs, and flights of no relay."""

    relays: dict[str, list[str]]
    flights: list[str]


class MissionState:
    """Activities on `missions`."""

    def __init__(self, client: AsyncClient, events: Events, areas: AreaCalls) -> None:
        self._events = events
        self._area_calls = areas
        self._missions = Missions(client)
        self._docks = Docks(client)
        self._flights = FlightTasks(client)
        self._relays = Relays(client)
        self._authorities = Authorities(client, events)
        self._audit = Audit(client)

    @activity.defn
    async def open_mission(self, given: NewMission) -> MissionDocks:
        """Write the mission where the API has not."""
        mission = Mission(
            id=given.mission_id,
            org_id=given.org_id,
            name=given.name,
            room=given.mission_id,
            created_by=given.actor.user,
        )
        await self._missions.create(mission)
        await self._events.emit(
            mission.org_id, "mission.created", about("mission", mission.id),
            {"name": mission.name, "by": given.actor.user}, key="created",
        )  # fmt: skip
        return await self._docks_of(given.mission_id)

    @activity.defn
    async def assign_dock(self, given: Assignment) -> MissionDocks:
        """Put a dock into the mission. Raises MissionEnded, DockUnknown, DockAssigned; done where it is in it."""

        async def step(transaction: AsyncTransaction) -> MissionDocks:
            mission = await self._missions.get(given.mission_id, transaction)
            dock = await self._docks.get(given.sn, transaction)
            if mission is None:
                raise failure(Failure.MISSION_UNKNOWN, f"there is no mission {given.mission_id}")
            if mission.status not in OPEN:
                raise failure(Failure.MISSION_ENDED, f"mission {mission.name} is {mission.status}")
            if dock is None or dock.org_id != given.org_id:
                raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {given.sn} in this organisation", field="sn")
            if dock.paired_at is None:  # the bind is undone where it does not come online
                cure = "Wait until its pairing has ended"
                raise failure(Failure.DOCK_UNKNOWN, f"dock {dock.sn} is still being paired", field="sn", cure=cure)
            if dock.mission_id not in (None, mission.id):
                raise failure(Failure.DOCK_ASSIGNED, f"dock {dock.sn} is in mission {dock.mission_id}", field="sn")
            docks = [*(sn for sn in mission.dock_sns if sn != dock.sn), dock.sn]
            status: MissionStatus = "ready" if mission.status == "planning" else mission.status
            transaction.update(
                self._docks.ref(dock.sn), {"missionId": mission.id, "assignedAt": _since(dock.assigned_at)}
            )
            transaction.update(self._missions.ref(mission.id), {"dockSns": docks, "status": status})
            if dock.mission_id is None:
                await self._events.emit(
                    given.org_id, "mission.dock_assigned", about("mission", mission.id, dock=dock.sn),
                    {"name": mission.name, "docks": docks, "by": given.actor.user}, key=this_time(), within=transaction,
                )  # fmt: skip
            return MissionDocks(status=status, docks=docks)

        done = await self._events.transact(step)
        await self._area_calls.call(given.mission_id, given.org_id)
        return done

    @activity.defn
    async def unassign_dock(self, given: Assignment) -> MissionDocks:
        """Take a dock out of the mission; what another mission has done with it since is left alone."""

        async def step(transaction: AsyncTransaction) -> MissionDocks:
            mission = await self._missions.get(given.mission_id, transaction)
            dock = await self._docks.get(given.sn, transaction)
            if dock is not None and dock.mission_id == given.mission_id:
                cleared = {"missionId": None, "assignedAt": None, "stream": None}
                transaction.update(self._docks.ref(dock.sn), cleared)
                await self._events.emit(
                    given.org_id, "mission.dock_unassigned", about("mission", given.mission_id, dock=dock.sn),
                    {"by": given.actor.user}, key=this_time(), within=transaction,
                )  # fmt: skip
            if mission is None:
                return MissionDocks(status="ending", docks=[])
            docks = [sn for sn in mission.dock_sns if sn != given.sn]
            status: MissionStatus = "planning" if mission.status == "ready" and not docks else mission.status
            if mission.status in OPEN:
                transaction.update(self._missions.ref(mission.id), {"dockSns": docks, "status": status})
            return MissionDocks(status=status, docks=docks)

        done = await self._events.transact(step)
        await self._area_calls.call(given.mission_id, given.org_id)
        return done

    @activity.defn
    async def close_mission(self, given: MissionClosing) -> None:
        """The mission is ending, or has ended. An ended one stays as it is.

        Nobody has the sticks of its docks any more, so that what flies can be brought home.
        """

        async def step(transaction: AsyncTransaction) -> Mission | None:
            mission = await self._missions.get(given.mission_id, transaction)
            if mission is None or mission.status in ("completed", "aborted"):
                return None
            changes: dict[str, object] = {"status": given.status}
            if given.status != "ending":
                changes |= {"endedAt": now(), "problems": given.problems}
                note(
                    self._audit, transaction, org_id=mission.org_id, actor=given.actor, action="mission.ended",
                    target=mission.id, occasion="end", outcome=given.status, problems=given.problems,
                )  # fmt: skip
                await self._events.emit(
                    mission.org_id, "mission.ended", about("mission", mission.id),
                    {"name": mission.name, "outcome": given.status, "problems": given.problems, "by": given.actor.user},
                    key=this_time(), within=transaction,
                )  # fmt: skip
            transaction.update(self._missions.ref(mission.id), changes)
            return mission

        mission = await self._events.transact(step)
        if mission is None:
            return
        for sn in mission.dock_sns:
            await self._authorities.release(sn, None, why="mission ended")
        if given.status != "ending":
            await self._area_calls.call(given.mission_id, mission.org_id)

    @activity.defn
    async def under_way(self, given: MissionRef) -> UnderWay:
        """The mission's relays and flights that have not ended."""
        found = await self._relays.find(missionId=given.mission_id)
        relays = {
            relay.id: [leg.flight_id for leg in relay.legs if leg.flight_id is not None]
            for relay in found
            if relay.status not in RELAY_OVER
        }
        led = {flight for flights in relays.values() for flight in flights}
        flights = [
            task.id
            for task in await self._flights.find(missionId=given.mission_id)
            if task.status not in TERMINAL and task.id not in led
        ]
        return UnderWay(relays=relays, flights=flights)

    async def _docks_of(self, mission_id: str) -> MissionDocks:
        mission = await self._missions.get(mission_id)
        assert mission is not None, "just made"
        return MissionDocks(status=mission.status, docks=mission.dock_sns)


def _since(at: datetime | None) -> datetime:
    return at if at is not None else now()
