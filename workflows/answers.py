"""What sagas answer: to updates with their outcome, to the query `status` with what they are at."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from store.deletions import DeletionStatus
from store.exports import ExportStatus
from store.facts import Lease
from store.firmware import Counts, PushStatus, RolloutStatus
from store.flights import FlightStatus, GateReading
from store.media import Completeness
from store.missions import MissionStatus
from store.pairings import PairingStatus
from store.relays import Question, RelayLeg, RelayStatus
from workflows.areas_course import AreasCourse


class Answer(BaseModel):
    """Base of all answers; unknown fields of a newer saga are ignored."""

    model_config = ConfigDict(extra="ignore")


# Pairing


class PairingReady(Answer):
    """The account exists. Its password and the binding code are sealed in `pairings/{pairing_id}`."""

    pairing_id: str
    account: str
    expires_at: int = Field(description="Epoch ms")


class PairingAnswer(Answer):
    """Outcome of `cancel`: `status` is "cancelled", or what the pairing had become before."""

    pairing_id: str
    status: PairingStatus


class PairingState(Answer):
    """Query `status`."""

    pairing_id: str
    status: PairingStatus
    dock_sn: str | None = None
    error: str | None = None


# Dock


class Unpaired(Answer):
    """The dock is out of the organisation, its account deleted, its seat free."""

    sn: str
    org_id: str


class DockState(Answer):
    """Query `status`."""

    sn: str
    org_id: str
    online: bool
    lease: Lease | None = None
    queue: list[str] = Field(default_factory=list, description="Workflow ids that wait for the dock, in order")


# Mission


class Assigned(Answer):
    """Docks of the mission after an `assign` or `unassign`."""

    mission_id: str
    sn: str
    docks: list[str]


class MissionEnding(Answer):
    """The end was taken up; it may take as long as the way home. Follow `missions/{mission_id}`."""

    mission_id: str
    status: MissionStatus
    docks: list[str]


class MissionState(Answer):
    """Query `status`, and the saga's result."""

    mission_id: str
    status: MissionStatus
    docks: list[str]
    problems: list[str] = Field(default_factory=list)


# Auto-stream


class AutoStreamState(Answer):
    """Query `status`. `waits_for` names what is missing before video can flow."""

    sn: str
    mission_id: str
    phase: str
    waits_for: list[str] = Field(default_factory=list)
    video_id: str | None = None
    ingress_id: str | None = None
    quality: int = 0
    also: list[str] = Field(default_factory=list, description="Cameras that are streamed beside")
    attempt: int = 0
    error: str | None = None


# Flight


class FlightAccepted(Answer):
    """Lease and checks are through: the flight goes on by itself. `warnings` are of the wayline's check."""

    task_id: str
    dock_sn: str
    aircraft_sn: str | None = None
    warnings: list[str] = Field(default_factory=list)


class FlightAnswer(Answer):
    """What the dock made of `pause`, `resume` or `stop`. The status changes when its progress says so."""

    task_id: str
    status: FlightStatus
    did: str = Field(description="The command that the dock accepted, or why none was needed")


class FlightState(Answer):
    """Query `status`, and the saga's result."""

    task_id: str
    dock_sn: str
    status: FlightStatus
    phase: str
    reason: str | None = None
    error_code: int | None = None
    gate: list[GateReading] = Field(default_factory=list)


# Firmware


class PushOutcome(Answer):
    """Result of `firmware/{rollout_id}/{sn}`, and its query `status`."""

    sn: str
    status: PushStatus
    phase: str = ""
    attempt: int = 1
    reason: str | None = None
    error_code: int | None = None


class RolloutAnswer(Answer):
    """What came of `pause`, `resume`, `cancel` or `retry`. `docks` are those that the word changed."""

    rollout_id: str
    status: RolloutStatus
    docks: list[str] = Field(default_factory=list)


class RolloutState(Answer):
    """Query `status`, and the saga's result. `waves` counts from 1 to the number of waves."""

    rollout_id: str
    status: RolloutStatus
    phase: str
    wave: int
    waves: int
    counts: Counts
    reason: str | None = None
    failed: list[str] = Field(default_factory=list)
    problems: list[str] = Field(default_factory=list)


# Relay


class RelayAnswer(Answer):
    """What came of `accepted`, `pause`, `resume`, `abort` or `decide`."""

    relay_id: str
    status: RelayStatus
    did: str


class RelayState(Answer):
    """Query `status`, and the saga's result: who flies, waits and is done is in `legs`."""

    relay_id: str
    status: RelayStatus
    legs: list[RelayLeg]
    question: Question | None = None
    reason: str | None = None
    covered_m: float = 0
    gap_m: float = 0


# Remote debugging


class DebugAnswer(Answer):
    """What came of `accepted` and `order`. `job_id` None: the session stands, and nothing was ordered."""

    sn: str
    phase: str
    job_id: str | None = None


# Properties, custom data, licences


class PropertyAnswer(Answer):
    """`done`: the dock said yes. `confirmed`: dock or aircraft showed the value afterwards."""

    sn: str
    path: str
    done: bool
    confirmed: bool = False


class CustomDataAnswer(Answer):
    """`taken`: the dock has taken the message."""

    message_id: str
    sn: str
    taken: bool = False


class LicencesAnswer(Answer):
    """What came of an order about licences; what the dock holds is in its document."""

    sn: str
    done: bool


# Logs


class LogsAnswer(Answer):
    """Query `status`, the saga's result, and what came of `accepted` and `cancel`."""

    logs_id: str
    phase: str
    status: str


class LogListAnswer(Answer):
    """What came of asking; the lists are in the dock's document."""

    sn: str
    done: bool


# Retention


class RetentionAnswer(Answer):
    """How many documents of each collection were removed, with their objects, and how many could not be."""

    removed: dict[str, int]
    left: dict[str, int]


# Media


class MediaAnswer(Answer):
    """Query `status`, the saga's result, and what came of `prioritise`: the files' own state is in the store."""

    flight_id: str | None
    sn: str
    status: Completeness | None = None
    looking_for: int = Field(0, description="Files that were reported and that the bucket does not hold")


# Flight areas


class AreasState(Answer):
    """Query `status`, and the saga's result: how far the areas are on their way into each dock."""

    mission_id: str
    checksum: str | None
    docks: dict[str, AreasCourse]


# Webhooks


class WebhookState(Answer):
    """Query `status`, and the saga's result. `resting`: the endpoint took nothing lately, and is asked less often."""

    webhook_id: str
    state: str
    resting: bool
    delivered: int
    failed: int


# The organisation


class ExportAnswer(Answer):
    """Query `status`, the answer to `cancel`, and the saga's result. `documents` by collection, as far as it is."""

    export_id: str
    status: ExportStatus
    documents: dict[str, int] = Field(default_factory=dict)


class DeletionAnswer(Answer):
    """Query `status`, the answers to `accepted` and `cancel`, and the saga's result. `removed` by step."""

    org_id: str
    status: DeletionStatus
    in_the_way: list[str] = Field(default_factory=list)
    removed: dict[str, int] = Field(default_factory=dict)
