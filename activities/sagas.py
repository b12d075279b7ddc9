"""What one saga does with another: a mission starts and ends streams, and has its relays and flights come home."""

from __future__ import annotations

from pydantic import BaseModel
from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowExecutionDescription,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.common import SearchAttributeKey, WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from activities.beating import heartbeating
from store.facts import Actor, Ask, Close
from workflows.answers import DockState
from workflows.inputs import AutoStreamInput
from workflows.names import (
    TASK_QUEUE,
    Query,
    Saga,
    Signal,
    Update,
    Workflow,
    auto_stream_id,
    dock_id,
    flight_id,
    relay_id,
)
from workflows.search import attributes

_MISSION = SearchAttributeKey.for_keyword("MissionId")


class StreamOfOtherMission(Exception):
    """The dock's former stream is still being taken down; another try helps."""


class StreamEnd(BaseModel):
    sn: str
    mission_id: str
    reason: str
    actor: Actor


class FlightHome(BaseModel):
    flight_id: str
    actor: Actor


class RelayHome(BaseModel):
    relay_id: str
    actor: Actor


class DockQuery(BaseModel):
    sn: str


class Homecoming(BaseModel):
    """How a flight or a relay ended that was told to come home; `status` None where it had ended before."""

    status: str | None = None


async def described(client: Client, saga: str) -> WorkflowExecutionDescription | None:
    """A saga as Temporal has it; None where it has none of that id."""
    try:
        return await client.get_workflow_handle(saga).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise


async def lives(client: Client, saga: str) -> bool:
    """Whether a saga runs."""
    found = await described(client, saga)
    return found is not None and found.status is WorkflowExecutionStatus.RUNNING


async def ended_by(client: Client, saga: str, word: Update, asked: BaseModel) -> object:
    """Tell a saga to end, and wait until it has; its result. None where it had ended before, or never was.

    Raises WorkflowFailureError where it failed.
    """
    handle: WorkflowHandle[object, object] = client.get_workflow_handle(saga)
    try:
        try:
            await handle.execute_update(word, asked)
        except WorkflowUpdateFailedError as error:
            # It goes on by itself, or is over: the wait below tells
            activity.logger.warning("%s did not take the %s: %s", saga, word, error.cause)
        return await handle.result()
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
        return None


class Sagas:
    """Activities on other sagas."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @activity.defn
    async def start_auto_stream(self, given: AutoStreamInput) -> None:
        """Start the dock's stream for this mission. Raises StreamOfOtherMission while an older one winds down."""
        try:
            await self._client.start_workflow(
                Workflow.AUTO_STREAM,
                given,
                id=auto_stream_id(given.sn),
                task_queue=TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                search_attributes=attributes(
                    OrgId=given.org_id, MissionId=given.mission_id, DockSn=given.sn, Saga=Saga.AUTO_STREAM
                ),
                static_summary=f"Video of dock {given.sn} into mission {given.mission_id}",
            )
        except WorkflowAlreadyStartedError:
            if await self._mission_of(auto_stream_id(given.sn)) != given.mission_id:
                raise StreamOfOtherMission(f"auto-stream of dock {given.sn}") from None

    @activity.defn
    async def end_auto_stream(self, given: StreamEnd) -> None:
        """Have the dock's stream of this mission taken down, and wait until it is."""
        workflow_id = auto_stream_id(given.sn)
        if await self._mission_of(workflow_id) != given.mission_id:
            return
        handle = self._client.get_workflow_handle(workflow_id)
        try:
            await handle.signal(Signal.CLOSE, Close(reason=given.reason, actor=given.actor))
            async with heartbeating():
                await handle.result()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
        except WorkflowFailureError as error:
            activity.logger.warning("auto-stream of dock %s failed: %s", given.sn, error.cause)

    @activity.defn
    async def bring_flight_home(self, given: FlightHome) -> Homecoming:
        """Stop a flight and wait until it has ended: in the air that is the way home."""
        return await self._homecoming(flight_id(given.flight_id), Update.STOP, given.actor)

    @activity.defn
    async def abort_relay(self, given: RelayHome) -> Homecoming:
        """Abort a relay and wait until it has ended: all its aircraft are at home then, and its docks given back."""
        return await self._homecoming(relay_id(given.relay_id), Update.ABORT, given.actor)

    async def _homecoming(self, saga: str, word: Update, actor: Actor) -> Homecoming:
        try:
            async with heartbeating():
                ended = await ended_by(self._client, saga, word, Ask(actor=actor))
        except WorkflowFailureError as error:
            return Homecoming(status=f"failed: {error.cause}")
        return Homecoming(status=str(ended["status"]) if isinstance(ended, dict) else None)

    @activity.defn
    async def dock_state(self, given: DockQuery) -> DockState | None:
        """What `dock/{sn}` says of itself, but for a lease that has lapsed; None where it does not run."""
        handle = self._client.get_workflow_handle(dock_id(given.sn))
        try:
            state: DockState = await handle.query(Query.STATUS, result_type=DockState)
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return None
            raise
        if state.lease is not None and state.lease.lapses and not await lives(self._client, state.lease.holder):
            state.lease = None
        return state

    async def _mission_of(self, workflow_id: str) -> str | None:
        """The mission of a stream that runs; None where none does."""
        found = await described(self._client, workflow_id)
        if found is None or found.close_time is not None:
            return None
        return found.typed_search_attributes.get(_MISSION)
