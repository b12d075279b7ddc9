"""The way home."""

from dji.fields import field
from dji.jobs import JobReply
from dji.model import Command, Event, Model, Reply
from dji.shared import PathPoint

EXIT_REASON = {
    0: "a stick was moved: throttle",
    1: "a stick was moved: pitch",
    2: "could not be started",
    3: "obstacles all around",
    4: "a no-fly area or limit",
    5: "an obstacle is too near",
    6: "no GPS",
    7: "neither GPS nor cameras know the place",
    8: "GPS and cameras do not agree on the place",
    9: "going back a short way",
    10: "home is too near",
}


class DeviceExitHomingNotify(Event, method="device_exit_homing_notify"):
    """The aircraft has left its way home, or is back on it."""

    sn: str | None = field("Serial number of the dock.")
    action: int | None = field("Whether the state is entered or left.", values={0: "left", 1: "entered"})
    reason: int | None = field("Why the aircraft left its way home.", values=EXIT_REASON)


class ReturnHome(Command, method="return_home"):
    """Call the aircraft home."""


class ReturnHomeReply(JobReply, method="return_home"):
    """The dock's answer to `return_home`."""


class ReturnHomeCancel(Command, method="return_home_cancel"):
    """Call the return off; the aircraft hovers."""


class ReturnHomeCancelReply(Reply, method="return_home_cancel"):
    """The dock's answer to `return_home_cancel`."""


class MultiDockHomeInfo(Model):
    """What it costs to reach one dock."""

    sn: str | None = field("Serial number of the dock.")
    plan_status: int | None = field(
        "Whether the dock can be reached.",
        values={
            0: "failed, or being planned",
            1: "out of reach",
            2: "out of reach of the battery",
            3: "can be reached",
        },
    )
    estimated_battery_consumption: int | None = field("Charge the way will take.", unit="%", low=0, high=100)
    home_distance: float | None = field("Distance to the dock.", unit="m")


class ReturnHomeInfo(Event, method="return_home_info"):
    """The planned way home; each replaces the last."""

    planned_path_points: list[PathPoint] | None = field("The planned path.")
    last_point_type: int | None = field(
        "Whether the path ends above home.", values={0: "above home", 1: "not above home"}
    )
    flight_id: str | None = field("Id of the task.")
    home_dock_sn: str | None = field("Serial number of the dock that is home.")
    multi_dock_home_info: list[MultiDockHomeInfo] | None = field("What each dock of the task costs to reach.", size=2)


class ReturnSpecificHome(Command, method="return_specific_home", docks=(2, 3)):
    """Call the aircraft to one of the docks of its task."""

    home_dock_sn: str | None = field("Serial number of the dock that is home.", required=True)


class ReturnSpecificHomeReply(Reply, method="return_specific_home", docks=(2, 3)):
    """The dock's answer to `return_specific_home`."""
