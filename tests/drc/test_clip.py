"""Clipped sticks never leave an area, whatever is done with them."""

from __future__ import annotations

import math
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from drc.clip import Areas, Pose
from drc.sticks import CENTRE, Sticks, deflection, rates_of
from store.areas import Area, AreaKind, Corner, MissionAreas, MissionAreasRepository
from store.geofence import EARTH
from tests.drc.conftest import House

HOME = Pose(47.0, 8.3, 0.0)
NORTH = math.radians(EARTH)  # m in a degree
EAST = NORTH * math.cos(math.radians(HOME.latitude))
HOLD = 0.2  # s, between two sticks
STEPS = 10  # of the aircraft's way in that time

SQUARE = [(-100, -100), (100, -100), (100, 100), (-100, 100)]
BITE = [(-100, -100), (100, -100), (100, 100), (0, 20), (-100, 100)]
CORRIDOR = [(-200, -8), (200, -8), (200, 8), (-200, 8)]


def place(east: float, north: float) -> tuple[float, float]:
    return HOME.longitude + east / EAST, HOME.latitude + north / NORTH


def polygon(kind: AreaKind, ring: Sequence[tuple[float, float]], *, enabled: bool = True) -> Area:
    corners = [Corner(longitude=x, latitude=y) for x, y in (place(east, north) for east, north in ring)]
    return Area(id=uuid.uuid4().hex, kind=kind, corners=corners, enabled=enabled)


def circle(kind: AreaKind, east: float, north: float, radius: float) -> Area:
    return polygon(kind, [(east, north)]).model_copy(update={"radius": radius})


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
    return Pose(pose.latitude + north / NORTH, pose.longitude + east / EAST, heading)


axis = st.one_of(st.sampled_from([364, CENTRE, 1684]), st.integers(364, 1684))
flown = st.lists(st.builds(Sticks, roll=axis, pitch=axis, throttle=axis, yaw=axis), min_size=1, max_size=60)


@pytest.mark.parametrize("name", AREAS)
@settings(max_examples=40, deadline=None)
@given(sticks=flown, heading=st.floats(-180, 180), product=st.sampled_from(["3-1-0", "3-3-0"]))
def test_an_aircraft_inside_never_leaves(name: str, sticks: list[Sticks], heading: float, product: str) -> None:
    areas, pose = Areas(AREAS[name]), replace(HOME, heading=heading)
    shapes = [(area.kind, true_shape(area)) for area in AREAS[name]]
    assert areas.allows(pose)
    for asked in sticks:
        sent = areas.clip(pose, asked, rates_of(product))
        assert (sent.throttle, sent.yaw) == (asked.throttle, asked.yaw)
        for _ in range(STEPS):
            pose = moved(pose, sent, product, HOLD / STEPS)
            point = shapely.Point((pose.longitude - HOME.longitude) * EAST, (pose.latitude - HOME.latitude) * NORTH)
            assert all(shape.contains(point) == (kind == "dfence") for kind, shape in shapes), (pose, asked, sent)


def true_shape(area: Area) -> Any:
    """The area itself, without margin, in metres around home."""
    ring = [((c.longitude - HOME.longitude) * EAST, (c.latitude - HOME.latitude) * NORTH) for c in area.corners]
    return shapely.Point(ring[0]).buffer(area.radius - 0.5) if area.radius else shapely.Polygon(ring)


def test_sticks_that_lead_nowhere_near_a_border_pass_as_they_are() -> None:
    rates = rates_of("3-3-0")
    asked = Sticks(pitch=1300, roll=900, throttle=1500, yaw=1100)
    assert Areas(AREAS["a square"]).clip(HOME, asked, rates) is asked
    assert Areas([]).clip(HOME, asked, rates) is asked
    assert Areas([polygon("dfence", CORRIDOR, enabled=False)]).clip(HOME, asked, rates) is asked


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


async def test_an_operator_is_stopped_at_the_border_of_the_mission_and_told(drc: House) -> None:
    async with drc.dock() as sim, drc.operator(sim.sn) as ann:
        home = sim.aircraft.position
        ring = [(-30.0, -30.0), (30.0, -30.0), (30.0, 12.0), (-30.0, 12.0)]
        corners = [Corner(longitude=home.longitude + e / NORTH, latitude=home.latitude + n / NORTH) for e, n in ring]
        mission = f"mission-{sim.sn}"
        fence = Area(id="fence", kind="dfence", corners=corners)
        await MissionAreasRepository(drc.store).put(
            MissionAreas(mission_id=mission, org_id=drc.org, areas=[fence], updated_by="tester")
        )
        await drc.docks.patch(sim.sn, {"missionId": mission})
        await ann.ready()
        await ann.hold(1.6, pitch=1684)
        clipped = await ann.hear("clipped")
        assert clipped["asked"]["pitch"] == 1684
        assert CENTRE <= clipped["sent"]["pitch"] < 1684
        gone = (sim.aircraft.position.latitude - home.latitude) * NORTH
        assert 3 < gone < 12
        await drc.docks.patch(sim.sn, {"missionId": None})
