"""Remote debugging: `debug_mode_open`, then commands that answer at once and jobs that report under their own name."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from simulator import osd
from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, service
from simulator.state import Cover, DockMode

UPGRADING, WORKING, NOT_IN_DEBUG, BUSY, EMERGENCY = 514147, 514148, 514153, 514116, 514121
NO_AIRCRAFT, BATTERY_FULL, COVER_OPEN, NO_MAINTENANCE, REBOOT_REFUSED = 514109, 514125, 514174, 514139, 514151
NO_DONGLE, ESIM_MISSING, AIRCRAFT_OFF, TOO_COLD = 326008, 326107, 317002, 514184
TOO_HOT, NOT_CALIBRATED = 514185, 325001


@dataclass(frozen=True)
class Job:
    """A job's steps (its last one does the work), how long it takes in simulated seconds, and what it does."""

    steps: tuple[str, ...]
    seconds: float
    work: str


_CHECKS = ("get_bid", "check_work_mode", "check_task_state", "check_scram_state")
_POWER_CHECKS = ("get_bid", "check_ac_input_state", "upgrading_prevent_reboot", "check_work_mode", "check_task_state")

JOBS: Final[dict[str, Job]] = {
    "cover_open": Job((*_CHECKS, "open_cover"), 6, "open_cover"),
    "cover_close": Job(
        (*_CHECKS, "turn_on_drone", "drone_paddle_forward", "close_cover", "drone_paddle_reverse", "drone_paddle_stop"),
        8,
        "close_cover",
    ),
    "cover_force_close": Job((), 5, "close_cover"),
    "putter_open": Job((*_CHECKS, "free_putter"), 4, "open_putter"),
    "putter_close": Job((*_CHECKS, "close_putter"), 4, "close_putter"),
    "charge_open": Job((*_CHECKS, "check_cover", "start_charge"), 3, "start_charge"),
    "charge_close": Job((*_CHECKS[:3], "stop_charge"), 2, "stop_charge"),
    "drone_open": Job((), 5, "wake"),
    "drone_close": Job((*_POWER_CHECKS, "check_scram_state", "close_drone"), 4, "sleep"),
    "device_reboot": Job((*_POWER_CHECKS, "write_reboot_param_file"), 3, "reboot"),
    "device_format": Job((), 4, "format_dock"),
    "drone_format": Job((), 4, "format_aircraft"),
    "esim_activate": Job((), 4, "activate_esim"),
    "esim_operator_switch": Job((), 4, "switch_operator"),
}


class RemoteDebug(Feature):
    """Debug mode, its jobs and its switches."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.job: str | None = None

    @service("debug_mode_open")
    async def open_debug(self, call: Call) -> Answer:
        state = self.dock.state
        if state.upgrading or self.dock.aircraft.upgrading:
            raise Refused(UPGRADING, "firmware is being updated")
        if self.dock.wayline.running is not None or state.mode is DockMode.WORKING:
            raise Refused(WORKING, "the dock works")
        state.mode = DockMode.REMOTE_DEBUG
        self.dock.touch()
        return Answer(output={"status": "ok"})

    @service("debug_mode_close")
    async def close_debug(self, call: Call) -> Answer:
        if self.job is not None:
            raise Refused(BUSY, f"{self.job} runs")
        if self.dock.state.mode is DockMode.REMOTE_DEBUG:
            self.dock.state.mode = DockMode.IDLE
        self.dock.touch()
        return Answer(output={"status": "ok"})

    def _in_debug(self) -> None:
        if self.dock.state.mode is not DockMode.REMOTE_DEBUG:
            raise Refused(NOT_IN_DEBUG, "not in debug mode")
        if self.job is not None:
            raise Refused(BUSY, f"{self.job} runs")

    # Jobs

    @service(*JOBS)
    async def begin(self, call: Call) -> Answer:
        self._in_debug()
        if self.dock.state.emergency_stop and call.method not in ("device_reboot", "device_format", "drone_format"):
            raise Refused(EMERGENCY, "the emergency stop is pressed")
        self._possible(call)
        self.job = call.method
        output = None if call.method == "esim_operator_switch" else {"status": "in_progress"}
        return Answer(output=output, then=lambda: self._run(call))

    def _possible(self, call: Call) -> None:
        state, craft = self.dock.state, self.dock.aircraft
        method = call.method
        if method == "drone_open" and not state.aircraft_inside:
            raise Refused(NO_AIRCRAFT, "no aircraft inside")
        if method == "charge_open" and state.cover is not Cover.CLOSED:
            raise Refused(COVER_OPEN, "the cover is open")
        if method == "charge_open" and craft.battery > 95:
            raise Refused(BATTERY_FULL, "the battery is full")
        if method == "drone_format" and not craft.on:
            raise Refused(AIRCRAFT_OFF, "the aircraft is off")
        if method == "device_reboot" and state.upgrading:
            raise Refused(REBOOT_REFUSED, "firmware is being updated")
        if method.startswith("esim_"):
            self._dongle(call)
        if method == "esim_operator_switch" and not state.esim_activated:
            raise Refused(ESIM_MISSING, "the eSIM is not activated")

    def _dongle(self, call: Call) -> None:
        sn = self.dock.sn if call.data["device_type"] == "dock" else self.dock.aircraft_sn
        if call.data["imei"] != osd.imei(sn):
            raise Refused(NO_DONGLE, f"no dongle {call.data['imei']}")

    async def _run(self, call: Call) -> None:
        job = JOBS[call.method]
        steps = job.steps or ("",)
        works: Callable[[Call], Awaitable[int]] = getattr(self, f"_{job.work}")
        try:
            for number, step in enumerate(steps[:-1]):
                self._tell(call, "in_progress", 100 * number // len(steps), step)
                await self.dock.clock.sleep(job.seconds / 2 / len(steps))
            self._tell(call, "in_progress", 100 * (len(steps) - 1) // len(steps), steps[-1])
            if job.work == "reboot":
                # It is gone before it could say that it went well
                self._tell(call, "ok", 100, steps[-1])
                await self.dock.clock.sleep(0.5)
            else:
                await self.dock.clock.sleep(job.seconds / 2)
            result = await works(call)
        finally:
            self.job = None
        if job.work != "reboot":
            self._tell(call, "failed" if result else "ok", 100, steps[-1], result)
        self.dock.touch()

    def _tell(self, call: Call, status: str, percent: int, step: str, result: int = 0) -> None:
        output: Json = {"status": status}
        if call.method != "drone_open":
            output["progress"] = {"percent": percent} | ({"step_key": step} if step else {})
        self.dock.link.event(call.method, {"result": result, "output": output}, bid=call.bid, names=[status, step])

    async def _open_cover(self, call: Call) -> int:
        return await self._move("cover", Cover.OPEN, 514107)

    async def _close_cover(self, call: Call) -> int:
        return await self._move("cover", Cover.CLOSED, 514108)

    async def _open_putter(self, call: Call) -> int:
        return await self._move("putter", Cover.OPEN, 514101)

    async def _close_putter(self, call: Call) -> int:
        return await self._move("putter", Cover.CLOSED, 514102)

    async def _move(self, part: str, to: Cover, failure: int) -> int:
        state = self.dock.state
        if getattr(state, part) is Cover.FAULT:
            return failure
        if getattr(state, part) is not to:
            setattr(state, part, Cover.HALF)
            self.dock.touch()
            await self.dock.clock.sleep(2)
            setattr(state, part, to)
        return 0

    async def _start_charge(self, call: Call) -> int:
        self.dock.state.charging = True
        return 0

    async def _stop_charge(self, call: Call) -> int:
        self.dock.state.charging = False
        return 0

    async def _wake(self, call: Call) -> int:
        await self.dock.device.wake()
        return 0

    async def _sleep(self, call: Call) -> int:
        await self.dock.device.sleep()
        return 0

    async def _reboot(self, call: Call) -> int:
        self.dock.reboot()
        await asyncio.sleep(60)  # cancelled by the reboot
        return 0

    async def _format_dock(self, call: Call) -> int:
        self.dock.state.storage_used = 0
        return 0

    async def _format_aircraft(self, call: Call) -> int:
        if self.dock.media.waiting:
            return 317006
        self.dock.aircraft.storage_used = 0
        return 0

    async def _activate_esim(self, call: Call) -> int:
        self.dock.state.esim_activated = 1
        self._tell_dongles()
        return 0

    async def _switch_operator(self, call: Call) -> int:
        self.dock.state.esim_operator = call.data["esim_operator"]
        self._tell_dongles()
        return 0

    # Switches

    @service("sim_slot_switch")
    async def switch_slot(self, call: Call) -> Answer:
        self._in_debug()
        self._dongle(call)
        self.dock.state.sim_slot = call.data["sim_slot"]
        self._tell_dongles()
        return Answer()

    def _tell_dongles(self) -> None:
        self.dock.device.dock_state({"dongle_infos": [osd.dongle(self.dock, self.dock.sn)]})

    @service(
        "supplement_light_open", "supplement_light_close", "alarm_state_switch", "battery_store_mode_switch",
        "battery_maintenance_switch", "air_conditioner_mode_switch", "sdr_workmode_switch",
    )  # fmt: skip
    async def switch(self, call: Call) -> Answer:
        if call.method != "sdr_workmode_switch":
            self._in_debug()
        state, action = self.dock.state, call.data.get("action")
        if call.method.startswith("supplement_light"):
            state.supplement_light = int(call.method.endswith("open"))
        elif call.method == "alarm_state_switch":
            state.alarm = int(action or 0)
        elif call.method == "battery_store_mode_switch":
            state.battery_store_mode = int(action or 1)
        elif call.method == "battery_maintenance_switch":
            if action and state.charging:
                raise Refused(NO_MAINTENANCE, "the battery charges")
            state.battery_maintenance = int(action or 0)
        elif call.method == "air_conditioner_mode_switch":
            self._condition(int(action or 0))
        else:
            state.enhanced_transmission = call.data["link_workmode"]
        self.dock.touch()
        return Answer(output=None if call.method == "sdr_workmode_switch" else {"status": "ok"})

    def _condition(self, action: int) -> None:
        outside = self.dock.weather.temperature
        if action == 1 and outside < 0:
            raise Refused(TOO_COLD, "below 0 degrees")
        if action == 2 and outside > 45:
            raise Refused(TOO_HOT, "above 45 degrees")
        self.dock.state.air_conditioner = action

    @service("rtk_calibration")
    async def calibrate(self, call: Call) -> Answer:
        self._in_debug()
        if any(device["sn"] != self.dock.sn for device in call.data["devices"] if device.get("module") == "3"):
            raise Refused(NOT_CALIBRATED, "another dock")
        return Answer(output={"status": "in_progress"}, then=lambda: self._calibrate(call))

    async def _calibrate(self, call: Call) -> None:
        for percent in (0, 50, 100):
            done = percent == 100
            devices = [
                {"sn": d["sn"], "type": d["type"], "module": d["module"], "result": 0,
                 "status": "ok" if done else "in_progress"}
                for d in call.data["devices"]
            ]  # fmt: skip
            output = {
                "status": "ok" if done else "in_progress",
                "progress": {"percent": percent, "current_step": percent // 50},
                "ext": {"devices": devices, "version": 1},
            }
            if done:
                self.dock.state.calibrated = 1
            self.dock.link.event("rtk_calibration", {"result": 0, "output": output}, bid=call.bid)
            await self.dock.clock.sleep(1)

    async def powered_off(self) -> None:
        self.job = None
        if self.dock.state.mode is DockMode.REMOTE_DEBUG:
            self.dock.state.mode = DockMode.IDLE

    def shown(self) -> Json:
        return {"job": self.job}
