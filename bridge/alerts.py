"""What docks warn of, as events for webhooks. A dock repeats a whole list while anything of it stands: only news count.

What was told is remembered per dock; after a restart of the bridge, alarms that stand are told once more.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from bridge.devices import KnownDock
from bridge.faults import until_done
from bridge.projection import Clock
from dji import Message
from store.events import Events, about

Json = dict[str, Any]

TRAFFIC_FORGOTTEN: Final = 60.0
"""Seconds without a word of another aircraft, after which it is new again."""


class Alerts:
    """Finds what is new, and emits it."""

    def __init__(self, events: Events, clock: Clock) -> None:
        self._events = events
        self._clock = clock
        self._alarms: dict[str, dict[str, Json]] = {}
        self._traffic: dict[tuple[str, str], tuple[int, float]] = {}
        self._kinds: dict[str, tuple[str, Callable[[str, Any], Json | None]]] = {
            "hms": ("alert.hms", self._hms),
            "airsense_warning": ("alert.airsense", self._airsense),
            "device_exit_homing_notify": ("alert.exit_homing", _as_said),
            "joystick_invalid_notify": ("alert.joystick_invalid", _as_said),
        }

    async def take(self, dock: KnownDock, message: Message) -> None:
        """One alert. Returns once the store has what is new of it; the same message heard twice is one event."""
        kind, news_in = self._kinds[message.method]
        news = news_in(dock.sn, message.data)
        if news is None:
            return
        said = f"{message.tid}|{message.bid}|{message.timestamp}"
        await until_done(lambda: self._events.emit(dock.org_id, kind, about("dock", dock.sn), news, key=said))

    def _hms(self, sn: str, data: Any) -> Json | None:
        before = self._alarms.get(sn, {})
        alarms = {_identity(alarm): alarm.present() for alarm in data.list or []}
        self._alarms[sn] = alarms
        new = [alarm for key, alarm in alarms.items() if key not in before]
        cleared = [alarm for key, alarm in before.items() if key not in alarms]
        if not new and not cleared:
            return None
        return {"new": new, "still": [alarm for key, alarm in alarms.items() if key in before], "cleared": cleared}

    def _airsense(self, sn: str, data: Any) -> Json | None:
        """News is another aircraft, or a higher level of danger than it has had."""
        news, at = False, self._clock()
        for traffic in data.traffic:
            key, level = (sn, traffic.icao or ""), traffic.warning_level or 0
            known, heard = self._traffic.get(key, (-1, at))
            known = known if at - heard <= TRAFFIC_FORGOTTEN else -1
            news |= level > known
            self._traffic[key] = (max(level, known), at)
        self._traffic = {key: seen for key, seen in self._traffic.items() if at - seen[1] <= TRAFFIC_FORGOTTEN}
        return {"traffic": [traffic.present() for traffic in data.traffic]} if news else None


def _as_said(_sn: str, data: Any) -> Json:
    said: Json = data.present()
    return said


def _identity(alarm: Any) -> str:
    args = alarm.args.present() if alarm.args is not None else {}
    return f"{alarm.code}|{alarm.device_type}|{sorted(args.items())}"
