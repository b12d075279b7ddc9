"""`dji_media/{id}`: files that docks uploaded, once each, however often they are reported; what a flight's files have
come to in `flight_media/{flight}`; and what docks reported that the bucket does not hold in `media_reports/{id}`.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Literal

from google.cloud.firestore import AsyncTransaction
from pydantic import Field

from store.document import Document, Repository, now

MediaKind = Literal["photo", "video", "ppk", "other"]
Completeness = Literal["waiting", "complete", "incomplete"]


def media_id(sn: str, object_key: str) -> str:
    """The same for every report of the same file of the same dock."""
    return hashlib.sha256(f"{sn}\n{object_key}".encode()).hexdigest()[:32]


class MediaFile(Document):
    """One file that is in the bucket, as large as it should be."""

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
    photo: str | None = Field(None, description="Of a side file: the photo or video it belongs to; null: its flight")
    drone_model: str | None = None
    payload_model: str | None = None
    original: bool | None = None
    taken_at: datetime = Field(
        default_factory=now, description="When it was taken, by the dock; where it does not say, when it came"
    )
    latitude: float | None = Field(None, description="degrees, WGS 84")
    longitude: float | None = None
    altitude: float | None = Field(None, description="metres above the ellipsoid")
    height: float | None = Field(None, description="metres above take-off")
    gimbal_yaw: float | None = Field(None, description="degrees")
    metadata: dict[str, Any] = Field(default_factory=dict)
    created_at: datetime = Field(default_factory=now)
    reports: int = 1

    @property
    def key(self) -> str:
        return self.id


class Media(Repository[MediaFile]):
    model = MediaFile

    async def of_flight(self, org_id: str, flight_id: str) -> list[MediaFile]:
        """Its files by name."""
        found = await self.find(orgId=org_id, flightId=flight_id)
        return sorted(found, key=lambda file: file.name)


class FlightMedia(Document):
    """What has come of one flight's files. Counts and what the dock says are written where a file is taken in; status,
    deadline and what is missing by the saga `media/{flight}`.
    """

    collection: ClassVar[str] = "flight_media"

    flight_id: str
    org_id: str
    mission_id: str | None = None
    dock_sn: str = Field(description="The dock that uploads: where the aircraft landed")
    announced: int | None = Field(None, description="Files, by `media_count` of the flight's last progress")
    expected: int | None = Field(None, description="Files, by `expected_file_count` of the last report")
    photos: int = 0
    videos: int = 0
    side_files: int = 0
    others: int = 0
    bytes: int = 0
    ended_at: datetime | None = None
    last_file_at: datetime | None = None
    first: bool = Field(False, description="The dock says that it uploads this flight's files first")
    first_at: datetime | None = Field(None, description="When it said so")
    status: Completeness | None = Field(None, description="None: its saga has not looked at it yet")
    due_at: datetime | None = Field(None, description="What has not come by then is named")
    missing: list[str] = Field(default_factory=list)
    complete_at: datetime | None = None
    asked_first_by: str | None = None
    asked_first_at: datetime | None = None
    created_at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.flight_id

    @property
    def files(self) -> int:
        return self.photos + self.videos + self.side_files + self.others

    @property
    def awaited(self) -> int | None:
        """How many files there are to be: by the larger of what the dock says after the flight ("media files
        generated") and with each report, which old firmware does not.
        """
        said = [each for each in (self.announced, self.expected) if each is not None]
        return max(said, default=None)

    @property
    def whole(self) -> bool:
        """Whether all that the dock speaks of is there."""
        return self.awaited is not None and self.files >= self.awaited

    @property
    def news(self) -> bool:
        """Whether its saga would make something else of it than what is written."""
        return self.status in (None, "incomplete") or self.whole != (self.status == "complete")


class FlightMediaRepository(Repository[FlightMedia]):
    model = FlightMedia

    async def first_of(self, sn: str, transaction: AsyncTransaction | None = None) -> list[FlightMedia]:
        """The flight whose files a dock said it uploads first."""
        return await self.find(dockSn=sn, first=True, transaction=transaction)


class MediaReport(Document):
    """A file that a dock reported and that is no media: the bucket does not hold it, or holds something else."""

    collection: ClassVar[str] = "media_reports"

    id: str
    org_id: str
    mission_id: str | None = None
    dock_sn: str
    flight_id: str | None = Field(None, description="Of a flight of the organisation")
    name: str
    object_key: str
    reason: str
    open: bool = Field(True, description="It is looked for again; false: it was looked for until the deadline")
    reports: int = 1
    looks: int = Field(0, description="How often it was looked for after the dock's report")
    said: dict[str, Any] = Field(description="`file` as the dock reported it")
    created_at: datetime = Field(default_factory=now)
    last_at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.id


class MediaReports(Repository[MediaReport]):
    model = MediaReport

    async def open_of(self, org_id: str, sn: str, flight_id: str | None) -> list[MediaReport]:
        """What is looked for: of a flight, or of a dock where a file belongs to none."""
        if flight_id is not None:
            return await self.find(orgId=org_id, flightId=flight_id, open=True)
        return await self.find(orgId=org_id, dockSn=sn, flightId=None, open=True)
