"""The task of two docks: one aircraft takes off at the first and lands at the second (Dock 2 and 3).

Docks that share a task run in one process, and find each other by their serials, as real ones do by radio.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from simulator import flight
from simulator.feature import Json, Refused
from simulator.link import NoAnswer
from simulator.models import AFTERMATH, Step
from simulator.motion import Motion
from simulator.state import AircraftState, Cover
from simulator.wayline_task import Task, TaskFailed, tell

if TYPE_CHECKING:
    from simulator.dock import SimDock
    from simulator.wayline import Wayline

NOT_LINKED, NO_PARTNER = 338001, 315004
GETTING_READY: Final[tuple[tuple[Step, float], ...]] = (
    ("initial", 0.2), ("check_idle", 0.2), ("waiting", 0.5), ("enter_work", 1), ("power_on", 4), ("link_pairing", 1),
    ("landing_dock", 1),
)  # fmt: skip
PATIENCE = 300.0  # s of simulated time that a dock waits for the other

_docks: WeakValueDictionary[str, SimDock] = WeakValueDictionary()


def register(dock: SimDock) -> None:
    """This dock can be found."""
    _docks[dock.sn] = dock


def part_of(dock: SimDock, data: Json) -> tuple[str, str] | None:
    """The part that this dock plays, and the serial of the other; None in a task of its own. Raises Refused."""
    task = data.get("multi_dock_task")
    if not task:
        return None
    infos = {info["sn"]: info for info in task["dock_infos"]}
    leaves = task["wireless_link_topo"]["leaf_nodes"]
    if (
        len(infos) != 2
        or dock.sn not in infos
        or {info["dock_type"] for info in infos.values()} != {"takeoff", "landing"}
    ):
        raise Refused(NOT_LINKED, "two docks, one to take off from and one to land at")
    if len({leaf["control_source_index"] for leaf in leaves}) != 2 or {leaf["sn"] for leaf in leaves} != set(infos):
        raise Refused(NOT_LINKED, "both docks are to be linked, each as another control source")
    other = next(sn for sn in infos if sn != dock.sn)
    return infos[dock.sn]["dock_type"], other


def check_empty(dock: SimDock) -> None:
    """A dock receives an aircraft only when it has room for it. Raises Refused."""
    if dock.state.aircraft_inside:
        raise Refused(NO_PARTNER, "an aircraft is inside")


def landing_of(task: Task) -> SimDock | None:
    """The dock at which this task's aircraft lands, when it is ready for it; None: where it took off."""
    if task.partner is None or task.home_sn not in (None, task.partner):
        return None
    there = _docks.get(task.partner)
    landing = there.wayline.landing if there is not None else None
    return there if landing is not None and landing.ready and landing.task.flight_id == task.flight_id else None


async def wait_for_landing_dock(dock: SimDock, task: Task) -> None:
    """Ask the cloud until the other dock is ready. Raises TaskFailed where it does not get ready."""
    ready = dock.model.step("landing_dock") or 0
    began = dock.clock.now()
    while dock.clock.now() - began < PATIENCE:
        asked = {"sn": task.partner} if dock.model.name == "dock3" else {
            "target_sn": task.partner, "flight_id": task.flight_id,
        }  # fmt: skip
        try:
            reply = await dock.link.request("flighttask_progress_get", asked, bid=task.bid)
        except NoAnswer as error:
            raise TaskFailed(NO_PARTNER, str(error)) from None
        said = (reply.data.present().get("output") or {}) if reply.result == 0 else {}
        if said.get("status") == "in_progress" and (said.get("progress") or {}).get("current_step", 0) >= ready:
            return
        if task.ending is not None:
            return
        await dock.clock.sleep(2)
    raise TaskFailed(NO_PARTNER, "the landing dock does not get ready")


def comes_down(dock: SimDock, there: SimDock) -> None:
    """The aircraft is above the landing dock, which hears it best from now on and tells of it."""
    dock.device.aircraft_state({"best_link_gateway": there.sn})
    landing = there.wayline.landing
    if landing is not None:
        landing.at("landing", 90)


async def hand_over(dock: SimDock, there: SimDock, task: Task) -> None:
    """The aircraft stands in the other dock, and is that one's from now on."""
    there.aircraft, there.aircraft_sn, there.aircraft_key = dock.aircraft, dock.aircraft_sn, dock.aircraft_key
    there.motion = Motion(there.aircraft, there.home, there.model.endurance)
    dock.aircraft = AircraftState(dock.home, settings=dict(there.aircraft.settings))
    dock.motion = Motion(dock.aircraft, dock.home, dock.model.endurance)
    dock.has_aircraft, there.has_aircraft = False, True
    landing = there.wayline.landing
    if landing is not None:
        landing.task.track_id, landing.task.media_count = task.track_id, task.media_count
        landing.task.ending = task.ending
    taken = dock.media.taken.pop(task.flight_id, [])
    there.media.taken[task.flight_id] = [replace(file, sn=there.sn) for file in taken]
    flight.landed(there)
    for one in (dock, there):
        await one.device.tell_power()
    if landing is not None:
        landing.arrived = True
    dock.touch()


class Landing:
    """The part of the landing dock: it gets ready, waits for the aircraft, and closes its cover over it."""

    def __init__(self, dock: SimDock, feature: Wayline, task: Task) -> None:
        self.dock = dock
        self.feature = feature
        self.task = task
        self.ready = False
        self.arrived = False

    async def run(self) -> None:
        """From the accepted execute to the last progress."""
        dock, task = self.dock, self.task
        task.phase, task.status = "preparing", "in_progress"
        self.feature.landing = self
        for number, (step, seconds) in enumerate(GETTING_READY):
            self.at(step, 20 * number // len(GETTING_READY))
            if step == "enter_work":
                flight.enter_work(dock)
            elif step == "power_on":
                dock.state.cover = Cover.OPEN
            await dock.clock.sleep(seconds)
        self.ready = True
        while not self.arrived and task.ending is None:
            await dock.clock.sleep(dock.clock.progress_interval)
            if task.step == "landing_dock":
                tell(dock, task)
        self.ready = False
        task.phase = "landed"
        for step, seconds in AFTERMATH:
            if step == "notify":
                break
            self.at(step, 95)
            if step == "cover_close":
                await flight.close_up(dock)
            elif step == "leave_work":
                flight.leave_work(dock)
            elif step == "media_count" and self.arrived:
                task.media_count += self.feature.gather(task)
            await dock.clock.sleep(seconds)
        self.feature.landing = None
        await self.feature.finish(task)

    def at(self, step: Step, percent: int) -> None:
        """A step is reached: told, and a scenario may have something against it."""
        self.task.step, self.task.percent = step, percent
        tell(self.dock, self.task)
        self.dock.touch()
        self.dock.passed(step, str(self.dock.model.step(step)))
