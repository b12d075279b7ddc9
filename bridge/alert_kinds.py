"""What docks say that people are warned of, read: which alarms, how bad, and in words. No clock and no store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from dji import Message
from dji.drc import JOYSTICK_INVALID
from dji.hms import LEVEL, MODULE
from dji.return_home import EXIT_REASON
from store.alerts import LEVELS, Level

Json = dict[str, Any]
Texts = Mapping[str, str]

GIVE_WAY: Final = 3
"""AirSense: from this level of danger on, give way."""
BRAKED, BACK_ON_WAY = 2, 1  # of `obstacles[].type`
OUT_OF_REACH: Final = {1: "out of reach", 2: "out of reach of the battery"}  # `plan_status`
_JOYSTICK_LEVEL: Final[dict[int, Level]] = {1: "warning", 2: "warning", 4: "notice"}


@dataclass(frozen=True, slots=True)
class Said:
    """One alarm. `subject` tells it from others of its kind.

    once: it has happened, and does not stand. over: the dock says that it has ended.
    lapses: it ends without a word, when it is said no more or the aircraft is inside.
    """

    subject: str
    level: Level
    text: str
    data: Json
    once: bool = False
    over: bool = False
    lapses: bool = False
    flight_id: str | None = None
    module: str | None = None
    code: str | None = None
    device: str | None = None
    in_flight: bool | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says of one kind of alarms.

    whole: an alarm of the kind that is not among `said` is over. rises: a lower level than before is no news.
    `words` go into the event, as the dock said them.
    """

    kind: str
    said: list[Said]
    words: Json
    whole: bool = False
    rises: bool = False


def _hms(data: Any, texts: Texts) -> Reading:
    return Reading("hms", [_alarm(alarm, texts) for alarm in data.list or []], {}, whole=True)


def _alarm(alarm: Any, texts: Texts) -> Said:
    args = alarm.args.present() if alarm.args is not None else {}
    return Said(
        subject=f"{alarm.code}|{alarm.device_type}|{sorted(args.items())}",
        level=LEVELS[alarm.level] if alarm.level in LEVEL else "warning",
        text=alarm.words(texts),
        data=alarm.present(),
        module=MODULE.get(alarm.module) if alarm.module is not None else None,
        code=alarm.code,
        device=alarm.device_type,
        in_flight=bool(alarm.in_the_sky),
        lapses=bool(alarm.imminent),
    )


def _airsense(data: Any, _: Texts) -> Reading:
    """Danger of level 0 is no alarm, and does not end one: levels swing, and what is over is said no more."""
    said = [_traffic(traffic) for traffic in data.traffic if traffic.warning_level]
    words = {"traffic": [traffic.present() for traffic in data.traffic]}
    return Reading("airsense", said, words, rises=True)


def _traffic(traffic: Any) -> Said:
    away = f", {traffic.distance:.0f} m away" if traffic.distance is not None else ""
    height = f", {traffic.relative_altitude:+.0f} m" if traffic.relative_altitude is not None else ""
    danger = traffic.warning_level
    return Said(
        subject=traffic.icao or "",
        level="warning" if danger >= GIVE_WAY else "caution",
        text=f"Aircraft {traffic.icao or 'of unknown address'} is near{away}{height}: danger {danger} of 4"
        + (", give way" if danger >= GIVE_WAY else ""),
        data=traffic.present(),
        lapses=True,
    )


def _exit_homing(data: Any, _: Texts) -> Reading:
    """Action 1 is the state of having left the way home, 0 is its end."""
    why = EXIT_REASON.get(data.reason, f"reason {data.reason}") if data.reason is not None else "no reason given"
    left = data.action == 1
    text = f"The aircraft left its way home: {why}" if left else "The aircraft is on its way home again"
    said = Said("", "warning", text, data.present(), over=not left, lapses=True)
    return Reading("exit_homing", [said], data.present())


def _joystick(data: Any, _: Texts) -> Reading:
    why = JOYSTICK_INVALID.get(data.reason, f"reason {data.reason}")
    text = f"The sticks no longer count: {why}"
    level = _JOYSTICK_LEVEL.get(data.reason, "caution")
    return Reading("joystick_invalid", [Said("", level, text, data.present(), once=True)], data.present())


def _obstacle(data: Any, _: Texts) -> Reading:
    """One alarm for each group of reports, which the last of them closes."""
    met = data.obstacles or []
    braked = any(each.type == BRAKED for each in met)
    back = data.is_final_report or (bool(met) and all(each.type == BACK_ON_WAY for each in met))
    text = "The aircraft stopped before an obstacle" if braked else "The aircraft flies around an obstacle"
    if met and met[-1].waypoint_index is not None:
        text += f", on the way to waypoint {met[-1].waypoint_index}"
    said = Said(
        subject=data.flight_id or data.wayline_uuid or "",
        level="warning" if braked else "caution",
        text=text,
        data=data.present(),
        once=bool(back),
        lapses=True,
        flight_id=data.flight_id,
    )
    return Reading("obstacle", [said], data.present(), rises=True)


def _return_home(data: Any, _: Texts) -> Reading:
    """Each message replaces the planned way; where it leads, and whether it gets there, is what people are told."""
    where = f" to dock {data.home_dock_sn}" if data.home_dock_sn else ""
    text, level = f"The aircraft is on its way home{where}", 0
    if data.last_point_type == 1:
        text, level = f"{text}, and the planned way does not end above it", 1
    for home in data.multi_dock_home_info or []:
        if home.plan_status in OUT_OF_REACH:
            text, level = f"{text}; dock {home.sn} is {OUT_OF_REACH[home.plan_status]}", max(level, 1)
            if home.sn == data.home_dock_sn:
                level = 2
    said = Said(
        subject=f"{data.flight_id or ''}|{data.home_dock_sn or ''}",
        level=LEVELS[level],
        text=text,
        data=data.present(),
        lapses=True,
        flight_id=data.flight_id,
    )
    return Reading("return_home", [said], data.present(), whole=True)


def _flight_setup(data: Any, _: Texts) -> Reading:
    within = f"; decide within {data.timeout_time} min" if data.timeout_time else ""
    text = f"Setting up the flight takes too long: call it off, or wait{within}"
    said = Said(data.flight_id or "", "caution", text, data.present(), once=True, flight_id=data.flight_id)
    return Reading("flight_setup", [said], data.present())


READERS: Final[dict[str, Callable[[Any, Texts], Reading]]] = {
    "hms": _hms,
    "airsense_warning": _airsense,
    "device_exit_homing_notify": _exit_homing,
    "joystick_invalid_notify": _joystick,
    "obstacle_avoidance_notify": _obstacle,
    "return_home_info": _return_home,
    "flight_setup_exception_notify": _flight_setup,
}


def read(message: Message, texts: Texts) -> Reading:
    """What a message of one of `READERS` says."""
    return READERS[message.method](message.data, texts)


def of_areas(found: list[Json]) -> Reading:
    """Where the aircraft is to the edges of its mission's areas, as `bridge.areas` found it."""
    said = [
        Said(
            subject=str(each["id"] or number),
            level="warning" if each["state"] == "breached" else "caution",
            text=_of_area(each),
            data=each,
            lapses=True,
        )
        for number, each in enumerate(found)
        if each["state"] != "clear"
    ]
    return Reading("area", said, {"areas": found}, whole=True)


def _of_area(area: Json) -> str:
    kind = {"dfence": "keep-in area", "nfz": "keep-out area"}.get(area["kind"] or "", "flight area")
    name = f"{kind} {area['name']}" if area["name"] else f"a {kind}"
    if area["state"] == "breached":
        return f"The aircraft is {'inside' if area['inside'] else 'outside'} of {name}"
    return f"The aircraft is {area['distance']:.0f} m from the edge of {name}"
