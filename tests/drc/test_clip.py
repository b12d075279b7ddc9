"""Clipped sticks never leave an area, whatever is done with them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from drc.clip import METRES_PER_DEGREE, Areas, Pose, UnreadableArea
from drc.sticks import CENTRE, Sticks, deflection, rates_of
from tests.drc.conftest import House

HOME = Pose(47.0, 8.3, 0.0)
HOLD = 0.2  # s, between two sticks
STEPS = 10  # of the aircraft's way in that time

SQUARE = [(-100, -100), (100, -100), (100, 100), (-100, 100)]
BITE = [(-100, -100), (100, -100), (100, 100), (0, 20), (-100, 100)]
CORRIDOR = [(-200, -8), (200, -8), (200, 8), (-200, 8)]


def place(east: float, north: float) -> tuple[float, float]:
    scale = METRES_PER_DEGREE * math.cos(math.radians(HOME.latitude))
    return HOME.longitude + east / scale, HOME.latitude + north / METRES_PER_DEGREE


def polygon(kind: str, ring: Sequence[tuple[float, float]], **properties: Any) -> dict[str, Any]:
    points = [place(east, north) for east, north in [*ring, ring[0]]]
    geometry = {"type": "Polygon", "coordinates": [points]}
    return {"type": "Feature", "geofence_type": kind, "geometry": geometry, "properties": properties}


def circle(kind: str, east: float, north: float, radius: float) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": place(east, north)}
    properties = {"subType": "Circle", "radius": radius, "enable": True}
    return {"type": "Feature", "geofence_type": kind, "geometry": geometry, "properties": properties}


AREAS = {
    "a square": [polygon("dfence", SQUARE)],
    "a square with a bite": [polygon("dfence", BITE)],
    "a corridor": [polygon("dfence", CORRIDOR)],
    "a square around a circle": [polygon("dfence", SQUARE), circle("nfz", 40, 10, 15)],
    "two circles": [circle("nfz", 30, 0, 20), circle("nfz", -25, 25, 15)],
}


def moved(pose: Pose, sticks: Sticks, product: str, seconds: float) -> Pose:
    """Where the aircraft is a moment later; its speed follows the sticks at once."""
    rates = rates_of(product)
    forward, right = deflection(sticks.pitch) * rates.ground, deflection(sticks.roll) * rates.ground
    heading = pose.heading + deflection(sticks.yaw) * rates.turn * seconds
    nose = math.radians((pose.heading + heading) / 2)
    north = (forward * math.cos(nose) - right * math.sin(nose)) * seconds
    east = (forward * math.sin(nose) + right * math.cos(nose)) * seconds
    scale = METRES_PER_DEGREE * math.cos(math.radians(HOME.latitude))
    return Pose(pose.latitude + north / METRES_PER_DEGREE, pose.longitude + east / scale, heading)


axis = st.one_of(st.sampled_from([364, CENTRE, 1684]), st.integers(364, 1684))
flown = st.lists(st.builds(Sticks, roll=axis, pitch=axis, throttle=axis, yaw=axis), min_size=1, max_size=60)


@pytest.mark.parametrize("name", AREAS)
@settings(max_examples=40, deadline=None)
@given(sticks=flown, heading=st.floats(-180, 180), product=st.sampled_from(["3-1-0", "3-3-0"]))
def test_an_aircraft_inside_never_leaves(name: str, sticks: list[Sticks], heading: float, product: str) -> None:
    areas, pose = Areas(AREAS[name]), replace(HOME, heading=heading)
    shapes = [(f["geofence_type"], true_shape(f)) for f in AREAS[name]]
    assert areas.allows(pose)
    for asked in sticks:
        sent = areas.clip(pose, asked, rates_of(product))
        assert (sent.throttle, sent.yaw) == (asked.throttle, asked.yaw)
        for _ in range(STEPS):
            pose = moved(pose, sent, product, HOLD / STEPS)
            point = shapely.Point(pose.longitude, pose.latitude)
            assert all(shape.contains(point) == (kind == "dfence") for kind, shape in shapes), (pose, asked, sent)


def true_shape(feature: dict[str, Any]) -> Any:
    """The area itself, without margin, in degrees."""
    shape = shapely.geometry.shape(feature["geometry"])
    if isinstance(shape, shapely.Point):
        radius = feature["properties"]["radius"]
        ring = [(radius * math.sin(a / 50), radius * math.cos(a / 50)) for a in range(314)]
        east = (shape.x - HOME.longitude) * METRES_PER_DEGREE * math.cos(math.radians(HOME.latitude))
        north = (shape.y - HOME.latitude) * METRES_PER_DEGREE
        return shapely.Polygon([place(east + e, north + n) for e, n in ring])
    return shape


def test_sticks_that_lead_nowhere_near_a_border_pass_as_they_are() -> None:
    rates = rates_of("3-3-0")
    asked = Sticks(pitch=1300, roll=900, throttle=1500, yaw=1100)
    assert Areas(AREAS["a square"]).clip(HOME, asked, rates) is asked
    assert Areas([]).clip(HOME, asked, rates) is asked
    assert Areas([polygon("dfence", CORRIDOR, enable=False)]).clip(HOME, asked, rates) is asked


def test_near_a_border_they_are_made_smaller_in_the_same_direction() -> None:
    north = Areas(AREAS["a corridor"]).clip(HOME, Sticks(pitch=1684, roll=1684), rates_of("3-3-0"))
    assert 0 < deflection(north.pitch) < 0.25
    assert abs(north.pitch - north.roll) <= 1
    along = Areas(AREAS["a corridor"]).clip(HOME, Sticks(roll=1684), rates_of("3-3-0"))
    assert along.roll == 1684


def test_an_aircraft_outside_may_only_come_back() -> None:
    areas, outside = Areas(AREAS["a square"]), moved(HOME, Sticks(pitch=1684), "3-3-0", 10)
    assert not areas.allows(outside)
    away = areas.clip(outside, Sticks(pitch=1684, throttle=1500), rates_of("3-3-0"))
    assert (away.pitch, away.throttle) == (CENTRE, 1500)
    assert areas.clip(outside, Sticks(pitch=364), rates_of("3-3-0")).pitch == 364


@pytest.mark.parametrize(
    "feature",
    [
        {"geofence_type": "dfence", "geometry": None},
        {"geofence_type": "park", "geometry": {"type": "Point", "coordinates": [8, 47]}},
        {"geofence_type": "nfz", "geometry": {"type": "Point", "coordinates": [8, 47]}},
        {"geofence_type": "nfz", "geometry": {"type": "LineString", "coordinates": [[8, 47], [9, 47]]}},
    ],
)
def test_what_is_no_area_is_said(feature: dict[str, Any]) -> None:
    with pytest.raises(UnreadableArea):
        Areas([feature])


async def test_an_operator_is_stopped_at_the_border_of_the_mission_and_told(drc: House) -> None:
    async with drc.dock() as sim, drc.operator(sim.sn) as ann:
        home = sim.aircraft.position
        ring = [(-30.0, -30.0), (30.0, -30.0), (30.0, 12.0), (-30.0, 12.0)]
        points = [[home.longitude + e / 102_500, home.latitude + n / METRES_PER_DEGREE] for e, n in [*ring, ring[0]]]
        feature = {"type": "Feature", "geofence_type": "dfence", "properties": {"enable": True},
                   "geometry": {"type": "Polygon", "coordinates": [points]}}  # fmt: skip
        mission = f"mission-{sim.sn}"
        await drc.store.collection("mission_areas").document(mission).set({"features": [json.dumps(feature)]})
        await drc.docks.patch(sim.sn, {"missionId": mission})
        await ann.ready()
        await ann.hold(1.6, pitch=1684)
        clipped = await ann.hear("clipped")
        assert clipped["asked"]["pitch"] == 1684
        assert CENTRE <= clipped["sent"]["pitch"] < 1684
        gone = (sim.aircraft.position.latitude - home.latitude) * METRES_PER_DEGREE
        assert 3 < gone < 12
        await drc.docks.patch(sim.sn, {"missionId": None})
