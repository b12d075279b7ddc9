"""Flight areas as shapes: what can be used, where a route leaves them, and the file for docks."""

from __future__ import annotations

import json
import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.areas import Area, AreaKind, Corner
from store.geofence import EARTH, Place, Space, faults, file_of, name_of, place_of

HOME = Place(8.31, 47.05)


def off(east: float, north: float, middle: Place = HOME) -> Place:
    """So many metres from a place."""
    latitude = middle.latitude + math.degrees(north / EARTH)
    longitude = middle.longitude + math.degrees(east / EARTH / math.cos(math.radians(middle.latitude)))
    return Place(longitude, latitude)


def polygon(kind: AreaKind, *corners: tuple[float, float], key: str = "a", enabled: bool = True) -> Area:
    places = [off(*corner) for corner in corners]
    return Area(
        id=key,
        kind=kind,
        enabled=enabled,
        corners=[Corner(longitude=place.longitude, latitude=place.latitude) for place in places],
    )


def circle(kind: AreaKind, east: float, north: float, radius: float, key: str = "c") -> Area:
    place = off(east, north)
    return Area(id=key, kind=kind, corners=[Corner(longitude=place.longitude, latitude=place.latitude)], radius=radius)


def square(kind: AreaKind, half: float, key: str = "a", enabled: bool = True) -> Area:
    return polygon(kind, (-half, -half), (half, -half), (half, half), (-half, half), key=key, enabled=enabled)


def test_areas_that_can_be_used_have_no_faults() -> None:
    areas = [square("dfence", 500), circle("nfz", 300, 300, 50, "b"), circle("nfz", 320, 300, 50, "c")]
    assert faults(areas, {"DOCK": HOME}) == []
    assert faults([], {"DOCK": HOME}) == []


@pytest.mark.parametrize(
    ("area", "where", "why"),
    [
        (polygon("nfz", (0, 0), (100, 0)), "geometry.coordinates.0", "3 to 255 corners, not 2"),
        (polygon("nfz", (0, 0), (100, 100), (100, 0), (0, 100)), "geometry.coordinates.0", "self-intersection"),
        (polygon("nfz", (0, 0), (5, 0), (5, 5), (0, 5)), "geometry.coordinates.0", "25 m2; 100 are needed"),
        (circle("nfz", 0, 0, 9.5), "properties.radius", "10 to 50000 m, not 9.5"),
        (circle("nfz", 0, 0, 60_000), "properties.radius", "not 60000"),
        (
            Area(id="x", kind="nfz", corners=[Corner(longitude=47, latitude=208)], radius=20),
            "geometry.coordinates",
            "on",
        ),
        (polygon("nfz", *[(math.cos(n) * 1000, n) for n in range(256)]), "geometry.coordinates.0", "not 256"),
    ],
)
def test_what_is_wrong_with_an_area_is_said_by_its_field(area: Area, where: str, why: str) -> None:
    (fault,) = faults([square("dfence", 90_000 / 2, "ok"), area], {})
    assert (fault.index, fault.where) == (1, where)
    assert why in fault.why
    assert fault.cure


def test_keep_in_areas_do_not_overlap_unless_one_is_off() -> None:
    one, other = square("dfence", 500), square("dfence", 100, "b")
    (fault,) = faults([one, other], {})
    assert (fault.index, fault.why) == (1, "this keep-in area overlaps keep-in area number 1")
    assert faults([one, square("dfence", 100, "b", enabled=False)], {}) == []


def test_areas_span_a_hundred_kilometres_at_most() -> None:
    (fault,) = faults([circle("nfz", 0, 0, 100), circle("nfz", 150_000, 0, 100, "b")], {})
    assert "100 km" in fault.why


@pytest.mark.parametrize(
    ("areas", "index", "why"),
    [
        ([square("nfz", 30, "n"), square("dfence", 500)], 0, "stands in no-fly area n, or less than 10 m from it"),
        ([circle("nfz", 25, 0, 20), square("dfence", 500)], 0, "stands in no-fly area c"),
        ([square("dfence", 9)], 0, "less than 10 m from its edge"),
        ([circle("dfence", 900, 0, 200)], 0, "stands outside of the keep-in area"),
    ],
)
def test_a_dock_needs_ten_metres_to_spare(areas: list[Area], index: int, why: str) -> None:
    (fault,) = faults(areas, {"DOCK": HOME})
    assert fault.index == index
    assert fault.why.startswith("dock DOCK ")
    assert why in fault.why


def test_a_route_is_followed_leg_by_leg() -> None:
    space = Space([square("dfence", 500), circle("nfz", 200, 0, 50, "hut")])
    assert space.left_by([off(0, 0), off(100, 0), off(0, 400)]) is None
    over = space.left_by([off(0, 0), off(100, 0), off(400, 0)])  # both ends are well, the way is not
    assert over is not None
    assert (over.number, over.why) == (2, "enters no-fly area hut")
    out = space.left_by([off(0, 0), off(0, 501), off(0, 0)])
    assert out is not None
    assert (out.number, out.area, out.why) == (1, None, "leaves the keep-in area")
    assert Space([]).left_by([off(1e6, 0)]) is None
    assert Space([square("dfence", 5, enabled=False)]).left_by([off(400, 0)]) is None


@settings(deadline=None)
@given(
    half=st.floats(50, 5_000),
    where=st.tuples(st.floats(-1, 1), st.floats(-1, 1)),
    middle=st.tuples(st.floats(-180, 180), st.floats(-75, 75)),
)
def test_inside_and_outside_agree_with_the_plain_sum(
    half: float, where: tuple[float, float], middle: tuple[float, float]
) -> None:
    """Anywhere on earth, but for the metre about an edge that the plane may be wrong by."""
    home = Place(*middle)
    corners = [off(x * half, y * half, home) for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))]
    area = Area(id="a", kind="dfence", corners=[Corner(longitude=c.longitude, latitude=c.latitude) for c in corners])
    east, north = where[0] * 2 * half, where[1] * 2 * half
    margin = half - max(abs(east), abs(north))
    if abs(margin) > half * 0.01:
        assert (Space([area]).left_by([off(east, north, home)]) is None) == (margin > 0)


def test_the_file_is_djis_and_the_same_for_the_same_areas() -> None:
    areas = [square("dfence", 500, "b"), circle("nfz", 300, 300, 50, "a")]
    content = file_of(areas)
    assert content == file_of(reversed(areas))
    assert re.fullmatch(r"geofence_[0-9a-f]{32}\.json", name_of(content))
    no_fly, keep_in = json.loads(content)["features"]
    assert (no_fly["id"], no_fly["geofence_type"], no_fly["geometry"]["type"]) == ("a", "nfz", "Point")
    assert no_fly["properties"] == {"subType": "Circle", "radius": 50.0, "enable": True}
    assert (keep_in["geofence_type"], keep_in["properties"]) == ("dfence", {"radius": 0, "enable": True})
    (ring,) = keep_in["geometry"]["coordinates"]
    assert len(ring) == 5
    assert ring[0] == ring[-1]


def test_a_machine_that_does_not_know_where_it_is_is_nowhere() -> None:
    assert place_of({"longitude": 8.31, "latitude": 47.05}) == HOME
    for osd in ({}, {"longitude": 0, "latitude": 0}, {"longitude": "8", "latitude": 47}, {"latitude": 47}):
        assert place_of(osd) is None
