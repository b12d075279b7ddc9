"""`dji_licences/{sn}`: the FlySafe licences of a dock and its aircraft, as the dock last said."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pydantic import Field

from store.document import Document, Part, Repository


class Held(Part):
    """The licences of one device, under DJI's own names; those of before stay where asking failed."""

    licences: list[dict[str, Any]] = Field(default_factory=list)
    at: datetime | None = Field(None, description="When the dock said so")
    error: str | None = Field(None, description="Why the dock could not say, the last time that it was asked")


class Licences(Document):
    collection: ClassVar[str] = "dji_licences"

    sn: str
    org_id: str
    aircraft: Held = Field(default_factory=Held)
    dock: Held = Field(default_factory=Held)
    consistent: bool | None = Field(None, description="Whether both hold the same, by the dock's word")

    @property
    def key(self) -> str:
        return self.sn


class LicencesRepository(Repository[Licences]):
    model = Licences
