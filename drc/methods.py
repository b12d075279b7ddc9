"""What an operator may command: on which topic a method goes, and which authority it needs.

Flying home, taking off and flying to a point are not here: they are routes of flights, since a saga follows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import dji
from dji import camera, psdk
from dji.model import registered
from dji.topics import Kind as Topic
from drc.readiness import Refusal
from drc.sticks import OWN_METHODS
from store.authority import Kind

GRAB_FLIGHT, GRAB_PAYLOAD = "flight_authority_grab", "payload_authority_grab"
STOP: Final = "drone_emergency_stop"
LENS: Final = "live_lens_change"

_FLIGHT: Final = {
    STOP,
    "drc_force_landing",
    "drc_emergency_landing",
    "drc_night_lights_state_set",
    "drc_stealth_state_set",
}
_ANY: Final = {"drc_initial_state_subscribe"}


@dataclass(frozen=True, slots=True)
class Way:
    """Where a method goes, and what its sender must hold; `kind` None: either."""

    topic: Topic
    kind: Kind | None


def _kind(method: str) -> Kind | None:
    return None if method in _ANY else "flight" if method in _FLIGHT else "payload"


WAYS: Final[dict[str, Way]] = {
    GRAB_FLIGHT: Way(Topic.SERVICES, "flight"),
    LENS: Way(Topic.SERVICES, "payload"),
    **{
        model.method: Way(Topic.SERVICES, "payload")
        for model in registered([Topic.SERVICES])
        if model.__module__ in (camera.__name__, psdk.__name__)
    },
    **{
        model.method: Way(Topic.DRC_DOWN, _kind(model.method))
        for model in registered([Topic.DRC_DOWN])
        if model.method not in OWN_METHODS
    },
}


def unknown(method: str, product: str | None) -> Refusal | None:
    """Why a dock of this product is not sent the method at all; None where it has it."""
    if method in OWN_METHODS:
        return Refusal("own-method", f"{method} is sent by this process itself.", "Send messages of type sticks.")
    if method not in WAYS:
        return Refusal("no-such-method", f"{method!r} is no command of manual flight.", "See docs/drc.md for the list.")
    if not dji.supports(product, method, WAYS[method].topic):
        name = dji.products.product(product or "").name
        return Refusal("not-supported", f"{name} has no {method}.", "Use a dock whose model has it.")
    return None
