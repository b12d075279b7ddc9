"""A dock's and an aircraft's readings in words and units, as a crew wants to see them; what is absent is left out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Properties = dict[str, Any]
COVER = {0: "closed", 1: "open", 2: "half open", 3: "abnormal"}
RAIN = {0: "none", 1: "light", 2: "moderate", 3: "heavy"}
NETWORK = {1: "4G", 2: "Ethernet"}
MEGABYTE = 1024  # kB
BATTERY_GREEN, BATTERY_AMBER = 50, 20  # %


def battery(percent: float) -> str:
    """Green over 50 %, amber from 20, red under it."""
    colour = "green" if percent > BATTERY_GREEN else "yellow" if percent >= BATTERY_AMBER else "red"
    return f"[{colour}]{percent:.0f} %[/{colour}]"


def of_dock(reported: Properties) -> list[tuple[str, str]]:
    """Label and text of each reading of a dock, by its properties as DJI names them."""
    return list(_dock(reported))


def of_aircraft(reported: Properties) -> list[tuple[str, str]]:
    """The same of an aircraft."""
    return list(_aircraft(reported))


def _number(reported: Properties, name: str) -> float | None:
    value = reported.get(name)
    return value if isinstance(value, int | float) else None


def _measured(reported: Properties, *wanted: tuple[str, str, str]) -> Iterator[tuple[str, str]]:
    for name, label, unit in wanted:
        if (value := _number(reported, name)) is not None:
            yield label, f"{value:g} {unit}"


def _dock(reported: Properties) -> Iterator[tuple[str, str]]:
    if (cover := reported.get("cover_state")) is not None:
        yield "cover", COVER.get(cover, f"{cover}")
    if (inside := reported.get("drone_in_dock")) is not None:
        yield "aircraft inside", "yes" if inside else "no"
    charge = reported.get("drone_charge_state") or {}
    if (percent := _number(charge, "capacity_percent")) is not None:
        yield "charge", f"{battery(percent)} {'charging' if charge.get('state') else 'not charging'}"
    network = reported.get("network_state") or {}
    if (quality := _number(network, "quality")) is not None:
        yield "network", f"{quality:g} of 5, {NETWORK.get(network.get('type', 0), 'unknown')}"
    storage = reported.get("storage") or {}
    if (total := _number(storage, "total")) and (used := _number(storage, "used")) is not None:
        yield "storage", f"{(total - used) / MEGABYTE:,.0f} MB free of {total / MEGABYTE:,.0f}"
    yield from _measured(
        reported,
        ("environment_temperature", "outside", "°C"),
        ("temperature", "inside", "°C"),
        ("humidity", "humidity", "%"),
        ("wind_speed", "wind", "m/s"),
    )
    if (rain := reported.get("rainfall")) is not None:
        yield "rain", RAIN.get(rain, f"{rain}")
    yield from _place(reported)
    if firmware := reported.get("firmware_version"):
        yield "firmware", str(firmware)


def _aircraft(reported: Properties) -> Iterator[tuple[str, str]]:
    pack = reported.get("battery") or {}
    if (percent := _number(pack, "capacity_percent")) is not None:
        yield "battery", battery(percent)
    for cell in pack.get("batteries") or []:
        yield from _measured(cell, ("voltage", "voltage", "mV"), ("temperature", "battery temperature", "°C"))
    if seconds := _number(pack, "remain_flight_time"):
        yield "can fly for", f"{seconds / 60:.0f} min"
    yield from _measured(
        reported,
        ("elevation", "above take-off", "m"),
        ("height", "altitude", "m"),
        ("horizontal_speed", "speed", "m/s"),
        ("vertical_speed", "climb", "m/s"),
        ("attitude_head", "heading", "°"),
        ("home_distance", "from home", "m"),
    )
    fix = reported.get("position_state") or {}
    if (satellites := _number(fix, "gps_number")) is not None:
        yield "satellites", f"{satellites:g} GPS, {_number(fix, 'rtk_number') or 0:g} RTK"
    yield from _place(reported)
    if firmware := reported.get("firmware_version"):
        yield "firmware", str(firmware)


def _place(reported: Properties) -> Iterator[tuple[str, str]]:
    latitude, longitude = _number(reported, "latitude"), _number(reported, "longitude")
    if latitude and longitude:
        yield "position", f"{latitude:.6f}, {longitude:.6f}"
