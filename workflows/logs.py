"""Saga `logs/{id}`: chosen logs of a dock and its aircraft are brought into the bucket, one file for each device.

The dock is leased for it: one upload at a time, and nothing flies meanwhile. It gets credentials that may put objects
under this upload's own prefix, and is followed until its last word, until it has not got further for long, or until
somebody calls it off. Then the bucket says what has come.
"""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception
from temporalio.workflow import ActivityHandle

from activities.leases import Acquire, Leases
from activities.mqtt import UploadGrant
from activities.state.job import DebugRef, JobState
from activities.state.logs import LogsClose, LogsOpen, LogsRef, LogState, Outcome
from dji.errors import lookup
from dji.remote_log import FileuploadStart, FileuploadUpdate, LogBoot, LogParams, LogUpload
from store.facts import Actor, Ask, CommandReply, LeaseAnswer, LeaseRequest, LeaseTaken, LogsEnded
from store.logs import MODULES, LogFile, LogsStatus, key_of, prefix_of
from workflows.answers import LogsAnswer
from workflows.commands import Commands
from workflows.compensation import Compensations, shielded
from workflows.details import Logbook
from workflows.errors import Failure, details_of, dji_code, dock_busy, failure, root
from workflows.here import here_first
from workflows.inputs import DockInput, LogsInput
from workflows.leasing import ask_for_lease, give_back
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import waiting

LEAVE_AGAIN = 2.0  # s
CREDENTIALS_MARGIN = 900.0  # s; what is being sent when the saga gives up may still end


@workflow.defn(name=Workflow.LOGS)
class Logs:
    """Lease, start, follow, and a look into the bucket."""

    @workflow.init
    def __init__(self, given: LogsInput) -> None:
        self._given = given
        self._timings = given.timings
        self._me = LogsRef(logs_id=given.logs_id)
        self._prefix = prefix_of(given.org_id, given.sn, given.logs_id)
        self._status: LogsStatus = "starting"
        self._written = self._accepted = self._over = False
        self._ended: LogsEnded | None = None
        self._called_off: str | None = None
        self._error: BaseException | None = None
        self._cancels = 0
        self._calling = asyncio.Lock()
        self._asking: ActivityHandle[LeaseAnswer] | None = None
        self._commands = Commands(given.timings, given.sn, org=given.org_id)
        self._log = Logbook(Saga.LOGS, f"Logs of dock {given.sn}", org=given.org_id, dock=given.sn)
        self._undo = Compensations(self._log.note)

    @workflow.run
    async def run(self, given: LogsInput) -> LogsAnswer:
        self._log.enter("checking", f"for {given.actor.user}: {given.actor.reason}".rstrip(": "))
        try:
            await self._begin()
            await self._start()
            close = await self._follow()
        except (FailureError, asyncio.CancelledError) as error:
            close = self._failed(error)
        await shielded(self._end(close))
        self._over = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        if not self._written and self._error is not None:
            raise self._error
        return self.status()

    # The story

    async def _begin(self) -> None:
        """The lease, then the document, so that a refusal leaves nothing behind. Who queues is accepted before."""
        given = self._given
        look = await here_first(
            JobState.look_at_dock, DebugRef(sn=given.sn, org_id=given.org_id), self._timings, "Is the dock there?"
        )
        self._commands.product = look.product
        if given.queue:
            await self._open("waiting")
            self._accepted = True
        self._undo.add("lease", self._release)
        await self._lease()
        if given.queue:
            await here_first(LogState.logs_begin, self._me, self._timings, "The dock is ours")
            self._status = "starting"
        else:
            await self._open("starting")

    async def _open(self, status: LogsStatus) -> None:
        given = self._given
        files = [
            LogFile(object_key=key_of(self._prefix, file.device), **file.model_dump())
            for file in given.files
        ]  # fmt: skip
        opened = LogsOpen(
            logs_id=given.logs_id, org_id=given.org_id, sn=given.sn, prefix=self._prefix, files=files,
            status=status, actor=given.actor,
        )  # fmt: skip
        await here_first(LogState.open_logs, opened, self._timings, "Logs are asked for")
        self._status, self._written = status, True
        if status == "waiting":
            self._log.enter(status)

    async def _lease(self) -> None:
        """Raises DockBusy; LogsOver where it was called off while it waited."""
        given, timings = self._given, self._timings
        request = LeaseRequest(
            holder=workflow.info().workflow_id,
            kind="logs",
            reason=given.actor.reason or "logs are uploaded",
            actor=given.actor,
            queue=given.queue,
            wait=timings.lease_wait,
        )
        answer = await (
            self._queued(request) if given.queue else ask_for_lease(given.sn, given.org_id, request, timings)
        )
        if not answer.granted:
            raise dock_busy(given.sn, answer.lease, field="sn")

    async def _queued(self, request: LeaseRequest) -> LeaseAnswer:
        """The answer when its turn comes, or it has waited long enough."""
        given, timings = self._given, self._timings
        asking = self._asking = workflow.start_activity_method(
            Leases.acquire_lease,
            Acquire(dock=DockInput(sn=given.sn, org_id=given.org_id, timings=timings), request=request),
            **waiting(timings, timings.lease_wait, f"Wait for dock {given.sn}"),
        )
        await workflow.wait_condition(lambda: asking.done() or self._called_off is not None)
        if self._called_off is not None:
            raise failure(Failure.LOGS_OVER, self._called_off)
        return await asking

    async def _start(self) -> None:
        given = self._given
        self._log.enter("starting")
        files = [
            LogUpload(
                object_key=key_of(self._prefix, file.device),
                module=MODULES[file.device],
                list=[LogBoot(boot_index=boot) for boot in file.boots],
            )
            for file in given.files
        ]
        self._undo.add("upload at the dock", self._stop)
        await self._commands.send(
            FileuploadStart(params=LogParams(files=files)),
            step="fileupload_start",
            actor=given.actor,
            upload=UploadGrant(prefix=self._prefix, life=self._timings.logs_upload + CREDENTIALS_MARGIN),
        )
        await here_first(LogState.logs_uploading, self._me, self._timings, "The dock uploads")
        self._status, self._accepted = "uploading", True
        self._log.enter("uploading")

    async def _follow(self) -> LogsClose:
        """Until the dock's last word, or nobody expects one any more."""
        timings = self._timings
        latest, look_in = workflow.time() + timings.logs_upload, timings.logs_silence
        while True:
            left = latest - workflow.time()
            if left <= 0:
                return self._close("silent", f"It took longer than {timings.logs_upload:g} s", "Choose fewer logs")
            try:
                await workflow.wait_condition(
                    lambda: self._ended is not None or self._called_off is not None,
                    timeout=min(left, look_in),
                    timeout_summary="The dock's last word",
                )
            except TimeoutError:
                look = await here_first(LogState.look_at_logs, self._me, timings, "Does it get further?")
                if look.quiet >= timings.logs_silence and self._ended is None:
                    who = "No file has got further" if look.online else "The dock is offline, and no file came further"
                    return self._close("silent", f"{who} for {timings.logs_silence:g} s", "See to the dock's network")
                look_in = max(1.0, timings.logs_silence - look.quiet)
                continue
            if self._ended is None:
                return self._close("cancelled", self._called_off)
            return self._by_dock(self._ended)

    def _by_dock(self, ended: LogsEnded) -> LogsClose:
        self._undo.drop("upload at the dock")
        close = LogsClose(logs_id=self._given.logs_id, outcome="ended", ends=ended.files)
        result = ended.result or next((end.result for end in ended.files if end.result), 0)
        if result:
            said = lookup(result)
            close.meaning, close.cure, close.result = said.meaning, said.cure, result
        elif ended.status == "canceled":
            close.outcome, close.meaning = "cancelled", self._called_off or "The dock has broken it off"
        else:
            close.meaning, close.cure = "Not all of it has come", "See what became of each file"
        return close

    def _close(self, outcome: Outcome, meaning: str | None, cure: str | None = None) -> LogsClose:
        return LogsClose(logs_id=self._given.logs_id, outcome=outcome, meaning=meaning, cure=cure)

    def _failed(self, error: BaseException) -> LogsClose:
        if is_cancelled_exception(error):
            self._error = failure(Failure.LOGS_OVER, "the saga was cancelled in Temporal")
            return self._close("cancelled", "The saga was cancelled in Temporal")
        cause = self._error = root(error)
        self._log.note(f"**{cause}**")
        if self._called_off is not None:
            return self._close("cancelled", self._called_off)
        close = self._close("failed", str(cause))
        if isinstance(cause, ApplicationError):
            close.meaning, close.cure, close.result = cause.message, details_of(cause).cure or None, dji_code(cause)
            close.outcome = "refused" if close.result is not None else "failed"
            if cause.type != Failure.NO_REPLY:
                self._undo.drop("upload at the dock")  # the dock has said no, or was told nothing
        return close

    async def _end(self, close: LogsClose) -> None:
        """Call off what may go on at the dock, give the dock back, and write what has come."""
        self._log.enter("ending")
        await self._undo.run()
        if not self._written:
            return
        closed = await here_first(LogState.close_logs, close, self._timings, "What has come")
        self._status = closed.status
        for device, status in closed.files.items():
            self._log.fact(device, status)
        self._log.enter(closed.status, close.meaning if closed.status != "ok" else None)

    # Undoing

    async def _stop(self) -> None:
        """Once, and without an answer where there is none: the dock may be offline, or have ended by itself."""
        await self._tell_cancel(Actor(user="logs", reason="the upload has ended"), resends=0)

    async def _release(self) -> None:
        """Leave the queue too: what was on its way there is told again, so that nobody waits for who has gone."""
        await give_back(self._given.sn, self._timings)
        while self._asking is not None and not self._asking.done():
            try:
                await workflow.wait_condition(
                    self._asking.done, timeout=LEAVE_AGAIN, timeout_summary="Out of the queue"
                )
            except TimeoutError:
                await give_back(self._given.sn, self._timings)

    async def _tell_cancel(self, actor: Actor, resends: int | None = None) -> None:
        """Raises NoReply, or the dock's refusal."""
        self._cancels += 1
        modules = [MODULES[file.device] for file in self._given.files]
        await self._commands.send(
            FileuploadUpdate(status="cancel", module_list=modules),
            step=f"fileupload_update/{self._cancels}",
            actor=actor,
            resends=resends,
        )

    # What the API, the dock and the bridge say

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> LogsAnswer:
        """When the dock has begun, or it waits its turn. Raises DockUnknown, DockOffline, DockBusy, NoCredentials,
        NoReply, or the dock's refusal.
        """
        await workflow.wait_condition(lambda: self._accepted or self._over)
        if not self._accepted and self._error is not None:
            raise self._error
        return self.status()

    @workflow.update(name=Update.CANCEL)
    async def cancel(self, asked: Ask) -> LogsAnswer:
        """Call it off: once the dock has taken that, nothing more comes of it. What had come stays.

        Raises LogsOver, NoReply, or the dock's refusal; it goes on then.
        """
        async with self._calling:
            await workflow.wait_condition(lambda: self._status != "starting" or self._over or self._error is not None)
            if self._called_off is None:
                if self._over or self._ended is not None or self._error is not None:
                    raise failure(Failure.LOGS_OVER, "this upload is over")
                if self._status == "uploading":
                    await self._tell_cancel(asked.actor)
                    self._undo.drop("upload at the dock")
                self._called_off = f"Called off by {asked.actor.user}"
        await workflow.wait_condition(lambda: self._over)
        return self.status()

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.signal(name=Signal.LOGS_ENDED)
    def logs_ended(self, fact: LogsEnded) -> None:
        if self._ended is None:
            self._ended = fact

    @workflow.signal(name=Signal.LEASE_TAKEN)
    def lease_taken(self, fact: LeaseTaken) -> None:
        self._called_off = self._called_off or fact.words

    @workflow.query(name=Query.STATUS)
    def status(self) -> LogsAnswer:
        return LogsAnswer(logs_id=self._given.logs_id, phase=self._log.phase, status=self._status)
