"""The end of the organisation: asked for with its name repeated, called off in time, or done to the last document."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from api.body import Body, SagaLinks, View
from api.deps import Admin, Parts, PartsDep, actor
from api.problems import Refused, not_found
from api.security import Principal
from store.deletions import DeletionStatus
from store.facts import Ask
from workflows import names
from workflows.inputs import OrgDeletionInput
from workflows.search import attributes

router = APIRouter(prefix="/v1/org/deletion", tags=["organisation"])


class DeleteOrg(Body):
    name: str = Field(description="The organisation's name, as it is written: nobody does this by a slip")
    reason: Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)] = Field(
        "", description="Why: it is in the line that is left"
    )


class DeletionView(View):
    status: DeletionStatus = Field(description="scheduled and waiting can be called off")
    requested_by: str
    reason: str
    requested_at: datetime
    due_at: datetime = Field(description="It begins then, or as soon as nothing flies")
    in_the_way: list[str] = Field(description="What flies or runs, so that it waits")
    called_off_by: str | None
    ended_at: datetime | None
    saga: SagaLinks


async def _view(parts: Parts, caller: Principal) -> DeletionView:
    found = await parts.deletions.get(caller.org)
    if found is None:
        raise not_found("deletion", caller.org, "org")
    return DeletionView(**found.model_dump(), saga=parts.links(names.org_deletion_id(caller.org)))


@router.post("", status_code=202)
async def start_deletion(parts: PartsDep, caller: Admin, body: DeleteOrg) -> DeletionView:
    """Delete the organisation, with all that it owns, after days in which that can be called off.

    Docks are unpaired, missions, streams, rooms, schedules and webhooks end, and every document and object goes, for
    good. Refused while anything flies or a rollout runs. Again it changes nothing.
    """
    org = await parts.orgs.get(caller.org)
    if org is None:
        raise not_found("organisation", caller.org, "org")
    if body.name != org.name:
        raise Refused(
            422, "name-differs", "That is not the name of your organisation.", field="name",
            cure=f"Repeat it as it is written: {org.name}",
        )  # fmt: skip
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.ORG_DELETION,
        OrgDeletionInput(org_id=org.id, actor=actor(caller, body.reason), timings=parts.timings),
        id=names.org_deletion_id(org.id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        search_attributes=attributes(OrgId=org.id, Saga=names.Saga.ORG_DELETION),
        static_summary=f"The end of {org.name}",
    )
    await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    return await _view(parts, caller)


@router.get("")
async def deletion(parts: PartsDep, caller: Admin) -> DeletionView:
    """Show the deletion that was asked for last, and when it begins."""
    return await _view(parts, caller)


@router.delete("")
async def call_off(parts: PartsDep, caller: Admin) -> DeletionView:
    """Call the deletion off: all stays as it is. Once it has begun, that is too late."""
    await _view(parts, caller)
    saga = parts.temporal.get_workflow_handle(names.org_deletion_id(caller.org))
    await saga.execute_update(names.Update.CANCEL, Ask(actor=actor(caller)))
    return await _view(parts, caller)
