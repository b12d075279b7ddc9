"""Facts that enter sagas: payloads of signals and updates. Small, stable, without secrets and without telemetry.

Times (`at`) are epoch milliseconds, by the dock's clock where a dock said it, else ours.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Fact(BaseModel):
    """Base of all payloads; unknown fields of a newer sender are ignored."""

    model_config = ConfigDict(extra="ignore")


class Actor(Fact):
    """Who asked, and why: goes into every command and the audit log."""

    user: str
    role: str = "system"
    reason: str = ""


# Signals


class CommandReply(Fact):
    """A dock's answer to a command. `mismatch` says how it was matched when its tid was not ours."""

    tid: str
    sn: str
    method: str
    result: int
    output: dict[str, Any] = Field(default_factory=dict)
    at: int = 0
    mismatch: str | None = None


class Presence(Fact):
    """A dock came online or went offline, or its aircraft did."""

    sn: str
    online: bool
    aircraft_sn: str | None = None
    aircraft_online: bool = False
    product: str | None = None
    at: int = 0


class Video(Fact):
    """One stream a camera can push."""

    index: str
    type: str | None = None
    switchable: list[str] = Field(default_factory=list)


class Camera(Fact):
    """A camera in `live_capacity`: of the aircraft, or of the dock itself when `sn` is the dock's."""

    sn: str
    payload_index: str
    videos: list[Video] = Field(default_factory=list)


class LiveCapacity(Fact):
    """What a dock says it can stream now; empty when the aircraft sleeps."""

    sn: str
    cameras: list[Camera] = Field(default_factory=list)
    coexist_most: int = 1
    at: int = 0


class MediaNews(Fact):
    """Something about the files of a flight has changed in the store: they are looked at again."""


class PushState(Fact):
    """What became of a push, as the ingress saw it (`media`) or as the dock says in `live_status` (`dock`)."""

    sn: str
    video_id: str
    state: Literal["live", "lost", "closed", "error"]
    source: Literal["media", "dock"]
    ingress_id: str | None = None
    error: int | None = None
    at: int = 0


class BreakPoint(Fact):
    """Where a wayline was left."""

    index: int
    state: int = 0
    progress: float = 0
    wayline_id: int = 0
    break_reason: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    height: float | None = None


class FlightProgress(Fact):
    """A change in a flight that may change a decision: status, phase or break point. Not percentages, not each step."""

    flight_id: str
    sn: str
    status: str
    phase: str
    step: int | None = None
    result: int = 0
    break_point: BreakPoint | None = None
    media_count: int | None = None
    at: int = 0


class FlightReady(Fact):
    """`flighttask_ready`: the dock says that the conditions of a conditional task are met."""

    flight_id: str
    sn: str
    at: int = 0


class InFlightWayline(Fact):
    """A change of a wayline that was given in flight: `status` is DJI's, not percentages. `wayline` is its id there."""

    flight_id: str
    sn: str
    wayline: str
    status: int
    result: int = 0
    at: int = 0


class ExitHoming(Fact):
    """`device_exit_homing_notify`: the aircraft has left its way home, or is on it again. `reason` is DJI's."""

    sn: str
    left: bool
    reason: int = 0
    at: int = 0


class DebugOrder(Fact):
    """One command in remote debugging. `job_id` is the `bid` that its events carry."""

    job_id: str
    method: str
    data: dict[str, Any] = Field(default_factory=dict)
    actor: Actor


class JobEnded(Fact):
    """A dock's last word on a job."""

    sn: str
    job_id: str
    status: str
    result: int = 0
    at: int = 0


class LogEnd(Fact):
    """What a dock said last of one file of logs. `device` is aircraft or dock; `md5` is DJI's fingerprint."""

    device: str
    status: str = ""
    result: int = 0
    size: int | None = None
    md5: str | None = None


class LogsEnded(Fact):
    """A dock's last word on an upload of logs."""

    sn: str
    status: str
    result: int = 0
    files: list[LogEnd] = Field(default_factory=list)
    at: int = 0


class AreasChanged(Fact):
    """Something about a mission's flight areas is different; `again` has docks told that have them already."""

    actor: Actor | None = None
    again: bool = False


class AreasProgress(Fact):
    """What a dock does with its flight areas: `asked`, and was given `checksum` (None: no areas), or its own word."""

    sn: str
    status: str
    reason: int = 0
    checksum: str | None = None
    at: int = 0


class OtaProgress(Fact):
    """A change in an upgrade that may change a decision: status, step or result. Not percentages."""

    sn: str
    status: str
    step: str | None = None
    result: int = 0
    at: int = 0


class DockLeft(Fact):
    """A dock was unpaired: who waits for it waits in vain."""

    sn: str
    actor: Actor


class FirmwareVersion(Fact):
    """The version that a dock or its aircraft (`device`) says it runs; `last` where it has said that it is through.

    `order`: `bid` of the order that the upgrade began with, whose document says already that the dock took it.
    """

    sn: str
    device: str
    version: str
    at: int = 0
    last: OtaProgress | None = None
    order: str | None = None


class WebhookDue(Fact):
    """There is something to deliver, or the endpoint was changed. `now`: also to one that did not answer lately."""

    now: bool = False


class StreamWish(Fact):
    """What an operator wants of a dock's stream, until the dock is unassigned. None leaves a choice as it is."""

    stopped: bool | None = None
    video_id: str | None = None
    also: list[str] | None = Field(None, description="Video ids of cameras that are streamed beside")
    quality: int | None = Field(None, ge=0, le=4)
    protocol: Literal["auto", "whip", "rtmp"] | None = None
    actor: Actor


class LeaseTaken(Fact):
    """A dock was taken by force from the saga that holds it: bring the aircraft home, then give the dock back."""

    sn: str
    actor: Actor = Field(description="Who took it; `reason` says why")

    @property
    def words(self) -> str:
        return f"dock taken by {self.actor.user}: {self.actor.reason}"


class Close(Fact):
    """The entity is to end."""

    reason: str
    actor: Actor


# Updates


class Ask(Fact):
    """An operator's word to a running saga."""

    actor: Actor


class LeaseRequest(Fact):
    """Ask for a dock. With `queue`, wait for it at most `wait` seconds; else be refused at once when it is held."""

    holder: str = Field(description="Workflow id of the saga that will hold the dock")
    kind: Literal["flight", "firmware", "debug", "relay", "logs", "drc"]
    reason: str
    actor: Actor
    queue: bool = False
    wait: float = 600
    lend: str | None = Field(None, description="Saga that may use the dock under the lease of `holder`, a relay")
    lapses: bool = Field(False, description="It ends with its saga, which itself writes of it in the dock's document")


class LeaseRelease(Fact):
    holder: str


class LeaseTake(Ask):
    """Take a dock by force, for the person who asks and because of `actor.reason`, for `seconds` from when it is free.

    The one lease without a saga: what that person starts within the time gets it; else it ends by itself.
    """

    seconds: float = Field(1800, gt=0)


class Taking(Fact):
    """Who has taken a dock that its holder has not given back yet. `since` in epoch ms."""

    user: str
    role: str
    reason: str
    since: int
    seconds: float
    loser: str | None = Field(None, description="Workflow id of the saga that it was taken from")


class Lease(Fact):
    """Who holds a dock, and why. `kind` is that of the request, or `person`."""

    holder: str = Field(description="Workflow id of the saga, or `person/{user}`")
    kind: str
    reason: str
    user: str
    since: int
    lent: str | None = Field(None, description="Workflow id of the saga that the holder lets use the dock")
    expires: int | None = Field(None, description="Epoch ms at which a person's lease ends; a saga's ends with it")
    lapses: bool = Field(False, description="Not given back: it ends with its saga, also where that ends well")
    taken: Taking | None = Field(None, description="Who gets the dock as soon as its holder is done")
    loser: str | None = Field(None, description="Saga that a person's lease was taken from: it does not get it back")


class LeaseAnswer(Fact):
    granted: bool
    lease: Lease | None = Field(
        None, description="The lease in force: the asker's own, or the holder's that stands in the way"
    )


class OrganizationGet(Fact):
    """`airport_organization_get` of a dock with this serial."""

    sn: str
    binding_code_hash: str
    organization_id: str


class BindDevice(Fact):
    sn: str
    model_key: str
    callsign: str = ""


class OrganizationBind(Fact):
    """`airport_organization_bind`: dock first where it can be told, then the aircraft."""

    sn: str
    binding_code_hash: str
    organization_id: str
    devices: list[BindDevice]


class DeviceError(Fact):
    sn: str
    err_code: int


class BindAnswer(Fact):
    """`result` 0 with an organisation's name, or DJI's code and no binding. `errors` has each device of a bind."""

    result: int
    organization_name: str = ""
    errors: list[DeviceError] = Field(default_factory=list)


class ResourceGet(Fact):
    flight_id: str
    sn: str


class ResourceAnswer(Fact):
    """The object a dock may fetch; the bridge signs the link, so that no link stands in a history."""

    result: int
    object_key: str = ""
    fingerprint: str = ""


class GoHome(Ask):
    """Home: the dock's own, or that of another dock of the task (Dock 2 and 3)."""

    home_dock_sn: str | None = None


class FlyTo(Ask):
    """Fly on to a point. `height` in metres above the ellipsoid, `max_speed` in m/s."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    height: float = Field(ge=2, le=10000)
    max_speed: int = Field(10, ge=1, le=15)


class FlyWayline(Ask):
    """Fly another wayline from where the aircraft hovers (Dock 2 and 3)."""

    wayline_id: str


class AssignDock(Fact):
    sn: str
    actor: Actor


UnassignDock = AssignDock


class EndMission(Fact):
    outcome: Literal["completed", "aborted"] = "completed"
    actor: Actor


class RolloutAsk(Fact):
    """A word to a running rollout. Without an actor it came from Temporal's own UI."""

    actor: Actor = Actor(user="temporal", reason="asked in Temporal's UI")


class RetryAsk(RolloutAsk):
    """Try again: one dock, or all that have failed. Docks that succeeded are never touched."""

    sn: str | None = Field(None, description="Serial of the dock; None: all that failed")


class Decide(Ask):
    """What a relay shall do with the leg it asks about. `skip` accepts that its part of the route is not flown."""

    decision: Literal["retry", "skip", "abort"]
