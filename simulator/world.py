"""What the outside does to a dock: weather, battery, a finger on the emergency stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from simulator.state import Cover

if TYPE_CHECKING:
    from simulator.dock import SimDock


def _battery(dock: SimDock, value: float) -> None:
    dock.aircraft.battery = float(value)


def _inside(dock: SimDock, value: bool) -> None:
    dock.state.aircraft_inside = bool(value)


def _clock(dock: SimDock, value: float) -> None:
    dock.clock.offset = float(value)


def _weather(name: str) -> Callable[[SimDock, Any], None]:
    return lambda dock, value: setattr(dock.weather, name, value)


def _state(name: str) -> Callable[[SimDock, Any], None]:
    return lambda dock, value: setattr(dock.state, name, value)


def _cover(dock: SimDock, value: int) -> None:
    dock.state.cover = Cover(value)


def _camera_full(dock: SimDock, value: bool) -> None:
    dock.aircraft.storage_used = dock.aircraft.storage_total if value else 0


_NUMBER, _YES_NO = (int, float), (bool, int)

# What a value may be: its types, and its least and most.
KINDS: Final[dict[str, tuple[Any, float, float]]] = {
    "battery": (_NUMBER, 0, 100),
    "wind_speed": (_NUMBER, 0, 100),
    "rainfall": ((int,), 0, 3),
    "temperature": (_NUMBER, -60, 80),
    "humidity": (_NUMBER, 0, 100),
    "emergency_stop": (_YES_NO, 0, 1),
    "aircraft_inside": (_YES_NO, 0, 1),
    "cover": ((int,), 0, 3),
    "network_quality": ((int,), 0, 5),
    "dock_storage_used": ((int,), 0, 2**40),
    "aircraft_storage_full": (_YES_NO, 0, 1),
    "calibrated": (_YES_NO, 0, 1),
    "enhanced_transmission": (_YES_NO, 0, 1),
    "compatible_status": (_YES_NO, 0, 1),
    "clock_offset": (_NUMBER, -(10**9), 10**9),
}

VALUES: Final[dict[str, Callable[[SimDock, Any], None]]] = {
    "battery": _battery,  # % of the aircraft
    "wind_speed": _weather("wind_speed"),  # m/s
    "rainfall": _weather("rainfall"),  # 0 none, 1 light, 2 moderate, 3 heavy
    "temperature": _weather("temperature"),  # degrees Celsius
    "humidity": _weather("humidity"),  # %
    "emergency_stop": _state("emergency_stop"),  # 0, 1
    "aircraft_inside": _inside,
    "cover": _cover,  # 0 closed, 1 open, 2 half, 3 fault
    "network_quality": _state("network_quality"),  # 0 to 5
    "dock_storage_used": _state("storage_used"),  # KiB
    "aircraft_storage_full": _camera_full,
    "calibrated": _state("calibrated"),
    "enhanced_transmission": _state("enhanced_transmission"),
    "compatible_status": _state("compatible_status"),  # 1: the dock wants a consistency upgrade
    "clock_offset": _clock,  # s that the dock's clock is ahead
}


def check(values: dict[str, Any]) -> None:
    """Raises ValueError that names the value which is not known, of a wrong type, or out of bounds."""
    for name, value in values.items():
        if name not in VALUES:
            raise ValueError(f"{name}: not known; there are {', '.join(VALUES)}")
        types, least, most = KINDS[name]
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise ValueError(f"{name}: {value!r} is no {'yes or no' if bool in types else 'number'}")
        if not least <= float(value) <= most:
            raise ValueError(f"{name}: {value!r} is not from {least:g} to {most:g}")


def apply(dock: SimDock, values: dict[str, Any]) -> None:
    """Make it so, or nothing of it. Raises ValueError as `check` does."""
    check(values)
    for name, value in values.items():
        VALUES[name](dock, value)
    dock.hms.look()
    dock.touch()
