"""Make a route file from a list of waypoints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from dji.products import Domain, main_payload, product
from dji.wpml.actions import Action, ActionGroup, ActionTrigger
from dji.wpml.check import require
from dji.wpml.element import Position
from dji.wpml.enums import (
    ActionGroupMode,
    CoordinateMode,
    ExecuteHeightMode,
    ExitOnRCLost,
    FinishAction,
    FlyToWaylineMode,
    GimbalPitchMode,
    HeadingMode,
    HeadingPathMode,
    HeightMode,
    Lens,
    LostAction,
    TemplateType,
    TriggerType,
    TurnMode,
)
from dji.wpml.geodesy import distance_m
from dji.wpml.kmz import Kmz
from dji.wpml.mission import DroneInfo, MissionConfig, PayloadInfo
from dji.wpml.params import LensParams, Params, PayloadParams
from dji.wpml.problems import Code, KmzError
from dji.wpml.template import CoordinateSystem, PayloadParam, TemplateDocument, TemplateFile, TemplateFolder
from dji.wpml.template import TemplatePlacemark as Mark
from dji.wpml.waylines import (
    DEFAULT_VERSION,
    HeadingParam,
    Point,
    TurnParam,
    Wayline,
    WaylinesDocument,
    WaylinesFile,
)
from dji.wpml.waylines import Waypoint as FlownWaypoint

# Two neighbours must leave some of their leg straight.
_MOST_OF_A_LEG: Final = 0.45
# Nearer than a centimetre means nothing to an aircraft and makes ugly files.
_DEGREES: Final = 8


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A waypoint to fly. Degrees WGS84, height in metres in the route's height mode, speed in m/s.

    `heading` is in degrees from north, -180 to 180; without it the nose follows the route. `actions` are done on
    arrival, in order: `take_photo()`, `hover(3)`, or any of the classes in `params`.
    """

    lat: float
    lon: float
    height: float
    speed: float | None = None
    heading: float | None = None
    actions: Sequence[Params] = ()


def build_kmz(
    waypoints: Sequence[Waypoint],
    *,
    aircraft_key: str,
    name: str = "",
    speed: float = 10.0,
    height_mode: str = ExecuteHeightMode.RELATIVE,
    take_off_security_height: float = 20.0,
    finish_action: str = FinishAction.GO_HOME,
    rc_lost_action: str | None = LostAction.GO_BACK,
    fly_to_mode: str = FlyToWaylineMode.SAFELY,
    turn_mode: str = TurnMode.STOP_STRAIGHT,
    damping_m: float = 5.0,
    rth_height: float | None = None,
    lenses: Sequence[str] | None = None,
    author: str | None = None,
    created_ms: int | None = None,
    version: str = DEFAULT_VERSION,
) -> Kmz:
    """A route of one wayline through the waypoints, checked. Equal arguments give equal bytes.

    `height_mode` is `relativeToStartPoint` or `WGS84` (heights above the ellipsoid; the template then has no waypoints,
    since it would need the height above sea level). `rc_lost_action` None flies on when the signal is lost.
    `turn_mode` is for the waypoints between the ends; `damping_m` is how early to turn where it cuts corners, shortened
    on short legs. `lenses` are those whose pictures are kept, all of the camera's by default.

    Raises KmzError: wrong_aircraft for one without a camera of its own, else what `check` finds.
    """
    aircraft = product(aircraft_key)
    camera = main_payload(aircraft_key)
    if camera is None:
        message = f"No route can be built for {aircraft.name}: its camera is not known."
        raise KmzError(Code.WRONG_AIRCRAFT, "aircraft_key", message, "Name an aircraft with a camera of its own.")
    assert aircraft.domain is Domain.AIRCRAFT
    mission = MissionConfig(
        fly_to_wayline_mode=fly_to_mode,
        finish_action=finish_action,
        exit_on_rc_lost=ExitOnRCLost.EXECUTE_LOST_ACTION if rc_lost_action else ExitOnRCLost.GO_CONTINUE,
        execute_rc_lost_action=rc_lost_action,
        take_off_security_height=float(take_off_security_height),
        global_transitional_speed=float(speed),
        global_rth_height=rth_height,
        drone_info=DroneInfo(drone_enum_value=aircraft.type, drone_sub_enum_value=aircraft.sub_type),
        payload_info=PayloadInfo(payload_enum_value=camera.type, payload_position_index=camera.gimbal),
    )
    points = [_flown(waypoint, number, speed) for number, waypoint in enumerate(waypoints)]
    points = [_with_turn(points, number, turn_mode, damping_m) for number in range(len(points))]
    points = [
        replace(point, action_groups=groups)
        for point, groups in zip(points, _groups(waypoints, camera.gimbal), strict=True)
    ]
    wayline = Wayline(
        template_id=0,
        execute_height_mode=height_mode,
        wayline_id=0,
        auto_flight_speed=float(speed),
        placemarks=tuple(points),
    )
    kept = tuple(lenses) if lenses is not None else tuple(lens for lens in camera.lenses if lens in set(Lens))
    folders = () if height_mode == ExecuteHeightMode.WGS84 else (_template(wayline, turn_mode, kept, camera.gimbal),)
    document = TemplateDocument(
        author=author, create_time=created_ms, update_time=created_ms, mission_config=mission, folders=folders
    )
    kmz = Kmz(
        WaylinesFile(version=version, document=WaylinesDocument(mission_config=mission, folders=(wayline,))),
        TemplateFile(version=version, document=document),
        name=name,
    )
    require(kmz, aircraft=aircraft_key)
    return kmz


def _flown(waypoint: Waypoint, number: int, speed: float) -> FlownWaypoint:
    heading = (
        HeadingParam(
            waypoint_heading_mode=HeadingMode.FOLLOW_WAYLINE, waypoint_heading_path_mode=HeadingPathMode.SHORTER
        )
        if waypoint.heading is None
        else HeadingParam(
            waypoint_heading_mode=HeadingMode.SMOOTH_TRANSITION,
            waypoint_heading_angle=float(waypoint.heading),
            waypoint_heading_path_mode=HeadingPathMode.SHORTER,
        )
    )
    where = f"waypoints[{number}]"
    if not -90 <= waypoint.lat <= 90 or not -180 <= waypoint.lon <= 180:
        message = f"Latitude {waypoint.lat}, longitude {waypoint.lon} is no place."
        raise KmzError(Code.BAD_VALUE, where, message, "Latitude is -90 to 90, longitude -180 to 180 degrees.")
    position = Position(round(float(waypoint.lon), _DEGREES), round(float(waypoint.lat), _DEGREES))
    return FlownWaypoint(
        point=Point(coordinates=(position,)),
        index=number,
        execute_height=float(waypoint.height),
        waypoint_speed=float(speed if waypoint.speed is None else waypoint.speed),
        waypoint_heading_param=heading,
    )


def _with_turn(points: list[FlownWaypoint], number: int, turn_mode: str, damping_m: float) -> FlownWaypoint:
    """The waypoint with its turn. The ends stop; a turn never takes more than its share of the legs beside it."""
    point = points[number]
    if number in (0, len(points) - 1):
        turn = TurnParam(waypoint_turn_mode=TurnMode.STOP_STRAIGHT, waypoint_turn_damping_dist=0.0)
        return replace(point, waypoint_turn_param=turn, use_straight_line=True)
    legs = [_ground(points[number - 1], point), _ground(point, points[number + 1])]
    early = min(float(damping_m), *(round(_MOST_OF_A_LEG * leg, 2) for leg in legs))
    cuts = turn_mode in (TurnMode.COORDINATE_TURN, TurnMode.FLY_CURVED)
    turn = TurnParam(waypoint_turn_mode=turn_mode, waypoint_turn_damping_dist=early if cuts else 0.0)
    return replace(point, waypoint_turn_param=turn, use_straight_line=True)


def _ground(a: FlownWaypoint, b: FlownWaypoint) -> float:
    assert a.position is not None
    assert b.position is not None
    return distance_m(a.position.lat, a.position.lon, b.position.lat, b.position.lon)


def _groups(waypoints: Sequence[Waypoint], gimbal: int) -> Iterator[tuple[ActionGroup, ...]]:
    """One group for each waypoint that has actions, numbered through the file."""
    numbers = count()
    for index, waypoint in enumerate(waypoints):
        if not waypoint.actions:
            yield ()
            continue
        yield (
            ActionGroup(
                action_group_id=next(numbers),
                action_group_start_index=index,
                action_group_end_index=index,
                action_group_mode=ActionGroupMode.SEQUENCE,
                action_trigger=ActionTrigger(action_trigger_type=TriggerType.REACH_POINT),
                actions=tuple(
                    Action(
                        action_id=number,
                        action_actuator_func=params.FUNC,
                        action_actuator_func_param=_on_gimbal(params, gimbal),
                    )
                    for number, params in enumerate(waypoint.actions)
                ),
            ),
        )


def _on_gimbal(params: Params, gimbal: int) -> Params:
    if isinstance(params, PayloadParams) and params.payload_position_index is None:
        params = replace(params, payload_position_index=gimbal)
    if isinstance(params, LensParams) and params.use_global_payload_lens_index is None:
        params = replace(params, use_global_payload_lens_index=params.payload_lens_index is None)
    return params


def _template(wayline: Wayline, turn_mode: str, lenses: tuple[str, ...], gimbal: int) -> TemplateFolder:
    """The same waypoints as planning software edits them. Relative heights are the same in both of its systems."""
    heights = [point.execute_height or 0.0 for point in wayline.placemarks]
    return TemplateFolder(
        template_type=TemplateType.WAYPOINT,
        template_id=0,
        wayline_coordinate_sys_param=CoordinateSystem(
            coordinate_mode=CoordinateMode.WGS84, height_mode=HeightMode.RELATIVE
        ),
        auto_flight_speed=wayline.auto_flight_speed,
        global_height=max(heights, default=0.0),
        gimbal_pitch_mode=GimbalPitchMode.MANUAL,
        global_waypoint_heading_param=HeadingParam(
            waypoint_heading_mode=HeadingMode.FOLLOW_WAYLINE, waypoint_heading_path_mode=HeadingPathMode.SHORTER
        ),
        global_waypoint_turn_mode=turn_mode,
        global_use_straight_line=True,
        placemarks=tuple(
            Mark(
                point=point.point,
                index=point.index,
                use_global_height=False,
                ellipsoid_height=point.execute_height,
                height=point.execute_height,
                use_global_speed=False,
                waypoint_speed=point.waypoint_speed,
                use_global_heading_param=False,
                waypoint_heading_param=point.waypoint_heading_param,
                use_global_turn_param=False,
                waypoint_turn_param=point.waypoint_turn_param,
                use_straight_line=point.use_straight_line,
                action_groups=point.action_groups,
            )
            for point in wayline.placemarks
        ),
        payload_param=PayloadParam(payload_position_index=gimbal, image_format=lenses),
    )
