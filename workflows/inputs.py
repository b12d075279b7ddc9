"""What each saga is started with. No workflow code is imported here, so that the API and the bridge can use it.

A saga that continues as new hands itself what it knows in the same model: those fields have defaults, and a starter
leaves them alone. Secrets, links and telemetry are in none of them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from store.belongings import BELONGINGS
from store.facts import Actor, Lease, LiveCapacity, StreamWish
from store.firmware import PackageRef, PushStatus, RolloutPlan
from store.logs import LogDevice
from store.relays import CraftLimits, RoutePoint
from timings import Timings
from workflows.areas_course import AreasCourse

DockModel = Literal["dock1", "dock2", "dock3"]


class Input(BaseModel):
    """Base of all inputs; unknown fields of a newer starter are ignored."""

    model_config = ConfigDict(extra="ignore")

    timings: Timings = Field(default_factory=Timings)


class PairingInput(Input):
    """`pairing/{pairing_id}`: bring a dock into an organisation."""

    pairing_id: str
    org_id: str
    display_name: str
    expected_model: DockModel | None = None
    expected_sn: str | None = None
    actor: Actor


class DockInput(Input):
    """`dock/{sn}`: who holds the dock. Starters give `sn` and `org_id`; who waits for it is never carried over."""

    sn: str
    org_id: str
    lease: Lease | None = None
    online: bool = False


class MissionInput(Input):
    """`mission/{mission_id}`: the docks of one mission and its end. `docks` and `started` are carried over."""

    mission_id: str
    org_id: str
    name: str
    actor: Actor
    docks: list[str] = Field(default_factory=list)
    started: bool = False


class RunningStream(BaseModel):
    """A push that was started and must be taken down again."""

    ingress_id: str
    video_id: str
    identity: str | None = None
    quality: int
    protocol: Literal["whip", "rtmp"] = "whip"
    lens: str | None = None
    state: Literal["starting", "live", "lost"] = "starting"


class AutoStreamInput(Input):
    """`auto-stream/{sn}`: video of one dock into one mission's room. All after `quiet_since` is carried over."""

    sn: str
    org_id: str
    mission_id: str
    quiet_since: int | None = Field(None, description="Epoch ms: the debounce is counted from then")
    online: bool | None = Field(None, description="None: not heard yet, the saga looks into the store")
    capacity: LiveCapacity | None = None
    wish: StreamWish | None = None
    streams: list[RunningStream] = Field(default_factory=list)
    rtmp: bool = Field(False, description="The dock has refused WHIP")
    attempt: int = Field(0, description="Failed attempts in a row")
    steps: int = Field(0, description="Ingresses and commands so far: the ids of the next are derived from it")


class ReadyWhen(BaseModel):
    """When the dock is to call a conditional flight ready. Times are epoch ms, at most a day ahead."""

    begin: int
    end: int = Field(description="Not ready by then, the flight is missed")
    battery_least: int = Field(90, ge=0, le=100, description="per cent")


class TakeOffTo(BaseModel):
    """Where `takeoff_to_point` goes. `height` in metres above the ellipsoid, `climb` above take-off."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    height: float = Field(ge=2, le=1500)
    climb: float = Field(40, ge=20, le=1500)
    max_speed: int = Field(10, ge=1, le=15, description="m/s")


class ResumeAt(BaseModel):
    """The break point of flight `flight_id`, as its dock reported it."""

    flight_id: str
    index: int
    state: int = 0
    progress: float = 0
    wayline_id: int = 0


class FlightInput(Input):
    """`flight/{task_id}`: one flight of one wayline, or to one point.

    `overrides` names limits of the gate that may fail, each with the reason that the operator gave.
    """

    task_id: str
    org_id: str
    mission_id: str
    dock_sn: str
    wayline_id: str | None = Field(None, description="None: a flight `to` a point")
    name: str
    task_type: Literal[0, 1, 2] = Field(0, description="0 at once, 1 at `execute_at`, 2 when the dock is `ready`")
    execute_at: int | None = Field(None, description="Epoch ms; only with task_type 1, at most 24 h ahead")
    ready: ReadyWhen | None = Field(None, description="Only with task_type 2")
    to: TakeOffTo | None = None
    landing_dock_sn: str | None = Field(None, description="Lands at another dock (Dock 2 and 3); task_type 0 only")
    resumes: ResumeAt | None = None
    schedule_id: str | None = None
    rth_altitude: int = Field(100, ge=20, le=1500, description="metres above take-off")
    queue: bool = False
    overrides: dict[str, str] = Field(default_factory=dict)
    actor: Actor


class RecurringInput(Input):
    """`recurring/{schedule}-{time}`: one turn. `flight` is the pattern of the flights; its id is made for each turn."""

    schedule_id: str
    flight: FlightInput


class RolloutCourse(BaseModel):
    """Where a rollout stands: all that one run of its saga leaves to the next."""

    docks: dict[str, PushStatus] = Field(default_factory=dict)
    wave: int = Field(0, description="From 0")
    soak_until: float | None = Field(None, description="Epoch s")
    again: list[str] = Field(default_factory=list, description="Docks to start before others: retried, or back online")
    paused: bool = False
    halted: str | None = Field(None, description="Why no new dock is started until somebody decides")
    cancelled: bool = False
    forgiven: int = Field(0, description="Failed docks that were there when somebody resumed a halted rollout")
    passed: int = Field(-1, description="The last wave that may be left although no dock of it succeeded")
    rest_since: float | None = Field(None, description="Epoch s; since when nothing is left to start")
    problems: list[str] = Field(default_factory=list)


class FirmwareRolloutInput(Input):
    """`firmware-rollout/{rollout_id}`: packages to many docks, in waves. `course` is carried over.

    `reopened`: the saga had ended, and is started again for a retry; it takes the state of the docks from the store.
    """

    rollout_id: str
    org_id: str
    name: str
    docks: list[str]
    packages: list[PackageRef]
    upgrade_type: Literal[2, 3] = 3
    plan: RolloutPlan = Field(default_factory=RolloutPlan)
    actor: Actor
    reopened: bool = False
    course: RolloutCourse | None = None


class FirmwareInput(Input):
    """`firmware/{rollout_id}/{sn}`: one dock of a rollout. `attempt` is carried over."""

    rollout_id: str
    org_id: str
    sn: str
    packages: list[PackageRef]
    upgrade_type: Literal[2, 3] = 3
    offline: Literal["wait", "skip"] = "wait"
    attempts: int = 3
    attempt: int = 1
    actor: Actor


class RelayInput(Input):
    """`relay/{relay_id}`: one route over docks in this order.

    `overlap`: percent of a leg after which the next dock is sent; None waits for the landing. `separation` in metres is
    added to the way home of a dock that is sent while another flies, so that the two do not meet. `crafts` by model.
    """

    relay_id: str
    org_id: str
    mission_id: str
    name: str
    docks: list[str]
    route: list[RoutePoint]
    height_mode: Literal["relativeToStartPoint", "WGS84"] = "relativeToStartPoint"
    speed: float = Field(10, ge=1, le=15, description="m/s")
    reserve: float = Field(25, ge=15, le=80, description="per cent of battery that is left after each landing")
    crafts: dict[DockModel, CraftLimits] = Field(default_factory=dict)
    rth_altitude: int = Field(100, ge=20, le=1450, description="metres above take-off")
    separation: int = Field(15, ge=0, le=50)
    overlap: int | None = Field(None, ge=5, le=100)
    overrides: dict[str, str] = Field(default_factory=dict)
    actor: Actor


class DebugInput(Input):
    """`debug/{sn}`: a session of remote debugging."""

    sn: str
    org_id: str
    actor: Actor


class LicencesInput(Input):
    """`licences/{sn}`: one order about FlySafe licences; `list` asks only. An update without a file is FlySafe's."""

    sn: str
    org_id: str
    order: Literal["list", "switch", "update"]
    licence_id: int | None = None
    enable: bool | None = None
    object_key: str | None = None
    fingerprint: str | None = Field(None, description="MD5 of the file, hex")
    actor: Actor


class PropertyInput(Input):
    """`property/{sn}`: one property is set, by its path, like `distance_limit_status.state`."""

    sn: str
    org_id: str
    path: str
    value: bool | int | float | str
    actor: Actor


class LogWanted(BaseModel):
    """One file to have: the logs of one device with these numbers. `listed`: their bytes together, as the dock said."""

    device: LogDevice
    device_sn: str
    boots: list[int]
    listed: int = 0


class LogsInput(Input):
    """`logs/{id}`: one upload of logs, one file for each device. With `queue` it waits until the dock is free."""

    logs_id: str
    org_id: str
    sn: str
    files: list[LogWanted]
    queue: bool = False
    actor: Actor


class LogListInput(Input):
    """`log-list/{sn}`: the dock is asked which logs it and its aircraft have."""

    sn: str
    org_id: str
    actor: Actor


class RetentionInput(Input):
    """`retention-{time}`: one look for what was kept long enough."""


class OrgExportInput(Input):
    """`org-export/{export_id}`: an archive of all that an organisation owns. Starters leave `collections` alone: those
    of the day on which it was started, whatever an upgrade of the worker adds.
    """

    export_id: str
    org_id: str
    collections: list[str] = Field(default_factory=lambda: [each.collection for each in BELONGINGS])
    actor: Actor


class OrgDeletionInput(Input):
    """`org-deletion/{org_id}`: the organisation ends, with all that it owns."""

    org_id: str
    actor: Actor


class MediaInput(Input):
    """`media/{flight_id}`: the files of a flight; without one `media/{sn}`, what is looked for of a dock."""

    flight_id: str | None = None
    sn: str
    org_id: str
    mission_id: str | None = None


class CustomDataInput(Input):
    """`custom-data/{message_id}`: one message to a payload's program (psdk), or to one beside the dock (esdk)."""

    message_id: str
    sn: str
    org_id: str
    to: Literal["psdk", "esdk"]
    value: str
    actor: Actor


class AreasInput(Input):
    """`areas/{mission_id}`: the flight areas of a mission's docks. Starters give ids; all else is carried over."""

    mission_id: str
    org_id: str
    docks: dict[str, AreasCourse] = Field(default_factory=dict)
    actor: Actor = Actor(user="areas", reason="the mission's flight areas")


class WebhookInput(Input):
    """`webhook/{webhook_id}`: what is due for one endpoint. Starters give the ids; all else is carried over."""

    webhook_id: str
    org_id: str
    due: bool = Field(True, description="There may be something to deliver")
    look_at: float | None = Field(None, description="Epoch s; when to look next where nobody calls")
    rests: int = Field(0, description="Pauses in a row, since the endpoint did not answer")
    delivered: int = 0
    failed: int = 0
