"""Wayline tasks: preparing, starting, pausing, ending."""

from dji.fields import field
from dji.model import Command, Event, EventReply, Model, Reply, Request, RequestReply
from dji.properties.aircraft import EXIT_WHEN_LOST
from dji.shared import LOST_ACTION, RTH_MODE, AlternateLandPoint, FileRef, RtcmInfo, SimulateMission, WirelessLinkTopo
from dji.wayline_progress import FlighttaskStepProgress, ResumePoint


class FlightSetupAbort(Command, method="flight_setup_abort", docks=(1,)):
    """Call a flight off while it is being set up."""


class FlightSetupAbortReply(Reply, method="flight_setup_abort", docks=(1,)):
    """The dock's answer to `flight_setup_abort`."""


class FlightSetupExceptionNotify(Event, method="flight_setup_exception_notify", docks=(1,)):
    """Setting up a flight takes too long: call it off, or wait."""

    sn: str | None = field("Serial number of the dock.")
    timeout_time: int | None = field("Time to decide in, in steps of 2.", unit="min", low=2, high=10)
    timestamp: float | None = field("When it was sent, since 1970.")
    flight_type: int | None = field("Kind of flight.", low=1, high=2, values={1: "wayline", 2: "flight to a point"})
    flight_id: str | None = field("Id of the task.")


class FlightSetupExceptionNotifyReply(EventReply, method="flight_setup_exception_notify", docks=(1,)):
    """The cloud's receipt of `flight_setup_exception_notify`."""


class SignedFile(Model):
    """The wayline file of an old command."""

    url: str | None = field("Where it is fetched from.")
    sign: str | None = field("MD5 of the file, in hex.")


class FlighttaskCreate(Command, method="flighttask_create", deprecated=(1, 2, 3)):
    """Prepare a task; `flighttask_prepare` has taken its place."""

    flight_id: str | None = field("Id of the task.", required=True)
    type: str | None = field("Kind of task.")
    file: SignedFile | None = field("The wayline file.")


class FlighttaskCreateReply(Reply, method="flighttask_create", deprecated=(1, 2, 3)):
    """The dock's answer to `flighttask_create`."""


class DockInfo(Model):
    """One of the two docks."""

    dock_type: str | None = field(
        "Part the dock plays.", values={"takeoff": "take-off", "landing": "landing"}, required=True
    )
    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180)
    height: float | None = field("Height above the ellipsoid.", unit="m")
    heading: float | None = field("Where the dock faces.", unit="°", low=-180, high=180)
    home_position_is_valid: int | None = field("Whether place and heading are known.", values={0: "no", 1: "yes"})
    index: int | None = field("Number of the dock in the task.", low=1, high=31, required=True)
    sn: str | None = field("Serial number of the device.", required=True)
    rtcm_info: RtcmInfo | None = field("Where the RTK calibration came from.")
    alternate_land_point: AlternateLandPoint | None = field("Where to land if not in the dock.")


class MultiDockTask(Model):
    """Take off from one dock and land at another."""

    wireless_link_topo: WirelessLinkTopo | None = field("Who is paired with whom.")
    dock_infos: list[DockInfo] | None = field("The two docks.", size=2)


class FlighttaskExecute(Command, method="flighttask_execute"):
    """Start a task that was prepared."""

    flight_id: str | None = field("Id of the task.", required=True)
    multi_dock_task: MultiDockTask | None = field("Take off from one dock and land at another.")


class FlighttaskExecuteReply(Reply, method="flighttask_execute"):
    """The dock's answer to `flighttask_execute`."""


class FlighttaskPause(Command, method="flighttask_pause"):
    """Pause the wayline."""


class FlighttaskPauseReply(Reply, method="flighttask_pause"):
    """The dock's answer to `flighttask_pause`."""


class ReadyConditions(Model):
    """When a conditional task is ready."""

    battery_capacity: int | None = field("Least charge.", unit="%")
    begin_time: int | None = field("From when on, since 1970.", unit="ms")
    end_time: int | None = field("Until when, since 1970.", unit="ms")


class ExecutableConditions(Model):
    """What is needed to start."""

    storage_capacity: int | None = field("Least room for media.")


class FlighttaskPrepare(Command, method="flighttask_prepare"):
    """Give a task to the dock."""

    flight_id: str | None = field("Id of the task.", required=True)
    execute_time: int | None = field("When to start, since 1970; needed for immediate and timed tasks.", unit="ms")
    task_type: int | None = field(
        "When to fly.", values={0: "at once", 1: "at a time", 2: "when conditions are met"}, required=True
    )
    file: FileRef | None = field("The wayline file.")
    ready_conditions: ReadyConditions | None = field("When a conditional task is ready.")
    executable_conditions: ExecutableConditions | None = field("What is needed to start.")
    break_point: ResumePoint | None = field("Where to go on with a wayline that broke off.")
    rth_altitude: int | None = field("Height of the way home, above take-off.", unit="m", low=20, high=1500)
    out_of_control_action: int | None = field("What to do without a link.", values=LOST_ACTION)
    exit_wayline_when_rc_lost: int | None = field("What becomes of the wayline without a link.", values=EXIT_WHEN_LOST)
    simulate_mission: SimulateMission | None = field("Fly in the simulator.")
    rth_mode: int | None = field("Height of the way home.", values=RTH_MODE)
    wayline_precision_type: int | None = field("What positions are taken from.", values={0: "GPS", 1: "RTK"})
    flight_safety_advance_check: bool | None = field("Check that flying is safe before take-off.")


class FlighttaskPrepareReply(Reply, method="flighttask_prepare"):
    """The dock's answer to `flighttask_prepare`."""


class FlighttaskProgressGet(Request, method="flighttask_progress_get", docks=(2, 3)):
    """A dock of a task of two asks how far the other is."""

    target_sn: str | None = field("Serial number of the other dock, from Dock 2.")
    flight_id: str | None = field("Id of the task.")
    sn: str | None = field("Serial number of the other dock, from Dock 3.")


class OtherTaskOutput(Model):
    """How far the other dock is."""

    flight_id: str | None = field("Id of its last task.")
    progress: FlighttaskStepProgress | None = field("Step and percentage.")
    status: str | None = field("State of its task.")


class FlighttaskProgressGetReply(RequestReply, method="flighttask_progress_get", docks=(2, 3)):
    """The cloud's answer to `flighttask_progress_get`."""

    output: OtherTaskOutput | None = field("How far the other dock is.")


class FlighttaskReady(Event, method="flighttask_ready"):
    """The conditions of these tasks are met: they can be started."""

    flight_ids: list[str] | None = field("Ids of the tasks.")


class FlighttaskRecovery(Command, method="flighttask_recovery"):
    """Go on with the wayline."""


class FlighttaskRecoveryReply(Reply, method="flighttask_recovery"):
    """The dock's answer to `flighttask_recovery`."""


class FlighttaskResourceGet(Request, method="flighttask_resource_get"):
    """A dock asks for the file of a task."""

    flight_id: str | None = field("Id of the task.")


class ResourceOutput(Model):
    """The file of a task."""

    file: FileRef | None = field("The wayline file.")


class FlighttaskResourceGetReply(RequestReply, method="flighttask_resource_get"):
    """The cloud's answer to `flighttask_resource_get`."""

    output: ResourceOutput | None = field("The file.")


class FlighttaskStop(Command, method="flighttask_stop", docks=(2, 3)):
    """End a running task, or that of the other dock."""

    flight_id: str | None = field("Id of the task.", required=True)
    reason: int | None = field("Why the task is stopped.", values={0: "as planned", 1: "the other dock is in trouble"})


class FlighttaskStopReply(Reply, method="flighttask_stop", docks=(2, 3)):
    """The dock's answer to `flighttask_stop`."""


class FlighttaskUndo(Command, method="flighttask_undo"):
    """Call off tasks that have not been started."""

    flight_ids: list[str] | None = field("Ids of the tasks.", required=True)


class FlighttaskUndoReply(Reply, method="flighttask_undo"):
    """The dock's answer to `flighttask_undo`."""
