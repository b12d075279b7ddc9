"""Cameras and gimbals, over services."""

from dji.camera_values import CAMERA_MODE, EXPOSURE_MODE, EXPOSURE_TEXT, FOCUS_MODE, LENS, METERING_MODE, PANORAMA_STEP
from dji.fields import field
from dji.jobs import JobReply
from dji.model import Command, Event, Model, Reply


class CameraAim(Command, method="camera_aim"):
    """Turn the camera so that a place in the picture comes to its middle."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values=LENS, required=True)
    locked: bool | None = field("Turn the whole aircraft (true) or the gimbal alone.", required=True)
    x: float | None = field("Place from left to right.", low=0, high=1, required=True)
    y: float | None = field("Place from top to bottom.", low=0, high=1, required=True)


class CameraAimReply(Reply, method="camera_aim"):
    """The dock's answer to `camera_aim`."""


class CameraExposureModeSet(Command, method="camera_exposure_mode_set"):
    """Choose the exposure mode."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    exposure_mode: int | None = field("Exposure mode.", values=EXPOSURE_MODE, required=True)


class CameraExposureModeSetReply(Reply, method="camera_exposure_mode_set"):
    """The dock's answer to `camera_exposure_mode_set`."""


class CameraExposureSet(Command, method="camera_exposure_set"):
    """Set the exposure."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    exposure_value: str | None = field("Exposure, by its number as text.", values=EXPOSURE_TEXT, required=True)


class CameraExposureSetReply(Reply, method="camera_exposure_set"):
    """The dock's answer to `camera_exposure_set`."""


class CameraFocalLengthSet(Command, method="camera_focal_length_set"):
    """Zoom."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values=LENS, required=True)
    zoom_factor: float | None = field("Zoom.", low=2, high=200, required=True)


class CameraFocalLengthSetReply(Reply, method="camera_focal_length_set"):
    """The dock's answer to `camera_focal_length_set`."""


class CameraFocusModeSet(Command, method="camera_focus_mode_set"):
    """Choose the focus mode."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    focus_mode: int | None = field("Focus mode.", values=FOCUS_MODE, required=True)


class CameraFocusModeSetReply(Reply, method="camera_focus_mode_set"):
    """The dock's answer to `camera_focus_mode_set`."""


class CameraFocusValueSet(Command, method="camera_focus_value_set"):
    """Set the focus."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    focus_value: int | None = field("Focus, between the limits that the camera reports.", required=True)


class CameraFocusValueSetReply(Reply, method="camera_focus_value_set"):
    """The dock's answer to `camera_focus_value_set`."""


class CameraFrameZoom(Command, method="camera_frame_zoom", docks=(2, 3)):
    """Zoom to a frame in the picture."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values=LENS, required=True)
    locked: bool | None = field("Turn the whole aircraft (true) or the gimbal alone.", required=True)
    x: float | None = field("Left edge of the frame.", low=0, high=1, required=True)
    y: float | None = field("Upper edge of the frame.", low=0, high=1, required=True)
    width: float | None = field("Width of the frame.", low=0, high=1, required=True)
    height: float | None = field("Height of the frame.", low=0, high=1, required=True)


class CameraFrameZoomReply(Reply, method="camera_frame_zoom", docks=(2, 3)):
    """The dock's answer to `camera_frame_zoom`."""


class CameraLookAt(Command, method="camera_look_at"):
    """Turn the camera to a place on the map."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    locked: bool | None = field("Turn the whole aircraft (true) or the gimbal alone.", required=True)
    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90, required=True)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180, required=True)
    height: float | None = field("Height above the ellipsoid to look at.", unit="m", low=2, high=10000, required=True)


class CameraLookAtReply(Reply, method="camera_look_at"):
    """The dock's answer to `camera_look_at`."""


class CameraModeSwitch(Command, method="camera_mode_switch"):
    """Choose what the camera takes."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_mode: int | None = field("Mode of the camera.", values=CAMERA_MODE, required=True)


class CameraModeSwitchReply(Reply, method="camera_mode_switch"):
    """The dock's answer to `camera_mode_switch`."""


class CameraPhotoStop(Command, method="camera_photo_stop"):
    """End taking photos."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)


class CameraPhotoStopReply(Reply, method="camera_photo_stop"):
    """The dock's answer to `camera_photo_stop`."""


class CameraPhotoTake(Command, method="camera_photo_take"):
    """Take a photo."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)


class CameraPhotoTakeReply(JobReply, method="camera_photo_take"):
    """The dock's answer to `camera_photo_take`; a status comes only with panoramas and other lasting captures."""


class PhotoProgress(Model):
    """Step and percentage of a panorama."""

    current_step: int | None = field("Step.", values=PANORAMA_STEP)
    percent: int | None = field("Progress.", unit="%", low=0, high=100)


class PhotoExt(Model):
    """What is captured."""

    camera_mode: int | None = field("Mode of the camera.", values=CAMERA_MODE)


class PhotoOutput(Model):
    """How far a capture is."""

    status: str | None = field(
        "State of the capture.", values={"in_progress": "running", "ok": "done", "fail": "failed"}
    )
    progress: PhotoProgress | None = field("Step and percentage.")
    ext: PhotoExt | None = field("What is captured.")


class CameraPhotoTakeProgress(Event, method="camera_photo_take_progress"):
    """How far a panorama or another lasting capture is."""

    output: PhotoOutput | None = field("How far it is.")
    result: int | None = field("0, or the error code of what went wrong.")


class CameraPointFocusAction(Command, method="camera_point_focus_action"):
    """Focus on a place in the picture."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    x: float | None = field("Place from left to right.", low=0, high=1, required=True)
    y: float | None = field("Place from top to bottom.", low=0, high=1, required=True)


class CameraPointFocusActionReply(Reply, method="camera_point_focus_action"):
    """The dock's answer to `camera_point_focus_action`."""


class CameraRecordingStart(Command, method="camera_recording_start"):
    """Begin to record."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)


class CameraRecordingStartReply(Reply, method="camera_recording_start"):
    """The dock's answer to `camera_recording_start`."""


class CameraRecordingStop(Command, method="camera_recording_stop"):
    """End recording."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)


class CameraRecordingStopReply(Reply, method="camera_recording_stop"):
    """The dock's answer to `camera_recording_stop`."""


class CameraScreenDrag(Command, method="camera_screen_drag"):
    """Turn the gimbal at a speed, as if the picture were dragged."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    locked: bool | None = field("Turn the whole aircraft (true) or the gimbal alone.", required=True)
    pitch_speed: float | None = field("Speed of the gimbal's pitch.", unit="°/s", required=True)
    yaw_speed: float | None = field("Speed of the gimbal's yaw.", unit="°/s", required=True)


class CameraScreenDragReply(Reply, method="camera_screen_drag"):
    """The dock's answer to `camera_screen_drag`."""


class CameraScreenSplit(Command, method="camera_screen_split"):
    """Show two lenses side by side, or not."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    enable: bool | None = field("Whether to split the picture.", required=True)


class CameraScreenSplitReply(Reply, method="camera_screen_split"):
    """The dock's answer to `camera_screen_split`."""


class GimbalReset(Command, method="gimbal_reset"):
    """Turn the gimbal back."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    reset_mode: int | None = field(
        "Where the gimbal is to look.",
        values={0: "straight ahead", 1: "straight down", 2: "ahead, keeping the pitch", 3: "down, keeping the yaw"},
        required=True,
    )


class GimbalResetReply(Reply, method="gimbal_reset"):
    """The dock's answer to `gimbal_reset`."""


class IrMeteringAreaSet(Command, method="ir_metering_area_set"):
    """Choose the area whose temperature is measured."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    x: float | None = field("Left edge of the area.", low=0, high=1, required=True)
    y: float | None = field("Upper edge of the area.", low=0, high=1, required=True)
    width: float | None = field("Width of the area.", low=0, high=1, required=True)
    height: float | None = field("Height of the area.", low=0, high=1, required=True)


class IrMeteringAreaSetReply(Reply, method="ir_metering_area_set"):
    """The dock's answer to `ir_metering_area_set`."""


class IrMeteringModeSet(Command, method="ir_metering_mode_set"):
    """Choose how temperature is measured."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    mode: int | None = field("How temperature is measured.", values=METERING_MODE, required=True)


class IrMeteringModeSetReply(Reply, method="ir_metering_mode_set"):
    """The dock's answer to `ir_metering_mode_set`."""


class IrMeteringPointSet(Command, method="ir_metering_point_set"):
    """Choose the point whose temperature is measured."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    x: float | None = field("Place from left to right.", low=0, high=1, required=True)
    y: float | None = field("Place from top to bottom.", low=0, high=1, required=True)


class IrMeteringPointSetReply(Reply, method="ir_metering_point_set"):
    """The dock's answer to `ir_metering_point_set`."""


class PhotoStorageSet(Command, method="photo_storage_set"):
    """Choose the lenses whose photos are kept."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    photo_storage_settings: list[str] | None = field("Lenses whose photos are kept.", required=True)


class PhotoStorageSetReply(Reply, method="photo_storage_set"):
    """The dock's answer to `photo_storage_set`."""


class VideoStorageSet(Command, method="video_storage_set"):
    """Choose the lenses whose video is kept."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    video_storage_settings: list[str] | None = field("Lenses whose video is kept.", required=True)


class VideoStorageSetReply(Reply, method="video_storage_set"):
    """The dock's answer to `video_storage_set`."""
