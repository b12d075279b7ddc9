"""How the waypoints of waylines must fit together, and the mission with itself."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from dji.wpml.enums import ExitOnRCLost, HeadingMode, TurnMode
from dji.wpml.geodesy import distance_m
from dji.wpml.kmz import WAYLINES, Kmz
from dji.wpml.mission import MissionConfig
from dji.wpml.problems import Code, Problem, error, warning
from dji.wpml.waylines import HeadingParam, Wayline, Waypoint

_CURVED = (TurnMode.STOP_CURVED, TurnMode.FLY_CURVED)
MIN_WAYPOINTS = 2
# Two waypoints nearer than this are one for an aircraft.
MIN_LEG_M = 0.1


def check(kmz: Kmz) -> Iterator[Problem]:
    yield from mission(kmz.mission, f"{WAYLINES}/Document/missionConfig")
    ids = Counter(wayline.wayline_id for wayline in kmz.waylines if wayline.wayline_id is not None)
    for number, wayline in enumerate(kmz.waylines):
        path = f"{WAYLINES}/Document/Folder[{number}]"
        if wayline.wayline_id is not None and ids[wayline.wayline_id] > 1:
            message = f"{ids[wayline.wayline_id]} waylines have the id {wayline.wayline_id}."
            yield error(Code.INCONSISTENT, f"{path}/waylineId", message, "Number the waylines from 0.")
        yield from _wayline(wayline, path)


def mission(config: MissionConfig, path: str) -> Iterator[Problem]:
    """The conditions inside `missionConfig`, of either file."""
    if config.exit_on_rc_lost == ExitOnRCLost.EXECUTE_LOST_ACTION and config.execute_rc_lost_action is None:
        message = "executeLostAction needs a lost action."
        cure = "Add goBack, landing or hover."
        yield error(Code.MISSING_ELEMENT, f"{path}/executeRCLostAction", message, cure)


def heading(param: HeadingParam | None, path: str) -> Iterator[Problem]:
    """The conditions inside a heading parameter, of either file."""
    if param is None:
        return
    mode = param.waypoint_heading_mode
    if mode == HeadingMode.SMOOTH_TRANSITION and param.waypoint_heading_angle is None:
        where = f"{path}/waypointHeadingAngle"
        yield error(Code.MISSING_ELEMENT, where, "smoothTransition needs an angle.", "Add it, -180 to 180 degrees.")
    if mode == HeadingMode.TOWARD_POI and param.waypoint_poi_point is None:
        where = f"{path}/waypointPoiPoint"
        yield error(Code.MISSING_ELEMENT, where, "towardPOI needs a point.", "Add latitude,longitude,height.")


def indexes(found: Sequence[int | None], path: str) -> Iterator[Problem]:
    """Waypoints must be numbered from 0 in their order."""
    for expected, index in enumerate(found):
        if index is not None and index != expected:
            message = f"Waypoint {expected} has the index {index}."
            cure = "Number the waypoints from 0 in their order, without gaps."
            yield error(Code.BAD_VALUE, f"{path}/Placemark[{expected}]/index", message, cure)


def _wayline(wayline: Wayline, path: str) -> Iterator[Problem]:
    points = wayline.placemarks
    if len(points) < MIN_WAYPOINTS:
        message = f"The wayline has {len(points)} waypoints, {MIN_WAYPOINTS} are needed."
        yield error(Code.MISSING_ELEMENT, f"{path}/Placemark", message, "Add waypoints.")
    yield from indexes([point.index for point in points], path)
    legs = _legs(points)
    for number, point in enumerate(points):
        where = f"{path}/Placemark[{number}]"
        yield from _place(point, where)
        yield from heading(point.waypoint_heading_param, f"{where}/waypointHeadingParam")
        yield from _turn(point, where, ends=number in (0, len(points) - 1))
    for number, length in enumerate(legs):
        if length is not None:
            yield from _leg(points[number], points[number + 1], number, length, path)


def _place(point: Waypoint, where: str) -> Iterator[Problem]:
    if point.point is not None and len(point.point.coordinates) > 1:
        message = f"A waypoint has {len(point.point.coordinates)} places."
        yield error(Code.BAD_VALUE, f"{where}/Point/coordinates", message, "Give one longitude,latitude.")
    if point.position is not None and (point.position.lat, point.position.lon) == (0.0, 0.0):
        message = "The waypoint lies at latitude 0, longitude 0."
        yield warning(Code.BAD_VALUE, f"{where}/Point/coordinates", message, "Check that the place is meant.")


def _turn(point: Waypoint, where: str, *, ends: bool) -> Iterator[Problem]:
    param = point.waypoint_turn_param
    if param is None:
        return
    mode = param.waypoint_turn_mode
    if ends and mode == TurnMode.COORDINATE_TURN:
        # Break reason 1546.
        message = "The first and the last waypoint cannot be coordinateTurn."
        cure = f"Use {TurnMode.STOP_STRAIGHT.value} there."
        yield error(Code.BAD_VALUE, f"{where}/waypointTurnParam/waypointTurnMode", message, cure)
    if mode in _CURVED and point.use_straight_line is None:
        message = f"{mode} needs useStraightLine."
        yield error(
            Code.MISSING_ELEMENT, f"{where}/useStraightLine", message, "Add 0 for a curve, 1 for straight legs."
        )
    if _damped(point) and not ends and not param.waypoint_turn_damping_dist:
        message = "This turn needs a distance to turn at, above 0 m."
        element = f"{where}/waypointTurnParam/waypointTurnDampingDist"
        yield error(Code.MISSING_ELEMENT, element, message, "Add a distance shorter than the legs beside it.")


def _damped(point: Waypoint) -> bool:
    """Whether the aircraft leaves the leg before the waypoint."""
    mode = point.waypoint_turn_param.waypoint_turn_mode if point.waypoint_turn_param else None
    return mode == TurnMode.COORDINATE_TURN or (mode == TurnMode.FLY_CURVED and bool(point.use_straight_line))


def _damping(point: Waypoint) -> float:
    param = point.waypoint_turn_param
    return (param.waypoint_turn_damping_dist or 0.0) if param is not None and _damped(point) else 0.0


def _legs(points: Sequence[Waypoint]) -> list[float | None]:
    out: list[float | None] = []
    for a, b in pairwise(points):
        if a.position is None or b.position is None:
            out.append(None)
            continue
        ground = distance_m(a.position.lat, a.position.lon, b.position.lat, b.position.lon)
        climb = (b.execute_height or 0.0) - (a.execute_height or 0.0)
        out.append(math.hypot(ground, climb))
    return out


def _leg(a: Waypoint, b: Waypoint, number: int, length: float, path: str) -> Iterator[Problem]:
    if length < MIN_LEG_M:
        message = f"Waypoints {number} and {number + 1} are at the same place."
        cure = "Leave one of them out."
        yield error(Code.BAD_VALUE, f"{path}/Placemark[{number + 1}]/Point", message, cure)
        return
    together = _damping(a) + _damping(b)
    if together and together >= length:
        message = f"The turns at waypoints {number} and {number + 1} take {together:.1f} m of a leg of {length:.1f} m."
        element = f"{path}/Placemark[{number + 1}]/waypointTurnParam/waypointTurnDampingDist"
        yield error(Code.BAD_VALUE, element, message, "Shorten the distances, or move the waypoints apart.")
