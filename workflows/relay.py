"""Saga `relay/{id}`: one route over several docks. All leases or none, all files first, then one flight after another.

Each leg is a flight saga of its own, to which the relay lends the lease of its dock. However the relay ends, every
aircraft is at home and every dock is given back before it is over.
"""

from __future__ import annotations

import asyncio
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception
from temporalio.workflow import ParentClosePolicy

from activities.leases import Acquire, Leases, Release
from activities.legs import FlightWord, HandOver, LegFiles, Legs
from activities.notify import Alert, Notify
from activities.sagas import FlightHome, Sagas
from activities.state.relay import NewRelay, RelayNote, RelayPlanned, RelayQuery, RelayState
from store.facts import Actor, Ask, Decide, LeaseRequest
from store.relays import LEG_OVER, RELAY_OVER, Question, RelayLeg, RelayStatus
from workflows.answers import FlightState, RelayAnswer
from workflows.answers import RelayState as State
from workflows.compensation import Compensations, shielded
from workflows.details import Logbook
from workflows.errors import Failure, dock_busy, failure, root
from workflows.inputs import DockInput, FlightInput, RelayInput
from workflows.names import Query, Saga, Update, Workflow, flight_id
from workflows.policies import quick, waiting
from workflows.relay_details import table

# A flight that ended so never left its dock: a neighbour may take its part
NEVER_FLEW: Final = frozenset({"rejected", "missed"})


@workflow.defn(name=Workflow.RELAY)
class Relay:
    """The legs in the order of the route, at most two of them in the air at once."""

    @workflow.init
    def __init__(self, given: RelayInput) -> None:
        self._given = given
        self._timings = given.timings
        self._status: RelayStatus = "starting"
        self._reason: str | None = None
        self._legs: list[RelayLeg] = []
        self._length = 0.0
        self._gap = 0.0
        self._flying: dict[int, asyncio.Task[None]] = {}
        self._handed_over: set[int] = set()
        self._recalled: set[int] = set()
        self._unsettled: list[int] = []
        self._grounded: set[int] = set()
        self._flights = 0
        self._hovering: asyncio.Task[None] | None = None
        self._paused = False
        self._pauses = 0
        self._ordering = asyncio.Lock()
        self._noting = asyncio.Lock()
        self._question: Question | None = None
        self._decision: Decide | None = None
        self._abort: Ask | None = None
        self._accepted = False
        self._refusal: BaseException | None = None
        self._log = Logbook(Saga.RELAY, f"Relay {given.name}", org=given.org_id, mission=given.mission_id)
        self._undo = Compensations(self._log.note)

    @workflow.run
    async def run(self, given: RelayInput) -> State:
        try:
            await self._accept()
            await self._fly()
        except (FailureError, asyncio.CancelledError) as error:
            cancelled = is_cancelled_exception(error)
            self._refusal = failure(Failure.RELAY_ABORTED, "the saga was cancelled in Temporal") if cancelled else error
            self._refusal = root(self._refusal)
            self._reason = getattr(self._refusal, "message", str(self._refusal))
            if self._abort is None:
                self._abort = Ask(actor=Actor(user="temporal", reason=self._reason or ""))
        await shielded(self._end())
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._accepted and self._refusal is not None:
            raise self._refusal
        return self.status()

    # The story

    async def _accept(self) -> None:
        """Plan, all leases, all files, the document: a refusal leaves nothing behind."""
        self._log.enter("starting", f"asked for by {self._given.actor.user}")
        planned = await self._plan(self._given.docks, 0.0, strict=True)
        self._length = planned.length_m
        self._legs = planned.legs
        for sn in sorted({leg.dock_sn for leg in planned.legs}):
            await self._lease(sn)
        await self._upload(self._legs)
        await self._open()
        self._status = "running"
        await self._note("all docks are ours, all files are uploaded")
        self._accepted = True

    async def _fly(self) -> None:
        """Send one dock after the other, until the route is covered or somebody calls it off."""
        while self._abort is None:
            if self._unsettled:
                await self._settle(self._unsettled.pop(0))
                continue
            following = self._following()
            if following is None and not self._flying:
                return
            if following is not None and self._may_begin():
                await self._begin(following)
                continue
            await workflow.wait_condition(self._stirs)

    def _following(self) -> int | None:
        """The next leg in the order of the route."""
        return next((index for index, leg in enumerate(self._legs) if leg.status == "waiting"), None)

    def _may_begin(self) -> bool:
        return not self._paused and len(self._flying) < 2 and self._flying.keys() <= self._handed_over

    def _stirs(self) -> bool:
        following = self._following()
        over = following is None and not self._flying
        return bool(self._abort or self._unsettled or over or (following is not None and self._may_begin()))

    async def _begin(self, index: int) -> None:
        leg = self._legs[index]
        self._flights += 1
        leg.flight_id = uuid5(NAMESPACE_URL, f"argus/relay/{self._given.relay_id}/{self._flights}").hex
        leg.attempt += 1
        leg.status, leg.reason = "flying", None
        self._handed_over.discard(index)
        self._grounded.discard(index)
        self._flying[index] = asyncio.create_task(self._leg(index, leg))
        await self._note(f"dock `{leg.dock_sn}` flies leg {index + 1}")

    async def _leg(self, index: int, leg: RelayLeg) -> None:
        """One flight, from the loan of its lease until it has landed."""
        watch: asyncio.Task[None] | None = None
        status, reason = "rejected", None
        try:
            await self._lease(leg.dock_sn, lend=flight_id(leg.flight_id or ""))
            if self._abort is not None or index in self._recalled:
                raise failure(Failure.FLIGHT_STOPPED, "called back before it began")
            child = await self._start(index, leg)
            if self._abort is not None or index in self._recalled:
                # The word came while the flight was being started, and found nobody
                await self._bring_home(index, (self._abort or Ask(actor=self._given.actor)).actor)
            if self._given.overlap is not None and index + 1 < len(self._legs):
                watch = asyncio.create_task(self._watch(index, leg))
            ended = await child
            status, reason = ended.status, ended.reason
        except FailureError as error:
            cause = root(error)
            reason = cause.message if isinstance(cause, ApplicationError) else str(cause)
        finally:
            if watch is not None:
                watch.cancel()
        self._flying.pop(index, None)
        if status == "ok":
            leg.status = "done"
        elif index in self._recalled and self._abort is None:
            self._recalled.discard(index)
            leg.status = "waiting"
        else:
            leg.status, leg.reason = "failed", f"{status}: {reason}" if reason else status
            if status in NEVER_FLEW:
                self._grounded.add(index)
            if self._abort is None:
                self._unsettled.append(index)
        await self._note(f"leg {index + 1} of dock `{leg.dock_sn}` ended: {status} {reason or ''}".rstrip())

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
            rth_altitude=given.rth_altitude + (given.separation if index % 2 else 0),
            overrides=given.overrides,
            actor=given.actor,
            timings=given.timings,
        )
        values = {"OrgId": given.org_id, "MissionId": given.mission_id, "DockSn": leg.dock_sn, "Saga": Saga.FLIGHT}
        handle: workflow.ChildWorkflowHandle[object, FlightState] = await workflow.start_child_workflow(
            Workflow.FLIGHT,
            flight,
            id=flight_id(leg.flight_id),
            result_type=FlightState,
            # A relay that is terminated leaves its flights to themselves: they come home, and give the dock back
            parent_close_policy=ParentClosePolicy.ABANDON,
            search_attributes=TypedSearchAttributes(
                [SearchAttributePair(SearchAttributeKey.for_keyword(name), value) for name, value in values.items()]
            ),
            static_summary=f"Leg {index + 1} of relay {given.name}, from dock {leg.dock_sn}",
        )
        return handle

    async def _watch(self, index: int, leg: RelayLeg) -> None:
        assert leg.flight_id is not None, "flies"
        assert self._given.overlap is not None, "asked for"
        config = waiting(self._timings, self._timings.flight, f"Leg {index + 1} is at {self._given.overlap} %")
        handed = await workflow.execute_activity_method(
            Legs.watch_hand_over, HandOver(flight_id=leg.flight_id, percent=self._given.overlap), **config
        )
        if handed and index in self._flying:
            self._handed_over.add(index)
            self._log.note(f"leg {index + 1} hands over")

    # A leg that failed

    async def _settle(self, index: int) -> None:
        """Give the part of a dock that never flew to its neighbours; else ask a person."""
        leg = self._legs[index]
        reason = leg.reason or "failed"
        if index in self._grounded and await self._give_to_neighbours(index):
            return
        await self._ask(index, reason)

    async def _give_to_neighbours(self, index: int) -> bool:
        """First those that are still to fly; then also the one before, with the battery that it has left."""
        leg = self._legs[index]
        later = self._docks_after(leg.dock_sn)
        before = next((one.dock_sn for one in reversed(self._legs[:index]) if one.status == "done"), None)
        if later and await self._replace(index, later):
            return True
        await workflow.wait_condition(lambda: not self._flying or self._abort is not None)
        before = next((one.dock_sn for one in reversed(self._legs[:index]) if one.status == "done"), before)
        if before is None or self._abort is not None:
            return False
        return await self._replace(index, [before, *later])

    def _docks_after(self, sn: str) -> list[str]:
        """In the order that was asked for; also such as the plan had no need of."""
        docks = self._given.docks
        return docks[docks.index(sn) + 1 :]

    async def _replace(self, index: int, docks: list[str]) -> bool:
        """Plan the rest of the route anew, from where this leg began, for these docks."""
        leg = self._legs[index]
        try:
            planned = await self._plan(docks, leg.start, strict=False)
            for sn in sorted({new.dock_sn for new in planned.legs}):
                await self._lease(sn)
            await self._upload(planned.legs, after=index + 1)
        except FailureError as error:
            self._log.note(f"without dock `{leg.dock_sn}`: {root(error)}")
            return False
        leg.status = "replaced"
        self._legs[index + 1 :] = planned.legs
        taken = ", ".join(f"`{new.dock_sn}`" for new in planned.legs)
        await self._note(f"dock `{leg.dock_sn}` is skipped ({leg.reason}); its part goes to {taken}")
        return True

    async def _ask(self, index: int, reason: str) -> None:
        """Wait for a decision until the deadline; nothing new takes off meanwhile, what flies goes on."""
        leg, timings = self._legs[index], self._timings
        until = workflow.time() + timings.relay_decision
        self._decision = None
        self._question = Question(leg=index, dock_sn=leg.dock_sn, reason=reason, until=int(until * 1000))
        before, self._status = self._status, "deciding"
        await self._note(f"**decide**: leg {index + 1} of dock `{leg.dock_sn}`: {reason}")
        await self._alert(leg.dock_sn, f"relay {self._given.name}: leg {index + 1} failed ({reason}); decide")
        try:
            await workflow.wait_condition(
                lambda: self._decision is not None or self._abort is not None,
                timeout=timings.relay_decision,
                timeout_summary=f"Decide on leg {index + 1}",
            )
        except TimeoutError:
            self._abort = Ask(actor=Actor(user="relay", reason=f"nobody decided on leg {index + 1} in time"))
        self._question = None
        if self._abort is not None:
            return
        decided = self._decision
        assert decided is not None, "waited for"
        self._status = "paused" if self._paused else "running" if before == "deciding" else before
        if decided.decision == "retry":
            leg.status = "waiting"
        else:
            leg.status = "skipped"
            self._gap += leg.end - leg.start
        await self._note(f"{decided.actor.user}: {decided.decision} leg {index + 1}")

    # The end

    async def _end(self) -> None:
        """Every aircraft home, every dock given back, and then the last word."""
        if self._abort is not None:
            self._status = "ending"
            actor = self._abort.actor
            self._reason = self._reason or f"aborted by {actor.user}" + (f": {actor.reason}" if actor.reason else "")
            if self._accepted:
                await self._note("every aircraft comes home")
            await asyncio.gather(*(self._bring_home(index, actor) for index in sorted(self._flying)))
            await workflow.wait_condition(lambda: not self._flying)
        problems = await self._undo.run()
        self._reason = "; ".join(filter(None, [self._reason, *problems])) or None
        self._question = None
        for leg in self._legs:
            if leg.status not in LEG_OVER:
                leg.status = "skipped"
        self._status = "aborted" if self._abort is not None else "partial" if self._gap > 0 else "completed"
        if self._accepted:
            await self._note(self._reason or "every aircraft is at home")

    async def _bring_home(self, index: int, actor: Actor) -> None:
        leg = self._legs[index]
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

    # Steps of the story

    async def _plan(self, docks: list[str], start: float, *, strict: bool) -> RelayPlanned:
        given = self._given
        return await workflow.execute_activity_method(
            RelayState.plan_relay,
            RelayQuery(
                org_id=given.org_id,
                mission_id=given.mission_id,
                docks=docks,
                route=given.route,
                speed=given.speed,
                reserve=given.reserve,
                start=start,
                strict=strict,
            ),
            **quick(self._timings, f"Who flies what, from metre {start:.0f} on"),
        )

    async def _lease(self, sn: str, lend: str | None = None) -> None:
        given, me = self._given, workflow.info().workflow_id
        if lend is None:
            self._undo.add(f"lease of {sn}", lambda: self._release(sn))
        request = LeaseRequest(holder=me, kind="relay", reason=f"relay {given.name}", actor=given.actor, lend=lend)
        answer = await workflow.execute_activity_method(
            Leases.acquire_lease,
            Acquire(dock=DockInput(sn=sn, org_id=given.org_id, timings=self._timings), request=request),
            **waiting(self._timings, 0, f"Lend dock {sn} to the flight" if lend else f"Lease dock {sn}"),
        )
        if not answer.granted:
            raise dock_busy(sn, answer.lease, field=f"docks[{given.docks.index(sn)}]")

    async def _release(self, sn: str) -> None:
        await workflow.execute_activity_method(
            Leases.release_lease,
            Release(sn=sn, holder=workflow.info().workflow_id),
            **quick(self._timings, f"Give dock {sn} back"),
        )

    async def _upload(self, legs: list[RelayLeg], after: int = 0) -> None:
        given = self._given
        for leg in legs:
            leg.wayline_id = workflow.uuid4().hex
        await workflow.execute_activity_method(
            Legs.upload_legs,
            LegFiles(
                relay_id=given.relay_id,
                org_id=given.org_id,
                name=given.name,
                route=given.route,
                height_mode=given.height_mode,
                speed=given.speed,
                rth_altitude=given.rth_altitude,
                legs=legs,
                first=after + 1,
                actor=given.actor,
            ),
            **quick(self._timings, f"Upload the files of {len(legs)} legs"),
        )

    async def _open(self) -> None:
        given = self._given
        await workflow.execute_activity_method(
            RelayState.open_relay,
            NewRelay(
                relay_id=given.relay_id,
                org_id=given.org_id,
                mission_id=given.mission_id,
                name=given.name,
                docks=given.docks,
                length_m=self._length,
                overlap=given.overlap,
                rth_altitude=given.rth_altitude,
                legs=self._legs,
                actor=given.actor,
            ),
            **quick(self._timings, "Write the relay"),
        )

    async def _note(self, text: str) -> None:
        """Write what the relay is at, in the store and in Temporal: one writer at a time, each with the newest."""
        self._log.enter(self._status, text)
        self._log.table(table(self._legs, self._question))
        async with self._noting:
            state = self.status()
            actor = self._abort.actor if self._abort is not None else self._given.actor
            await workflow.execute_activity_method(
                RelayState.note_relay,
                RelayNote(**state.model_dump(), actor=actor),
                **quick(self._timings, text[:120]),
            )

    async def _alert(self, sn: str, text: str) -> None:
        alert = Alert(
            org_id=self._given.org_id, sn=sn, level="warning", code="relay-decision", text=text,
            saga=workflow.info().workflow_id,
        )  # fmt: skip
        try:
            await workflow.execute_activity_method(
                Notify.alert, alert, **quick(self._timings, text[:120], within=self._timings.activity_quick)
            )
        except FailureError as error:
            self._log.note(f"nobody was told: {root(error)}")

    # What people say

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> RelayAnswer:
        """When all is leased and uploaded. Raises why it is not."""
        await workflow.wait_condition(lambda: self._accepted or self._refusal is not None)
        if not self._accepted and self._refusal is not None:
            raise self._refusal
        return self._did("accepted")

    @workflow.update(name=Update.PAUSE)
    async def pause(self, asked: Ask) -> RelayAnswer:
        """What flies hovers, what is on the ground stays there. Who hovers for too long comes home for the while."""
        async with self._ordering:
            self._check_open()
            if self._paused:
                return self._did("nothing: it is paused already")
            self._paused = True
            self._pauses += 1
            pause = self._pauses
            self._status = "paused" if self._question is None else self._status
            await asyncio.gather(*(self._hover(index, asked.actor) for index in sorted(self._flying)))
            await self._note(f"paused by {asked.actor.user}")
        if any(leg.status == "hovering" for leg in self._legs):
            self._hovering = asyncio.create_task(self._limit_hover(pause, asked.actor))
        return self._did("paused")

    async def _hover(self, index: int, actor: Actor) -> None:
        leg = self._legs[index]
        if leg.status == "flying" and await self._tell(leg, "pause", actor):
            leg.status = "hovering"
        elif index in self._flying:
            self._recalled.add(index)
            await self._bring_home(index, actor)

    async def _limit_hover(self, pause: int, actor: Actor) -> None:
        """An aircraft cannot hover for as long as people may think."""
        try:
            await workflow.wait_condition(
                lambda: self._pauses != pause or not self._paused or self._abort is not None,
                timeout=self._timings.relay_hover,
                timeout_summary="How long aircraft may hover",
            )
        except TimeoutError:
            async with self._ordering:
                hovering = [index for index in self._flying if self._legs[index].status == "hovering"]
                self._recalled.update(hovering)
                await asyncio.gather(*(self._bring_home(index, actor) for index in hovering))

    @workflow.update(name=Update.RESUME)
    async def resume(self, asked: Ask) -> RelayAnswer:
        """Who hovers flies on; who came home flies its leg again."""
        async with self._ordering:
            self._check_open()
            if not self._paused:
                return self._did("nothing: it is not paused")
            hovering = [leg for leg in self._legs if leg.status == "hovering"]
            for leg in hovering:
                if await self._tell(leg, "resume", asked.actor) and leg.status == "hovering":
                    leg.status = "flying"
            self._paused = False
            self._status = "running" if self._question is None else self._status
            await self._note(f"resumed by {asked.actor.user}")
        return self._did("resumed")

    async def _tell(self, leg: RelayLeg, word: str, actor: Actor) -> bool:
        """Whether the flight took it."""
        assert leg.flight_id is not None, "flies"
        try:
            await workflow.execute_activity_method(
                Legs.tell_flight,
                FlightWord(flight_id=leg.flight_id, word="pause" if word == "pause" else "resume", actor=actor),
                **waiting(self._timings, 3 * self._timings.command_reply, f"Dock {leg.dock_sn}: {word}"),
            )
        except FailureError as error:
            self._log.note(f"dock `{leg.dock_sn}` did not {word}: {root(error)}")
            return False
        return True

    @workflow.update(name=Update.ABORT)
    async def abort(self, asked: Ask) -> RelayAnswer:
        """Call it off: answers at once, and every aircraft comes home. Follow `dji_relays/{id}`."""
        self._check_open()
        if self._abort is None:
            self._abort = asked
            self._status = "ending"
        return self._did("every aircraft comes home")

    @workflow.update(name=Update.DECIDE)
    async def decide(self, asked: Decide) -> RelayAnswer:
        """Answer the question. Raises RelayNotAsking where there is none."""
        self._check_open()
        if self._question is None or self._decision is not None:
            raise failure(Failure.RELAY_NOT_ASKING, f"relay {self._given.name} waits for no decision", field="decision")
        if asked.decision == "abort":
            self._abort = asked
        else:
            self._decision = asked
            await workflow.wait_condition(lambda: self._question is None)
        return self._did(asked.decision)

    def _check_open(self) -> None:
        if self._status in RELAY_OVER or not self._accepted:
            state = self._status if self._accepted else "not accepted yet"
            raise failure(Failure.RELAY_OVER, f"relay {self._given.name} is {state}")

    def _did(self, what: str) -> RelayAnswer:
        return RelayAnswer(relay_id=self._given.relay_id, status=self._status, did=what)

    @workflow.query(name=Query.STATUS)
    def status(self) -> State:
        covered = sum(leg.end - leg.start for leg in self._legs if leg.status == "done")
        return State(
            relay_id=self._given.relay_id,
            status=self._status,
            legs=self._legs,
            question=self._question,
            reason=self._reason,
            covered_m=round(covered, 1),
            gap_m=round(self._gap, 1),
        )
