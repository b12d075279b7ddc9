"""`wpmz/waylines.wpml`, the file that the aircraft flies."""

# The calls in the classes below make dataclass fields, each its own.
# ruff: noqa: RUF009

from dataclasses import dataclass

from dji.wpml.actions import ActionGroup, StartActionGroup
from dji.wpml.element import (
    REQUIRED,
    Element,
    Place,
    Position,
    flag,
    integer,
    many,
    number,
    one,
    place,
    positions,
    text,
)
from dji.wpml.enums import ExecuteHeightMode, HeadingMode, HeadingPathMode, TurnMode
from dji.wpml.mission import MissionConfig

DEFAULT_VERSION = "1.0.2"  # what all of DJI's samples have


@dataclass(frozen=True, kw_only=True)
class Point(Element):
    """One place; its altitude, if any, is not used by aircraft."""

    coordinates: tuple[Position, ...] = positions("longitude,latitude")


@dataclass(frozen=True, kw_only=True)
class HeadingParam(Element):
    """Where the nose points on the way from this waypoint to the next."""

    waypoint_heading_mode: str | None = text("how the heading is found", REQUIRED, values=HeadingMode)
    waypoint_heading_angle: float | None = number(
        "heading from north, needed with smoothTransition", low=-180, high=180, unit="deg"
    )
    waypoint_poi_point: Place | None = place("latitude,longitude,height to look at, needed with towardPOI")
    # Required by the table, missing in the sample.
    waypoint_heading_path_mode: str | None = text("which way round to turn", values=HeadingPathMode)


@dataclass(frozen=True, kw_only=True)
class TurnParam(Element):
    """How the waypoint is passed."""

    waypoint_turn_mode: str | None = text("how the waypoint is flown", REQUIRED, values=TurnMode)
    waypoint_turn_damping_dist: float | None = number("distance before the waypoint to turn at", low=0, unit="m")


@dataclass(frozen=True, kw_only=True)
class Waypoint(Element):
    """A `Placemark` of a wayline. Height in metres in the folder's `executeHeightMode`, speed in m/s."""

    point: Point | None = one(Point, "the place", REQUIRED, tag="kml:Point")
    index: int | None = integer("number, from 0 without gaps", REQUIRED, low=0, high=65535)
    # No bound is documented; what is outside these is no height that an aircraft can have.
    execute_height: float | None = number("height", REQUIRED, low=-1000, high=10000, unit="m")
    waypoint_speed: float | None = number("speed to the next waypoint", REQUIRED, low=1, high=15, unit="m/s")
    waypoint_heading_param: HeadingParam | None = one(HeadingParam, "heading", REQUIRED)
    waypoint_turn_param: TurnParam | None = one(TurnParam, "turn", REQUIRED)
    use_straight_line: bool | None = flag("1 to keep to the straight line")
    is_risky: bool | None = flag("1 for a place to be careful at")
    action_groups: tuple[ActionGroup, ...] = many(ActionGroup, "actions", tag="actionGroup")

    @property
    def position(self) -> Position | None:
        return self.point.coordinates[0] if self.point and self.point.coordinates else None


@dataclass(frozen=True, kw_only=True)
class Wayline(Element):
    """A `Folder` of waylines.wpml."""

    template_id: int | None = integer("template that it was made from", REQUIRED, low=0, high=65535)
    execute_height_mode: str | None = text("what heights are above", REQUIRED, values=ExecuteHeightMode)
    wayline_id: int | None = integer("id, its own within the file", REQUIRED, low=0, high=65535)
    auto_flight_speed: float | None = number("speed", REQUIRED, low=1, high=15, unit="m/s")
    start_action_group: StartActionGroup | None = one(StartActionGroup, "actions before the first waypoint")
    placemarks: tuple[Waypoint, ...] = many(Waypoint, "the waypoints", REQUIRED, tag="kml:Placemark")


@dataclass(frozen=True, kw_only=True)
class WaylinesDocument(Element):
    mission_config: MissionConfig | None = one(MissionConfig, "the mission", REQUIRED)
    folders: tuple[Wayline, ...] = many(Wayline, "the waylines", REQUIRED, tag="kml:Folder")


@dataclass(frozen=True, kw_only=True)
class WaylinesFile(Element):
    """The root. `version` is that of the WPML namespace."""

    version: str = DEFAULT_VERSION
    document: WaylinesDocument | None = one(WaylinesDocument, "the content", REQUIRED, tag="kml:Document")
