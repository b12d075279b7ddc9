"""`missionConfig`, which both files have: where from, how to come home, with what aircraft and camera."""

# The calls in the classes below make dataclass fields, each its own.
# ruff: noqa: RUF009

from dataclasses import dataclass

from dji.products import Domain, model_key
from dji.wpml.element import REQUIRED, Element, Place, flag, integer, number, one, place, text
from dji.wpml.enums import ExitOnRCLost, FinishAction, FlyToWaylineMode, LostAction


@dataclass(frozen=True, kw_only=True)
class DroneInfo(Element):
    """The aircraft that the route is for: `type` and `sub_type` of its model key."""

    drone_enum_value: int | None = integer("type of the aircraft", REQUIRED)
    drone_sub_enum_value: int | None = integer("sub_type of the aircraft; needed for types that have several")

    @property
    def key(self) -> str | None:
        """The model key, `0-100-1`; None when the type is missing."""
        if self.drone_enum_value is None:
            return None
        return model_key(int(Domain.AIRCRAFT), self.drone_enum_value, self.drone_sub_enum_value or 0)


@dataclass(frozen=True, kw_only=True)
class PayloadInfo(Element):
    """The camera that the route is for."""

    payload_enum_value: int | None = integer("type of the payload; 65534 is a PSDK payload", REQUIRED)
    payload_sub_enum_value: int | None = integer("sub_type of the payload; older files have it")
    payload_position_index: int | None = integer("gimbal that carries it, 0 to 2", REQUIRED, low=0, high=7)


@dataclass(frozen=True, kw_only=True)
class AutoRerouteInfo(Element):
    """Whether the aircraft may fly around what is in its way (M3D and later)."""

    mission_auto_reroute_mode: bool | None = flag("1 to fly around obstacles on the route", REQUIRED)
    transitional_auto_reroute_mode: bool | None = flag("1 to fly around obstacles on the way to it", REQUIRED)


@dataclass(frozen=True, kw_only=True)
class MissionConfig(Element):
    """Heights in metres above take-off, speed in m/s."""

    fly_to_wayline_mode: str | None = text("how the first waypoint is reached", REQUIRED, values=FlyToWaylineMode)
    finish_action: str | None = text("what follows the last waypoint", REQUIRED, values=FinishAction)
    exit_on_rc_lost: str | None = text("what a lost signal does", REQUIRED, values=ExitOnRCLost, tag="exitOnRCLost")
    execute_rc_lost_action: str | None = text(
        "the lost action, needed with executeLostAction", values=LostAction, tag="executeRCLostAction"
    )
    # A dock's bound. A remote controller takes 1.2 m, but then nothing has to clear an open cover.
    take_off_security_height: float | None = number(
        "height to climb to before anything else", REQUIRED, low=8, high=1500, unit="m"
    )
    global_transitional_speed: float | None = number(
        "speed to the first waypoint and back to a break point", REQUIRED, low=1, high=15, unit="m/s"
    )
    # Required by the tables, absent from both sample files: a dock takes its own from `flighttask_prepare`.
    global_rth_height: float | None = number(
        "height of the way home", low=2, high=1500, unit="m", tag="globalRTHHeight"
    )
    take_off_ref_point: Place | None = place("latitude,longitude,ellipsoid height that the route was planned from")
    take_off_ref_point_agl_height: float | None = number(
        "height above sea level of that point", unit="m", tag="takeOffRefPointAGLHeight"
    )
    drone_info: DroneInfo | None = one(DroneInfo, "the aircraft", REQUIRED)
    payload_info: PayloadInfo | None = one(PayloadInfo, "the camera", REQUIRED)
    auto_reroute_info: AutoRerouteInfo | None = one(AutoRerouteInfo, "flying around obstacles")
