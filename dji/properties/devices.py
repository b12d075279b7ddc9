"""Whose osd and state a message is: a dock's, an aircraft's, or that of a device we know nothing of."""

from functools import lru_cache
from typing import Any

from dji.model import Body, Unknown
from dji.properties.aircraft import AircraftOsd, AircraftState
from dji.properties.dock import DockOsd, DockState
from dji.schema import table
from dji.topics import Kind

_DOCK: dict[Kind, type[Body]] = {Kind.OSD: DockOsd, Kind.STATE: DockState}
_AIRCRAFT: dict[Kind, type[Body]] = {Kind.OSD: AircraftOsd, Kind.STATE: AircraftState}


class UnknownOsd(Unknown):
    """The osd of a remote controller or another device that is neither dock nor aircraft."""

    kind = Kind.OSD


class UnknownState(Unknown):
    """The state of a remote controller or another device that is neither dock nor aircraft."""

    kind = Kind.STATE


_OTHER: dict[Kind, type[Body]] = {Kind.OSD: UnknownOsd, Kind.STATE: UnknownState}
_BY_DOMAIN = {"dock": _DOCK, "aircraft": _AIRCRAFT, "other": _OTHER}


def model_of(kind: Kind, sn: str, gateway: str | None, data: Any, product: str | None) -> type[Body]:
    """The model for an osd or state message of the device `sn`.

    The product decides; without it, a device that is not its own gateway is an aircraft; without a gateway, the keys
    decide.
    """
    if product is not None:
        domain = domain_of(product)
        if domain is not None:
            return _BY_DOMAIN[domain][kind]
    # Examples print this for the gateway of a dock.
    if gateway and gateway != "dock_sn":
        return (_DOCK if gateway == sn else _AIRCRAFT)[kind]
    return (_AIRCRAFT if _aircraft_like(data) else _DOCK)[kind]


@lru_cache(maxsize=256)
def domain_of(product: str) -> str | None:
    """ "dock", "aircraft" or "other" for a product as "3-2-0", "dock2" or "m4d"; None if it cannot be told."""
    name = product.lower()
    if name.startswith(("3-", "dock")):
        return "dock"
    if name.startswith(("0-", "aircraft", "m3", "m4")):
        return "aircraft"
    return "other" if name[:2] in ("1-", "2-") else None


def _aircraft_like(data: Any) -> bool:
    if not isinstance(data, dict):
        return False
    if any(AircraftOsd.model_at(key) for key in data):
        return True
    return len(data.keys() & _only_aircraft()) > len(data.keys() & _only_dock())


@lru_cache(maxsize=1)
def _only_dock() -> frozenset[str]:
    return frozenset(table(DockOsd)) - frozenset(table(AircraftOsd))


@lru_cache(maxsize=1)
def _only_aircraft() -> frozenset[str]:
    return frozenset(table(AircraftOsd)) - frozenset(table(DockOsd))
