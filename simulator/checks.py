"""What a dock is sent, checked as strictly as it is documented: nothing is forgiven, and tests rely on that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import dji
from dji import differences
from dji.model import Model
from dji.schema import table
from dji.topics import Kind

# Without these a dock would have to guess, though no page says that they must be there.
WANTED: Final[dict[str, tuple[str, ...]]] = {
    "flighttask_create": ("file",),
    "flighttask_prepare": ("file", "rth_altitude", "out_of_control_action", "exit_wayline_when_rc_lost"),
    "flighttask_stop": ("reason",),
    "fileupload_start": ("bucket", "region", "credentials", "endpoint", "provider"),
    "fileupload_update": ("module_list",),
    "takeoff_to_point": ("rth_altitude", "rc_lost_action", "max_speed"),
    "fly_to_point": ("max_speed",),
    "fly_to_point_update": ("max_speed",),
}


def faults(message: dji.Message, product: str) -> list[str]:
    """All that is wrong with a message from the cloud, for a dock of that product. An empty list is a good message."""
    found = [f"{odd.field}: {odd.said!r:.80}, documented is {odd.protocol_says}" for odd in message.oddities]
    found += [f"{path}: no such field" for path in message.unknown_fields]
    if not message.kind.drc:
        found += [f"{name}: missing" for name in ("tid", "bid") if not getattr(message, name)]
        if message.timestamp is None or len(str(message.timestamp)) != 13:
            found.append(f"timestamp: {message.timestamp!r}, documented are 13 digits of ms")
    data = message.raw if isinstance(message.raw, dict) else {}
    if message.known:
        found += [f"{path}: missing" for path in _missing(type(message.data), data, "data")]
        found += [f"data.{name}: missing" for name in WANTED.get(message.method, ()) if data.get(name) is None]
    if message.kind is Kind.PROPERTY_SET:
        found += _one_leaf(data)
    if message.known:
        found += [f"{odd.field}: {odd.protocol_says}" for odd in differences.lacks(product, type(message.data), data)]
    return found


def _missing(model: type[Model], data: Any, path: str) -> Iterator[str]:
    """Paths of what the protocol wants and the message does not say, also inside of structures that it does say."""
    if not isinstance(data, dict):
        return
    for leaf in table(model).values():
        said = data.get(leaf.wire)
        if said is None:
            if leaf.spec.required:
                yield f"{path}.{leaf.wire}"
        elif leaf.model is not None:
            for item in said if isinstance(said, list) else [said]:
                yield from _missing(leaf.model, item, f"{path}.{leaf.wire}")


def _one_leaf(data: dict[str, Any]) -> list[str]:
    leaves = 0
    waiting: list[Any] = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            waiting.extend(value.values())
        else:
            leaves += 1
    return [] if leaves == 1 else [f"data: {leaves} values, a dock takes one a message"]
