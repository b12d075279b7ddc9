"""The properties that `property/set` can set, on which dock, and where they are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from dji.products import DOCK_MODELS, DockModel

if TYPE_CHECKING:
    from simulator.dock import SimDock

_ALL = frozenset(DOCK_MODELS)
_NEWER = frozenset[DockModel]({"dock2", "dock3"})


@dataclass(frozen=True)
class Settable:
    """One leaf. `in_state`: it is told in a state message when it is set; else osd shows it."""

    models: frozenset[DockModel] = _ALL
    of_aircraft: bool = True
    in_state: bool = False

    def store(self, dock: SimDock, path: tuple[str, ...], value: Any) -> None:
        """Let it be so."""
        if not self.of_aircraft:
            setattr(dock.state, path[0], value)
            return
        at = dock.aircraft.settings
        for part in path[:-1]:
            at = at.setdefault(part, {})
        at[path[-1]] = value


_WATERMARK = ("global_enable", "drone_type_enable", "drone_sn_enable", "datetime_enable", "gps_enable", "layout")
_WATERMARK_TEXT = ("user_custom_string_enable", "user_custom_string")

SETTABLE: Final[dict[str, Settable]] = {
    "silent_mode": Settable(of_aircraft=False, in_state=True),
    "user_experience_improvement": Settable(of_aircraft=False, in_state=True),
    "air_transfer_enable": Settable(_NEWER, of_aircraft=False, in_state=True),
    "night_lights_state": Settable(),
    "height_limit": Settable(),
    "rth_altitude": Settable(),
    "distance_limit_status.state": Settable(),
    "distance_limit_status.distance_limit": Settable(),
    "obstacle_avoidance.horizon": Settable(),
    "obstacle_avoidance.upside": Settable(),
    "obstacle_avoidance.downside": Settable(),
    "rc_lost_action": Settable(frozenset({"dock1"})),
    "exit_wayline_when_rc_lost": Settable(frozenset({"dock1"})),
    "commander_mode_lost_action": Settable(in_state=True),
    "commander_flight_height": Settable(in_state=True),
    "commander_flight_mode": Settable(_NEWER, in_state=True),
    "remaining_power_for_return_home": Settable(frozenset({"dock3"}), in_state=True),
    **{
        f"camera_watermark_settings.{name}": Settable(_NEWER, in_state=True) for name in (*_WATERMARK, *_WATERMARK_TEXT)
    },
}


def defaults(model: DockModel) -> dict[str, Any]:
    """What an aircraft of this dock comes with."""
    common: dict[str, Any] = {
        "night_lights_state": 0,
        "height_limit": 120,
        "rth_altitude": 100,
        "distance_limit_status": {"state": 0, "distance_limit": 5000},
        "obstacle_avoidance": {"horizon": 1, "upside": 1, "downside": 1},
        "commander_mode_lost_action": 0,
        "commander_flight_height": 80.0,
    }
    if model == "dock1":
        return {**common, "rc_lost_action": 0, "exit_wayline_when_rc_lost": 0}
    marks = dict.fromkeys(_WATERMARK, 0) | {"user_custom_string_enable": 0, "user_custom_string": ""}
    newer = {**common, "commander_flight_mode": 1, "camera_watermark_settings": marks}
    return newer | ({"remaining_power_for_return_home": 20} if model == "dock3" else {})
