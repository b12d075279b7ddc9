"""What sagas know of a dock: its lease for all to see, and the end of its membership."""

from __future__ import annotations

import contextlib

from google.api_core.exceptions import NotFound
from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from activities.state.audit import note
from store.alerts import Alerts
from store.audit import Audit
from store.authority import Authorities
from store.docks import AircraftRepository, Docks, HeldBy
from store.events import Events, about
from store.facts import Actor, Lease
from store.firmware import Pushes
from store.flights import FlightTasks
from store.orgs import Orgs
from store.pairings import Pairings


class LeaseMirror(BaseModel):
    sn: str
    lease: Lease | None = None


class TakingNote(BaseModel):
    """`loser` is who held the dock, None where it was free; `at` in epoch ms."""

    sn: str
    org_id: str
    actor: Actor
    loser: str | None = None
    granted: bool
    at: int


class DockRef(BaseModel):
    sn: str


class Membership(BaseModel):
    """What has to be undone when a dock leaves; all None for a dock that is not paired."""

    sn: str
    org_id: str | None = None
    mission_id: str | None = None
    pairing_id: str | None = None
    account: str | None = None
    aircraft_sns: list[str] = []


class FlightsToCome(BaseModel):
    """`rollouts`: those of firmware that wait for the dock to come online."""

    flights: list[str]
    rollouts: list[str] = Field(default_factory=list)


class Unbind(BaseModel):
    membership: Membership
    actor: Actor


class DockState:
    """Activities on `dji_docks`."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._events = events
        self._docks = Docks(client)
        self._aircraft = AircraftRepository(client)
        self._orgs = Orgs(client)
        self._flights = FlightTasks(client)
        self._pushes = Pushes(client)
        self._pairings = Pairings(client)
        self._authorities = Authorities(client, events)
        self._alerts = Alerts(client)
        self._audit = Audit(client)

    @activity.defn
    async def mirror_lease(self, given: LeaseMirror) -> None:
        """Show who holds the dock. A dock without a document has nothing to show it in."""

        shown = HeldBy.of(given.lease).model_dump(by_alias=True) if given.lease is not None else None
        with contextlib.suppress(NotFound):
            await self._docks.patch(given.sn, {"lease": shown})

    @activity.defn
    async def note_taking(self, given: TakingNote) -> None:
        """Put into the audit log who took the dock by force, and from whom."""

        async def step(transaction: AsyncTransaction) -> None:
            note(
                self._audit, transaction, org_id=given.org_id, actor=given.actor, action="dock.taken", target=given.sn,
                occasion=str(given.at), outcome="done" if given.granted else "its aircraft comes home first",
                loser=given.loser,
            )  # fmt: skip

        await self._docks.transact(step)

    @activity.defn
    async def membership(self, given: DockRef) -> Membership:
        """What a dock's membership consists of."""
        dock = await self._docks.get(given.sn)
        if dock is None or dock.org_id is None:
            return Membership(sn=given.sn)
        pairing = await self._pairings.get(dock.pairing_id) if dock.pairing_id else None
        aircraft = {dock.aircraft_sn, pairing.aircraft_sn if pairing is not None else None} - {None}
        return Membership(
            sn=dock.sn,
            org_id=dock.org_id,
            mission_id=dock.mission_id,
            pairing_id=dock.pairing_id,
            account=dock.account,
            aircraft_sns=sorted(sn for sn in aircraft if sn is not None),
        )

    @activity.defn
    async def flights_to_come(self, given: DockRef) -> FlightsToCome:
        """Flights of the dock that have not ended, and rollouts that wait for it."""
        return FlightsToCome(
            flights=[flight.id for flight in await self._flights.under_way(given.sn)],
            rollouts=[push.rollout_id for push in await self._pushes.waiting_of(given.sn)],
        )

    @activity.defn
    async def unbind(self, given: Unbind) -> None:
        """Forget dock and aircraft, and free the seat. Raises DockAssigned while the dock is in a mission."""
        former = given.membership

        async def step(transaction: AsyncTransaction) -> None:
            dock = await self._docks.get(former.sn, transaction)
            if dock is None or dock.org_id != former.org_id or dock.pairing_id != former.pairing_id:
                return
            org = await self._orgs.get(dock.org_id, transaction) if dock.org_id is not None else None
            if dock.mission_id is not None:
                raise failure(Failure.DOCK_ASSIGNED, f"dock {dock.sn} is in mission {dock.mission_id}", field="sn")
            machines = [await self._aircraft.get(sn, transaction) for sn in former.aircraft_sns]
            for machine in machines:
                if machine is not None and machine.org_id == dock.org_id:
                    transaction.delete(self._aircraft.ref(machine.sn))
            transaction.delete(self._docks.ref(dock.sn))
            if org is not None:
                transaction.update(self._orgs.ref(org.id), {"seatsUsed": max(0, org.seats_used - 1)})
                note(
                    self._audit, transaction, org_id=org.id, actor=given.actor, action="dock.unbound", target=dock.sn,
                    occasion=former.pairing_id or "", outcome="done",
                )  # fmt: skip
                await self._events.emit(
                    org.id, "dock.unpaired", about("dock", dock.sn), {"by": given.actor.user},
                    key=this_time(), within=transaction,
                )  # fmt: skip

        await self._events.transact(step)
        await self._authorities.release(former.sn, None, why="unpaired")
        if former.org_id is not None:
            await self._alerts.close(former.sn, former.org_id, "the dock has left the organisation")
