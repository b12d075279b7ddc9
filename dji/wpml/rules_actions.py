"""What actions and their groups must fulfil, in waylines.wpml and in template.kml alike."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from typing import Final

from dji.products import Product, product
from dji.wpml.actions import Action, ActionGroup, StartActionGroup
from dji.wpml.enums import TriggerType
from dji.wpml.kmz import TEMPLATE, WAYLINES, Kmz
from dji.wpml.params import (
    ACTIONS,
    AccurateShoot,
    Focus,
    GimbalEvenlyRotate,
    Megaphone,
    OrientedShoot,
    Params,
    RepeatPhoto,
)
from dji.wpml.problems import Code, Problem, error, warning

# orientedShoot: pitch in degrees by aircraft type
_PITCH: Final[dict[int, tuple[float, float]]] = {
    67: (-120, 45),
    77: (-90, 35),
    91: (-90, 30),
    99: (-90, 30),
    100: (-90, 30),
}
# Their cameras cannot turn sideways, so the aircraft must.
_YAW_IS_HEADING: Final = (77, 91, 99, 100)


def check(kmz: Kmz) -> Iterator[Problem]:
    drone = kmz.mission.drone_info
    aircraft = product(drone.key) if drone is not None and drone.key is not None else None
    for folders in _folders(kmz):
        ids = Counter(
            group.action_group_id
            for _, groups, _, _ in folders
            for _, group in groups
            if group.action_group_id is not None
        )
        for path, groups, start, count in folders:
            for where, group in groups:
                yield from _group(group, where, count, ids)
                yield from _actions(kmz, group.actions, where, aircraft, _trigger(group))
            if start is not None:
                yield from _actions(kmz, start.actions, f"{path}/startActionGroup", aircraft, None)


_Folder = tuple[str, list[tuple[str, ActionGroup]], StartActionGroup | None, int]


def _folders(kmz: Kmz) -> list[list[_Folder]]:
    """Each file's folders: path, action groups with their paths, start group, number of waypoints."""
    flown: list[_Folder] = []
    planned: list[_Folder] = []
    for number, wayline in enumerate(kmz.waylines):
        path = f"{WAYLINES}/Document/Folder[{number}]"
        groups = [
            (f"{path}/Placemark[{place}]/actionGroup[{which}]", group)
            for place, point in enumerate(wayline.placemarks)
            for which, group in enumerate(point.action_groups)
        ]
        flown.append((path, groups, wayline.start_action_group, len(wayline.placemarks)))
    for number, folder in enumerate(kmz.template.folders if kmz.template else ()):
        path = f"{TEMPLATE}/Document/Folder[{number}]"
        groups = [
            (f"{path}/Placemark[{place}]/actionGroup[{which}]", group)
            for place, mark in enumerate(folder.placemarks)
            for which, group in enumerate(mark.action_groups)
        ]
        planned.append((path, groups, None, len(folder.placemarks)))
    return [flown, planned]


def _trigger(group: ActionGroup) -> str | None:
    return group.action_trigger.action_trigger_type if group.action_trigger else None


def _group(group: ActionGroup, where: str, count: int, ids: Counter[int]) -> Iterator[Problem]:
    identity, start, end = group.action_group_id, group.action_group_start_index, group.action_group_end_index
    if identity is not None and ids[identity] > 1:
        message = f"{ids[identity]} action groups have the id {identity}."
        yield error(Code.INCONSISTENT, f"{where}/actionGroupId", message, "Number the groups of the file from 0.")
    if start is not None and end is not None and end < start:
        message = f"The group ends at waypoint {end}, before it starts at {start}."
        yield error(Code.BAD_VALUE, f"{where}/actionGroupEndIndex", message, "End it at its start or later.")
    last = max((each for each in (start, end) if each is not None), default=0)
    if last >= count:
        # Break reason 1603.
        message = f"The group reaches to waypoint {last}, the last one is {count - 1}."
        yield error(Code.BAD_VALUE, f"{where}/actionGroupEndIndex", message, "Keep it within the waypoints.")
    timed = (TriggerType.MULTIPLE_TIMING, TriggerType.MULTIPLE_DISTANCE)
    if _trigger(group) in timed and group.action_trigger and group.action_trigger.action_trigger_param is None:
        element = f"{where}/actionTrigger/actionTriggerParam"
        message = f"{_trigger(group)} needs an interval."
        yield error(
            Code.MISSING_ELEMENT, element, message, "Add seconds for multipleTiming, metres for multipleDistance."
        )


def _actions(
    kmz: Kmz, actions: tuple[Action, ...], where: str, aircraft: Product | None, trigger: str | None
) -> Iterator[Problem]:
    ids = Counter(action.action_id for action in actions if action.action_id is not None)
    for number, action in enumerate(actions):
        path = f"{where}/action[{number}]"
        if action.action_id is not None and ids[action.action_id] > 1:
            # Break reason 1595.
            message = f"{ids[action.action_id]} actions of the group have the id {action.action_id}."
            yield error(Code.INCONSISTENT, f"{path}/actionId", message, "Number the actions of a group from 0.")
        yield from _name(action, path, aircraft)
        params = action.action_actuator_func_param
        if params is not None:
            yield from _params(kmz, params, f"{path}/actionActuatorFuncParam", aircraft)
            if isinstance(params, GimbalEvenlyRotate) and trigger not in (None, TriggerType.BETWEEN_POINTS):
                element = f"{where}/actionTrigger/actionTriggerType"
                message = "gimbalEvenlyRotate only works along a leg."
                yield error(Code.INCONSISTENT, element, message, "Use the trigger betweenAdjacentPoints.")


def _name(action: Action, path: str, aircraft: Product | None) -> Iterator[Problem]:
    name = action.action_actuator_func
    if name is None:
        return
    kind = ACTIONS.get(name)
    where = f"{path}/actionActuatorFunc"
    if kind is None:
        # Break reasons 1588 and 1634.
        message = f"The action {name[:40]!r} is not documented."
        yield error(Code.BAD_VALUE, where, message, f"Choose one of: {', '.join(ACTIONS)}.")
    elif kind.FAMILIES and aircraft is not None and aircraft.known and aircraft.type not in kind.FAMILIES:
        message = f"{aircraft.name} does not have the action {name}."
        yield error(Code.UNSUPPORTED, where, message, "Leave the action out, or plan the route for another aircraft.")
    elif kind is AccurateShoot:
        yield warning(Code.UNSUPPORTED, where, "accurateShoot is no longer maintained.", "Use orientedShoot.")


def _params(kmz: Kmz, params: Params, where: str, aircraft: Product | None) -> Iterator[Problem]:
    if isinstance(params, Focus) and params.is_point_focus is False:
        for value, name in (
            (params.focus_region_width, "focusRegionWidth"),
            (params.focus_region_height, "focusRegionHeight"),
        ):
            if value is None:
                yield error(Code.MISSING_ELEMENT, f"{where}/{name}", "An area needs its size.", "Add it, 0 to 1.")
    if isinstance(params, OrientedShoot):
        yield from _aim(params, where, aircraft)
        yield from _file(kmz, params.oriented_file_path, params.oriented_file_md5, f"{where}/orientedFilePath", False)
    if isinstance(params, Megaphone):
        path, md5 = params.megaphone_operate_file_path, params.megaphone_file_md5
        yield from _file(kmz, path, md5, f"{where}/megaphoneOperateFilePath", True)


def _aim(params: RepeatPhoto, where: str, aircraft: Product | None) -> Iterator[Problem]:
    if aircraft is None or aircraft.type not in _PITCH:
        return
    low, high = _PITCH[aircraft.type]
    pitch = params.gimbal_pitch_rotate_angle
    if pitch is not None and not low <= pitch <= high:
        message = f"{aircraft.name} turns its gimbal from {low:g} to {high:g} degrees, not to {pitch:g}."
        yield error(Code.BAD_VALUE, f"{where}/gimbalPitchRotateAngle", message, "Choose an angle it can reach.")
    yaw, heading = params.gimbal_yaw_rotate_angle, params.aircraft_heading
    if aircraft.type in _YAW_IS_HEADING and yaw is not None and heading is not None and yaw != heading:
        message = f"{aircraft.name} aims sideways by turning: gimbal yaw {yaw:g} must be its heading {heading:g}."
        yield error(Code.INCONSISTENT, f"{where}/gimbalYawRotateAngle", message, "Make the two equal.")


def _file(kmz: Kmz, path: str | None, md5: str | None, where: str, needed: bool) -> Iterator[Problem]:
    """The file that an action names must be in the archive, with the MD5 that is said."""
    if path is None:
        return
    wanted = path.lstrip("/")
    candidates = (wanted, f"wpmz/{wanted}", f"wpmz/res/{wanted}", f"wpmz/res/image/{wanted}")
    content = next((kmz.resources[name] for name in candidates if name in kmz.resources), None)
    if content is None:
        kind = error if needed else warning
        yield kind(Code.MISSING_FILE, where, f"The archive has no {path[:80]!r}.", "Put the file into wpmz/res.")
    elif md5 and hashlib.md5(content, usedforsecurity=False).hexdigest() != md5.lower():
        yield error(Code.INCONSISTENT, where, "The file does not have the MD5 that is said.", "Correct the MD5.")
