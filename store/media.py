"""`dji_media/{id}`: files that docks uploaded, once each, however often they are reported."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Literal

from pydantic import Field

from store.document import Document, Repository, now

MediaKind = Literal["photo", "video", "ppk", "other"]


def media_id(sn: str, object_key: str) -> str:
    """The same for every report of the same file of the same dock."""
    return hashlib.sha256(f"{sn}\n{object_key}".encode()).hexdigest()[:32]


class MediaFile(Document):
    collection: ClassVar[str] = "dji_media"

    id: str
    org_id: str | None = None
    mission_id: str | None = None
    dock_sn: str
    flight_id: str | None = None
    kind: MediaKind
    name: str
    object_key: str
    size: int = Field(description="bytes, as the bucket says")
    md5: str | None = Field(None, description="hex, as the bucket says (ETag of a simple upload)")
    photo: str | None = Field(None, description="Name of the photo or video that a side file belongs to")
    drone_model: str | None = None
    payload_model: str | None = None
    original: bool | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime = Field(default_factory=now)
    reports: int = 1

    @property
    def key(self) -> str:
        return self.id


class Media(Repository[MediaFile]):
    model = MediaFile
