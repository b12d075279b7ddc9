"""Saga `relay/{id}`: one route over several docks. All leases or none, all files first, then one flight after another.

Each leg is a flight saga of its own, to which the relay lends the lease of its dock. However the relay ends, every
aircraft is at home and every dock is given back before it is over.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from store.facts import Actor, Ask, Decide, LeaseTaken
from store.relays import LEG_OVER, RELAY_OVER
from workflows.answers import RelayAnswer
from workflows.answers import RelayState as State
from workflows.compensation import Compensations, shielded
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.inputs import RelayInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.relay_crew import Crew
from workflows.relay_flights import Flights
from workflows.relay_gaps import Gaps
from workflows.relay_orders import Orders
from workflows.relay_record import Record


@workflow.defn(name=Workflow.RELAY)
class Relay:
    """The legs in the order of the route, at most two of them in the air at once."""

    @workflow.init
    def __init__(self, given: RelayInput) -> None:
        self._given = given
        self._accepted = False
        self._refusal: BaseException | None = None
        self._log = Logbook(Saga.RELAY, f"Relay {given.name}", org=given.org_id, mission=given.mission_id)
        self._undo = Compensations(self._log.note)
        self._record = Record(given, self._log)
        self._crew = Crew(given, self._undo)
        self._flights = Flights(given, self._record, self._crew, self._log)
        self._gaps = Gaps(given, self._record, self._crew, self._flights, self._log)
        self._orders = Orders(given, self._record, self._flights, self._log)

    @workflow.run
    async def run(self, given: RelayInput) -> State:
        try:
            await self._accept()
            await self._fly()
        except (FailureError, asyncio.CancelledError) as error:
            cancelled = is_cancelled_exception(error)
            self._refusal = failure(Failure.RELAY_ABORTED, "the saga was cancelled in Temporal") if cancelled else error
            self._refusal = root(self._refusal)
            self._record.reason = getattr(self._refusal, "message", str(self._refusal))
            if self._record.abort is None:
                self._record.abort = Ask(actor=Actor(user="temporal", reason=self._record.reason or ""))
        await shielded(self._end())
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._accepted and self._refusal is not None:
            raise self._refusal
        return self.status()

    # The story

    async def _accept(self) -> None:
        """Plan, all leases, all files, the document: a refusal leaves nothing behind."""
        record = self._record
        self._log.enter("starting", f"asked for by {self._given.actor.user}")
        planned = await self._crew.plan(self._given.docks, 0.0, strict=True)
        record.length, record.legs = planned.length_m, planned.legs
        for sn in sorted({leg.dock_sn for leg in planned.legs}):
            await self._crew.lease(sn)
        await self._crew.upload(record.legs)
        opening = asyncio.create_task(record.open())
        try:
            await asyncio.shield(opening)
        finally:
            await opening  # also where it is cancelled meanwhile: a document that is there has to say how it ended
            self._accepted = True
        record.status = "running"
        await record.note("all docks are ours, all files are uploaded")

    async def _fly(self) -> None:
        """Send one dock after the other, until the route is covered or somebody calls it off."""
        record, flights = self._record, self._flights
        while record.abort is None:
            if flights.unsettled:
                await self._gaps.settle(flights.unsettled.pop(0))
                continue
            following = record.following()
            if following is None and not flights.flying:
                return
            if following is not None and flights.may_begin():
                await flights.begin(following)
                continue
            await workflow.wait_condition(self._stirs)

    def _stirs(self) -> bool:
        record, flights = self._record, self._flights
        following = record.following()
        over = following is None and not flights.flying
        return bool(record.abort or flights.unsettled or over or (following is not None and flights.may_begin()))

    async def _end(self) -> None:
        """Every aircraft home, every dock given back, and then the last word."""
        record = self._record
        if record.abort is not None:
            record.status = "ending"
            actor = record.abort.actor
            record.reason = record.reason or f"aborted by {actor.user}" + (f": {actor.reason}" if actor.reason else "")
            if self._accepted:
                await record.note("every aircraft comes home")
            await self._flights.bring_all_home(actor)
        problems = await self._undo.run()
        record.reason = "; ".join(filter(None, [record.reason, *problems])) or None
        record.question = None
        for leg in record.legs:
            if leg.status not in LEG_OVER:
                leg.status = "skipped"
        record.status = "aborted" if record.abort is not None else "partial" if record.gap > 0 else "completed"
        if self._accepted:
            await record.note(record.reason or "every aircraft is at home")

    # What people say

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> RelayAnswer:
        """When all is leased and uploaded. Raises why it is not."""
        await workflow.wait_condition(lambda: self._accepted or self._refusal is not None)
        if not self._accepted and self._refusal is not None:
            raise self._refusal
        return self._record.did("accepted")

    @workflow.update(name=Update.PAUSE)
    async def pause(self, asked: Ask) -> RelayAnswer:
        """What flies hovers, what is on the ground stays there. Raises RelayOver."""
        self._check_open()
        return await self._orders.pause(asked)

    @workflow.update(name=Update.RESUME)
    async def resume(self, asked: Ask) -> RelayAnswer:
        """Who hovers flies on; who came home flies its leg again. Raises RelayOver."""
        self._check_open()
        return await self._orders.resume(asked)

    @workflow.update(name=Update.ABORT)
    async def abort(self, asked: Ask) -> RelayAnswer:
        """Call it off: answers at once, and every aircraft comes home. Follow `dji_relays/{id}`. Raises RelayOver."""
        # Its document may be found, by a mission that ends, just before it is known here to be written
        await workflow.wait_condition(lambda: self._accepted or self._refusal is not None)
        self._check_open()
        if self._record.abort is None:
            self._record.abort = asked
            self._record.status = "ending"
        return self._record.did("every aircraft comes home")

    @workflow.update(name=Update.DECIDE)
    async def decide(self, asked: Decide) -> RelayAnswer:
        """Answer the question. Raises RelayNotAsking where there is none, RelayOver."""
        self._check_open()
        return await self._gaps.decide(asked)

    def _check_open(self) -> None:
        if self._record.status in RELAY_OVER or not self._accepted:
            state = self._record.status if self._accepted else "not accepted yet"
            raise failure(Failure.RELAY_OVER, f"relay {self._given.name} is {state}")

    @workflow.signal(name=Signal.LEASE_TAKEN)
    def lease_taken(self, fact: LeaseTaken) -> None:
        """The flight of that dock is told as well and comes home; one that is still to fly will find the dock held."""
        self._log.note(f"**{fact.words}** (`{fact.sn}`)")

    @workflow.query(name=Query.STATUS)
    def status(self) -> State:
        return self._record.state()
