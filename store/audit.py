"""`audit/{id}` and `idempotency/{hash}`: who did what by the API, and which request was already served."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from store.document import Document, Repository, now


class AuditEntry(Document):
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
    at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.id


class Served(Document):
    """An answer to a request with an Idempotency-Key; `expires_at` is the collection's time-to-live field."""

    collection: ClassVar[str] = "idempotency"

    id: str
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
