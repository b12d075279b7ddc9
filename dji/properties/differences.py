"""Which device reports a property, and which lets it be set."""

from dji.products import AIRCRAFT_MODELS, DOCK_MODELS, aircraft_model, aircraft_of_dock, dock_model
from dji.properties.aircraft import AircraftOsd
from dji.properties.dock import DockOsd
from dji.properties.setting import PropertySet
from dji.schema import table

# Properties that not all docks report.
_DOCK_1 = frozenset({"dock1"})
_DOCK_2_3 = frozenset({"dock2", "dock3"})
DOCKS: dict[str, frozenset[str]] = {
    "air_transfer_enable": _DOCK_2_3,
    "dongle_infos": _DOCK_2_3,
    "drone_authority_info": _DOCK_1,
    "electric_supply_voltage": _DOCK_1,
    "heading": _DOCK_2_3,
    "home_position_is_valid": _DOCK_2_3,
    "putter_state": _DOCK_1,
    "rtcm_info": _DOCK_2_3,
    "self_converge_coordinate": frozenset({"dock3"}),
    "sub_device.device_model_key": _DOCK_2_3,
    "sub_device.product_type": _DOCK_1,
    "wireless_link_topo": _DOCK_2_3,
    "wpmz_version": _DOCK_1,
}

# Properties that not all aircraft report.
_M30 = frozenset({"m30"})
_M3D_M4D = frozenset({"m3d", "m4d"})
AIRCRAFT: dict[str, frozenset[str]] = {
    "best_link_gateway": _M3D_M4D,
    "camera_watermark_settings": _M3D_M4D,
    "commander_flight_mode": _M3D_M4D,
    "country": _M30,
    "current_commander_flight_mode": _M30,
    "dongle_infos": _M3D_M4D,
    "exit_wayline_when_rc_lost": _M30,
    "flysafe_database_version": _M3D_M4D,
    "offline_map_enable": _M3D_M4D,
    "payloads": _M30,
    "rc_lost_action": _M30,
    "remaining_power_for_return_home": _M3D_M4D,
    "rid_state": _M30,
    "rth_mode": _M3D_M4D,
    "wireless_link_topo": _M3D_M4D,
    "wpmz_version": _M30,
}

# Reported by more aircraft than let it be set.
SETTABLE: dict[str, frozenset[str]] = {"remaining_power_for_return_home": frozenset({"m4d"})}


def reports(product: str, path: str) -> bool:
    """True if a dock or an aircraft ("3-2-0", "dock2", "0-91-1", "m3d") reports the property at a path.

    A product that we do not know reports all that its kind is known to.
    """
    dock, aircraft = dock_model(product), aircraft_model(product)
    name = path.split(".")[0].removesuffix("[]")
    if dock is not None:
        return name in table(DockOsd) and _has(DOCKS, path, dock)
    if aircraft is not None:
        return name in table(AircraftOsd) and _has(AIRCRAFT, path, aircraft)
    return name in table(DockOsd) or name in table(AircraftOsd)


def settable(product: str) -> tuple[str, ...]:
    """The properties that can be set over a dock, of its own and of its aircraft; those of an aircraft alone for one.

    All that can be set of any for a product that we do not know.
    """
    aircraft = aircraft_model(product) or next((aircraft_model(key) for key in aircraft_of_dock(product)), None)
    dock = dock_model(product)
    docks = (dock,) if dock else () if aircraft else DOCK_MODELS
    families = (aircraft,) if aircraft else AIRCRAFT_MODELS
    return tuple(
        name
        for name in table(PropertySet)
        if (name in table(DockOsd) and any(_has(DOCKS, name, model) for model in docks))
        or (name in table(AircraftOsd) and any(_sets(name, family) for family in families))
    )


def _sets(name: str, family: str) -> bool:
    return _has(AIRCRAFT, name, family) and family in SETTABLE.get(name, {family})


def _has(table: dict[str, frozenset[str]], path: str, model: str) -> bool:
    """A part is there if what it is a part of is there."""
    parts = path.replace("[]", "").split(".")
    return all(model in table.get(".".join(parts[:end]), {model}) for end in range(1, len(parts) + 1))
