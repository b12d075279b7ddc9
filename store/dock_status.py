"""A dock's status as one word, by what dock and aircraft say of themselves: the first of `STATUSES` that is true."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

Status = Literal["offline", "upgrading", "in_operation", "debug", "flying", "streaming", "idle", "online"]

IDLE, ON_SITE_DEBUG, REMOTE_DEBUG, UPGRADING, WORKING = range(5)  # `mode_code` of a dock
AIRCRAFT_UPGRADING: Final = 13
IN_THE_AIR: Final = frozenset({*range(3, 13), *range(15, 22)})  # `mode_code` of an aircraft
"""All but standby, preparing, ready (0 to 2), upgrading (13) and not connected (14)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a dock: its properties, and those of its aircraft, `{}` for one that is off."""

    online: bool
    dock: dict[str, Any]
    aircraft: dict[str, Any]


def _upgrading(said: Said) -> bool:
    return (
        said.dock.get("mode_code") == UPGRADING
        or said.dock.get("firmware_upgrade_status") == 1
        or said.aircraft.get("firmware_upgrade_status") == 1
        or said.aircraft.get("mode_code") == AIRCRAFT_UPGRADING
    )


def _streaming(said: Said) -> bool:
    streams = said.dock.get("live_status")
    return isinstance(streams, list) and any(isinstance(each, dict) and each.get("status") == 1 for each in streams)


STATUSES: Final[tuple[tuple[Status, Callable[[Said], bool]], ...]] = (
    ("offline", lambda said: not said.online),
    ("upgrading", _upgrading),
    ("in_operation", lambda said: said.dock.get("mode_code") == WORKING),
    ("debug", lambda said: said.dock.get("mode_code") in (ON_SITE_DEBUG, REMOTE_DEBUG)),
    ("flying", lambda said: said.aircraft.get("mode_code") in IN_THE_AIR),
    ("streaming", _streaming),
    ("idle", lambda said: said.dock.get("mode_code") == IDLE),
    ("online", lambda said: True),
)


def status_of(said: Said) -> Status:
    """The word; `online` where a dock is here and says nothing that the others stand for."""
    return next(status for status, holds in STATUSES if holds(said))
