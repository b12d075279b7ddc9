"""What a dock is sent, checked as strictly as it is documented: nothing is forgiven, and tests rely on that."""

from __future__ import annotations

from typing import Any, Final

import dji
from dji import differences, products
from dji.topics import Kind

_PAYLOAD = ("payload_index",)
_LENS = ("payload_index", "camera_type")
_PSDK = ("psdk_index",)

# What a command cannot do without. The documents have no such column; it follows from what each command means.
REQUIRED: Final[dict[str, tuple[str, ...]]] = {
    "live_start_push": ("url_type", "url", "video_id", "video_quality"),
    "live_stop_push": ("video_id",),
    "live_set_quality": ("video_id", "video_quality"),
    "live_lens_change": ("video_type",),
    "live_camera_change": ("video_id", "camera_position"),
    "flighttask_create": ("flight_id", "file"),
    "flighttask_prepare": (
        "flight_id", "task_type", "file", "rth_altitude", "out_of_control_action", "exit_wayline_when_rc_lost",
    ),
    "flighttask_execute": ("flight_id",),
    "flighttask_undo": ("flight_ids",),
    "flighttask_stop": ("flight_id", "reason"),
    "return_specific_home": ("home_dock_sn",),
    "in_flight_wayline_deliver": ("in_flight_wayline_id", "file"),
    "in_flight_wayline_stop": ("in_flight_wayline_id",),
    "in_flight_wayline_recover": ("in_flight_wayline_id",),
    "upload_flighttask_media_prioritize": ("flight_id",),
    "ota_create": ("devices",),
    "fileupload_list": ("module_list",),
    "fileupload_start": ("bucket", "region", "credentials", "endpoint", "provider", "params"),
    "fileupload_update": ("status", "module_list"),
    "unlock_license_switch": ("license_id", "enable"),
    "unlock_license_list": ("device_model_domain",),
    "alarm_state_switch": ("action",),
    "battery_maintenance_switch": ("action",),
    "battery_store_mode_switch": ("action",),
    "air_conditioner_mode_switch": ("action",),
    "sdr_workmode_switch": ("link_workmode",),
    "esim_activate": ("imei", "device_type"),
    "esim_operator_switch": ("imei", "device_type", "esim_operator"),
    "sim_slot_switch": ("imei", "device_type", "sim_slot"),
    "rtk_calibration": ("devices",),
    "payload_authority_grab": _PAYLOAD,
    "drc_mode_enter": ("mqtt_broker", "osd_frequency", "hsi_frequency"),
    "takeoff_to_point": (
        "flight_id", "target_latitude", "target_longitude", "target_height", "security_takeoff_height", "rth_altitude",
        "rc_lost_action", "max_speed",
    ),
    "fly_to_point": ("fly_to_id", "max_speed", "points"),
    "fly_to_point_update": ("max_speed", "points"),
    "poi_mode_enter": ("latitude", "longitude", "height"),
    "poi_circle_speed_set": ("circle_speed",),
    "camera_mode_switch": (*_PAYLOAD, "camera_mode"),
    "camera_photo_take": _PAYLOAD,
    "camera_photo_stop": _PAYLOAD,
    "camera_recording_start": _PAYLOAD,
    "camera_recording_stop": _PAYLOAD,
    "camera_aim": (*_LENS, "locked", "x", "y"),
    "camera_frame_zoom": (*_LENS, "locked", "x", "y", "width", "height"),
    "camera_focal_length_set": (*_LENS, "zoom_factor"),
    "camera_look_at": (*_PAYLOAD, "locked", "latitude", "longitude", "height"),
    "camera_screen_drag": (*_PAYLOAD, "locked", "pitch_speed", "yaw_speed"),
    "camera_screen_split": (*_PAYLOAD, "enable"),
    "camera_exposure_mode_set": (*_LENS, "exposure_mode"),
    "camera_exposure_set": (*_LENS, "exposure_value"),
    "camera_focus_mode_set": (*_LENS, "focus_mode"),
    "camera_focus_value_set": (*_LENS, "focus_value"),
    "camera_point_focus_action": (*_LENS, "x", "y"),
    "gimbal_reset": (*_PAYLOAD, "reset_mode"),
    "ir_metering_mode_set": (*_PAYLOAD, "mode"),
    "ir_metering_point_set": (*_PAYLOAD, "x", "y"),
    "ir_metering_area_set": (*_PAYLOAD, "x", "y", "width", "height"),
    "photo_storage_set": (*_PAYLOAD, "photo_storage_settings"),
    "video_storage_set": (*_PAYLOAD, "video_storage_settings"),
    "speaker_audio_play_start": (*_PSDK, "file"),
    "speaker_tts_play_start": (*_PSDK, "tts"),
    "speaker_play_stop": _PSDK,
    "speaker_replay": _PSDK,
    "speaker_play_mode_set": (*_PSDK, "play_mode"),
    "speaker_play_volume_set": (*_PSDK, "play_volume"),
    "psdk_input_box_text_set": (*_PSDK, "value"),
    "psdk_widget_value_set": (*_PSDK, "index", "value"),
    "custom_data_transmission_to_psdk": ("value",),
    "custom_data_transmission_to_esdk": ("value",),
    "stick_control": ("roll", "pitch", "throttle", "yaw"),
    "heart_beat": ("timestamp",),
    "drc_camera_mode_switch": (*_PAYLOAD, "camera_mode"),
    "drc_linkage_zoom_set": (*_PAYLOAD, "state"),
    "drc_video_resolution_set": (*_PAYLOAD, "video_resolution"),
    "drc_video_storage_set": (*_PAYLOAD, "video_storage_settings"),
    "drc_photo_storage_set": (*_PAYLOAD, "photo_storage_settings"),
    "drc_interval_photo_set": (*_PAYLOAD, "interval"),
    "drc_camera_aperture_value_set": (*_LENS, "aperture_value"),
    "drc_camera_shutter_set": (*_LENS, "shutter_value"),
    "drc_camera_iso_set": (*_LENS, "iso_value"),
    "drc_camera_mechanical_shutter_set": (*_LENS, "mechanical_shutter_state"),
    "drc_camera_dewarping_set": (*_LENS, "dewarping_state"),
    "drc_camera_denoise_level_set": (*_PAYLOAD, "level"),
    "drc_camera_night_mode_set": (*_PAYLOAD, "mode"),
    "drc_camera_night_vision_enable": (*_PAYLOAD, "enable"),
    "drc_infrared_fill_light_enable": (*_PAYLOAD, "enable"),
    "drc_camera_photo_format_set": (*_PAYLOAD, "photo_format"),
    "drc_night_lights_state_set": ("night_lights_state",),
    "drc_stealth_state_set": ("stealth_state",),
    "drc_ai_model_select": ("index",),
    "drc_ai_identify_set": ("on",),
    "drc_ai_identify_filter_set": ("filters",),
    "drc_ai_identify_score_mode_set": ("score_mode",),
    "drc_ai_identify_score_set": ("score",),
    "drc_ai_spotlight_zoom_set": ("on",),
    "drc_ai_spotlight_zoom_track": ("target_index",),
    "drc_ai_spotlight_zoom_select": ("center_x", "center_y", "width", "height"),
    "drc_light_brightness_set": (*_PSDK, "group", "brightness"),
    "drc_light_mode_set": (*_PSDK, "group", "mode"),
    "drc_light_fine_tuning_set": (*_PSDK, "position", "value", "saved"),
    "drc_light_calibration": _PSDK,
    "drc_speaker_tts_set": (*_PSDK, "volume", "type", "language", "speed"),
    "drc_speaker_tts_play_start": (*_PSDK, "tts"),
    "drc_speaker_play_volume_set": (*_PSDK, "play_volume"),
    "drc_speaker_play_mode_set": (*_PSDK, "play_mode"),
    "drc_speaker_play_stop": _PSDK,
    "drc_speaker_replay": _PSDK,
    "drc_psdk_widget_value_set": (*_PSDK, "index", "value"),
    "drc_psdk_input_box_text_set": (*_PSDK, "value"),
}  # fmt: skip


def faults(message: dji.Message, product: str) -> list[str]:
    """All that is wrong with a message from the cloud, for a dock of that product. An empty list is a good message."""
    found = [f"{odd.field}: {odd.said!r:.80}, documented is {odd.protocol_says}" for odd in message.oddities]
    found += [f"{path}: no such field" for path in message.unknown_fields]
    if not message.kind.drc:
        found += [f"{name}: missing" for name in ("tid", "bid") if not getattr(message, name)]
        if message.timestamp is None or len(str(message.timestamp)) != 13:
            found.append(f"timestamp: {message.timestamp!r}, documented are 13 digits of ms")
    data = message.raw if isinstance(message.raw, dict) else {}
    required = list(REQUIRED.get(message.method, ()))
    if message.method == "drone_control" and products.dock_model(product) == "dock1":
        required.append("seq")
    found += [f"data.{name}: missing" for name in required if data.get(name) is None]
    if message.kind is Kind.PROPERTY_SET:
        found += _one_leaf(data)
    if message.known:
        found += [f"{odd.field}: {odd.protocol_says}" for odd in differences.lacks(product, type(message.data), data)]
    return found


def _one_leaf(data: dict[str, Any]) -> list[str]:
    leaves = 0
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        else:
            leaves += 1
    return [] if leaves == 1 else [f"data: {leaves} values, a dock takes one a message"]
