"""The way to sagas: signals that Temporal has taken, and updates whose answer a dock waits for."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, TypeVar

from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.common import (
    WorkflowIDConflictPolicy,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from bridge import metrics
from bridge.faults import Unavailable, until_done
from process import temporal_client
from settings import Settings
from store.facts import Fact
from timings import Timings
from workflows.inputs import DockInput, MediaInput
from workflows.names import TASK_QUEUE, Signal, Update, Workflow, dock_id
from workflows.search import of_dock
from workflows.waking import wake_media, wake_webhook

A = TypeVar("A", bound=Fact)

RPC_TIMEOUT = timedelta(seconds=5)
MOST_AT_ONCE = 64
"""Calls to Temporal at once: more would only wait in the server."""


class NoSuchSaga(Exception):
    """No workflow of that id runs."""


class Sagas:
    """Temporal as the bridge needs it. It connects with the first call, so the bridge starts without it."""

    def __init__(self, client: Client, timings: Timings) -> None:
        self._client = client
        self._timings = timings
        self._room = asyncio.Semaphore(MOST_AT_ONCE)

    @classmethod
    async def connect(cls, settings: Settings) -> Sagas:
        return cls(await temporal_client(settings, lazy=True), Timings.of(settings.timings_json))

    async def tell(self, workflow_id: str, signal: Signal, fact: Fact) -> bool:
        """Signal a saga; return once Temporal has taken it, however long that takes. False where no such saga runs."""

        async def send() -> bool:
            async with self._room, _first_connection():
                try:
                    await self._client.get_workflow_handle(workflow_id).signal(signal, fact, rpc_timeout=RPC_TIMEOUT)
                except RPCError as error:
                    if error.status is RPCStatusCode.NOT_FOUND:
                        return False
                    raise
            return True

        taken = await until_done(send)
        metrics.SIGNALS.labels("taken" if taken else "gone").inc()
        return taken

    async def tell_dock(self, sn: str, org_id: str, signal: Signal, fact: Fact) -> None:
        """Signal `dock/{sn}`, and start it where it does not run; return once Temporal has taken it."""
        given = DockInput(sn=sn, org_id=org_id, timings=self._timings)

        async def send() -> None:
            async with self._room, _first_connection():
                await self._client.start_workflow(
                    Workflow.DOCK,
                    given,
                    id=dock_id(sn),
                    task_queue=TASK_QUEUE,
                    id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                    start_signal=signal,
                    start_signal_args=[fact],
                    search_attributes=of_dock(org_id, sn),
                    static_summary=f"Dock {sn}",
                    rpc_timeout=RPC_TIMEOUT,
                )

        await until_done(send)
        metrics.SIGNALS.labels("taken").inc()

    async def tell_media(self, flight: str | None, sn: str, org_id: str, mission: str | None = None) -> None:
        """Have `media/{flight}` look at its files, where they are of none `media/{sn}`; return once Temporal knows."""
        given = MediaInput(flight_id=flight, sn=sn, org_id=org_id, mission_id=mission, timings=self._timings)

        async def send() -> None:
            async with self._room, _first_connection():
                await wake_media(self._client, given)

        await until_done(send)
        metrics.SIGNALS.labels("taken").inc()

    async def wake_webhook(self, webhook: str, org_id: str) -> None:
        """Call the saga that delivers to an endpoint, once: it looks by itself where it is not called."""
        async with self._room, _first_connection():
            await wake_webhook(self._client, webhook, org_id, self._timings)

    async def ask(self, workflow_id: str, update: Update, fact: Fact, answer: type[A], *, ask_id: str) -> A:
        """Update a saga and return its answer. `ask_id` makes a message that is heard twice one question.

        The caller bounds the wait; a saga that was asked goes on by itself then, and keeps its answer for the next ask.
        Raises NoSuchSaga, Unavailable, or ApplicationError when the saga refuses.
        """
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            async with self._room, _first_connection():
                said: Any = await handle.execute_update(update, fact, id=ask_id, result_type=answer)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                raise NoSuchSaga(workflow_id) from None
            raise Unavailable(f"Temporal: {error}") from error
        except WorkflowUpdateRPCTimeoutOrCancelledError as error:
            raise Unavailable("Temporal: no answer in time") from error
        except WorkflowUpdateFailedError as error:
            cause = error.cause
            raise cause if isinstance(cause, ApplicationError) else error from None
        return answer.model_validate(said)


@contextlib.asynccontextmanager
async def _first_connection() -> AsyncIterator[None]:
    """The SDK says RuntimeError when its first connection fails, and RPCError ever after."""
    try:
        yield
    except RuntimeError as error:
        if not str(error).startswith("Failed client connect"):
            raise
        raise Unavailable("Temporal cannot be reached") from None
