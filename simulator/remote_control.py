"""`drc_*` on the link of the live flight controls (Dock 2 and 3): camera, lights, speaker, widgets, landing."""

from __future__ import annotations

import asyncio
from typing import Any

from simulator import osd
from simulator.envelope import Json
from simulator.feature import Answer, Call, Feature, Refused, drc
from simulator.psdk import SPEAKER, TTS_STEPS

NOT_FLYING, WAYLINE_RUNS, NO_LIGHT, NO_PANORAMA, NO_SPEAKER = 319030, 319016, 327055, 327204, 327050
LIGHT = 1
STATE_EVERY, OSD_EVERY = 1.0, 1.0  # real s
VIDEO = 1


class RemoteControl(Feature):
    """What the cockpit sets over the live link, and the states that the aircraft pushes back."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.camera: Json = {"photo_size": 0, "interval_photo_interval": 3, "video_resolution": "1",
                             "linkage_zoom_state": False, "photo_format": 7}  # fmt: skip
        self.night: Json = {"night_mode": 0, "denoise_level": 2, "night_vision_enable": False,
                            "infrared_fill_light_enable": False, "night_scene_mode_suggestion": 0,
                            "is_working": 0}  # fmt: skip
        self.lens: Json = {}
        self.light: Json = {"work_mode": 0, "brightness": 50, "calibration_status": 0, "calibration_progress": 0,
                            "left_value": 0, "right_value": 0}  # fmt: skip
        self.stealth = False

    # Camera

    @drc(
        "drc_camera_aperture_value_set", "drc_camera_shutter_set", "drc_camera_iso_set",
        "drc_camera_mechanical_shutter_set", "drc_camera_dewarping_set",
    )  # fmt: skip
    async def set_lens(self, call: Call) -> Answer:
        data = self.dock.camera.ready(call)
        lens = data["camera_type"]
        shown = {"aperture_value": "aperture_value", "shutter_value": "shutter_speed", "iso_value": "iso"}
        for name, field in shown.items():
            if name in data:
                self.lens[f"{lens}_{field}"] = data[name]
        return Answer()

    @drc("drc_camera_night_mode_set", "drc_camera_denoise_level_set", "drc_camera_night_vision_enable",
         "drc_infrared_fill_light_enable")  # fmt: skip
    async def set_night(self, call: Call) -> Answer:
        data = self.dock.camera.ready(call)
        if call.method == "drc_camera_night_mode_set":
            self.night["night_mode"] = data["mode"]
            self.night["is_working"] = int(data["mode"] == 1)
        elif call.method == "drc_camera_denoise_level_set":
            self.night["denoise_level"] = data["level"]
        else:
            field = "night_vision_enable" if "vision" in call.method else "infrared_fill_light_enable"
            self.night[field] = bool(data["enable"])
        return Answer()

    @drc("drc_camera_photo_format_set", "drc_video_resolution_set", "drc_linkage_zoom_set", "drc_interval_photo_set")
    async def set_camera(self, call: Call) -> Answer:
        data = self.dock.camera.ready(call)
        fields = {"photo_format": "photo_format", "video_resolution": "video_resolution",
                  "state": "linkage_zoom_state", "interval": "interval_photo_interval"}  # fmt: skip
        for name, field in fields.items():
            if name in data:
                # Told as text, and reported as a number.
                self.camera[field] = float(data[name]) if name == "interval" else data[name]
        return Answer()

    @drc("drc_camera_mode_switch")
    async def switch_mode(self, call: Call) -> Answer:
        data = self.dock.camera.ready(call)
        if self.dock.aircraft.camera.recording:
            raise Refused(NO_PANORAMA, "it is recording")
        self.dock.aircraft.camera.mode = data["camera_mode"]
        return Answer()

    @drc("drc_photo_storage_set", "drc_video_storage_set")
    async def store(self, call: Call) -> Answer:
        return await self.dock.camera.store(call)

    # Aircraft

    @drc("drc_night_lights_state_set", "drc_stealth_state_set")
    async def set_lights(self, call: Call) -> Answer:
        if not self.dock.aircraft.on:
            raise Refused(NOT_FLYING, "the aircraft is off")
        if "night_lights_state" in call.data:
            self.dock.aircraft.settings["night_lights_state"] = int(call.data["night_lights_state"])
        else:
            self.stealth = bool(call.data["stealth_state"])
        return Answer(then=self._push_drone)

    @drc("drc_force_landing", "drc_emergency_landing")
    async def land(self, call: Call) -> Answer:
        """Down, where it is; an emergency stop ends it."""
        dock = self.dock
        if not dock.aircraft.flying or not dock.drc.has_flight_authority:
            raise Refused(NOT_FLYING, "not in the air, or no authority")
        if dock.wayline.running is not None:
            raise Refused(WAYLINE_RUNS, "a wayline task is flown")
        dock.command_flight.land_here()
        return Answer(then=self._push_drone)

    @drc("drc_initial_state_subscribe")
    async def subscribe(self, call: Call) -> Answer:
        """Everything at once, for a cockpit that has just come."""

        async def then() -> None:
            await self._push_drone()
            self._push_camera()
            self.dock.drc.push("drc_camera_osd_info_push", self._camera_osd())
            if self.dock.model.name == "dock3":
                for port in (LIGHT, SPEAKER):
                    self.dock.drc.push("drc_psdk_state_info", self._payload(port))
                    resource = {"psdk_index": port, "psdk_ready": 1, "object_key": self.dock.psdk.ui_key or ""}
                    self.dock.drc.push("drc_psdk_ui_resource", resource)

        return Answer(then=then)

    # Searchlight, speaker and widgets (Dock 3)

    @drc("drc_light_brightness_set", "drc_light_mode_set", "drc_light_fine_tuning_set", "drc_light_calibration")
    async def set_light(self, call: Call) -> Answer:
        data = call.data
        if data["psdk_index"] != LIGHT or not self.dock.aircraft.on:
            raise Refused(NO_LIGHT, f"no light on port {data['psdk_index']}")
        if "brightness" in data:
            self.light["brightness"] = data["brightness"]
        elif "mode" in data:
            self.light["work_mode"] = data["mode"]
        elif "position" in data:
            self.light["left_value" if data["position"] == 0 else "right_value"] = data["value"]
        else:
            self.light |= {"calibration_status": 1, "calibration_progress": 0}
            return Answer(then=self._calibrate)
        return Answer(then=self._push_light)

    async def _calibrate(self) -> None:
        for percent in (30, 60, 100):
            await self.dock.clock.sleep(1)
            self.light["calibration_progress"] = percent
            self.light["calibration_status"] = int(percent < 100)
            await self._push_light()

    def _speaker(self, call: Call) -> None:
        if call.data["psdk_index"] != SPEAKER or not self.dock.aircraft.on:
            raise Refused(NO_SPEAKER, f"no speaker on port {call.data['psdk_index']}")

    @drc("drc_speaker_tts_set")
    async def set_voice(self, call: Call) -> Answer:
        self._speaker(call)
        self.dock.psdk.tts = {name: call.data[name] for name in ("volume", "type", "language", "speed")}
        return Answer()

    @drc("drc_speaker_tts_play_start")
    async def speak(self, call: Call) -> Answer:
        self._speaker(call)
        psdk = self.dock.psdk
        steps = ("change_work_mode", "tts_processing", *TTS_STEPS[1:])
        return Answer(then=lambda: psdk.play(call, call.data["tts"], steps))

    @drc("drc_speaker_play_stop", "drc_speaker_replay")
    async def stop_or_replay(self, call: Call) -> Answer:
        return await self.dock.psdk.stop_or_replay(call)

    @drc("drc_speaker_play_volume_set", "drc_speaker_play_mode_set")
    async def set_speaker(self, call: Call) -> Answer:
        return await self.dock.psdk.set_speaker(call)

    @drc("drc_psdk_widget_value_set")
    async def set_widget(self, call: Call) -> Answer:
        return await self.dock.psdk.set_widget(call)

    @drc("drc_psdk_input_box_text_set")
    async def set_text(self, call: Call) -> Answer:
        answer = await self.dock.psdk.set_text(call)
        text = {"psdk_index": call.data["psdk_index"], "floating_window_text": call.data["value"]}

        async def then() -> None:
            self.dock.drc.push("drc_psdk_floating_window_text", text)

        answer.then = then
        return answer

    # Pushes

    def pushes(self) -> list[asyncio.Task[Any]]:
        """The states that are pushed for as long as the link is there; Dock 1 has none."""
        if self.dock.model.name == "dock1":
            return []
        return [self.dock.spawn(self._push_states(), "drc states")]

    async def _push_states(self) -> None:
        while True:
            await self._push_drone()
            self._push_camera()
            self.dock.drc.push("drc_camera_osd_info_push", self._camera_osd())
            if self.dock.model.name == "dock2":
                self.dock.drc.push("drc_camera_photo_info_push", self._photo())
            else:
                self.dock.drc.push("drc_ai_info_push", self.dock.ai.info())
            await asyncio.sleep(STATE_EVERY)

    async def _push_drone(self) -> None:
        craft = self.dock.aircraft
        data: Json = {
            "stealth_state": self.stealth,
            "night_lights_state": bool(craft.settings.get("night_lights_state")),
            "mode_code": int(craft.mode),
        }
        if self.dock.model.name == "dock2":
            data |= {"landing_type": 0, "landing_protection_type": 0}
        self.dock.drc.push("drc_drone_state_push", data)

    def _push_camera(self) -> None:
        camera = self.dock.aircraft.camera
        state = {
            **self.camera,
            "camera_mode": camera.mode,
            "record_time": round(camera.record_time),
            "recording_state": int(camera.recording),
            "photo_state": camera.photo_state,
            "remain_photo_num": camera.remain_photos,
            "remain_record_duration": 7200,
        }
        if self.dock.model.name == "dock2":
            del state["photo_format"]
        else:
            state["night_mode_settings"] = dict(self.night)
        storage = {"photo_storage_settings": camera.photo_storage, "video_storage_settings": camera.video_storage}
        data = {"payload_index": osd.main_index(self.dock), "camera_state": state, "media_storage": storage}
        self.dock.drc.push("drc_camera_state_push", data)

    def _camera_osd(self) -> Json:
        camera = self.dock.aircraft.camera
        lens = {**camera.settings, **self.lens}
        wide = {name: value for name, value in lens.items() if name.startswith("wide_")}
        zoom = {name: value for name, value in lens.items() if name.startswith("zoom_")}
        region = {"left": 0.4, "top": 0.4, "right": 0.6, "bottom": 0.6}
        return {
            "payload_index": osd.main_index(self.dock),
            "wide_lense": {"wide_exposure_mode": 1, **wide},
            "zoom_lense": {"zoom_exposure_mode": 1, "zoom_factor": camera.zoom, **zoom},
            "ir_lense": {"screen_split_enable": camera.split, "ir_zoom_factor": camera.ir_zoom},
            "liveview": {"liveview_world_region": region},
        }

    def _photo(self) -> Json:
        progress = {"current_step": 3000, "percent": 100}
        return {"countdown_time": 0, "result": 0, "status": "ok", "progress": progress, "ext": {"camera_mode": 3}}

    async def _push_light(self) -> None:
        self.dock.drc.push("drc_psdk_state_info", self._payload(LIGHT))

    def _payload(self, port: int) -> Json:
        psdk = self.dock.psdk
        common = {
            "psdk_index": port,
            "psdk_type": 5,
            "psdk_name": "Searchlight" if port == LIGHT else "Speaker",
            "psdk_sn": f"{self.dock.aircraft_sn[-8:]}P{port}",
            "psdk_version": "01.00.00.12",
            "psdk_lib_version": "3.8.1",
        }
        if port == LIGHT:
            return {**common, "light": dict(self.light)}
        speaker = {
            "work_mode": 0,
            "play_mode": psdk.mode,
            "system_state": psdk.state,
            "play_volume": max(1, psdk.volume),
            "play_file_name": psdk.last["name"],
            "play_file_md5": psdk.last["md5"],
            **{f"tts_{name}": value for name, value in psdk.tts.items()},
        }
        return {**common, "speaker": speaker}
