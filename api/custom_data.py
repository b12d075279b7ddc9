"""Custom data: messages to and from programs on payloads (PSDK) and beside docks (ESDK), for those who build them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field, field_validator
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

import dji
from api.body import Body, SagaLinks, View
from api.deps import Operator, PartsDep, Viewer, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused
from dji.custom_data import MOST_BYTES
from dji.topics import Kind
from store.custom_data import CustomDataRepository, End
from workflows import names
from workflows.inputs import CustomDataInput

router = APIRouter(prefix="/v1/docks/{sn}/custom-data", tags=["custom data"])


class SendCustomData(Body):
    to: End = Field(description="psdk: a payload of the aircraft; esdk: a program beside the dock")
    value: str = Field(min_length=1, description=f"Text; at most {MOST_BYTES} bytes of UTF-8")
    reason: str = Field("", max_length=500)

    @field_validator("value")
    @classmethod
    def _bounded(cls, value: str) -> str:
        size = len(value.encode(errors="surrogatepass"))
        if size > MOST_BYTES:
            raise ValueError(f"{size} bytes, and DJI takes at most {MOST_BYTES}: send it in parts")
        return value


class SentView(View):
    """The dock took it. What the program says to it comes as a message, if at all."""

    id: str
    sn: str
    to: End
    saga: SagaLinks


class ReceivedView(View):
    id: str
    sn: str
    end: End = Field(description="Who sent it: psdk, a payload; esdk, a program beside the dock")
    value: str
    length: int = Field(description="bytes, as it came; what is longer than 4096 characters is cut")
    said_at: datetime | None = Field(description="The dock's own time of it")
    at: datetime


@router.post("", status_code=201)
async def send_custom_data(
    parts: PartsDep, caller: Operator, sn: str, body: SendCustomData, key: IdempotencyKey = None
) -> SentView:
    """Send a message, and answer when the dock has taken it. With an Idempotency-Key it is sent once."""
    dock = await parts.dock_of(caller, sn)
    method = f"custom_data_transmission_to_{body.to}"
    if not dji.supports(dock.product, method, Kind.SERVICES):
        raise Refused(
            409, "not-supported", f"{dock.product_name or dock.product} takes nothing for the {body.to.upper()}.",
            field="to", cure="Use a dock whose model has it.",
        )  # fmt: skip
    message_id = await resource_id(parts, caller, f"custom-data/{sn}", key, body.model_dump_json())
    saga = names.custom_data_id(message_id)
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.CUSTOM_DATA,
        CustomDataInput(
            message_id=message_id, sn=sn, org_id=caller.org, to=body.to, value=body.value,
            actor=actor(caller, body.reason), timings=parts.timings,
        ),
        id=saga,
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        static_summary=f"Custom data for the {body.to.upper()} of dock {sn}",
    )  # fmt: skip
    await parts.note(
        caller, f"custom-data-{message_id}", "custom-data.send", sn, to=body.to, length=len(body.value.encode())
    )
    try:
        await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    except WorkflowAlreadyStartedError:  # the same Idempotency-Key: the answer is what it was
        await parts.temporal.get_workflow_handle(saga).result()
    return SentView(id=message_id, sn=sn, to=body.to, saga=parts.links(saga))


@router.get("")
async def custom_data(
    parts: PartsDep,
    caller: Viewer,
    sn: str,
    limit: Limit = 50,
    after: After = None,
    end: Annotated[End | None, Query(description="Only of payloads, or of programs beside the dock")] = None,
    since: Annotated[datetime | None, Query(description="From then on")] = None,
    until: Annotated[datetime | None, Query(description="Before then")] = None,
) -> Page[ReceivedView]:
    """List what was received, newest first. What was sent is in `/v1/commands`."""
    await parts.dock_of(caller, sn)
    found, following = await page(
        CustomDataRepository(parts.firestore), limit, after, order="at", since=since, until=until,
        orgId=caller.org, sn=sn, end=end,
    )  # fmt: skip
    return Page(items=[ReceivedView(**each.model_dump()) for each in found], next=following)
