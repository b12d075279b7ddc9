"""Saga `firmware-rollout/{id}`: packages to many docks, in waves, each dock by a saga of its own.

What comes next is decided by `rollout_plan`; here it is done. It stays open for retries while docks have failed, and
the API opens it again later.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import CancelledError, ChildWorkflowError, FailureError, is_cancelled_exception

from activities.push import PushConclusion, PushSteps
from activities.state.firmware import PushEnd
from activities.state.rollout import (
    NewRollout,
    OnlineQuery,
    PushesSet,
    RolloutNote,
    RolloutRef,
)
from activities.state.rollout import RolloutState as Store
from store.facts import Actor, DockLeft, Presence, RetryAsk, RolloutAsk
from store.firmware import Counts, PushStatus, RolloutStatus
from workflows.answers import PushOutcome, RolloutAnswer, RolloutState
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.firmware import Firmware
from workflows.here import here_first
from workflows.inputs import FirmwareInput, FirmwareRolloutInput, RolloutCourse
from workflows.leasing import LOCAL
from workflows.names import Query, Saga, Signal, Update, Workflow, firmware_id
from workflows.policies import quick
from workflows.rollout_details import table_of
from workflows.rollout_plan import Step, counts_of, next_step, retriable, waves_of
from workflows.search import attributes

SHORT = 500  # a limit on a history's length below this is meant to be kept, also in the middle of a wave
LONG = 10_000  # events at which no dock is started until those that run have ended; a fifth of Temporal's limit


@workflow.defn(name=Workflow.FIRMWARE_ROLLOUT)
class FirmwareRollout:
    """Waves, bounded at once, with a person's words at any time."""

    @workflow.init
    def __init__(self, given: FirmwareRolloutInput) -> None:
        self._given = given
        self._timings = given.timings
        self._plan = given.plan
        self._waves = waves_of(given.docks, given.plan)
        self._course = given.course or RolloutCourse(docks=dict.fromkeys(given.docks, "pending"))
        self._step = Step("starting", "starting")
        self._outcomes: dict[str, PushOutcome] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._opened = False
        self._news = True
        self._words = 0
        self._told = 0
        self._actor = given.actor
        self._set: list[PushesSet] = []
        self._written: RolloutNote | None = None
        self._alarm: tuple[float, asyncio.Task[None]] | None = None
        self._due = True
        self._ticking: asyncio.Task[None] | None = None
        self._log = Logbook(Saga.FIRMWARE_ROLLOUT, f"Firmware rollout {given.name}", org=given.org_id)

    @workflow.run
    async def run(self, given: FirmwareRolloutInput) -> RolloutState:
        self._log.enter("starting", f"asked for by {given.actor.user}")
        await self._open()
        while True:
            try:
                if await self._turn():
                    break
                await workflow.wait_condition(lambda: self._news or self._may_continue_as_new())
            except (asyncio.CancelledError, CancelledError):
                self._log.note("**cancelled** in Temporal")
                self._call_off(Actor(user="temporal", reason="the saga was cancelled"))
            self._news = False
            if self._may_continue_as_new():
                self._quiet()
                workflow.continue_as_new(given.model_copy(update={"course": self._course, "reopened": False}))
        self._quiet()
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    async def _open(self) -> None:
        given = self._given
        if given.course is None and not given.reopened:
            await workflow.execute_activity_method(
                Store.open_rollout,
                NewRollout(
                    rollout_id=given.rollout_id,
                    org_id=given.org_id,
                    name=given.name,
                    packages=given.packages,
                    upgrade_type=given.upgrade_type,
                    waves=self._waves,
                    plan=given.plan,
                    actor=given.actor,
                ),
                **quick(self._timings, f"Write the rollout and its {len(given.docks)} docks"),
            )
        elif given.reopened:
            found = await workflow.execute_activity_method(
                Store.find_rollout, RolloutRef(rollout_id=given.rollout_id), **quick(self._timings, "How its docks are")
            )
            last = len(self._waves) - 1
            docks = {sn: "failed" if status == "running" else status for sn, status in found.docks.items()}
            self._course = RolloutCourse.model_validate(
                {"docks": docks, "wave": last, "passed": last, "forgiven": len(docks)}
            )
            self._log.note("opened again")
        self._opened = True

    async def _turn(self) -> bool:
        """One look at what comes next; True when the rollout is over."""
        words = self._words
        step = next_step(self._plan, self._waves, self._course, workflow.time(), self._timings)
        if self._given.reopened and words == 0 and step.status in ("completed", "attention", "waiting"):
            # The word that it was opened for is on its way
            step = Step("attention", "opened again", until=workflow.time() + self._timings.firmware_reopened)
            if self._alarm is not None and self._alarm[1].done():
                step = Step("completed", "completed")
        self._step = step
        if not self._is_long():
            for sn in step.start:
                self._start(sn)
        self._set_alarm(step.until)
        await self._write_pushes()
        await self._note()
        self._told = max(self._told, words)
        return step.status in ("completed", "cancelled") and self._words == words

    # Docks

    def _start(self, sn: str) -> None:
        self._course.docks[sn] = "running"
        if sn in self._course.again:
            self._course.again.remove(sn)
        self._running[sn] = asyncio.create_task(self._push(sn))

    async def _push(self, sn: str) -> None:
        """The dock's own saga, to its end."""
        given = self._given
        try:
            outcome = await workflow.execute_child_workflow(
                Firmware.run,
                FirmwareInput(
                    rollout_id=given.rollout_id,
                    org_id=given.org_id,
                    sn=sn,
                    packages=given.packages,
                    upgrade_type=given.upgrade_type,
                    offline=given.plan.offline,
                    attempts=given.plan.attempts,
                    actor=given.actor,
                    timings=given.timings,
                ),
                id=firmware_id(given.rollout_id, sn),
                # Where this saga is terminated, docks that have their order are still followed
                parent_close_policy=workflow.ParentClosePolicy.ABANDON,
                search_attributes=attributes(OrgId=given.org_id, DockSn=sn, Saga=Saga.FIRMWARE, Phase="upgrading"),
                static_summary=f"Firmware of dock {sn}",
            )
        except (ChildWorkflowError, asyncio.CancelledError, CancelledError) as error:
            outcome = await self._lost(sn, error)
        self._course.docks[sn] = outcome.status
        self._outcomes[sn] = outcome
        self._running.pop(sn, None)
        self._news = True

    async def _lost(self, sn: str, error: BaseException) -> PushOutcome:
        """Its saga ended without a word: terminated, or a fault of ours."""
        off = self._course.cancelled and is_cancelled_exception(error)
        status: PushStatus = "cancelled" if off else "failed"
        reason = "called off" if off else f"its saga ended: {root(error)}"
        self._log.note(f"**`{sn}`**: {reason}")
        ended = PushEnd(
            rollout_id=self._given.rollout_id, org_id=self._given.org_id, sn=sn, status=status, phase=status,
            attempt=1, reason=reason, cure="Look at the dock, then retry it",
        )  # fmt: skip
        await here_first(
            PushSteps.conclude_push,
            PushConclusion(push=ended, lease="release"),
            self._timings,
            f"The saga of {sn} is lost",
            here=LOCAL,
        )
        return PushOutcome(sn=sn, status=status, phase=status, reason=reason)

    async def _write_pushes(self) -> None:
        while self._set:
            change = self._set.pop(0)
            await here_first(Store.set_pushes, change, self._timings, f"{len(change.sns)} docks: {change.status}")

    # Time

    def _set_alarm(self, until: float | None) -> None:
        """Ask again at `until`, and every while for docks that are waited for."""
        if "waiting" in self._course.docks.values():
            look = workflow.time() + self._timings.firmware_look
            until = min(until or look, self._alarm[0] if self._alarm and not self._alarm[1].done() else look)
        if self._alarm is not None:
            if self._alarm[0] == until and not self._alarm[1].done():
                return
            if until is None or self._alarm[0] != until:
                self._alarm[1].cancel()
        self._alarm = (until, asyncio.create_task(self._ring(until))) if until is not None else None

    async def _ring(self, until: float) -> None:
        await workflow.sleep(max(0.01, until - workflow.time()), summary=self._step.phase)
        waiting = [sn for sn, status in self._course.docks.items() if status == "waiting"]
        if waiting:
            found = await workflow.execute_activity_method(
                Store.docks_online,
                OnlineQuery(org_id=self._given.org_id, sns=waiting),
                **quick(self._timings, "Which of the docks that are waited for are online?"),
            )
            for sn in [*found.sns, *found.gone]:
                self._came(sn)
        self._news = True

    def _quiet(self) -> None:
        """No timer is left behind."""
        for task in (self._alarm[1] if self._alarm is not None else None, self._ticking):
            if task is not None:
                task.cancel()

    def _is_long(self) -> bool:
        info = workflow.info()
        if info.get_current_history_length() >= max(LONG, self._timings.continue_as_new_events):
            return True
        # In a test, or where it was set so: earlier
        return self._timings.continue_as_new_events < SHORT and self._is_past_limit()

    def _is_past_limit(self) -> bool:
        info = workflow.info()
        long = info.get_current_history_length() >= self._timings.continue_as_new_events
        return long or info.is_continue_as_new_suggested()

    def _may_continue_as_new(self) -> bool:
        """Between waves, and whenever nothing runs, since a child reports to the run that started it."""
        idle = not self._running and not self._set and self._told == self._words
        return idle and self._is_past_limit() and workflow.all_handlers_finished()

    # What is shown

    async def _note(self) -> None:
        """Write it where it changed: a status at once, counts every few seconds while docks end by the second."""
        note = self._noted()
        before = self._written
        if note == before:
            return
        same = before is not None and (note.status, note.phase, note.reason, note.wave) == (
            before.status, before.phase, before.reason, before.wave,
        )  # fmt: skip
        if same and not self._due:
            return
        self._show(note)
        self._due = False
        self._written = note
        await here_first(Store.note_rollout, note, self._timings, f"The rollout is {note.status}: {note.phase}")
        if self._ticking is None or self._ticking.done():
            self._ticking = asyncio.create_task(self._tick())

    async def _tick(self) -> None:
        await workflow.sleep(self._timings.firmware_report, summary="Counts are written now and then")
        self._due = True
        if self._noted() != self._written:
            self._news = True

    def _noted(self) -> RolloutNote:
        step = self._step
        return RolloutNote(
            rollout_id=self._given.rollout_id,
            status=step.status,
            phase=step.phase,
            reason=step.reason,
            wave=self._course.wave + 1,
            waves=len(self._waves),
            counts=self._counts(),
            failed=self._failed() if step.status in ("completed", "cancelled") else [],
            actor=self._actor,
        )

    def _show(self, note: RolloutNote) -> None:
        if self._written is None or note.status != self._written.status or note.phase != self._written.phase:
            self._log.enter(note.status, f"**{note.phase}**" + (f": {note.reason}" if note.reason else ""))
        for name, count in note.counts.model_dump().items():
            self._log.fact(name, count or None)
        self._log.table(table_of(self._course.docks, self._outcomes))

    def _counts(self) -> Counts:
        return counts_of(self._course.docks.values())

    def _failed(self) -> list[str]:
        return [sn for sn, status in self._course.docks.items() if status == "failed"]

    # What people say

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> RolloutAnswer:
        """When the rollout is written."""
        await workflow.wait_condition(lambda: self._written is not None)
        return self._answer([])

    @workflow.update(name=Update.PAUSE)
    async def pause(self, asked: RolloutAsk) -> RolloutAnswer:
        """No dock is started any more; those that run go on."""
        self._course.paused = True
        return await self._heard(asked.actor, "pause", [])

    @workflow.update(name=Update.RESUME)
    async def resume(self, asked: RolloutAsk) -> RolloutAnswer:
        """Go on after a pause, or although docks have failed: those are accepted."""
        self._resume()
        return await self._heard(asked.actor, "resume", [])

    @workflow.update(name=Update.CANCEL)
    async def cancel(self, asked: RolloutAsk) -> RolloutAnswer:
        """Drop what has not begun; docks that have their order are followed to the end."""
        return await self._heard(asked.actor, "cancel", self._call_off(asked.actor))

    @workflow.update(name=Update.RETRY)
    async def retry(self, asked: RetryAsk) -> RolloutAnswer:
        """Try docks again. Raises NotInRollout, NothingToRetry; RolloutOver while it is being cancelled."""
        await workflow.wait_condition(lambda: self._opened)
        return await self._heard(asked.actor, f"retry {asked.sn or 'all failed'}", self._retry(asked))

    @workflow.signal(name=Signal.ROLLOUT_PAUSE)
    def pause_by_signal(self, asked: RolloutAsk | None = None) -> None:
        self._course.paused = True
        self._take((asked or RolloutAsk()).actor, "pause")

    @workflow.signal(name=Signal.ROLLOUT_RESUME)
    def resume_by_signal(self, asked: RolloutAsk | None = None) -> None:
        self._resume()
        self._take((asked or RolloutAsk()).actor, "resume")

    @workflow.signal(name=Signal.ROLLOUT_CANCEL)
    def cancel_by_signal(self, asked: RolloutAsk | None = None) -> None:
        actor = (asked or RolloutAsk()).actor
        self._call_off(actor)
        self._take(actor, "cancel")

    @workflow.signal(name=Signal.ROLLOUT_RETRY)
    def retry_by_signal(self, asked: RetryAsk | None = None) -> None:
        given = asked or RetryAsk()
        try:
            self._retry(given)
        except FailureError as error:
            self._log.note(f"**no retry**: {error}")
        self._take(given.actor, f"retry {given.sn or 'all failed'}")

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        if fact.online:
            self._came(fact.sn)

    @workflow.signal(name=Signal.DOCK_LEFT)
    def dock_left(self, fact: DockLeft) -> None:
        self._log.note(f"`{fact.sn}` was unpaired by {fact.actor.user}")
        self._came(fact.sn)

    def _came(self, sn: str) -> None:
        """A dock that is waited for is there, or will never be, as its own saga then finds and says."""
        if self._course.docks.get(sn) == "waiting" and sn not in self._course.again:
            self._course.again.append(sn)
            self._news = True

    def _resume(self) -> None:
        course = self._course
        course.paused = False
        course.passed = max(course.passed, course.wave)
        if course.halted is not None:
            course.halted, course.forgiven = None, len(self._failed())

    def _call_off(self, actor: Actor) -> list[str]:
        course = self._course
        dropped = [sn for sn, status in course.docks.items() if status in ("pending", "waiting")]
        course.cancelled, course.again = True, []
        course.docks |= dict.fromkeys(dropped, "cancelled")
        self._write("cancelled", dropped, f"the rollout was cancelled by {actor.user}")
        for task in self._running.values():
            task.cancel()
        return dropped

    def _retry(self, asked: RetryAsk) -> list[str]:
        course = self._course
        if asked.sn is not None and asked.sn not in course.docks:
            raise failure(Failure.NOT_IN_ROLLOUT, f"dock {asked.sn} is not in this rollout", field="sn")
        if course.cancelled:
            raise failure(Failure.ROLLOUT_OVER, "the rollout is being cancelled")
        again = retriable(course, asked.sn)
        if not again:
            what = f"dock {asked.sn} is {course.docks[asked.sn]}" if asked.sn is not None else "no dock has failed"
            raise failure(Failure.NOTHING_TO_RETRY, what, field="sn" if asked.sn is not None else None)
        course.again = [sn for sn in course.again if sn not in again] + again
        course.docks |= dict.fromkeys(again, "pending")
        self._write("pending", again, None)
        return again

    def _write(self, status: str, sns: list[str], reason: str | None) -> None:
        if sns:
            change = {"rollout_id": self._given.rollout_id, "sns": sns, "status": status, "reason": reason}
            self._set.append(PushesSet.model_validate(change))

    def _take(self, actor: Actor, word: str) -> None:
        self._actor = actor
        self._words += 1
        self._news = True
        self._log.note(f"**{word}** by {actor.user}" + (f": {actor.reason}" if actor.reason else ""))

    async def _heard(self, actor: Actor, word: str, docks: list[str]) -> RolloutAnswer:
        """Answer once the store shows it."""
        self._take(actor, word)
        mine = self._words
        await workflow.wait_condition(lambda: self._told >= mine)
        return self._answer(docks)

    def _answer(self, docks: list[str]) -> RolloutAnswer:
        status: RolloutStatus = self._step.status
        return RolloutAnswer(rollout_id=self._given.rollout_id, status=status, docks=docks)

    @workflow.query(name=Query.STATUS)
    def status(self) -> RolloutState:
        return RolloutState(
            rollout_id=self._given.rollout_id,
            status=self._step.status,
            phase=self._step.phase,
            wave=self._course.wave + 1,
            waves=len(self._waves),
            counts=self._counts(),
            reason=self._step.reason,
            failed=self._failed(),
            problems=self._course.problems,
        )
