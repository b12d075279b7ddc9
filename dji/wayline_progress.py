"""How a wayline task goes on: status, step, percentage, and where and why it broke off."""

from typing import Any

from dji.break_reasons import BREAK_REASON
from dji.fields import field
from dji.model import Event, Model
from dji.shared import STATUS

MISSION_STATE = {
    0: "not connected",
    1: "a waypoint is not supported",
    2: "ready: a file can be uploaded",
    3: "uploading the file",
    4: "told to start: the aircraft reads the wayline",
    5: "flying to the first waypoint",
    6: "flying the wayline",
    7: "broken off or paused",
    8: "going on after a break",
    9: "at its end",
}

_BREAK_STATE = {0: "on a leg", 1: "at a waypoint"}


class ResumePoint(Model):
    """Where to go on with a wayline, as `flighttask_progress` reported it."""

    index: int | None = field("Number of the break.")
    state: int | None = field("Where the break is.", values=_BREAK_STATE)
    progress: float | None = field("Part of the leg that was flown.", low=0, high=1)
    wayline_id: int | None = field("Id of the wayline in its file.")


class BreakPoint(ResumePoint):
    """Where and why a wayline broke off."""

    break_reason: int | None = field("Why it broke off.", values=BREAK_REASON)
    latitude: float | None = field("Latitude, WGS 84.", unit="°", low=-90, high=90)
    longitude: float | None = field("Longitude, WGS 84.", unit="°", low=-180, high=180)
    height: float | None = field("Height above the ellipsoid.", unit="m")
    attitude_head: float | None = field("Where the aircraft faced.", unit="°")


class FlighttaskExt(Model):
    """The wayline behind the percentage."""

    flight_id: str | None = field("Id of the task.")
    track_id: str | None = field("Id of the track, new with every execution.")
    wayline_id: int | None = field("Id of the wayline in its file; 65535 is none.")
    current_waypoint_index: int | None = field("Waypoints flown so far.")
    wayline_mission_state: int | None = field("State of the wayline.", values=MISSION_STATE)
    media_count: int | None = field("Media files made so far.")
    break_point: BreakPoint | None = field("Where it broke off.")


class FlighttaskStepProgress(Model):
    """Step and percentage."""

    current_step: int | None = field("Step, by the dock's own numbers: see `dji.steps`.")
    percent: int | None = field("Progress.", unit="%", low=0, high=100)


class FlighttaskProgress(Event, method="flighttask_progress"):
    """How a wayline task goes on.

    Docks put the members under `output`, the page prints them beside `result`; here they are always beside it.
    """

    result: int | None = field("0, or the error code of what went wrong.")
    status: str | None = field("State of the task.", values=STATUS | {"partially_done": "done in part"})
    progress: FlighttaskStepProgress | None = field("Step and percentage.")
    ext: FlighttaskExt | None = field("The wayline behind the percentage.")

    @classmethod
    def from_wire(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("output"), dict):
            return {key: value for key, value in data.items() if key != "output"} | data["output"]
        return data

    def to_wire(self) -> Any:
        said = self.present()
        outside = {key: said.pop(key) for key in ("result",) if key in said}
        return outside | {"output": said}

    @property
    def current_step(self) -> int | None:
        """The step's number; what it means depends on the dock: see `dji.steps.flighttask_step`."""
        return self.progress.current_step if self.progress else None

    @property
    def percent(self) -> int | None:
        """Progress in percent; says nothing once the status is terminal."""
        return self.progress.percent if self.progress else None

    @property
    def flight_id(self) -> str | None:
        """Id of the task. Join on it: the `bid` is that of the execute command on some docks only."""
        return self.ext.flight_id if self.ext else None

    @property
    def break_point(self) -> BreakPoint | None:
        """Where it broke off, to be given to `flighttask_prepare` to go on there."""
        return self.ext.break_point if self.ext else None
