"""Which dock flies which part of a route: hand-off points from range, wind, battery and the ways out and home. Pure.

A dock's leg is its way out, its part of the route, and its way home. The plan with the least worst share of battery is
chosen, among equals the one with the least time in the air. Hand-off points are waypoints, or places between them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from dji.wpml.geodesy import distance_m
from store.relays import CraftLimits, RoutePoint

# More candidates make the plan finer by less than the wind changes; the plan costs their square, times the docks
CANDIDATES: Final = 160
NEXT_TO: Final = 0.5  # m; waypoints nearer than this are one
NEAREST: Final = 20.0  # m between candidates: less is no leg
TAKE_OFF_AND_LANDING: Final = 60.0  # s, beside the way out and home
CLIMB: Final = 4.0  # m/s, up and down, the slower of the models
SLOWEST: Final = 2.0  # m/s over ground; less than this against the wind is no way home


@dataclass(frozen=True, slots=True)
class Craft:
    """What an aircraft can do: `endurance` in s with a full battery, `fastest` in m/s, `radius` in m from its dock."""

    endurance: float
    fastest: float
    radius: float


OF_PUBLISHED: Final = 0.75
"""Part of DJI's maximum flight time that is planned with: it is of a new battery, without wind and payload, at the best
speed, down to 0 %. For the Matrice 4D this is 40 minutes, under the 45 that are published of its hovering."""

# Maximum flight times: DJI's Payload SDK, "Hardware Platform" (developer.dji.com/doc/payload-sdk-tutorial, 2025-03):
# Matrice 30 41 min, 3D 50 min, 4D 54 min. Radii: 10 km is what Dock 2 and 3 are sold with ("effective operating
# radius"); 7 km of Dock 1 is from memory, no source was at hand. 15 m/s is the most that a wayline may ask for.
CRAFTS: Final[dict[str, Craft]] = {
    "dock1": Craft(endurance=41 * 60 * OF_PUBLISHED, fastest=15, radius=7_000),
    "dock2": Craft(endurance=50 * 60 * OF_PUBLISHED, fastest=15, radius=10_000),
    "dock3": Craft(endurance=54 * 60 * OF_PUBLISHED, fastest=15, radius=10_000),
}


def with_limits(craft: Craft, limits: CraftLimits | None) -> Craft:
    """The same with what is known better of this one: an old battery, a hill in the way of the radio."""
    known = limits.model_dump(exclude_none=True) if limits is not None else {}
    return replace(craft, **known)


@dataclass(frozen=True, slots=True)
class DockAt:
    """A dock as the plan sees it. `battery` and `reserve` in percent, `wind` in m/s."""

    sn: str
    lat: float
    lon: float
    craft: Craft
    battery: float = 100.0
    wind: float = 0.0
    reserve: float = 25.0

    @property
    def budget(self) -> float:
        """Seconds in the air that leave the reserve."""
        return self.craft.endurance * max(0.0, self.battery - self.reserve) / 100

    def ground_speed(self, wanted: float) -> float:
        """Over ground with the wind against it: its direction is not known, and turns. m/s; 0 for no progress."""
        slowest = min(wanted, self.craft.fastest - self.wind)
        return slowest if slowest >= SLOWEST else 0.0


@dataclass(frozen=True, slots=True)
class Leg:
    """Metres along the route from `start` to `end`, `seconds` in the air, `share` of the dock's budget, at most 1."""

    sn: str
    start: float
    end: float
    seconds: float
    share: float


class CannotReach(Exception):
    """No order of these docks covers the route. `at` is the metre of the route from which on it cannot be covered."""

    def __init__(self, at: float, lat: float, lon: float) -> None:
        super().__init__(f"from metre {at:.0f} of the route ({lat:.5f}, {lon:.5f}) on, no dock reaches far enough")
        self.at, self.lat, self.lon = at, lat, lon


class Route:
    """Waypoints with the metres along them. Raises ValueError for fewer than two, or two at one place."""

    def __init__(self, points: Sequence[RoutePoint], speed: float) -> None:
        if len(points) < 2:
            raise ValueError("a route has at least two waypoints")
        self.points = list(points)
        self.speed = speed
        self.at = [0.0]
        for a, b in pairwise(points):
            flat = distance_m(a.lat, a.lon, b.lat, b.lon)
            self.at.append(self.at[-1] + math.hypot(flat, b.height - a.height))
            if self.at[-1] - self.at[-2] < NEXT_TO:
                raise ValueError(f"waypoint {len(self.at)} of the route is where the one before it is")

    @property
    def length(self) -> float:
        """Metres."""
        return self.at[-1]

    def place(self, metre: float) -> RoutePoint:
        """The point of the route there: a waypoint with what happens at it, or a place on the way to the next."""
        metre = min(max(metre, 0.0), self.length)
        after = min(bisect_left(self.at, metre), len(self.at) - 1)
        if after == 0 or math.isclose(self.at[after], metre, abs_tol=1e-6):
            return self.points[after]
        a, b = self.points[after - 1], self.points[after]
        part = (metre - self.at[after - 1]) / (self.at[after] - self.at[after - 1])
        turn = (b.lon - a.lon + 180) % 360 - 180
        return RoutePoint(
            lat=a.lat + part * (b.lat - a.lat),
            lon=(a.lon + part * turn + 180) % 360 - 180,
            height=a.height + part * (b.height - a.height),
            speed=a.speed,
        )

    def part(self, start: float, end: float) -> list[RoutePoint]:
        """The waypoints of a leg, hand-off points included. What happens at a hand-off belongs to the leg it ends."""
        inside = [point for at, point in zip(self.at, self.points, strict=True) if start + 1e-6 < at < end - 1e-6]
        first = self.place(start)
        if start > 0:
            first = first.model_copy(update={"photo": False, "hover": 0.0})
        return [first, *inside, self.place(end)]

    def candidates(self, start: float) -> list[float]:
        """Metres at which a hand-off may be, from `start` to the end: both, the waypoints, and places between."""
        step = max(NEAREST, (self.length - start) / CANDIDATES)
        found = [start]
        for at in self.at:
            if at <= start:
                continue
            gap = at - found[-1]
            pieces = math.floor(gap / step)
            if pieces > 1:
                base = found[-1]
                found.extend(base + gap * n / pieces for n in range(1, pieces))
            if at - found[-1] >= NEAREST or at == self.length:
                found.append(at)
        # The end takes the place of one that is too near
        if len(found) > 2 and found[-1] - found[-2] < NEAREST:
            del found[-2]
        return found


class _Costs:
    """Seconds that a dock needs for a leg between two candidates, in constant time."""

    def __init__(self, dock: DockAt, route: Route, marks: Sequence[float], rth_altitude: float) -> None:
        places = [route.place(mark) for mark in marks]
        self._budget = dock.budget
        fastest = dock.ground_speed(dock.craft.fastest)
        self._out: list[float] = []
        self._home: list[float] = []
        self._hover, self._until, self._flown = [0.0], [len(marks)] * len(marks), [0.0]
        away = [distance_m(dock.lat, dock.lon, place.lat, place.lon) for place in places]
        for place, metres in zip(places, away, strict=True):
            way = metres / fastest if fastest else math.inf
            top = max(place.height, rth_altitude)  # the way home climbs to it, and comes down from it
            self._out.append(way + place.height / CLIMB)
            self._home.append(way + (2 * top - place.height) / CLIMB)
        for before, after in pairwise(marks):
            inside = [p for at, p in zip(route.at, route.points, strict=True) if before < at <= after]
            speed = dock.ground_speed(min(route.place(after).speed or route.speed, dock.craft.fastest))
            slowest = min([speed, *(dock.ground_speed(p.speed or route.speed) for p in inside)])
            self._flown.append(self._flown[-1] + ((after - before) / slowest if slowest else math.inf))
            self._hover.append(self._hover[-1] + sum(p.hover for p in inside))
        # A leg must stay within the radio's radius at each of its places
        far = len(marks)
        for index in range(len(marks) - 1, -1, -1):
            if away[index] > dock.craft.radius:
                far = index
            self._until[index] = far

    def seconds(self, start: int, end: int) -> float:
        """Infinite where the leg leaves the radius."""
        if end >= self._until[start]:
            return math.inf
        route = self._flown[end] - self._flown[start] + self._hover[end] - self._hover[start]
        return self._out[start] + route + self._home[end] + TAKE_OFF_AND_LANDING

    def share(self, start: int, end: int) -> float:
        """Of the budget; infinite where it is over it."""
        needed = self.seconds(start, end)
        return needed / self._budget if self._budget > 0 and needed <= self._budget else math.inf


def plan(
    points: Sequence[RoutePoint],
    docks: Sequence[DockAt],
    *,
    speed: float,
    start: float = 0.0,
    rth_altitude: float = 0.0,
) -> list[Leg]:
    """Legs that cover the route from metre `start` to its end once, in the order of the docks. Ways home fly at
    `rth_altitude` m above the dock, or higher where the route is.

    A dock that is not needed, or reaches nothing, has no leg. Raises CannotReach, ValueError for what is no route.
    """
    route = Route(points, speed)
    if start >= route.length - 1e-6:
        return []
    marks = route.candidates(start)
    last = len(marks) - 1
    # best[i]: the route is covered up to mark i, by docks so far: worst share, seconds, and how
    best: list[tuple[float, float, tuple[tuple[int, int, int], ...]] | None] = [None] * len(marks)
    best[0] = (0.0, 0.0, ())
    costs = [_Costs(dock, route, marks, rth_altitude) for dock in docks]
    for number, cost in enumerate(costs):
        after = list(best)
        for begin in range(last):
            before = best[begin]
            if before is None:
                continue
            for end in range(begin + 1, last + 1):
                share = cost.share(begin, end)
                if share > 1:
                    continue
                worst, seconds = max(before[0], share), before[1] + cost.seconds(begin, end)
                known = after[end]
                if known is None or (worst, seconds) < known[:2]:
                    after[end] = (worst, seconds, (*before[2], (number, begin, end)))
        best = after
    found = best[last]
    if found is None:
        reached = max(index for index, known in enumerate(best) if known is not None)
        place = route.place(marks[reached])
        raise CannotReach(marks[reached], place.lat, place.lon)
    return [
        Leg(
            sn=docks[number].sn,
            start=marks[begin],
            end=marks[end],
            seconds=round(costs[number].seconds(begin, end), 1),
            share=round(costs[number].share(begin, end), 4),
        )
        for number, begin, end in found[2]
    ]


def skippable(
    points: Sequence[RoutePoint],
    docks: Sequence[DockAt],
    legs: Sequence[Leg],
    *,
    speed: float,
    rth_altitude: float = 0.0,
) -> list[str]:
    """Docks of the plan without any one of which the others still cover the route."""

    def covers(others: Sequence[DockAt]) -> bool:
        try:
            plan(points, others, speed=speed, rth_altitude=rth_altitude)
        except CannotReach:
            return False
        return True

    return [leg.sn for leg in legs if covers([dock for dock in docks if dock.sn != leg.sn])]
