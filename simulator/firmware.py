"""Firmware: `ota_create`, `ota_progress`, and the version that the device comes back with."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, service
from simulator.state import AircraftMode, DockMode
from simulator.wayline_task import TaskFailed, download

CONSISTENCY, NORMAL, PSDK = 2, 3, 4
RUNS, BUSY, AIRCRAFT_OFF, EMERGENCY, NO_AIRCRAFT = 312014, 312015, 312022, 312023, 312027
ENHANCED, LOW_BATTERY, PARAMETERS, NOT_ASKED = 312030, 312704, 312012, 312001
DOWNLOAD_FAILED, CHECK_FAILED = 312013, 312017
LEAST_BATTERY = 20.0  # %
STEPS = 5


class Firmware(Feature):
    """Updates of dock and aircraft, at most one of each at a time."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.history: list[Json] = []
        self._pending: dict[str, str] = {}

    @service("ota_create")
    async def create(self, call: Call) -> Answer:
        devices = call.data["devices"]
        self._check(devices)
        return Answer(output={"status": "in_progress"}, then=lambda: self._update(call, devices))

    def _check(self, devices: list[Json]) -> None:
        dock = self.dock
        if dock.state.upgrading or dock.aircraft.upgrading:
            raise Refused(RUNS, "an update runs")
        if dock.wayline.running is not None or dock.state.mode in (DockMode.WORKING, DockMode.REMOTE_DEBUG):
            raise Refused(BUSY, "the dock works")
        if dock.state.emergency_stop:
            raise Refused(EMERGENCY, "the emergency stop is pressed")
        if dock.state.enhanced_transmission:
            raise Refused(ENHANCED, "enhanced transmission is on")
        for device in devices:
            if device["sn"] not in (dock.sn, dock.aircraft_sn):
                raise Refused(PARAMETERS, f"no device {device['sn']}")
            if device["firmware_upgrade_type"] == NORMAL and not device.get("file_url"):
                raise Refused(PARAMETERS, "file_url is missing")
            asked = dock.aircraft if device["sn"] == dock.aircraft_sn else dock.state
            if device["firmware_upgrade_type"] == CONSISTENCY and not asked.compatible_status:
                raise Refused(NOT_ASKED, "the device needs no consistency upgrade")
        if any(device["sn"] == dock.aircraft_sn for device in devices):
            if not dock.state.aircraft_inside:
                raise Refused(NO_AIRCRAFT, "no aircraft inside")
            if dock.aircraft.battery < LEAST_BATTERY:
                raise Refused(LOW_BATTERY, f"battery {dock.aircraft.battery:.0f} %")

    async def _update(self, call: Call, devices: list[Json]) -> None:
        dock = self.dock
        sns = {device["sn"] for device in devices}
        if dock.aircraft_sn in sns:
            await dock.device.wake()
        dock.state.mode = DockMode.UPGRADING
        self._mark(sns, upgrading=True)
        try:
            await self._download(call, devices)
        except TaskFailed as failure:
            self._tell(call, "failed", "download_firmware", 0, failure.code)
            self._mark(sns, upgrading=False)
            dock.state.mode = DockMode.IDLE
            return
        for number in range(STEPS):
            self._tell(call, "in_progress", "upgrade_firmware", 100 * number // STEPS)
            await dock.clock.sleep(2)
        for device in devices:
            self._pending[device["sn"]] = device["product_version"]
        self._tell(call, "ok", "upgrade_firmware", 100)
        self.history.append({"devices": sorted(sns), "bid": call.bid})
        await dock.clock.sleep(0.5)
        await self._come_back(sns)

    async def _download(self, call: Call, devices: list[Json]) -> None:
        for percent, device in enumerate(devices):
            self._tell(call, "in_progress", "download_firmware", 50 * percent)
            if not device.get("file_url"):
                continue
            try:
                content = await download(device["file_url"])
            except TaskFailed as failure:
                raise TaskFailed(DOWNLOAD_FAILED, str(failure)) from None
            found = hashlib.md5(content, usedforsecurity=False).hexdigest()
            size = device.get("file_size", len(content))
            if found != str(device.get("md5", "")).lower() or size != len(content):
                raise TaskFailed(CHECK_FAILED, f"MD5 {found}, {len(content)} bytes")
            await self.dock.clock.sleep(1)

    def _tell(self, call: Call, status: str, step: str, percent: int, result: int = 0) -> None:
        output = {"status": status, "progress": {"percent": percent, "current_step": step}}
        self.dock.link.event("ota_progress", {"result": result, "output": output}, bid=call.bid, names=[status, step])
        self.dock.touch()

    def _mark(self, sns: set[str], *, upgrading: bool) -> None:
        dock = self.dock
        if dock.sn in sns:
            dock.state.upgrading = upgrading
            dock.device.dock_state({"firmware_upgrade_status": int(upgrading)})
        if dock.aircraft_sn in sns:
            dock.aircraft.upgrading = upgrading
            dock.aircraft.mode = AircraftMode.UPGRADING if upgrading else AircraftMode.STANDBY
            dock.device.aircraft_state({"firmware_upgrade_status": int(upgrading)})

    async def _come_back(self, sns: set[str]) -> None:
        """The aircraft restarts by itself, the dock takes itself down: then the version is what it is."""
        dock = self.dock
        self._mark(sns, upgrading=False)
        dock.state.mode = DockMode.IDLE
        self._install(dock.aircraft_sn)
        if dock.aircraft_sn in sns:
            dock.aircraft.compatible_status = 0
            await dock.device.sleep()
            await dock.clock.sleep(2)
            await dock.device.wake()
        if dock.sn in sns:
            dock.state.compatible_status = 0
            self._install(dock.sn)
            dock.reboot()

    def _install(self, sn: str) -> None:
        version = self._pending.pop(sn, None)
        if version is None or self.dock.scenario.firmware_stays:
            return
        if sn == self.dock.sn:
            self.dock.memory.dock_firmware = version
        else:
            self.dock.memory.aircraft_firmware = version
        self.dock.memory.save()

    async def powered_off(self) -> None:
        self._pending.clear()
        self.dock.state.upgrading = self.dock.aircraft.upgrading = False
        if self.dock.state.mode is DockMode.UPGRADING:
            self.dock.state.mode = DockMode.IDLE

    def shown(self) -> Json:
        memory = self.dock.memory
        return {"dock": memory.dock_firmware, "aircraft": memory.aircraft_firmware, "updates": len(self.history)}
