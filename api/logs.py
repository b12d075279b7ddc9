"""Logs of docks and their aircraft: which there are, by the dock's own word; brought into the bucket, and fetched."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from activities.failures import Failure, failure
from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused, failed, not_found
from api.retention import kept_for
from api.security import Principal
from store.document import now
from store.facts import Ask
from store.logs import (
    LOGS_OVER,
    MODULES,
    FileStatus,
    LogDevice,
    LogFile,
    LogList,
    LogLists,
    LogsOf,
    LogsStatus,
    LogUpload,
    LogUploads,
)
from workflows import names
from workflows.inputs import LogListInput, LogsInput, LogWanted
from workflows.search import attributes

router = APIRouter(prefix="/v1", tags=["logs"])

LINK_SECONDS: Final = 600  # long enough to begin a download, short enough to be useless in a log
Reason = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]


class ChooseLogs(Body):
    device: LogDevice
    boots: list[int] = Field(min_length=1, max_length=100, description="`bootIndex` of logs in the dock's list")


class StartLogs(Body):
    files: list[ChooseLogs] = Field(min_length=1, max_length=2, description="One for each device")
    queue: bool = Field(False, description="Wait until the dock is free, and do not be refused while it is held")
    reason: Reason = Field("", examples=["It landed hard"])


class BootLogView(View):
    boot_index: int
    begins_at: datetime | None = Field(None, description="null: the device had no time")
    ends_at: datetime | None = None
    size: int | None = Field(None, description="bytes")


class LogsOfView(View):
    device: LogDevice
    device_sn: str | None = None
    logs: list[BootLogView] = Field(description="Newest first")
    at: datetime | None = Field(description="When the dock said so; null: it never did")
    error: str | None = Field(description="Why it could not say, the last time that it was asked")


class LogListView(View):
    sn: str
    devices: list[LogsOfView]
    saga: SagaLinks


class LogFileView(View):
    device: LogDevice
    device_sn: str
    boots: list[int]
    listed: int = Field(description="bytes of the logs in it, by the dock's list")
    status: FileStatus
    percent: int | None = Field(None, description="By the dock's word")
    size: int | None = Field(None, description="bytes, as the bucket says, once it is there")
    md5: str | None = None
    result: int | None = None
    meaning: str | None = None
    cure: str | None = None


class LogUploadView(View):
    id: str
    dock_sn: str
    status: LogsStatus
    files: list[LogFileView]
    user: str
    reason: str
    result: int | None = Field(None, description="DJI's code, where the dock named one")
    meaning: str | None = Field(None, description="Why it is not ok")
    cure: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    kept_until: datetime = Field(description="Then it goes, with its files")
    saga: SagaLinks


class LogLink(View):
    url: str
    expires_at: datetime


@router.get("/docks/{sn}/logs")
async def log_list(parts: PartsDep, caller: Viewer, sn: str) -> LogListView:
    """Show which logs dock and aircraft have, as the dock last said."""
    await parts.dock_of(caller, sn)
    return _list_view(parts, await _list_of(parts, caller, sn))


@router.post("/docks/{sn}/logs/refresh")
async def refresh_logs(parts: PartsDep, caller: Operator, sn: str) -> LogListView:
    """Ask the dock which logs it and its aircraft have. An aircraft that is off cannot be asked."""
    await parts.dock_of(caller, sn)
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.LOG_LIST,
        LogListInput(sn=sn, org_id=caller.org, actor=actor(caller), timings=parts.timings),
        id=names.log_list_id(sn),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"Logs of dock {sn}",
    )
    await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    run = (await begin.workflow_handle()).first_execution_run_id
    await parts.note(caller, f"log-list-{run}", "logs.list", sn)
    return _list_view(parts, await _list_of(parts, caller, sn))


@router.post("/docks/{sn}/logs/uploads", status_code=201)
async def upload_logs(
    parts: PartsDep, caller: Operator, sn: str, body: StartLogs, key: IdempotencyKey = None
) -> LogUploadView:
    """Have logs of the dock's list uploaded, one file for each device.

    The dock is held for it: one upload at a time, and nothing flies meanwhile. With `queue` it waits for its turn.
    """
    await parts.dock_of(caller, sn)
    wanted = _chosen(await _list_of(parts, caller, sn), body)
    logs_id = await resource_id(parts, caller, "logs", key, f"{sn}|{body.model_dump_json()}")
    if await LogUploads(parts.firestore).get(logs_id) is None:
        given = LogsInput(
            logs_id=logs_id, org_id=caller.org, sn=sn, files=wanted, queue=body.queue,
            actor=actor(caller, body.reason), timings=parts.timings,
        )  # fmt: skip
        begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.Workflow.LOGS,
            given,
            id=names.logs_id(logs_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            search_attributes=attributes(OrgId=caller.org, DockSn=sn, Saga=names.Saga.LOGS),
            static_summary=f"Logs of dock {sn}",
        )
        await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
        chosen = {each.device: each.boots for each in wanted}
        await parts.note(caller, f"logs-{logs_id}", "logs.upload", sn, logs=logs_id, boots=chosen, reason=body.reason)
    return await show(parts, caller, logs_id)


@router.get("/logs")
async def uploads(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    dock: str | None = None,
    status: LogsStatus | None = None,
) -> Page[LogUploadView]:
    """List uploads of logs, newest first."""
    found, following = await page(
        LogUploads(parts.firestore), limit, after, orgId=caller.org, dockSn=dock, status=status
    )
    kept = await kept_for(parts, caller.org, "logs")
    return Page(items=[_view(parts, each, kept) for each in found], next=following)


@router.get("/logs/{logs_id}")
async def show(parts: PartsDep, caller: Viewer, logs_id: str) -> LogUploadView:
    """Show one upload of logs: how far it is, or what has come."""
    return _view(parts, await _upload_of(parts, caller, logs_id), await kept_for(parts, caller.org, "logs"))


@router.post("/logs/{logs_id}/cancel")
async def cancel_logs(parts: PartsDep, caller: Operator, logs_id: str) -> LogUploadView:
    """Call an upload off, once the dock has taken that. What had come whole stays."""
    upload = await _upload_of(parts, caller, logs_id)
    if upload.status in LOGS_OVER:
        raise failed(failure(Failure.LOGS_OVER, f"upload {logs_id} is over: {upload.status}", field="id"))
    saga = parts.temporal.get_workflow_handle(names.logs_id(logs_id))
    await saga.execute_update(names.Update.CANCEL, Ask(actor=actor(caller)))
    await parts.note(caller, f"logs-cancel-{logs_id}", "logs.cancel", upload.dock_sn, logs=logs_id)
    return await show(parts, caller, logs_id)


@router.get("/logs/{logs_id}/link")
async def link(parts: PartsDep, caller: Operator, logs_id: str, device: LogDevice) -> LogLink:
    """Make a link that fetches the logs of a device, for ten minutes."""
    upload = await _upload_of(parts, caller, logs_id)
    file = next((file for file in upload.files if file.device == device), None)
    if file is None or file.status != "ok":
        raise Refused(
            409, "logs-not-there", f"The logs of the {device} are not in the bucket: {_why(file)}.", field="device",
            cure="Wait for the end of the upload; where it has failed, start another.",
        )  # fmt: skip
    name = f"{upload.dock_sn}-{device}-{upload.created_at:%Y%m%d-%H%M%S}.log"
    url = parts.objects.presign_get(file.object_key, LINK_SECONDS, download_as=name)
    key = f"logs-link-{uuid4().hex}"
    await parts.note(caller, key, "logs.link", upload.dock_sn, logs=logs_id, device=device)
    return LogLink(url=url, expires_at=now() + timedelta(seconds=LINK_SECONDS))


def _why(file: LogFile | None) -> str:
    if file is None:
        return "they were not asked for"
    return file.meaning.lower() if file.meaning else f"{file.status}"


async def _list_of(parts: Parts, caller: Principal, sn: str) -> LogList:
    found = await LogLists(parts.firestore).get(sn)
    return found if found is not None and found.org_id == caller.org else LogList(sn=sn, org_id=caller.org)


async def _upload_of(parts: Parts, caller: Principal, logs_id: str) -> LogUpload:
    found = await LogUploads(parts.firestore).get(logs_id)
    if found is None or found.org_id != caller.org:
        raise not_found("upload of logs", logs_id, "id")
    return found


def _chosen(listed: LogList, body: StartLogs) -> list[LogWanted]:
    """What was chosen, each in the list. Raises Refused, which names the field."""
    wanted: dict[LogDevice, LogWanted] = {}
    for number, file in enumerate(body.files):
        if file.device in wanted:
            raise Refused(
                422, "device-twice", f"The {file.device} is named twice: a dock makes one file for each device.",
                field=f"files.{number}.device", cure="Put all of its logs into one.",
            )  # fmt: skip
        of = listed.of(file.device)
        if of.at is None:
            raise Refused(
                409, "logs-not-listed", f"Which logs the {file.device} has is not known: {of.error or 'nobody asked'}.",
                field=f"files.{number}.device", cure="Refresh the dock's list of logs first.",
            )  # fmt: skip
        sizes = {log.boot_index: log.size or 0 for log in of.logs}
        for place, boot in enumerate(file.boots):
            if boot not in sizes:
                raise Refused(
                    422, "no-such-log", f"The {file.device} has no log {boot}, by the list of {of.at:%Y-%m-%d %H:%M}.",
                    field=f"files.{number}.boots.{place}", cure="Choose one of the list; refresh it where it is old.",
                )  # fmt: skip
        boots = sorted(set(file.boots))
        wanted[file.device] = LogWanted(
            device=file.device,
            device_sn=of.device_sn or listed.sn,
            boots=boots,
            listed=sum(sizes[boot] for boot in boots),
        )
    return list(wanted.values())


def _list_view(parts: Parts, found: LogList) -> LogListView:
    return LogListView(
        sn=found.sn,
        devices=[_of_view(device, found.of(device)) for device in MODULES],
        saga=parts.links(names.log_list_id(found.sn)),
    )


def _of_view(device: LogDevice, of: LogsOf) -> LogsOfView:
    logs = [BootLogView(**log.model_dump()) for log in of.logs]
    return LogsOfView(device=device, device_sn=of.device_sn, logs=logs, at=of.at, error=of.error)


def _view(parts: Parts, upload: LogUpload, kept: timedelta) -> LogUploadView:
    files = [
        LogFileView(**file.model_dump(), percent=progress.percent if progress is not None else None)
        for file in upload.files
        for progress in [upload.progress.get(file.device)]
    ]
    return LogUploadView(
        **upload.model_dump(exclude={"files"}),
        files=files,
        kept_until=upload.created_at + kept,
        saga=parts.links(names.logs_id(upload.id)),
    )
