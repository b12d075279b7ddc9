"""What osd and state messages say, worked out from the state of dock and aircraft, with the noise of real sensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dji import products
from simulator.feature import Json

if TYPE_CHECKING:
    from simulator.dock import SimDock

_IN_STATE = ("commander_mode_lost_action", "commander_flight_height", "commander_flight_mode",
             "camera_watermark_settings", "remaining_power_for_return_home")  # fmt: skip
_CAMERA_SETTINGS = (
    "wide_exposure_mode", "wide_exposure_value", "zoom_exposure_mode", "zoom_exposure_value", "zoom_focus_mode",
    "zoom_focus_value", "ir_metering_mode", "ir_metering_point", "ir_metering_area",
)  # fmt: skip
FIRST_POWER_ON = 1_688_000_000_000  # ms
ACTIVATION = 1_688_000_000  # s


def dock_osd(dock: SimDock) -> list[Json]:
    """The dock's osd, in as many messages as its model makes of it."""
    everything = _dock(dock)
    *parts, _ = dock.model.osd
    messages = [{key: everything.pop(key) for key in keys if key in everything} for keys in parts]
    return [*(m for m in messages if m), everything]


def _dock(dock: SimDock) -> Json:
    state, weather, model = dock.state, dock.weather, dock.model
    noise = dock.random.uniform
    link = 1 if dock.aircraft.on else 0
    data: Json = {
        "job_number": state.job_number,
        "acc_time": state.acc_time,
        "activation_time": ACTIVATION,
        "maintain_status": {
            "maintain_status_array": [
                {
                    "state": 0,
                    "last_maintain_type": 17,
                    "last_maintain_time": ACTIVATION,
                    "last_maintain_work_sorties": 10,
                }
            ]
        },
        "working_voltage": 25_440 + round(noise(-20, 20)),
        "working_current": 1120 + round(noise(-15, 15)),
        "backup_battery": {"voltage": 26_630 + round(noise(-5, 5)), "temperature": 27.9, "switch": 1},
        "drone_battery_maintenance_info": {
            "maintenance_state": 2 if state.battery_maintenance else 0,
            "maintenance_time_left": 3600 if state.battery_maintenance else 0,
            "heat_state": 0,
            "batteries": _batteries_in_dock(dock),
        },
        "flighttask_prepare_capacity": 1,
        "flighttask_step_code": state.step_code,
        "media_file_detail": {"remain_upload": state.remain_upload},
        "wireless_link": {
            "dongle_number": 1,
            "link_workmode": state.enhanced_transmission,
            "sdr_link_state": link,
            "sdr_quality": 5 * link,
            "sdr_freq_band": 5.8,
            "4g_link_state": state.enhanced_transmission,
            "4g_quality": 4 * state.enhanced_transmission,
            "4g_uav_quality": 4 * state.enhanced_transmission,
            "4g_gnd_quality": 4 * state.enhanced_transmission,
            "4g_freq_band": 2.4,
        },
        "drc_state": state.drc_state,
        "network_state": {
            "type": state.network_type,
            "quality": state.network_quality,
            "rate": round(state.network_rate + noise(-0.2, 0.2), 2),
        },
        "drone_in_dock": int(state.aircraft_inside),
        "rainfall": weather.rainfall,
        "wind_speed": max(0.0, round(weather.wind_speed + noise(-0.15, 0.15), 1)),
        "environment_temperature": round(weather.temperature + noise(-0.05, 0.05), 1),
        "temperature": round(weather.temperature + 3 + noise(-0.05, 0.05), 1),
        "humidity": round(weather.humidity + noise(-0.3, 0.3)),
        "latitude": dock.home.latitude,
        "longitude": dock.home.longitude,
        "height": dock.home.height,
        "alternate_land_point": {
            "latitude": dock.home.latitude + 0.0001,
            "longitude": dock.home.longitude,
            "height": dock.home.height,
            "safe_land_height": 30.0,
            "is_configured": 1,
        },
        "first_power_on": FIRST_POWER_ON,
        "position_state": {
            "is_calibration": state.calibrated,
            "is_fixed": 2,
            "quality": 5,
            "gps_number": 6 + round(noise(0, 1)),
            "rtk_number": 25 + round(noise(0, 2)),
        },
        "storage": {"total": state.storage_total, "used": state.storage_used},
        "mode_code": int(state.mode),
        "cover_state": int(state.cover),
        "supplement_light_state": state.supplement_light,
        "emergency_stop_state": state.emergency_stop,
        "air_conditioner": {"air_conditioner_state": state.air_conditioner, "switch_time": 0},
        "battery_store_mode": state.battery_store_mode,
        "alarm_state": state.alarm,
    }
    if dock.has_aircraft:
        data["drone_charge_state"] = {"state": int(state.charging), "capacity_percent": round(dock.aircraft.battery)}
        data["sub_device"] = {
            "device_sn": dock.aircraft_sn,
            "product_type" if model.name == "dock1" else "device_model_key": dock.aircraft_key,
            "device_online_status": int(dock.aircraft.on),
            "device_paired": 1,
        }
    if model.name == "dock1":
        data["putter_state"] = int(state.putter)
        data["electric_supply_voltage"] = 230 + round(noise(-1, 1))
        source = dock.aircraft.control_source or "A"
        data["drone_authority_info"] = {
            "control_source": source,
            "locked": False,
            "payloads": [{"control_source": source, "payload_index": main_index(dock), "sn": dock.aircraft_sn}],
        }
    else:
        data["home_position_is_valid"] = state.home_position_is_valid
        data["heading"] = state.heading
    if model.name == "dock3":
        data["self_converge_coordinate"] = {
            "latitude": dock.home.latitude,
            "longitude": dock.home.longitude,
            "height": dock.home.height,
        }
    return data


def _batteries_in_dock(dock: SimDock) -> list[Json]:
    return [
        {"index": index, "capacity_percent": round(dock.aircraft.battery), "voltage": 23_500, "temperature": 25.5}
        for index in range(2 if dock.model.name == "dock1" else 1)
    ]


def aircraft_osd(dock: SimDock) -> Json:
    """The aircraft's osd, which comes in one message."""
    craft, weather = dock.aircraft, dock.weather
    camera, noise = craft.camera, dock.random.uniform
    battery = round(craft.battery)
    index = main_index(dock)
    gimbal = {
        "payload_index": index,
        "gimbal_pitch": round(camera.pitch, 1),
        "gimbal_roll": round(camera.roll, 1),
        "gimbal_yaw": round(craft.heading + camera.yaw, 1),
        "measure_target_longitude": 0.0,
        "measure_target_latitude": 0.0,
        "measure_target_altitude": 0.0,
        "measure_target_distance": 0.0,
        "measure_target_error_state": 3,
        "zoom_factor": camera.zoom,
    }
    payload = products.payload(index)
    if payload is not None and payload.has_ir:
        gimbal |= {
            "thermal_current_palette_style": 0,
            "thermal_gain_mode": 2,
            "thermal_isotherm_state": 0,
            "thermal_global_temperature_min": 12.1,
            "thermal_global_temperature_max": 31.4,
        }
    shown = {key: value for key, value in craft.settings.items() if key not in _IN_STATE}
    distance = shown.get("distance_limit_status", {})
    return {
        **shown,
        "distance_limit_status": {**distance, "is_near_distance_limit": 0},
        "mode_code": int(craft.mode),
        "gear": 1,
        "latitude": craft.position.latitude,
        "longitude": craft.position.longitude,
        "height": round(craft.position.height, 3),
        "elevation": round(craft.elevation, 2),
        "horizontal_speed": round(craft.horizontal_speed, 2),
        "vertical_speed": round(craft.vertical_speed, 2),
        "attitude_pitch": round(noise(-0.4, 0.4) - min(craft.horizontal_speed, 15), 1),
        "attitude_roll": round(noise(-0.4, 0.4), 1),
        "attitude_head": round(craft.heading),
        "home_distance": round(craft.home_distance, 2),
        "wind_speed": max(0.0, round(weather.wind_speed + noise(-0.2, 0.2), 1)),
        "wind_direction": weather.wind_direction,
        "activation_time": ACTIVATION,
        "total_flight_time": round(craft.total_flight_time, 1),
        "total_flight_distance": round(craft.total_flight_distance, 1),
        "total_flight_sorties": craft.total_flight_sorties,
        "track_id": craft.track_id,
        "is_near_height_limit": 0,
        "is_near_area_limit": 0,
        "storage": {"total": craft.storage_total, "used": craft.storage_used},
        "position_state": {"is_fixed": 2, "quality": 5, "gps_number": 12, "rtk_number": 28 + round(noise(0, 2))},
        "maintain_status": {
            "maintain_status_array": [
                {
                    "state": 0,
                    "last_maintain_type": 1,
                    "last_maintain_time": ACTIVATION,
                    "last_maintain_flight_time": 120,
                    "last_maintain_flight_sorties": 60,
                }
            ]
        },
        "battery": {
            "capacity_percent": battery,
            "remain_flight_time": round(dock.model.endurance * craft.battery / 100),
            "return_home_power": min(100, 10 + round(craft.home_distance / 100)),
            "landing_power": 10,
            "batteries": [
                {
                    "capacity_percent": battery,
                    "index": number,
                    "sn": f"{dock.aircraft_sn[-6:]}BAT{number}",
                    "type": 0,
                    "sub_type": 0,
                    "firmware_version": "01.00.12.05",
                    "loop_times": 41,
                    "voltage": 20_800 + 32 * battery + round(noise(-5, 5)),
                    "temperature": round(weather.temperature + 9 + noise(-0.05, 0.05), 1),
                    "high_voltage_storage_days": 3,
                }
                for number in range(2 if dock.model.name == "dock1" else 1)
            ],
        },
        "cameras": [_camera(dock, index)],
        index if dock.model.name != "dock2" else "type_subtype_gimbalindex": gimbal,
        **({"country": "CN", "rid_state": True} if dock.model.name == "dock1" else {}),
    }


def _camera(dock: SimDock, index: str) -> Json:
    camera = dock.aircraft.camera
    return {
        "payload_index": index,
        "camera_mode": camera.mode,
        "photo_state": camera.photo_state,
        "recording_state": int(camera.recording),
        "record_time": round(camera.record_time),
        "remain_photo_num": camera.remain_photos,
        "remain_record_duration": 7200,
        "zoom_factor": camera.zoom,
        "ir_zoom_factor": camera.ir_zoom,
        "screen_split_enable": camera.split,
        "photo_storage_settings": camera.photo_storage,
        "video_storage_settings": camera.video_storage,
        "liveview_world_region": {"left": 0.4, "top": 0.4, "right": 0.6, "bottom": 0.6},
        **{name: camera.settings[name] for name in _CAMERA_SETTINGS if name in camera.settings},
    }


def main_index(dock: SimDock) -> str:
    """Payload index of the aircraft's gimbal camera."""
    payload = products.main_payload(dock.aircraft_key)
    assert payload is not None, dock.aircraft_key
    return payload.index


def live_capacity(dock: SimDock) -> Json:
    """What can be streamed now: the dock's camera always, the aircraft's while it is awake."""
    devices = [_device(dock.sn, [("165-0-7", ["normal"])])]
    if dock.aircraft.on:
        cameras: list[tuple[str, list[str]]] = []
        payload = products.main_payload(dock.aircraft_key)
        if payload is not None:
            cameras.append((payload.index, list(payload.lenses)))
        assist = products.assist_camera(dock.aircraft_key)
        if assist is not None:
            cameras.append((assist.index, ["normal"]))
        devices.append(_device(dock.aircraft_sn, cameras))
    return {
        "available_video_number": sum(device["available_video_number"] for device in devices),
        "coexist_video_number_max": 2,
        "device_list": devices,
    }


def _device(sn: str, cameras: list[tuple[str, list[str]]]) -> Json:
    return {
        "sn": sn,
        "available_video_number": len(cameras),
        "coexist_video_number_max": 1,
        "camera_list": [
            {
                "camera_index": index,
                "available_video_number": 1,
                "coexist_video_number_max": 1,
                "video_list": [
                    {"video_index": "normal-0", "video_type": "normal", "switchable_video_types": list(lenses)}
                ],
            }
            for index, lenses in cameras
        ],
    }


def dock_state(dock: SimDock) -> list[Json]:
    """What a dock tells once when it goes online, in the messages it tells it in."""
    state = dock.state
    parts: list[Json] = [
        {"firmware_version": dock.memory.dock_firmware, "firmware_upgrade_status": int(state.upgrading),
         "compatible_status": state.compatible_status, "acc_time": state.acc_time},
        {"user_experience_improvement": state.user_experience_improvement, "silent_mode": state.silent_mode},
        {"live_capacity": live_capacity(dock)},
        {"live_status": dock.live.status()},
    ]  # fmt: skip
    if dock.model.name == "dock1":
        parts[0]["wpmz_version"] = "1.0.6"
    else:
        parts[1]["air_transfer_enable"] = state.air_transfer_enable
        parts.append({"wireless_link_topo": link_topology(dock), "rtcm_info": rtcm(dock)})
        parts.append({"dongle_infos": [dongle(dock, dock.sn)]})
    return parts


def aircraft_state(dock: SimDock) -> Json:
    """All that an aircraft tells when it wakes up, in one message."""
    craft = dock.aircraft
    data: Json = {
        "firmware_version": dock.memory.aircraft_firmware,
        "firmware_upgrade_status": int(craft.upgrading),
        "compatible_status": craft.compatible_status,
        "mode_code_reason": craft.mode_reason,
        "home_latitude": dock.home.latitude,
        "home_longitude": dock.home.longitude,
        "control_source": craft.control_source,
        "low_battery_warning_threshold": 30,
        "serious_low_battery_warning_threshold": 10,
        "current_rth_mode": 1,
        "psdk_ui_resource": dock.psdk.pages(),
        "psdk_widget_values": [],
        **{key: value for key, value in craft.settings.items() if key in _IN_STATE},
    }
    if dock.model.name == "dock1":
        data |= {
            "wpmz_version": "1.0.6",
            "current_commander_flight_mode": 1,
            "payloads": [{"control_source": "A", "payload_index": main_index(dock), "firmware_version": "07.01.00.02",
                          "sn": f"{dock.aircraft_sn[-8:]}CAM"}],
        }  # fmt: skip
    else:
        data |= {
            "wireless_link_topo": link_topology(dock),
            "best_link_gateway": dock.sn,
            "dongle_infos": [dongle(dock, dock.aircraft_sn)],
            "flysafe_database_version": "02.00.14.32",
            "offline_map_enable": 0,
            "rth_mode": 1,
        }
    return data


def link_topology(dock: SimDock) -> Json:
    """Of the radio link, needed by tasks of two docks."""
    return {
        "secret_code": [(dock.config.seed * 7 + number) % 256 for number in range(28)],
        "center_node": {"sdr_id": 100 + dock.config.seed % 1000, "sn": dock.aircraft_sn},
        "leaf_nodes": [{"sdr_id": 200 + dock.config.seed % 1000, "sn": dock.sn, "control_source_index": 1}],
    }


def rtcm(dock: SimDock) -> Json:
    """Where the dock has its RTK corrections from."""
    return {"mount_point": "AUTO", "port": "8002", "host": "rtk.example", "rtcm_device_type": 1, "source_type": 3}


def dongle(dock: SimDock, sn: str) -> Json:
    """The 4G dongle of dock or aircraft."""
    state = dock.state
    return {
        "imei": imei(sn),
        "dongle_type": 10,
        "eid": "89086030" + imei(sn),
        "esim_activate_state": 1 if state.esim_activated else 0,
        "sim_card_state": 1,
        "sim_slot": state.sim_slot,
        "esim_infos": [
            {"telecom_operator": number, "enabled": number == state.esim_operator, "iccid": f"89860{number}{imei(sn)}"}
            for number in (1, 2, 3)
        ],
        "sim_info": {"telecom_operator": 1, "sim_type": 2, "iccid": f"898600{imei(sn)}"},
    }


def imei(sn: str) -> str:
    """Fifteen digits that belong to this device."""
    return str(int.from_bytes(sn.encode()[-8:], "big"))[:15].rjust(15, "0")
