"""What an aircraft reports of its cameras and gimbals."""

from dji.camera_values import (
    CAMERA_MODE,
    EXPOSURE_MODE,
    EXPOSURE_VALUE,
    FOCUS_MODE,
    GAIN_MODE,
    ISO_STATE,
    METERING_MODE,
    PALETTE,
    RECORDING,
    SHUTTER_STATE,
    TAKING,
)
from dji.fields import Number, field
from dji.model import Model
from dji.shared import OFF_ON, WorldRegion


class ThermalPoint(Model):
    """A place in the infrared picture, and how hot it is there."""

    x: float | None = field("Place from left to right.", low=0, high=1)
    y: float | None = field("Place from top to bottom.", low=0, high=1)
    temperature: float | None = field("Temperature there.", unit="°C")


class ThermalArea(Model):
    """An area of the infrared picture, and how hot it is there."""

    x: float | None = field("Left edge.", low=0, high=1)
    y: float | None = field("Upper edge.", low=0, high=1)
    width: float | None = field("Width.", low=0, high=1)
    height: float | None = field("Height.", low=0, high=1)
    aver_temperature: float | None = field("Mean temperature.", unit="°C")
    min_temperature_point: ThermalPoint | None = field("The coldest place.")
    max_temperature_point: ThermalPoint | None = field("The hottest place.")


class CameraState(Model):
    """A camera of the aircraft."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".')
    camera_mode: int | None = field("Mode of the camera.", values=CAMERA_MODE | {-1: "a mode it does not support"})
    photo_state: int | None = field("Whether it takes a photo.", values=TAKING)
    recording_state: int | None = field("Whether it records.", values=RECORDING)
    remain_photo_num: int | None = field("Photos that still fit.")
    remain_record_duration: int | None = field("Video that still fits.", unit="s")
    record_time: int | None = field("Length of the video so far.", unit="s")
    screen_split_enable: bool | None = field("Whether the picture is split.")
    zoom_factor: float | None = field("Zoom.")
    ir_zoom_factor: float | None = field("Zoom of the infrared lens.")
    liveview_world_region: WorldRegion | None = field("What the zoom lens shows of the wide view.")
    photo_storage_settings: list[str] | None = field("Lenses whose photos are kept.")
    video_storage_settings: list[str] | None = field("Lenses whose video is kept.")
    wide_exposure_mode: int | None = field("Exposure mode of the wide lens.", values=EXPOSURE_MODE)
    wide_iso: int | None = field("ISO of the wide lens.", values=ISO_STATE)
    wide_shutter_speed: int | None = field("Shutter of the wide lens.", values=SHUTTER_STATE)
    wide_exposure_value: int | None = field("Exposure of the wide lens.", values=EXPOSURE_VALUE)
    zoom_exposure_mode: int | None = field("Exposure mode of the zoom lens.", values=EXPOSURE_MODE)
    zoom_iso: int | None = field("ISO of the zoom lens.", values=ISO_STATE)
    zoom_shutter_speed: int | None = field("Shutter of the zoom lens.", values=SHUTTER_STATE)
    zoom_exposure_value: int | None = field("Exposure of the zoom lens.", values=EXPOSURE_VALUE)
    zoom_focus_mode: int | None = field("Focus mode of the zoom lens.", values=FOCUS_MODE)
    zoom_focus_value: int | None = field("Focus of the zoom lens.")
    zoom_max_focus_value: int | None = field("Largest focus of the zoom lens.")
    zoom_min_focus_value: int | None = field("Smallest focus of the zoom lens.")
    zoom_calibrate_farthest_focus_value: int | None = field("Focus for far away, as calibrated.")
    zoom_calibrate_nearest_focus_value: int | None = field("Focus for close by, as calibrated.")
    zoom_focus_state: int | None = field(
        "Focusing of the zoom lens.", values={0: "idle", 1: "focusing", 2: "in focus", 3: "failed"}
    )
    ir_metering_mode: int | None = field("How temperature is measured.", values=METERING_MODE)
    ir_metering_point: ThermalPoint | None = field("The point that is measured.")
    ir_metering_area: ThermalArea | None = field("The area that is measured.")


class Payload(Model):
    """A payload: its gimbal, range finder and infrared lens. Its key in the osd is its index."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".')
    gimbal_pitch: float | None = field("Pitch of the gimbal.", unit="°", low=-180, high=180)
    gimbal_roll: float | None = field("Roll of the gimbal.", unit="°", low=-180, high=180)
    gimbal_yaw: float | None = field("Yaw of the gimbal.", unit="°", low=-180, high=180)
    measure_target_longitude: float | None = field("Longitude of the measured target.", unit="°", low=-180, high=180)
    measure_target_latitude: float | None = field("Latitude of the measured target.", unit="°", low=-90, high=90)
    measure_target_altitude: float | None = field("Height of the measured target.", unit="m")
    measure_target_distance: float | None = field("Distance of the measured target.", unit="m")
    measure_target_error_state: int | None = field(
        "Whether the measurement is good; the others are void if it is not.",
        values={0: "good", 1: "too close", 2: "too far", 3: "no signal"},
    )
    zoom_factor: float | None = field("Zoom.")
    thermal_current_palette_style: int | None = field("Colours of the infrared picture.", values=PALETTE)
    thermal_supported_palette_styles: list[int] | None = field("Colours it can show.", values=PALETTE)
    thermal_gain_mode: int | None = field("Gain of the infrared lens.", values=GAIN_MODE)
    thermal_isotherm_state: int | None = field("Whether a range of temperature is picked out.", values=OFF_ON)
    thermal_isotherm_upper_limit: Number | None = field("Upper end of that range.", unit="°C")
    thermal_isotherm_lower_limit: Number | None = field("Lower end of that range.", unit="°C")
    thermal_global_temperature_min: float | None = field("Coldest in the picture.", unit="°C")
    thermal_global_temperature_max: float | None = field("Hottest in the picture.", unit="°C")
