"""Undoing what a saga has done: registered before the step runs, run in reverse, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

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

        A cancellation of the workflow that arrives meanwhile does not reach it.
        """
        problems: list[str] = []
        await shielded(self._run(problems))
        return problems

    async def _run(self, problems: list[str]) -> None:
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
                self._note(f"cleared up: {name}")


async def shielded(work: Coroutine[Any, Any, None]) -> None:
    """Do all of `work`, whatever is cancelled meanwhile: for the end of a saga, which tidies up after itself."""
    task = asyncio.create_task(work)
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError:
            workflow.logger.info("cancelled while it ends; it goes on to the end")
    task.result()
