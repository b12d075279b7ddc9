"""`org_exports/{id}`: an archive of all that an organisation owns, from the order to the end of its time."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from pydantic import Field

from store.belongings import EXPORT_PARTS, EXPORTS, prefix_of
from store.document import Document, Repository, now

ExportStatus = Literal["starting", "gathering", "packing", "ready", "cancelled", "failed"]
EXPORT_OVER: Final = frozenset({"ready", "cancelled", "failed"})


def archive_key(org_id: str, export_id: str) -> str:
    """The archive's key in the bucket."""
    return f"{prefix_of(EXPORTS, org_id)}{export_id}.tar"


def parts_prefix(org_id: str, export_id: str) -> str:
    """What the keys of all begin with from which the archive is put together; nothing is left there in the end."""
    return f"{prefix_of(EXPORT_PARTS, org_id)}{export_id}/"


class Export(Document):
    """Counts grow as it goes on. `files` and `bytes` are what was packed of `files_all` and `bytes_all`."""

    collection: ClassVar[str] = "org_exports"

    id: str
    org_id: str
    status: ExportStatus = "starting"
    requested_by: str
    reason: str = ""
    object_key: str
    documents: int = Field(0, description="Documents that were written down")
    files: int = 0
    files_all: int | None = Field(
        None, description="Files of the archive, those with documents too; known once counted"
    )
    bytes: int = 0
    bytes_all: int | None = None
    size: int | None = Field(None, description="Bytes of the archive, once it is ready")
    left_out: int = Field(0, description="Files that went, or changed, while they were read: the manifest names them")
    error: str | None = None
    created_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class Exports(Repository[Export]):
    model = Export
