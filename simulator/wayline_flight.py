"""Carries a wayline task out: preparation step by step, the waypoints of its file, the way home, and the tidying up."""

from __future__ import annotations

import logging
from itertools import pairwise
from typing import TYPE_CHECKING

from dji.wpml import FlightPoint
from simulator import flight, two_docks
from simulator.models import AFTERMATH, PREPARATION, Step
from simulator.motion import Leg, ground_distance
from simulator.state import AircraftMode, Cover, Position
from simulator.wayline_task import MOST_WIND, NO_WAYLINE, Task, TaskFailed, tell

if TYPE_CHECKING:
    from simulator.dock import SimDock
    from simulator.wayline import Wayline

log = logging.getLogger(__name__)

WIND_ABORT, BATTERY_ABORT, USER_HOME = 321784, 321773, 322283
START_TRIGGERED, TO_FIRST, EXECUTING, INTERRUPTED, RESUMED, STOPPED = 4, 5, 6, 7, 8, 9
FIRST_PERCENT, FLIGHT_PERCENT = 20, 70  # of the task, before the flight and by the flight


class WaylineFlight:
    """One execution of one task."""

    def __init__(self, dock: SimDock, feature: Wayline, task: Task) -> None:
        self.dock = dock
        self.feature = feature
        self.task = task
        self._told_at = 0.0

    async def run(self) -> None:
        """From the accepted execute to the last progress. Whatever happens, the aircraft comes home."""
        task = self.task
        task.phase, task.status = "preparing", "in_progress"
        try:
            await self._prepare()
            await self._fly()
        except TaskFailed as failure:
            log.info("%s: task %s fails: %s", self.dock.sn, task.flight_id, failure)
            task.ending = failure.code
            task.breaks = self.dock.aircraft.flying
        await self._come_home()
        if not self.dock.has_aircraft:
            await self._until_told()
        await self._tidy_up()

    # Before the take-off

    async def _prepare(self) -> None:
        task, dock = self.task, self.dock
        steps = [(step, seconds) for step, seconds in PREPARATION if dock.model.step(step) is not None]
        for number, (step, seconds) in enumerate(steps):
            self._at(step, FIRST_PERCENT * number // len(steps))
            await self._do(step)
            await dock.clock.sleep(seconds)
            if task.ending is not None:
                raise TaskFailed(task.ending, "stopped on the ground")

    async def _do(self, step: Step) -> None:
        dock, task = self.dock, self.task
        if step == "waiting" and task.data["task_type"] == 1:
            await self._wait_for_time()
        elif step == "enter_work":
            flight.enter_work(dock)
        elif step == "power_on":
            if dock.state.cover is Cover.FAULT:
                raise TaskFailed(514107, "the cover does not open")
            await flight.open_up(dock)
            dock.aircraft.mode = AircraftMode.PREPARING
        elif step == "area_check":
            await dock.flight_area.ask()
        elif step == "map_check":
            await dock.flight_area.ask_for_map()
        elif step == "kmz_download":
            task.points = self.feature.files.read(task, await self.feature.file_of(task))
            task.mission_state = 2
        elif step == "kmz_upload":
            task.mission_state = 3
        elif step == "home_point" and task.partner is not None:
            self._at("landing_dock", task.percent)
            await two_docks.wait_for_landing_dock(dock, task)
        elif step == "trigger":
            dock.aircraft.mode = AircraftMode.READY
            task.mission_state = START_TRIGGERED

    async def _wait_for_time(self) -> None:
        """A timed task takes off at its time, by the dock's clock."""
        task = self.task
        while self.dock.clock.wall_ms() < task.data["execute_time"] and task.ending is None:
            await self.dock.clock.sleep(1)

    # In the air

    async def _fly(self) -> None:
        task, dock = self.task, self.dock
        task.phase = "flying"
        task.track_id = dock.aircraft.track_id = self.feature.new_track()
        first, task.waypoint = self._start()
        self._at("executing", FIRST_PERCENT)
        task.mission_state = TO_FIRST
        flight.take_off(dock, max(20.0, self._place(first).height - dock.home.height))
        await self._follow(FIRST_PERCENT, FIRST_PERCENT)
        dock.aircraft.mode = AircraftMode.WAYLINE
        total = max(1.0, sum(self._leg_lengths()))
        percent = float(FIRST_PERCENT)
        speed = dock.model.flight_horizontal_speed
        for number in range(task.waypoint, len(task.points)):
            point = task.points[number]
            length = ground_distance(dock.aircraft.position, self._place(point))
            dock.motion.fly(Leg(self._place(point), speed, point.heading))
            share = FLIGHT_PERCENT * (length if number else 0.0) / total
            await self._follow(percent, percent + share, task.points[number - 1] if number else None)
            percent += share
            task.waypoint, task.wayline_id, task.leg_progress = number, point.wayline_id, 0.0
            task.mission_state = EXECUTING
            dock.passed("waypoint", f"waypoint {number}")
            await self._act(point)
            speed = point.speed
        task.mission_state = STOPPED
        self._at("return_check", FIRST_PERCENT + FLIGHT_PERCENT)

    def _start(self) -> tuple[FlightPoint, int]:
        """The waypoint to begin with: the first, or the one after the break point of a resumed task."""
        task = self.task
        resumed = task.data.get("break_point")
        number = 0
        if resumed:
            after = resumed["index"] + (1 if resumed.get("state") == 0 else 0)
            number = next((n for n, p in enumerate(task.points) if p.index >= after), len(task.points) - 1)
        return task.points[number], number

    def _place(self, point: FlightPoint) -> Position:
        base = 0.0 if point.height_mode == "WGS84" else self.dock.home.height
        return Position(point.lat, point.lon, base + point.height)

    def _leg_lengths(self) -> list[float]:
        places = [self._place(point) for point in self.task.points]
        return [ground_distance(a, b) for a, b in pairwise(places)]

    async def _follow(self, begin: float, end: float, every: FlightPoint | None = None) -> None:
        """Fly the legs, from `begin` to `end` per cent, and take the photos that `every` wants on the way."""
        dock, task = self.dock, self.task
        length = max(dock.motion.remaining, 0.1)
        time_since = way_since = 0.0
        while not dock.motion.arrived:
            before = dock.motion.remaining
            seconds = await flight.tick(dock)
            moved = before - dock.motion.remaining
            task.leg_progress = min(1.0, max(0.0, 1 - dock.motion.remaining / length))
            time_since, way_since = time_since + (0 if task.paused else seconds), way_since + moved
            if every is not None and (
                (every.photo_every_s and time_since >= every.photo_every_s)
                or (every.photo_every_m and way_since >= every.photo_every_m)
            ):
                time_since = way_since = 0.0
                self.feature.take_photo(task)
            self._look_out()
            self._tell_sometimes(min(99, round(begin + (end - begin) * task.leg_progress)))

    async def _act(self, point: FlightPoint) -> None:
        """What is done at a waypoint."""
        dock, task = self.dock, self.task
        for _ in range(point.photos):
            self.feature.take_photo(task)
        camera = dock.aircraft.camera
        if point.starts_recording:
            camera.recording, camera.record_time = True, 0.0
        if point.stops_recording and camera.recording:
            camera.recording = False
            self.feature.keep_video(task)
        waited = 0.0
        pause = point.hover_s + (1.0 if point.photos else 0.0)
        while waited < pause or task.paused:
            seconds = await flight.tick(dock)
            waited += 0 if task.paused else seconds
            self._look_out()
            self._tell_sometimes(task.percent)

    def _look_out(self) -> None:
        """Raises TaskFailed when the flight has to end here."""
        dock, task = self.dock, self.task
        if task.ending is not None:
            raise TaskFailed(task.ending, "ordered")
        if dock.weather.wind_speed > MOST_WIND:
            dock.aircraft.mode_reason = 23
            task.break_reason = 784
            raise TaskFailed(WIND_ABORT, f"wind {dock.weather.wind_speed} m/s")
        need = flight.charge_home(dock)
        if dock.aircraft.battery < need:
            dock.aircraft.mode_reason = 1
            task.break_reason = 773
            raise TaskFailed(BATTERY_ABORT, f"battery {dock.aircraft.battery:.0f} %, {need:.0f} % to come home")

    def _tell_sometimes(self, percent: int) -> None:
        """Progress each second, and none while paused."""
        now = self.dock.clock.now()
        if self.task.paused or now - self._told_at < self.dock.clock.progress_interval * 0.95:
            return
        self._told_at = now
        self.task.percent = percent
        tell(self.dock, self.task)

    # Home

    async def _come_home(self) -> None:
        task, dock = self.task, self.dock
        if dock.aircraft.camera.recording:
            dock.aircraft.camera.recording = False
            self.feature.keep_video(task)
        if not dock.aircraft.flying:
            return
        task.phase, task.paused = "returning", False
        if task.ending is not None:
            task.mission_state = INTERRUPTED
            self._at("return_check", task.percent)
        flight.go_home(dock, task.rth_altitude, task.flight_id, two_docks.landing_of(task))
        while not dock.motion.arrived:
            if len(dock.motion.legs) == 1 and dock.aircraft.mode is not AircraftMode.LANDING:
                dock.aircraft.mode = AircraftMode.LANDING
                self._comes_down()
            await flight.tick(dock)
            await self._hover_while_cancelled()
            self._tell_sometimes(task.percent)
        there = two_docks.landing_of(task)
        if there is None:
            flight.landed(dock)
        else:
            await two_docks.hand_over(dock, there, task)

    def _comes_down(self) -> None:
        """Above the dock where it lands, which tells of it."""
        task, there = self.task, two_docks.landing_of(self.task)
        if there is None:
            self._at("landing", task.percent + 5 if task.ending is None else task.percent)
        else:
            two_docks.comes_down(self.dock, there)

    async def _until_told(self) -> None:
        """The aircraft is at the other dock: the cloud says when this one's part is over."""
        task, clock = self.task, self.dock.clock
        task.phase, began = "landed", clock.now()
        while not task.told_to_end and clock.now() - began < two_docks.PATIENCE * 2:
            await clock.sleep(0.5)

    async def _hover_while_cancelled(self) -> None:
        """`return_home_cancel`: the aircraft hovers until it is told to go home, or has to."""
        dock, task = self.dock, self.task
        hovered = self.feature.hovering
        while self.feature.hovering and dock.aircraft.battery > flight.RESERVE:
            await flight.tick(dock)
        if hovered:
            self.feature.hovering = False
            flight.go_home(dock, task.rth_altitude, task.flight_id, two_docks.landing_of(task))

    async def _tidy_up(self) -> None:
        task, dock = self.task, self.dock
        task.phase = "landed"
        working = dock.state.mode == 4
        for step, seconds in AFTERMATH if working else AFTERMATH[-1:]:
            if step == "notify":
                break
            self._at(step, min(99, max(task.percent, 95)) if task.ending is None else task.percent)
            if step == "cover_close":
                await flight.close_up(dock)
            elif step == "leave_work":
                flight.leave_work(dock)
            elif step == "media_count" and dock.has_aircraft:
                task.media_count += self.feature.gather(task)
            await dock.clock.sleep(seconds)
        await self.feature.finish(task)

    def _at(self, step: Step, percent: int) -> None:
        """A step is reached: told, and a scenario may have something against it."""
        task = self.task
        task.step, task.percent = step, percent
        self._told_at = self.dock.clock.now()
        tell(self.dock, task)
        self.dock.touch()
        self.dock.passed(step, str(self.dock.model.step(step)))


__all__ = ["NO_WAYLINE", "USER_HOME", "WaylineFlight"]
