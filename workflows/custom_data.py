"""Saga `custom-data/{id}`: one message to a program on a payload (PSDK) or beside a dock (ESDK), and the dock's answer.

The answer says that the dock took it. What the program says to it comes as an event, if at all.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from activities.state.job import DebugRef, JobState
from dji.custom_data import CustomDataTransmissionToEsdk, CustomDataTransmissionToPsdk
from store.facts import CommandReply
from workflows.answers import CustomDataAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import root
from workflows.inputs import CustomDataInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick

_BODY = {"psdk": CustomDataTransmissionToPsdk, "esdk": CustomDataTransmissionToEsdk}


@workflow.defn(name=Workflow.CUSTOM_DATA)
class CustomData:
    """One command."""

    @workflow.init
    def __init__(self, given: CustomDataInput) -> None:
        self._given = given
        self._commands = Commands(given.timings, given.sn, org=given.org_id, bid=given.message_id)
        self._answer = CustomDataAnswer(message_id=given.message_id, sn=given.sn)
        self._done = False
        self._error: FailureError | None = None
        title = f"{len(given.value.encode())} bytes for the {given.to.upper()} of dock {given.sn}"
        self._log = Logbook(Saga.CUSTOM_DATA, title, org=given.org_id, dock=given.sn)

    @workflow.run
    async def run(self, given: CustomDataInput) -> CustomDataAnswer:
        self._log.enter("sending", f"for {given.actor.user}")
        try:
            look = await workflow.execute_activity_method(
                JobState.look_at_dock,
                DebugRef(sn=given.sn, org_id=given.org_id),
                **quick(given.timings, "Is the dock there?"),
            )
            self._commands.product = look.product
            await self._commands.send(
                _BODY[given.to](value=given.value),
                step="send",
                actor=given.actor,
                within=given.timings.command_reply_slow,
            )
            self._answer.taken = True
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._error = error
            self._log.note(f"**{root(error)}**")
        self._done = True
        self._log.enter("taken" if self._answer.taken else "failed")
        await workflow.wait_condition(workflow.all_handlers_finished)
        self._raise()
        return self._answer

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> CustomDataAnswer:
        """When the dock has taken it. Raises DockUnknown, DockOffline, NoReply, or the dock's refusal."""
        await workflow.wait_condition(lambda: self._done)
        self._raise()
        return self._answer

    def _raise(self) -> None:
        """Also the saga itself fails: who asks again with the same key hears what became of it."""
        if self._error is not None:
            cause = root(self._error)
            raise cause if isinstance(cause, ApplicationError) else self._error

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.query(name=Query.STATUS)
    def status(self) -> CustomDataAnswer:
        return self._answer
