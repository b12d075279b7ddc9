"""Stick positions, and what they are to each dock: `stick_control` on Dock 2 and 3, `drone_control` on Dock 1."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Final

import dji
from dji import Message
from dji.differences import dock_of

LEAST, CENTRE, MOST = 364, 1024, 1684
THROW: Final = MOST - CENTRE
OWN_METHODS: Final = frozenset({"stick_control", "drone_control", "heart_beat"})
"""What nobody sends as a command."""


class BadSticks(ValueError):
    """Not a stick position; `field` is the axis."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Sticks:
    """364 to 1684, 1024 in the middle. Up is right (roll), forward (pitch), climbing, clockwise (yaw)."""

    roll: int = CENTRE
    pitch: int = CENTRE
    throttle: int = CENTRE
    yaw: int = CENTRE

    @property
    def neutral(self) -> bool:
        return self == NEUTRAL


NEUTRAL: Final = Sticks()
AXES: Final = tuple(field.name for field in fields(Sticks))


@dataclass(frozen=True, slots=True)
class Rates:
    """Speeds at full throw: m/s along the ground, up and down, and degrees/s."""

    ground: float
    up: float
    down: float
    turn: float


# Dock 1: the bounds of `drone_control`, since a full throw is sent as these. The others take positions, and fly as the
# aircraft's normal mode has it (M3D and M4D: 15 m/s along the ground); predictions need no more than that.
_DOCK_1: Final = Rates(ground=17.0, up=5.0, down=4.0, turn=90.0)
_NEWER: Final = Rates(ground=15.0, up=6.0, down=6.0, turn=100.0)


def rates_of(product: str | None) -> Rates:
    """What full sticks mean on a dock."""
    return _DOCK_1 if dock_of(product) == 1 else _NEWER


def read(said: dict[str, Any]) -> Sticks:
    """The position in a message; an axis that is not named is in the middle. Raises BadSticks."""
    found: dict[str, int] = {}
    for axis in AXES:
        value = said.get(axis, CENTRE)
        if type(value) is not int or not LEAST <= value <= MOST:
            raise BadSticks(axis, f"{value!r} is no whole number from {LEAST} to {MOST}")
        found[axis] = value
    return Sticks(**found)


def deflection(position: int) -> float:
    """-1 to 1, 0 in the middle."""
    return (position - CENTRE) / THROW


def position(deflection: float) -> int:
    """The other way round; towards the middle, so that what was clipped is not rounded up again."""
    return CENTRE + int(deflection * THROW)


def message(sn: str, product: str | None, sticks: Sticks, seq: int) -> Message:
    """What the dock is sent. Source: `stick_control`, `drone_control` (Dock 1: m/s and degrees/s)."""
    if dock_of(product) != 1:
        data: dict[str, Any] = {axis: getattr(sticks, axis) for axis in AXES}
        return dji.drc_command(sn, "stick_control", data, seq=seq, product=product)
    climb = deflection(sticks.throttle)
    speeds = {
        "x": deflection(sticks.pitch) * _DOCK_1.ground,
        "y": deflection(sticks.roll) * _DOCK_1.ground,
        "h": climb * (_DOCK_1.up if climb > 0 else _DOCK_1.down),
        "w": deflection(sticks.yaw) * _DOCK_1.turn,
    }
    data = {"seq": seq} | {name: round(speed, 2) for name, speed in speeds.items()}
    return dji.drc_command(sn, "drone_control", data, seq=None, product=product)
