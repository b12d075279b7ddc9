"""What a person would notice, as data: how far a reading has to move before it is worth a write of its own.

A change that is not noticed is written too, with the next write, `timings.write_at_least` at the latest. Readings that
are in neither table wait for that. Names are the last part of a property's path, at any depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import Any, Final

from dji.model import Model
from dji.properties import aircraft, dock
from dji.schema import table


@dataclass(frozen=True, slots=True)
class Threshold:
    """A reading is noticed when it differs from the written one by `change` (in its own unit).

    `pause` in seconds is the shortest time between two writes for its sake, so that one which swings costs little.
    """

    change: float
    pause: float = 0.0


AT_ONCE: Final = Threshold(0)
"""For words, switches and enumerations: every change, at the next write the document may take."""

THRESHOLDS: Final[dict[str, Threshold]] = {
    # Where the aircraft is: the map lives on the live picture, the document follows it
    "latitude": Threshold(0.0002, 2),  # degrees: 22 m
    "longitude": Threshold(0.0002, 2),
    "height": Threshold(5, 2),  # m
    "elevation": Threshold(5, 2),  # m
    "home_distance": Threshold(25, 5),  # m
    "attitude_head": Threshold(20, 5),  # degrees
    "horizontal_speed": Threshold(2, 5),  # m/s
    "vertical_speed": Threshold(2, 5),  # m/s
    # What it has left
    "capacity_percent": Threshold(1, 5),
    "remain_flight_time": Threshold(60, 10),  # s
    "return_home_power": Threshold(5, 10),  # %
    "landing_power": Threshold(5, 10),  # %
    "remaining_power_for_return_home": Threshold(5, 10),  # %
    # What was set: whoever set it waits to see it
    "height_limit": Threshold(1),  # m
    "distance_limit": Threshold(1),  # m
    "rth_altitude": Threshold(1),  # m
    # How it is linked
    "quality": Threshold(2, 10),  # of 5
    "sdr_quality": Threshold(2, 10),
    "4g_quality": Threshold(2, 10),
    "4g_uav_quality": Threshold(2, 10),
    "4g_gnd_quality": Threshold(2, 10),
    "gps_number": Threshold(5, 10),
    "rtk_number": Threshold(8, 10),
    # The weather at the dock; the gate reads it, with `telemetry_fresh` for its age
    "wind_speed": Threshold(3, 10),  # m/s
    "environment_temperature": Threshold(3, 30),  # °C
    "temperature": Threshold(5, 30),  # °C
    "humidity": Threshold(15, 30),  # %
    # Work
    "remain_upload": Threshold(1, 2),  # files
    "job_number": Threshold(1),
    "used": Threshold(100_000, 10),  # KB
    "remain_photo_num": Threshold(10, 10),
    "zoom_factor": Threshold(1, 5),
    # Enumerations that swing by themselves
    "wind_direction": Threshold(inf),
    "gear": Threshold(inf),
    "wide_iso": Threshold(inf),
    "wide_exposure_value": Threshold(inf),
    "wide_shutter_speed": Threshold(inf),
    "zoom_iso": Threshold(inf),
    "zoom_exposure_value": Threshold(inf),
    "zoom_shutter_speed": Threshold(inf),
}


def _words(model: type[Model], found: set[str], seen: set[type[Model]]) -> set[str]:
    """Names of properties, at any depth, that are text, switches or enumerations by the protocol's tables."""
    seen.add(model)
    for key, leaf in table(model).items():
        if leaf.model is not None:
            if leaf.model not in seen:
                _words(leaf.model, found, seen)
        elif leaf.spec.values or leaf.type in ("text", "boolean"):
            found.add(key)
    return found


WORDS: Final = frozenset(
    name
    for model in (dock.DockOsd, dock.DockState, aircraft.AircraftOsd, aircraft.AircraftState)
    for name in _words(model, set(), set())
)


def noticed(name: str, new: Any, written: Any) -> Threshold | None:
    """The threshold that a change crossed, the one with the shortest pause; None when nobody would notice."""
    if new == written:
        return None
    if isinstance(new, dict):
        return _least(noticed(key, value, _of(written, key)) for key, value in new.items())
    if isinstance(new, list):
        if not isinstance(written, list) or len(new) != len(written):
            return AT_ONCE
        return _least(noticed(name, value, old) for value, old in zip(new, written, strict=True))
    if isinstance(new, bool | str) or (type(new) is not type(written) and not _both_numbers(new, written)):
        return AT_ONCE
    threshold = THRESHOLDS.get(name)
    if threshold is not None:
        return threshold if _both_numbers(new, written) and abs(new - written) >= threshold.change else None
    return AT_ONCE if name in WORDS else None


def _least(found: Any) -> Threshold | None:
    return min((threshold for threshold in found if threshold is not None), key=lambda t: t.pause, default=None)


def _of(written: Any, key: str) -> Any:
    return written.get(key) if isinstance(written, dict) else None


def _both_numbers(new: Any, written: Any) -> bool:
    return isinstance(new, int | float) and isinstance(written, int | float)
