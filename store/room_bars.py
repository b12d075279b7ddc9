"""`room_bars/{room}.{hash}`: people who were sent out of a mission's room, until the last of their tokens has ended."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar

from google.cloud.firestore_v1.base_query import FieldFilter

from store.document import Document, Repository, now


class RoomBar(Document):
    collection: ClassVar[str] = "room_bars"

    room: str
    org_id: str
    user: str
    until: datetime
    by: str
    reason: str

    @property
    def key(self) -> str:
        return bar_key(self.room, self.user)


def bar_key(room: str, user: str) -> str:
    """Users have names with slashes, documents do not."""
    return f"{room}.{hashlib.sha256(user.encode()).hexdigest()[:32]}"


class RoomBars(Repository[RoomBar]):
    model = RoomBar

    async def current(self) -> list[RoomBar]:
        """Those that are not over.."""
        query = self.collection.where(filter=FieldFilter("until", ">", now()))
        return [RoomBar.from_fields(found.to_dict() or {}) async for found in query.stream()]

    async def of(self, room: str, user: str) -> RoomBar | None:
        found = await self.get(bar_key(room, user))
        return found if found is not None and found.until > now() else None
