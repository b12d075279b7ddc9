"""What the sagas have in common that carry out one order at a dock: whoever asked hears how it ended, once it has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from store.facts import CommandReply
from workflows.answers import Answer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import root
from workflows.names import Query, Signal, Update


class Order(ABC):
    """A saga's `run` calls `_carry_out` with its work, then `_end`."""

    def __init__(self, commands: Commands, log: Logbook) -> None:
        self._commands, self._log = commands, log
        self._ended = False
        self._error: FailureError | None = None

    @abstractmethod
    def _answer(self) -> Answer:
        """The saga's result, and what `accepted` and `status` say."""

    @property
    def _done(self) -> bool:
        return self._ended and self._error is None

    async def _carry_out(self, work: Awaitable[None]) -> None:
        """Do it, and keep why it failed for whoever asked. Raises FailureError where the saga was cancelled."""
        try:
            await work
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._error = error
            self._log.note(f"**{root(error)}**")

    async def _end(self, done: str = "done") -> None:
        self._ended = True
        self._log.enter(done if self._done else "failed")
        await workflow.wait_condition(workflow.all_handlers_finished)

    def _raise_failure(self) -> None:
        """Raises what the work raised: a business failure as it is."""
        if self._error is not None:
            cause = root(self._error)
            raise cause if isinstance(cause, ApplicationError) else self._error

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> Answer:
        """When all is done. Raises what the saga's work raises."""
        await workflow.wait_condition(lambda: self._ended)
        self._raise_failure()
        return self._answer()

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.query(name=Query.STATUS)
    def status(self) -> Answer:
        return self._answer()
