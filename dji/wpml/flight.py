"""What a route flies: its waypoints one after another, with what happens at each."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from dji.wpml.actions import Action, ActionGroup
from dji.wpml.enums import ExecuteHeightMode, HeadingMode, TriggerType, TurnMode
from dji.wpml.geodesy import distance_m
from dji.wpml.mission import MissionConfig
from dji.wpml.params import AccurateShoot, Hover, OrientedShoot, PanoShot, StartRecord, StopRecord, TakePhoto
from dji.wpml.problems import Code, KmzError
from dji.wpml.waylines import Wayline, Waypoint

# Waypoints times groups: more than any route needs, and little enough to work out at once.
MAX_COVERED: Final = 200_000

_PHOTOS = (TakePhoto, OrientedShoot, AccurateShoot, PanoShot)


@dataclass(frozen=True, slots=True)
class FlightPoint:
    """A waypoint as it is flown.

    `height` is in metres above what `height_mode` says (take-off point or ellipsoid), `speed` in m/s towards the next
    waypoint, `heading` in degrees from north where the route sets one. `hover_s` and `photos` sum up the actions at the
    waypoint; `photo_every_s` and `photo_every_m` hold on the leg that begins here.
    """

    wayline_id: int
    index: int
    lat: float
    lon: float
    height: float
    height_mode: str
    speed: float
    heading: float | None
    stops: bool
    hover_s: float
    photos: int
    photo_every_s: float | None
    photo_every_m: float | None
    starts_recording: bool
    stops_recording: bool
    actions: tuple[Action, ...]


def flight_points(waylines: Iterable[Wayline], mission: MissionConfig, member: str) -> list[FlightPoint]:
    """Raises KmzError: missing_element where a waypoint lacks its place, height or speed; too_large."""
    out: list[FlightPoint] = []
    for number, wayline in enumerate(waylines):
        groups = _groups(wayline, f"{member}/Document/Folder[{number}]")
        for place, waypoint in enumerate(wayline.placemarks):
            path = f"{member}/Document/Folder[{number}]/Placemark[{place}]"
            index = place if waypoint.index is None else waypoint.index
            out.append(_flight_point(wayline, waypoint, index, groups.get(index, []), mission, path))
    return out


def length_m(points: Sequence[FlightPoint]) -> float:
    """Metres along the straight lines between the points, climbs and descents included."""
    return sum(
        math.hypot(distance_m(a.lat, a.lon, b.lat, b.lon), b.height - a.height if a.height_mode == b.height_mode else 0)
        for a, b in pairwise(points)
    )


def _flight_point(
    wayline: Wayline,
    waypoint: Waypoint,
    index: int,
    here: list[ActionGroup],
    mission: MissionConfig,
    path: str,
) -> FlightPoint:
    position = waypoint.position
    speed = waypoint.waypoint_speed or wayline.auto_flight_speed or mission.global_transitional_speed
    for value, name in ((position, "Point"), (waypoint.execute_height, "executeHeight"), (speed, "waypointSpeed")):
        if value is None:
            raise KmzError(Code.MISSING_ELEMENT, f"{path}/{name}", "The element is missing.", "Export the route again.")
    assert position is not None
    assert waypoint.execute_height is not None
    assert speed is not None
    actions = tuple(action for group in here if _trigger(group) == TriggerType.REACH_POINT for action in group.actions)
    params = [action.action_actuator_func_param for action in actions]
    turn = waypoint.waypoint_turn_param.waypoint_turn_mode if waypoint.waypoint_turn_param else None
    return FlightPoint(
        wayline_id=wayline.wayline_id or 0,
        index=index,
        lat=position.lat,
        lon=position.lon,
        height=waypoint.execute_height,
        height_mode=wayline.execute_height_mode or ExecuteHeightMode.RELATIVE,
        speed=speed,
        heading=_heading(waypoint),
        stops=turn in (TurnMode.STOP_STRAIGHT, TurnMode.STOP_CURVED),
        hover_s=sum(each.hover_time or 0.0 for each in params if isinstance(each, Hover)),
        photos=sum(isinstance(each, _PHOTOS) for each in params),
        photo_every_s=_interval(here, TriggerType.MULTIPLE_TIMING, index),
        photo_every_m=_interval(here, TriggerType.MULTIPLE_DISTANCE, index),
        starts_recording=any(isinstance(each, StartRecord) for each in params),
        stops_recording=any(isinstance(each, StopRecord) for each in params),
        actions=actions,
    )


def _groups(wayline: Wayline, path: str) -> dict[int, list[ActionGroup]]:
    """The action groups at each index."""
    out: dict[int, list[ActionGroup]] = {}
    left = MAX_COVERED
    for waypoint in wayline.placemarks:
        for group in waypoint.action_groups:
            start, end = group.action_group_start_index, group.action_group_end_index
            if start is None or end is None:
                continue
            covered = range(max(start, 0), min(end, len(wayline.placemarks) - 1) + 1)
            left -= len(covered)
            if left < 0:
                message = "The action groups cover the waypoints too often."
                raise KmzError(Code.TOO_LARGE, path, message, "Use fewer groups, each for the waypoints it is for.")
            for index in covered:
                out.setdefault(index, []).append(group)
    return out


def _trigger(group: ActionGroup) -> str | None:
    return group.action_trigger.action_trigger_type if group.action_trigger else None


def _interval(groups: list[ActionGroup], kind: TriggerType, index: int) -> float | None:
    """The shortest interval of the groups that take photos on the leg after the waypoint."""
    found = [
        group.action_trigger.action_trigger_param
        for group in groups
        if group.action_trigger is not None
        and group.action_trigger.action_trigger_type == kind
        and group.action_trigger.action_trigger_param is not None
        and group.action_group_end_index != index
        and any(isinstance(action.action_actuator_func_param, _PHOTOS) for action in group.actions)
    ]
    return min(found, default=None)


def _heading(waypoint: Waypoint) -> float | None:
    param = waypoint.waypoint_heading_param
    if param is None or param.waypoint_heading_mode != HeadingMode.SMOOTH_TRANSITION:
        return None
    return param.waypoint_heading_angle
