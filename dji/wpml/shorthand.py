"""The actions that most routes are made of, with what has to be said and no more."""

from collections.abc import Sequence

from dji.wpml.enums import RotatePathMode
from dji.wpml.params import GimbalRotate, Hover, Params, RotateYaw, StartRecord, StopRecord, TakePhoto


def take_photo(suffix: str | None = None, lenses: Sequence[str] | None = None) -> Params:
    """One photo; by all lenses of the template, or by those named (`wide`, `zoom`, `ir`, ...)."""
    return TakePhoto(file_suffix=suffix, payload_lens_index=tuple(lenses) if lenses is not None else None)


def start_record(suffix: str | None = None, lenses: Sequence[str] | None = None) -> Params:
    """Begin a video."""
    return StartRecord(file_suffix=suffix, payload_lens_index=tuple(lenses) if lenses is not None else None)


def stop_record() -> Params:
    """End the video."""
    return StopRecord()


def hover(seconds: float) -> Params:
    """Wait in the air, more than 0 s."""
    return Hover(hover_time=float(seconds))


def rotate_yaw(heading: float) -> Params:
    """Turn the aircraft to a heading from true north, -180 to 180 degrees; clockwise to the east."""
    path = RotatePathMode.CLOCKWISE if heading >= 0 else RotatePathMode.COUNTER_CLOCKWISE
    return RotateYaw(aircraft_heading=float(heading), aircraft_path_mode=path)


def gimbal_pitch(degrees: float) -> Params:
    """Look up or down: 0 is level, -90 straight down."""
    return GimbalRotate(
        gimbal_heading_yaw_base="north",
        gimbal_rotate_mode="absoluteAngle",
        gimbal_pitch_rotate_enable=True,
        gimbal_pitch_rotate_angle=float(degrees),
        gimbal_roll_rotate_enable=False,
        gimbal_roll_rotate_angle=0.0,
        gimbal_yaw_rotate_enable=False,
        gimbal_yaw_rotate_angle=0.0,
        gimbal_rotate_time_enable=False,
        gimbal_rotate_time=0.0,
    )
