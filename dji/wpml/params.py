"""The parameters of every documented action (`actionActuatorFuncParam`), a class for each `actionActuatorFunc`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from dji.wpml.element import REQUIRED, TABLE, Element, flag, integer, number, text, words
from dji.wpml.enums import Lens, PhotoMode, PointCloudOperate, RotatePathMode

_GIMBAL = "gimbal that carries the payload, 0 for the main one"
_SUFFIX = "text that is added to the names of the files"
_LENSES = "lenses whose pictures are kept"
_GLOBAL_LENSES = "1 to keep the lenses that payloadParam names"


@dataclass(frozen=True, kw_only=True)
class Params(Element):
    """What all actions have. `FUNC` is the action's name, `FAMILIES` the aircraft types that have it (empty: all)."""

    FUNC: ClassVar[str] = ""
    FAMILIES: ClassVar[tuple[int, ...]] = ()

    payload_position_index: int | None = integer(_GIMBAL, low=0, high=7)


@dataclass(frozen=True, kw_only=True)
class PayloadParams(Params):
    """Actions that must say which gimbal they mean."""

    payload_position_index: int | None = integer(_GIMBAL, REQUIRED, low=0, high=7)


@dataclass(frozen=True, kw_only=True)
class UnknownParams(Params):
    """The parameters of an action that is not documented; they are in `unknown`."""


@dataclass(frozen=True, kw_only=True)
class LensParams(PayloadParams):
    """Actions that make pictures. The samples leave the lenses out."""

    payload_lens_index: tuple[str, ...] | None = words(_LENSES, TABLE, values=Lens)
    use_global_payload_lens_index: bool | None = flag(_GLOBAL_LENSES, TABLE)


@dataclass(frozen=True, kw_only=True)
class TakePhoto(LensParams):
    FUNC = "takePhoto"

    file_suffix: str | None = text(_SUFFIX, TABLE)


@dataclass(frozen=True, kw_only=True)
class StartRecord(LensParams):
    FUNC = "startRecord"

    file_suffix: str | None = text(_SUFFIX, TABLE)


@dataclass(frozen=True, kw_only=True)
class StopRecord(PayloadParams):
    FUNC = "stopRecord"

    payload_lens_index: tuple[str, ...] | None = words(_LENSES, values=Lens)


@dataclass(frozen=True, kw_only=True)
class Focus(PayloadParams):
    """Parts of the picture from its top left corner."""

    FUNC = "focus"

    is_point_focus: bool | None = flag("1 for a point, 0 for an area", REQUIRED)
    focus_x: float | None = number("part of the width", REQUIRED, low=0, high=1)
    focus_y: float | None = number("part of the height", REQUIRED, low=0, high=1)
    focus_region_width: float | None = number("width of the area, needed for one", low=0, high=1)
    focus_region_height: float | None = number("height of the area, needed for one", low=0, high=1)
    is_infinite_focus: bool | None = flag("1 to focus on infinity", TABLE)


@dataclass(frozen=True, kw_only=True)
class Zoom(PayloadParams):
    FUNC = "zoom"

    focal_length: float | None = number("focal length", REQUIRED, above=0, unit="mm")


@dataclass(frozen=True, kw_only=True)
class CustomDirName(PayloadParams):
    FUNC = "customDirName"

    directory_name: str | None = text("name of the new folder", REQUIRED)


@dataclass(frozen=True, kw_only=True)
class GimbalRotate(PayloadParams):
    """Angles in degrees, absolute; yaw from true north."""

    FUNC = "gimbalRotate"

    gimbal_heading_yaw_base: str | None = text("what yaw is measured from", TABLE, values=("north",))
    gimbal_rotate_mode: str | None = text("how angles are meant", REQUIRED, values=("absoluteAngle",))
    gimbal_pitch_rotate_enable: bool | None = flag("1 to turn pitch", REQUIRED)
    gimbal_pitch_rotate_angle: float | None = number("pitch", REQUIRED, low=-120, high=45, unit="deg")
    gimbal_roll_rotate_enable: bool | None = flag("1 to turn roll", REQUIRED)
    gimbal_roll_rotate_angle: float | None = number("roll", REQUIRED, low=-180, high=180, unit="deg")
    gimbal_yaw_rotate_enable: bool | None = flag("1 to turn yaw", REQUIRED)
    gimbal_yaw_rotate_angle: float | None = number("yaw", REQUIRED, low=-360, high=360, unit="deg")
    gimbal_rotate_time_enable: bool | None = flag("1 to take the given time", REQUIRED)
    gimbal_rotate_time: float | None = number("time to take", REQUIRED, low=0, unit="s")


@dataclass(frozen=True, kw_only=True)
class GimbalEvenlyRotate(PayloadParams):
    """Turns the pitch evenly along a leg; goes with the trigger betweenAdjacentPoints."""

    FUNC = "gimbalEvenlyRotate"

    gimbal_pitch_rotate_angle: float | None = number("pitch at the end", REQUIRED, low=-120, high=45, unit="deg")


@dataclass(frozen=True, kw_only=True)
class RotateYaw(Params):
    FUNC = "rotateYaw"

    aircraft_heading: float | None = number("heading from true north", REQUIRED, low=-180, high=180, unit="deg")
    aircraft_path_mode: str | None = text("which way to turn", TABLE, values=RotatePathMode)


@dataclass(frozen=True, kw_only=True)
class Hover(Params):
    FUNC = "hover"

    hover_time: float | None = number("time to hover", REQUIRED, above=0, unit="s")


@dataclass(frozen=True, kw_only=True)
class RepeatPhoto(LensParams):
    """What the two actions that take a photo over again have in common: the frame in pixels of a 960 x 720 picture."""

    gimbal_pitch_rotate_angle: float | None = number("pitch", REQUIRED, low=-120, high=45, unit="deg")
    gimbal_yaw_rotate_angle: float | None = number("yaw from north", REQUIRED, low=-180, high=180, unit="deg")
    focus_x: float | None = number("centre of the frame, from the left", REQUIRED, low=0, high=960, unit="px")
    focus_y: float | None = number("centre of the frame, from the top", REQUIRED, low=0, high=720, unit="px")
    focus_region_width: float | None = number("width of the frame", REQUIRED, low=0, high=960, unit="px")
    focus_region_height: float | None = number("height of the frame", REQUIRED, low=0, high=720, unit="px")
    focal_length: float | None = number("focal length", REQUIRED, above=0, unit="mm")
    aircraft_heading: float | None = number("heading from north", REQUIRED, low=-180, high=180, unit="deg")
    accurate_frame_valid: bool | None = flag("1 to look for the framed object", REQUIRED)
    target_angle: float | None = number("turn of the frame", REQUIRED, low=0, high=360, unit="deg")
    image_width: int | None = integer("width of the picture", REQUIRED, values=(960,), unit="px")
    image_height: int | None = integer("height of the picture", REQUIRED, values=(720,), unit="px")
    af_pos: int | None = integer("position of the focus motor", REQUIRED, tag="AFPos")
    gimbal_port: int | None = integer("place of the gimbal", REQUIRED)


@dataclass(frozen=True, kw_only=True)
class AccurateShoot(RepeatPhoto):
    """Frozen by DJI; `orientedShoot` has taken its place."""

    FUNC = "accurateShoot"
    FAMILIES = (60, 67, 89)

    accurate_camera_type: int | None = integer("type of the camera", REQUIRED)
    accurate_file_path: str | None = text("file of the photo to repeat", REQUIRED)
    accurate_file_md5: str | None = text("MD5 of that file", REQUIRED, tag="accurateFileMD5")
    accurate_file_size: int | None = integer("size of that file", REQUIRED, low=0, unit="bytes")
    accurate_file_suffix: str | None = text(_SUFFIX, REQUIRED)
    accurate_camera_apertue: int | None = integer("aperture times 100", TABLE)
    accurate_camera_luminance: int | None = integer("brightness", TABLE)
    accurate_camera_shutter_time: float | None = number("shutter time", TABLE, unit="s")
    accurate_camera_iso: int | None = integer("ISO", TABLE, tag="accurateCameraISO")


@dataclass(frozen=True, kw_only=True)
class OrientedShoot(RepeatPhoto):
    """A photo with a given aim, to be taken the same way again and again."""

    FUNC = "orientedShoot"
    FAMILIES = (67, 77, 91, 99, 100)

    action_uuid: str | None = text("id that is written into the photo", REQUIRED, tag="actionUUID")
    # The documented list ends at the M3TD (81); what later aircraft have is taken as it is.
    oriented_camera_type: int | None = integer("type of the camera", REQUIRED)
    oriented_file_path: str | None = text("file of the photo to repeat", REQUIRED)
    oriented_file_md5: str | None = text("MD5 of that file", REQUIRED, tag="orientedFileMD5")
    oriented_file_size: int | None = integer("size of that file", REQUIRED, low=0, unit="bytes")
    oriented_file_suffix: str | None = text(_SUFFIX, REQUIRED)
    oriented_camera_apertue: int | None = integer("aperture times 100", REQUIRED)
    oriented_camera_luminance: int | None = integer("brightness", REQUIRED)
    oriented_camera_shutter_time: float | None = number("shutter time", REQUIRED, unit="s")
    oriented_camera_iso: int | None = integer("ISO", REQUIRED, tag="orientedCameraISO")
    oriented_photo_mode: str | None = text("kind of photo", REQUIRED, values=PhotoMode)


@dataclass(frozen=True, kw_only=True)
class PanoShot(LensParams):
    FUNC = "panoShot"
    FAMILIES = (67, 91, 99, 100)

    pano_shot_sub_mode: str | None = text("kind of panorama", REQUIRED, values=("panoShot_360",))


@dataclass(frozen=True, kw_only=True)
class RecordPointCloud(PayloadParams):
    FUNC = "recordPointCloud"
    FAMILIES = (60, 89, 103)

    record_point_cloud_operate: str | None = text("what to do", REQUIRED, values=PointCloudOperate)


@dataclass(frozen=True, kw_only=True)
class Megaphone(PayloadParams):
    FUNC = "megaphone"
    FAMILIES = (100,)

    action_uuid: str | None = text("id of the action", REQUIRED, tag="actionUUID")
    megaphone_operate_type: int | None = integer("0 start, 1 end", REQUIRED, values=(0, 1))
    megaphone_operate_volume: int | None = integer("volume", REQUIRED, low=0, high=100)
    megaphone_operate_loop: bool | None = flag("1 to repeat", REQUIRED)
    megaphone_operate_file_path: str | None = text("the sound in the archive, /wpmz/res/audio/x.opus", REQUIRED)
    megaphone_file_name: str | None = text("name of that file", REQUIRED)
    megaphone_file_original_name: str | None = text("name that is shown", REQUIRED)
    megaphone_file_md5: str | None = text("MD5 of that file", REQUIRED)
    megaphone_file_bitrate: int | None = integer(
        "4, which is 32 kbit/s; others are not taken yet", REQUIRED, values=(4,)
    )


@dataclass(frozen=True, kw_only=True)
class Searchlight(PayloadParams):
    FUNC = "searchlight"
    FAMILIES = (100,)

    action_uuid: str | None = text("id of the action", tag="actionUUID")
    searchlight_operate_type: int | None = integer("0 off, 1 on, 2 flash", REQUIRED, values=(0, 1, 2))
    searchlight_brightness: int | None = integer("brightness", REQUIRED, low=0, high=100)


ACTIONS: Final[Mapping[str, type[Params]]] = {
    cls.FUNC: cls
    for cls in (
        TakePhoto,
        StartRecord,
        StopRecord,
        Focus,
        Zoom,
        CustomDirName,
        GimbalRotate,
        RotateYaw,
        Hover,
        GimbalEvenlyRotate,
        AccurateShoot,
        OrientedShoot,
        PanoShot,
        RecordPointCloud,
        Megaphone,
        Searchlight,
    )
}


def params_of(values: Mapping[str, Any]) -> type[Params]:
    """The class of the parameters that go with the action's name."""
    return ACTIONS.get(values.get("action_actuator_func") or "", UnknownParams)
