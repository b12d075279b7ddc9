"""How entities are called by whoever changed what they look after. No workflow code is imported here."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.common import (
    WorkflowIDConflictPolicy,
)

from store.facts import Actor, AreasChanged, WebhookDue
from timings import Timings
from workflows.inputs import AreasInput, WebhookInput
from workflows.names import TASK_QUEUE, Saga, Signal, Workflow, areas_id, webhook_id
from workflows.search import attributes

RPC_TIMEOUT: Final = timedelta(seconds=5)


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
