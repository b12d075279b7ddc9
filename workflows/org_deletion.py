"""Saga `org-deletion/{org}`: an organisation ends, after a time in which that can be called off.

While anything flies, or a rollout runs, it is not begun. From then on nobody of the organisation gets in, and the steps
are gone through until nothing is found any more: what was under way when the door was shut may have left something
behind. Each step may be done twice, and a failed one keeps the others from removing what it goes by.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from activities.deletion import Removal, Remove, Removed
from activities.state.deletion import DeletionNote, DeletionRef, DeletionState, ScheduleDeletion
from store.deletions import OPEN, DeletionStatus
from store.facts import Actor, Ask
from workflows.answers import DeletionAnswer
from workflows.compensation import shielded
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.inputs import OrgDeletionInput
from workflows.names import Query, Saga, Update, Workflow
from workflows.policies import RETRY, quick, waiting


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    method: Callable[[Any, Remove], Awaitable[Removed]]
    summary: str


# What begins something comes first, what others are found by comes last
STEPS: Final[tuple[Step, ...]] = (
    Step("schedules", Removal.end_schedules, "Recurring flights end"),
    Step("missions", Removal.end_missions, "Missions end, what flies comes home"),
    Step("pairings", Removal.cancel_pairings, "Open pairings are called off"),
    Step("work", Removal.end_work, "What holds docks ends"),
    Step("docks", Removal.unpair_docks, "All docks leave"),
    Step("accounts", Removal.remove_accounts, "Accounts at the broker are deleted"),
    Step("rooms", Removal.remove_rooms, "Rooms are closed"),
    Step("sagas", Removal.end_sagas, "All other sagas end"),
    Step("objects", Removal.remove_objects, "Objects are removed"),
    Step("documents", Removal.remove_documents, "Documents are removed"),
)
FOUND_BY: Final = frozenset({"objects", "documents"})
"""They go only once all steps before are done: those go by what stands in them."""
TRIES: Final = 5
"""Of a step; then people are told what is away, and the next round tries it again."""


@workflow.defn(name=Workflow.ORG_DELETION)
class OrgDeletion:
    """Scheduled, then begun, then gone through to the end."""

    @workflow.init
    def __init__(self, given: OrgDeletionInput) -> None:
        self._given = given
        self._timings = given.timings
        self._status: DeletionStatus = "scheduled"
        self._scheduled = False
        self._due = 0.0
        self._refusal: BaseException | None = None
        self._caller_off: Actor | None = None
        self._in_the_way: list[str] = []
        self._removed: dict[str, int] = {}
        self._log = Logbook(Saga.ORG_DELETION, f"End of {given.org_id}", org=given.org_id)

    @workflow.run
    async def run(self, given: OrgDeletionInput) -> DeletionAnswer:
        try:
            await self._schedule()
            await self._wait()
        except (FailureError, asyncio.CancelledError) as error:
            if not self._scheduled:
                self._refusal = root(error)
                self._log.enter("refused", str(self._refusal))
                await workflow.wait_condition(workflow.all_handlers_finished)
                raise self._refusal from None
            if not is_cancelled_exception(error):
                raise
            self._caller_off = Actor(user="temporal", reason="the saga was cancelled")
        if self._caller_off is not None:
            await shielded(self._note("called_off"))
        else:
            await shielded(self._delete())
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    # Until it begins

    async def _schedule(self) -> None:
        given = self._given
        await self._look()
        if self._in_the_way:
            raise failure(
                Failure.ORG_IN_USE, f"it cannot be deleted now: {'; '.join(self._in_the_way)}", what=self._in_the_way
            )
        grace = self._timings.org_deletion_grace
        scheduled = await workflow.execute_activity_method(
            DeletionState.schedule_deletion,
            ScheduleDeletion(org_id=given.org_id, actor=given.actor, grace=grace),
            **quick(self._timings, "Write down that it ends"),
        )
        self._due, self._scheduled = scheduled.due, True
        self._log.enter("scheduled", f"asked for by {given.actor.user}")

    async def _look(self) -> None:
        found = await workflow.execute_activity_method(
            DeletionState.in_the_way,
            DeletionRef(org_id=self._given.org_id),
            **quick(self._timings, "Does anything fly?"),
        )
        self._in_the_way = found.what

    async def _wait(self) -> None:
        """The time in which it can be called off; then until nothing flies."""
        await self._called_off_within(self._due - workflow.time())
        while self._caller_off is None:
            await self._look()
            if self._caller_off is not None:
                return
            if not self._in_the_way:
                self._status = "closing"  # from here on it cannot be called off
                return
            await self._note("waiting")
            self._log.enter("waiting", "; ".join(self._in_the_way))
            await self._called_off_within(self._timings.org_deletion_look)

    async def _called_off_within(self, seconds: float) -> None:
        try:
            await workflow.wait_condition(
                lambda: self._caller_off is not None,
                timeout=timedelta(seconds=max(0.001, seconds)),
                timeout_summary="It can be called off",
            )
        except TimeoutError:
            return

    # The end

    async def _delete(self) -> None:
        given = self._given
        await self._note("closing")
        self._log.enter("closing", "nobody gets in any more")
        asked = Remove(org_id=given.org_id, actor=given.actor)
        await self._try("people", Removal.shut_out, asked, "Close what people have open")
        while True:
            # Until each process knows that the door is shut, and what came in before is through
            await workflow.sleep(self._timings.org_deletion_settle, summary="What is under way ends")
            problems, found = await self._go_through(asked)
            if not found and not problems:
                break
            await self._note("closing", problems)
        await self._note("deleted", [])
        self._log.enter("deleted", ", ".join(f"{count} {name}" for name, count in self._removed.items()))

    async def _go_through(self, asked: Remove) -> tuple[list[str], int]:
        """All steps once: what could not be done, and how much was found."""
        problems: list[str] = []
        found = 0
        for step in STEPS:
            if problems and step.name in FOUND_BY:
                break
            done = await self._try(step.name, step.method, asked, step.summary)
            if isinstance(done, str):
                problems.append(done)
            elif done is not None and done.count:
                found += done.count
                self._removed[step.name] = self._removed.get(step.name, 0) + done.count
                self._log.note(f"{step.name}: {done.count}")
        return problems, found

    async def _try(
        self, name: str, method: Callable[[Any, Remove], Awaitable[Removed | None]], asked: Remove, summary: str
    ) -> Removed | str | None:
        """What a step did, or in words why it could not; it is tried again with the next round."""
        config = waiting(self._timings, self._timings.org_deletion_step, summary)
        config["retry_policy"] = replace(RETRY, maximum_attempts=TRIES)
        try:
            return await workflow.execute_activity_method(method, asked, **config)
        except FailureError as error:
            self._log.note(f"**{name}**: {root(error)}")
            return f"{name}: {root(error)}"

    async def _note(self, status: DeletionStatus, problems: list[str] | None = None) -> None:
        said = DeletionNote(
            org_id=self._given.org_id,
            status=status,
            in_the_way=self._in_the_way,
            problems=problems,
            removed=self._removed,
            actor=self._caller_off or self._given.actor,
        )
        await workflow.execute_activity_method(
            DeletionState.note_deletion, said, **quick(self._timings, f"The deletion is {status}")
        )
        self._status = status
        if status == "called_off":
            self._log.enter("called_off", f"by {said.actor.user}")

    # Words

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> DeletionAnswer:
        """Once it is written down. Raises OrgInUse with what flies or runs, OrgUnknown."""
        await workflow.wait_condition(lambda: self._scheduled or self._refusal is not None)
        if self._refusal is not None:
            raise self._refusal if isinstance(self._refusal, ApplicationError) else ApplicationError(str(self._refusal))
        return self.status()

    @workflow.update(name=Update.CANCEL)
    async def cancel(self, asked: Ask) -> DeletionAnswer:
        """Call it off. Raises DeletionBegun once it has begun."""
        if self._caller_off is None:
            if self._status not in OPEN:
                raise failure(Failure.DELETION_BEGUN, f"the deletion of {self._given.org_id} is {self._status}")
            self._caller_off = asked.actor
        await workflow.wait_condition(lambda: self._status == "called_off")
        return self.status()

    @workflow.query(name=Query.STATUS)
    def status(self) -> DeletionAnswer:
        return DeletionAnswer(
            org_id=self._given.org_id, status=self._status, in_the_way=self._in_the_way, removed=self._removed
        )
