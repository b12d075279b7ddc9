"""Routes built from waypoints: right as they are, the same bytes each time, and flown as they were asked for."""

import hashlib
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dji.wpml import (
    Code,
    FlightPoint,
    KmzError,
    Waypoint,
    build_kmz,
    check,
    gimbal_pitch,
    hover,
    read_kmz,
    rotate_yaw,
    start_record,
    stop_record,
    take_photo,
    write_kmz,
)
from dji.wpml.geodesy import distance_m
from dji.wpml.params import TakePhoto

M4TD = "0-100-1"
LINE = [Waypoint(47.0, 8.0, 60), Waypoint(47.001, 8.0, 70, speed=5, heading=90), Waypoint(47.001, 8.001, 60)]


def test_what_is_asked_for_is_flown() -> None:
    actions = [gimbal_pitch(-45), hover(2), take_photo("fence"), rotate_yaw(-90), start_record(), stop_record()]
    points = [*LINE[:2], Waypoint(47.001, 8.001, 60, actions=actions)]
    route = read_kmz(write_kmz(build_kmz(points, aircraft_key=M4TD, name="fence", speed=8)), name="fence")
    assert check(route, aircraft=M4TD, dock="3-3-0") == []
    first, second, third = route.waypoints()
    assert (first.speed, first.heading, second.speed, second.heading) == (8, None, 5, 90)
    assert (third.hover_s, third.photos, third.starts_recording, third.stops_recording) == (2, 1, True, True)
    assert [action.action_id for action in third.actions] == list(range(6))
    photo = third.actions[2].action_actuator_func_param
    assert isinstance(photo, TakePhoto)
    assert (photo.payload_position_index, photo.use_global_payload_lens_index, photo.file_suffix) == (0, True, "fence")
    assert route.unknown_elements() == []


def test_the_same_route_is_the_same_bytes_in_another_process() -> None:
    here = build_kmz(LINE, aircraft_key=M4TD, created_ms=1_700_000_000_000)
    code = (
        "from dji.wpml import Waypoint, build_kmz\n"
        f"print(build_kmz({LINE!r}, aircraft_key={M4TD!r}, created_ms=1_700_000_000_000).md5)"
    )
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here.md5 == hashlib.md5(write_kmz(here), usedforsecurity=False).hexdigest()
    assert build_kmz(LINE, aircraft_key=M4TD, speed=9).md5 != here.md5


def test_the_name_changes_no_bytes() -> None:
    assert build_kmz(LINE, aircraft_key=M4TD, name="a").md5 == build_kmz(LINE, aircraft_key=M4TD, name="b").md5


def test_the_infrared_lens_is_kept_where_there_is_one() -> None:
    def lenses(key: str) -> tuple[str, ...] | None:
        template = build_kmz(LINE, aircraft_key=key).template
        assert template is not None
        assert template.folders[0].payload_param is not None
        return template.folders[0].payload_param.image_format

    assert lenses("0-100-1") == ("wide", "zoom", "ir")
    assert lenses("0-100-0") == ("wide", "zoom")


def test_heights_above_the_ellipsoid_leave_the_template_without_waypoints() -> None:
    route = build_kmz(LINE, aircraft_key=M4TD, height_mode="WGS84")
    assert route.template is not None
    assert route.template.folders == ()
    assert {point.height_mode for point in route.waypoints()} == {"WGS84"}
    assert check(route, aircraft=M4TD) == []


@pytest.mark.parametrize("mode", ["coordinateTurn", "toPointAndPassWithContinuityCurvature"])
def test_turns_are_shortened_on_short_legs(mode: str) -> None:
    near = [Waypoint(47.0, 8.0, 60), Waypoint(47.00002, 8.0, 60), Waypoint(47.001, 8.0, 60), Waypoint(47.002, 8.0, 60)]
    route = build_kmz(near, aircraft_key=M4TD, turn_mode=mode, damping_m=20)
    turns = [point.waypoint_turn_param for point in route.waylines[0].placemarks]
    distances = [turn.waypoint_turn_damping_dist for turn in turns if turn is not None]
    assert distances == [0.0, pytest.approx(1.0, abs=0.01), 20.0, 0.0]
    assert [point.stops for point in route.waypoints()] == [True, False, False, True]


def test_flying_on_when_the_signal_is_lost() -> None:
    route = build_kmz(LINE, aircraft_key=M4TD, rc_lost_action=None)
    assert (route.mission.exit_on_rc_lost, route.mission.execute_rc_lost_action) == ("goContinue", None)
    assert route.exit_wayline_when_rc_lost == 0


def test_leaving_the_route_when_the_signal_is_lost() -> None:
    home, hover = (build_kmz(LINE, aircraft_key=M4TD, rc_lost_action=action) for action in ("goBack", "hover"))
    assert (home.exit_wayline_when_rc_lost, hover.exit_wayline_when_rc_lost) == (1, 1)
    assert check(home) == []
    (problem,) = check(hover)
    assert (problem.severity, problem.element) == (
        "warning",
        "wpmz/waylines.wpml/Document/missionConfig/executeRCLostAction",
    )


@pytest.mark.parametrize(
    ("points", "options", "code", "element"),
    [
        (LINE[:1], {}, Code.MISSING_ELEMENT, "Placemark"),
        ([], {}, Code.MISSING_ELEMENT, "Placemark"),
        (LINE, {"speed": 16.0}, Code.BAD_VALUE, "globalTransitionalSpeed"),
        (LINE, {"take_off_security_height": 5.0}, Code.BAD_VALUE, "takeOffSecurityHeight"),
        (LINE, {"finish_action": "loop"}, Code.BAD_VALUE, "finishAction"),
        (LINE, {"height_mode": "EGM96"}, Code.BAD_VALUE, "executeHeightMode"),
        (LINE, {"turn_mode": "sharp"}, Code.BAD_VALUE, "waypointTurnMode"),
        (LINE, {"lenses": ("xray",)}, Code.BAD_VALUE, "imageFormat"),
        (LINE, {"aircraft_key": "0-89-0"}, Code.WRONG_AIRCRAFT, "aircraft_key"),
        (LINE, {"aircraft_key": "3-3-0"}, Code.WRONG_AIRCRAFT, "aircraft_key"),
        ([Waypoint(91, 8, 60), *LINE], {}, Code.BAD_VALUE, "waypoints[0]"),
        ([Waypoint(47, float("nan"), 60), *LINE], {}, Code.BAD_VALUE, "waypoints[0]"),
        ([Waypoint(47, 8, float("nan")), *LINE], {}, Code.BAD_VALUE, "executeHeight"),
        ([LINE[0], LINE[0], LINE[1]], {}, Code.BAD_VALUE, "Point"),
        ([LINE[0], Waypoint(47.001, 8, 60, heading=181)], {}, Code.BAD_VALUE, "waypointHeadingAngle"),
        ([LINE[0], Waypoint(47.001, 8, 60, actions=[hover(0)])], {}, Code.BAD_VALUE, "hoverTime"),
    ],
)
def test_what_cannot_be_flown_is_not_built(
    points: list[Waypoint], options: dict[str, object], code: Code, element: str
) -> None:
    with pytest.raises(KmzError) as caught:
        build_kmz(points, **({"aircraft_key": M4TD} | options))  # type: ignore[arg-type]  # wrong on purpose
    assert caught.value.code is code
    assert caught.value.element.endswith(element)


WAYPOINTS = st.lists(
    st.builds(
        Waypoint,
        lat=st.integers(-80_000, 80_000).map(lambda thousandths: thousandths / 1000),
        lon=st.integers(-179_999, 180_000).map(lambda thousandths: thousandths / 1000),
        height=st.floats(5, 500),
        speed=st.none() | st.floats(1, 15),
        heading=st.none() | st.floats(-180, 180),
        actions=st.lists(
            st.sampled_from([take_photo(), hover(1.5), rotate_yaw(30), start_record(), stop_record()]), max_size=3
        ),
    ),
    min_size=2,
    max_size=8,
    unique_by=lambda point: (point.lat, point.lon),
)


@settings(max_examples=100, deadline=None)
@given(WAYPOINTS, st.sampled_from(["0-67-0", "0-91-1", "0-100-0"]), st.booleans())
def test_any_route_that_is_built_reads_back_as_asked(points: list[Waypoint], key: str, curved: bool) -> None:
    mode = "coordinateTurn" if curved else "toPointAndStopWithDiscontinuityCurvature"
    route = read_kmz(write_kmz(build_kmz(points, aircraft_key=key, turn_mode=mode)))
    assert all(problem.severity == "warning" for problem in check(route, aircraft=key))
    flown: list[FlightPoint] = route.waypoints()
    assert [p.lat for p in flown] == pytest.approx([p.lat for p in points], abs=1e-8)
    assert [p.lon for p in flown] == pytest.approx([p.lon for p in points], abs=1e-8)
    assert [p.height for p in flown] == [p.height for p in points]
    assert [len(p.actions) for p in flown] == [len(p.actions) for p in points]


def test_distances_are_those_of_the_ellipsoid() -> None:
    # A minute of latitude at 45 degrees is 1852.2 m, of longitude 1314.1 m.
    assert distance_m(45 - 1 / 120, 8, 45 + 1 / 120, 8) == pytest.approx(1852.24, abs=0.1)
    assert distance_m(45, 8, 45, 8 + 1 / 60) == pytest.approx(1314.15, abs=0.1)
    assert distance_m(0, 179.999, 0, -179.999) == pytest.approx(222.64, abs=0.1)
