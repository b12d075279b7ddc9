"""One good command of each method, as the cloud would send it. `INDEX`, `VIDEO` and so on are filled in for a dock."""

from __future__ import annotations

import hashlib
from typing import Any

from simulator import osd
from simulator.dock import SimDock
from simulator.motion import offset

TEXT = "hello"
TTS = {"name": "greeting", "text": TEXT, "md5": hashlib.md5(TEXT.encode(), usedforsecurity=False).hexdigest()}
BUCKET = {
    "bucket": "b",
    "region": "us-east-1",
    "endpoint": "http://127.0.0.1:9",
    "provider": "minio",
    "credentials": {"access_key_id": "a", "access_key_secret": "s", "security_token": "t", "expire": 3600},
}


def services(dock: SimDock) -> dict[str, Any]:
    """Data by method. A command without data is in `NO_DATA`."""
    index = osd.main_index(dock)
    video = f"{dock.aircraft_sn}/{index}/normal-0"
    imei = osd.imei(dock.sn)
    place = offset(dock.home, 50, 50, 60)
    point = {"latitude": place.latitude, "longitude": place.longitude, "height": place.height}
    file = {"url": "http://127.0.0.1:9/f", "fingerprint": "0" * 32}
    payload = {"payload_index": index}
    lens = {**payload, "camera_type": "wide"}
    takeoff = {
        "flight_id": "takeoff",
        "target_latitude": place.latitude,
        "target_longitude": place.longitude,
        "target_height": place.height,
        "security_takeoff_height": 30,
        "rth_altitude": 60,
        "rc_lost_action": 2,
        "commander_mode_lost_action": 1,
        "commander_flight_height": 60,
        "max_speed": 12,
    }
    newer = dock.model.name != "dock1"
    if newer:
        takeoff |= {"rth_mode": 1, "commander_flight_mode": 1, "flight_safety_advance_check": 0}
    return {
        "live_start_push": {
            "url_type": 4, "url": "http://127.0.0.1:9/rtc/v1/whip/?app=live&stream=x", "video_id": video,
            "video_quality": 1,
        },
        "live_set_quality": {"video_id": video, "video_quality": 3},
        "live_lens_change": {"video_type": "zoom"},
        "live_camera_change": {"video_id": f"{dock.sn}/165-0-7/normal-0", "camera_position": 0},
        "live_stop_push": {"video_id": video},
        "flighttask_create": {"flight_id": "f", "type": "wayline", "file": {"url": "u", "sign": "s"}},
        "flighttask_undo": {"flight_ids": ["f"]},
        "flighttask_execute": {"flight_id": "f"},
        "flighttask_stop": {"flight_id": "f", "reason": 0},
        "flighttask_prepare": {
            "flight_id": "f", "task_type": 1, "execute_time": dock.clock.wall_ms() + 60_000, "file": file,
            "rth_altitude": 60, "out_of_control_action": 0, "exit_wayline_when_rc_lost": 0,
        },
        "return_specific_home": {"home_dock_sn": dock.sn},
        "in_flight_wayline_deliver": {
            "in_flight_wayline_id": "i", "file": file, "out_of_control_action": 0, "exit_wayline_when_rc_lost": 0,
            "rth_altitude": 60, "rth_mode": 1, "wayline_precision_type": 0,
        },
        "in_flight_wayline_stop": {"in_flight_wayline_id": "i"},
        "in_flight_wayline_recover": {"in_flight_wayline_id": "i"},
        "upload_flighttask_media_prioritize": {"flight_id": "f"},
        "ota_create": {
            "devices": [
                {
                    "sn": dock.sn, "product_version": "99.0.0.1", "file_url": "http://127.0.0.1:9/f", "md5": "0" * 32,
                    "file_size": 1, "file_name": "f.zip", "firmware_upgrade_type": 3,
                }
            ]
        },
        "fileupload_list": {"module_list": ["0", "3"]},
        "fileupload_start": {
            **BUCKET, "params": {"files": [{"object_key": "k", "module": "3", "list": [{"boot_index": 1000}]}]},
        },
        "fileupload_update": {"status": "cancel", "module_list": ["3"]},
        "unlock_license_list": {"device_model_domain": 3},
        "unlock_license_switch": {
            "license_id": dock.memory.licences[0]["common_fields"]["license_id"], "enable": True,
        },
        "unlock_license_update": {},
        "alarm_state_switch": {"action": 1},
        "battery_store_mode_switch": {"action": 2},
        "battery_maintenance_switch": {"action": 1},
        "air_conditioner_mode_switch": {"action": 1},
        "sdr_workmode_switch": {"link_workmode": 1},
        "esim_activate": {"imei": imei, "device_type": "dock"},
        "esim_operator_switch": {"imei": imei, "device_type": "dock", "esim_operator": 2},
        "sim_slot_switch": {"imei": imei, "device_type": "dock", "sim_slot": 2},
        "rtk_calibration": {
            "devices": [
                {
                    "sn": dock.sn, "type": 1, "module": "3",
                    "data": {"longitude": dock.home.longitude, "latitude": dock.home.latitude, "height": 34.0},
                }
            ]
        },
        "payload_authority_grab": payload,
        "drc_mode_enter": {
            "mqtt_broker": {
                "address": "127.0.0.1:9", "client_id": "c", "username": "u", "password": "p",
                "expire_time": 4_000_000_000, "enable_tls": False,
            },
            "osd_frequency": 10,
            "hsi_frequency": 1,
        },
        "takeoff_to_point": takeoff,
        "fly_to_point": {"fly_to_id": "x", "max_speed": 10, "points": [point]},
        "fly_to_point_update": {"max_speed": 10, "points": [point]},
        "poi_mode_enter": point,
        "poi_circle_speed_set": {"circle_speed": 3.0},
        "camera_mode_switch": {**payload, "camera_mode": 0},
        "camera_photo_take": payload,
        "camera_photo_stop": payload,
        "camera_recording_start": payload,
        "camera_recording_stop": payload,
        "camera_aim": {**lens, "locked": False, "x": 0.5, "y": 0.5},
        "camera_frame_zoom": {**lens, "locked": False, "x": 0.4, "y": 0.4, "width": 0.2, "height": 0.2},
        "camera_focal_length_set": {**payload, "camera_type": "zoom", "zoom_factor": 5},
        "camera_look_at": {**payload, "locked": False, **point},
        "camera_screen_drag": {**payload, "locked": False, "pitch_speed": 2.0, "yaw_speed": 2.0},
        "camera_screen_split": {**payload, "enable": True},
        "camera_exposure_mode_set": {**lens, "exposure_mode": 1},
        "camera_exposure_set": {**lens, "exposure_value": "16"},
        "camera_focus_mode_set": {**lens, "focus_mode": 1},
        "camera_focus_value_set": {**lens, "focus_value": 30},
        "camera_point_focus_action": {**lens, "x": 0.5, "y": 0.5},
        "gimbal_reset": {**payload, "reset_mode": 0},
        "ir_metering_mode_set": {**payload, "mode": 1},
        "ir_metering_point_set": {**payload, "x": 0.5, "y": 0.5},
        "ir_metering_area_set": {**payload, "x": 0.5, "y": 0.5, "width": 0.2, "height": 0.2},
        "photo_storage_set": {**payload, "photo_storage_settings": ["current"]},
        "video_storage_set": {**payload, "video_storage_settings": ["current"]},
        "speaker_audio_play_start": {
            "psdk_index": 2, "file": {"name": "a", "url": "http://127.0.0.1:9/a", "md5": "0" * 32, "format": "pcm"},
        },
        "speaker_tts_play_start": {"psdk_index": 2, "tts": TTS},
        "speaker_play_stop": {"psdk_index": 2},
        "speaker_replay": {"psdk_index": 2},
        "speaker_play_mode_set": {"psdk_index": 2, "play_mode": 0},
        "speaker_play_volume_set": {"psdk_index": 2, "play_volume": 70},
        "psdk_input_box_text_set": {"psdk_index": 2, "value": "text"},
        "psdk_widget_value_set": {"psdk_index": 2, "index": 1, "value": 1},
        "custom_data_transmission_to_psdk": {"value": "ping"},
        "custom_data_transmission_to_esdk": {"value": "ping"},
    }  # fmt: skip


def drc(dock: SimDock) -> dict[str, Any]:
    """Data of the commands on the link of the live flight controls."""
    payload = {"payload_index": osd.main_index(dock)}
    lens = {**payload, "camera_type": "wide"}
    light, speaker = {"psdk_index": 1}, {"psdk_index": 2}
    control: dict[str, Any] = {"x": 1.0, "y": 0.0, "h": 0.0, "w": 0.0, "seq": 1}
    beat: dict[str, Any] = {"timestamp": dock.clock.wall_ms()} | ({"seq": 2} if dock.model.drc_seq_in_data else {})
    return {
        "heart_beat": beat,
        "drone_control": control,
        "stick_control": {"roll": 1024, "pitch": 1100, "throttle": 1024, "yaw": 1024},
        "drone_emergency_stop": None,
        "drc_force_landing": None,
        "drc_emergency_landing": None,
        "drc_initial_state_subscribe": None,
        "drc_night_lights_state_set": {"night_lights_state": 1},
        "drc_stealth_state_set": {"stealth_state": 1},
        "drc_camera_aperture_value_set": {**lens, "aperture_value": 0},
        "drc_camera_shutter_set": {**lens, "shutter_value": 0},
        "drc_camera_iso_set": {**lens, "iso_value": 0},
        "drc_camera_mechanical_shutter_set": {**lens, "mechanical_shutter_state": 1},
        "drc_camera_dewarping_set": {**lens, "dewarping_state": 1},
        "drc_camera_night_mode_set": {**payload, "mode": 1},
        "drc_camera_denoise_level_set": {**payload, "level": 2},
        "drc_camera_night_vision_enable": {**payload, "enable": True},
        "drc_infrared_fill_light_enable": {**payload, "enable": True},
        "drc_camera_photo_format_set": {**payload, "photo_format": 7},
        "drc_camera_mode_switch": {**payload, "camera_mode": 1},
        "drc_linkage_zoom_set": {**payload, "state": True},
        "drc_video_resolution_set": {**payload, "video_resolution": "0"},
        "drc_interval_photo_set": {**payload, "interval": 5},
        "drc_photo_storage_set": {**payload, "photo_storage_settings": ["current"]},
        "drc_video_storage_set": {**payload, "video_storage_settings": ["current"]},
        "drc_light_brightness_set": {**light, "group": 0, "brightness": 60},
        "drc_light_mode_set": {**light, "group": 0, "mode": 1},
        "drc_light_fine_tuning_set": {**light, "position": 0, "value": 1, "saved": True},
        "drc_light_calibration": light,
        "drc_speaker_tts_set": {**speaker, "volume": 60, "type": 0, "language": 1, "speed": 50},
        "drc_speaker_tts_play_start": {**speaker, "tts": TTS},
        "drc_speaker_play_volume_set": {**speaker, "play_volume": 40},
        "drc_speaker_play_mode_set": {**speaker, "play_mode": 0},
        "drc_speaker_play_stop": speaker,
        "drc_speaker_replay": speaker,
        "drc_psdk_widget_value_set": {**speaker, "index": 1, "value": 1},
        "drc_psdk_input_box_text_set": {**speaker, "value": "text"},
        "drc_ai_model_select": {"index": 0},
        "drc_ai_identify_set": {"on": 1},
        "drc_ai_identify_filter_set": {"filters": [2, 3]},
        "drc_ai_identify_score_mode_set": {"score_mode": 1},
        "drc_ai_identify_score_set": {"score": 60},
        "drc_ai_identify_score_reset": None,
        "drc_ai_spotlight_zoom_set": {"on": 1},
        "drc_ai_spotlight_zoom_track": {"target_index": 1},
        "drc_ai_spotlight_zoom_select": {"center_x": 5000, "center_y": 5000, "width": 400, "height": 400},
        "drc_ai_spotlight_zoom_confirm": None,
        "drc_ai_spotlight_zoom_stop": None,
    }
