"""How entities are called by whoever changed what they look after. No workflow code is imported here."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, TypeVar

from pydantic import BaseModel
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.service import RPCError, RPCStatusCode

from store.facts import Actor, AreasChanged, MediaNews, WebhookDue
from timings import Timings
from workflows.inputs import AreasInput, DockInput, MediaInput, WebhookInput
from workflows.names import TASK_QUEUE, Saga, Signal, Update, Workflow, areas_id, dock_id, media_id, webhook_id
from workflows.search import attributes, of_dock

A = TypeVar("A", bound=BaseModel)
RPC_TIMEOUT: Final = timedelta(seconds=5)


async def ask_dock(client: Client, given: DockInput, update: Update, asked: BaseModel, answer: type[A]) -> A:
    """Update `dock/{sn}`, and start it where it does not run; its answer. Raises WorkflowUpdateFailedError where it
    refuses.
    """
    try:  # it mostly runs, and to start it as well costs as much again
        asking = client.get_workflow_handle(dock_id(given.sn)).execute_update(update, asked, result_type=answer)
        running: A = await asking
        return running
    except RPCError as error:
        if error.status is not RPCStatusCode.NOT_FOUND:
            raise
    begin: WithStartWorkflowOperation[object, object] = WithStartWorkflowOperation(
        Workflow.DOCK,
        given,
        id=dock_id(given.sn),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=of_dock(given.org_id, given.sn),
        static_summary=f"Dock {given.sn}",
    )
    answered: A = await client.execute_update_with_start_workflow(
        update, asked, start_workflow_operation=begin, result_type=answer
    )
    return answered


async def wake_webhook(client: Client, webhook: str, org_id: str, timings: Timings, *, now: bool = False) -> None:
    """Signal `webhook/{id}`, and start it where it does not run. Raises RPCError where Temporal does not take it."""
    await client.start_workflow(
        Workflow.WEBHOOK,
        WebhookInput(webhook_id=webhook, org_id=org_id, timings=timings),
        id=webhook_id(webhook),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=Signal.WEBHOOK_DUE,
        start_signal_args=[WebhookDue(now=now)],
        search_attributes=attributes(OrgId=org_id, Saga=Saga.WEBHOOK, Phase="open"),
        static_summary=f"Events for webhook {webhook}",
        rpc_timeout=RPC_TIMEOUT,
    )


async def wake_areas(
    client: Client,
    mission: str,
    org_id: str,
    timings: Timings,
    *,
    actor: Actor | None = None,
    again: bool = False,
) -> None:
    """Signal `areas/{mission}`, and start it where it does not run. Raises RPCError where Temporal does not take it."""
    await client.start_workflow(
        Workflow.AREAS,
        AreasInput(mission_id=mission, org_id=org_id, timings=timings),
        id=areas_id(mission),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=Signal.AREAS_CHANGED,
        start_signal_args=[AreasChanged(actor=actor, again=again)],
        search_attributes=attributes(OrgId=org_id, MissionId=mission, Saga=Saga.AREAS, Phase="waiting"),
        static_summary=f"Flight areas of mission {mission}",
        rpc_timeout=RPC_TIMEOUT,
    )


async def wake_media(client: Client, given: MediaInput) -> None:
    """Signal `media/{flight}`, and start it where it does not run. Raises RPCError where Temporal does not take it."""
    key = given.flight_id or given.sn
    more = {"MissionId": given.mission_id} if given.mission_id is not None else {}
    await client.start_workflow(
        Workflow.MEDIA,
        given,
        id=media_id(key),
        task_queue=TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        start_signal=Signal.MEDIA_NEWS,
        start_signal_args=[MediaNews()],
        search_attributes=attributes(OrgId=given.org_id, DockSn=given.sn, Saga=Saga.MEDIA, Phase="waiting", **more),
        static_summary=media_summary(given),
        rpc_timeout=RPC_TIMEOUT,
    )


def media_summary(given: MediaInput) -> str:
    return f"Media of flight {given.flight_id}" if given.flight_id else f"Media of dock {given.sn} without a flight"
