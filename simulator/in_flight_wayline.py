"""Waylines that are given in the air (Dock 2 and 3): `in_flight_wayline_deliver`, `_stop`, `_recover`, `_cancel`."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from dji.wpml import FlightPoint, KmzError, read_kmz
from simulator import flight
from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, service
from simulator.motion import Leg
from simulator.state import AircraftMode, Position
from simulator.wayline_task import BAD_FILE, NO_FILE, UNREADABLE_FILE, TaskFailed, download

NOT_FLYING, BUSY, NOTHING, NOT_PAUSED, PAUSED_ALREADY = 319022, 319016, 321259, 319042, 319046
UPLOADING, UPLOADED, EXECUTING, PAUSED, CANCELLED, DONE, FAILED = 1, 2, 3, 4, 5, 6, 7


class InFlightWayline(Feature):
    """One such wayline at a time, in a flight by command."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.wayline_id: str | None = None
        self.waypoint = 0
        self._work: asyncio.Task[Any] | None = None

    @service("in_flight_wayline_deliver")
    async def deliver(self, call: Call) -> Answer:
        if not self.dock.command_flight.in_charge:
            raise Refused(NOT_FLYING, "no flight by command")
        if self.wayline_id is not None:
            raise Refused(BUSY, f"{self.wayline_id} is flown")
        self.dock.command_flight.hover()
        self.wayline_id, self.waypoint = call.data["in_flight_wayline_id"], 0

        async def then() -> None:
            self._work = self.dock.spawn(self._fly(call), "in-flight wayline")

        return Answer(then=then)

    async def _fly(self, call: Call) -> None:
        dock = self.dock
        try:
            self._tell(call, UPLOADING, 0)
            points = await self._points(call.data["file"])
            self._tell(call, UPLOADED, 0)
        except TaskFailed as failure:
            self._tell(call, FAILED, 0, failure.code)
            self.wayline_id = None
            return
        dock.aircraft.mode = AircraftMode.WAYLINE
        for number, point in enumerate(points):
            base = 0.0 if point.height_mode == "WGS84" else dock.home.height
            dock.motion.fly(Leg(Position(point.lat, point.lon, base + point.height), point.speed, point.heading))
            told = 0.0
            while not dock.motion.arrived:
                await flight.tick(dock)
                if not dock.motion.paused and dock.clock.now() - told >= dock.clock.progress_interval:
                    told = dock.clock.now()
                    self._tell(call, EXECUTING, 100 * number // len(points))
            self.waypoint = number
        self._tell(call, DONE, 100)
        self.wayline_id = None
        dock.aircraft.mode = AircraftMode.LIVE_CONTROLS
        dock.touch()

    async def _points(self, file: Json) -> list[FlightPoint]:
        if not file.get("url"):
            raise TaskFailed(NO_FILE, "no url")
        content = await download(file["url"])
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != str(file.get("fingerprint", "")).lower():
            raise TaskFailed(BAD_FILE, "the MD5 is another")
        try:
            return read_kmz(content).waypoints()
        except KmzError as error:
            raise TaskFailed(UNREADABLE_FILE, str(error)) from None

    def _tell(self, call: Call, status: int, percent: int, result: int = 0) -> None:
        data = {
            "in_flight_wayline_id": call.data["in_flight_wayline_id"],
            "progress": {"percent": percent},
            "status": status,
            "result": result,
            "way_point_index": self.waypoint,
        }
        self.dock.link.event("in_flight_wayline_progress", data, bid=call.bid, names=[str(status)])

    def _named(self, call: Call) -> None:
        if self.wayline_id is None or call.data.get("in_flight_wayline_id", self.wayline_id) != self.wayline_id:
            raise Refused(NOTHING, "that wayline is not flown")

    def _as(self, call: Call) -> Call:
        return Call(call.method, call.tid, call.bid, {**call.data, "in_flight_wayline_id": self.wayline_id})

    @service("in_flight_wayline_stop", "in_flight_wayline_recover")
    async def pause_or_resume(self, call: Call) -> Answer:
        self._named(call)
        pause, motion = call.method.endswith("stop"), self.dock.motion
        if motion.paused == pause:
            raise Refused(PAUSED_ALREADY if pause else NOT_PAUSED, "it is so already")
        motion.paused = pause

        async def then() -> None:
            self._tell(call, PAUSED if pause else EXECUTING, 0)

        return Answer(then=then)

    @service("in_flight_wayline_cancel")
    async def cancel(self, call: Call) -> Answer:
        self._named(call)
        named = self._as(call)
        self.wayline_id = None
        self._leave()
        self.dock.aircraft.mode = AircraftMode.LIVE_CONTROLS

        async def then() -> None:
            self._tell(named, CANCELLED, 0)

        return Answer(then=then)

    def interrupt(self) -> None:
        """Something else is to be flown, home for instance."""
        if self.wayline_id is not None:
            told, self.wayline_id = self.wayline_id, None
            self._leave()
            self._tell(Call("", "", self.dock.command_flight.flight_id, {"in_flight_wayline_id": told}), CANCELLED, 0)

    def _leave(self) -> None:
        if self._work is not None:
            self._work.cancel()
        self.dock.motion.paused = False
        self.dock.motion.fly()

    async def powered_off(self) -> None:
        self.wayline_id, self._work = None, None
