"""`mission_areas/{mission_id}`: where a mission's aircraft may fly; `dock_areas/{sn}`: what a dock has of it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import Field

from store.document import Document, Part, Repository, now

AreaKind = Literal["dfence", "nfz"]
"""DJI's names: `dfence` is a keep-in area, `nfz` one to keep out of."""

AreaSync = Literal["waiting", "told", "synchronizing", "synchronized", "cleared", "failed", "unfit"]


class Corner(Part):
    """WGS84, degrees. A map, since Firestore keeps no list in a list."""

    longitude: float
    latitude: float


class Area(Part):
    """A polygon of `corners` (the first is not repeated), or a circle of `radius` metres around a single one."""

    id: str
    kind: AreaKind
    name: str = ""
    enabled: bool = True
    corners: list[Corner]
    radius: float = 0


class AreaFile(Part):
    """The file that docks fetch. Its checksum is the fingerprint of the areas."""

    name: str = Field(description="geofence_{MD5}.json, as docks want it")
    object_key: str
    checksum: str = Field(description="SHA-256, hex")
    size: int = Field(description="bytes")


class MissionAreas(Document):
    """The areas that were drawn, and the file that was made of them once they had been left alone for a moment."""

    collection: ClassVar[str] = "mission_areas"

    mission_id: str
    org_id: str
    areas: list[Area] = Field(default_factory=list)
    revision: int = 1
    file: AreaFile | None = None
    over: bool = Field(False, description="The mission has ended, and its docks are cleared")
    updated_by: str
    updated_at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.mission_id


class DockAreas(Document):
    """How far a mission's areas are on their way into one dock. The saga's, but for `given`."""

    collection: ClassVar[str] = "dock_areas"

    sn: str
    org_id: str
    mission_id: str
    status: AreaSync = "waiting"
    checksum: str | None = Field(None, description="Of the file that it has by its own word; None: none, or unknown")
    given: str | None = Field(None, description="Checksum of what it was answered last: the bridge's field")
    reason: int = Field(0, description="DJI's, of the last failure")
    error: str | None = None
    attempts: int = 0
    updated_at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.sn


class MissionAreasRepository(Repository[MissionAreas]):
    model = MissionAreas


class DockAreasRepository(Repository[DockAreas]):
    model = DockAreas

    async def was_given(self, sn: str, org_id: str, mission_id: str, checksum: str | None) -> None:
        """The dock was answered with this file, or with none."""
        fields = {"sn": sn, "orgId": org_id, "missionId": mission_id, "given": checksum}
        await self.ref(sn).set(fields, merge=True)

    async def note(self, synced: DockAreas) -> None:
        """All but what it was given."""
        await self.ref(synced.sn).set(synced.model_dump(by_alias=True, exclude={"given"}), merge=True)
