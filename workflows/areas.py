"""Entity `areas/{mission_id}`: brings a mission's flight areas into every dock of it, and out again at its end.

A dock that is told asks for the file by itself, and says what became of it; only its own word makes it synchronised.
Docks ask before each take-off as well, so one that was never reached flies by what it is answered then.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception

from activities.state.areas import AreasPlan, AreasRef, AreaState, DockNeed, DockSynced
from dji.flight_area import SYNC_REASON, FlightAreasUpdate
from store.facts import AreasChanged, AreasProgress, CommandReply, Presence
from workflows.answers import AreasState
from workflows.areas_course import NONE, AreasCourse
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import root
from workflows.inputs import AreasInput
from workflows.names import Query, Saga, Signal, Workflow
from workflows.policies import quick

FAILED = frozenset({"fail", "switch_fail"})


@workflow.defn(name=Workflow.AREAS)
class Areas:
    """Compares what each dock has with what was drawn, once nobody has drawn for a moment, and tells the docks."""

    @workflow.init
    def __init__(self, given: AreasInput) -> None:
        self._given = given
        self._timings = given.timings
        self._courses = dict(given.docks)
        self._actor = given.actor
        self._changed = not given.docks
        self._plan = AreasPlan()
        self._over_since: float | None = None
        self._sent = 0
        self._commands: dict[str, Commands] = {}
        self._heard: dict[str, AreasProgress] = {}
        self._log = Logbook(Saga.AREAS, "Flight areas of the mission", org=given.org_id, mission=given.mission_id)

    @workflow.run
    async def run(self, given: AreasInput) -> AreasState:
        self._log.enter("waiting")
        while not self._done():
            await self._settle()
            self._plan = await workflow.execute_activity_method(
                AreaState.publish_areas,
                AreasRef(mission_id=given.mission_id),
                **quick(self._timings, "The file, and the docks that are to have it"),
            )
            await self._bring()
            if self._is_long():
                workflow.continue_as_new(given.model_copy(update={"docks": self._courses, "actor": self._actor}))
        self._log.enter("ended", "the mission is over")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    def _is_long(self) -> bool:
        info = workflow.info()
        long = info.get_current_history_length() >= self._timings.continue_as_new_events
        return (long or info.is_continue_as_new_suggested()) and not self._changed

    def _done(self) -> bool:
        """The mission is over, and its docks are cleared or were told for long enough."""
        if not self._plan.over:
            self._over_since = None
            return False
        if self._over_since is None:
            self._over_since = workflow.time()
        late = workflow.time() - self._over_since >= self._timings.areas_clear
        return not self._changed and (late or all(course.in_order() for course in self._courses.values()))

    async def _settle(self) -> None:
        """Until there is something to do; after a change, until nothing has changed for the debounce."""
        if not self._changed:
            due = [each.next_at for each in self._courses.values() if each.next_at is not None and not each.in_order()]
            pause = max(0.1, min(due) - workflow.time()) if due else None
            try:
                await workflow.wait_condition(
                    lambda: self._changed, timeout=pause, timeout_summary="Before a dock is told again"
                )
            except TimeoutError:
                return
        while self._changed:
            self._changed = False
            try:
                await workflow.wait_condition(
                    lambda: self._changed,
                    timeout=self._timings.areas_debounce,
                    timeout_summary="Until nobody draws any more",
                )
            except TimeoutError:
                return

    async def _bring(self) -> None:
        """One try with every dock that is due, all at once."""
        plan = self._plan
        for need in plan.docks:
            course = self._courses.setdefault(need.sn, AreasCourse())
            course.want(self._wanted(need))
            if need.has is None and course.has is None:
                course.has = NONE
            if course.in_order() and course.status == "waiting":
                course.arrived()
                if need.unfit is not None:
                    await self._note(need.sn)
        for sn in self._courses.keys() - {need.sn for need in plan.docks}:
            del self._courses[sn]
        now = workflow.time()
        due = [need for need in plan.docks if self._courses[need.sn].due(now)]
        self._show()
        await asyncio.gather(*(self._try(need) for need in due))
        self._show()

    def _wanted(self, need: DockNeed) -> str:
        return self._plan.checksum or NONE if need.member and need.unfit is None else NONE

    async def _try(self, need: DockNeed) -> None:
        """Tell one dock, and hear what becomes of it."""
        course = self._courses[need.sn]
        if not need.online:
            before = course.status
            course.waits(workflow.time(), self._timings)
            if before != "waiting" or course.attempts == 0:
                await self._note(need.sn)
            return
        try:
            await self._tell(need)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            course.failed(str(root(error)), 0, workflow.time(), self._timings)
        await self._note(need.sn)

    async def _tell(self, need: DockNeed) -> None:
        """Raises ApplicationError or ActivityError when the dock does not take the command."""
        sn, course = need.sn, self._courses[need.sn]
        self._heard.pop(sn, None)
        self._sent += 1
        course.status = "told"
        commands = self._commands.setdefault(
            sn, Commands(self._timings, sn, org=self._given.org_id, mission=self._given.mission_id)
        )
        commands.product = need.product
        step = f"flight_areas_update/{workflow.info().run_id}/{self._sent}"
        await commands.send(FlightAreasUpdate(), step=step, actor=self._actor)
        try:
            await workflow.wait_condition(
                lambda: self._has_said(sn) or self._changed,
                timeout=self._timings.areas_sync,
                timeout_summary=f"Dock {sn} fetches its areas",
            )
        except TimeoutError:
            course.failed("the dock has not said in time what became of its areas", 0, workflow.time(), self._timings)
            return
        said = self._heard.get(sn)
        if said is None or not self._has_said(sn):
            return
        if said.status in FAILED:
            why = SYNC_REASON.get(said.reason, f"reason {said.reason}")
            course.failed(f"the dock could not take them: {why}", said.reason, workflow.time(), self._timings)
        else:
            course.arrived()

    def _has_said(self, sn: str) -> bool:
        """Whether the dock's last word is its last on what it is to have now. Of no areas it says nothing more."""
        said, course = self._heard.get(sn), self._courses[sn]
        if said is None:
            return False
        if said.status == "asked":
            return not course.wanted and said.checksum is None
        if said.checksum is not None and said.checksum.lower() != (course.wanted or "").lower():
            return False
        return said.status in FAILED or said.status == "synchronized"

    async def _note(self, sn: str) -> None:
        course, unfit = self._courses[sn], self._unfit(sn)
        synced = DockSynced(
            mission_id=self._given.mission_id,
            sn=sn,
            org_id=self._given.org_id,
            status="unfit" if unfit is not None and course.in_order() else course.status,
            checksum=course.has or None,
            reason=course.reason,
            error=f"the dock {unfit}" if unfit is not None else course.error,
            attempts=course.attempts,
        )
        self._log.note(f"`{sn}`: {synced.status}" + (f", {synced.error}" if synced.error else ""))
        try:
            await workflow.execute_activity_method(
                AreaState.note_dock_areas, synced, **quick(self._timings, f"Dock {sn}: {synced.status}")
            )
        except ActivityError as error:
            self._log.note(f"could not be written: {root(error)}")

    def _unfit(self, sn: str) -> str | None:
        return next((need.unfit for need in self._plan.docks if need.sn == sn), None)

    def _show(self) -> None:
        statuses = [course.status for course in self._courses.values()]
        phase = (
            "clearing" if self._plan.over
            else "in order" if all(course.in_order() for course in self._courses.values())
            else "failed" if "failed" in statuses
            else "on their way"
        )  # fmt: skip
        self._log.enter(phase, f"revision {self._plan.revision}")
        self._log.fact("file", self._plan.checksum[:12] if self._plan.checksum else "none")
        rows = "\n".join(f"| `{sn}` | {each.status} | {each.error or ''} |" for sn, each in self._courses.items())
        self._log.table(f"| dock | | |\n|---|---|---|\n{rows}" if rows else "")

    @workflow.signal(name=Signal.AREAS_CHANGED)
    def areas_changed(self, given: AreasChanged) -> None:
        self._changed = True
        self._actor = given.actor or self._actor
        if given.again:
            for course in self._courses.values():
                course.has = course.next_at = None

    @workflow.signal(name=Signal.AREAS_PROGRESS)
    def areas_progress(self, fact: AreasProgress) -> None:
        self._heard[fact.sn] = fact
        course = self._courses.get(fact.sn)
        if course is None:
            return
        if fact.status == "synchronizing" and course.status == "told":
            course.status = "synchronizing"
        elif fact.status == "synchronized" and fact.checksum == course.wanted and not course.in_order():
            course.arrived()  # late, or asked for by itself
            self._changed = True

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        course = self._courses.get(fact.sn)
        if fact.online and course is not None and course.status == "waiting" and not course.in_order():
            course.next_at = None
            self._changed = True

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        if reply.sn in self._commands:
            self._commands[reply.sn].took(reply)

    @workflow.query(name=Query.STATUS)
    def status(self) -> AreasState:
        return AreasState(mission_id=self._given.mission_id, checksum=self._plan.checksum, docks=self._courses)
