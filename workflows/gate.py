"""The gate before a take-off: named limits against readings. Pure; limits are of the org, overrides of the flight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from activities.state.readings import Readings
from store.flights import GateReading
from store.orgs import GateLimits

NAMES: Final = ("battery", "wind", "rain", "storage", "dock", "telemetry")

LANDING_NAMES: Final = ("landing_wind", "landing_rain", "landing_dock", "landing_telemetry")

IDLE: Final = 0
WORKING: Final = 4
_MODES: Final = {1: "on-site debugging", 2: "remote debugging", 3: "upgrading", WORKING: "in operation"}
UNSAID: Final = "the dock has not said"
_RAIN: Final = ("none", "light", "moderate", "heavy")
_UNITS: Final = {"battery": " %", "wind": " m/s", "storage": " MB", "telemetry": " s old"}
_AT_LEAST: Final = frozenset({"battery", "storage"})


def evaluate(
    readings: Readings,
    limits: GateLimits,
    overrides: Mapping[str, str],
    *,
    fresh: float,
    prepared: bool = False,
) -> list[GateReading]:
    """One line for each limit, in the order of `NAMES`. What the dock has not said does not pass.

    `fresh`: seconds that readings may be old. `prepared`: the dock has taken our task, and may be in operation for it.
    """
    lines = [
        _at_least("battery", readings.battery, limits.battery_least),
        _at_most("wind", readings.wind, limits.wind_most),
        _at_most("rain", readings.rain, limits.rain_most),
        _at_least("storage", readings.storage_free_mb, limits.storage_least_mb),
        _dock(readings, prepared=prepared),
        _telemetry(readings, fresh),
    ]
    return _overridden(lines, overrides)


def evaluate_landing(
    readings: Readings, limits: GateLimits, overrides: Mapping[str, str], *, fresh: float
) -> list[GateReading]:
    """The same for the dock that is to receive the aircraft, and has taken our task: a line each of `LANDING_NAMES`."""
    lines = [
        _at_most("landing_wind", readings.wind, limits.wind_most),
        _at_most("landing_rain", readings.rain, limits.rain_most),
        _empty_dock(readings),
        _telemetry(readings, fresh, "landing_telemetry"),
    ]
    return _overridden(lines, overrides)


def _overridden(lines: list[GateReading], overrides: Mapping[str, str]) -> list[GateReading]:
    for line in lines:
        if not line.passed and line.name in overrides:
            line.overridden = True
            line.note = f"{line.note}; overridden: {overrides[line.name]}".lstrip("; ")
    return lines


def failures(lines: list[GateReading]) -> list[GateReading]:
    """The lines that forbid the take-off."""
    return [line for line in lines if not line.passed and not line.overridden]


def mode_of(readings: Readings) -> str | None:
    """What a dock is at that keeps it from flying; None where it is idle, or has not said."""
    return _MODES.get(readings.dock_mode or IDLE)


def explain(lines: list[GateReading]) -> str:
    """What fails, for people."""
    return "; ".join(_sentence(line) for line in failures(lines))


def words(line: GateReading) -> str:
    """Reading and bound of one line, for a person who reads the saga."""
    if _kind(line) == "dock" or line.value is None:
        return line.note or ("empty" if line.name.startswith("landing") else "idle, with its aircraft inside")
    return f"{_said(line, line.value)}, {_bound(line)}" + (f"; {line.note}" if line.note else "")


def _sentence(line: GateReading) -> str:
    if _kind(line) == "dock" or line.value is None or line.note:
        return f"{line.name}: {line.note}"
    return f"{line.name} is {_said(line, line.value)}, {_bound(line)} {'is needed' if _needs(line) else 'is allowed'}"


def _bound(line: GateReading) -> str:
    return f"{'at least' if _needs(line) else 'at most'} {_said(line, line.limit)}"


def _needs(line: GateReading) -> bool:
    return _kind(line) in _AT_LEAST


def _kind(line: GateReading) -> str:
    return line.name.removeprefix("landing_")


def _said(line: GateReading, value: float) -> str:
    if _kind(line) == "rain" and 0 <= value < len(_RAIN):
        return _RAIN[int(value)]
    return f"{round(value, 1):.10g}{_UNITS.get(_kind(line), '')}"


def _at_least(name: str, value: float | None, limit: float) -> GateReading:
    return _line(name, value, limit, value is not None and value >= limit)


def _at_most(name: str, value: float | None, limit: float) -> GateReading:
    return _line(name, value, limit, value is not None and value <= limit)


def _line(name: str, value: Any, limit: Any, passed: bool) -> GateReading:
    return GateReading(name=name, value=value, limit=limit, passed=passed, note=UNSAID if value is None else "")


def _dock(readings: Readings, *, prepared: bool) -> GateReading:
    mode, allowed = readings.dock_mode, (IDLE, WORKING) if prepared else (IDLE,)
    if mode not in allowed:
        note = UNSAID if mode is None else f"the dock is {_MODES.get(mode, 'not idle')}"
    elif readings.aircraft_inside is not True:
        note = "the aircraft is not inside"
    else:
        note = ""
    return GateReading(name="dock", value=mode, limit=IDLE, passed=not note, note=note)


def _empty_dock(readings: Readings) -> GateReading:
    mode = readings.dock_mode
    if mode not in (IDLE, WORKING):
        note = UNSAID if mode is None else f"the dock is {_MODES.get(mode, 'not idle')}"
    elif readings.aircraft_inside is not False:
        note = "another aircraft is inside" if readings.aircraft_inside else UNSAID
    else:
        note = ""
    return GateReading(name="landing_dock", value=mode, limit=IDLE, passed=not note, note=note)


def _telemetry(readings: Readings, fresh: float, name: str = "telemetry") -> GateReading:
    age = round(readings.age, 1) if readings.age is not None else None
    passed = readings.online and age is not None and age <= fresh
    note = "" if passed else UNSAID if age is None else "the dock is offline" if not readings.online else "too old"
    return GateReading(name=name, value=age, limit=fresh, passed=passed, note=note)
