"""What cameras report, on the link of the live flight controls; Dock 2 and 3."""

from dji.camera_values import (
    APERTURE,
    CAMERA_MODE,
    EXPOSURE_MODE,
    EXPOSURE_VALUE,
    FOCUS_MODE,
    GAIN_MODE,
    ISO_STATE,
    PALETTE,
    PANORAMA_STEP,
    RECORDING,
    SHUTTER_STATE,
    TAKING,
)
from dji.fields import Number, field
from dji.model import DrcPush, Model
from dji.remote_control_camera import DENOISE, NIGHT_MODE, PHOTO_FORMAT
from dji.shared import OFF_ON, WorldRegion


class WideLense(Model):
    """The wide lens."""

    wide_exposure_mode: int | None = field("Exposure mode of the wide lens.", values=EXPOSURE_MODE)
    wide_iso: int | None = field("ISO of the wide lens.", values=ISO_STATE)
    wide_shutter_speed: int | None = field("Shutter of the wide lens.", values=SHUTTER_STATE)
    wide_exposure_value: int | None = field("Exposure of the wide lens.", values=EXPOSURE_VALUE)
    wide_aperture_value: int | None = field("Aperture of the wide lens.", values=APERTURE)


class ZoomLense(Model):
    """The zoom lens."""

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
    zoom_focus_state: int | None = field("Focusing of the zoom lens: 0 idle, 1 focusing, 2 in focus, 3 failed.")
    zoom_factor: Number | None = field("Zoom.")
    zoom_aperture_value: int | None = field("Aperture of the zoom lens.", values=APERTURE)


class MeasureTarget(Model):
    """The range finder."""

    measure_target_longitude: float | None = field("Longitude of the measured target.", unit="°", low=-180, high=180)
    measure_target_latitude: float | None = field("Latitude of the measured target.", unit="°", low=-90, high=90)
    measure_target_altitude: float | None = field("Height of the measured target.", unit="m")
    measure_target_distance: float | None = field("Distance of the measured target.", unit="m")


class IrLense(Model):
    """The infrared lens."""

    screen_split_enable: bool | None = field("Whether the picture is split.")
    ir_zoom_factor: float | None = field("Zoom of the infrared lens.", low=2, high=20)
    thermal_supported_palette_styles: list[int] | None = field("Colours it can show.", values=PALETTE)
    thermal_gain_mode: int | None = field("Gain of the infrared lens.", values=GAIN_MODE)
    thermal_isotherm_state: int | None = field("Whether a range of temperature is picked out.", values=OFF_ON)
    thermal_isotherm_upper_limit: Number | None = field("Upper end of that range.", unit="°C")
    thermal_isotherm_lower_limit: Number | None = field("Lower end of that range.", unit="°C")
    thermal_global_temperature_min: float | None = field("Coldest in the picture.", unit="°C")
    thermal_global_temperature_max: float | None = field("Hottest in the picture.", unit="°C")


class Liveview(Model):
    """The picture."""

    liveview_world_region: WorldRegion | None = field("What the zoom lens shows of the wide view.")


class DrcCameraOsdInfoPush(DrcPush, method="drc_camera_osd_info_push", docks=(2, 3)):
    """The lenses of a camera."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".')
    wide_lense: WideLense | None = field("The wide lens.")
    zoom_lense: ZoomLense | None = field("The zoom lens.")
    measure_target: MeasureTarget | None = field("The range finder.")
    ir_lense: IrLense | None = field("The infrared lens.")
    liveview: Liveview | None = field("The picture.")


class PhotoProgress(Model):
    """Step and percentage of a panorama."""

    current_step: int | None = field("Step.", values=PANORAMA_STEP)
    percent: int | None = field("Progress.", unit="%", low=0, high=100)


class PhotoExt(Model):
    """What is captured."""

    camera_mode: int | None = field("Mode of the camera.", values=CAMERA_MODE)


class DrcCameraPhotoInfoPush(DrcPush, method="drc_camera_photo_info_push", docks=(2,)):
    """How far a capture is."""

    countdown_time: int | None = field("Time to the next photo.")
    result: int | None = field("0, or the error code of what went wrong.")
    status: str | None = field(
        "State of the capture.", values={"in_progress": "running", "ok": "done", "fail": "failed"}
    )
    progress: PhotoProgress | None = field("Step and percentage.")
    ext: PhotoExt | None = field("What is captured.")


class NightModeSettings(Model):
    """Settings for the night."""

    night_mode: int | None = field("Night mode.", values=NIGHT_MODE)
    denoise_level: int | None = field("How much noise is taken out.", values=DENOISE)
    night_vision_enable: bool | None = field("Whether night vision is on.")
    infrared_fill_light_enable: bool | None = field("Whether the near-infrared light is on.")
    night_scene_mode_suggestion: int | None = field(
        "What the camera recommends.", values={0: "nothing", 1: "to switch night mode on"}
    )
    is_working: int | None = field("Whether night mode works at the moment.", values={0: "no", 1: "yes"})


class CameraState(Model):
    """The camera."""

    camera_mode: int | None = field("Mode of the camera.", values=CAMERA_MODE)
    interval_photo_interval: float | None = field("Time between two photos.", unit="s")
    video_resolution: str | None = field("Size of videos.", values={"0": "1920 x 1080", "1": "3840 x 2160"})
    linkage_zoom_state: bool | None = field("Whether the lenses zoom together.")
    photo_size: int | None = field(
        "Size of photos.", values={0: "as it comes", 1: "smallest", 2: "small", 3: "medium", 4: "large", 5: "largest"}
    )
    record_time: int | None = field("Length of the video so far.", unit="s")
    recording_state: int | None = field("Whether it records.", values=RECORDING)
    photo_state: int | None = field("Whether it takes a photo.", values=TAKING)
    remain_photo_num: int | None = field("Photos that still fit.")
    remain_record_duration: int | None = field("Video that still fits.", unit="s")
    photo_format: int | None = field("Format of photos.", values=PHOTO_FORMAT)
    night_mode_settings: NightModeSettings | None = field("Settings for the night.")


class MediaStorage(Model):
    """What is kept."""

    photo_storage_settings: list[str] | None = field("Lenses whose photos are kept.")
    video_storage_settings: list[str] | None = field("Lenses whose video is kept.")


class DrcCameraStatePush(DrcPush, method="drc_camera_state_push", docks=(2, 3)):
    """A camera, and what it keeps."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".')
    camera_state: CameraState | None = field("The camera.")
    media_storage: MediaStorage | None = field("What is kept.")
