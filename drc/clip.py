"""Sticks that would breach an area, made smaller until they do not. Pure: areas, a place and sticks in, sticks out.

What is predicted is the path of the next `HORIZON` seconds if the sticks stay as they are: a straight line, or an arc
while the aircraft turns. Roll and pitch are scaled together, so the direction stays the operator's; throttle and yaw
pass, since DJI's areas have no height. The path keeps `MARGIN` metres from every border. An aircraft that is already
beyond one may only fly where it gets nearer to the right side.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from drc.sticks import Rates, Sticks, deflection, position
from store.areas import Area
from store.geofence import Plane

HORIZON: Final = 2.0  # s
MARGIN: Final = 2.0  # m: GNSS with RTK is good to centimetres, without it to a metre or two
POINTS: Final = 8  # of an arc
HALVINGS: Final = 8  # the scale is right to 1/256


@dataclass(frozen=True, slots=True)
class Pose:
    """Where the aircraft is and faces: WGS84 degrees, and degrees clockwise from north."""

    latitude: float
    longitude: float
    heading: float


class Areas:
    """Enabled keep-in (`dfence`) and keep-out (`nfz`) areas. No keep-in area: everywhere but keep-out."""

    def __init__(self, areas: Iterable[Area]) -> None:
        enabled = [area for area in areas if area.enabled]
        self.empty = not enabled
        self._plane = Plane.of(enabled)
        shapes = [(area.kind, shapely.make_valid(self._plane.shape(area))) for area in enabled]
        keep_in = [shape for kind, shape in shapes if kind == "dfence"]
        self._in = shapely.union_all(keep_in).buffer(-MARGIN) if keep_in else None
        self._out = shapely.union_all([shape for kind, shape in shapes if kind == "nfz"]).buffer(MARGIN)
        for prepared in (self._in, self._out):
            shapely.prepare(prepared)

    def allows(self, pose: Pose) -> bool:
        """Whether the aircraft may be there."""
        return self.empty or self._legal(shapely.Point(self._plane.xy(pose.longitude, pose.latitude)))

    def clip(self, pose: Pose, sticks: Sticks, rates: Rates) -> Sticks:
        """The sticks that may be flown: these, or some with roll and pitch nearer to the middle."""
        forward, right = deflection(sticks.pitch) * rates.ground, deflection(sticks.roll) * rates.ground
        if self.empty or not (forward or right):
            return sticks
        here = self._plane.xy(pose.longitude, pose.latitude)
        curve = _curve(pose.heading, forward, right, deflection(sticks.yaw) * rates.turn)
        if not self._legal(shapely.Point(here)):
            scale = 1.0 if self._leads_back(here, curve) else 0.0
        elif self._legal(_path(here, curve, 1.0)):
            return sticks
        else:
            scale = self._largest(here, curve)
        pitch, roll = deflection(sticks.pitch) * scale, deflection(sticks.roll) * scale
        return replace(sticks, pitch=position(pitch), roll=position(roll)) if scale < 1 else sticks

    def _largest(self, here: tuple[float, float], curve: list[tuple[float, float]]) -> float:
        least, most = 0.0, 1.0  # what is tried and found legal is `least`, whatever the area's form
        for _ in range(HALVINGS):
            middle = (least + most) / 2
            if self._legal(_path(here, curve, middle)):
                least = middle
            else:
                most = middle
        return least

    def _legal(self, geometry: BaseGeometry) -> bool:
        return (self._in is None or bool(self._in.covers(geometry))) and not self._out.intersects(geometry)

    def _leads_back(self, here: tuple[float, float], curve: list[tuple[float, float]]) -> bool:
        """Each step of the way is nearer to the right side than the one before, and stays there."""
        depths = [self._depth(shapely.Point(here[0] + east, here[1] + north)) for east, north in [(0.0, 0.0), *curve]]
        return all(after < before or before == after == 0 for before, after in pairwise(depths))

    def _depth(self, point: BaseGeometry) -> float:
        """Metres to the right side; 0 there."""
        outside = float(self._in.distance(point)) if self._in is not None else 0.0
        inside = float(self._out.boundary.distance(point)) if self._out.intersects(point) else 0.0
        return outside + inside


def _curve(heading: float, forward: float, right: float, turn: float) -> list[tuple[float, float]]:
    """Metres east and north at `POINTS` moments of the horizon; speeds in m/s, `turn` in degrees/s."""
    moments = POINTS if turn else 1
    step = HORIZON / moments
    east = north = 0.0
    curve = []
    for moment in range(moments):
        nose = math.radians(heading + turn * step * (moment + 0.5))
        north += (forward * math.cos(nose) - right * math.sin(nose)) * step
        east += (forward * math.sin(nose) + right * math.cos(nose)) * step
        curve.append((east, north))
    return curve


def _path(here: tuple[float, float], curve: list[tuple[float, float]], scale: float) -> BaseGeometry:
    points = [here, *((here[0] + east * scale, here[1] + north * scale) for east, north in curve)]
    return shapely.LineString(points)
