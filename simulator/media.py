"""Media after a flight: `storage_config_get`, the upload, `file_upload_callback`, and what goes first."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import replace
from typing import Any

from dji import products
from simulator import osd
from simulator.bucket import Bucket, UploadFailed
from simulator.envelope import new_id
from simulator.feature import Answer, Call, Feature, Json, Refused, service
from simulator.link import NoAnswer
from simulator.media_files import PPK_SUFFIXES, MediaFile, name_of

log = logging.getLogger(__name__)

UNKNOWN_FLIGHT = 324032
AGAIN_AFTER = 5.0  # real s, when nobody gives credentials or the bucket does not take a file
REFUSALS = 3  # of one file's callback, then the dock goes on without it
MARGIN = 30.0  # s of validity that credentials must have left
RECORDED = 2000


class Media(Feature):
    """Files that wait for their upload, and their uploads, one after the other."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.taken: dict[str, list[MediaFile]] = {}
        self.waiting: list[MediaFile] = []
        self.expected: dict[str, int] = {}
        self.done: dict[str, int] = {}
        self.uploaded: list[Json] = []
        self._number = 0
        self._bucket: Bucket | None = None
        self._valid_until = 0.0
        self._worker: asyncio.Task[Any] | None = None
        self._put = 0
        self._first: str | None = None  # the flight that was announced as first
        self._forgotten = self._cut = 0
        self.lost: list[MediaFile] = []

    # Shots

    def photo(self, flight_id: str, waypoint: int = 0) -> int:
        """Take one; how many files it gave (none without room)."""
        camera = self.dock.aircraft.camera
        if camera.remain_photos <= 0:
            return 0
        camera.remain_photos -= 1
        self._keep("photo", flight_id, ".jpeg")
        return 1

    def video(self, flight_id: str) -> int:
        """Keep a recording."""
        self._keep("video", flight_id, ".mp4")
        return 1

    def _keep(self, kind: Any, flight_id: str, suffix: str, shots: list[MediaFile] | None = None) -> None:
        craft = self.dock.aircraft
        if kind != "ppk":
            self._number += 1
        taken = self.dock.clock.wall_ms()
        payload = products.main_payload(self.dock.aircraft_key)
        lens = "T" if payload is not None and payload.has_ir and kind == "video" else "V"
        file = MediaFile(
            kind,
            flight_id,
            name_of(kind, taken, self._number, suffix, lens),
            self.dock.sn,
            self._number,
            taken,
            craft.position.latitude,
            craft.position.longitude,
            craft.position.height,
            craft.elevation,
            craft.heading + craft.camera.yaw,
            shots or [],
        )
        self.taken.setdefault(flight_id, []).append(file)

    def side_files(self, flight_id: str) -> int:
        """PPK files for the photos of a flight; how many."""
        shots = [file for file in self.taken.get(flight_id, []) if file.kind == "photo"]
        per = self.dock.scenario.side_files
        if not shots or per == "none":
            return 0
        if per == "photo":
            for shot in shots:
                self._beside(shot)
            return len(shots)
        for suffix in PPK_SUFFIXES:
            self._keep("ppk", flight_id, suffix, shots)
        return len(PPK_SUFFIXES)

    def _beside(self, shot: MediaFile) -> None:
        """The satellite observations of one photo, under its own name."""
        name = f"{shot.name.rpartition('.')[0]}.obs"
        self.taken[shot.flight_id].append(replace(shot, kind="ppk", name=name, shots=[shot]))

    # Uploads

    async def flight_ended(self, flight_id: str) -> None:
        """Everything of this flight is to be uploaded."""
        files = self.taken.pop(flight_id, [])
        self.expected[flight_id], self.done[flight_id] = len(files), 0
        forgets = max(0, self.dock.scenario.uploads_forgotten - self._forgotten)
        self._forgotten += len(files[:forgets])
        self.waiting.extend(files[forgets:])
        self._show()
        self._begin()

    async def came_online(self) -> None:
        self._begin()

    async def powered_off(self) -> None:
        self._worker = None
        self._put = 0
        self._first = None

    def _begin(self) -> None:
        if self._worker is None or self._worker.done():
            self._worker = self.dock.spawn(self._work(), "uploads")

    async def _work(self) -> None:
        while self.waiting:
            file = self.waiting[0]
            if self._first != file.flight_id:
                await self._announce(file.flight_id)
                continue
            try:
                await self._upload(await self._storage(), file)
            except (UploadFailed, NoAnswer) as error:
                log.info("%s cannot upload %s: %s", self.dock.sn, file.name, error)
                self._bucket = None
                await asyncio.sleep(AGAIN_AFTER)
        if not self.dock.config.awake and self.dock.wayline.running is None:
            await self.dock.device.sleep()

    async def _announce(self, flight_id: str) -> None:
        """Say whose media go first; whether that is answered changes nothing."""
        self._first = flight_id
        self.dock.link.event("highest_priority_upload_flighttask_media", {"flight_id": flight_id}, need_reply=1)

    async def _storage(self) -> Bucket:
        """The bucket, with credentials that are still good; they are kept until they run out."""
        if self._bucket is None or time.monotonic() > self._valid_until:
            reply = await self.dock.link.request("storage_config_get", {"module": 0})
            output = reply.data.present().get("output")
            if reply.result != 0 or not isinstance(output, dict):
                raise UploadFailed(f"storage_config_get: result {reply.result}")
            self._bucket = Bucket.of(output)
            self._valid_until = time.monotonic() + float(output["credentials"].get("expire") or 0) - MARGIN
        return self._bucket

    async def _upload(self, bucket: Bucket, file: MediaFile) -> None:
        breaks = self.dock.scenario.upload_breaks_after
        if breaks is not None and self._put >= breaks:
            raise UploadFailed("the network breaks")
        content = await asyncio.to_thread(file.content)
        key = bucket.key(file.flight_id, file.name)
        data = self._callback(file, key)
        if len(self.lost) < self.dock.scenario.uploads_lost and file not in self.lost:
            self.lost.append(file)
        if file not in self.lost:
            cut = self._cut < self.dock.scenario.uploads_cut
            if cut:
                self._cut += 1
                data["file"]["size"] = len(content)
            await bucket.put(key, content[: len(content) // 2] if cut else content)
        self._put += 1
        tid = bid = new_id(self.dock.random)
        result = await self.dock.link.confirmed_event("file_upload_callback", data, tid=tid, bid=bid, tries=None)
        for _ in range(self.dock.scenario.callback_repeats):
            await self.dock.link.confirmed_event("file_upload_callback", data, tid=tid, bid=bid)
        if result != 0:
            file.refusals += 1
            if file.refusals >= REFUSALS:
                log.info("%s goes on without %s: result %s", self.dock.sn, file.name, result)
                self.waiting.remove(file)
                self._show()
                return
            raise UploadFailed(f"file_upload_callback: result {result}")
        self.waiting.remove(file)
        self.done[file.flight_id] += 1
        md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if len(self.uploaded) < RECORDED:
            self.uploaded.append(
                {"object_key": key, "name": file.name, "size": len(content), "md5": md5, "flight_id": file.flight_id,
                 "kind": file.kind}
            )  # fmt: skip
        self._show()

    def _callback(self, file: MediaFile, key: str) -> Json:
        payload = products.payload(osd.main_index(self.dock))
        return {
            "file": {
                "object_key": key,
                "path": file.flight_id,
                "name": file.name,
                "ext": {
                    "flight_id": file.flight_id,
                    "drone_model_key": self.dock.aircraft_key,
                    "payload_model_key": payload.model_key if payload is not None else "",
                    "is_original": True,
                },
                "metadata": file.metadata(),
            },
            "flight_task": {
                "uploaded_file_count": self.done[file.flight_id] + 1,
                "expected_file_count": self.expected[file.flight_id],
                "flight_type": 0,
            },
        }

    def _show(self) -> None:
        self.dock.state.remain_upload = len(self.waiting)
        self.dock.touch()

    @service("upload_flighttask_media_prioritize")
    async def prioritise(self, call: Call) -> Answer:
        flight_id = call.data["flight_id"]
        first = [file for file in self.waiting if file.flight_id == flight_id]
        if not first:
            raise Refused(UNKNOWN_FLIGHT, "nothing of that flight waits")
        under_way = self.waiting[:1]
        rest = [file for file in self.waiting if file not in first and file not in under_way]
        self.waiting = [*under_way, *(file for file in first if file not in under_way), *rest]
        return Answer()

    def shown(self) -> Json:
        return {"waiting": len(self.waiting), "expected": self.expected, "done": self.done, "uploaded": self.uploaded}
