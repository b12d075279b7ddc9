"""Sagas: found by organisation, mission, dock, kind, phase and status, each with its page in Temporal's web UI.

Read from Temporal's visibility store, which follows the sagas by a moment. The logbook of one saga is what its own
worker says now; without a worker it is absent, and the rest is still shown.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query
from pydantic import Field
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus, WorkflowQueryFailedError
from temporalio.common import SearchAttributeKey
from temporalio.service import RPCError, RPCStatusCode

from api.body import View
from api.deps import Parts, PartsDep, Viewer
from api.paging import After, Limit, Page
from api.problems import Refused, not_found
from workflows.names import Saga

router = APIRouter(prefix="/v1/sagas", tags=["sagas"])

LOGBOOK_WAIT: Final = timedelta(seconds=2)  # a worker that lives answers in milliseconds
_METADATA: Final = "__temporal_workflow_metadata"  # the query that Temporal's own UI asks


class SagaStatus(StrEnum):
    """Temporal's words for how an execution is, as its visibility queries take them."""

    RUNNING = "Running"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
    TERMINATED = "Terminated"
    CONTINUED_AS_NEW = "ContinuedAsNew"
    TIMED_OUT = "TimedOut"


class SagaView(View):
    """One run of a saga."""

    workflow_id: str = Field(examples=["flight/6f1c0e5b7a9d4f0c8b2e3d4a5b6c7d8e"])
    run_id: str | None
    saga: str | None = Field(description="Its kind, as in the search attribute `Saga`", examples=["flight"])
    phase: str | None = Field(description="Where its story is", examples=["flying"])
    status: SagaStatus | None
    mission_id: str | None
    dock_sn: str | None
    started_at: datetime
    closed_at: datetime | None
    events: int = Field(description="Length of its history")
    temporal: str = Field(description="Its page in Temporal's web UI")


class SagaDetails(SagaView):
    summary: str | None = Field(None, description="What it was started for")
    logbook: str | None = Field(None, description="Markdown: facts and newest entries; null where no worker answers")


@router.get("")
async def sagas(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    mission: Annotated[str | None, Query(max_length=200)] = None,
    dock: Annotated[str | None, Query(max_length=200, description="Serial of the dock")] = None,
    saga: Annotated[Saga | None, Query(description="Kind of the saga")] = None,
    phase: Annotated[str | None, Query(max_length=200)] = None,
    status: SagaStatus | None = None,
) -> Page[SagaView]:
    """Sagas of the organisation, newest first. A page may be short where sagas began or ended meanwhile."""
    wanted = {"OrgId": caller.org, "MissionId": mission, "DockSn": dock, "Saga": saga, "Phase": phase}
    clauses = [f"{name} = {_quoted(value)}" for name, value in wanted.items() if value is not None]
    if status is not None:
        clauses.append(f"ExecutionStatus = {_quoted(status)}")
    found = parts.temporal.list_workflows(
        " AND ".join(clauses), page_size=limit, next_page_token=_place(parts, after) if after is not None else None
    )
    await found.fetch_next_page()
    following = parts.seal.close(found.next_page_token.hex()) if found.next_page_token else None
    return Page(items=[_view(parts, execution) for execution in found.current_page or ()], next=following)


@router.get("/{workflow_id:path}")
async def saga(
    parts: PartsDep, caller: Viewer, workflow_id: Annotated[str, Path(max_length=1000, examples=["dock/7CTDM00A1B"])]
) -> SagaDetails:
    """Show the newest run of one saga, with its logbook."""
    handle = parts.temporal.get_workflow_handle(workflow_id)
    try:
        found = await handle.describe()
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT):
            raise not_found("saga", workflow_id, "workflowId") from None
        raise
    if _attribute(found, "OrgId") != caller.org:
        raise not_found("saga", workflow_id, "workflowId")
    logbook = None
    with contextlib.suppress(RPCError, WorkflowQueryFailedError, TimeoutError):
        async with asyncio.timeout(LOGBOOK_WAIT.total_seconds() + 1):
            said = await handle.query(_METADATA, result_type=WorkflowMetadata, rpc_timeout=LOGBOOK_WAIT)
            logbook = said.current_details or None
    return SagaDetails(**_view(parts, found).model_dump(), summary=await found.static_summary(), logbook=logbook)


def _view(parts: Parts, found: WorkflowExecution) -> SagaView:
    return SagaView(
        workflow_id=found.id,
        run_id=found.run_id,
        saga=_attribute(found, "Saga"),
        phase=_attribute(found, "Phase"),
        status=_STATUS.get(found.status) if found.status is not None else None,
        mission_id=_attribute(found, "MissionId"),
        dock_sn=_attribute(found, "DockSn"),
        started_at=found.start_time,
        closed_at=found.close_time,
        events=found.history_length,
        temporal=parts.saga_link(found.id),
    )


_STATUS: Final = {
    WorkflowExecutionStatus.RUNNING: SagaStatus.RUNNING,
    WorkflowExecutionStatus.COMPLETED: SagaStatus.COMPLETED,
    WorkflowExecutionStatus.FAILED: SagaStatus.FAILED,
    WorkflowExecutionStatus.CANCELED: SagaStatus.CANCELED,
    WorkflowExecutionStatus.TERMINATED: SagaStatus.TERMINATED,
    WorkflowExecutionStatus.CONTINUED_AS_NEW: SagaStatus.CONTINUED_AS_NEW,
    WorkflowExecutionStatus.TIMED_OUT: SagaStatus.TIMED_OUT,
}


def _attribute(found: WorkflowExecution, name: str) -> str | None:
    return found.typed_search_attributes.get(SearchAttributeKey.for_keyword(name))


def _quoted(value: str) -> str:
    """A string of Temporal's query language, which takes SQL's escapes: what people type must not end it.

    Raises Refused 422 for a backslash or a quote: no id, serial or phase of ours has one.
    """
    if "'" in value or "\\" in value or not value.isprintable():
        raise Refused(
            422, "bad-filter", f"{value!r} can be no value of a filter.", cure="Leave quotes and backslashes out."
        )
    return f"'{value}'"


def _place(parts: Parts, after: str) -> bytes:
    """Temporal's own token, which we sealed: one that it does not know, it looks at again and again."""
    try:
        return bytes.fromhex(parts.seal.open(after))
    except ValueError:
        raise Refused(
            422, "bad-cursor", f"{after} is no place in this list.", field="after", cure="Use `next` of a page."
        ) from None
