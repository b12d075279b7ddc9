"""What the gate looks at, out of the pictures that the bridge keeps. None stands for what the dock has not said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from store.docks import Aircraft, Dock


class Readings(BaseModel):
    """Names and units as in the gate's limits."""

    battery: int | None = Field(None, description="percent, of the aircraft")
    wind: float | None = Field(None, description="m/s")
    rain: int | None = Field(None, description="0 none to 3 heavy")
    storage_free_mb: int | None = None
    dock_mode: int | None = Field(None, description="mode_code of the dock: 0 idle")
    aircraft_inside: bool | None = None
    age: float | None = Field(None, description="seconds since the dock was last heard")
    online: bool = False


GATE_KEYS = ("drone_charge_state", "wind_speed", "rainfall", "storage", "mode_code", "drone_in_dock")


LANDING_KEYS = ("wind_speed", "rainfall", "mode_code", "drone_in_dock")


def read_gate(dock: Dock, aircraft: Aircraft | None, at: datetime, heard: Mapping[str, Any] | None = None) -> Readings:
    """Readings out of osd: the dock knows its aircraft's battery also when the aircraft sleeps.

    `heard` is osd of this moment, and counts before what is in the store.
    """
    osd = dock.osd | dict(heard or {})
    charge = _charge_told(osd)
    if charge is None and aircraft is not None:
        charge = _map(aircraft.osd.get("battery")).get("capacity_percent")
    storage = _map(osd.get("storage"))
    free = None
    if isinstance(storage.get("total"), int) and isinstance(storage.get("used"), int):
        free = max(0, storage["total"] - storage["used"]) // 1024
    seen = [moment for moment in (dock.osd_at, dock.last_seen_at) if moment is not None]
    if heard and "mode_code" in heard:
        seen = [at]
    inside = osd.get("drone_in_dock")
    return Readings(
        battery=_number(charge, int),
        wind=_number(osd.get("wind_speed"), float),
        rain=_number(osd.get("rainfall"), int),
        storage_free_mb=free,
        dock_mode=_number(osd.get("mode_code"), int),
        aircraft_inside=bool(inside) if inside is not None else None,
        age=(at - max(seen)).total_seconds() if seen else None,
        online=dock.online,
    )


def tells_of_battery(dock: Dock) -> bool:
    """Whether the aircraft's own picture is not needed for its battery."""
    return _charge_told(dock.osd) is not None


def _charge_told(osd: Mapping[str, Any]) -> Any:
    return _map(osd.get("drone_charge_state")).get("capacity_percent")


def _map(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _number(value: Any, kind: type[int] | type[float]) -> Any:
    try:
        return kind(value) if value is not None else None
    except (TypeError, ValueError):
        return None
