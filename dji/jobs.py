"""What jobs report: those of remote debugging and of firmware."""

from dji.fields import field
from dji.model import Event, Model, Reply
from dji.shared import STATUS, JobOutput

_BEGIN = {
    "get_bid": "taking note of the command",
    "check_work_mode": "checking that the dock is in remote debugging",
    "check_task_state": "checking that no other job runs",
}
_EMERGENCY_STOP = {"check_scram_state": "checking the emergency stop button"}
_POWER = {
    "check_ac_input_state": "checking the mains",
    "upgrading_prevent_reboot": "checking that no upgrade runs",
}

# What `step_key` says in the course of each job, in order. `drone_open` and the others name no steps.
JOB_STEPS: dict[str, dict[str, str]] = {
    "cover_open": _BEGIN | _EMERGENCY_STOP | {"open_cover": "opening the cover"},
    "cover_close": _BEGIN
    | _EMERGENCY_STOP
    | {
        "turn_on_drone": "switching the aircraft on",
        "drone_paddle_forward": "turning the propellers forward, slowly",
        "close_cover": "closing the cover",
        "drone_paddle_reverse": "turning the propellers back, slowly",
        "drone_paddle_stop": "stopping the propellers",
        "free_putter": "opening the rods",
        "close_putter": "closing the rods",
    },
    "putter_open": _BEGIN | _EMERGENCY_STOP | {"free_putter": "opening the rods"},
    "putter_close": _BEGIN | _EMERGENCY_STOP | {"close_putter": "closing the rods"},
    "charge_open": _BEGIN
    | _EMERGENCY_STOP
    | {"check_cover": "checking the cover", "start_charge": "starting to charge"},
    "charge_close": _BEGIN | {"stop_charge": "ending to charge"},
    "drone_close": _POWER | _BEGIN | _EMERGENCY_STOP | {"close_drone": "switching the aircraft off"},
    "device_reboot": _POWER | _BEGIN | {"write_reboot_param_file": "noting the reason for the reboot"},
}

# The meaning of each.
STEP_KEY = {key: meaning for steps in JOB_STEPS.values() for key, meaning in steps.items()}


class JobReply(Reply):
    """The answer to a command that starts a job, with the job's state."""

    output: JobOutput | None = field("The job.")

    @property
    def status(self) -> str | None:
        """State of the job."""
        return self.output.status if self.output else None


class JobProgress(Model):
    """Step and percentage. What a step is called has changed between versions."""

    percent: int | None = field("Progress.", unit="%", low=0, high=100)
    step_key: str | None = field("What the job is doing.", values=STEP_KEY)
    step_result: int | None = field("Result of the step; on old firmware only.")


class JobEventOutput(Model):
    """How far a job is."""

    status: str | None = field("State of the job.", values=STATUS)
    progress: JobProgress | None = field("Step and percentage.")


class JobEvent(Event):
    """How a job goes on. It carries the `bid` of the command that started it."""

    result: int | None = field("0, or the error code of what went wrong.")
    output: JobEventOutput | None = field("How far the job is.")

    @property
    def status(self) -> str | None:
        """State of the job."""
        return self.output.status if self.output else None

    @property
    def percent(self) -> int | None:
        """Progress in percent; says nothing once the status is terminal."""
        return self.output.progress.percent if self.output and self.output.progress else None

    @property
    def step(self) -> str | None:
        """What the job is doing, by DJI's key ("open_cover")."""
        return self.output.progress.step_key if self.output and self.output.progress else None
