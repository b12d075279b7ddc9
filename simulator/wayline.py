"""Wayline tasks: `flighttask_prepare`, `_execute`, `_undo`, `_pause`, `_recovery`, `_stop`, `return_home`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from typing import Any

from simulator import flight, two_docks
from simulator.envelope import new_id
from simulator.feature import Answer, Call, Feature, Json, Refused, service
from simulator.state import AircraftMode, DockMode
from simulator.wayline_flight import RESUMED, USER_HOME, WaylineFlight
from simulator.wayline_task import Files, Task, TaskFailed, check_flight, check_ground, ready, tell

log = logging.getLogger(__name__)

MOST_CLOCK_DIFFERENCE = 30_000  # ms
MD5 = re.compile(r"[0-9a-fA-F]{32}")
CLOCKS_DIFFER, UNKNOWN_TASK, OTHER_TASK, RUNS_ALREADY = 319008, 319003, 319016, 321257
CANNOT_CANCEL, NOT_STARTED_STOP, NOT_STARTED_PAUSE, PAUSED_ALREADY = 319006, 321259, 321260, 319046
CANNOT_RESUME, TASK_OVER, NOT_FLYING, CANNOT_CANCEL_RTH = 319042, 319044, 316024, 319043
IN_FLIGHT, NOT_CONNECTED, PARAMETERS, OUTDATED = 326109, 326108, 514171, 210004
INTERRUPTED_BY_RESTART = 314011


class Wayline(Feature):
    """The tasks of a dock. One at a time is carried out; timed and conditional ones wait beside it."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.files = Files(dock)
        self.tasks: dict[str, Task] = {}
        self.running: Task | None = None
        self.hovering = False
        self.landing: two_docks.Landing | None = None
        self.finished: list[Json] = []
        self._flight: asyncio.Task[Any] | None = None

    # Prepare

    @service("flighttask_prepare")
    async def prepare(self, call: Call) -> Answer:
        dock, data = self.dock, call.data
        check_ground(dock)
        self._check_parameters(data)
        if self.running is not None:
            raise Refused(RUNS_ALREADY if self.running.flight_id == data["flight_id"] else OTHER_TASK, "a task runs")
        if dock.state.mode is DockMode.WORKING:
            raise Refused(OTHER_TASK, "the dock works")
        if data["task_type"] == 0 and abs(dock.clock.wall_ms() - data["execute_time"]) > MOST_CLOCK_DIFFERENCE:
            raise Refused(CLOCKS_DIFFER, f"execute_time {data['execute_time']}, it is {dock.clock.wall_ms()}")
        task = Task(data["flight_id"], data, call.bid)
        self.tasks[task.flight_id] = task

        async def then() -> None:
            task.fetch = dock.spawn(self.files.fetch(task), f"fetch {task.flight_id}")
            try:
                self.files.read(task, await self.file_of(task))
            except TaskFailed as failure:
                await self._fail_prepared(task, failure)
                return
            if data["task_type"] == 2:
                await self._watch(task)

        return Answer(then=then)

    def _check_parameters(self, data: Json) -> None:
        wrong = []
        if data["task_type"] in (0, 1) and not data.get("execute_time"):
            wrong.append("execute_time: needed for tasks of type 0 and 1")
        if data["task_type"] == 2 and not data.get("ready_conditions"):
            wrong.append("ready_conditions: needed for tasks of type 2")
        if not MD5.fullmatch(str(data["file"].get("fingerprint", ""))):
            wrong.append("file.fingerprint: not an MD5 in hex")
        if data["out_of_control_action"] != 0:
            wrong.append("out_of_control_action: fixed to 0")
        if wrong:
            self.dock.link.complain("services flighttask_prepare", wrong)
            raise Refused(PARAMETERS, "; ".join(wrong))
        if data.get("rth_mode") == 0:
            raise Refused(1, "docks take rth_mode 1 only")

    async def file_of(self, task: Task) -> bytes:
        """The task's file, from the download that prepare began or a new one. Raises TaskFailed."""
        if task.fetch is None or task.fetch.cancelled():
            task.fetch = self.dock.spawn(self.files.fetch(task), f"fetch {task.flight_id}")
        found = await asyncio.shield(task.fetch)
        if isinstance(found, TaskFailed):
            raise found
        return found

    async def _fail_prepared(self, task: Task, failure: TaskFailed) -> None:
        log.info("%s: task %s cannot be prepared: %s", self.dock.sn, task.flight_id, failure)
        if self.tasks.get(task.flight_id) is not task or self.running is task:
            return
        del self.tasks[task.flight_id]
        task.status, task.result, task.step, task.phase = "failed", failure.code, "kmz_download", "done"
        self._record(task)
        tell(self.dock, task)

    async def _watch(self, task: Task) -> None:
        """A conditional task is told to be ready once its conditions are met."""
        conditions = task.data["ready_conditions"]
        while self.tasks.get(task.flight_id) is task and task.phase == "prepared":
            if ready(self.dock, conditions):
                self.dock.link.event("flighttask_ready", {"flight_ids": [task.flight_id]})
                return
            await self.dock.clock.sleep(1)

    # Execute

    @service("flighttask_execute")
    async def execute(self, call: Call) -> Answer:
        task = self.tasks.get(call.data["flight_id"])
        if self.running is not None:
            raise Refused(RUNS_ALREADY, f"task {self.running.flight_id} runs")
        if task is None:
            raise Refused(UNKNOWN_TASK, "no such task was prepared")
        check_ground(self.dock)
        part = two_docks.part_of(self.dock, call.data)
        lands_only = part is not None and part[0] == "landing"
        if lands_only:
            two_docks.check_empty(self.dock)
        else:
            check_flight(self.dock)
        task.bid, task.partner = call.bid, part[1] if part is not None else None
        self.running, self.hovering = task, False

        async def then() -> None:
            kind = two_docks.Landing if lands_only else WaylineFlight
            self._flight = self.dock.spawn(kind(self.dock, self, task).run(), f"flight {task.flight_id}")

        return Answer(then=then)

    def new_track(self) -> str:
        return new_id(self.dock.random)

    def take_photo(self, task: Task) -> None:
        """A photo of the task."""
        task.media_count += self.dock.media.photo(task.flight_id, task.waypoint)

    def keep_video(self, task: Task) -> None:
        """A recording of the task has ended."""
        task.media_count += self.dock.media.video(task.flight_id)

    def gather(self, task: Task) -> int:
        """The files that come with the shots of a flight; how many."""
        media = self.dock.media
        had_video = any(file.kind == "video" for file in media.taken.get(task.flight_id, []))
        flown = bool(task.track_id)
        return (0 if had_video or not flown else media.video(task.flight_id)) + media.side_files(task.flight_id)

    async def finish(self, task: Task) -> None:
        """The last progress, told when there is a connection to tell it by, and the media after it."""
        dock = self.dock
        with contextlib.suppress(TimeoutError):
            await dock.wait_for(lambda d: d.online, None)
        task.phase, task.step, task.paused = "done", "notify", False
        if task.ending is None:
            task.status, task.result, task.percent = "ok", 0, 100
        elif task.ending in (0, USER_HOME):
            task.status, task.result = "canceled", task.ending
        else:
            task.status, task.result = "failed", task.ending
        self.tasks.pop(task.flight_id, None)
        self.running, self._flight = None, None
        self._record(task)
        tell(dock, task)
        dock.touch()
        await dock.media.flight_ended(task.flight_id)

    def _record(self, task: Task) -> None:
        self.finished.append(
            {"flight_id": task.flight_id, "status": task.status, "result": task.result, "media": task.media_count,
             "fingerprint": task.fingerprint}
        )  # fmt: skip

    # On the way

    @service("flighttask_pause")
    async def pause(self, call: Call) -> Answer:
        task = self._in_air(NOT_STARTED_PAUSE)
        if task.paused or task.phase != "flying":
            raise Refused(PAUSED_ALREADY, "paused, or on the way home")
        task.paused = self.dock.motion.paused = True
        task.status, task.mission_state, task.breaks = "paused", 7, True

        async def then() -> None:
            tell(self.dock, task)

        return Answer(then=then)

    @service("flighttask_recovery")
    async def recover(self, call: Call) -> Answer:
        task = self.running
        if task is None:
            raise Refused(TASK_OVER, "no task to resume")
        if not task.paused:
            raise Refused(CANNOT_RESUME, "it is not paused")
        task.paused = self.dock.motion.paused = False
        task.status, task.mission_state, task.breaks = "in_progress", RESUMED, False

        async def then() -> None:
            tell(self.dock, task)
            task.mission_state = 6

        return Answer(then=then)

    @service("return_home", "return_specific_home")
    async def return_home(self, call: Call) -> Answer:
        dock, craft = self.dock, self.dock.aircraft
        if not craft.flying:
            raise Refused(NOT_FLYING, "the aircraft is on the ground")
        home, task = call.data.get("home_dock_sn") if call.method == "return_specific_home" else None, self.running
        if home is not None and home not in (dock.sn, task.partner if task is not None else None):
            raise Refused(338020, f"no home dock {home} in this task")
        craft.mode_reason = 5
        if task is not None:
            task.home_sn = home or task.home_sn
            if task.phase == "returning" and home is not None:
                flight.go_home(dock, task.rth_altitude, task.flight_id, two_docks.landing_of(task))
            self._end_early(task, USER_HOME)
            self.hovering = False
        else:
            await dock.command_flight.return_home()
        return Answer(output={"status": "in_progress"} if call.method == "return_home" else None)

    @service("return_home_cancel")
    async def cancel_return(self, call: Call) -> Answer:
        craft = self.dock.aircraft
        if craft.mode not in (AircraftMode.RETURNING, AircraftMode.LANDING):
            raise Refused(CANNOT_CANCEL_RTH, "it is not on its way home")
        craft.mode, craft.mode_reason = AircraftMode.MANUAL, 21
        self.hovering = True
        self.dock.motion.fly()
        self.dock.touch()
        return Answer()

    @service("flighttask_stop")
    async def stop(self, call: Call) -> Answer:
        """Dock 2 and 3: ends any running task; one in the air comes home."""
        task = self.running
        if task is None or task.flight_id != call.data["flight_id"]:
            raise Refused(NOT_STARTED_STOP, "that task does not run")
        if task.partner is not None and task.phase == "landed":
            task.told_to_end = True
        else:
            self._end_early(task, 0)
        return Answer()

    @service("flight_setup_abort")
    async def abort(self, call: Call) -> Answer:
        """Dock 1: ends a task that has not taken off."""
        task = self.running
        if self.dock.aircraft.flying:
            raise Refused(IN_FLIGHT, "the aircraft flies")
        if task is None or task.phase != "preparing":
            raise Refused(NOT_STARTED_STOP if self.dock.aircraft.on else NOT_CONNECTED, "nothing is being prepared")
        self._end_early(task, 0)
        return Answer()

    @service("flighttask_undo")
    async def undo(self, call: Call) -> Answer:
        """Cancels what was prepared. What is not there is as good as cancelled."""
        ids = call.data["flight_ids"]
        if self.running is not None and self.running.flight_id in ids:
            raise Refused(CANNOT_CANCEL, "it runs")
        gone = [self.tasks.pop(flight_id) for flight_id in ids if flight_id in self.tasks]

        async def then() -> None:
            for task in gone:
                task.status, task.phase = "canceled", "done"
                self._record(task)
                tell(self.dock, task)

        return Answer(then=then)

    @service("flighttask_create")
    async def create(self, call: Call) -> Answer:
        """Replaced by prepare and execute long before these firmwares."""
        raise Refused(OUTDATED, "use flighttask_prepare")

    def _in_air(self, code: int) -> Task:
        if self.running is None or not self.dock.aircraft.flying:
            raise Refused(code, "no task is in the air")
        return self.running

    def _end_early(self, task: Task, result: int) -> None:
        if task.ending is None:
            task.ending = result
        task.breaks = self.dock.aircraft.flying
        task.paused = self.dock.motion.paused = False

    # Restart

    async def powered_off(self) -> None:
        """A dock that restarts in flight loses sight of its task; the aircraft comes home by itself."""
        task, self.running, self._flight, self.landing = self.running, None, None, None
        self.tasks.clear()
        if task is None:
            return
        task.ending = INTERRUPTED_BY_RESTART
        task.breaks = self.dock.aircraft.flying
        if self.dock.aircraft.flying:
            flight.go_home(self.dock, task.rth_altitude, task.flight_id)
        self.tasks[task.flight_id] = task

    async def came_online(self) -> None:
        """After a restart: say what became of the task, once the aircraft is back."""
        interrupted = [task for task in self.tasks.values() if task.ending == INTERRUPTED_BY_RESTART]
        for task in interrupted:
            self.running = task
            if self.dock.aircraft.flying:
                await flight.land(self.dock)
            await flight.close_up(self.dock)
            flight.leave_work(self.dock)
            await self.finish(task)

    def shown(self) -> Json:
        task = self.running
        running = None
        if task is not None:
            running = {"flight_id": task.flight_id, "phase": task.phase, "step": task.step, "waypoint": task.waypoint,
                       "percent": task.percent, "paused": task.paused}  # fmt: skip
        return {"prepared": list(self.tasks), "running": running, "finished": self.finished[-50:]}
