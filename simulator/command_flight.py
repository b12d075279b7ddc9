"""Flights by command: `takeoff_to_point`, `fly_to_point`, `_update`, `_stop`, Dock 1's `poi_mode_enter`, `_exit`."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from simulator import flight
from simulator.envelope import new_id
from simulator.feature import Answer, Call, Feature, Json, Refused, service
from simulator.models import PREPARATION
from simulator.motion import Leg, ground_distance, offset, vector
from simulator.state import AircraftMode, DockMode, Position
from simulator.wayline_task import check_flight, check_ground

BUSY, NO_CONTROL, FLY_TO_FAILED, STOP_FAILED, TAKE_OFF_FAILED = 319016, 319030, 319022, 319023, 319024
TOO_LOW, LOW_BATTERY = 336517, 338051
LEAST_HEIGHT = 20.0  # m above the dock; lower than that the aircraft climbs first
PREPARATION_SECONDS = sum(seconds for _, seconds in PREPARATION) / 2
RTH_ALTITUDE = 100.0
MOST_CIRCLE_SPEED = 12.0  # m/s
LOOK_EVERY = 1.0  # s of simulated time between looks at the battery
NEAR = 2.0  # m from the dock's middle: the aircraft comes down in the dock
GOING_DOWN = (AircraftMode.RETURNING, AircraftMode.LANDING, AircraftMode.FORCED_LANDING)


class CommandFlight(Feature):
    """What an aircraft does that follows no wayline."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.flight_id = ""
        self.track_id = ""
        self.rth_altitude = RTH_ALTITUDE
        self.fly_to: Json | None = None  # fly_to_id and bid of what is being flown
        self._taking_off: str | None = None  # bid of the take-off under way
        self._path: list[Position] = []
        self._work: asyncio.Task[Any] | None = None
        self._circle: Json | None = None

    @property
    def in_charge(self) -> bool:
        """True while the aircraft is in the air without a wayline task."""
        return self.dock.aircraft.flying and self.dock.wayline.running is None

    # Take off

    @service("takeoff_to_point")
    async def take_off(self, call: Call) -> Answer:
        dock, data = self.dock, call.data
        check_ground(dock)
        if dock.state.mode is not DockMode.IDLE or dock.wayline.running is not None or dock.aircraft.flying:
            raise Refused(BUSY, "the dock works")
        check_flight(dock)
        if data.get("rth_mode") == 0:
            raise Refused(1, "docks take rth_mode 1 only")
        if data["target_height"] < dock.home.height:
            raise Refused(TOO_LOW, "the target is below the dock")
        flight.enter_work(dock)
        self.flight_id, self.track_id = data["flight_id"], new_id(dock.random)
        self.rth_altitude = float(data["rth_altitude"])
        self._start(self._take_off(data, call.bid))
        return Answer()

    async def _take_off(self, data: Json, bid: str) -> None:
        dock, home = self.dock, self.dock.home
        await flight.open_up(dock)
        await dock.clock.sleep(PREPARATION_SECONDS)
        dock.aircraft.track_id = self.track_id
        target = Position(data["target_latitude"], data["target_longitude"], data["target_height"])
        up = float(data["security_takeoff_height"])
        cruise = max(target.height, home.height + up)
        self._path = [
            Position(home.latitude, home.longitude, cruise),
            Position(target.latitude, target.longitude, cruise),
            target,
        ]
        self._taking_off = bid
        self._tell_take_off("task_ready", bid)
        flight.take_off(dock, up)
        dock.drc.has_flight_authority = True
        dock.spawn(self._look_out(), "battery")
        speed = float(data["max_speed"])
        dock.motion.fly(Leg(self._path[0], flight.CLIMB), Leg(self._path[1], speed), Leg(target, flight.DESCENT))
        await self._follow(lambda status: self._tell_take_off(status, bid))
        self._tell_take_off("wayline_ok", bid)
        dock.aircraft.mode = AircraftMode.LIVE_CONTROLS
        self._tell_take_off("task_finish", bid)
        self._taking_off = None
        dock.touch()

    def _tell_take_off(self, status: str, bid: str, result: int = 0) -> None:
        data = {"flight_id": self.flight_id, "track_id": self.track_id, **self._progress(status, result)}
        self.dock.link.event("takeoff_to_point_progress", data, bid=bid, need_reply=1, names=[status])

    def _progress(self, status: str, result: int) -> Json:
        remaining = self.dock.motion.remaining
        speed = max(1.0, self.dock.motion.legs[0].speed if self.dock.motion.legs else 1.0)
        return {
            "status": status,
            "result": result,
            "way_point_index": max(0, len(self._path) - len(self.dock.motion.legs)),
            "remaining_distance": round(remaining, 1),
            "remaining_time": round(remaining / speed, 1),
            "planned_path_points": [
                {"latitude": p.latitude, "longitude": p.longitude, "height": round(p.height, 3)} for p in self._path
            ],
        }

    async def _follow(self, tell: Any) -> None:
        """Fly the legs, with progress each second."""
        dock, told = self.dock, 0.0
        while not dock.motion.arrived:
            await flight.tick(dock)
            now = dock.clock.now()
            if now - told >= dock.clock.progress_interval:
                told = now
                tell("wayline_progress")

    # Fly to

    @service("fly_to_point", "fly_to_point_update")
    async def fly(self, call: Call) -> Answer:
        dock, data = self.dock, call.data
        if dock.wayline.running is not None:
            raise Refused(BUSY, "a wayline is flown")
        if not dock.aircraft.flying:
            raise Refused(FLY_TO_FAILED, "the aircraft is on the ground")
        if not dock.drc.has_flight_authority:
            raise Refused(NO_CONTROL, "flight authority was not grabbed")
        if dock.in_flight_wayline.wayline_id is not None:
            raise Refused(BUSY, "a wayline is flown")
        point = data["points"][0]
        target = Position(point["latitude"], point["longitude"], point["height"])
        if target.height < dock.home.height:
            raise Refused(TOO_LOW, "the target is below the dock")
        speed = max(1.0, float(data["max_speed"]))
        if call.method == "fly_to_point_update":
            if self.fly_to is None:
                raise Refused(FLY_TO_FAILED, "it flies to no point")
            self._aim(target, speed)
            return Answer()
        self._break_off()
        self.fly_to = {"fly_to_id": data["fly_to_id"], "bid": call.bid}
        self._aim(target, speed)
        self._start(self._fly())
        return Answer()

    def _aim(self, target: Position, speed: float) -> None:
        here = self.dock.aircraft.position
        cruise = max(target.height, here.height, self.dock.home.height + LEAST_HEIGHT)
        self._path = [
            Position(here.latitude, here.longitude, cruise),
            Position(target.latitude, target.longitude, cruise),
            target,
        ]
        self.dock.motion.fly(
            Leg(self._path[0], flight.CLIMB), Leg(self._path[1], speed), Leg(self._path[2], flight.DESCENT)
        )

    async def _fly(self) -> None:
        dock = self.dock
        dock.aircraft.mode = AircraftMode.LIVE_CONTROLS
        await self._follow(self._tell_fly_to)
        self._tell_fly_to("wayline_ok")
        self.fly_to = None
        dock.touch()

    def _tell_fly_to(self, status: str, result: int = 0) -> None:
        if self.fly_to is None:
            return
        data = {"fly_to_id": self.fly_to["fly_to_id"], **self._progress(status, result)}
        self.dock.link.event("fly_to_point_progress", data, bid=self.fly_to["bid"], need_reply=1, names=[status])

    @service("fly_to_point_stop")
    async def stop(self, call: Call) -> Answer:
        if self.fly_to is None:
            raise Refused(STOP_FAILED, "it flies to no point")

        async def then() -> None:
            self._interrupt()

        return Answer(then=then)

    def hover(self) -> None:
        """Stay where it is, whatever was going on: an emergency stop, or sticks."""
        self._interrupt()
        self.dock.motion.fly()

    def _interrupt(self) -> None:
        if self._work is not None and self._work is not asyncio.current_task():
            self._work.cancel()
        self._break_off()
        if self._circle is not None:
            self._tell_circle("ok")
            self._circle = None
        self.dock.in_flight_wayline.interrupt()
        self.dock.motion.fly()

    def _break_off(self, status: str = "wayline_cancel", result: int = 0) -> None:
        """The last word of the take-off or flight to a point that is under way."""
        if self.fly_to is not None:
            self._tell_fly_to(status, result)
            self.fly_to = None
        if self._taking_off is not None:
            self._tell_take_off(status, self._taking_off, result)
            self._taking_off = None

    def _start(self, work: Any) -> None:
        if self._work is not None:
            self._work.cancel()
        self._work = self.dock.spawn(work, "command flight")

    # Home

    async def return_home(self) -> None:
        """Bring the aircraft home and close the dock after it."""
        self._interrupt()
        self.dock.drc.homing_again()
        self._start(self._come_home())

    async def _look_out(self) -> None:
        """From the take-off to the landing: on a low battery the aircraft comes home, and sticks count no longer."""
        dock, craft = self.dock, self.dock.aircraft
        while not dock.state.aircraft_inside and craft.mode is not AircraftMode.STANDBY:
            await dock.clock.sleep(LOOK_EVERY)
            if craft.mode in GOING_DOWN or not craft.flying or craft.battery >= flight.charge_home(dock):
                continue
            craft.mode_reason = 1
            self._break_off("wayline_failed", LOW_BATTERY)
            dock.link.event("joystick_invalid_notify", {"reason": 1}, need_reply=1)
            dock.drc.has_flight_authority = False
            await self.return_home()

    def land_here(self) -> None:
        """Down where it is, whatever is below."""
        self._interrupt()
        here, home = self.dock.aircraft.position, self.dock.home
        self.dock.motion.fly(Leg(Position(here.latitude, here.longitude, home.height), flight.DESCENT))
        self.dock.aircraft.mode = AircraftMode.FORCED_LANDING
        self._start(self._touch_down())

    async def _touch_down(self) -> None:
        dock = self.dock
        while not dock.motion.arrived:
            await flight.tick(dock)
        flight.landed(dock, inside=ground_distance(dock.aircraft.position, dock.home) < NEAR)
        await self._end()

    async def _come_home(self) -> None:
        dock = self.dock
        flight.go_home(dock, self.rth_altitude, self.flight_id)
        while not dock.motion.arrived or dock.wayline.hovering:
            if len(dock.motion.legs) == 1:
                dock.aircraft.mode = AircraftMode.LANDING
            await flight.tick(dock)
            if dock.wayline.hovering:
                dock.wayline.hovering = False
                dock.aircraft.mode = AircraftMode.LIVE_CONTROLS
                return
        flight.landed(dock)
        await self._end()

    async def _end(self) -> None:
        dock = self.dock
        await flight.close_up(dock)
        flight.leave_work(dock)
        dock.drc.has_flight_authority = False
        await dock.media.flight_ended(self.flight_id)

    # Circle around a point (Dock 1)

    @service("poi_mode_enter")
    async def circle(self, call: Call) -> Answer:
        dock = self.dock
        if not self.in_charge:
            raise Refused(FLY_TO_FAILED, "no flight by command")
        if not dock.drc.has_flight_authority:
            raise Refused(NO_CONTROL, "flight authority was not grabbed")
        self._interrupt()
        centre = Position(call.data["latitude"], call.data["longitude"], call.data["height"])
        radius = max(5.0, ground_distance(dock.aircraft.position, centre))
        self._circle = {"centre": centre, "radius": radius, "speed": 0.0, "bid": call.bid}
        self._start(self._fly_circle(self._circle))
        return Answer()

    async def _fly_circle(self, circle: Json) -> None:
        dock, told = self.dock, 0.0
        dock.aircraft.mode = AircraftMode.POI
        north, east, _ = vector(circle["centre"], dock.aircraft.position)
        angle = math.atan2(east, north)
        while True:
            seconds = await flight.tick(dock)
            if circle["speed"]:
                angle += circle["speed"] / circle["radius"] * seconds
                height = dock.aircraft.position.height - circle["centre"].height
                radius = circle["radius"]
                target = offset(circle["centre"], radius * math.cos(angle), radius * math.sin(angle), height)
                dock.motion.fly(Leg(target, max(1.0, abs(circle["speed"])), math.degrees(angle) - 180))
            if dock.clock.now() - told >= dock.clock.progress_interval:
                told = dock.clock.now()
                self._tell_circle("in_progress")

    def _tell_circle(self, status: str) -> None:
        circle = self._circle
        if circle is None:
            return
        data = {
            "status": status,
            "reason": 0,
            "circle_radius": round(circle["radius"], 1),
            "circle_speed": circle["speed"],
            "max_circle_speed": MOST_CIRCLE_SPEED,
        }
        self.dock.link.event("poi_status_notify", data, bid=circle["bid"], need_reply=1)

    @service("poi_circle_speed_set")
    async def circle_speed(self, call: Call) -> Answer:
        if self._circle is None:
            raise Refused(FLY_TO_FAILED, "it circles nothing")
        wanted = float(call.data["circle_speed"])
        self._circle["speed"] = max(-MOST_CIRCLE_SPEED, min(MOST_CIRCLE_SPEED, wanted))
        return Answer()

    @service("poi_mode_exit")
    async def leave_circle(self, call: Call) -> Answer:
        if self._circle is None:
            raise Refused(FLY_TO_FAILED, "it circles nothing")
        self.hover()
        self.dock.aircraft.mode = AircraftMode.LIVE_CONTROLS
        return Answer()

    async def powered_off(self) -> None:
        self._work = self.fly_to = self._circle = self._taking_off = None
        if self.in_charge:
            flight.go_home(self.dock, self.rth_altitude, self.flight_id)

    async def came_online(self) -> None:
        if self.in_charge and self.dock.aircraft.mode is AircraftMode.RETURNING and self._work is None:
            self._start(self._come_home())

    def shown(self) -> Json:
        return {"flight_id": self.flight_id, "fly_to": self.fly_to, "circling": self._circle is not None}
