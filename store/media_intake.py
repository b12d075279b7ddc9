"""How a file becomes media: the bucket is asked first, then the document, the counts of its flight and the event are
written in one transaction. Used by the bridge, when a dock reports a file, and by the saga that looks for one again.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

from google.cloud.firestore import AsyncClient, AsyncTransaction

from store.document import now
from store.events import Events, about
from store.flights import FlightTask, FlightTasks
from store.media import (
    FlightMedia,
    FlightMediaRepository,
    Media,
    MediaFile,
    MediaReport,
    MediaReports,
    media_id,
)
from store.media_names import kind_of, photo_of, shot_at
from store.objects import ObjectInfo, Objects

LONGEST_KEY: Final = 1024  # bytes, of S3
LONGEST_NAME: Final = 255
COUNTED: Final = {"photo": "photos", "video": "videos", "ppk": "sideFiles", "other": "others"}


def prefix_of(org_id: str, sn: str) -> str:
    """Where a dock puts its files, and may put nothing else."""
    return f"media/{org_id}/{sn}/"


@dataclass(frozen=True, slots=True)
class Reported:
    """A file as a dock reports it: `said` is `file` of the callback, under DJI's names."""

    org_id: str
    sn: str
    object_key: str
    said: dict[str, Any]
    expected: int | None = None

    @property
    def id(self) -> str:
        return media_id(self.sn, self.object_key)

    @property
    def ext(self) -> dict[str, Any]:
        found = self.said.get("ext")
        return found if isinstance(found, dict) else {}

    @property
    def flight_said(self) -> str | None:
        found = self.ext.get("flight_id")
        return found if isinstance(found, str) and found else None

    @property
    def name(self) -> str:
        found = self.said.get("name")
        return (found if isinstance(found, str) and found else PurePosixPath(self.object_key).name)[-LONGEST_NAME:]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a report: `new` the first time; `media` is the flight's, where it is of one."""

    new: bool
    media: FlightMedia | None


@dataclass(frozen=True, slots=True)
class Missed:
    """`unknown`: the saga that looks for it may not know yet. `flight` where it is of one of the organisation's."""

    unknown: bool
    flight: FlightTask | None


class Intake:
    """Errors of the store and of the bucket come through."""

    def __init__(self, client: AsyncClient, objects: Objects, events: Events) -> None:
        self._media = Media(client)
        self._flight_media = FlightMediaRepository(client)
        self._reports = MediaReports(client)
        self._flights = FlightTasks(client)
        self._objects = objects
        self._events = events

    async def look(self, file: Reported) -> ObjectInfo | str:
        """The object, or why it is not the file that was reported."""
        found = await self._objects.head(file.object_key)
        if found is None:
            return "the bucket does not hold it"
        return contradiction(found, file.said) or found

    async def keep(self, file: Reported, found: ObjectInfo) -> Taken:
        """Write a file that the bucket holds. One that is known is counted as another report; size and hash are always
        what the bucket holds now, should the dock have uploaded it again.
        """
        flight, flight_id = await self._flight_of(file)
        at = now()
        said = file.said.get("metadata")
        metadata = said if isinstance(said, dict) else {}
        document = MediaFile(
            id=file.id,
            org_id=file.org_id,
            mission_id=flight.mission_id if flight is not None else None,
            dock_sn=file.sn,
            flight_id=flight_id,
            kind=kind_of(file.name),
            name=file.name,
            object_key=found.key,
            size=found.size,
            md5=found.md5,
            drone_model=_text(file.ext.get("drone_model_key")),
            payload_model=_text(file.ext.get("payload_model_key")),
            original=_truth(file.ext.get("is_original")),
            metadata=metadata,
            created_at=at,
            **shot_at(metadata, at),
        )
        sides = await self._joined(document)

        async def step(transaction: AsyncTransaction) -> Taken:
            kept = await self._media.get(document.id, transaction)
            report = await self._reports.get(document.id, transaction)
            media = None
            if flight is not None:
                media = await self._flight_media.get(flight.id, transaction) or _new(flight, file.sn)
            if report is not None:
                transaction.delete(self._reports.ref(report.id))
            if kept is not None:
                again = {"reports": kept.reports + 1, "size": found.size, "md5": found.md5}
                transaction.update(self._media.ref(kept.id), again)
            else:
                transaction.create(self._media.ref(document.id), document.to_fields())
                for side in sides:
                    transaction.update(self._media.ref(side.id), {"photo": document.name})
                data = document.model_dump(
                    include={"name", "kind", "size", "taken_at", "latitude", "longitude", "metadata"}
                )
                await self._events.emit(
                    file.org_id, "media.new", _about(document), data, key=document.id, within=transaction
                )
            if media is None:
                return Taken(kept is None, None)
            fields: dict[str, Any] = {"expected": file.expected} if file.expected is not None else {}
            if kept is None:
                counted = {"photo": media.photos, "video": media.videos, "ppk": media.side_files}
                fields[COUNTED[document.kind]] = counted.get(document.kind, media.others) + 1
                fields |= {"lastFileAt": at, "dockSn": file.sn}
            fields["bytes"] = media.bytes + document.size - (kept.size if kept is not None else 0)
            after = FlightMedia.from_fields(media.to_fields() | fields)
            transaction.set(self._flight_media.ref(after.key), after.to_fields())
            return Taken(kept is None, after)

        return await self._events.transact(step)

    async def miss(self, file: Reported, reason: str) -> Missed:
        """Write that a file was reported which is no media. One that is media already stays so."""
        flight, _ = await self._flight_of(file)

        async def step(transaction: AsyncTransaction) -> bool:
            if await self._media.get(file.id, transaction) is not None:
                return False
            known = await self._reports.get(file.id, transaction)
            before = await self._flight_media.get(flight.id, transaction) if flight is not None else None
            if flight is not None:
                after = (before or _new(flight, file.sn)).model_copy()
                after.expected = after.expected if file.expected is None else file.expected
                if after != before:
                    transaction.set(self._flight_media.ref(after.key), after.to_fields())
            if known is not None:
                transaction.update(
                    self._reports.ref(known.id), {"reports": known.reports + 1, "reason": reason, "lastAt": now()}
                )
                return known.open and known.looks == 0
            report = MediaReport(
                id=file.id,
                org_id=file.org_id,
                mission_id=flight.mission_id if flight is not None else None,
                dock_sn=file.sn,
                flight_id=flight.id if flight is not None else None,
                name=file.name,
                object_key=file.object_key,
                reason=reason,
                said=file.said,
            )
            transaction.create(self._reports.ref(report.id), report.to_fields())
            await self._events.emit(
                file.org_id, "media.missing",
                about("media", report.id, dock=file.sn, flight=report.flight_id, mission=report.mission_id),
                {"name": report.name, "objectKey": report.object_key, "reason": reason},
                key=report.id, within=transaction,
            )  # fmt: skip
            return True

        unknown = await self._events.transact(step)
        return Missed(unknown, flight)

    async def announced(self, flight: FlightTask, sn: str, count: int) -> FlightMedia:
        """Write how many files the dock says a flight has, when it has ended."""

        async def step(transaction: AsyncTransaction) -> FlightMedia:
            media = await self._flight_media.get(flight.id, transaction) or _new(flight, sn)
            media.announced, media.ended_at = count, media.ended_at or now()
            transaction.set(self._flight_media.ref(media.key), media.to_fields())
            return media

        return await self._flight_media.transact(step)

    async def first(self, org_id: str, sn: str, flight_id: str) -> None:
        """Write that a dock says it uploads the files of this flight first: it says so of one flight at a time."""
        flight = await self._flights.get(flight_id)

        async def step(transaction: AsyncTransaction) -> None:
            before = await self._flight_media.first_of(sn, transaction)
            media = await self._flight_media.get(flight_id, transaction)
            if media is None and flight is not None and flight.org_id == org_id:
                media = _new(flight, sn)
            for other in before:
                if other.flight_id != flight_id:
                    transaction.update(self._flight_media.ref(other.key), {"first": False})
            if media is not None and media.org_id == org_id:
                media.first, media.first_at = True, now()
                transaction.set(self._flight_media.ref(media.key), media.to_fields())

        await self._flight_media.transact(step)

    async def join(self, org_id: str, flight_id: str) -> None:
        """Find the photos of side files again: the two may have been taken in at the same moment."""
        files = await self._media.of_flight(org_id, flight_id)
        shots = [file.name for file in files if file.kind in ("photo", "video")]
        for side in files:
            if side.kind == "ppk" and side.photo is None and (photo := photo_of(side.name, shots)) is not None:
                await self._media.patch(side.id, {"photo": photo})

    async def _flight_of(self, file: Reported) -> tuple[FlightTask | None, str | None]:
        """The flight that a file is of, and its id, which stays also where we know no such flight: it was flown without
        us. A flight of another organisation is neither.
        """
        said = file.flight_said
        found = await self._flights.get(said) if said is not None else None
        if found is not None and found.org_id != file.org_id:
            return None, None
        return found, said

    async def _joined(self, document: MediaFile) -> list[MediaFile]:
        """Sets the photo of a side file; of a photo, the side files that waited for it."""
        if document.flight_id is None:
            return []
        where: dict[str, Any] = {"dockSn": document.dock_sn, "flightId": document.flight_id}
        if document.kind == "ppk":
            shots = [*await self._media.find(**where, kind="photo"), *await self._media.find(**where, kind="video")]
            document.photo = photo_of(document.name, [shot.name for shot in shots])
            return []
        if document.kind == "other":
            return []
        return [
            side
            for side in await self._media.find(**where, kind="ppk", photo=None)
            if photo_of(side.name, [document.name]) is not None
        ]


def _new(flight: FlightTask, sn: str) -> FlightMedia:
    return FlightMedia(flight_id=flight.id, org_id=flight.org_id, mission_id=flight.mission_id, dock_sn=sn)


def _about(file: MediaFile) -> dict[str, str]:
    return about("media", file.id, dock=file.dock_sn, flight=file.flight_id, mission=file.mission_id)


def _text(said: Any) -> str | None:
    return said if isinstance(said, str) else None


def _truth(said: Any) -> bool | None:
    return bool(said) if isinstance(said, bool | int) else None


def contradiction(found: ObjectInfo, said: dict[str, Any]) -> str | None:
    """Why the object is not the file that was reported; None when nothing speaks against it.

    DJI's callback has neither size nor hash. A dock that gives them all the same is taken at its word.
    """
    for size in (said.get("size"), said.get("file_size")):
        if isinstance(size, int) and size != found.size:
            return f"it has {found.size} bytes in the bucket, {size} were reported"
    for md5 in (said.get("md5"), said.get("fingerprint")):
        if isinstance(md5, str) and found.md5 is not None and md5.lower() != found.md5:
            return f"it has MD5 {found.md5} in the bucket, {md5} was reported"
    if found.size == 0 and kind_of(found.key) in ("photo", "video"):
        return "it is empty in the bucket"
    return None
