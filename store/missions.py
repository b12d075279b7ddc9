"""`missions/{id}`: what docks are assigned to, and whose room carries their video."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from store.document import Document, Repository, now

MissionStatus = Literal["planning", "ready", "active", "ending", "completed", "aborted"]


class Mission(Document):
    collection: ClassVar[str] = "missions"

    id: str
    org_id: str
    name: str
    status: MissionStatus = "planning"
    dock_sns: list[str] = Field(default_factory=list)
    room: str = Field(description="Name of the LiveKit room: the mission's id")
    created_by: str
    created_at: datetime = Field(default_factory=now)
    started_at: datetime | None = None
    ended_at: datetime | None = None
    problems: list[str] = Field(
        default_factory=list, description="What its end could not tidy up, for a person to see to"
    )

    @property
    def key(self) -> str:
        return self.id


class Missions(Repository[Mission]):
    model = Mission
