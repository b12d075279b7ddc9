"""How an aircraft gets from place to place: along straight legs, at their speed, seen from a home point."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field

from simulator.state import AircraftState, Position

METRES_PER_DEGREE = 111_319.49
TURN_RATE = 60.0  # degrees/s
LAST_METRE = 0.01


def offset(origin: Position, north: float, east: float, up: float = 0.0) -> Position:
    """The place so many metres away. Good to a few kilometres, which is as far as these aircraft go."""
    return Position(
        origin.latitude + north / METRES_PER_DEGREE,
        origin.longitude + east / (METRES_PER_DEGREE * math.cos(math.radians(origin.latitude))),
        origin.height + up,
    )


def vector(start: Position, end: Position) -> tuple[float, float, float]:
    """Metres north, east and up from one place to another."""
    north = (end.latitude - start.latitude) * METRES_PER_DEGREE
    east = (end.longitude - start.longitude) * METRES_PER_DEGREE * math.cos(math.radians(start.latitude))
    return north, east, end.height - start.height


def ground_distance(start: Position, end: Position) -> float:
    """Metres, without the height."""
    north, east, _ = vector(start, end)
    return math.hypot(north, east)


def bearing(start: Position, end: Position) -> float:
    """Degrees clockwise from north, -180 to 180."""
    north, east, _ = vector(start, end)
    return math.degrees(math.atan2(east, north))


@dataclass
class Leg:
    """Straight to `target` at `speed` m/s (along the leg). `heading` None: the nose points where it flies."""

    target: Position
    speed: float
    heading: float | None = None


@dataclass
class Motion:
    """Moves one aircraft. Legs are flown one after the other; without any it hovers."""

    aircraft: AircraftState
    home: Position
    endurance: float  # s from 100 to 0 %
    legs: deque[Leg] = field(default_factory=deque)
    paused: bool = False
    turn_to: float | None = None

    def fly(self, *legs: Leg) -> None:
        """Drop what was planned and fly these."""
        self.legs = deque(legs)

    @property
    def arrived(self) -> bool:
        return not self.legs

    @property
    def remaining(self) -> float:
        """Metres to the end of the last leg."""
        here, total = self.aircraft.position, 0.0
        for leg in self.legs:
            north, east, up = vector(here, leg.target)
            total += math.sqrt(north * north + east * east + up * up)
            here = leg.target
        return total

    def advance(self, seconds: float) -> None:
        """Let time pass: position, speeds, heading, battery and counters follow."""
        craft = self.aircraft
        if not craft.on:
            return
        flying = craft.flying or bool(self.legs)
        start, left = craft.position, seconds
        moved = 0.0
        while self.legs and left > 0 and not self.paused:
            leg = self.legs[0]
            north, east, up = vector(craft.position, leg.target)
            distance = math.sqrt(north * north + east * east + up * up)
            self._turn(leg, north, east, left)
            reach = leg.speed * left
            if distance <= max(reach, LAST_METRE):
                craft.position = Position(leg.target.latitude, leg.target.longitude, leg.target.height)
                left -= distance / leg.speed
                moved += distance
                self.legs.popleft()
            else:
                part = reach / distance
                craft.position = offset(craft.position, north * part, east * part, up * part)
                moved += reach
                left = 0.0
        if self.turn_to is not None and not self.legs:
            craft.heading = _turned(craft.heading, self.turn_to, TURN_RATE * seconds)
        north, east, up = vector(start, craft.position)
        craft.horizontal_speed = math.hypot(north, east) / seconds if seconds > 0 else 0.0
        craft.vertical_speed = up / seconds if seconds > 0 else 0.0
        craft.elevation = max(0.0, craft.position.height - self.home.height)
        craft.home_distance = ground_distance(self.home, craft.position)
        if flying:
            craft.battery = max(0.0, craft.battery - 100.0 * seconds / self.endurance)
            craft.total_flight_time += seconds
            craft.total_flight_distance += moved

    def _turn(self, leg: Leg, north: float, east: float, seconds: float) -> None:
        wanted = leg.heading
        if wanted is None and math.hypot(north, east) > 0.5:
            wanted = math.degrees(math.atan2(east, north))
        if wanted is not None:
            self.aircraft.heading = _turned(self.aircraft.heading, wanted, TURN_RATE * seconds)


def _turned(heading: float, wanted: float, most: float) -> float:
    difference = (wanted - heading + 180) % 360 - 180
    turned = heading + max(-most, min(most, difference))
    return (turned + 180) % 360 - 180
