"""`ingresses/{id}`: places where a dock may push its video. One stream key opens each; only its hash is kept."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from google.cloud.firestore import AsyncTransaction
from pydantic import Field

from store.document import Document, Repository, now

IngressState = Literal["created", "live", "lost", "closed"]
OPEN: Final = ["created", "live", "lost"]


def key_hash(stream_key: str) -> str:
    """SHA-256 of a stream key, hex."""
    return hashlib.sha256(stream_key.encode()).hexdigest()


class Ingress(Document):
    collection: ClassVar[str] = "ingresses"

    id: str
    key_hash: str
    room: str
    identity: str
    metadata: dict[str, Any] = Field(default_factory=dict)
    sn: str
    video_id: str
    org_id: str | None = None
    workflow_id: str
    state: IngressState = "created"
    media_id: str | None = None
    frames: int = 0
    created_at: datetime = Field(default_factory=now)
    first_frame_at: datetime | None = None
    last_frame_at: datetime | None = None
    closed_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class Ingresses(Repository[Ingress]):
    model = Ingress

    async def by_key_hash(self, hashed: str) -> Ingress | None:
        found = await self.find(keyHash=hashed, limit=1)
        return found[0] if found else None

    async def open(self, org_id: str | None = None, transaction: AsyncTransaction | None = None) -> list[Ingress]:
        """Those that are not closed, of all organisations or one."""
        of_org: dict[str, Any] = {"orgId": org_id} if org_id is not None else {}
        return await self.find(state=OPEN, transaction=transaction, **of_org)
