"""`fileupload_progress`: steps and percentages into the upload's document, its end to the saga."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, Final

from google.api_core.exceptions import NotFound

from bridge import metrics
from bridge.devices import Devices, KnownDock
from bridge.faults import until_done
from bridge.live import Live
from bridge.projection import Clock
from bridge.sagas import Sagas
from dji import Message
from dji.commands import TERMINAL_STATUSES
from store.document import now
from store.facts import LogEnd, LogsEnded
from store.logs import LogProgress, LogUploads, device_of, prefix_of
from workflows.names import Signal, logs_id

PERCENT_PAUSE: Final = 2.0
"""Seconds between two writes of an upload's progress."""
MOST_IN_MIND: Final = 500

Files = dict[str, LogProgress]


@dataclass(slots=True)
class Written:
    files: Files
    at: float


class Logs:
    def __init__(self, uploads: LogUploads, devices: Devices, sagas: Sagas, live: Live, clock: Clock) -> None:
        self._uploads = uploads
        self._devices = devices
        self._sagas = sagas
        self._live = live
        self._clock = clock
        self._written: OrderedDict[str, Written] = OrderedDict()

    async def take(self, message: Message) -> str | None:
        """One progress message. Returns once what matters is kept; a sentence where it is of no upload of ours."""
        dock = await until_done(lambda: self._devices.dock(message.sn))
        if dock is None:
            return "progress of logs of a dock that is in no organisation"
        upload = await self._upload_of(dock, message)
        if upload is None:
            return "progress of an upload of logs that is none of ours"
        shown: dict[str, Any] = {"method": message.method, "data": message.data.present()}
        self._live.changed(dock.org_id, dock.sn, "alert", lambda: shown)
        files, ended = read(message)
        if not await self._note(upload, files, last=ended is not None):
            return "progress of an upload of logs that is no longer kept"
        if ended is not None:
            self._written.pop(upload, None)
            await self._sagas.tell(logs_id(upload), Signal.LOGS_ENDED, ended)
        return None

    async def _upload_of(self, dock: KnownDock, message: Message) -> str | None:
        """By the keys of the files, since those are ours alone; a dock that names none has one upload at most."""
        prefix = prefix_of(dock.org_id, dock.sn)
        keys = [file.key for file in _said(message) if file.key]
        if keys:
            ours = [key.removeprefix(prefix).partition("/")[0] for key in keys if key.startswith(prefix)]
            return ours[0] if ours else None
        running = await until_done(lambda: self._uploads.running_of(dock.sn))
        return running[0].id if running else None

    async def _note(self, upload: str, files: Files, *, last: bool) -> bool:
        """Write what is new. False where there is no such upload."""
        written = self._written.get(upload)
        if not files or (written is not None and written.files == files):
            return True
        if written is not None and not last and self._clock() - written.at < PERCENT_PAUSE:
            return True
        fields: dict[str, Any] = {
            f"progress.{device}": each.model_dump(by_alias=True) for device, each in files.items()
        }
        try:
            await until_done(lambda: self._uploads.patch(upload, fields | {"progressAt": now()}))
        except NotFound:
            return False
        metrics.WRITES.labels("dji_logs").inc()
        self._written[upload] = Written(files, self._clock())
        self._written.move_to_end(upload)
        if len(self._written) > MOST_IN_MIND:
            self._written.popitem(last=False)
        return True


def read(message: Message) -> tuple[Files, LogsEnded | None]:
    """What a `fileupload_progress` says of each device's file, and the dock's last word where it is that.

    The last word is a status of the whole that ends it, all files ended, or an error without any file.
    """
    data: Any = message.data
    files: Files = {}
    for file in _said(message):
        device, said = device_of(file.module), file.progress
        if device is None:
            continue
        files[device] = LogProgress(
            status=(said.status if said is not None else None) or "",
            percent=said.progress if said is not None else None,
            step=said.current_step if said is not None else None,
            steps=said.total_step if said is not None else None,
            rate=said.upload_rate if said is not None else None,
            size=file.size,
            md5=file.fingerprint or None,
            result=(said.result if said is not None else None) or 0,
        )
    status, result = (data.output.status if data.output is not None else None) or "", data.result or 0
    done = bool(files) and all(each.status in TERMINAL_STATUSES for each in files.values())
    if status not in TERMINAL_STATUSES and not done and not (result and not files):
        return files, None
    ends = [
        LogEnd(device=device, status=each.status, result=each.result, size=each.size, md5=each.md5)
        for device, each in files.items()
    ]
    ended = LogsEnded(sn=message.sn, status=status or "failed", result=result, files=ends, at=message.timestamp or 0)
    return files, ended


def _said(message: Message) -> list[Any]:
    data: Any = message.data
    output = data.output
    return (output.ext.files or []) if output is not None and output.ext is not None else []
