"""Logs of docks in the store and in the bucket: the list, an upload's way, and what of it has come."""

from __future__ import annotations

from typing import Final, Literal

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.occasion import this_time
from dji.commands import TERMINAL_STATUSES
from dji.errors import lookup
from store.docks import Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor, LogEnd
from store.logs import (
    LOGS_OVER,
    BootLog,
    LogFile,
    LogList,
    LogLists,
    LogsOf,
    LogsStatus,
    LogUpload,
    LogUploads,
)
from store.objects import ObjectInfo, Objects

Outcome = Literal["ended", "silent", "refused", "failed", "cancelled"]
EVENT: Final[dict[LogsStatus, str]] = {
    "uploading": "uploading", "ok": "ok", "partial": "partial", "failed": "failed", "refused": "failed",
    "cancelled": "cancelled",
}  # fmt: skip


class LogsSaid(BaseModel):
    """What the dock answered for one device; `logs` None: it could not say, for `error`."""

    device_sn: str | None = None
    logs: list[BootLog] | None = None
    error: str | None = None


class LogListSaid(BaseModel):
    sn: str
    org_id: str
    aircraft: LogsSaid
    dock: LogsSaid


class LogsRef(BaseModel):
    logs_id: str


class LogsOpen(LogsRef):
    org_id: str
    sn: str
    prefix: str
    files: list[LogFile]
    status: LogsStatus
    actor: Actor


class LogsLook(BaseModel):
    """`quiet`: seconds for which no file got further."""

    quiet: float
    online: bool


class LogsClose(LogsRef):
    """How it ended for the saga; `ends` is the dock's last word of each file, where it came to that."""

    outcome: Outcome
    meaning: str | None = None
    cure: str | None = None
    result: int | None = None
    ends: list[LogEnd] = Field(default_factory=list)


class LogsClosed(BaseModel):
    status: LogsStatus
    files: dict[str, str]


class LogState:
    """Activities on `dji_log_lists` and `dji_logs`."""

    def __init__(self, client: AsyncClient, objects: Objects, events: Events) -> None:
        self._docks, self._lists, self._uploads = Docks(client), LogLists(client), LogUploads(client)
        self._objects = objects
        self._events = events

    @activity.defn
    async def note_log_list(self, given: LogListSaid) -> None:
        """Write what the dock said; where it could not say, what it said before stays, with the reason."""

        async def step(transaction: AsyncTransaction) -> None:
            before = await self._lists.get(given.sn, transaction)
            if before is None or before.org_id != given.org_id:
                before = LogList(sn=given.sn, org_id=given.org_id)
            after = before.model_copy(
                update={"aircraft": _said(before.aircraft, given.aircraft), "dock": _said(before.dock, given.dock)}
            )
            transaction.set(self._lists.ref(given.sn), after.to_fields())

        await self._lists.transact(step)

    @activity.defn
    async def open_logs(self, given: LogsOpen) -> None:
        """Write that it is asked for; the same one twice is one."""
        await self._uploads.create(
            LogUpload(
                id=given.logs_id,
                org_id=given.org_id,
                dock_sn=given.sn,
                prefix=given.prefix,
                files=given.files,
                status=given.status,
                user=given.actor.user,
                reason=given.actor.reason,
            )
        )

    @activity.defn
    async def logs_begin(self, given: LogsRef) -> None:
        """The dock is ours, and is told now."""
        await self._advance(given.logs_id, "starting")

    @activity.defn
    async def logs_uploading(self, given: LogsRef) -> None:
        """The dock has begun."""
        await self._advance(given.logs_id, "uploading", startedAt=now())

    @activity.defn
    async def look_at_logs(self, given: LogsRef) -> LogsLook:
        """Whether it still gets further."""
        upload = await self._uploads.get(given.logs_id)
        assert upload is not None, given.logs_id
        dock = await self._docks.get(upload.dock_sn)
        moved = max(at for at in (upload.created_at, upload.started_at, upload.progress_at) if at is not None)
        return LogsLook(quiet=(now() - moved).total_seconds(), online=dock is not None and dock.online)

    @activity.defn
    async def close_logs(self, given: LogsClose) -> LogsClosed:
        """Look into the bucket for each file, and write how it ended: what is not there has not come."""
        upload = await self._uploads.get(given.logs_id)
        assert upload is not None, given.logs_id
        if upload.status in LOGS_OVER:
            return LogsClosed(status=upload.status, files={file.device: file.status for file in upload.files})
        ends = {end.device: end for end in given.ends}
        for device, progress in upload.progress.items():
            if progress.status in TERMINAL_STATUSES:
                ends.setdefault(device, LogEnd(device=device, **progress.model_dump(include=set(LogEnd.model_fields))))
        files = [
            judge(file, ends.get(file.device), await self._objects.head(file.object_key), given.outcome)
            for file in upload.files
        ]
        status = status_of(files, given.outcome)
        await self._advance(
            given.logs_id,
            status,
            files=[file.model_dump(by_alias=True) for file in files],
            meaning=None if status == "ok" else given.meaning,
            cure=None if status == "ok" else given.cure,
            result=None if status == "ok" else given.result,
            endedAt=now(),
        )
        return LogsClosed(status=status, files={file.device: file.status for file in files})

    async def _advance(self, logs_id: str, status: LogsStatus, **fields: object) -> None:
        """Write the status and tell of it; one that is over stays as it is."""

        async def step(transaction: AsyncTransaction) -> None:
            upload = await self._uploads.get(logs_id, transaction)
            if upload is None or upload.status in LOGS_OVER:
                return
            after = LogUpload.from_fields(upload.to_fields() | fields | {"status": status})
            transaction.update(self._uploads.ref(logs_id), {"status": status, **fields})
            if status in EVENT:
                await self._events.emit(
                    after.org_id, f"logs.{EVENT[status]}", about("logs", logs_id, dock=after.dock_sn), _told(after),
                    key=this_time(), within=transaction,
                )  # fmt: skip

        await self._events.transact(step)


def judge(file: LogFile, said: LogEnd | None, found: ObjectInfo | None, outcome: Outcome) -> LogFile:
    """What became of a file: by the bucket where it has it, by the dock's word where it has not."""
    result = said.result if said is not None else 0
    if result:
        meaning = lookup(result)
        return _with(file, "failed", meaning.meaning, meaning.cure, result)
    if found is None:
        if said is not None and said.status == "ok":
            return _with(file, "failed", "The dock says that it is uploaded, and the bucket does not have it", AGAIN)
        if outcome == "cancelled":
            return _with(file, "cancelled", "It was called off before it had come")
        return _with(file, "failed", "It has not come", AGAIN)
    if said is not None and said.status == "ok":
        if said.size and said.size != found.size:
            wrong = f"It has {found.size} bytes in the bucket, the dock says {said.size}"
            return _with(file, "failed", wrong, AGAIN)
        if said.md5 and len(said.md5) == len(found.md5 or "") and said.md5.lower() != found.md5:
            return _with(file, "failed", "It is not the file that the dock says it sent: its MD5 is another", AGAIN)
    return file.model_copy(update={"status": "ok", "size": found.size, "md5": found.md5})


def status_of(files: list[LogFile], outcome: Outcome) -> LogsStatus:
    """What became of the whole."""
    come = sum(file.status == "ok" for file in files)
    if come == len(files):
        return "ok"
    if outcome in ("cancelled", "refused"):
        return outcome
    return "partial" if come else "failed"


AGAIN: Final = "Start another upload"


def _with(file: LogFile, status: str, meaning: str, cure: str | None = None, result: int | None = None) -> LogFile:
    return file.model_copy(update={"status": status, "meaning": meaning, "cure": cure, "result": result})


def _said(before: LogsOf, said: LogsSaid) -> LogsOf:
    if said.logs is None:
        return before.model_copy(update={"error": said.error})
    return LogsOf(device_sn=said.device_sn, logs=said.logs, at=now())


def _told(upload: LogUpload) -> dict[str, object]:
    files = [
        {"device": file.device, "boots": file.boots, "status": file.status, "size": file.size, "meaning": file.meaning}
        for file in upload.files
    ]
    return {"files": files, "meaning": upload.meaning, "cure": upload.cure, "result": upload.result,
            "by": upload.user}  # fmt: skip
