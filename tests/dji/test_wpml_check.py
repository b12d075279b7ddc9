"""Checks: each rule is broken once, alone, and is named with its element and a cure."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dji.products import product
from dji.wpml import (
    TEMPLATE,
    WAYLINES,
    Code,
    Kmz,
    KmzError,
    Problem,
    Severity,
    Waypoint,
    build_kmz,
    check,
    hover,
    require,
    take_photo,
)
from dji.wpml.actions import Action, ActionTrigger
from dji.wpml.element import Element, Place, Position
from dji.wpml.mission import AutoRerouteInfo, DroneInfo, PayloadInfo
from dji.wpml.params import (
    AccurateShoot,
    Focus,
    GimbalEvenlyRotate,
    Hover,
    Megaphone,
    OrientedShoot,
    PanoShot,
    Params,
    RecordPointCloud,
    Searchlight,
    TakePhoto,
    Zoom,
)
from dji.wpml.template import TemplateFolder, TemplatePlacemark
from dji.wpml.waylines import HeadingParam, Point, TurnParam, Wayline
from dji.wpml.waylines import Waypoint as Flown

M4TD = "0-100-1"
FOLDER = f"{WAYLINES}/Document/Folder[0]"
MISSION = f"{WAYLINES}/Document/missionConfig"


@pytest.fixture
def route() -> Kmz:
    points = [
        Waypoint(47.0, 8.0, 60),
        Waypoint(47.001, 8.0, 60, actions=[hover(2), take_photo()]),
        Waypoint(47.001, 8.002, 60),
        Waypoint(47.0, 8.002, 60),
    ]
    return build_kmz(points, aircraft_key=M4TD, turn_mode="coordinateTurn", damping_m=10)


def with_wayline(route: Kmz, change: Callable[[Wayline], Wayline]) -> Kmz:
    document = route.waylines_file.document
    assert document is not None
    folders = (change(document.folders[0]), *document.folders[1:])
    return replace(route, waylines_file=replace(route.waylines_file, document=replace(document, folders=folders)))


def with_point(route: Kmz, number: int, **values: Any) -> Kmz:
    def change(wayline: Wayline) -> Wayline:
        points = list(wayline.placemarks)
        points[number] = replace(points[number], **values)
        return replace(wayline, placemarks=tuple(points))

    return with_wayline(route, change)


def with_mission(route: Kmz, **values: Any) -> Kmz:
    document = route.waylines_file.document
    assert document is not None
    mission = replace(route.mission, **values)
    return replace(
        route, waylines_file=replace(route.waylines_file, document=replace(document, mission_config=mission))
    )


def with_template(route: Kmz, change: Callable[[TemplateFolder], TemplateFolder]) -> Kmz:
    assert route.template_file is not None
    document = route.template_file.document
    assert document is not None
    folders = tuple(change(folder) for folder in document.folders)
    return replace(route, template_file=replace(route.template_file, document=replace(document, folders=folders)))


def with_group(route: Kmz, **values: Any) -> Kmz:
    group = route.waylines[0].placemarks[1].action_groups[0]
    return with_point(route, 1, action_groups=(replace(group, **values),))


def with_action(route: Kmz, params: Params, **values: Any) -> Kmz:
    action = Action(action_id=0, action_actuator_func=params.FUNC, action_actuator_func_param=params)
    return with_group(route, actions=(replace(action, **values),))


def faults(route: Kmz, **of: Any) -> list[Problem]:
    return [problem for problem in check(route, **of) if problem.severity is Severity.ERROR]


def only(route: Kmz, code: Code, element: str, **of: Any) -> Problem:
    found = faults(route, **of)
    assert [(problem.code, problem.element) for problem in found] == [(code, element)], found
    assert found[0].cure
    return found[0]


def test_a_route_that_was_built_has_nothing_wrong(route: Kmz) -> None:
    assert check(route, aircraft=M4TD, dock="3-3-0") == []
    require(route, aircraft=M4TD)


# Waypoints


def test_indexes_run_from_0_without_gaps(route: Kmz) -> None:
    element = f"{FOLDER}/Placemark[2]/index"
    assert "has the index 5" in only(with_point(route, 2, index=5), Code.BAD_VALUE, element).message
    only(with_point(route, 2, index=1), Code.BAD_VALUE, element)


@pytest.mark.parametrize("end", [0, 3])
def test_the_ends_cannot_be_coordinated_turns(route: Kmz, end: int) -> None:
    turn = TurnParam(waypoint_turn_mode="coordinateTurn", waypoint_turn_damping_dist=5.0)
    element = f"{FOLDER}/Placemark[{end}]/waypointTurnParam/waypointTurnMode"
    only(with_point(route, end, waypoint_turn_param=turn), Code.BAD_VALUE, element)


def test_turns_must_fit_into_the_leg_between_them(route: Kmz) -> None:
    def turn(distance: float) -> TurnParam:
        return TurnParam(waypoint_turn_mode="coordinateTurn", waypoint_turn_damping_dist=distance)

    # The leg from 1 to 2 is 152 m, those beside it are 111 m.
    fits = with_point(with_point(route, 1, waypoint_turn_param=turn(76)), 2, waypoint_turn_param=turn(75))
    assert faults(fits) == []
    element = f"{FOLDER}/Placemark[2]/waypointTurnParam/waypointTurnDampingDist"
    tight = with_point(with_point(route, 1, waypoint_turn_param=turn(77)), 2, waypoint_turn_param=turn(76))
    assert "153.0 m of a leg of 152" in only(tight, Code.BAD_VALUE, element).message


@pytest.mark.parametrize("distance", [None, 0.0])
def test_a_turn_that_cuts_the_corner_needs_a_distance(route: Kmz, distance: float | None) -> None:
    turn = TurnParam(waypoint_turn_mode="toPointAndPassWithContinuityCurvature", waypoint_turn_damping_dist=distance)
    element = f"{FOLDER}/Placemark[1]/waypointTurnParam/waypointTurnDampingDist"
    only(with_point(route, 1, waypoint_turn_param=turn, use_straight_line=True), Code.MISSING_ELEMENT, element)
    assert faults(with_point(route, 1, waypoint_turn_param=turn, use_straight_line=False)) == []


def test_a_curved_turn_says_whether_legs_are_straight(route: Kmz) -> None:
    turn = TurnParam(waypoint_turn_mode="toPointAndStopWithContinuityCurvature")
    broken = with_point(route, 1, waypoint_turn_param=turn, use_straight_line=None)
    only(broken, Code.MISSING_ELEMENT, f"{FOLDER}/Placemark[1]/useStraightLine")


def test_headings_have_what_their_mode_needs(route: Kmz) -> None:
    where = f"{FOLDER}/Placemark[1]/waypointHeadingParam"
    smooth = HeadingParam(waypoint_heading_mode="smoothTransition")
    only(with_point(route, 1, waypoint_heading_param=smooth), Code.MISSING_ELEMENT, f"{where}/waypointHeadingAngle")
    poi = HeadingParam(waypoint_heading_mode="towardPOI")
    only(with_point(route, 1, waypoint_heading_param=poi), Code.MISSING_ELEMENT, f"{where}/waypointPoiPoint")
    whole = replace(poi, waypoint_poi_point=Place(47.0, 8.0, 0.0))
    assert faults(with_point(route, 1, waypoint_heading_param=whole)) == []
    odd = HeadingParam(waypoint_heading_mode="backwards")
    problem = only(with_point(route, 1, waypoint_heading_param=odd), Code.BAD_VALUE, f"{where}/waypointHeadingMode")
    assert "followWayline" in problem.cure


def test_two_waypoints_at_one_place_are_one_too_many(route: Kmz) -> None:
    same = route.waylines[0].placemarks[2].point
    broken = with_point(route, 3, point=same)
    assert [problem.element for problem in faults(broken)] == [f"{FOLDER}/Placemark[3]/Point"]


def test_a_wayline_has_two_waypoints(route: Kmz) -> None:
    one = with_wayline(route, lambda wayline: replace(wayline, placemarks=wayline.placemarks[:1]))
    only(one, Code.MISSING_ELEMENT, f"{FOLDER}/Placemark")


def test_a_waypoint_has_one_place(route: Kmz) -> None:
    both = Point(coordinates=(Position(8.0, 47.001), Position(8.1, 47.0)))
    only(with_point(route, 1, point=both), Code.BAD_VALUE, f"{FOLDER}/Placemark[1]/Point/coordinates")
    nowhere = check(with_point(route, 0, point=Point(coordinates=(Position(0.0, 0.0),))))
    assert [problem.severity for problem in nowhere] == [Severity.WARNING]


@pytest.mark.parametrize("name", ["execute_height", "waypoint_speed", "waypoint_turn_param", "index", "point"])
def test_what_every_waypoint_needs(route: Kmz, name: str) -> None:
    found = faults(with_point(route, 0, **{name: None}))
    assert [problem.code for problem in found] == [Code.MISSING_ELEMENT]
    assert found[0].element.startswith(f"{FOLDER}/Placemark[0]/")


@pytest.mark.parametrize(("speed", "right"), [(0.9, False), (1.0, True), (15.0, True), (15.1, False)])
def test_speeds_are_1_to_15(route: Kmz, speed: float, right: bool) -> None:
    element = f"{FOLDER}/Placemark[1]/waypointSpeed"
    broken = with_point(route, 1, waypoint_speed=speed)
    assert faults(broken) == [] if right else only(broken, Code.BAD_VALUE, element)


def test_two_waylines_of_one_id(route: Kmz) -> None:
    document = route.waylines_file.document
    assert document is not None
    twice = replace(
        route,
        waylines_file=replace(route.waylines_file, document=replace(document, folders=document.folders * 2)),
    )
    codes = {(problem.code, problem.element.rsplit("/", 1)[-1]) for problem in faults(twice)}
    assert codes == {(Code.INCONSISTENT, "waylineId"), (Code.INCONSISTENT, "actionGroupId")}


# The mission


@pytest.mark.parametrize(("height", "right"), [(1.2, False), (7.9, False), (8.0, True), (1500.0, True), (1501, False)])
def test_the_safe_height_is_that_of_a_dock(route: Kmz, height: float, right: bool) -> None:
    broken = with_mission(route, take_off_security_height=height)
    element = f"{MISSION}/takeOffSecurityHeight"
    assert faults(broken) == [] if right else "8 to 1500 m" in only(broken, Code.BAD_VALUE, element).message


def test_a_lost_action_is_named_when_it_is_to_be_done(route: Kmz) -> None:
    only(with_mission(route, execute_rc_lost_action=None), Code.MISSING_ELEMENT, f"{MISSION}/executeRCLostAction")
    assert faults(with_mission(route, execute_rc_lost_action=None, exit_on_rc_lost="goContinue")) == []


def test_a_finish_that_is_not_documented(route: Kmz) -> None:
    problem = only(with_mission(route, finish_action="loop"), Code.BAD_VALUE, f"{MISSION}/finishAction")
    assert problem.cure == "Choose one of: goHome, noAction, autoLand, gotoFirstWaypoint."


# Aircraft, camera, dock


def test_another_aircraft_is_refused_with_both_names(route: Kmz) -> None:
    problem = only(route, Code.WRONG_AIRCRAFT, f"{MISSION}/droneInfo", aircraft="0-91-1")
    assert problem.message == "The route is for Matrice 4TD (0-100-1), the aircraft is Matrice 3TD (0-91-1)."
    with pytest.raises(KmzError) as caught:
        require(route, aircraft="0-91-1")
    assert caught.value.code is Code.WRONG_AIRCRAFT
    only(route, Code.WRONG_AIRCRAFT, f"{MISSION}/droneInfo", aircraft="0-100-0")


def test_a_dock_that_houses_another_aircraft_is_named(route: Kmz) -> None:
    assert "Dock 1 houses Matrice 30" in only(route, Code.WRONG_AIRCRAFT, f"{MISSION}/droneInfo", dock="3-1-0").message
    assert faults(route, dock="dock3") == []


def test_the_camera_must_be_one_of_the_aircraft(route: Kmz) -> None:
    broken = with_mission(route, payload_info=PayloadInfo(payload_enum_value=80, payload_position_index=0))
    problem = only(broken, Code.WRONG_PAYLOAD, f"{MISSION}/payloadInfo/payloadEnumValue")
    assert problem.message == "The route is for Matrice 3D camera (80), Matrice 4TD carries Matrice 4TD camera (99)."
    psdk = with_mission(route, payload_info=PayloadInfo(payload_enum_value=65534, payload_position_index=1))
    assert faults(psdk) == []
    gimbal = with_mission(route, payload_info=PayloadInfo(payload_enum_value=99, payload_position_index=1))
    only(gimbal, Code.WRONG_PAYLOAD, f"{MISSION}/payloadInfo/payloadPositionIndex")


@pytest.mark.parametrize("key", ["0-67-0", "0-67-1", "0-91-0", "0-91-1", "0-100-0", "0-100-1", "0-99-0", "0-77-1"])
def test_each_aircraft_with_its_own_camera(key: str) -> None:
    route = build_kmz([Waypoint(47.0, 8.0, 60), Waypoint(47.001, 8.0, 60)], aircraft_key=key)
    assert check(route, aircraft=key) == []


def test_an_aircraft_without_an_entry_is_a_warning(route: Kmz) -> None:
    strange = with_mission(
        replace(route, template_file=None), drone_info=DroneInfo(drone_enum_value=250, drone_sub_enum_value=0)
    )
    assert [(p.severity, p.code) for p in check(strange)] == [
        (Severity.WARNING, Code.WRONG_AIRCRAFT),
        (Severity.WARNING, Code.MISSING_FILE),
    ]


def test_no_aircraft_is_a_missing_element(route: Kmz) -> None:
    broken = with_mission(route, drone_info=None)
    only(broken, Code.MISSING_ELEMENT, f"{MISSION}/droneInfo")
    with pytest.raises(KmzError):
        _ = broken.aircraft_key


def test_what_the_aircraft_cannot_do(route: Kmz) -> None:
    surface = with_wayline(route, lambda wayline: replace(wayline, execute_height_mode="realTimeFollowSurface"))
    only(surface, Code.UNSUPPORTED, f"{FOLDER}/executeHeightMode")
    m30 = build_kmz([Waypoint(47.0, 8.0, 60), Waypoint(47.001, 8.0, 60)], aircraft_key="0-67-0")
    reroute = AutoRerouteInfo(mission_auto_reroute_mode=True, transitional_auto_reroute_mode=True)
    assert [p.code for p in check(with_mission(m30, auto_reroute_info=reroute))] == [Code.UNSUPPORTED]
    assert check(with_mission(route, auto_reroute_info=reroute)) == []


# Actions

GROUP = f"{FOLDER}/Placemark[1]/actionGroup[0]"


def test_groups_stay_within_the_waypoints(route: Kmz) -> None:
    only(with_group(route, action_group_end_index=4), Code.BAD_VALUE, f"{GROUP}/actionGroupEndIndex")
    only(with_group(route, action_group_start_index=2), Code.BAD_VALUE, f"{GROUP}/actionGroupEndIndex")


def test_group_ids_are_unique(route: Kmz) -> None:
    group = route.waylines[0].placemarks[1].action_groups[0]
    twice = with_point(route, 1, action_groups=(group, group))
    assert {problem.code for problem in faults(twice)} == {Code.INCONSISTENT}
    assert {problem.element for problem in faults(twice)} == {
        f"{GROUP}/actionGroupId",
        f"{FOLDER}/Placemark[1]/actionGroup[1]/actionGroupId",
    }


def test_the_action_id_65535_is_refused(route: Kmz) -> None:
    only(with_action(route, Hover(hover_time=1.0), action_id=65535), Code.BAD_VALUE, f"{GROUP}/action[0]/actionId")
    assert faults(with_action(route, Hover(hover_time=1.0), action_id=65534)) == []


def test_action_ids_are_unique_in_their_group(route: Kmz) -> None:
    action = Action(action_id=3, action_actuator_func="hover", action_actuator_func_param=Hover(hover_time=1.0))
    assert [p.code for p in faults(with_group(route, actions=(action, action)))] == [Code.INCONSISTENT] * 2


@pytest.mark.parametrize("kind", ["multipleTiming", "multipleDistance"])
def test_repeating_triggers_need_an_interval(route: Kmz, kind: str) -> None:
    element = f"{GROUP}/actionTrigger/actionTriggerParam"
    missing = with_group(route, action_trigger=ActionTrigger(action_trigger_type=kind))
    only(missing, Code.MISSING_ELEMENT, element)
    none = ActionTrigger(action_trigger_type=kind, action_trigger_param=0.0)
    only(with_group(route, action_trigger=none), Code.BAD_VALUE, element)


def test_an_unknown_action_and_trigger_are_refused(route: Kmz) -> None:
    named = with_action(route, Hover(hover_time=1.0), action_actuator_func="dance")
    problem = only(named, Code.BAD_VALUE, f"{GROUP}/action[0]/actionActuatorFunc")
    assert "takePhoto" in problem.cure
    trigger = ActionTrigger(action_trigger_type="whenever")
    only(with_group(route, action_trigger=trigger), Code.BAD_VALUE, f"{GROUP}/actionTrigger/actionTriggerType")


@pytest.mark.parametrize(
    ("params", "missing"),
    [
        (Hover(), "hoverTime"),
        (Zoom(payload_position_index=0), "focalLength"),
        (TakePhoto(), "payloadPositionIndex"),
        (Searchlight(payload_position_index=0, searchlight_operate_type=1), "searchlightBrightness"),
        (PanoShot(payload_position_index=0), "panoShotSubMode"),
    ],
)
def test_parameters_of_actions_are_required(route: Kmz, params: Params, missing: str) -> None:
    element = f"{GROUP}/action[0]/actionActuatorFuncParam/{missing}"
    only(with_action(route, params), Code.MISSING_ELEMENT, element)


def test_values_of_actions_keep_their_bounds(route: Kmz) -> None:
    where = f"{GROUP}/action[0]/actionActuatorFuncParam"
    only(with_action(route, Hover(hover_time=0.0)), Code.BAD_VALUE, f"{where}/hoverTime")
    bright = Searchlight(payload_position_index=0, searchlight_operate_type=1, searchlight_brightness=101)
    only(with_action(route, bright), Code.BAD_VALUE, f"{where}/searchlightBrightness")
    lens = TakePhoto(payload_position_index=0, payload_lens_index=("wide", "xray"))
    only(with_action(route, lens), Code.BAD_VALUE, f"{where}/payloadLensIndex")


def test_an_area_to_focus_on_has_a_size(route: Kmz) -> None:
    point = Focus(payload_position_index=0, is_point_focus=True, focus_x=0.5, focus_y=0.5)
    assert faults(with_action(route, point)) == []
    area = with_action(route, replace(point, is_point_focus=False))
    assert [p.element.rsplit("/", 1)[-1] for p in faults(area)] == ["focusRegionWidth", "focusRegionHeight"]


def test_an_even_turn_of_the_gimbal_goes_along_a_leg(route: Kmz) -> None:
    turning = with_action(route, GimbalEvenlyRotate(payload_position_index=0, gimbal_pitch_rotate_angle=-30.0))
    only(turning, Code.INCONSISTENT, f"{GROUP}/actionTrigger/actionTriggerType")
    between = ActionTrigger(action_trigger_type="betweenAdjacentPoints")
    assert faults(with_group(turning, action_trigger=between)) == []


def test_an_action_that_the_aircraft_does_not_have(route: Kmz) -> None:
    scan = RecordPointCloud(payload_position_index=0, record_point_cloud_operate="startRecord")
    problem = only(with_action(route, scan), Code.UNSUPPORTED, f"{GROUP}/action[0]/actionActuatorFunc")
    assert problem.message == f"{product(M4TD).name} does not have the action recordPointCloud."
    m30 = build_kmz([Waypoint(47.0, 8.0, 60), Waypoint(47.001, 8.0, 60, actions=[take_photo()])], aircraft_key="0-67-1")
    old = [problem.severity for problem in check(with_action(m30, AccurateShoot(payload_position_index=0)))]
    assert Severity.WARNING in old


def oriented(**values: Any) -> OrientedShoot:
    full: dict[str, Any] = {}
    for spec in OrientedShoot.specs().values():
        low = spec.low if spec.low is not None else 0
        full[spec.name] = {
            "text": spec.values[0] if spec.values else "x",
            "integer": spec.values[0] if spec.values else int(max(low, 0)),
            "number": 1.0,
            "flag": True,
            "words": ("wide",),
        }[spec.kind]
    return OrientedShoot(**(full | {"payload_position_index": 0} | values))


def test_an_aimed_photo_is_within_reach(route: Kmz) -> None:
    where = f"{GROUP}/action[0]/actionActuatorFuncParam"
    assert faults(with_action(route, oriented())) == []
    assert [p.code for p in check(with_action(route, oriented()))] == [Code.MISSING_FILE]
    high = with_action(route, oriented(gimbal_pitch_rotate_angle=31.0))
    only(high, Code.BAD_VALUE, f"{where}/gimbalPitchRotateAngle")
    sideways = with_action(route, oriented(gimbal_yaw_rotate_angle=20.0, aircraft_heading=10.0))
    only(sideways, Code.INCONSISTENT, f"{where}/gimbalYawRotateAngle")


def test_a_sound_must_be_in_the_archive(route: Kmz) -> None:
    sound = Megaphone(
        payload_position_index=0,
        action_uuid="u",
        megaphone_operate_type=0,
        megaphone_operate_volume=50,
        megaphone_operate_loop=False,
        megaphone_operate_file_path="/wpmz/res/audio/a.opus",
        megaphone_file_name="a.opus",
        megaphone_file_original_name="Away.mp3",
        megaphone_file_md5="900150983cd24fb0d6963f7d28e17f72",
        megaphone_file_bitrate=4,
    )
    element = f"{GROUP}/action[0]/actionActuatorFuncParam/megaphoneOperateFilePath"
    speaking = with_action(route, sound)
    only(speaking, Code.MISSING_FILE, element)
    assert faults(replace(speaking, resources={"wpmz/res/audio/a.opus": b"abc"})) == []
    only(replace(speaking, resources={"wpmz/res/audio/a.opus": b"abd"}), Code.INCONSISTENT, element)


# The template

PLAN = f"{TEMPLATE}/Document/Folder[0]"


def test_a_route_without_a_template_is_a_warning(route: Kmz) -> None:
    assert [(p.severity, p.code) for p in check(replace(route, template_file=None))] == [
        (Severity.WARNING, Code.MISSING_FILE)
    ]


def test_a_template_for_another_aircraft_is_a_warning(route: Kmz) -> None:
    broken = with_mission(
        route,
        drone_info=DroneInfo(drone_enum_value=91, drone_sub_enum_value=0),
        payload_info=PayloadInfo(payload_enum_value=80, payload_position_index=0),
    )
    assert [(p.severity, p.element) for p in check(broken)] == [
        (Severity.WARNING, f"{TEMPLATE}/Document/missionConfig/droneInfo")
    ]


def test_waylines_name_a_template_that_is_there(route: Kmz) -> None:
    problems = check(with_wayline(route, lambda wayline: replace(wayline, template_id=4)))
    assert [(p.severity, p.code, p.element) for p in problems] == [
        (Severity.WARNING, Code.INCONSISTENT, f"{FOLDER}/templateId")
    ]


def test_a_waypoint_template_has_what_it_needs(route: Kmz) -> None:
    only(with_template(route, lambda f: replace(f, global_height=None)), Code.MISSING_ELEMENT, f"{PLAN}/globalHeight")

    def point(folder: TemplateFolder) -> TemplateFolder:
        first, *rest = folder.placemarks
        return replace(folder, placemarks=(replace(first, height=None), *rest))

    only(with_template(route, point), Code.MISSING_ELEMENT, f"{PLAN}/Placemark[0]/height")
    pitched = with_template(route, lambda f: replace(f, gimbal_pitch_mode="usePointSetting"))
    assert {p.element.rsplit("/", 1)[-1] for p in faults(pitched)} == {"gimbalPitchAngle"}


@pytest.mark.parametrize(
    ("kind", "needs"),
    [
        ("mapping2d", {"elevationOptimizeEnable", "Polygon"}),
        ("mapping3d", {"inclinedGimbalPitch", "inclinedFlightSpeed", "Polygon"}),
        ("mappingStrip", {"singleLineEnable", "cuttingDistance", "LineString", "caliFlightEnable"}),
    ],
)
def test_a_mapping_template_has_what_it_needs(route: Kmz, kind: str, needs: set[str]) -> None:
    def change(folder: TemplateFolder) -> TemplateFolder:
        return replace(folder, template_type=kind, placemarks=(TemplatePlacemark(),))

    missing = {problem.element.rsplit("/", 1)[-1] for problem in faults(with_template(route, change))}
    assert missing >= needs | {"shootType", "direction", "margin", "overlap", "globalShootHeight"}


def test_the_element_paths_are_those_of_the_file(route: Kmz) -> None:
    """Every label in a path is a tag of the declaration it stands in."""
    cls: type[Element] = Flown
    assert {"index", "executeHeight", "Point", "actionGroup"} <= {spec.label for spec in cls.specs().values()}
