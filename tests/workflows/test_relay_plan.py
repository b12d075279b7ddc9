"""Planning of relays, by properties: covered once, in order, no leg over its range."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from dji.wpml.geodesy import distance_m
from store.relays import CraftLimits, RoutePoint
from workflows.relay_plan import (
    CLIMB,
    CRAFTS,
    TAKE_OFF_AND_LANDING,
    CannotReach,
    Craft,
    DockAt,
    Leg,
    Route,
    plan,
    skippable,
    with_limits,
)

SPEED = 10.0
KM = 0.009  # degrees of latitude in a kilometre, nearly


def along(*kilometres: float, height: float = 60) -> list[RoutePoint]:
    """A route to the north."""
    return [RoutePoint(lat=46.0 + KM * km, lon=7.0, height=height) for km in kilometres]


def dock(sn: str, km: float, **more: float) -> DockAt:
    return DockAt(sn=sn, lat=46.0 + KM * km, lon=7.001, craft=CRAFTS["dock3"], **more)


points = st.lists(
    st.builds(
        RoutePoint,
        lat=st.floats(45.9, 46.1),
        lon=st.floats(6.9, 7.1),
        height=st.floats(20, 120),
        speed=st.none() | st.floats(4, 15),
        photo=st.booleans(),
        hover=st.floats(0, 30),
    ),
    min_size=2,
    max_size=8,
)
docks = st.lists(
    st.builds(
        DockAt,
        sn=st.uuids().map(str),
        lat=st.floats(45.9, 46.1),
        lon=st.floats(6.9, 7.1),
        craft=st.builds(Craft, endurance=st.floats(600, 9000), fastest=st.floats(8, 20), radius=st.floats(3000, 30000)),
        battery=st.floats(0, 100),
        wind=st.floats(0, 12),
        reserve=st.floats(15, 40),
    ),
    min_size=1,
    max_size=5,
)


def check(route: Route, crew: list[DockAt], legs: list[Leg], start: float = 0.0) -> None:
    by_sn = {dock.sn: dock for dock in crew}
    assert legs[0].start == start
    assert legs[-1].end == route.length
    assert all(leg.start < leg.end for leg in legs)
    assert all(before.end == after.start for before, after in pairwise(legs))
    order = [dock.sn for dock in crew]
    turns = [order.index(leg.sn) for leg in legs]
    assert turns == sorted(set(turns))
    for leg in legs:
        who = by_sn[leg.sn]
        flown = route.part(leg.start, leg.end)
        way_out = distance_m(who.lat, who.lon, flown[0].lat, flown[0].lon)
        way_home = distance_m(who.lat, who.lon, flown[-1].lat, flown[-1].lon)
        # Never better than without wind, at the fastest: what is planned must hold with that, and with the reserve
        least = (way_out + way_home + leg.end - leg.start) / who.craft.fastest + sum(p.hover for p in flown[1:])
        assert least + TAKE_OFF_AND_LANDING <= leg.seconds * 1.001 + 1
        assert leg.seconds <= who.budget + 0.1
        assert way_out <= who.craft.radius
        assert way_home <= who.craft.radius


@settings(max_examples=60, deadline=None)
@given(points, docks)
def test_a_plan_covers_the_route_once_in_order_and_within_range(
    given_points: list[RoutePoint], crew: list[DockAt]
) -> None:
    try:
        route = Route(given_points, SPEED)
        legs = plan(given_points, crew, speed=SPEED)
    except ValueError:
        return
    except CannotReach:
        return
    check(route, crew, legs)


@settings(max_examples=30, deadline=None)
@given(points, docks, st.floats(0, 1))
def test_the_rest_of_a_route_can_be_planned_anew(
    given_points: list[RoutePoint], crew: list[DockAt], part: float
) -> None:
    try:
        route = Route(given_points, SPEED)
    except ValueError:
        return
    start = part * route.length
    assume(route.length - start > 1)
    try:
        legs = plan(given_points, crew, speed=SPEED, start=start)
    except CannotReach:
        return
    check(route, crew, legs, start)


@settings(max_examples=60, deadline=None)
@given(points, st.lists(st.floats(0, 1), max_size=4))
def test_parts_put_together_are_the_route(given_points: list[RoutePoint], cuts: list[float]) -> None:
    try:
        route = Route(given_points, SPEED)
    except ValueError:
        return
    marks = sorted({0.0, route.length, *(cut * route.length for cut in cuts)})
    assume(all(b - a > 1 for a, b in pairwise(marks)))
    parts = [route.part(a, b) for a, b in pairwise(marks)]
    length = sum(Route(part, SPEED).length for part in parts)
    assert length == pytest.approx(route.length, rel=2e-3, abs=1)
    hovered = sum(point.hover for part in parts for point in part)
    assert hovered == pytest.approx(sum(point.hover for point in route.points))


def test_three_docks_share_a_line_between_them() -> None:
    crew = [dock("a", 1), dock("b", 5), dock("c", 9)]
    legs = plan(along(0, 10), crew, speed=SPEED)
    assert [leg.sn for leg in legs] == ["a", "b", "c"]
    assert 2500 < legs[0].end < 4200
    assert 6000 < legs[1].end < 7500


def test_wind_and_battery_move_the_hand_off() -> None:
    still = plan(along(0, 10), [dock("a", 2), dock("b", 8)], speed=SPEED)
    weak = plan(along(0, 10), [dock("a", 2, battery=60), dock("b", 8)], speed=SPEED)
    windy = plan(along(0, 10), [dock("a", 2), dock("b", 8, wind=9)], speed=SPEED)
    assert weak[0].end < still[0].end < windy[0].end


def test_a_hand_off_may_lie_between_two_waypoints() -> None:
    legs = plan(along(0, 12), [dock("a", 2), dock("b", 10)], speed=SPEED)
    handed = Route(along(0, 12), SPEED).part(legs[0].start, legs[0].end)[-1]
    assert 46.0 < handed.lat < 46.0 + KM * 12


def test_a_dock_without_battery_is_left_out_and_one_that_is_needed_is_not_skippable() -> None:
    route = along(0, 6)
    crew = [dock("a", 1), dock("b", 3, battery=20), dock("c", 5)]
    legs = plan(route, crew, speed=SPEED)
    assert [leg.sn for leg in legs] == ["a", "c"]
    assert skippable(route, crew, legs, speed=SPEED) == ["a", "c"]
    longer = along(0, 30)
    crew = [dock("a", 1), dock("b", 15), dock("c", 29)]
    assert skippable(longer, crew, plan(longer, crew, speed=SPEED), speed=SPEED) == []


def test_the_height_of_the_way_home_is_climbed_on_the_battery() -> None:
    crew = [dock("a", 2), dock("b", 8)]
    low = plan(along(0, 10), crew, speed=SPEED)
    high = plan(along(0, 10), crew, speed=SPEED, rth_altitude=500)
    climbed = 2 * (500 - 60) / CLIMB  # up from the route, and as far down again
    assert sum(leg.seconds for leg in high) == pytest.approx(sum(leg.seconds for leg in low) + 2 * climbed, abs=1)
    assert plan(along(0, 10), crew, speed=SPEED, rth_altitude=60) == low


def test_what_is_known_of_an_aircraft_takes_the_place_of_its_models_figures() -> None:
    known = with_limits(CRAFTS["dock3"], CraftLimits(endurance=1200, radius=3000))
    assert known == Craft(endurance=1200, fastest=15, radius=3000)
    assert with_limits(known, None) == known
    route = along(0, 10)
    tired = replace(dock("a", 2), craft=known)
    assert plan(route, [tired, dock("b", 8)], speed=SPEED)[0].end <= 5_100  # 3 km to the north of it
    with pytest.raises(CannotReach):
        plan(route, [tired, replace(dock("b", 8), craft=known)], speed=SPEED)


def test_what_nobody_reaches_is_named() -> None:
    with pytest.raises(CannotReach) as caught:
        plan(along(0, 40), [dock("a", 1), dock("b", 4)], speed=SPEED)
    assert 10_000 < caught.value.at < 20_000


def test_against_too_much_wind_nobody_flies() -> None:
    with pytest.raises(CannotReach):
        plan(along(0, 1), [dock("a", 0, wind=14)], speed=SPEED)
