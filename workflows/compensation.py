"""Undoing what a saga has done: registered before the step runs, run in reverse, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import FailureError

from workflows.errors import root

Undo = Callable[[], Awaitable[None]]


class Compensations:
    """Steps to undo, by name. Undos must be idempotent: a step may have been done wholly, in part, or not at all."""

    def __init__(self, note: Callable[[str], None]) -> None:
        self._steps: dict[str, Undo] = {}
        self._note = note

    def add(self, name: str, undo: Undo) -> None:
        """Register the undo of a step that is about to run; of the same name, it takes the former one's place."""
        self._steps.pop(name, None)
        self._steps[name] = undo

    def drop(self, name: str) -> None:
        """The step is done for good, or was undone otherwise."""
        self._steps.pop(name, None)

    async def run(self) -> list[str]:
        """Undo everything, the last step first. One that fails does not stop the others: it is in what is returned.

        A cancellation of the workflow that arrives meanwhile waits until all is undone, and is raised then.
        """
        task = asyncio.create_task(self._run())
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.shield(task)
            except asyncio.CancelledError as error:
                if task.done():
                    break
                cancelled = error
        if cancelled is not None:
            raise cancelled
        return task.result()

    async def _run(self) -> list[str]:
        problems = []
        while self._steps:
            name, undo = self._steps.popitem()
            try:
                await undo()
            except FailureError as error:
                reason = str(root(error))
                workflow.logger.warning("could not undo %s: %s", name, reason)
                self._note(f"**could not undo {name}**: {reason}")
                problems.append(f"{name}: {reason}")
            else:
                self._note(f"undone: {name}")
        return problems
