"""`wpmz/template.kml`, the file that planning software edits and makes waylines from."""

# The calls in the classes below make dataclass fields, each its own.
# ruff: noqa: RUF009

from dataclasses import dataclass

from dji.wpml.actions import ActionGroup
from dji.wpml.element import (
    REQUIRED,
    TABLE,
    Element,
    Position,
    flag,
    integer,
    many,
    number,
    one,
    positions,
    text,
    words,
)
from dji.wpml.enums import (
    CoordinateMode,
    GimbalPitchMode,
    HeightMode,
    Lens,
    MappingHeadingMode,
    PositioningType,
    ShootType,
    TemplateType,
    TurnMode,
)
from dji.wpml.mission import MissionConfig
from dji.wpml.waylines import DEFAULT_VERSION, HeadingParam, Point, TurnParam


@dataclass(frozen=True, kw_only=True)
class CoordinateSystem(Element):
    """`waylineCoordinateSysParam`. The last three belong to mapping templates."""

    coordinate_mode: str | None = text("system of the places", REQUIRED, values=CoordinateMode)
    height_mode: str | None = text("what heights are above", REQUIRED, values=HeightMode)
    positioning_type: str | None = text("where the places come from; a label only", values=PositioningType)
    global_shoot_height: float | None = number("height above what is photographed", unit="m")
    surface_follow_mode_enable: bool | None = flag("1 to follow the ground")
    surface_relative_height: float | None = number("height above the ground when following it", unit="m")


@dataclass(frozen=True, kw_only=True)
class PayloadParam(Element):
    """Camera settings for the template. All but the first two are for M300 and M350."""

    payload_position_index: int | None = integer("gimbal", REQUIRED, low=0, high=7)
    image_format: tuple[str, ...] | None = words("lenses whose pictures are kept", REQUIRED, values=Lens)
    focus_mode: str | None = text("focus", values=("firstPoint", "custom"))
    metering_mode: str | None = text("metering", values=("average", "spot"))
    dewarping_enable: bool | None = flag("1 to undo distortion")
    return_mode: str | None = text("lidar returns", values=("singleReturnStrongest", "dualReturn", "tripleReturn"))
    sampling_rate: int | None = integer("lidar rate", values=(60000, 80000, 120000, 160000, 180000, 240000), unit="Hz")
    scanning_mode: str | None = text("lidar scan", values=("repetitive", "nonRepetitive"))
    model_coloring_enable: bool | None = flag("1 for true colours")


@dataclass(frozen=True, kw_only=True)
class Overlap(Element):
    """Overlap of pictures in percent: H along the line, W across; straight down (ortho) or slanted (inclined)."""

    ortho_lidar_overlap_h: int | None = integer("lidar, ortho, along", low=0, high=100, unit="%")
    ortho_lidar_overlap_w: int | None = integer("lidar, ortho, across", low=0, high=100, unit="%")
    ortho_camera_overlap_h: int | None = integer("camera, ortho, along", low=0, high=100, unit="%")
    ortho_camera_overlap_w: int | None = integer("camera, ortho, across", low=0, high=100, unit="%")
    inclined_lidar_overlap_h: int | None = integer("lidar, inclined, along", low=0, high=100, unit="%")
    inclined_lidar_overlap_w: int | None = integer("lidar, inclined, across", low=0, high=100, unit="%")
    inclined_camera_overlap_h: int | None = integer("camera, inclined, along", low=0, high=100, unit="%")
    inclined_camera_overlap_w: int | None = integer("camera, inclined, across", low=0, high=100, unit="%")


@dataclass(frozen=True, kw_only=True)
class MappingHeadingParam(Element):
    mapping_heading_mode: str | None = text("where the nose points", values=MappingHeadingMode)
    mapping_heading_angle: float | None = number("heading, needed with fixed", low=0, high=360, unit="deg")


@dataclass(frozen=True, kw_only=True)
class LinearRing(Element):
    coordinates: tuple[Position, ...] = positions("longitude,latitude,height of each corner")


@dataclass(frozen=True, kw_only=True)
class Boundary(Element):
    linear_ring: LinearRing | None = one(LinearRing, "the corners", REQUIRED, tag="kml:LinearRing")


@dataclass(frozen=True, kw_only=True)
class Polygon(Element):
    outer_boundary_is: Boundary | None = one(Boundary, "the outline", REQUIRED, tag="kml:outerBoundaryIs")


@dataclass(frozen=True, kw_only=True)
class LineString(Element):
    coordinates: tuple[Position, ...] = positions("longitude,latitude,height along the strip")


@dataclass(frozen=True, kw_only=True)
class TemplatePlacemark(Element):
    """A waypoint of a waypoint template, or the area or line of a mapping template: what is needed depends on it."""

    point: Point | None = one(Point, "the place", tag="kml:Point")
    index: int | None = integer("number, from 0 without gaps", low=0, high=65535)
    use_global_height: bool | None = flag("1 to fly at globalHeight")
    ellipsoid_height: float | None = number("height above the ellipsoid", unit="m")
    height: float | None = number("the same height in the template's heightMode", unit="m")
    use_global_speed: bool | None = flag("1 to fly at autoFlightSpeed")
    waypoint_speed: float | None = number("speed", low=1, high=15, unit="m/s")
    use_global_heading_param: bool | None = flag("1 to use globalWaypointHeadingParam")
    waypoint_heading_param: HeadingParam | None = one(HeadingParam, "heading")
    use_global_turn_param: bool | None = flag("1 to use globalWaypointTurnMode")
    waypoint_turn_param: TurnParam | None = one(TurnParam, "turn")
    use_straight_line: bool | None = flag("1 to keep to the straight line")
    gimbal_pitch_mode: str | None = text("pitch of a mapping flight", values=GimbalPitchMode)
    gimbal_pitch_angle: float | None = number("gimbal pitch", low=-120, high=45, unit="deg")
    is_risky: bool | None = flag("1 for a place to be careful at")
    action_groups: tuple[ActionGroup, ...] = many(ActionGroup, "actions", tag="actionGroup")
    # mapping2d, mapping3d, mappingStrip
    cali_flight_enable: bool | None = flag("1 to calibrate on the way")
    elevation_optimize_enable: bool | None = flag("1 for extra slanted pictures of the middle")
    smart_oblique_enable: bool | None = flag("1 to swing the gimbal")
    smart_oblique_gimbal_pitch: int | None = integer("pitch of the swing", unit="deg")
    quick_ortho_mapping_enable: bool | None = flag("1 to swing the gimbal for ortho pictures")
    quick_ortho_mapping_pitch: float | None = number("angle of that swing", low=10, high=30, unit="deg")
    facade_wayline_enable: bool | None = flag("1 for a slanted face")
    mapping_heading_param: MappingHeadingParam | None = one(MappingHeadingParam, "heading of a mapping flight")
    inclined_gimbal_pitch: int | None = integer("pitch of the slanted waylines", low=-120, high=45, unit="deg")
    inclined_flight_speed: float | None = number("speed of the slanted waylines", low=1, high=15, unit="m/s")
    shoot_type: str | None = text("photos by time or by distance", values=ShootType)
    direction: int | None = integer("direction of the lines", low=0, high=360, unit="deg")
    margin: float | None = number("how far to fly beyond the area", unit="m")
    single_line_enable: bool | None = flag("1 for a single line")
    cutting_distance: float | None = number("length of one piece of the strip", unit="m")
    boundary_optim_enable: bool | None = flag("1 for better edges")
    left_extend: int | None = integer("width to the left", unit="m")
    right_extend: int | None = integer("width to the right", unit="m")
    include_center_enable: bool | None = flag("1 to fly the middle line too")
    strip_use_template_altitude: bool | None = flag("1 to take heights from the line")
    overlap: Overlap | None = one(Overlap, "overlap of the pictures")
    polygon: Polygon | None = one(Polygon, "the area", tag="kml:Polygon")
    line_string: LineString | None = one(LineString, "the line", tag="kml:LineString")


@dataclass(frozen=True, kw_only=True)
class TemplateFolder(Element):
    template_type: str | None = text("kind of the template", REQUIRED, values=TemplateType)
    template_id: int | None = integer("id, named by the waylines made from it", REQUIRED, low=0, high=65535)
    wayline_coordinate_sys_param: CoordinateSystem | None = one(CoordinateSystem, "places and heights", REQUIRED)
    auto_flight_speed: float | None = number("speed", REQUIRED, low=1, high=15, unit="m/s")
    global_height: float | None = number("height above take-off", unit="m")
    gimbal_pitch_mode: str | None = text("pitch along the route", values=GimbalPitchMode)
    global_waypoint_heading_param: HeadingParam | None = one(HeadingParam, "heading")
    global_waypoint_turn_mode: str | None = text("how waypoints are flown", values=TurnMode)
    global_use_straight_line: bool | None = flag("1 to keep to the straight line")
    placemarks: tuple[TemplatePlacemark, ...] = many(TemplatePlacemark, "waypoints or area", tag="kml:Placemark")
    # In the tables of every template, in the sample of none.
    payload_param: PayloadParam | None = one(PayloadParam, "camera settings", TABLE)


@dataclass(frozen=True, kw_only=True)
class TemplateDocument(Element):
    """Times in milliseconds since 1970."""

    author: str | None = text("who made it")
    create_time: int | None = integer("when it was made", unit="ms")
    update_time: int | None = integer("when it was last changed", unit="ms")
    mission_config: MissionConfig | None = one(MissionConfig, "the mission", REQUIRED)
    folders: tuple[TemplateFolder, ...] = many(TemplateFolder, "the templates", tag="kml:Folder")


@dataclass(frozen=True, kw_only=True)
class TemplateFile(Element):
    """The root. `version` is that of the WPML namespace."""

    version: str = DEFAULT_VERSION
    document: TemplateDocument | None = one(TemplateDocument, "the content", REQUIRED, tag="kml:Document")
