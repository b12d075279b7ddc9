"""The route that each dock of the demo flies, and how far a track kept from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from shapely.geometry import LineString, Point

from dji import wpml

METRES_A_DEGREE: Final = 111_320.0
SIDE: Final = 60.0  # m: long enough to be seen flying, short enough for a demonstration
HEIGHT: Final = 60.0  # m above take-off
SPEED: Final = 8.0  # m/s


@dataclass(frozen=True)
class Place:
    """Degrees."""

    latitude: float
    longitude: float

    def moved(self, east: float, north: float) -> Place:
        """A place some metres away."""
        scale = METRES_A_DEGREE * math.cos(math.radians(self.latitude))
        return Place(self.latitude + north / METRES_A_DEGREE, self.longitude + east / scale)

    def metres(self, other: Place) -> tuple[float, float]:
        """Where the other is from here: metres east and north."""
        scale = METRES_A_DEGREE * math.cos(math.radians(self.latitude))
        return (other.longitude - self.longitude) * scale, (other.latitude - self.latitude) * METRES_A_DEGREE


def square(home: Place) -> list[Place]:
    """Corners of a square that begins near home."""
    return [
        home.moved(east, north) for east, north in ((20, 20), (20 + SIDE, 20), (20 + SIDE, 20 + SIDE), (20, 20 + SIDE))
    ]


def kmz(home: Place, aircraft: str, name: str) -> bytes:
    """A KMZ over the square with a photo at each corner and a film of the first leg."""
    points = []
    for at, place in enumerate(square(home)):
        actions = [wpml.take_photo()]
        if at == 0:
            actions.append(wpml.start_record())
        if at == 1:
            actions.insert(0, wpml.stop_record())
        points.append(wpml.Waypoint(lat=place.latitude, lon=place.longitude, height=HEIGHT, actions=actions))
    return wpml.write_kmz(wpml.build_kmz(points, aircraft_key=aircraft, name=name, speed=SPEED))


def farthest_miss(track: list[Place], points: list[Place]) -> float:
    """By how many metres the track missed the corner that it missed most."""
    if len(track) < 2:
        return math.inf
    line = LineString([points[0].metres(place) for place in track])
    return max(line.distance(Point(points[0].metres(place))) for place in points)
