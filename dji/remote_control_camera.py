"""Settings of cameras, on the link of the live flight controls; Dock 2 and 3."""

from dji.camera_values import APERTURE, CAMERA_MODE, ISO, SHUTTER
from dji.fields import field
from dji.model import DrcCommand, DrcReply, Reply
from dji.shared import OFF_ON

PHOTO_FORMAT = {7: "R-JPEG", 16: "DLT 664"}
NIGHT_MODE = {0: "off", 1: "on", 2: "automatic"}
DENOISE = {0: "none", 1: "some", 2: "more", 3: "most"}


class DrcCameraApertureValueSet(DrcCommand, method="drc_camera_aperture_value_set", docks=(2, 3)):
    """Set the aperture."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    aperture_value: int | None = field("Aperture.", values=APERTURE, required=True)


class DrcCameraApertureValueSetReply(DrcReply, method="drc_camera_aperture_value_set", docks=(2, 3)):
    """The dock's answer to `drc_camera_aperture_value_set`."""


class DrcCameraDenoiseLevelSet(DrcCommand, method="drc_camera_denoise_level_set", docks=(3,)):
    """Choose how much noise is taken out."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    level: int | None = field(
        "How much noise is taken out; more costs frames.",
        values={2: "more, 15 frames a second", 3: "most, 5 frames a second"},
        required=True,
    )


class DrcCameraDenoiseLevelSetReply(DrcReply, method="drc_camera_denoise_level_set", docks=(3,)):
    """The dock's answer to `drc_camera_denoise_level_set`."""


class DrcCameraDewarpingSet(DrcCommand, method="drc_camera_dewarping_set", docks=(2, 3)):
    """Straighten the picture, or not."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle"}, required=True)
    dewarping_state: int | None = field("Whether the picture is straightened.", values=OFF_ON, required=True)


class DrcCameraDewarpingSetReply(DrcReply, method="drc_camera_dewarping_set", docks=(2, 3)):
    """The dock's answer to `drc_camera_dewarping_set`."""


class DrcCameraIsoSet(DrcCommand, method="drc_camera_iso_set", docks=(2, 3)):
    """Set the ISO."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    iso_value: int | None = field("ISO.", values=ISO, required=True)


class DrcCameraIsoSetReply(DrcReply, method="drc_camera_iso_set", docks=(2, 3)):
    """The dock's answer to `drc_camera_iso_set`."""


class DrcCameraMechanicalShutterSet(DrcCommand, method="drc_camera_mechanical_shutter_set", docks=(2, 3)):
    """Use the mechanical shutter, or not."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle"}, required=True)
    mechanical_shutter_state: int | None = field(
        "Whether the mechanical shutter is used.", values=OFF_ON, required=True
    )


class DrcCameraMechanicalShutterSetReply(DrcReply, method="drc_camera_mechanical_shutter_set", docks=(2, 3)):
    """The dock's answer to `drc_camera_mechanical_shutter_set`."""


class DrcCameraModeSwitch(DrcCommand, method="drc_camera_mode_switch", docks=(2,)):
    """Choose what the camera takes; answered on services."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_mode: int | None = field("Mode of the camera.", values=CAMERA_MODE, required=True)


class DrcCameraModeSwitchReply(Reply, method="drc_camera_mode_switch", docks=(2,)):
    """The dock's answer to `drc_camera_mode_switch`."""


class DrcCameraNightModeSet(DrcCommand, method="drc_camera_night_mode_set", docks=(3,)):
    """Set night mode."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    mode: int | None = field("Night mode.", values=NIGHT_MODE, required=True)


class DrcCameraNightModeSetReply(DrcReply, method="drc_camera_night_mode_set", docks=(3,)):
    """The dock's answer to `drc_camera_night_mode_set`."""


class DrcCameraNightVisionEnable(DrcCommand, method="drc_camera_night_vision_enable", docks=(3,)):
    """Switch night vision."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    enable: bool | None = field("Whether it is on.", required=True)


class DrcCameraNightVisionEnableReply(DrcReply, method="drc_camera_night_vision_enable", docks=(3,)):
    """The dock's answer to `drc_camera_night_vision_enable`."""


class DrcCameraPhotoFormatSet(DrcCommand, method="drc_camera_photo_format_set", docks=(3,)):
    """Choose the format of photos."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    photo_format: int | None = field("Format of photos.", values=PHOTO_FORMAT, required=True)


class DrcCameraPhotoFormatSetReply(DrcReply, method="drc_camera_photo_format_set", docks=(3,)):
    """The dock's answer to `drc_camera_photo_format_set`."""


class DrcCameraShutterSet(DrcCommand, method="drc_camera_shutter_set", docks=(2, 3)):
    """Set the shutter."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    camera_type: str | None = field("Lens that is meant.", values={"wide": "wide-angle", "zoom": "zoom"}, required=True)
    shutter_value: int | None = field("Shutter.", values=SHUTTER, required=True)


class DrcCameraShutterSetReply(DrcReply, method="drc_camera_shutter_set", docks=(2, 3)):
    """The dock's answer to `drc_camera_shutter_set`."""


class DrcInfraredFillLightEnable(DrcCommand, method="drc_infrared_fill_light_enable", docks=(3,)):
    """Switch the near-infrared light."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    enable: bool | None = field("Whether it is on.", required=True)


class DrcInfraredFillLightEnableReply(DrcReply, method="drc_infrared_fill_light_enable", docks=(3,)):
    """The dock's answer to `drc_infrared_fill_light_enable`."""


class DrcIntervalPhotoSet(DrcCommand, method="drc_interval_photo_set", docks=(2,)):
    """Set the time between two photos."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    interval: str | None = field(
        "Time between two photos, in seconds as text.",
        values={value: f"{value} s" for value in ("0.7", "1", "2", "3", "5", "7", "10", "15", "20", "30", "60")},
        required=True,
    )


class DrcIntervalPhotoSetReply(DrcReply, method="drc_interval_photo_set", docks=(2,)):
    """The dock's answer to `drc_interval_photo_set`."""


class DrcLinkageZoomSet(DrcCommand, method="drc_linkage_zoom_set", docks=(2,)):
    """Let the lenses zoom together, or not."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    state: bool | None = field("Whether the lenses are to zoom together.", required=True)


class DrcLinkageZoomSetReply(DrcReply, method="drc_linkage_zoom_set", docks=(2,)):
    """The dock's answer to `drc_linkage_zoom_set`."""


class DrcPhotoStorageSet(DrcCommand, method="drc_photo_storage_set", docks=(2,)):
    """Choose the lenses whose photos are kept."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    photo_storage_settings: list[str] | None = field("Lenses whose photos are kept.", required=True)


class DrcPhotoStorageSetReply(DrcReply, method="drc_photo_storage_set", docks=(2,)):
    """The dock's answer to `drc_photo_storage_set`."""


class DrcVideoResolutionSet(DrcCommand, method="drc_video_resolution_set", docks=(2,)):
    """Choose the size of videos."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    video_resolution: str | None = field(
        "Size of videos.", values={"0": "1920 x 1080", "1": "3840 x 2160"}, required=True
    )


class DrcVideoResolutionSetReply(DrcReply, method="drc_video_resolution_set", docks=(2,)):
    """The dock's answer to `drc_video_resolution_set`."""


class DrcVideoStorageSet(DrcCommand, method="drc_video_storage_set", docks=(2,)):
    """Choose the lenses whose video is kept."""

    payload_index: str | None = field('Index of the payload, as "99-0-0".', required=True)
    video_storage_settings: list[str] | None = field("Lenses whose video is kept.", required=True)


class DrcVideoStorageSetReply(DrcReply, method="drc_video_storage_set", docks=(2,)):
    """The dock's answer to `drc_video_storage_set`."""
