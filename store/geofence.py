"""Custom flight areas as shapes on the ground: whether they can be used, where they are left, and DJI's file of them.

Distances are of a plane that touches the earth at the areas' middle: a metre in a kilometre at most, over the 100 km
that areas may span. DJI's rules for areas: keep-in areas do not overlap; a ring has at most 255 corners; a circle has a
radius of 10 m or more; the dock lies inside a keep-in area, and outside every no-fly area, with 10 m to spare.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from store.areas import Area

if TYPE_CHECKING:
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

# shapely is imported where it is used: with numpy it takes a tenth of the time in which a worker starts, most of which
# never see an area

MOST_CORNERS: Final = 255
LEAST_RADIUS: Final = 10.0  # m
LEAST_SIZE: Final = 100.0  # m2; a smaller polygon is a slip of the hand
MOST_SPAN: Final = 100_000.0  # m
SPARE: Final = 10.0  # m between a dock and the edge
EARTH: Final = 6_371_008.8  # m
CIRCLE_CORNERS: Final = 32  # a quarter of a circle, for shapely; inside the true circle by a tenth of a per cent


@dataclass(frozen=True, slots=True)
class Place:
    """WGS84, degrees."""

    longitude: float
    latitude: float


def place_of(osd: Mapping[str, Any]) -> Place | None:
    """Where a machine stands by its osd; None where it has not said, or says the place that means it does not know."""
    longitude, latitude = osd.get("longitude"), osd.get("latitude")
    if not isinstance(longitude, int | float) or not isinstance(latitude, int | float):
        return None
    return Place(longitude, latitude) if longitude or latitude else None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with area number `index`, and the cure. `where` is the field inside of the area."""

    index: int
    where: str
    why: str
    cure: str


@dataclass(frozen=True, slots=True)
class Breach:
    """Place number `number` of a route, or the leg to it, is in a no-fly area; `area` None: outside of the keep-in."""

    number: int
    area: Area | None

    @property
    def why(self) -> str:
        return (
            "leaves the keep-in area" if self.area is None else f"enters no-fly area {self.area.name or self.area.id}"
        )


class Plane:
    """Metres east and north of a place."""

    def __init__(self, middle: Place) -> None:
        self._middle = middle
        self._east = EARTH * math.cos(math.radians(middle.latitude))

    @classmethod
    def of(cls, areas: Sequence[Area]) -> Plane:
        corners = [corner for area in areas for corner in area.corners]
        if not corners:
            return cls(Place(0, 0))
        first = corners[0].longitude
        east = sum(_turn(first, corner.longitude) for corner in corners) / len(corners)
        return cls(Place(first + east, sum(corner.latitude for corner in corners) / len(corners)))

    def xy(self, longitude: float, latitude: float) -> tuple[float, float]:
        east = math.radians(_turn(self._middle.longitude, longitude)) * self._east
        return east, math.radians(latitude - self._middle.latitude) * EARTH

    def shape(self, area: Area) -> Polygon:
        """Also of an area that is none: callers ask `is_valid`."""
        from shapely import Point, Polygon

        ring = [self.xy(corner.longitude, corner.latitude) for corner in area.corners]
        circle = bool(area.radius)
        return Point(ring[0]).buffer(area.radius, quad_segs=CIRCLE_CORNERS) if circle else Polygon(ring)


def _turn(start: float, end: float) -> float:
    """Degrees east from one longitude to another, also across the 180th."""
    return (end - start + 180) % 360 - 180


class Space:
    """Where the enabled areas let an aircraft be."""

    def __init__(self, areas: Iterable[Area]) -> None:
        from shapely import prepare, union_all

        enabled = [area for area in areas if area.enabled]
        self.plane = Plane.of(enabled)
        inside = [self.plane.shape(area) for area in enabled if area.kind == "dfence"]
        self._outside = [(area, self.plane.shape(area)) for area in enabled if area.kind == "nfz"]
        self._inside: BaseGeometry | None = union_all(inside) if inside else None
        for shape in (self._inside, *(shape for _, shape in self._outside)):
            if shape is not None:
                prepare(shape)

    def left_by(self, route: Sequence[Place], spare: float = 0) -> Breach | None:
        """Where a route from place to place first leaves it; `spare` metres are kept from every edge."""
        from shapely import LineString, Point

        points = [self.plane.xy(place.longitude, place.latitude) for place in route]
        for number, end in enumerate(points):
            leg = Point(end) if number == 0 else LineString([points[number - 1], end])
            reach = leg.buffer(spare) if spare else leg
            if self._inside is not None and not self._inside.covers(reach):
                return Breach(number, None)
            for area, shape in self._outside:
                if shape.intersects(reach):
                    return Breach(number, area)
        return None

    def unfit_for(self, dock: Place) -> str | None:
        """Why a dock cannot stand there, as the end of a sentence; None where it can."""
        breach = self.left_by([dock], SPARE)
        if breach is None:
            return None
        if breach.area is None:
            return f"stands outside of the keep-in area, or less than {SPARE:.0f} m from its edge"
        return f"stands in no-fly area {breach.area.name or breach.area.id}, or less than {SPARE:.0f} m from it"


def faults(areas: Sequence[Area], docks: Mapping[str, Place]) -> list[Fault]:
    """What keeps these areas from being used, as far as it can be said; `docks` are those of the mission, by serial."""
    from shapely import union_all

    found = [fault for index, area in enumerate(areas) for fault in _faults_of(index, area)]
    if found or not areas:
        return found
    plane = Plane.of(areas)
    shapes = [plane.shape(area) for area in areas]
    west, south, east, north = union_all(shapes).bounds
    if max(east - west, north - south) > MOST_SPAN:
        return [Fault(0, "geometry", "the areas span more than 100 km", "Draw areas of one mission only")]
    for (first, one), (second, other) in combinations(enumerate(shapes), 2):
        both_in = areas[first].kind == areas[second].kind == "dfence" and areas[first].enabled and areas[second].enabled
        if both_in and one.intersects(other):
            why = f"this keep-in area overlaps keep-in area number {first + 1}"
            found.append(Fault(second, "geometry", why, "Join the two, or draw them apart"))
    if not found:
        found = _without_room(areas, docks)
    return found


def _faults_of(index: int, area: Area) -> list[Fault]:
    corners = area.corners
    if any(not (-180 <= c.longitude <= 180 and -90 <= c.latitude <= 90) for c in corners):
        why = "a corner is not on earth: longitude comes first, -180 to 180, then latitude, -90 to 90"
        return [Fault(index, "geometry.coordinates", why, "Swap the two where they are the wrong way round")]
    if area.radius or len(corners) == 1:
        if not LEAST_RADIUS <= area.radius <= MOST_SPAN / 2:
            why = f"a circle's radius is {LEAST_RADIUS:.0f} to {MOST_SPAN / 2:.0f} m, not {area.radius:g}"
            return [Fault(index, "properties.radius", why, "Give it in metres")]
        return []
    if not 3 <= len(corners) <= MOST_CORNERS:
        why = f"a polygon has 3 to {MOST_CORNERS} corners, not {len(corners)}"
        return [Fault(index, "geometry.coordinates.0", why, "Leave corners out, or add some")]
    shape = Plane.of([area]).shape(area)
    if not shape.is_valid:
        from shapely.validation import explain_validity

        why = f"the polygon is not simple: {explain_validity(shape).partition('[')[0].lower()}"
        return [Fault(index, "geometry.coordinates.0", why, "Draw its edge so that it nowhere crosses itself")]
    if shape.area < LEAST_SIZE:
        why = f"the polygon has {shape.area:.0f} m2; {LEAST_SIZE:.0f} are needed"
        return [Fault(index, "geometry.coordinates.0", why, "Draw it larger, or use a circle")]
    return []


def _without_room(areas: Sequence[Area], docks: Mapping[str, Place]) -> list[Fault]:
    """Docks that these areas would keep on the ground."""
    space, found = Space(areas), []
    for sn, place in docks.items():
        breach = space.left_by([place], SPARE)
        if breach is not None:
            area = breach.area or next(area for area in areas if area.kind == "dfence" and area.enabled)
            why = f"dock {sn} {space.unfit_for(place)}"
            found.append(
                Fault(areas.index(area), "geometry", why, "Move the area, or take the dock out of the mission")
            )
    return found


def file_of(areas: Iterable[Area]) -> bytes:
    """DJI's GeoJSON of the areas: the same areas always give the same bytes."""
    features = [
        {
            "id": area.id,
            "type": "Feature",
            "geofence_type": area.kind,
            "geometry": (
                {"type": "Point", "coordinates": [area.corners[0].longitude, area.corners[0].latitude]}
                if area.radius
                else {
                    "type": "Polygon",
                    "coordinates": [[[c.longitude, c.latitude] for c in (*area.corners, area.corners[0])]],
                }
            ),
            "properties": (
                {"subType": "Circle", "radius": area.radius, "enable": area.enabled}
                if area.radius
                else {"radius": 0, "enable": area.enabled}
            ),
        }
        for area in sorted(areas, key=lambda area: area.id)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":")).encode()


def name_of(content: bytes) -> str:
    """The name that docks accept the file under."""
    return f"geofence_{hashlib.md5(content, usedforsecurity=False).hexdigest()}.json"
