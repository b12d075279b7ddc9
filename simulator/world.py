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


def apply(dock: SimDock, values: dict[str, Any]) -> None:
    """Make it so. Raises ValueError for a name that is not in `VALUES`."""
    unknown = values.keys() - VALUES.keys()
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))}: not known; there are {', '.join(VALUES)}")
    for name, value in values.items():
        VALUES[name](dock, value)
    dock.touch()
