"""What a simulated dock and its aircraft are like at a moment. Nobody but the features of the dock changes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Literal

Phase = Literal["off", "connecting", "registering", "refused", "online"]


class DockMode(IntEnum):
    """`mode_code` of a dock."""

    IDLE = 0
    ON_SITE_DEBUG = 1
    REMOTE_DEBUG = 2
    UPGRADING = 3
    WORKING = 4


class Cover(IntEnum):
    """`cover_state`; `putter_state` counts the same way."""

    CLOSED = 0
    OPEN = 1
    HALF = 2
    FAULT = 3


class AircraftMode(IntEnum):
    """`mode_code` of an aircraft, those that a simulated one gets into."""

    STANDBY = 0
    PREPARING = 1
    READY = 2
    MANUAL = 3
    TAKING_OFF = 4
    WAYLINE = 5
    PANORAMA = 6
    RETURNING = 9
    LANDING = 10
    FORCED_LANDING = 11
    UPGRADING = 13
    DISCONNECTED = 14
    VIRTUAL_STICK = 16
    LIVE_CONTROLS = 17
    POI = 20


@dataclass
class Position:
    """WGS84 degrees, and metres above the ellipsoid."""

    latitude: float
    longitude: float
    height: float


@dataclass
class Weather:
    """What the dock's sensors feel. Wind in m/s, temperature in degrees Celsius, humidity in %, rain 0 (none) to 3."""

    wind_speed: float = 2.5
    wind_direction: int = 3
    rainfall: int = 0
    temperature: float = 21.0
    humidity: float = 48.0


@dataclass
class DockState:
    """The dock's own state."""

    mode: DockMode = DockMode.IDLE
    step_code: int = 5  # flighttask_step_code: 0 preparing, 1 in flight, 2 recovering, 3 areas, 4 maps, 5 idle
    cover: Cover = Cover.CLOSED
    putter: Cover = Cover.CLOSED
    supplement_light: int = 0
    alarm: int = 0
    emergency_stop: int = 0
    air_conditioner: int = 0  # action of air_conditioner_mode_switch: 0 idle, 1 cool, 2 heat, 3 dehumidify
    battery_store_mode: int = 1
    battery_maintenance: int = 0
    charging: bool = False
    aircraft_inside: bool = True
    enhanced_transmission: int = 0  # link_workmode: 0 SDR, 1 with 4G
    drc_state: int = 0
    job_number: int = 112
    acc_time: int = 1_859_010
    storage_total: int = 82_045_336  # KiB
    storage_used: int = 51_772
    network_type: int = 2
    network_quality: int = 5
    network_rate: float = 5.1
    remain_upload: int = 0
    firmware: str = ""
    upgrading: bool = False
    compatible_status: int = 0
    user_experience_improvement: int = 1
    silent_mode: int = 0
    air_transfer_enable: bool = False
    heading: float = 90.0
    home_position_is_valid: int = 1
    calibrated: int = 1
    sim_slot: int = 1
    esim_activated: int = 0
    esim_operator: int = 1


@dataclass
class CameraState:
    """The gimbal camera, or what `camera_*` and `drc_camera_*` have set on it."""

    mode: int = 0
    recording: bool = False
    record_time: float = 0.0
    photo_state: int = 0
    zoom: float = 2.0
    ir_zoom: float = 2.0
    split: bool = False
    pitch: float = -20.0
    roll: float = 0.0
    yaw: float = 0.0
    remain_photos: int = 5000
    settings: dict[str, Any] = field(default_factory=dict)  # by the name of the osd or push field
    photo_storage: list[str] = field(default_factory=lambda: ["current"])
    video_storage: list[str] = field(default_factory=lambda: ["current"])


@dataclass
class AircraftState:
    """The aircraft. `on` is power; a sleeping aircraft says nothing and is in no topology."""

    position: Position
    on: bool = False
    mode: AircraftMode = AircraftMode.DISCONNECTED
    mode_reason: int = 0
    elevation: float = 0.0  # m above the take-off point
    horizontal_speed: float = 0.0
    vertical_speed: float = 0.0
    heading: float = 90.0
    battery: float = 96.0  # %
    home_distance: float = 0.0
    total_flight_time: float = 41_230.0
    total_flight_distance: float = 310_400.0
    total_flight_sorties: int = 211
    storage_total: int = 60_628_992  # KiB
    storage_used: int = 1_540_096
    firmware: str = ""
    upgrading: bool = False
    compatible_status: int = 0
    track_id: str = ""
    control_source: str = ""
    settings: dict[str, Any] = field(default_factory=dict)  # what property set and drc have set
    camera: CameraState = field(default_factory=CameraState)

    @property
    def flying(self) -> bool:
        return self.elevation > 0.05
