"""What a flight is told to the dock as, and when. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from activities.state.flight import FlightChecked
from dji.fly_to import TakeoffToPoint
from dji.in_flight_wayline import InFlightWaylineDeliver
from dji.shared import FileRef
from dji.wayline import FlighttaskPrepare, ReadyConditions
from dji.wayline_progress import ResumePoint
from workflows.errors import Failure, failure
from workflows.inputs import FlightInput

LONGEST_AHEAD = 24 * 3600.0  # s; a timed task is prepared within a day of its hour
PRESET = 1  # rth_mode, commander_flight_mode: the set height; docks take no other way home
RETURN = 0  # out_of_control_action: docks take no other
RC_LOST_RETURN = 2  # the same as rc_lost_action
RTK = 1  # wayline_precision_type
LEAVE = 1  # exit_wayline_when_rc_lost, commander_mode_lost_action: give up and return


def prepare_body(given: FlightInput, checked: FlightChecked, now_ms: int) -> FlighttaskPrepare:
    """`flighttask_prepare` without its link. Dock 1 knows neither the mode of its way home nor the precision."""
    body = FlighttaskPrepare(
        flight_id=given.task_id,
        task_type=given.task_type,
        execute_time=given.execute_at if given.execute_at is not None else now_ms,
        file=FileRef(fingerprint=checked.md5),
        rth_altitude=given.rth_altitude,
        out_of_control_action=RETURN,
        exit_wayline_when_rc_lost=checked.exit_wayline_when_rc_lost,
    )
    more: dict[str, object] = {}
    if checked.model != "dock1":
        more |= {"rth_mode": PRESET, "wayline_precision_type": RTK}
    if given.ready is not None:
        when = given.ready
        more["ready_conditions"] = ReadyConditions(
            battery_capacity=when.battery_least, begin_time=when.begin, end_time=when.end
        )
    if given.resumes is not None:
        more["break_point"] = ResumePoint(**given.resumes.model_dump(exclude={"flight_id"}))
    return body.model_copy(update=more)


def take_off_body(given: FlightInput, checked: FlightChecked) -> TakeoffToPoint:
    """`takeoff_to_point`. Only Dock 2 and 3 know, and need, the modes of height; Dock 1 alone knows the exit."""
    assert given.to is not None, "a flight to a point"
    to = given.to
    body = TakeoffToPoint(
        flight_id=given.task_id,
        target_latitude=to.latitude,
        target_longitude=to.longitude,
        target_height=to.height,
        security_takeoff_height=to.climb,
        rth_altitude=given.rth_altitude,
        rc_lost_action=RC_LOST_RETURN,
        commander_mode_lost_action=LEAVE,
        commander_flight_height=to.climb,
        max_speed=to.max_speed,
    )
    if checked.model != "dock1":
        return body.model_copy(update={"rth_mode": PRESET, "commander_flight_mode": PRESET})
    return body.model_copy(update={"exit_wayline_when_rc_lost": LEAVE})


def deliver_body(given: FlightInput, checked: FlightChecked, wayline: str) -> InFlightWaylineDeliver:
    """`in_flight_wayline_deliver` without its link; `wayline` is the id under which its progress comes."""
    return InFlightWaylineDeliver(
        in_flight_wayline_id=wayline,
        file=FileRef(fingerprint=checked.md5),
        out_of_control_action=RETURN,
        exit_wayline_when_rc_lost=checked.exit_wayline_when_rc_lost,
        rth_altitude=given.rth_altitude,
        rth_mode=PRESET,
        wayline_precision_type=RTK,
    )


def hour_of(given: FlightInput, now: float) -> float | None:
    """The hour of a timed flight in epoch seconds, None for another. Raises FlightMissed for an impossible one."""
    if given.task_type != 1:
        return None
    if given.execute_at is None:
        raise failure(Failure.FLIGHT_MISSED, "a timed flight needs its hour", field="execute_at")
    return _ahead(given.execute_at / 1000, now, "execute_at")


def end_of_window(given: FlightInput, now: float) -> float | None:
    """Until when a conditional flight may become ready, in epoch seconds. Raises FlightMissed for an impossible one."""
    if given.task_type != 2:
        return None
    if given.ready is None:
        raise failure(Failure.FLIGHT_MISSED, "a conditional flight needs its conditions", field="ready")
    if given.ready.begin >= given.ready.end:
        raise failure(Failure.FLIGHT_MISSED, "it would end before it begins", field="ready")
    return _ahead(given.ready.end / 1000, now, "ready")


def when(ms: int | None) -> datetime | None:
    return datetime.fromtimestamp(ms / 1000, UTC) if ms is not None else None


def _ahead(hour: float, now: float, field: str) -> float:
    if hour <= now:
        raise failure(Failure.FLIGHT_MISSED, "that hour has passed", field=field)
    if hour > now + LONGEST_AHEAD:
        raise failure(
            Failure.FLIGHT_MISSED, "a flight is at most a day ahead", field=field, cure="Choose an earlier one"
        )
    return hour
