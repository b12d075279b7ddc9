"""Saga `property/{sn}`: one property of a dock or its aircraft is set, and looked for in what the machine says then."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.state.property import PropertyAwaited, PropertyNote, PropertyRef, PropertyState
from dji.properties.settable import nested
from dji.properties.setting import PropertySet
from workflows.answers import PropertyAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import dji_code, root
from workflows.inputs import PropertyInput
from workflows.names import Saga, Workflow
from workflows.order import Order
from workflows.policies import quick, waiting


@workflow.defn(name=Workflow.PROPERTY)
class Property(Order):
    """May it be, the message, and what is shown."""

    @workflow.init
    def __init__(self, given: PropertyInput) -> None:
        self._given = given
        self._timings = given.timings
        self._confirmed = False
        super().__init__(
            Commands(given.timings, given.sn, org=given.org_id),
            Logbook(Saga.PROPERTY, f"{given.path} of dock {given.sn}", org=given.org_id, dock=given.sn),
        )

    @workflow.run
    async def run(self, given: PropertyInput) -> PropertyAnswer:
        self._log.enter("setting", f"{given.path} to {given.value}, for {given.actor.user}")
        await self._carry_out(self._work())
        await self._tell()
        await self._end()
        return self._answer()

    async def _work(self) -> None:
        """Raises what `may_set` raises, NoReply, or the dock's refusal."""
        given, timings = self._given, self._timings
        look = await workflow.execute_activity_method(
            PropertyState.may_set,
            PropertyRef(sn=given.sn, org_id=given.org_id, path=given.path),
            **quick(timings, f"May {given.path} be set now?"),
        )
        self._commands.product = look.product
        body = PropertySet.read(nested(given.path, given.value))
        await self._commands.send(body, step=f"property_set/{given.path}", actor=given.actor)
        shown = await workflow.execute_activity_method(
            PropertyState.property_shown,
            PropertyAwaited(
                sn=given.sn, org_id=given.org_id, path=given.path, value=given.value, seconds=timings.property_shown
            ),
            **waiting(timings, timings.property_shown, f"Is {given.path} shown as {given.value}?"),
        )
        self._confirmed = shown.shown
        if not shown.shown:
            self._log.note("the dock said yes, and does not show it")

    async def _tell(self) -> None:
        given = self._given
        cause = root(self._error) if self._error is not None else None
        note = PropertyNote(
            sn=given.sn, org_id=given.org_id, path=given.path, value=given.value, confirmed=self._confirmed,
            refusal=str(cause) if cause is not None else None,
            code=dji_code(cause) if isinstance(cause, ApplicationError) else None, actor=given.actor,
        )  # fmt: skip
        await workflow.execute_activity_method(
            PropertyState.note_property, note, **quick(self._timings, "Tell what became of it")
        )

    def _answer(self) -> PropertyAnswer:
        return PropertyAnswer(sn=self._given.sn, path=self._given.path, done=self._done, confirmed=self._confirmed)
