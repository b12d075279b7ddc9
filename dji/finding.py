"""Which model a message's data is."""

from functools import cache
from typing import Any

from dji.model import REGISTRY, Body, DrcReply, EventReply, Unknown
from dji.oddities import Oddity
from dji.properties import devices
from dji.properties.setting import PropertySet, PropertySetReply
from dji.schema import table
from dji.topics import Kind

# Pages disagree on whether some messages go over the link of the live flight controls.
_TWIN = {
    Kind.EVENTS: Kind.DRC_UP,
    Kind.DRC_UP: Kind.EVENTS,
    Kind.SERVICES: Kind.DRC_DOWN,
    Kind.DRC_DOWN: Kind.SERVICES,
    Kind.SERVICES_REPLY: Kind.DRC_UP,
}

# Docks ask for receipts of events for which no page documents one, and answer commands of which no page says so.
_PLAIN: dict[Kind, tuple[Kind, type[Body]]] = {
    Kind.EVENTS_REPLY: (Kind.EVENTS, EventReply),
    Kind.DRC_UP: (Kind.DRC_DOWN, DrcReply),
}
_SETTING: dict[Kind, type[Body]] = {Kind.PROPERTY_SET: PropertySet, Kind.PROPERTY_SET_REPLY: PropertySetReply}


def model_of(
    kind: Kind, method: str, sn: str, gateway: str | None, data: Any, product: str | None
) -> type[Body] | None:
    """The model for a message; None if the protocol has none under that name."""
    if kind is Kind.OSD or kind is Kind.STATE:
        return devices.model_of(kind, sn, gateway, data, product)
    if kind in _SETTING:
        return _SETTING[kind]
    found = REGISTRY.get((kind, method))
    if found is None and kind in _TWIN:
        found = REGISTRY.get((_TWIN[kind], method))
    if found is None and kind in _PLAIN:
        asked, reply = _PLAIN[kind]
        found = reply if (asked, method) in REGISTRY else None
    return found


def guess(kind: Kind, name: str, method: str | None, data: Any, slips: list[Oddity]) -> tuple[type[Body], str]:
    """The model of a message that names no method, or one we do not know: what the caller says, or what fits."""
    if name:
        return Unknown, name
    found = REGISTRY.get((kind, method)) if method else None
    if found is None and kind.up and isinstance(data, dict) and data:
        found = _only_fit(kind, frozenset(data))
    if found is None:
        slips.append(Oddity("method", None, "the name of a method"))
        return Unknown, name
    slips.append(Oddity("method", None, found.method))
    return found, found.method


@cache
def _keys(kind: Kind) -> list[tuple[frozenset[str], type[Body]]]:
    return [(frozenset(table(model)), model) for (of, _), model in REGISTRY.items() if of is kind]


def _only_fit(kind: Kind, said: frozenset[str]) -> type[Body] | None:
    fits = [model for keys, model in _keys(kind) if said <= keys]
    return fits[0] if len(fits) == 1 else None
