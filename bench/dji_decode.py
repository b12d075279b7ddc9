"""What decoding a dock's and an aircraft's osd costs, beside reading the same bytes into one flat model.

    python -m bench.dji_decode [--rounds 2000]

The baseline is `pydantic_core.from_json` of the same bytes, plus validating the same leaves, laid flat, into one model
with one field a leaf. It is what a program would do that knows the message and asks for nothing else.
"""

import argparse
import json
import time
import timeit
from typing import Any

import pydantic_core
from pydantic import BaseModel, ConfigDict, create_model

import dji
from dji.properties.aircraft import AircraftOsd

REPEATS = 7

DOCK_SN, AIRCRAFT_SN = "7CTDM3D00B1234", "1581F6Q8D23456"

DOCK: dict[str, Any] = {
    "network_state": {"type": 2, "quality": 5, "rate": 38.25},
    "drone_charge_state": {"state": 0, "capacity_percent": 96},
    "drone_in_dock": 0,
    "rainfall": 0,
    "wind_speed": 3.4,
    "environment_temperature": 21.5,
    "temperature": 25.1,
    "humidity": 47,
    "latitude": 47.3769,
    "longitude": 8.5417,
    "height": 455.2,
    "heading": -12.5,
    "home_position_is_valid": 1,
    "alternate_land_point": {"latitude": 47.3771, "longitude": 8.542, "safe_land_height": 40, "is_configured": 1},
    "first_power_on": 1700000000000,
    "position_state": {"is_calibration": 1, "is_fixed": 2, "quality": 5, "gps_number": 17, "rtk_number": 29},
    "storage": {"total": 82045336, "used": 51772},
    "mode_code": 4,
    "cover_state": 1,
    "supplement_light_state": 0,
    "emergency_stop_state": 0,
    "battery_store_mode": 2,
    "alarm_state": 0,
    "sub_device": {
        "device_sn": AIRCRAFT_SN,
        "device_model_key": "0-91-1",
        "device_online_status": 1,
        "device_paired": 1,
    },
    "air_conditioner": {"air_conditioner_state": 0, "switch_time": 0},
    "backup_battery": {"voltage": 26631, "temperature": 27.9, "switch": 1},
    "flighttask_step_code": 1,
    "media_file_detail": {"remain_upload": 3},
    "wireless_link": {
        "dongle_number": 1,
        "4g_link_state": 1,
        "sdr_link_state": 1,
        "link_workmode": 1,
        "sdr_quality": 5,
        "4g_quality": 4,
        "4g_uav_quality": 4,
        "4g_gnd_quality": 5,
        "sdr_freq_band": 2.4,
        "4g_freq_band": 1.8,
    },
    "job_number": 492,
    "working_voltage": 25440,
    "working_current": 1120,
    "drc_state": 0,
}

AIRCRAFT: dict[str, Any] = {
    "latitude": 47.38,
    "longitude": 8.55,
    "height": 560.7,
    "elevation": 105.5,
    "horizontal_speed": 11.9,
    "vertical_speed": 0.1,
    "attitude_head": 87,
    "attitude_pitch": -8.2,
    "attitude_roll": 1.4,
    "mode_code": 5,
    "gear": 1,
    "home_distance": 812.4,
    "wind_speed": 41,
    "wind_direction": 3,
    "track_id": "b6a1c2d4-77aa-4f30-9b4e-1f0e6f7a5d11",
    "height_limit": 120,
    "rth_altitude": 100,
    "night_lights_state": 0,
    "is_near_area_limit": 0,
    "is_near_height_limit": 0,
    "total_flight_time": 181234.5,
    "total_flight_distance": 1412345.5,
    "total_flight_sorties": 612,
    "activation_time": 1690000000,
    "position_state": {"is_fixed": 2, "quality": 5, "gps_number": 24, "rtk_number": 31},
    "storage": {"total": 60082000, "used": 2300144},
    "distance_limit_status": {"state": 1, "distance_limit": 5000, "is_near_distance_limit": 0},
    "obstacle_avoidance": {"horizon": 1, "upside": 1, "downside": 1},
    "battery": {
        "capacity_percent": 71,
        "remain_flight_time": 1430,
        "return_home_power": 22,
        "landing_power": 10,
        "batteries": [
            {
                "capacity_percent": 71,
                "index": 0,
                "sn": "4ERPL6AEA11111",
                "type": 0,
                "sub_type": 0,
                "firmware_version": "02.00.20.71",
                "loop_times": 53,
                "voltage": 15731,
                "temperature": 38.4,
                "high_voltage_storage_days": 3,
            }
        ],
    },
    "cameras": [
        {
            "payload_index": "81-0-0",
            "camera_mode": 1,
            "photo_state": 0,
            "recording_state": 1,
            "remain_photo_num": 5123,
            "remain_record_duration": 7200,
            "record_time": 122,
            "screen_split_enable": False,
            "zoom_factor": 4.5,
            "ir_zoom_factor": 2.0,
            "photo_storage_settings": ["wide", "zoom", "ir"],
            "video_storage_settings": ["zoom"],
            "liveview_world_region": {"left": 0.4, "top": 0.4, "right": 0.6, "bottom": 0.6},
            "wide_exposure_mode": 1,
            "wide_iso": 3,
            "wide_shutter_speed": 20,
            "wide_exposure_value": 16,
            "zoom_exposure_mode": 1,
            "zoom_iso": 3,
            "zoom_shutter_speed": 22,
            "zoom_exposure_value": 16,
            "zoom_focus_mode": 2,
            "zoom_focus_value": 41,
            "zoom_max_focus_value": 66,
            "zoom_min_focus_value": 34,
            "zoom_focus_state": 2,
            "ir_metering_mode": 0,
        }
    ],
    "81-0-0": {
        "gimbal_pitch": -45.0,
        "gimbal_roll": 0.0,
        "gimbal_yaw": 88.1,
        "measure_target_longitude": 8.56,
        "measure_target_latitude": 47.39,
        "measure_target_altitude": 460.1,
        "measure_target_distance": 150.2,
        "measure_target_error_state": 0,
        "payload_index": "81-0-0",
        "zoom_factor": 4.5,
        "thermal_current_palette_style": 0,
        "thermal_gain_mode": 2,
        "thermal_isotherm_state": 0,
        "thermal_global_temperature_min": 11.2,
        "thermal_global_temperature_max": 44.8,
    },
}


def envelope(sn: str, data: dict[str, Any]) -> bytes:
    ids = {"tid": "2f1a6d9e-0f53-4c53-a9f4-0a5f1d6f9f10", "bid": "f7d5a6b0-8e47-43ad-b5ee-3f3a4d1f6c2b"}
    return json.dumps({**ids, "timestamp": 1763000000123, "gateway": DOCK_SN, "data": data}).encode()


def leaves(data: Any, path: str = "f") -> dict[str, Any]:
    """All leaves of a message, under names made of their paths."""
    if isinstance(data, dict):
        found: dict[str, Any] = {}
        for key, value in data.items():
            found |= leaves(value, f"{path}_{key.replace('-', '_')}")
        return found
    if isinstance(data, list) and data and isinstance(data[0], dict):
        found = {}
        for index, item in enumerate(data):
            found |= leaves(item, f"{path}_{index}")
        return found
    return {path: data}


class Flat(BaseModel):
    model_config = ConfigDict(extra="allow")


def flat_model(data: dict[str, Any]) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: ((list[str] if isinstance(value, list) else type(value)) | None, None)
        for name, value in leaves(data).items()
    }
    return create_model("FlatOsd", __base__=Flat, **fields)


def best(action: Any, rounds: int) -> float:
    """Microseconds of processor time for one call, in the best of some repetitions of so many."""
    return min(timeit.repeat(action, timer=time.process_time, number=rounds, repeat=REPEATS)) / rounds * 1e6


def compare(sn: str, data: dict[str, Any], rounds: int) -> tuple[float, float]:
    topic = f"thing/product/{sn}/osd"
    payload = envelope(sn, data)
    message = dji.decode(topic, payload)
    assert message.known
    assert not message.oddities, message.oddities
    assert not message.unknown_fields, message.unknown_fields
    # In the baseline the envelope is part of the flat model too.
    flat = leaves(json.loads(payload))
    model = flat_model(json.loads(payload))
    validate = model.__pydantic_validator__.validate_python

    def baseline() -> None:
        pydantic_core.from_json(payload)
        validate(flat)

    def decode() -> None:
        data = dji.decode(topic, payload).data
        # The payloads' osd is read when it is asked for; the baseline reads it too.
        if isinstance(data, AircraftOsd):
            data.payload_osd  # noqa: B018

    return best(decode, rounds), best(baseline, rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    rounds: int = parser.parse_args().rounds
    total = base = 0.0
    for name, sn, data in (("dock", DOCK_SN, DOCK), ("aircraft", AIRCRAFT_SN, AIRCRAFT)):
        cost, baseline = compare(sn, data, rounds)
        total, base = total + cost, base + baseline
        print(f"{name:9} osd  decode {cost:6.1f} us   baseline {baseline:6.1f} us   ratio {cost / baseline:.2f}")
    print(f"{'both':9} osd  decode {total:6.1f} us   baseline {base:6.1f} us   ratio {total / base:.2f}   (at most 2)")


if __name__ == "__main__":
    main()
