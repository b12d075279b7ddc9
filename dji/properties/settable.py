"""What can be set of a dock and its aircraft, leaf by leaf, with the type and bounds of each."""

from dataclasses import dataclass

from dji.properties.differences import settable
from dji.properties.dock import DockOsd
from dji.properties.setting import PropertySet
from dji.schema import Leaf, table

# DJI's tables call it settable, but it is the aircraft's word on where it is.
_READINGS = frozenset({"distance_limit_status.is_near_distance_limit"})


@dataclass(frozen=True, slots=True)
class Setting:
    """One leaf, as "rth_altitude" or "distance_limit_status.state"; `of_aircraft`: not of the dock itself."""

    path: str
    leaf: Leaf
    of_aircraft: bool


def settings_of(product: str) -> dict[str, Setting]:
    """The leaves that can be set over a dock of this product, by path; those of any for a product we do not know."""
    found: dict[str, Setting] = {}
    for name in settable(product):
        whole = table(PropertySet)[name]
        of_aircraft = name not in table(DockOsd)
        if whole.model is None:
            found[name] = Setting(name, whole, of_aircraft)
            continue
        for key, leaf in table(whole.model).items():
            path = f"{name}.{key}"
            if leaf.spec.settable and path not in _READINGS:
                found[path] = Setting(path, leaf, of_aircraft)
    return found


def nested(path: str, value: object) -> dict[str, object]:
    """`{"distance_limit_status": {"state": 1}}` of a path and a value."""
    *parents, last = path.split(".")
    found: dict[str, object] = {last: value}
    for parent in reversed(parents):
        found = {parent: found}
    return found
