"""What a flight is told to the dock as, and when. Pure."""

from __future__ import annotations

from activities.state.flight import FlightChecked
from dji.shared import FileRef
from dji.wayline import FlighttaskPrepare
from workflows.errors import Failure, failure
from workflows.inputs import FlightInput

LONGEST_AHEAD = 24 * 3600.0  # s; a timed task is prepared within a day of its hour
PRESET = 1  # rth_mode: docks take no other
RETURN = 0  # out_of_control_action: docks take no other
RTK = 1  # wayline_precision_type


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
    if checked.model != "dock1":
        body = body.model_copy(update={"rth_mode": PRESET, "wayline_precision_type": RTK})
    return body


def hour_of(given: FlightInput, now: float) -> float | None:
    """The hour of a timed flight in epoch seconds, None for one at once. Raises FlightMissed for an impossible one."""
    if given.task_type == 0:
        return None
    if given.execute_at is None:
        raise failure(Failure.FLIGHT_MISSED, "a timed flight needs its hour", field="execute_at")
    hour = given.execute_at / 1000
    if hour <= now:
        raise failure(Failure.FLIGHT_MISSED, "that hour has passed", field="execute_at")
    if hour > now + LONGEST_AHEAD:
        raise failure(
            Failure.FLIGHT_MISSED,
            "a timed flight is at most a day ahead",
            field="execute_at",
            cure="Choose an earlier one",
        )
    return hour
