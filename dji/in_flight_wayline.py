"""Waylines that are given to an aircraft in flight; Dock 2 and 3."""

from dji.fields import field
from dji.model import Command, Event, Model, Reply
from dji.properties.aircraft import EXIT_WHEN_LOST
from dji.shared import LOST_ACTION, RTH_MODE, FileRef

IN_FLIGHT_STATUS = {
    1: "uploading",
    2: "uploaded",
    3: "flying",
    4: "paused",
    5: "called off",
    6: "done",
    7: "failed",
    8: "ran out of time",
}
ENDED = frozenset({5, 6, 7, 8})


class InFlightWaylineCancel(Command, method="in_flight_wayline_cancel", docks=(2, 3)):
    """Call the wayline off."""


class InFlightWaylineCancelReply(Reply, method="in_flight_wayline_cancel", docks=(2, 3)):
    """The dock's answer to `in_flight_wayline_cancel`."""


class InFlightWaylineDeliver(Command, method="in_flight_wayline_deliver", docks=(2, 3)):
    """Give an aircraft in flight a wayline, and start it."""

    file: FileRef | None = field("The wayline file.", required=True)
    in_flight_wayline_id: str | None = field("Id of the wayline that is flown.", required=True)
    out_of_control_action: int | None = field("What to do without a link.", values=LOST_ACTION)
    exit_wayline_when_rc_lost: int | None = field("What becomes of the wayline without a link.", values=EXIT_WHEN_LOST)
    rth_altitude: int | None = field("Height of the way home, above take-off.", low=20, high=1500)
    rth_mode: int | None = field("Height of the way home.", values=RTH_MODE)
    wayline_precision_type: int | None = field("What positions are taken from.", values={0: "GPS", 1: "RTK"})


class InFlightWaylineDeliverReply(Reply, method="in_flight_wayline_deliver", docks=(2, 3)):
    """The dock's answer to `in_flight_wayline_deliver`."""


class InFlightProgress(Model):
    """Percentage."""

    percent: int | None = field("Progress.", unit="%", low=0, high=100)


class InFlightWaylineProgress(Event, method="in_flight_wayline_progress", docks=(2, 3)):
    """How far the wayline is."""

    in_flight_wayline_id: str | None = field("Id of the wayline that is flown.")
    progress: InFlightProgress | None = field("Percentage.")
    status: int | None = field("State of the wayline.", values=IN_FLIGHT_STATUS)
    result: int | None = field("0, or the error code of what went wrong.")
    way_point_index: int | None = field("Waypoint that is flown to.")


class InFlightWaylineRecover(Command, method="in_flight_wayline_recover", docks=(2, 3)):
    """Go on with the wayline."""

    in_flight_wayline_id: str | None = field("Id of the wayline that is flown.", required=True)


class InFlightWaylineRecoverReply(Reply, method="in_flight_wayline_recover", docks=(2, 3)):
    """The dock's answer to `in_flight_wayline_recover`."""


class InFlightWaylineStop(Command, method="in_flight_wayline_stop", docks=(2, 3)):
    """Pause the wayline."""

    in_flight_wayline_id: str | None = field("Id of the wayline that is flown.", required=True)


class InFlightWaylineStopReply(Reply, method="in_flight_wayline_stop", docks=(2, 3)):
    """The dock's answer to `in_flight_wayline_stop`."""
