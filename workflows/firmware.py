"""Saga `firmware/{rollout_id}/{sn}`: one dock of a rollout is upgraded, and proves it by the version that it reports.

Each try is a run of its own, so that no history grows. Rollouts start these by the thousand: what is quick is done by
the worker itself, and nothing is told that decides nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Final, Literal, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from activities.leases import Acquire
from activities.mqtt import CommandRequest
from activities.notify import Alert, Notify
from activities.push import PushBegin, PushBegun, PushConclusion, PushSteps, order_of
from activities.state.firmware import BeginPush, FirmwareState, LookAtPush, PushEnd, PushEnded
from store.facts import CommandReply, FirmwareVersion, LeaseRequest, OtaProgress
from store.firmware import PushStatus
from workflows.answers import PushOutcome
from workflows.commands import Commands
from workflows.compensation import shielded
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, dock_busy, failure, root
from workflows.firmware_course import RUNS_ALREADY, Course, Verdict, verdict
from workflows.here import here_first
from workflows.inputs import DockInput, FirmwareInput
from workflows.leasing import LOCAL
from workflows.names import Query, Saga, Signal, Workflow
from workflows.policies import waiting
from workflows.rollout_plan import pause_before

ORDER: Final = "ota_create"
LOOKS: Final = 3  # times that a dock which comes online while its absence is written down is looked at again
T = TypeVar("T")


@workflow.defn(name=Workflow.FIRMWARE)
class Firmware:
    """Checks, lease, `ota_create`, the dock's word, its restart, its version."""

    @workflow.init
    def __init__(self, given: FirmwareInput) -> None:
        self._given = given
        self._timings = given.timings
        self._status: PushStatus = "running"
        self._phase = "checking"
        self._verdict: Verdict | None = None
        self._called_off = False
        self._online = False
        self._course = Course()
        self._commands = Commands(given.timings, given.sn, org=given.org_id)
        self._log = Logbook(Saga.FIRMWARE, f"Firmware of dock {given.sn}", org=given.org_id, dock=given.sn)
        self._lease: Literal["none", "maybe", "granted"] = "none"
        self._sent = False

    @workflow.run
    async def run(self, given: FirmwareInput) -> PushOutcome:
        self._log.begin("upgrading", f"try {given.attempt} of {given.attempts}, for {given.actor.user}")
        for _ in range(LOOKS):
            try:
                await self._upgrade()
            except (FailureError, asyncio.CancelledError) as error:
                self._fail(error)
            await shielded(self._conclude())
            if not (self._status == "waiting" and self._online):
                break
        if self._tries_again():
            await self._pause()
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._tries_again():
            workflow.continue_as_new(given.model_copy(update={"attempt": given.attempt + 1}))
        return self.status()

    # The story

    async def _upgrade(self) -> None:
        draft = self._commands.draft(ORDER, step=f"ota_create/{self._given.attempt}", actor=self._given.actor)
        # It is not broken off, since nobody would know whether the dock got its order
        begun = await self._whole(self._begin(draft))
        if not begun.checked.lacking:
            self._end("succeeded", "has it already")
            return
        if self._called_off and begun.sent is None:
            self._commands.unsettled = draft.tid
            raise asyncio.CancelledError
        # From the order on there is no way back: a cancellation waits for the dock's word
        await self._whole(self._order_and_follow(draft, begun))
        self._end("succeeded", "succeeded")

    async def _begin(self, order: CommandRequest) -> PushBegun:
        """The conditions, then the lease, then `ota_create`."""
        given = self._given
        lease = LeaseRequest(
            holder=workflow.info().workflow_id,
            kind="firmware",
            reason=f"firmware {', '.join(sorted({package.version for package in given.packages}))}",
            actor=given.actor,
            lapses=True,
        )
        push = BeginPush(
            rollout_id=given.rollout_id,
            sn=given.sn,
            org_id=given.org_id,
            packages=given.packages,
            upgrade_type=given.upgrade_type,
            attempt=given.attempt,
        )
        dock, summary = DockInput(sn=given.sn, org_id=given.org_id, timings=given.timings), f"Lease dock {given.sn}"
        self._course = Course(ordered=True)
        self._lease = "maybe"
        begun = await here_first(
            PushSteps.begin_push,
            PushBegin(
                push=push,
                lease=Acquire(dock=dock, request=lease),
                order=order,
                link_life=self._timings.firmware_link,
            ),
            self._timings,
            f"May dock {given.sn} be upgraded now? Then lease it, and order it",
            here=LOCAL,
            there=waiting(self._timings, self._timings.activity_quick, summary),
        )
        checked, answer, self._sent = begun.checked, begun.lease, begun.sent is not None
        self._lease = "granted" if answer is not None and answer.granted else "none"
        if checked.kind is not None:
            raise failure(checked.kind, checked.reason)
        if answer is not None and not answer.granted:
            raise dock_busy(given.sn, answer.lease)
        self._course.wants({item.device: item.package.version for item in checked.lacking})
        self._commands.product = checked.product
        return begun

    async def _order_and_follow(self, draft: CommandRequest, begun: PushBegun) -> None:
        await self._order(draft, begun)
        await self._install()
        await self._prove()

    async def _order(self, draft: CommandRequest, begun: PushBegun) -> None:
        """`ota_create`. A refusal because an upgrade runs, or silence, may be of an order that was taken: look."""
        course = self._course
        self._sent = True
        self._enter("ordered")
        order = order_of(draft, begun.checked, self._given.upgrade_type, self._timings.firmware_link)
        try:
            await self._commands.order(
                order, begun.sent, unless=lambda: course.done or course.failed or course.installed
            )
        except ApplicationError as error:
            if error.type != Failure.NO_REPLY and dji_code(error) != RUNS_ALREADY:
                raise
            await self._look()
            if not course.status and not course.done:
                raise
        self._enter("upgrading")

    async def _install(self) -> None:
        """Until the dock's last word on the upgrade."""
        course, timings = self._course, self._timings
        await self._until(
            lambda: course.done or course.failed or course.installed, timings.firmware_upgrade, "The dock's last word"
        )
        if course.failed:
            raise course.failure()
        if not course.installed and not course.done:
            raise failure(Failure.FIRMWARE_SILENT, f"dock {self._given.sn} has not said in time how its upgrade ended")

    async def _prove(self) -> None:
        """Until every device reports the version: that alone is success."""
        course, timings = self._course, self._timings
        self._enter("restarting")
        await self._until(
            lambda: course.done or course.failed or course.differs, timings.firmware_restart, "The version"
        )
        if course.differs:
            await self._until(lambda: course.done or course.failed, timings.firmware_settle, "Another version to come")
        if course.done:
            return
        if course.failed:
            raise course.failure()
        if self._online and course.differs:
            raise course.wrong_version()
        raise failure(Failure.FIRMWARE_NOT_BACK, f"dock {self._given.sn} has not reported a version after its upgrade")

    async def _until(self, true: Callable[[], bool], seconds: float, what: str) -> None:
        """Wait; when the time is up, look into the store, in case the dock's word was never told."""
        try:
            await workflow.wait_condition(true, timeout=seconds, timeout_summary=f"{what} from {self._given.sn}")
        except TimeoutError:
            await self._look()

    async def _look(self) -> None:
        look = await here_first(
            FirmwareState.look_at_push,
            LookAtPush(rollout_id=self._given.rollout_id, sn=self._given.sn, devices=sorted(self._course.wanted)),
            self._timings,
            "What the store knows of the upgrade",
        )
        self._online = look.online
        self._course.looked(look)

    # The end of a try

    def _fail(self, error: BaseException) -> None:
        if is_cancelled_exception(error) or (self._called_off and not self._sent):
            self._called_off = True
            self._verdict = verdict(failure(Failure.FIRMWARE_CANCELLED, "called off before the dock was told"))
            self._end("cancelled", "called off")
            return
        found = verdict(root(error))
        self._verdict = found
        if found.kind == Failure.DOCK_OFFLINE:
            waits = self._given.offline == "wait"
            self._end("waiting" if waits else "skipped", "offline")
        elif found.kind == Failure.DOCK_UNKNOWN:
            self._end("skipped", "unpaired")
        else:
            self._end("failed", "failed")

    def _end(self, status: PushStatus, phase: str) -> None:
        self._status, self._phase = status, phase
        if status == "succeeded":
            self._verdict = None
        self._log.note(f"**{phase}**" + (f": {self._verdict.reason}" if self._verdict else ""))

    def _tries_again(self) -> bool:
        found = self._verdict
        tries_left = self._given.attempt < self._given.attempts
        return self._status == "failed" and found is not None and found.curable and tries_left and not self._called_off

    async def _conclude(self) -> None:
        """Give the dock back and write how the try ended."""
        found, again = self._verdict, self._tries_again()
        versions = {device: version for device, version in self._course.versions.items() if self._course.done}
        end = PushEnd(
            rollout_id=self._given.rollout_id,
            org_id=self._given.org_id,
            sn=self._given.sn,
            status="running" if again else self._status,
            phase="waits to be tried again" if again else self._phase,
            attempt=self._given.attempt,
            reason=found.reason if found is not None else None,
            cure=found.cure if found is not None else None,
            error_code=found.code if found is not None else None,
            after=versions,
            retry_in=self._wait() if again else None,
        )
        ended: PushEnded = await here_first(
            PushSteps.conclude_push,
            PushConclusion(push=end, lease=self._parting(again), order=self._commands.unsettled),
            self._timings,
            f"The dock is {self._phase}",
            here=LOCAL,
        )
        self._online, self._lease, self._commands.unsettled = ended.online, "none", None
        if self._status == "failed" and not again and found is not None:
            await self._tell(found)
        if not again:
            self._log.enter(self._status, self._phase)

    def _parting(self, again: bool) -> Literal["release", "lapse"] | None:
        """A saga that goes on gives the dock back; one that ends lets its lease lapse, which makes rollouts cheaper."""
        if self._lease == "none":
            return None
        ends = not again and self._status != "waiting"
        return "lapse" if self._lease == "granted" and ends else "release"

    async def _tell(self, found: Verdict) -> None:
        alert = Alert(
            org_id=self._given.org_id,
            sn=self._given.sn,
            level="caution",
            code="firmware-failed",
            text=f"firmware: {found.reason}"[:300],
            saga=workflow.info().workflow_id,
        )
        try:
            await here_first(Notify.alert, alert, self._timings, "Tell people", within=self._timings.activity_quick)
        except FailureError as error:
            self._log.note(f"nobody was told: {root(error)}")

    def _wait(self) -> float:
        slow = self._verdict is not None and self._verdict.slow
        return pause_before(self._given.attempt + 1, slow=slow, timings=self._timings)

    async def _pause(self) -> None:
        try:
            await workflow.sleep(self._wait(), summary=f"Before try {self._given.attempt + 1}")
        except asyncio.CancelledError:
            self._called_off = True
            self._end("cancelled", "called off")
            await shielded(self._conclude())

    async def _whole(self, work: Coroutine[Any, Any, T]) -> T:
        """All of `work`, whatever is cancelled meanwhile; a cancellation ends the tries."""
        task: asyncio.Task[T] = asyncio.create_task(work)
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError:
                self._called_off = True
                end = "the dock has its order, so" if self._sent else "if the dock has its order by now,"
                self._log.note(f"**called off**; {end} it is followed to the end")
            except FailureError:
                break
        return await task

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self._log.note(phase)

    # What the dock and the bridge say

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.signal(name=Signal.OTA_PROGRESS)
    def ota_progress(self, fact: OtaProgress) -> None:
        self._course.took(fact)
        self._log.note(f"{fact.status} {fact.step or ''}" + (f", result {fact.result}" if fact.result else ""))

    @workflow.signal(name=Signal.FIRMWARE_VERSION)
    def firmware_version(self, fact: FirmwareVersion) -> None:
        self._course.took_version(fact)
        self._commands.noted = fact.order or self._commands.noted
        self._log.note(f"`{fact.device}` runs {fact.version}")

    @workflow.query(name=Query.STATUS)
    def status(self) -> PushOutcome:
        found = self._verdict
        return PushOutcome(
            sn=self._given.sn,
            status=self._status,
            phase=self._phase,
            attempt=self._given.attempt,
            reason=found.reason if found is not None else None,
            error_code=found.code if found is not None else None,
        )
