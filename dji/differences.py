"""What the three docks do not have in common, by product."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

from dji import products
from dji.model import REGISTRY, Body
from dji.oddities import Oddity
from dji.topics import Kind

# Fields that only some docks document, by message and path.
_NEW = (2, 3)
FIELDS: dict[tuple[Kind, str], dict[str, tuple[int, ...]]] = {
    (Kind.SERVICES, "flighttask_prepare"): {
        "rth_mode": _NEW,
        "wayline_precision_type": _NEW,
        "flight_safety_advance_check": _NEW,
        "simulate_mission.altitude": (3,),
    },
    (Kind.SERVICES, "flighttask_execute"): {"multi_dock_task": _NEW},
    (Kind.SERVICES, "takeoff_to_point"): {
        "exit_wayline_when_rc_lost": (1,),
        "rth_mode": _NEW,
        "commander_flight_mode": _NEW,
        "flight_safety_advance_check": _NEW,
        "simulate_mission.altitude": (),
    },
    (Kind.REQUESTS, "flighttask_progress_get"): {"target_sn": (2,), "flight_id": (2,), "sn": (3,)},
    (Kind.EVENTS, "return_home_info"): {"home_dock_sn": _NEW, "multi_dock_home_info": _NEW},
    (Kind.EVENTS, "flight_areas_drone_location"): {"drone_locations.area_id": (1, 2)},
    (Kind.DRC_UP, "drc_camera_state_push"): {
        "camera_state.photo_format": (3,),
        "camera_state.night_mode_settings": (3,),
    },
    (Kind.DRC_UP, "drc_drone_state_push"): {"landing_type": (2,), "landing_protection_type": (2,)},
}

# Values of enumerations that only some docks document. Dock 3's own example still prints url_type 0.
VALUES: dict[tuple[Kind, str], dict[str, dict[Any, tuple[int, ...]]]] = {
    (Kind.SERVICES, "ota_create"): {"devices.firmware_upgrade_type": {4: (3,)}},
    (Kind.SERVICES, "live_start_push"): {"url_type": {0: (1, 2)}},
}

# Fields that only some docks insist on.
MANDATORY: dict[tuple[Kind, str], dict[str, tuple[int, ...]]] = {
    (Kind.SERVICES, "takeoff_to_point"): {"rth_mode": _NEW, "commander_flight_mode": _NEW},
}

# The times of `fileupload_list`: seconds in the tables of Dock 1 and 2, milliseconds in that of Dock 3 and in all
# examples. `log_time_ms` tells them apart by their size.
LOG_TIME_UNIT = {1: "s", 2: "s", 3: "ms"}

# March 1973 in milliseconds, the year 5138 in seconds.
_LEAST_MILLISECONDS = 100_000_000_000


@lru_cache(maxsize=256)
def dock_of(product: str | None) -> int | None:
    """1, 2 or 3 for "3-1-0" or "dock1" and so on; None for anything else."""
    if product is None:
        return None
    name = product.strip().lower().replace(" ", "")
    if name.startswith("dock") and name[4:] in ("1", "2", "3"):
        return int(name[4:])
    parts = name.split("-")
    if len(parts) == 3 and parts[0] == "3" and parts[1] in ("1", "2", "3"):
        return int(parts[1])
    return None


def supports(product: str | None, method: str, kind: Kind | None = None) -> bool:
    """True if the product has the method, on any kind of topic or on the one given.

    A product that we do not know is taken to have everything; one that we know to be no dock has nothing of a dock.
    """
    dock = dock_of(product)
    if dock is None and product is not None and products.product(product).known:
        return False
    kinds = [kind] if kind is not None else list(Kind)
    models = [model for of in kinds if (model := REGISTRY.get((of, method))) is not None]
    if not models:
        return False
    return dock is None or any(dock in model.docks for model in models)


@cache
def methods(product: str | None = None) -> tuple[str, ...]:
    """The names of all documented methods of a product, sorted; of all products if it is not given or not known."""
    documented = {method for (_, method), model in REGISTRY.items() if model.documented}
    return tuple(sorted(method for method in documented if supports(product, method)))


def deprecated(product: str | None, method: str) -> bool:
    """True if DJI advises against the method on this product."""
    dock = dock_of(product) or 3
    return any(dock in model.deprecated for (_, name), model in REGISTRY.items() if name == method)


def log_time_ms(time: int) -> int:
    """A time of `fileupload_list` in milliseconds since 1970, whatever unit the dock uses."""
    if time >= _LEAST_MILLISECONDS:
        return time
    return time * 1000


def lacks(product: str, model: type[Body], data: Any) -> list[Oddity]:
    """Where a message does not suit a product: the method itself, fields and values it lacks or insists on."""
    dock = dock_of(product)
    if dock is None:
        return []
    if model.method and dock not in model.docks:
        return [Oddity("method", model.method, f"no such method on Dock {dock}")]
    key = (model.kind, model.method)
    found = [
        Oddity(f"data.{path}", "a field", f"no such field on Dock {dock}")
        for path, docks in FIELDS.get(key, {}).items()
        if dock not in docks and any(True for _ in _at(data, path.split(".")))
    ]
    found += [
        Oddity(f"data.{path}", None, f"a value here on Dock {dock}")
        for path, docks in MANDATORY.get(key, {}).items()
        if dock in docks and not any(True for _ in _at(data, path.split(".")))
    ]
    for path, values in VALUES.get(key, {}).items():
        found += [
            Oddity(f"data.{path}", said, f"no such value on Dock {dock}")
            for said in _at(data, path.split("."))
            if isinstance(said, int | str) and dock not in values.get(said, (dock,))
        ]
    return found


def _at(data: Any, path: list[str]) -> Iterator[Any]:
    """All that stands at a path; arrays on the way are gone through."""
    if isinstance(data, list):
        for item in data:
            yield from _at(item, path)
    elif not path:
        if data is not None:
            yield data
    elif isinstance(data, dict) and path[0] in data:
        yield from _at(data[path[0]], path[1:])
