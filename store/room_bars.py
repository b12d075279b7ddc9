"""`room_bars/{room}.{hash}`: people who were sent out of a mission's room; with `.role` behind it people who may be
less in it than their tokens say. Until the last of these has ended.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import ClassVar

from google.cloud.firestore_v1.base_query import FieldFilter

from store.access import RoleName
from store.document import Document, Repository, now


class RoomBar(Document):
    collection: ClassVar[str] = "room_bars"

    room: str
    org_id: str
    user: str
    role: RoleName | None = None
    """The most that they may be in the room; None: they are out."""
    until: datetime
    by: str
    reason: str

    @property
    def key(self) -> str:
        return bar_key(self.room, self.user) + (".role" if self.role is not None else "")


def bar_key(room: str, user: str) -> str:
    """Users have names with slashes, documents do not."""
    return f"{room}.{hashlib.sha256(user.encode()).hexdigest()[:32]}"


class RoomBars(Repository[RoomBar]):
    model = RoomBar

    async def current(self) -> list[RoomBar]:
        """Those that are not over."""
        query = self.collection.where(filter=FieldFilter("until", ">", now()))
        return [RoomBar.from_fields(found.to_dict() or {}) async for found in query.stream()]

    async def of(self, room: str, user: str) -> RoomBar | None:
        """What keeps a person out."""
        found = await self.get(bar_key(room, user))
        return found if found is not None and found.until > now() else None
