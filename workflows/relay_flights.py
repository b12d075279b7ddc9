"""The legs of a relay that are in the air: each a flight saga of its own, to which the relay lends its dock."""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError
from temporalio.workflow import ParentClosePolicy

from activities.legs import HandOver, Legs
from activities.sagas import FlightHome, Sagas
from store.facts import Actor
from store.relays import RelayLeg
from workflows.answers import FlightState
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.inputs import FlightInput, RelayInput
from workflows.leasing import give_back
from workflows.names import Saga, Workflow, flight_id
from workflows.policies import waiting
from workflows.relay_crew import Crew
from workflows.relay_record import Record
from workflows.search import attributes

AT_ONCE: Final = 2  # the one that flies the route, and the one before or after it on its way home or out
# A flight that ended so never left its dock: a neighbour may take its part
NEVER_FLEW: Final = frozenset({"rejected", "missed"})


class Flights:
    """At most two at once, in the order of the route.

    `flying` by number of the leg; `unsettled` failed and need a decision; `grounded` failed without having taken off.
    """

    def __init__(self, given: RelayInput, record: Record, crew: Crew, log: Logbook) -> None:
        self.flying: dict[int, asyncio.Task[None]] = {}
        self.unsettled: list[int] = []
        self.grounded: set[int] = set()
        self._given = given
        self._timings = given.timings
        self._record = record
        self._crew = crew
        self._log = log
        self._handed_over: set[int] = set()
        self._recalled: set[int] = set()
        self._higher: set[int] = set()
        self._begun = 0

    def may_begin(self) -> bool:
        """Whether the next one may be sent: all that fly have handed over."""
        return not self._record.paused and len(self.flying) < AT_ONCE and self.flying.keys() <= self._handed_over

    async def begin(self, index: int) -> None:
        """Send the dock of this leg."""
        leg = self._record.legs[index]
        self._begun += 1
        leg.flight_id = uuid5(NAMESPACE_URL, f"argus/relay/{self._given.relay_id}/{self._begun}").hex
        leg.attempt += 1
        leg.status, leg.reason = "flying", None
        self._handed_over.discard(index)
        self.grounded.discard(index)
        # Two ways home at one height could meet
        if self.flying.keys() - self._higher:
            self._higher.add(index)
        self.flying[index] = asyncio.create_task(self._fly(index, leg))
        await self._record.note(f"dock `{leg.dock_sn}` flies leg {index + 1}")

    async def _fly(self, index: int, leg: RelayLeg) -> None:
        """One flight, from the loan of its lease until it has landed."""
        watch: asyncio.Task[None] | None = None
        status, reason = "rejected", None
        started = False
        try:
            await self._crew.lease(leg.dock_sn, lend=flight_id(leg.flight_id or ""))
            if self._record.abort is not None or index in self._recalled:
                raise failure(Failure.FLIGHT_STOPPED, "called back before it began")
            child = await self._start(index, leg)
            started = True
            if self._record.abort is not None or index in self._recalled:
                # The word came while the flight was being started, and found nobody
                await self.bring_home(index, (self._record.abort or self._given).actor)
            if self._given.overlap is not None and index + 1 < len(self._record.legs):
                watch = asyncio.create_task(self._watch(index, leg))
            ended = await child
            status, reason = ended.status, ended.reason
        except FailureError as error:
            cause = root(error)
            reason = cause.message if isinstance(cause, ApplicationError) else str(cause)
            if started and not isinstance(cause, ApplicationError):
                status = "lost"  # terminated, say: nobody knows where its aircraft is
            elif workflow.patched("end-the-loan"):
                await self._end_loan(leg)
        finally:
            if watch is not None:
                watch.cancel()
        self.flying.pop(index, None)
        self._higher.discard(index)
        recalled = index in self._recalled
        self._recalled.discard(index)
        if status == "ok":
            leg.status = "done"
        elif recalled and self._record.abort is None:
            leg.status = "waiting"
        else:
            leg.status, leg.reason = "failed", f"{status}: {reason}" if reason else status
            if status in NEVER_FLEW:
                self.grounded.add(index)
            if self._record.abort is None:
                self.unsettled.append(index)
        await self._record.note(f"leg {index + 1} of dock `{leg.dock_sn}` ended: {status} {reason or ''}".rstrip())

    async def _end_loan(self, leg: RelayLeg) -> None:
        """A flight that was refused, or never began, did not take the dock, and gives nothing back."""
        try:
            await give_back(leg.dock_sn, self._timings, holder=flight_id(leg.flight_id or ""))
        except FailureError as error:
            self._log.note(f"**dock `{leg.dock_sn}` stays lent**: {root(error)}")

    async def _start(self, index: int, leg: RelayLeg) -> workflow.ChildWorkflowHandle[object, FlightState]:
        given = self._given
        assert leg.flight_id is not None, "named when it began"
        flight = FlightInput(
            task_id=leg.flight_id,
            org_id=given.org_id,
            mission_id=given.mission_id,
            dock_sn=leg.dock_sn,
            wayline_id=leg.wayline_id,
            name=f"{given.name} {index + 1}",
            rth_altitude=given.rth_altitude + (given.separation if index in self._higher else 0),
            overrides=given.overrides,
            actor=given.actor,
            timings=given.timings,
        )
        handle: workflow.ChildWorkflowHandle[object, FlightState] = await workflow.start_child_workflow(
            Workflow.FLIGHT,
            flight,
            id=flight_id(leg.flight_id),
            result_type=FlightState,
            # A relay that is terminated leaves its flights to themselves: they come home, and give the dock back
            parent_close_policy=ParentClosePolicy.ABANDON,
            search_attributes=attributes(
                OrgId=given.org_id, MissionId=given.mission_id, DockSn=leg.dock_sn, Saga=Saga.FLIGHT
            ),
            static_summary=f"Leg {index + 1} of relay {given.name}, from dock {leg.dock_sn}",
        )
        return handle

    async def _watch(self, index: int, leg: RelayLeg) -> None:
        assert leg.flight_id is not None, "flies"
        assert self._given.overlap is not None, "asked for"
        config = waiting(self._timings, self._timings.flight, f"Leg {index + 1} is at {self._given.overlap} %")
        try:
            handed = await workflow.execute_activity_method(
                Legs.watch_hand_over, HandOver(flight_id=leg.flight_id, percent=self._given.overlap), **config
            )
        except FailureError as error:
            # Landed before, or not to be seen: the next dock is sent after the landing
            self._log.note(f"leg {index + 1} is watched no longer: {root(error)}")
            return
        if handed and index in self.flying:
            self._handed_over.add(index)
            self._log.note(f"leg {index + 1} hands over")

    async def recall(self, index: int, actor: Actor) -> None:
        """Home, to fly its leg again later."""
        self._recalled.add(index)
        await self.bring_home(index, actor)

    async def bring_all_home(self, actor: Actor) -> None:
        """And wait until they are."""
        await asyncio.gather(*(self.bring_home(index, actor) for index in sorted(self.flying)))
        await workflow.wait_condition(lambda: not self.flying)

    async def bring_home(self, index: int, actor: Actor) -> None:
        leg = self._record.legs[index]
        if leg.flight_id is None:
            return
        leg.status = "returning"
        try:
            await workflow.execute_activity_method(
                Sagas.bring_flight_home,
                FlightHome(flight_id=leg.flight_id, actor=actor),
                **waiting(self._timings, self._timings.landing, f"Dock {leg.dock_sn} brings its aircraft home"),
            )
        except FailureError as error:
            self._log.note(f"**dock `{leg.dock_sn}`**: {root(error)}")
