"""`file_upload_callback`: a file that a dock uploaded becomes a document once, however often it is reported."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, Final

from google.cloud.firestore import AsyncTransaction

from bridge import metrics
from bridge.devices import Devices, KnownDock
from bridge.faults import until_done
from dji import Message
from store.events import Events, about
from store.flights import FlightTask, FlightTasks
from store.media import Media, MediaFile, MediaKind, media_id
from store.objects import ObjectInfo, Objects

KINDS: Final[dict[str, MediaKind]] = {
    **dict.fromkeys((".jpg", ".jpeg", ".dng", ".png", ".tif", ".tiff", ".rjpeg"), "photo"),
    **dict.fromkeys((".mp4", ".mov", ".seq", ".srt"), "video"),
    **dict.fromkeys((".obs", ".rtk", ".mrk", ".nav", ".dat", ".bin", ".rpos", ".rtb"), "ppk"),
}
KEPT: Final = 0
NOT_KEPT: Final = 1


def prefix_of(org_id: str, sn: str) -> str:
    """Where a dock puts its files, and may put nothing else."""
    return f"media/{org_id}/{sn}/"


class MediaFiles:
    def __init__(self, media: Media, flights: FlightTasks, devices: Devices, objects: Objects, events: Events) -> None:
        self._media = media
        self._events = events
        self._flights = flights
        self._devices = devices
        self._objects = objects

    async def take(self, message: Message) -> tuple[int, str | None]:
        """One callback: the result for the dock, and why where it is not 0. Returns once the document is written."""
        data: Any = message.data
        file = data.file
        if file is None or not file.object_key:
            return NOT_KEPT, "file_upload_callback names no object_key"
        dock = await until_done(lambda: self._devices.dock(message.sn))
        if dock is None:
            return NOT_KEPT, "file_upload_callback of a dock that is in no organisation"
        if not file.object_key.startswith(prefix_of(dock.org_id, dock.sn)):
            return NOT_KEPT, f"file_upload_callback of {file.object_key!r}, which is not under the dock's own prefix"
        found = await until_done(lambda: self._objects.head(file.object_key))
        if found is None:
            return NOT_KEPT, f"{file.object_key!r} was reported and is not in the bucket"
        if (fault := contradiction(found, data.present().get("file", {}))) is not None:
            return NOT_KEPT, fault
        await until_done(lambda: self._keep(dock, file, found))
        return KEPT, None

    async def _keep(self, dock: KnownDock, file: Any, found: ObjectInfo) -> None:
        ext = file.ext
        flight_id = (ext.flight_id if ext is not None else None) or None
        flight = await self._flights.get(flight_id) if flight_id is not None else None
        name = file.name or PurePosixPath(found.key).name
        document = MediaFile(
            id=media_id(dock.sn, found.key),
            org_id=dock.org_id,
            mission_id=flight.mission_id if flight is not None else None,
            dock_sn=dock.sn,
            flight_id=flight_id,
            kind=kind_of(name),
            name=name,
            object_key=found.key,
            size=found.size,
            md5=found.md5,
            drone_model=ext.drone_model_key if ext is not None else None,
            payload_model=ext.payload_model_key if ext is not None else None,
            original=ext.is_original if ext is not None else None,
            metadata=file.metadata.present() if file.metadata is not None else {},
        )
        known = await self._of_flight(dock.sn, flight_id)
        others = [other for other in known if other.id != document.id]
        if document.kind == "ppk":
            document.photo = photo_of(name, [other.name for other in others if other.kind in ("photo", "video")])
        sides = [
            other
            for other in others
            if document.kind in ("photo", "video")
            and other.kind == "ppk"
            and other.photo is None
            and photo_of(other.name, [name]) is not None
        ]

        async def step(transaction: AsyncTransaction) -> None:
            kept = await self._media.get(document.id, transaction)
            if kept is not None:
                transaction.update(self._media.ref(kept.id), {"reports": kept.reports + 1})
                return
            transaction.create(self._media.ref(document.id), document.to_fields())
            for side in sides:
                transaction.update(self._media.ref(side.id), {"photo": name})
            data = document.model_dump(include={"name", "kind", "size", "metadata"})
            await self._events.emit(
                dock.org_id, "media.new", _about(document), data, key=document.id, within=transaction
            )

        await self._events.transact(step)
        metrics.WRITES.labels("dji_media").inc()
        if flight is not None:
            await self._complete(flight, [*others, document])

    async def _complete(self, flight: FlightTask, files: list[MediaFile]) -> None:
        """Once: the dock counts photos and videos, side files come with them."""
        announced = flight.progress.media_count if flight.progress is not None else None
        there = sum(file.kind in ("photo", "video") for file in files)
        if announced and there >= announced:
            await self._events.emit(
                flight.org_id, "media.complete", about("flight", flight.id, dock=flight.dock_sn),
                {"files": len(files), "announced": announced}, key="complete",
            )  # fmt: skip

    async def _of_flight(self, sn: str, flight_id: str | None) -> list[MediaFile]:
        if flight_id is None:
            return []
        return await self._media.find(dockSn=sn, flightId=flight_id)


def _about(file: MediaFile) -> dict[str, str]:
    return about("media", file.id, dock=file.dock_sn, flight=file.flight_id, mission=file.mission_id)


def kind_of(name: str) -> MediaKind:
    """The kind of a file, by the end of its name."""
    return KINDS.get(PurePosixPath(name).suffix.lower(), "other")


def photo_of(side: str, names: list[str]) -> str | None:
    """The photo or video that a side file belongs to: the one whose stem its own begins with, the longest such."""
    stem = PurePosixPath(side).stem
    fitting = []
    for name in names:
        of = PurePosixPath(name).stem
        if stem == of or stem.startswith((f"{of}_", f"{of}-", f"{of}.")):
            fitting.append(name)
    return max(fitting, key=len, default=None)


def contradiction(found: ObjectInfo, said: dict[str, Any]) -> str | None:
    """Why the object is not the file that was reported; None when nothing speaks against it.

    DJI's callback has neither size nor hash. A dock that gives them all the same is taken at its word.
    """
    for size in (said.get("size"), said.get("file_size")):
        if isinstance(size, int) and size != found.size:
            return f"{found.key!r} has {found.size} bytes in the bucket, {size} were reported"
    for md5 in (said.get("md5"), said.get("fingerprint")):
        if isinstance(md5, str) and found.md5 is not None and md5.lower() != found.md5:
            return f"{found.key!r} has MD5 {found.md5} in the bucket, {md5} was reported"
    return None
