"""One way to send a command to a dock and wait for its outcome."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, RetryState
from temporalio.exceptions import TimeoutError as ActivityTimeout

from activities.mqtt import CommandRequest, CommandSent, Mqtt, ObjectLink, PushLink, Unanswered, UploadGrant
from activities.pair_task import PairTask
from dji.errors import lookup
from dji.model import Command
from dji.properties.setting import MEANINGS as PROPERTY_MEANINGS
from dji.properties.setting import PropertySet
from store.commands import PROPERTY_SET
from store.facts import Actor, CommandReply
from timings import Timings
from workflows.errors import DJI_PREFIX, Failure, FailureDetails, failure
from workflows.here import here_first
from workflows.policies import quick

Unless = Callable[[], bool]
NAMESPACE: Final = uuid.UUID("5b1ed0c4-7a3b-5d0e-9c39-1c2f7c0b8f11")


def command_id(workflow_id: str, first_run_id: str, step: str) -> str:
    """`tid` of a step: the same however often it is tried, and across continue-as-new."""
    return str(uuid.uuid5(NAMESPACE, f"{workflow_id}|{first_run_id}|{step}"))


class Commands:
    """The commands of one saga to one dock. The saga's `command_reply` signal calls `took`."""

    def __init__(
        self,
        timings: Timings,
        sn: str,
        *,
        org: str,
        mission: str | None = None,
        bid: str | None = None,
    ) -> None:
        self.product: str | None = None
        self.aircraft_sn: str | None = None
        self._timings = timings
        self._sn = sn
        self._org = org
        self._mission = mission
        self._bid = bid
        self.unsettled: str | None = None
        """`tid` of an `order` whose reply nobody has looked for: whoever writes the saga's end down does."""
        self.noted: str | None = None
        """`bid` of an order whose document has the dock's reply, as the bridge told."""
        self._awaited: dict[str, CommandReply | None] = {}

    def took(self, reply: CommandReply) -> None:
        """A reply came; one that nobody waits for is kept in the command's document only."""
        if self._awaited.get(reply.tid, reply) is None:
            self._awaited[reply.tid] = reply

    async def send(
        self,
        body: Command | PropertySet,
        *,
        step: str,
        actor: Actor,
        object_links: list[ObjectLink] | None = None,
        push_links: list[PushLink] | None = None,
        within: float | None = None,
        resends: int | None = None,
        unless: Unless = lambda: False,
        pair: PairTask | None = None,
        upload: UploadGrant | None = None,
    ) -> CommandReply:
        """Send `body` as step `step` (unique in the saga) and return the dock's reply of result 0.

        `within` is the deadline of each attempt, `resends` how many follow the first; `unless` gives the command up
        when it becomes true. Raises ApplicationError `DJI.{code}` when the dock refuses, and NoReply when it does not
        answer after all resends, which carry the same ids.
        """
        request = self._request(body.method or PROPERTY_SET, body.present(), step, actor)
        request.object_links, request.push_links = object_links or [], push_links or []
        request.pair, request.upload = pair, upload
        reply = await self._until_answered(request, within, resends, unless)
        return self._accepted(reply if reply is not None else await self._late(request))

    def draft(self, method: str, *, step: str, actor: Actor) -> CommandRequest:
        """The command of an `order`, without its data: for an activity that finds these, and may send it at once.

        From now on its reply is awaited.
        """
        request = self._request(method, {}, step, actor)
        request.refusals_only = True
        self._awaited[request.tid] = None
        return request

    async def order(self, request: CommandRequest, sent: CommandSent | None, *, unless: Unless) -> None:
        """As `send`, for a command whose acceptance changes nothing: what the dock does then is what matters.

        It is a `draft` by now complete, and `sent` or not. Nobody signals that the dock took it: that is found in the
        store when the deadline is over. When `unless` becomes true before, `unsettled` names the command.
        """
        reply = await self._until_answered(request, None, None, unless, sent)
        if reply is None and unless():
            self.unsettled = request.tid if request.bid != self.noted else None
            return
        self._accepted(reply if reply is not None else await self._late(request))

    def _request(self, method: str, data: dict[str, Any], step: str, actor: Actor) -> CommandRequest:
        info = workflow.info()
        tid = command_id(info.workflow_id, info.first_execution_run_id, step)
        bid = self._bid or command_id(info.workflow_id, info.first_execution_run_id, f"job {step}")
        return CommandRequest(
            tid=tid,
            bid=bid,
            sn=self._sn,
            product=self.product,
            method=method,
            data=data,
            workflow_id=info.workflow_id,
            step=step,
            org_id=self._org,
            mission_id=self._mission,
            actor=actor,
        )

    @staticmethod
    def _accepted(reply: CommandReply) -> CommandReply:
        if reply.result != 0:
            raise refused(reply)
        return reply

    async def _until_answered(
        self,
        request: CommandRequest,
        within: float | None,
        resends: int | None,
        unless: Unless,
        sent: CommandSent | None = None,
    ) -> CommandReply | None:
        """None: the dock is silent, or `unless` is true. `sent`: as it was for the first time, by somebody else."""
        self._awaited.setdefault(request.tid, None)
        try:
            return await self._send_until_answered(request, within, resends, unless, sent)
        finally:
            del self._awaited[request.tid]

    async def _send_until_answered(
        self,
        request: CommandRequest,
        within: float | None,
        resends: int | None,
        unless: Unless,
        sent: CommandSent | None,
    ) -> CommandReply | None:
        method, tid = request.method, request.tid
        sends = 1 + (self._timings.command_resends if resends is None else resends)
        for attempt in range(sends):
            again = f" (again, {attempt + 1})" if attempt else ""
            try:
                if sent is None or attempt:
                    sent = await self._hand_over(request, f"Send {method} to {self._sn}{again}")
            except ActivityError as error:
                if isinstance(error.cause, ActivityTimeout) or error.retry_state is RetryState.TIMEOUT:
                    raise failure(
                        Failure.NO_REPLY, f"{method} could not be handed to the broker", cure="See to the broker"
                    ) from error
                raise
            if sent.reply is not None:
                return sent.reply
            try:
                await workflow.wait_condition(
                    lambda: self._awaited[tid] is not None or unless(),
                    timeout=self._timings.command_reply if within is None else within,
                    timeout_summary=f"Reply to {method} from {self._sn}",
                )
            except TimeoutError:
                continue
            return self._awaited[tid]
        return None

    async def _late(self, request: CommandRequest) -> CommandReply:
        """The reply that came after all. Raises NoReply, once the command's document says that there is none."""
        late = await workflow.execute_activity_method(
            Mqtt.mark_unanswered,
            Unanswered(tid=request.tid),
            **quick(self._timings, f"Note that {request.method} was not answered"),
        )
        if late.reply is None:
            raise failure(
                Failure.NO_REPLY,
                f"dock {self._sn} did not answer {request.method}",
                method=request.method,
            )
        return late.reply

    async def _hand_over(self, request: CommandRequest, summary: str) -> CommandSent:
        """By the worker that runs the saga: who waits for a dock should not wait for rounds by the server as well."""
        return await here_first(
            Mqtt.send_command, request, self._timings, summary, within=self._timings.command_expires
        )


def refused(reply: CommandReply) -> ApplicationError:
    """What a dock's refusal is to a saga: the type names the code, and says whether another try may help."""
    if reply.method == PROPERTY_SET and reply.result in PROPERTY_MEANINGS:
        text, cure = (
            PROPERTY_MEANINGS[reply.result],
            "Try again; a model or firmware that lacks the property says so too",
        )
        details = FailureDetails(cure=cure, code=reply.result, data={"method": reply.method})
        return ApplicationError(
            f"{reply.method}: {reply.result}: {text}", details.model_dump(mode="json"),
            type=f"{DJI_PREFIX}{reply.result}", non_retryable=True,
        )  # fmt: skip
    said = lookup(reply.result)
    details = FailureDetails(cure=said.cure, code=reply.result, data={"method": reply.method})
    return ApplicationError(
        f"{reply.method}: {reply.result}: {said.meaning}",
        details.model_dump(mode="json"),
        type=f"{DJI_PREFIX}{reply.result}",
        non_retryable=not said.retry_helps,
    )
