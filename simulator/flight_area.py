"""Custom flight areas: `flight_areas_update`, `flight_areas_get`, `flight_areas_sync_progress`, `_drone_location`."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from typing import Any

from simulator.feature import Answer, Call, Feature, Json, service
from simulator.link import NoAnswer
from simulator.motion import ground_distance
from simulator.state import Position
from simulator.wayline_task import TaskFailed, download

log = logging.getLogger(__name__)

NAME = re.compile(r"geofence_[0-9a-fA-F]{32}\.json")
UNREADABLE, NOT_FETCHED, WRONG_CHECKSUM = 1, 3, 12
TELL_EVERY = 2.0  # s of simulated time between distances, in flight


class FlightArea(Feature):
    """The areas that the aircraft knows."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.features: list[Json] = []
        self.status = "synchronized"
        self._tells = False

    @service("flight_areas_update")
    async def update(self, call: Call) -> Answer:
        return Answer(then=self.ask)

    @service("flight_areas_delete")
    async def delete(self, call: Call) -> Answer:
        """Not documented, but in DJI's own SDK."""
        self.features, self.dock.memory.areas = [], []
        self.dock.memory.save()
        return Answer()

    @service("offline_map_update")
    async def update_map(self, call: Call) -> Answer:
        """Not documented either: the dock asks for the map, and fetches it."""
        return Answer(then=self._fetch_map)

    async def ask_for_map(self) -> list[Json]:
        """Before each take-off; the files of the map. Unanswered it only costs time."""
        try:
            reply = await self.dock.link.request("offline_map_get", {})
        except NoAnswer as error:
            log.info("%s: %s; goes on without", self.dock.sn, error)
            return []
        output = reply.data.present().get("output")
        return list(output.get("files") or []) if reply.result == 0 and isinstance(output, dict) else []

    async def _fetch_map(self) -> None:
        for file in await self.ask_for_map():
            self._tell_map("synchronizing", 0, file)
            try:
                content = await download(str(file.get("url")))
            except TaskFailed:
                self._tell_map("fail", NOT_FETCHED, file)
                return
            if hashlib.sha256(content).hexdigest() != str(file.get("checksum", "")).lower():
                self._tell_map("fail", WRONG_CHECKSUM, file)
                return
            self._tell_map("synchronized", 0, file)

    def _tell_map(self, status: str, reason: int, file: Json) -> None:
        named = {name: file[name] for name in ("name", "checksum") if name in file}
        self.dock.link.event("offline_map_sync_progress", {"status": status, "reason": reason, "file": named})

    async def ask(self) -> None:
        """Ask which areas there are, and fetch what is new. Unanswered it only costs time."""
        try:
            reply = await self.dock.link.request("flight_areas_get", {})
        except NoAnswer as error:
            log.info("%s: %s; goes on with the areas it has", self.dock.sn, error)
            return
        output = reply.data.present().get("output")
        if reply.result != 0 or not isinstance(output, dict) or output.get("files") is None:
            return
        files = output["files"]
        if files == self.dock.memory.areas:
            return
        if not files:
            self.features, self.dock.memory.areas = [], []
            self.dock.memory.save()
            return
        await self._synchronise(files)

    async def _synchronise(self, files: list[Json]) -> None:
        features: list[Json] = []
        for file in files:
            self._tell("synchronizing", 0, file)
            reason, found = await self._fetch(file)
            if reason:
                self._tell("fail", reason, file)
                return
            features.extend(found)
            await self.dock.clock.sleep(1)
        self.features, self.dock.memory.areas = features, files
        self.dock.memory.save()
        for file in files:
            self._tell("synchronized", 0, file)
        self._begin_to_tell()

    async def _fetch(self, file: Json) -> tuple[int, list[Json]]:
        if not NAME.fullmatch(str(file.get("name", ""))):
            return UNREADABLE, []
        try:
            content = await download(str(file.get("url")))
        except TaskFailed:
            return NOT_FETCHED, []
        if hashlib.sha256(content).hexdigest() != str(file.get("checksum", "")).lower():
            return WRONG_CHECKSUM, []
        try:
            return 0, list(json.loads(content)["features"])
        except (ValueError, KeyError, TypeError):
            return UNREADABLE, []

    def _tell(self, status: str, reason: int, file: Json) -> None:
        self.status = status
        data = {
            "status": status,
            "reason": reason,
            "file": {"name": file.get("name", ""), "checksum": file.get("checksum", "")},
        }
        self.dock.link.event("flight_areas_sync_progress", data, need_reply=1)
        self.dock.touch()

    async def came_online(self) -> None:
        self._tells = False
        self._begin_to_tell()

    def _begin_to_tell(self) -> None:
        """As soon as there are areas, and the dock is online."""
        if self.features and not self._tells and self.dock.online:
            self._tells = True
            self.dock.spawn(self._tell_distances(), "area distances")

    async def _tell_distances(self) -> None:
        while self.dock.online:
            await self.dock.clock.sleep(TELL_EVERY)
            if self.dock.aircraft.flying and self.features:
                locations = [self._location(feature) for feature in self.features]
                self.dock.link.event("flight_areas_drone_location", {"drone_locations": locations}, need_reply=0)

    def _location(self, feature: Json) -> Json:
        """Distance to the edge of a circle, or to the nearest vertex of a polygon: what a pilot would be warned by."""
        here, geometry = self.dock.aircraft.position, feature["geometry"]
        if geometry["type"] == "Point":
            edge = ground_distance(here, _position(geometry["coordinates"])) - feature["properties"].get("radius", 0)
            distance, inside = abs(edge), edge < 0
        else:
            ring = [_position(point) for point in geometry["coordinates"][0]]
            distance, inside = min(ground_distance(here, point) for point in ring), _inside(here, ring)
        location = {"area_distance": round(distance, 1), "is_in_area": inside}
        if self.dock.model.name != "dock3":
            location["area_id"] = feature.get("id", "")
        return location

    def shown(self) -> Json:
        return {"status": self.status, "areas": len(self.features), "files": self.dock.memory.areas}


def _position(coordinates: list[float]) -> Position:
    return Position(coordinates[1], coordinates[0], 0.0)


def _inside(here: Position, ring: list[Position]) -> bool:
    inside = False
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        if (a.latitude > here.latitude) != (b.latitude > here.latitude):
            crossing = a.longitude + (here.latitude - a.latitude) / (b.latitude - a.latitude) * (
                b.longitude - a.longitude
            )
            inside ^= here.longitude < crossing
    return inside
