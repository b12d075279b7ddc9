"""Saga `custom-data/{id}`: one message to a program on a payload (PSDK) or beside a dock (ESDK), and the dock's answer.

The answer says that the dock took it. What the program says to it comes as an event, if at all.
"""

from __future__ import annotations

from temporalio import workflow

from activities.state.job import DebugRef, JobState
from dji.custom_data import CustomDataTransmissionToEsdk, CustomDataTransmissionToPsdk
from workflows.answers import CustomDataAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.inputs import CustomDataInput
from workflows.names import Saga, Workflow
from workflows.order import Order
from workflows.policies import quick

_BODY = {"psdk": CustomDataTransmissionToPsdk, "esdk": CustomDataTransmissionToEsdk}


@workflow.defn(name=Workflow.CUSTOM_DATA)
class CustomData(Order):
    """One command."""

    @workflow.init
    def __init__(self, given: CustomDataInput) -> None:
        self._given = given
        title = f"{len(given.value.encode())} bytes for the {given.to.upper()} of dock {given.sn}"
        super().__init__(
            Commands(given.timings, given.sn, org=given.org_id, bid=given.message_id),
            Logbook(Saga.CUSTOM_DATA, title, org=given.org_id, dock=given.sn),
        )

    @workflow.run
    async def run(self, given: CustomDataInput) -> CustomDataAnswer:
        self._log.enter("sending", f"for {given.actor.user}")
        await self._carry_out(self._work())
        await self._end("taken")
        self._raise_failure()  # of the saga, too: who asks again with the same key hears what became of it
        return self._answer()

    async def _work(self) -> None:
        """Raises DockUnknown, DockOffline, NoReply, or the dock's refusal."""
        given = self._given
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

    def _answer(self) -> CustomDataAnswer:
        return CustomDataAnswer(message_id=self._given.message_id, sn=self._given.sn, taken=self._done)
