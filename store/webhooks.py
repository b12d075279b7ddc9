"""`webhooks/{id}` and `webhook_deliveries/{event}.{webhook}`: who wants to be told, and what is to be told or was.

A delivery is outbox and log in one: it is written with what happened, and followed until it was taken or given up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal

from google.cloud.firestore_v1.async_transaction import AsyncTransaction
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic import Field

from store.document import Document, Part, Repository, now

DeliveryStatus = Literal["due", "delivered", "failed", "cancelled"]
KEPT: Final = timedelta(days=30)
BATCH: Final = 400  # Firestore takes 500 writes in one commit
ATTEMPTS_SHOWN: Final = 20
"""The newest attempts of a delivery that its document shows; `tries` counts them all."""


def matches(pattern: str, kind: str) -> bool:
    """Whether a pattern means events of this type: `*` all, `flight.*` all that begin with `flight.`, else itself."""
    if pattern.endswith("*"):
        return kind.startswith(pattern[:-1])
    return pattern == kind


class Webhook(Document):
    """An endpoint. `failing_since` is None as long as the last attempt succeeded."""

    collection: ClassVar[str] = "webhooks"

    id: str
    org_id: str
    url: str
    description: str = ""
    events: list[str] = Field(description="Types, or patterns like flight.*")
    enabled: bool = True
    reason: str | None = Field(None, description="Why it was disabled, where nobody did it by hand")
    secret_sealed: str
    previous_sealed: str | None = Field(None, description="The secret before, for as long as both sign")
    previous_until: datetime | None = None
    failing_since: datetime | None = None
    since: datetime = Field(default_factory=now, description="Made or enabled again: what was before is not told")
    created_by: str
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.id

    def wants(self, kind: str, at: datetime) -> bool:
        return at >= self.since and any(matches(pattern, kind) for pattern in self.events)

    def sealed(self, at: datetime) -> list[str]:
        """The sealed secrets that sign at this moment, the newest first."""
        before = self.previous_sealed if self.previous_until is not None and at < self.previous_until else None
        return [self.secret_sealed, *([before] if before is not None else [])]


class Attempt(Part):
    """One POST. `error` says why there was no answer; `response` is the beginning of one."""

    at: datetime
    status: int | None = Field(None, description="HTTP")
    ms: int
    response: str = ""
    error: str | None = None

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    def words(self) -> str:
        return self.error or f"HTTP {self.status}"


class Delivery(Document):
    """One event for one endpoint. `payload` is the body as it is signed and sent, the same for each attempt.

    Deliveries of one `line`, what an event is about, are sent in the `order` in which the events happened.
    """

    collection: ClassVar[str] = "webhook_deliveries"

    event_id: str
    webhook_id: str
    org_id: str
    type: str
    subject: dict[str, str]
    line: str
    order: int = Field(description="Epoch ns")
    payload: str
    status: DeliveryStatus = "due"
    reason: str | None = None
    tries: int = 0
    attempts: list[Attempt] = Field(default_factory=list)
    next_at: datetime = Field(default_factory=now)
    since: datetime | None = Field(None, description="When it was first tried: from then it has its time")
    created_at: datetime = Field(default_factory=now)
    delivered_at: datetime | None = None
    expires_at: datetime = Field(default_factory=lambda: now() + KEPT)

    @property
    def key(self) -> str:
        return delivery_key(self.event_id, self.webhook_id)


def delivery_key(event_id: str, webhook_id: str) -> str:
    return f"{event_id}.{webhook_id}"


class Webhooks(Repository[Webhook]):
    model = Webhook

    async def enabled_of(self, org_id: str) -> list[Webhook]:
        return await self.find(orgId=org_id, enabled=True)


class Deliveries(Repository[Delivery]):
    model = Delivery

    async def due_of(self, webhook_id: str, limit: int, transaction: AsyncTransaction | None = None) -> list[Delivery]:
        """The oldest deliveries that are neither taken nor given up, in their order."""
        return await self.find(
            webhookId=webhook_id, status="due", order_by="order", limit=limit, transaction=transaction
        )

    async def forget(self, webhook_id: str, before: datetime | None = None) -> None:
        """Delete what is over its time `before` then, or all: for a store that does not do it by the field itself."""
        query: Any = self.collection.where(filter=FieldFilter("webhookId", "==", webhook_id))
        if before is not None:
            query = query.where(filter=FieldFilter("expiresAt", "<", before))
        while found := [snapshot.reference async for snapshot in query.limit(BATCH).stream()]:
            batch = self.client.batch()
            for reference in found:
                batch.delete(reference)
            await batch.commit()
