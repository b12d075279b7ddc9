"""Saga `debug/{sn}`: a person works on a dock by remote debugging, which it leaves again whatever happens.

The session leases the dock, so that nothing flies from it meanwhile. Jobs run one at a time; each is a document, and
ends by the dock's own word. Nobody ordering for a while closes the session.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.leases import Acquire, Leases, Release
from activities.state.job import DebugRef, JobEnd, JobNew, JobState
from dji.commands import TERMINAL_STATUSES, spec
from dji.errors import lookup
from dji.model import REGISTRY, Command
from dji.remote_debug import DebugModeClose, DebugModeOpen
from dji.topics import Kind
from store.facts import Close, CommandReply, DebugOrder, JobEnded, LeaseRequest, LeaseTaken
from store.jobs import JobStatus
from workflows.answers import DebugAnswer
from workflows.commands import Commands
from workflows.compensation import Compensations
from workflows.details import Logbook
from workflows.errors import Failure, details_of, dji_code, dock_busy, failure, root
from workflows.inputs import DebugInput, DockInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick, waiting


@workflow.defn(name=Workflow.DEBUG)
class Debug:
    """Lease, debug mode, jobs as they are ordered, and back."""

    @workflow.init
    def __init__(self, given: DebugInput) -> None:
        self._given = given
        self._timings = given.timings
        self._open = False
        self._ended: FailureError | None = None
        self._over = False
        self._close: str | None = None
        self._ordered = 0
        self._ends: dict[str, JobEnded] = {}
        self._working = asyncio.Lock()
        self._busy = False
        self._sending: dict[str, Commands] = {}
        self._product: str | None = None
        self._log = Logbook(Saga.DEBUG, f"Remote debugging of dock {given.sn}", org=given.org_id, dock=given.sn)
        self._undo = Compensations(self._log.note)

    @workflow.run
    async def run(self, given: DebugInput) -> DebugAnswer:
        self._log.enter("opening", f"for {given.actor.user}: {given.actor.reason}".rstrip(": "))
        try:
            await self._begin()
            self._open = True
            self._log.enter("open", "the dock is in debug mode")
            await self._until_closed()
        except (FailureError, asyncio.CancelledError) as error:
            if is_cancelled_exception(error):
                self._close = "cancelled"
            else:
                self._ended = error if isinstance(error, FailureError) else None
                self._log.note(f"**{root(error)}**")
        self._open = False
        self._over = True
        self._log.enter("closing", self._close)
        await workflow.wait_condition(lambda: not self._working.locked())
        await self._undo.run()
        self._log.enter("closed")
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._ended is not None:
            raise self._ended
        return self._answer(None)

    async def _begin(self) -> None:
        given, timings = self._given, self._timings
        look = await workflow.execute_activity_method(
            JobState.look_at_dock,
            DebugRef(sn=given.sn, org_id=given.org_id),
            **quick(timings, "Is the dock there?"),
        )
        self._product = look.product
        self._undo.add("lease", self._release)
        answer = await workflow.execute_activity_method(
            Leases.acquire_lease,
            Acquire(
                dock=DockInput(sn=given.sn, org_id=given.org_id, timings=timings),
                request=LeaseRequest(
                    holder=workflow.info().workflow_id,
                    kind="debug",
                    reason=given.actor.reason or "remote debugging",
                    actor=given.actor,
                ),
            ),
            **waiting(timings, timings.activity_quick, f"Lease dock {given.sn}"),
        )
        if not answer.granted:
            raise dock_busy(given.sn, answer.lease, field="sn")
        self._undo.add("debug mode", self._leave)
        await self._send(DebugModeOpen(), "debug_mode_open")

    async def _until_closed(self) -> None:
        while self._close is None:
            before = self._ordered
            try:
                await workflow.wait_condition(
                    lambda: self._close is not None or self._ordered != before,  # noqa: B023
                    timeout=self._timings.debug_idle,
                    timeout_summary="Until nobody has ordered anything for long",
                )
            except TimeoutError:
                if not self._working.locked():
                    self._close = "nobody has ordered anything for long"

    # Jobs

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> DebugAnswer:
        """When the dock is in debug mode. Raises DockUnknown, DockOffline, DockBusy, or the dock's refusal."""
        await workflow.wait_condition(lambda: self._open or self._over)
        self._check_open()
        return self._answer(None)

    @workflow.update(name=Update.ORDER)
    async def order(self, asked: DebugOrder) -> DebugAnswer:
        """Have the dock do something; answers once it has taken the command, and follows it to its end by itself.

        Raises what `accepted` raises, JobRuns, CommandInvalid, NoReply, or the dock's refusal.
        """
        await workflow.wait_condition(lambda: self._open or self._over)
        self._check_open()
        if self._busy:
            raise failure(Failure.JOB_RUNS, f"dock {self._given.sn} does something else already")
        body = _command(asked)
        self._busy = True
        taken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        following = asyncio.create_task(self._work(asked, body, taken))
        try:
            await taken
        except FailureError:
            await following
            raise
        return self._answer(asked.job_id)

    def _check_open(self) -> None:
        if self._ended is not None:
            cause = root(self._ended)
            raise cause if isinstance(cause, ApplicationError) else self._ended
        if self._over or self._close is not None:
            raise failure(Failure.DEBUG_CLOSED, f"remote debugging of dock {self._given.sn} is being closed")

    async def _work(self, asked: DebugOrder, body: Command, taken: asyncio.Future[None]) -> None:
        """One job, to its end in the store. Another may be ordered from the dock's last word on; it waits its turn."""
        async with self._working:
            self._ordered += 1
            given = self._given
            try:
                await workflow.execute_activity_method(
                    JobState.begin_job,
                    JobNew(sn=given.sn, org_id=given.org_id, order=asked),
                    **quick(self._timings, f"{asked.method} is asked for"),
                )
            except FailureError as error:
                # Nothing is written of it, so only who asks can be told
                self._busy = False
                taken.set_exception(error)
                return
            self._log.note(f"`{asked.method}` by {asked.actor.user}")
            try:
                reply = await self._send(body, f"{asked.method}/{asked.job_id}", asked)
            except FailureError as error:
                cause = root(error)
                refused = isinstance(cause, ApplicationError) and dji_code(cause) is not None
                try:
                    await self._end(asked, "refused" if refused else "failed", cause)
                finally:
                    taken.set_exception(error)
                return
            taken.set_result(None)
            await self._follow(asked, reply)
            self._ordered += 1

    async def _follow(self, asked: DebugOrder, reply: CommandReply) -> None:
        """What goes on after its reply, until the dock's last word."""
        status = str(reply.output.get("status", "")) if isinstance(reply.output, dict) else ""
        if not spec(asked.method).job or status in TERMINAL_STATUSES:
            await self._end(asked, "ok" if status in ("", "ok", "in_progress", "sent") else "failed")
            return
        try:
            await workflow.wait_condition(
                lambda: asked.job_id in self._ends,
                timeout=self._timings.debug_job,
                timeout_summary=f"The end of {asked.method}",
            )
        except TimeoutError:
            await self._end(asked, "silent", meaning="The dock has not said how it ended", cure="Look at the dock")
            return
        said = self._ends.pop(asked.job_id)
        if said.status == "ok" and said.result == 0:
            await self._end(asked, "ok")
        else:
            meaning = lookup(said.result)
            await self._end(asked, "failed", result=said.result, meaning=meaning.meaning, cure=meaning.cure)

    async def _end(
        self,
        asked: DebugOrder,
        status: JobStatus,
        error: BaseException | None = None,
        *,
        result: int | None = None,
        meaning: str | None = None,
        cure: str | None = None,
    ) -> None:
        self._busy = False
        if error is not None:
            meaning = str(error)
        if isinstance(error, ApplicationError):
            result, meaning, cure = dji_code(error), error.message, details_of(error).cure
        self._log.note(f"`{asked.method}`: **{status}**" + (f", {meaning}" if meaning else ""))
        ended = JobEnd(
            sn=self._given.sn, org_id=self._given.org_id, job_id=asked.job_id, method=asked.method, status=status,
            result=result, meaning=meaning, cure=cure, actor=asked.actor,
        )  # fmt: skip
        await workflow.execute_activity_method(
            JobState.end_job, ended, **quick(self._timings, f"{asked.method}: {status}")
        )

    async def _send(
        self, body: Command, step: str, asked: DebugOrder | None = None, resends: int | None = None
    ) -> CommandReply:
        """Raises ApplicationError or ActivityError."""
        given = self._given
        commands = Commands(self._timings, given.sn, org=given.org_id, bid=asked.job_id if asked is not None else None)
        commands.product = self._product
        self._sending[step] = commands
        try:
            actor = asked.actor if asked is not None else given.actor
            return await commands.send(body, step=step, actor=actor, resends=resends)
        finally:
            del self._sending[step]

    # The end

    async def _leave(self) -> None:
        try:
            await self._send(DebugModeClose(), "debug_mode_close", resends=0)
        except (ApplicationError, ActivityError) as error:
            if is_cancelled_exception(error):
                raise
            self._log.note(f"**the dock did not leave debug mode**: {root(error)}")

    async def _release(self) -> None:
        await workflow.execute_activity_method(
            Leases.release_lease,
            Release(sn=self._given.sn, holder=workflow.info().workflow_id),
            **quick(self._timings, f"Give dock {self._given.sn} back"),
        )

    def _answer(self, job_id: str | None) -> DebugAnswer:
        return DebugAnswer(sn=self._given.sn, phase=self._log.phase, job_id=job_id)

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        for commands in self._sending.values():
            commands.took(reply)

    @workflow.signal(name=Signal.JOB_ENDED)
    def job_ended(self, fact: JobEnded) -> None:
        self._ends[fact.job_id] = fact

    @workflow.signal(name=Signal.CLOSE)
    def close(self, given: Close) -> None:
        self._close = self._close or f"closed by {given.actor.user}"

    @workflow.signal(name=Signal.LEASE_TAKEN)
    def lease_taken(self, fact: LeaseTaken) -> None:
        self._close = self._close or f"dock taken by {fact.actor.user}: {fact.actor.reason}"

    @workflow.query(name=Query.STATUS)
    def status(self) -> DebugAnswer:
        return self._answer(None)


def _command(asked: DebugOrder) -> Command:
    """The command with its data. Raises CommandInvalid, which names the field."""
    model = REGISTRY[Kind.SERVICES, asked.method]
    body = model.model_validate(asked.data)
    assert isinstance(body, Command), asked.method
    return body
