"""`dji_flight_tasks/{id}` and `waylines/{id}`: flights, and the files they fly."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Final, Literal, get_args

from pydantic import Field

from store.document import Document, Part, Repository, now

FlightStatus = Literal[
    "created", "preparing", "ready", "executing", "paused", "returning",
    "ok", "partially_done", "failed", "canceled", "rejected", "timeout", "missed",
]  # fmt: skip
TERMINAL: frozenset[str] = frozenset({"ok", "partially_done", "failed", "canceled", "rejected", "timeout", "missed"})


KMZ: Final = "application/vnd.google-earth.kmz"


def kmz_key(org_id: str, wayline_id: str) -> str:
    """Where the bucket has the file of a wayline."""
    return f"kmz/{org_id}/{wayline_id}.kmz"


class Wayline(Document):
    """An uploaded KMZ that passed its checks."""

    collection: ClassVar[str] = "waylines"

    id: str
    org_id: str
    name: str
    object_key: str
    md5: str
    size: int = Field(description="bytes")
    aircraft: str = Field(description="Product key of the aircraft it flies, like 0-100-1")
    waypoints: int
    length_m: float
    exit_wayline_when_rc_lost: int = Field(description="exitOnRCLost of the file: 0 go on, 1 do its lost action")
    problems: list[str] = Field(default_factory=list, description="Warnings of the check")
    uploaded_by: str
    created_at: datetime = Field(default_factory=now)

    @property
    def key(self) -> str:
        return self.id


class Progress(Part):
    """Written by the bridge, from `flighttask_progress`."""

    status: str = ""
    step: int | None = None
    step_name: str | None = None
    phase: str | None = None
    percent: int | None = None
    waypoint: int | None = None
    mission_state: int | None = None
    media_count: int | None = None
    track_id: str | None = None
    break_point: dict[str, Any] | None = None
    at: datetime | None = None


class InFlight(Part):
    """Written by the bridge, from `in_flight_wayline_progress`: the wayline that was given in flight last."""

    id: str
    status: str = Field(description="uploading, uploaded, flying, paused, called off, done, failed, ran out of time")
    percent: int | None = None
    waypoint: int | None = None
    result: int = 0
    at: datetime | None = None


class GateReading(Part):
    """One limit of the gate, as it was when the decision fell."""

    name: str
    value: Any = None
    limit: Any = None
    passed: bool
    overridden: bool = False
    note: str = ""


class FlightTask(Document):
    collection: ClassVar[str] = "dji_flight_tasks"

    id: str
    org_id: str
    mission_id: str
    dock_sn: str
    aircraft_sn: str | None = None
    name: str
    wayline_id: str | None = None
    object_key: str = ""
    md5: str = ""
    task_type: int = 0
    execute_at: datetime | None = None
    ready_from: datetime | None = None
    ready_until: datetime | None = None
    target: dict[str, Any] | None = Field(None, description="Of a flight to a point: latitude, longitude, height")
    landing_dock_sn: str | None = Field(None, description="Where it lands, in a task of two docks; else at `dock_sn`")
    resumes: str | None = Field(None, description="The flight whose break point this one goes on from")
    schedule_id: str | None = Field(None, description="The recurring flight of which it is a turn")
    rth_altitude: int = 100
    status: FlightStatus = "created"
    phase: str = "created"
    reason: str | None = None
    error_code: int | None = None
    gate: list[GateReading] = Field(default_factory=list)
    requested_by: str
    created_at: datetime = Field(default_factory=now)
    prepared_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    progress: Progress | None = None
    landing_progress: Progress | None = Field(None, description="What the landing dock says; by the bridge")
    break_point: dict[str, Any] | None = Field(None, description="Where the wayline was left, when the flight ended")
    in_flight_wayline_id: str | None = Field(None, description="The wayline that it was given in flight last")
    in_flight: InFlight | None = None

    @property
    def key(self) -> str:
        return self.id


class Waylines(Repository[Wayline]):
    model = Wayline


class FlightTasks(Repository[FlightTask]):
    model = FlightTask

    async def landing_at(self, dock_sn: str) -> list[FlightTask]:
        """Flights that have not ended, and are to land at this dock."""
        return [task for task in await self.find(landingDockSn=dock_sn) if task.status not in TERMINAL]

    async def under_way(self, dock_sn: str) -> list[FlightTask]:
        """The dock's flights that have not ended."""
        return await self.find(dockSn=dock_sn, status=sorted(set(get_args(FlightStatus)) - TERMINAL))
