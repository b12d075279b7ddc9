"""Saga `property/{sn}`: one property of a dock or its aircraft is set, and looked for in what the machine says then."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from activities.state.property import PropertyAwaited, PropertyNote, PropertyRef, PropertyState
from dji.properties.settable import nested
from dji.properties.setting import PropertySet
from store.facts import CommandReply
from workflows.answers import PropertyAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import dji_code, root
from workflows.inputs import PropertyInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick, waiting


@workflow.defn(name=Workflow.PROPERTY)
class Property:
    """May it be, the message, and what is shown."""

    @workflow.init
    def __init__(self, given: PropertyInput) -> None:
        self._given = given
        self._timings = given.timings
        self._commands = Commands(given.timings, given.sn, org=given.org_id)
        self._done = False
        self._confirmed = False
        self._error: FailureError | None = None
        self._log = Logbook(Saga.PROPERTY, f"{given.path} of dock {given.sn}", org=given.org_id, dock=given.sn)

    @workflow.run
    async def run(self, given: PropertyInput) -> PropertyAnswer:
        self._log.enter("setting", f"{given.path} to {given.value}, for {given.actor.user}")
        try:
            await self._work()
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._error = error
            self._log.note(f"**{root(error)}**")
        await self._tell()
        self._done = True
        self._log.enter("done" if self._error is None else "failed")
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self._answer()

    async def _work(self) -> None:
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

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> PropertyAnswer:
        """When all is done. Raises what `may_set` raises, NoReply, or the dock's refusal."""
        await workflow.wait_condition(lambda: self._done)
        if self._error is not None:
            cause = root(self._error)
            raise cause if isinstance(cause, ApplicationError) else self._error
        return self._answer()

    def _answer(self) -> PropertyAnswer:
        return PropertyAnswer(
            sn=self._given.sn, path=self._given.path, done=self._done and self._error is None, confirmed=self._confirmed
        )

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.query(name=Query.STATUS)
    def status(self) -> PropertyAnswer:
        return self._answer()
