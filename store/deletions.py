"""`org_deletions/{org}`: the end of an organisation, and what is left of it: one line that says who ended it, and when.

It belongs to the system, not to the organisation: it is in no export, and no deletion removes it.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from pydantic import Field

from store.document import Document, Repository, now

DeletionStatus = Literal["scheduled", "waiting", "closing", "deleted", "called_off"]
OPEN: Final = frozenset({"scheduled", "waiting"})
"""It can be called off."""
SHUT: Final = frozenset({"closing", "deleted"})
"""Nobody of the organisation gets in any more."""


class OrgDeletion(Document):
    collection: ClassVar[str] = "org_deletions"

    org_id: str
    org_name: str
    status: DeletionStatus = "scheduled"
    requested_by: str
    reason: str = ""
    requested_at: datetime = Field(default_factory=now)
    due_at: datetime = Field(description="Until then it can be called off; then it begins")
    in_the_way: list[str] = Field(default_factory=list, description="What flies or runs, so that it waits")
    problems: list[str] = Field(default_factory=list, description="What could not be done yet; it is tried again")
    called_off_by: str | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    removed: dict[str, int] = Field(default_factory=dict, description="How many of what went, by step")

    @property
    def key(self) -> str:
        return self.org_id


class OrgDeletions(Repository[OrgDeletion]):
    model = OrgDeletion
