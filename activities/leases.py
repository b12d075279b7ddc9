"""Leases of docks: asked of the entity `dock/{sn}`, which is started where it does not run."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
)
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.beating import heartbeating
from activities.sagas import lives
from store.facts import LeaseAnswer, LeaseRelease, LeaseRequest
from workflows.inputs import DockInput
from workflows.names import Query, Signal, Update, dock_id
from workflows.waking import ask_dock


class Acquire(BaseModel):
    """`dock` starts the entity where it does not run."""

    dock: DockInput
    request: LeaseRequest


class Release(BaseModel):
    sn: str
    holder: str


class HolderQuery(BaseModel):
    holder: str


class HolderPhase(BaseModel):
    """Where the saga that holds a dock is; None where it has ended, or does not say."""

    phase: str | None = None


class Leases:
    """Activities on leases."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def acquire_lease(self, given: Acquire) -> LeaseAnswer:
        """Ask for the dock; with `queue`, wait as long as the request says. The same holder gets the same lease."""
        try:
            async with heartbeating():
                return await ask_dock(self._client, given.dock, Update.ACQUIRE, given.request, LeaseAnswer)
        except WorkflowUpdateFailedError as error:
            raise (error.cause if isinstance(error.cause, ApplicationError) else error) from None

    @activity.defn
    async def release_lease(self, given: Release) -> None:
        """Give the dock back; nothing happens where the holder does not hold it, or the dock has left."""
        handle = self._client.get_workflow_handle(dock_id(given.sn))
        try:
            await handle.execute_update(Update.RELEASE, LeaseRelease(holder=given.holder), result_type=LeaseAnswer)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    @activity.defn
    async def return_lease(self, given: Release) -> None:
        """As `release_lease`, without waiting until the entity has taken it: so it may run in a saga's own worker."""
        try:
            await self._client.get_workflow_handle(dock_id(given.sn)).signal(
                Signal.RELEASE, LeaseRelease(holder=given.holder)
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise

    @activity.defn
    async def holder_lives(self, given: HolderQuery) -> bool:
        """Whether the saga that holds a lease still runs: one that was terminated has not given it back."""
        return await lives(self._client, given.holder)

    @activity.defn
    async def holder_phase(self, given: HolderQuery) -> HolderPhase:
        """What the holder is at."""
        try:
            said: Any = await self._client.get_workflow_handle(given.holder).query(Query.STATUS)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return HolderPhase()
            raise
        return HolderPhase.model_validate(said)
