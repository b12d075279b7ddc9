"""The gimbal camera, over services: `camera_*`, `gimbal_reset`, `ir_metering_*`, `photo_storage_set` and `video_`."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from dji import products
from simulator import osd
from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, service
from simulator.motion import bearing, ground_distance
from simulator.state import Position

NO_CAMERA, NO_CONTROL, PHOTO_FAILED, RECORDING_FAILED, STOP_FAILED = 327001, 327012, 327006, 327007, 327008
MODE_FAILED, IR_FAILED, LIMIT, NO_PANORAMA = 327009, 327011, 327014, 327206
SINGLE, VIDEO, LOW_LIGHT, PANORAMA = 0, 1, 2, 3
IDLE, SHOOTING, STITCHING = 3000, 3002, 3005
PITCH_DOWN, PITCH_UP = -90.0, 35.0
SCREEN = 60.0  # degrees the picture is wide
LENSES = {"current", "wide", "zoom", "ir", "vision"}


class Camera(Feature):
    """What payload commands do to the camera. They need the payload's authority."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self._panorama: asyncio.Task[Any] | None = None
        self.shots = 0

    def known(self, index: str) -> None:
        """Raises Refused for a payload that is not there."""
        if index != osd.main_index(self.dock):
            raise Refused(NO_CAMERA, f"no payload {index}")

    def ready(self, call: Call) -> Json:
        """The command's data, once payload and authority are right. Raises Refused."""
        data = call.data
        if not self.dock.aircraft.on or self.dock.aircraft.upgrading:
            raise Refused(NO_CAMERA, "the aircraft is off, or gets new firmware")
        self.known(data["payload_index"])
        if data["payload_index"] not in self.dock.drc.payload_authority:
            raise Refused(NO_CONTROL, "payload authority was not grabbed")
        lens = data.get("camera_type")
        payload = products.payload(data["payload_index"])
        if lens is not None and payload is not None and lens not in payload.lenses:
            raise Refused(IR_FAILED if lens == "ir" else NO_CAMERA, f"no lens {lens}")
        return data

    # Modes, photos, videos

    @service("camera_mode_switch")
    async def switch_mode(self, call: Call) -> Answer:
        data = self.ready(call)
        if self.dock.aircraft.camera.recording or self._panorama is not None:
            raise Refused(MODE_FAILED, "it is recording or taking a panorama")
        self.dock.aircraft.camera.mode = data["camera_mode"]
        return Answer()

    @service("camera_photo_take")
    async def take_photo(self, call: Call) -> Answer:
        self.ready(call)
        camera = self.dock.aircraft.camera
        if camera.mode == VIDEO or self._panorama is not None:
            raise Refused(PHOTO_FAILED, "not in a photo mode, or busy")
        if camera.mode == PANORAMA:
            if not self.dock.aircraft.flying:
                raise Refused(NO_PANORAMA, "a panorama is taken in flight")
            self._panorama = self.dock.spawn(self._take_panorama(call.bid), "panorama")
            return Answer(output={"status": "in_progress"})
        self._shoot()
        return Answer()

    def _shoot(self) -> None:
        if not self.dock.media.photo(self._flight()):
            raise Refused(PHOTO_FAILED, "no room")
        self.shots += 1

    def _flight(self) -> str:
        running = self.dock.wayline.running
        return running.flight_id if running is not None else self.dock.command_flight.flight_id

    async def _take_panorama(self, bid: str) -> None:
        for percent in range(0, 100, 20):
            self._tell_panorama("in_progress", SHOOTING if percent < 80 else STITCHING, percent, bid)
            await self.dock.clock.sleep(1)
        self._shoot()
        self._panorama = None
        self._tell_panorama("ok", IDLE, 100, bid)

    def _tell_panorama(self, status: str, step: int, percent: int, bid: str, result: int = 0) -> None:
        progress = {"current_step": step, "percent": percent}
        output = {"status": status, "progress": progress, "ext": {"camera_mode": PANORAMA}}
        self.dock.link.event("camera_photo_take_progress", {"result": result, "output": output}, bid=bid, need_reply=1)

    @service("camera_photo_stop")
    async def stop_photo(self, call: Call) -> Answer:
        self.ready(call)
        task, self._panorama = self._panorama, None
        if task is None:
            raise Refused(PHOTO_FAILED, "nothing is being taken")
        task.cancel()

        async def then() -> None:
            self._tell_panorama("fail", IDLE, 0, call.bid, 327202)

        return Answer(then=then)

    @service("camera_recording_start")
    async def start_recording(self, call: Call) -> Answer:
        self.ready(call)
        camera = self.dock.aircraft.camera
        if camera.mode != VIDEO or camera.recording:
            raise Refused(RECORDING_FAILED, "not in video mode, or recording")
        camera.recording, camera.record_time = True, 0.0
        return Answer()

    @service("camera_recording_stop")
    async def stop_recording(self, call: Call) -> Answer:
        self.ready(call)
        camera = self.dock.aircraft.camera
        if not camera.recording:
            raise Refused(STOP_FAILED, "it does not record")
        camera.recording = False
        self.dock.media.video(self._flight())
        return Answer()

    # Where it looks

    @service("gimbal_reset")
    async def reset_gimbal(self, call: Call) -> Answer:
        """0 both to the middle, 1 down and middle, 2 yaw only, 3 pitch only."""
        mode, camera = self.ready(call)["reset_mode"], self.dock.aircraft.camera
        if mode in (0, 2):
            camera.yaw = 0.0
        if mode in (0, 3):
            camera.pitch = 0.0 if mode == 0 else PITCH_DOWN
        if mode == 1:
            camera.pitch, camera.yaw = PITCH_DOWN, 0.0
        return Answer()

    @service("camera_aim", "camera_frame_zoom")
    async def aim(self, call: Call) -> Answer:
        data = self.ready(call)
        x, y = data["x"] + data.get("width", 0) / 2, data["y"] + data.get("height", 0) / 2
        self._turn((x - 0.5) * SCREEN, (0.5 - y) * SCREEN, data["locked"])
        if call.method == "camera_frame_zoom":
            camera = self.dock.aircraft.camera
            camera.zoom = min(200.0, max(2.0, camera.zoom / max(0.01, data["width"])))
        return Answer()

    @service("camera_screen_drag")
    async def drag(self, call: Call) -> Answer:
        """Speeds hold for the half second between two such commands."""
        data = self.ready(call)
        self._turn(data["yaw_speed"] / 2, data["pitch_speed"] / 2, data["locked"])
        return Answer()

    @service("camera_look_at")
    async def look_at(self, call: Call) -> Answer:
        data = self.ready(call)
        craft = self.dock.aircraft
        target = Position(data["latitude"], data["longitude"], data["height"])
        distance = max(0.1, ground_distance(craft.position, target))
        craft.camera.pitch = math.degrees(math.atan2(target.height - craft.position.height, distance))
        side = (bearing(craft.position, target) - craft.heading + 180) % 360 - 180
        if data["locked"] and craft.flying:
            craft.heading, craft.camera.yaw = craft.heading + side, 0.0
        else:
            craft.camera.yaw = side
        return Answer()

    def _turn(self, yaw: float, pitch: float, locked: bool) -> None:
        craft = self.dock.aircraft
        wanted = craft.camera.pitch + pitch
        if not PITCH_DOWN - 1 <= wanted <= PITCH_UP + 1:
            raise Refused(LIMIT, f"pitch {wanted:.0f} degrees")
        craft.camera.pitch = max(PITCH_DOWN, min(PITCH_UP, wanted))
        if locked and craft.flying:
            craft.heading = (craft.heading + yaw + 180) % 360 - 180
        else:
            craft.camera.yaw = max(-30.0, min(30.0, craft.camera.yaw + yaw))

    # What osd shows again

    @service("camera_focal_length_set")
    async def zoom(self, call: Call) -> Answer:
        data, camera = self.ready(call), self.dock.aircraft.camera
        if data["camera_type"] == "ir":
            if data["zoom_factor"] > 20:
                raise Refused(IR_FAILED, "infrared zooms up to 20")
            camera.ir_zoom = data["zoom_factor"]
        else:
            camera.zoom = data["zoom_factor"]
        return Answer()

    @service("camera_screen_split")
    async def split(self, call: Call) -> Answer:
        self.dock.aircraft.camera.split = bool(self.ready(call)["enable"])
        return Answer()

    @service(
        "camera_exposure_mode_set", "camera_exposure_set", "camera_focus_mode_set", "camera_focus_value_set",
        "camera_point_focus_action",
    )  # fmt: skip
    async def set_lens(self, call: Call) -> Answer:
        data, settings = self.ready(call), self.dock.aircraft.camera.settings
        lens = data["camera_type"]
        for name in ("exposure_mode", "exposure_value", "focus_mode", "focus_value"):
            if name in data:
                settings[f"{lens}_{name}"] = int(data[name])
        return Answer()

    @service("ir_metering_mode_set", "ir_metering_point_set", "ir_metering_area_set")
    async def meter(self, call: Call) -> Answer:
        data, settings = self.ready(call), self.dock.aircraft.camera.settings
        payload = products.payload(data["payload_index"])
        if payload is None or not payload.has_ir:
            raise Refused(IR_FAILED, "no infrared lens")
        place = {name: data[name] for name in ("x", "y", "width", "height") if name in data}
        if call.method == "ir_metering_mode_set":
            settings["ir_metering_mode"] = data["mode"]
        elif call.method == "ir_metering_point_set":
            settings["ir_metering_point"] = {**place, "temperature": 22.4}
        else:
            corner = {"x": data["x"], "y": data["y"]}
            settings["ir_metering_area"] = {
                **place,
                "aver_temperature": 21.7,
                "min_temperature_point": {**corner, "temperature": 14.2},
                "max_temperature_point": {**corner, "temperature": 31.9},
            }
        return Answer()

    @service("photo_storage_set", "video_storage_set")
    async def store(self, call: Call) -> Answer:
        data, camera = self.ready(call), self.dock.aircraft.camera
        if "photo_storage_settings" in data:
            camera.photo_storage = list(data["photo_storage_settings"])
        else:
            camera.video_storage = list(data["video_storage_settings"])
        return Answer()

    async def powered_off(self) -> None:
        self._panorama = None
        self.dock.aircraft.camera.recording = False

    def shown(self) -> Json:
        camera = self.dock.aircraft.camera
        return {"mode": camera.mode, "recording": camera.recording, "zoom": camera.zoom, "pitch": camera.pitch}
