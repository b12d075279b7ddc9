"""Health: `hms` with the whole list whenever it changes, and notices that a dock sends when something happens to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from simulator.envelope import Json
from simulator.feature import Feature, Refused
from simulator.motion import offset
from simulator.state import Cover

if TYPE_CHECKING:
    from simulator.dock import SimDock

NOTICE, CAUTION, WARNING = 0, 1, 2
MOST = 20
MOUNTED = "psdk_ui_resource_upload_result"  # a payload was mounted: the dock uploads its pages and says this

# code, level, module (0 task, 1 device, 2 media, 3 hms), when
_ALARMS: Final[tuple[tuple[str, int, int, Callable[[SimDock], bool]], ...]] = (
    ("0x19111800", WARNING, 3, lambda dock: dock.state.emergency_stop == 1),
    ("0x19110000", WARNING, 1, lambda dock: dock.state.cover is Cover.FAULT),
    ("0x19114800", CAUTION, 3, lambda dock: dock.weather.rainfall >= 2),
    ("0x19114000", CAUTION, 3, lambda dock: dock.weather.wind_speed > 10),
    ("0x12100000", NOTICE, 2, lambda dock: dock.state.storage_used > 0.9 * dock.state.storage_total),
    ("0x1611000C", CAUTION, 3, lambda dock: dock.aircraft.on and dock.aircraft.battery < 20),
)


class Hms(Feature):
    """The list of alarms, worked out from the dock's state, and alarms that somebody raised by hand."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.raised: list[Json] = []
        self._told: list[Json] = []

    def alarms(self) -> list[Json]:
        """Everything that is wrong now."""
        found = [self._alarm(code, level, module) for code, level, module, wrong in _ALARMS if wrong(self.dock)]
        return [*found, *self.raised][:MOST]

    def _alarm(self, code: str, level: int, module: int) -> Json:
        aircraft = code.startswith("0x16")
        return {
            "code": code,
            "level": level,
            "module": module,
            "in_the_sky": int(aircraft and self.dock.aircraft.flying),
            "device_type": self.dock.aircraft_key if aircraft else self.dock.model.key,
            "imminent": 0,
            "args": {"component_index": 0, "sensor_index": 0},
        }

    def look(self) -> None:
        """Tell the list if it is another than was told: with each osd, and when the world changes."""
        if not self.dock.online:
            return
        now = self.alarms()
        if now != self._told:
            self._told = now
            self.dock.link.event("hms", {"list": now})

    async def came_online(self) -> None:
        self._told = []
        self.look()

    def shown(self) -> Json:
        return {"alarms": [alarm["code"] for alarm in self._told]}

    # Notices

    def notice(self, method: str, data: Json | None = None) -> None:
        """Send what a dock would say of something that happened to it; `data` adds to what is usual.

        Raises Refused for a method that is no notice, or that the model does not have.
        """
        if method == MOUNTED:
            self.dock.spawn(self.dock.psdk.upload_pages(), "payload pages")
            return
        usual = _NOTICES.get(method)
        known = [name for name, (models, _, _) in _NOTICES.items() if self.dock.model.name in models] + [MOUNTED]
        if usual is None or self.dock.model.name not in usual[0]:
            raise Refused(210003, f"{method}: no notice of a {self.dock.model.name}; there are {', '.join(known)}")
        told: Any = usual[2](self.dock)
        if data:
            told = [{**told[0], **data}] if isinstance(told, list) else {**told, **data}
        self.dock.link.event(method, told, need_reply=usual[1])


_ALL, _OLD, _NEWEST = ("dock1", "dock2", "dock3"), ("dock1",), ("dock3",)


def _traffic(dock: SimDock) -> list[Json]:
    place = offset(dock.aircraft.position, 800, 600, 120)
    return [
        {"icao": "780A5C", "warning_level": 3, "latitude": place.latitude, "longitude": place.longitude,
         "altitude": round(place.height), "altitude_type": 0, "heading": 215.0, "relative_altitude": 120,
         "vert_trend": 0, "distance": 1000}
    ]  # fmt: skip


def _obstacle(dock: SimDock) -> Json:
    task, place = dock.wayline.running, dock.aircraft.position
    return {
        "wayline_uuid": task.fingerprint if task else "",
        "flight_id": task.flight_id if task else "",
        "is_final_report": True,
        "obstacles": [
            {"id": 1, "type": 2, "timestamp": dock.clock.wall_ms(), "latitude": place.latitude,
             "longitude": place.longitude, "height": place.height, "wayline_id": 0,
             "waypoint_index": task.waypoint if task else 0}
        ],
    }  # fmt: skip


def _setup(dock: SimDock) -> Json:
    return {"sn": dock.sn, "timeout_time": 10, "timestamp": float(dock.clock.wall_ms()), "flight_type": 1}


_NOTICES: Final[dict[str, tuple[tuple[str, ...], int | None, Callable[[SimDock], Any]]]] = {
    "airsense_warning": (_ALL, 1, _traffic),
    "joystick_invalid_notify": (_ALL, 1, lambda dock: {"reason": 0}),
    "device_exit_homing_notify": (_ALL, 1, lambda dock: {"sn": dock.sn, "action": 1, "reason": 0}),
    "flight_setup_exception_notify": (_OLD, 1, _setup),
    "obstacle_avoidance_notify": (_NEWEST, 1, _obstacle),
    "custom_data_transmission_from_psdk": (_ALL, None, lambda dock: {"value": "hello from the payload"}),
    "custom_data_transmission_from_esdk": (_ALL, None, lambda dock: {"value": "hello from the edge"}),
    "psdk_floating_window_text": (_ALL, None, lambda dock: {"psdk_index": 0, "value": "Temp 21 C"}),
}
