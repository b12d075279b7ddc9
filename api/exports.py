"""Exports: all that the organisation owns as one archive, made by a saga, fetched by a link, gone after some days."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.failures import Failure, failure
from api.body import Body, SagaLinks, View
from api.deps import Admin, Parts, PartsDep, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused, failed, not_found
from api.security import Principal
from store.document import now
from store.exports import EXPORT_OVER, Export, Exports, ExportStatus, archive_key
from store.facts import Ask
from workflows import names
from workflows.inputs import OrgExportInput
from workflows.search import attributes

router = APIRouter(prefix="/v1/org/exports", tags=["organisation"])

Reason = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]
LOOKED_AT: Final = 20
"""The newest exports, among which one that runs is."""


class NewExport(Body):
    reason: Reason = Field("", description="Why, for the audit log", examples=["We move to another region"])


class CancelExport(Body):
    reason: Reason = ""


class ExportView(View):
    id: str
    status: ExportStatus
    requested_by: str
    reason: str
    documents: int = Field(description="Documents that were written down so far")
    files: int = Field(description="Files in the archive so far; each collection of documents is one too")
    files_all: int | None = Field(description="Of so many; null until they are counted")
    bytes: int
    bytes_all: int | None
    size: int | None = Field(description="Bytes of the archive, once it is ready")
    left_out: int = Field(description="Files that went or changed while they were read: files.jsonl names them")
    error: str | None = Field(description="Why there is no archive")
    created_at: datetime
    ended_at: datetime | None
    kept_until: datetime | None = Field(description="Then the archive goes")
    saga: SagaLinks


class ExportLink(View):
    url: str
    expires_at: datetime
    size: int | None


def _view(parts: Parts, export: Export) -> ExportView:
    kept = timedelta(seconds=parts.timings.exports_kept)
    return ExportView(
        **export.model_dump(),
        kept_until=export.ended_at + kept if export.ended_at is not None else None,
        saga=parts.links(names.org_export_id(export.id)),
    )


async def _export_of(parts: Parts, caller: Principal, key: str) -> Export:
    export = await Exports(parts.firestore).get(key)
    if export is None or export.org_id != caller.org:
        raise not_found("export", key, "id")
    return export


@router.post("", status_code=201)
async def start_export(
    parts: PartsDep, caller: Admin, body: NewExport | None = None, key: IdempotencyKey = None
) -> ExportView:
    """Export all that the organisation owns: documents, media, logs, firmware, routes, areas. One at a time."""
    body = body or NewExport()
    exports = Exports(parts.firestore)
    export_id = await resource_id(parts, caller, "exports", key, body.model_dump_json())
    newest, _ = await page(exports, LOOKED_AT, None, orgId=caller.org)
    running = next((each for each in newest if each.status not in EXPORT_OVER and each.id != export_id), None)
    if running is not None:
        raise Refused(
            409, "export-runs", f"Export {running.id} is {running.status} already.", field="id",
            cure="Wait for its end, or cancel it.",
        )  # fmt: skip
    export = Export(
        id=export_id, org_id=caller.org, requested_by=caller.user, reason=body.reason,
        object_key=archive_key(caller.org, export_id),
    )  # fmt: skip
    await exports.create(export)
    # Already started, and over: the same Idempotency-Key; the document says how it ended
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await parts.temporal.start_workflow(
            names.Workflow.ORG_EXPORT,
            OrgExportInput(
                export_id=export_id, org_id=caller.org, actor=actor(caller, body.reason), timings=parts.timings
            ),
            id=names.org_export_id(export_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            search_attributes=attributes(OrgId=caller.org, Saga=names.Saga.ORG_EXPORT),
            static_summary=f"Export of {caller.org}",
        )
    await parts.note(caller, f"export-{export_id}", "org.export_start", export_id, reason=body.reason)
    return _view(parts, await _export_of(parts, caller, export_id))


@router.get("")
async def exports(parts: PartsDep, caller: Admin, limit: Limit = 50, after: After = None) -> Page[ExportView]:
    """List the exports, newest first; each is listed as long as its archive is kept."""
    found, following = await page(Exports(parts.firestore), limit, after, orgId=caller.org)
    return Page(items=[_view(parts, export) for export in found], next=following)


@router.get("/{export_id}")
async def export(parts: PartsDep, caller: Admin, export_id: str) -> ExportView:
    """Show one export, and how far it is."""
    return _view(parts, await _export_of(parts, caller, export_id))


@router.post("/{export_id}/cancel", status_code=202)
async def cancel_export(parts: PartsDep, caller: Admin, export_id: str, body: CancelExport | None = None) -> ExportView:
    """Call an export off: what is there of the archive goes. Watch `status`."""
    found = await _export_of(parts, caller, export_id)
    if found.status in EXPORT_OVER:
        raise failed(failure(Failure.EXPORT_OVER, f"export {found.id} is {found.status}"))
    asked = Ask(actor=actor(caller, body.reason if body is not None else ""))
    await parts.temporal.get_workflow_handle(names.org_export_id(found.id)).execute_update(names.Update.CANCEL, asked)
    return _view(parts, await _export_of(parts, caller, export_id))


@router.get("/{export_id}/link")
async def link(parts: PartsDep, caller: Admin, export_id: str) -> ExportLink:
    """Give a link to the archive. It opens for minutes; who asked for it is in the audit log."""
    found = await _export_of(parts, caller, export_id)
    if found.status != "ready":
        raise Refused(
            409, "export-not-ready", f"Export {found.id} is {found.status}.", field="id",
            cure="Wait until it is ready, or start a new one.",
        )  # fmt: skip
    life = parts.timings.export_link
    name = f"argus-{caller.org}-{found.created_at:%Y%m%d-%H%M}.tar"
    url = parts.objects.presign_get(found.object_key, life, download_as=name)
    await parts.note(caller, uuid4().hex, "org.export_link", found.id)
    return ExportLink(url=url, expires_at=now() + timedelta(seconds=life), size=found.size)
