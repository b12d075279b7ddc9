"""`audit/{id}` and `idempotency/{hash}`: who did what by the API, and which request was already served."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Self

from pydantic import Field, model_validator

from store.document import Document, Repository, now

# Whose target is a dock's serial, and whose is a mission; others name them in their details, where they are of one.
_OF_DOCKS: Final = frozenset({"authority", "custom-data", "debug", "dock", "drc", "licences", "logs", "property"})
_OF_MISSIONS: Final = frozenset({"areas", "mission"})


class AuditEntry(Document):
    """One action. `kind`, `dock_sn` and `mission_id` follow from the rest, and are there to be looked for."""

    collection: ClassVar[str] = "audit"

    id: str
    org_id: str
    user: str
    role: str
    action: str
    target: str
    reason: str = ""
    outcome: str = "accepted"
    details: dict[str, Any] = Field(default_factory=dict)
    kind: str = ""
    dock_sn: str | None = None
    mission_id: str | None = None
    at: datetime = Field(default_factory=now)

    @model_validator(mode="after")
    def _found_by(self) -> Self:
        self.kind = self.action.partition(".")[0]
        dock = self.target if self.kind in _OF_DOCKS else self.details.get("dock")
        mission = self.target if self.kind in _OF_MISSIONS else self.details.get("mission")
        self.dock_sn = dock if isinstance(dock, str) else None
        self.mission_id = mission if isinstance(mission, str) else None
        return self

    @property
    def key(self) -> str:
        return self.id


class Served(Document):
    """An answer to a request with an Idempotency-Key; `expires_at` is the collection's time-to-live field."""

    collection: ClassVar[str] = "idempotency"

    id: str
    org_id: str | None = None
    fingerprint: str = Field(description="SHA-256 of route and body: the same key with another body is a mistake")
    resource_id: str
    status: int | None = None
    body: dict[str, Any] | None = None
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime

    @property
    def key(self) -> str:
        return self.id


class Audit(Repository[AuditEntry]):
    model = AuditEntry


class Idempotency(Repository[Served]):
    model = Served
