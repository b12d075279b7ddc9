"""When sticks may be sent, as far as DJI's states tell. Pure: what is known of the dock in, a refusal out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not, and what to do about it: `reason` is a word for programs, the rest is for people."""

    reason: str
    detail: str
    cure: str

    def told(self) -> dict[str, Any]:
        return {"reason": self.reason, "detail": self.detail, "cure": self.cure}


@dataclass(slots=True)
class Sight:
    """What is known of a dock and its aircraft; modes are DJI's `mode_code`, None where nothing was heard of them."""

    online: bool = False
    dock_mode: int | None = None
    aircraft_online: bool = False
    aircraft_mode: int | None = None


_DOCK: Final[dict[int, Refusal]] = {
    1: Refusal("dock-debug", "The dock is in on-site debugging.", "Have the person at the dock end it."),
    2: Refusal("dock-debug", "The dock is in remote debugging.", "Leave the debug mode first."),
    3: Refusal("dock-upgrading", "The dock gets new firmware.", "Wait for its end."),
}
_ON_THE_GROUND: Final = Refusal(
    "on-the-ground", "The aircraft is on the ground.", "Take off first: POST /v1/flights with `to`."
)
_WAYLINE: Final = Refusal(
    "wayline",
    "The aircraft flies a wayline: sticks are held back, so that they never break a mission off unasked.",
    "Call it home and the way home off (POST /v1/flights/{id}/home, then .../home/cancel): then it hovers for you.",
)
_LANDING: Final = Refusal("landing", "The aircraft lands by force.", "Stop it with drone_emergency_stop.")
# Modes in which an aircraft follows sticks are not in here.
_AIRCRAFT: Final[dict[int, Refusal]] = {
    0: _ON_THE_GROUND,
    1: _ON_THE_GROUND,
    2: _ON_THE_GROUND,
    4: Refusal("taking-off", "The aircraft is taking off.", "Wait until it hovers."),
    5: _WAYLINE,
    11: _LANDING,
    12: _LANDING,
    13: Refusal("aircraft-upgrading", "The aircraft gets new firmware.", "Wait for its end."),
    14: Refusal("aircraft-off", "The aircraft is not connected.", "Take off first, or switch it on."),
    21: _WAYLINE,
}
OFFLINE: Final = Refusal("dock-offline", "The dock is offline.", "Wait until it is online again.")
NOT_HEARD: Final = Refusal("not-heard", "Nothing has been heard of the aircraft yet.", "Wait a moment.")


def no_link(sight: Sight) -> Refusal | None:
    """Why the dock would not open the live link; None where it would."""
    if not sight.online:
        return OFFLINE
    return _DOCK[3] if sight.dock_mode == 3 else None


def no_sticks(sight: Sight) -> Refusal | None:
    """Why sticks are not sent now; None where they are."""
    if not sight.online:
        return OFFLINE
    if sight.dock_mode in _DOCK:
        return _DOCK[sight.dock_mode]
    if not sight.aircraft_online:
        return _AIRCRAFT[14]
    if sight.aircraft_mode is None:
        return NOT_HEARD
    return _AIRCRAFT.get(sight.aircraft_mode)
