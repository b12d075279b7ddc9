"""`dji_log_lists/{sn}`: the logs that a dock and its aircraft have; `dji_logs/{id}`: logs that were brought here.

Of an upload, `progress` and `progress_at` are the bridge's, all else is its saga's.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from pydantic import Field

from store.document import Document, Part, Repository, now

LogDevice = Literal["aircraft", "dock"]
MODULES: Final[dict[LogDevice, str]] = {"aircraft": "0", "dock": "3"}
"""DJI's `module` of each."""

LogsStatus = Literal["waiting", "starting", "uploading", "ok", "partial", "failed", "refused", "cancelled"]
LOGS_OVER: Final = frozenset({"ok", "partial", "failed", "refused", "cancelled"})
FileStatus = Literal["waiting", "ok", "failed", "cancelled"]


def device_of(module: str | None) -> LogDevice | None:
    """Whose log it is, by DJI's `module`."""
    return next((device for device, number in MODULES.items() if number == str(module)), None)


def prefix_of(org_id: str, sn: str, logs_id: str = "") -> str:
    """What the keys of a dock's logs begin with, or those of one upload."""
    return f"logs/{org_id}/{sn}/" + (f"{logs_id}/" if logs_id else "")


def key_of(prefix: str, device: LogDevice) -> str:
    """The object that the logs of a device become."""
    return f"{prefix}{device}.log"


class BootLog(Part):
    """One log: a device writes one from each start on."""

    boot_index: int
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    size: int | None = Field(None, description="bytes")


class LogsOf(Part):
    """The logs of one device, as the dock last said; those of before stay where asking failed."""

    device_sn: str | None = None
    logs: list[BootLog] = Field(default_factory=list)
    at: datetime | None = Field(None, description="When the dock said so")
    error: str | None = Field(None, description="Why the dock could not say, the last time that it was asked")


class LogList(Document):
    collection: ClassVar[str] = "dji_log_lists"

    sn: str
    org_id: str
    aircraft: LogsOf = Field(default_factory=LogsOf)
    dock: LogsOf = Field(default_factory=LogsOf)

    @property
    def key(self) -> str:
        return self.sn

    def of(self, device: LogDevice) -> LogsOf:
        return self.aircraft if device == "aircraft" else self.dock


class LogFile(Part):
    """One file of an upload: the chosen logs of one device. Its `size` and `md5` are the bucket's."""

    device: LogDevice
    device_sn: str
    object_key: str
    boots: list[int]
    listed: int = Field(0, description="bytes of the logs in it, by the dock's list")
    status: FileStatus = "waiting"
    size: int | None = None
    md5: str | None = None
    result: int | None = Field(None, description="DJI's code")
    meaning: str | None = None
    cure: str | None = None


class LogProgress(Part):
    """How far one file is, by the dock's word."""

    status: str = ""
    percent: int | None = None
    step: int | None = None
    steps: int | None = None
    rate: int | None = Field(None, description="as the dock says; DJI names no unit")
    size: int | None = None
    md5: str | None = Field(None, description="DJI's fingerprint")
    result: int = 0


class LogUpload(Document):
    collection: ClassVar[str] = "dji_logs"

    id: str
    org_id: str
    dock_sn: str
    prefix: str = Field(description="What the keys of its objects begin with: all of them go with the document")
    files: list[LogFile]
    status: LogsStatus = "starting"
    progress: dict[str, LogProgress] = Field(default_factory=dict, description="By device")
    progress_at: datetime | None = Field(None, description="When a file last got further")
    user: str
    reason: str = Field("", description="Why, in the words of who asked")
    result: int | None = Field(None, description="DJI's code")
    meaning: str | None = Field(None, description="Why it is not ok")
    cure: str | None = None
    created_at: datetime = Field(default_factory=now)
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class LogLists(Repository[LogList]):
    model = LogList


class LogUploads(Repository[LogUpload]):
    model = LogUpload

    async def running_of(self, dock_sn: str) -> list[LogUpload]:
        """The dock's upload that goes on: one, as a lease has it, or none."""
        return await self.find(dockSn=dock_sn, status="uploading")
