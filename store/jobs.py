"""`dji_jobs/{id}`: what a person has a dock do in remote debugging, and how far it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from pydantic import Field

from store.document import Document, Repository, now

JobStatus = Literal["waiting", "running", "ok", "failed", "refused", "silent"]
JOB_OVER: Final = frozenset({"ok", "failed", "refused", "silent"})


class Job(Document):
    """`percent` and `step` are the bridge's, all else the saga's. `id` is the `bid` of its command and its events."""

    collection: ClassVar[str] = "dji_jobs"

    id: str
    org_id: str
    sn: str
    method: str
    data: dict[str, Any] = Field(default_factory=dict)
    user: str
    reason: str = ""
    status: JobStatus = "waiting"
    percent: int | None = None
    step: str | None = Field(None, description="DJI's key, like open_cover")
    result: int | None = Field(None, description="DJI's code")
    meaning: str | None = None
    cure: str | None = None
    created_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class Jobs(Repository[Job]):
    model = Job
