"""`bridge_unread/{id}`: messages that could not be read or served, the newest 1,000, for a person to look at."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import structlog
from google.cloud.firestore import AsyncClient
from pydantic import Field

from bridge import metrics
from bridge.faults import passes
from bridge.projection import Clock
from store.document import Document, Repository, now

log = structlog.get_logger()

MOST_KEPT = 1_000
MOST_BYTES = 16_384
MOST_A_SECOND = 5
"""A device that sends nothing but nonsense is counted in full, and kept in part."""


class UnreadMessage(Document):
    """One message. Its name is its place in a ring, so the newest overwrite the oldest."""

    collection: ClassVar[str] = "bridge_unread"

    id: str
    number: int
    topic: str
    reason: str
    payload: str = Field(description="As text, cut at 16 KiB; bytes that are no UTF-8 are escaped")
    size: int = Field(description="bytes, before the cut")
    at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.id


class UnreadMessages(Repository[UnreadMessage]):
    model = UnreadMessage


class Unread:
    """Keeps them; a failure to keep one is logged, since it must not hold up what can be read."""

    def __init__(self, client: AsyncClient, clock: Clock) -> None:
        self._documents = UnreadMessages(client)
        self._clock = clock
        self._next: int | None = None
        self._second = 0
        self._in_second = 0

    async def keep(self, topic: str, payload: bytes, reason: str, kind: str) -> None:
        """Count it under `kind` (few different words) and keep it with `reason` (a sentence)."""
        metrics.UNREAD.labels(kind).inc()
        second = int(self._clock())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        if self._in_second > MOST_A_SECOND:
            return
        log.warning("a message could not be used", topic=topic[:200], reason=reason[:300])
        try:
            if self._next is None:
                newest = await self._documents.find(order_by="-number", limit=1)
                self._next = newest[0].number + 1 if newest else 0
            number, self._next = self._next, self._next + 1
            message = UnreadMessage(
                id=f"{number % MOST_KEPT:03d}",
                number=number,
                topic=topic[:1_000],
                reason=reason[:1_000],
                payload=payload[:MOST_BYTES].decode(errors="backslashreplace"),
                size=len(payload),
            )
            await self._documents.put(message)
        except Exception as error:
            if not passes(error):
                metrics.FAULTS.labels(type(error).__name__).inc()
            log.warning("an unread message could not be kept", error=str(error)[:200])
