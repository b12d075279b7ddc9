"""Business failures of sagas and activities: the types of their ApplicationErrors, what each means and its cure.

Every failure carries one details object, `FailureDetails`, so that the API can name field, holder and cure without
reading sentences. A dock's own refusal has the type `DJI.{code}`: see `workflows.errors`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import BaseModel, Field
from temporalio.exceptions import ApplicationError

from store.facts import Lease

Kind = Literal["missing", "conflict", "invalid", "forbidden", "refused", "unavailable", "expired"]


class Failure(StrEnum):
    """Types of ApplicationError that the sagas and activities raise."""

    ORG_UNKNOWN = "OrgUnknown"
    NO_SEATS = "NoSeats"
    PAIRING_EXPIRED = "PairingExpired"
    PAIRING_USED = "PairingUsed"
    PAIRING_CANCELLED = "PairingCancelled"
    PAIRING_FAILED = "PairingFailed"
    DOCK_UNKNOWN = "DockUnknown"
    DOCK_OF_OTHER_ORG = "DockOfOtherOrg"
    DOCK_OFFLINE = "DockOffline"
    DOCK_BUSY = "DockBusy"
    DOCK_ASSIGNED = "DockAssigned"
    DOCK_NOT_IN_MISSION = "DockNotInMission"
    DOCK_IN_USE = "DockInUse"
    DOCK_UPGRADING = "DockUpgrading"
    DOCKS_UNFIT = "DocksUnfit"
    MISSION_UNKNOWN = "MissionUnknown"
    MISSION_ENDED = "MissionEnded"
    WAYLINE_UNKNOWN = "WaylineUnknown"
    WAYLINE_WRONG_AIRCRAFT = "WaylineWrongAircraft"
    FLIGHT_UNKNOWN = "FlightUnknown"
    FLIGHT_OVER = "FlightOver"
    FLIGHT_BUSY = "FlightBusy"
    FLIGHT_NOT_STARTED = "FlightNotStarted"
    FLIGHT_MISSED = "FlightMissed"
    FLIGHT_STOPPED = "FlightStopped"
    FLIGHT_LOST = "FlightLost"
    GATE_FAILED = "GateFailed"
    COMMAND_INVALID = "CommandInvalid"
    NO_REPLY = "NoReply"
    NO_FIRST_FRAME = "NoFirstFrame"
    STREAMS_FULL = "StreamsFull"
    JOB_RUNS = "JobRuns"
    AIRCRAFT_FLIES = "AircraftFlies"
    AIRCRAFT_OFF = "AircraftOff"
    DEBUG_CLOSED = "DebugClosed"
    LOGS_OVER = "LogsOver"
    BROKER_REFUSED = "BrokerRefused"
    NO_CREDENTIALS = "NoCredentials"
    OBJECT_MISSING = "ObjectMissing"
    FIRMWARE_WRONG_PRODUCT = "FirmwareWrongProduct"
    FIRMWARE_NOT_READY = "FirmwareNotReady"
    FIRMWARE_REFUSED = "FirmwareRefused"
    FIRMWARE_FAILED = "FirmwareFailed"
    FIRMWARE_SILENT = "FirmwareSilent"
    FIRMWARE_NOT_BACK = "FirmwareNotBack"
    FIRMWARE_WRONG_VERSION = "FirmwareWrongVersion"
    FIRMWARE_CANCELLED = "FirmwareCancelled"
    ROLLOUT_UNKNOWN = "RolloutUnknown"
    ROLLOUT_OVER = "RolloutOver"
    NOT_IN_ROLLOUT = "NotInRollout"
    NOTHING_TO_RETRY = "NothingToRetry"
    AREAS_BREACHED = "AreasBreached"
    ROUTE_INVALID = "RouteInvalid"
    ROUTE_OUT_OF_REACH = "RouteOutOfReach"
    RELAY_OVER = "RelayOver"
    RELAY_ABORTED = "RelayAborted"
    RELAY_NOT_ASKING = "RelayNotAsking"
    EXPORT_OVER = "ExportOver"
    ORG_IN_USE = "OrgInUse"
    DELETION_BEGUN = "DeletionBegun"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a failure is to a caller: its kind, a title that does not change, and the cure."""

    kind: Kind
    title: str
    cure: str


MEANINGS: Final[dict[Failure, Meaning]] = {
    Failure.AREAS_BREACHED: Meaning(
        "invalid",
        "The route leaves the flight areas",
        "Plan the flight inside of the mission's flight areas, or change these",
    ),
    Failure.ROUTE_INVALID: Meaning("invalid", "The route cannot be flown", "Change the waypoint that is named"),
    Failure.ROUTE_OUT_OF_REACH: Meaning(
        "invalid", "The docks do not reach the whole route", "Add a dock there, charge, wait for less wind, or cut it"
    ),
    Failure.RELAY_OVER: Meaning("conflict", "The relay is over", "Start a new one"),
    Failure.RELAY_ABORTED: Meaning("conflict", "The relay was aborted", "Start a new one"),
    Failure.RELAY_NOT_ASKING: Meaning(
        "conflict", "The relay waits for no decision", "Look at its `question` before you answer"
    ),
    Failure.EXPORT_OVER: Meaning("conflict", "The export is over", "Start a new one"),
    Failure.ORG_IN_USE: Meaning(
        "conflict", "Something of the organisation flies or runs", "Wait for what is named, or end it"
    ),
    Failure.DELETION_BEGUN: Meaning("conflict", "The deletion has begun", "It can be called off before that only"),
    Failure.ORG_UNKNOWN: Meaning("missing", "Unknown organisation", "Create it with `python -m api.seed --org ID`"),
    Failure.NO_SEATS: Meaning("conflict", "All seats are taken", "Unpair a dock, or have more seats"),
    Failure.PAIRING_EXPIRED: Meaning("expired", "The pairing has expired", "Start a new one"),
    Failure.PAIRING_USED: Meaning("conflict", "The pairing was used", "Start a new one for another dock"),
    Failure.PAIRING_CANCELLED: Meaning("conflict", "The pairing was cancelled", "Start a new one"),
    Failure.PAIRING_FAILED: Meaning("conflict", "The pairing has failed", "Start a new one"),
    Failure.DOCK_UNKNOWN: Meaning("missing", "Unknown dock", "Pair it first"),
    Failure.DOCK_OF_OTHER_ORG: Meaning(
        "missing", "Unknown dock", "It must be unpaired before another organisation pairs it"
    ),
    Failure.DOCK_OFFLINE: Meaning("conflict", "The dock is offline", "See to its power and network, then try again"),
    Failure.DOCK_BUSY: Meaning("conflict", "The dock is busy", "Wait for its holder, or ask with `queue`"),
    Failure.DOCK_ASSIGNED: Meaning("conflict", "The dock is in a mission", "Take it out of that mission first"),
    Failure.DOCK_NOT_IN_MISSION: Meaning(
        "conflict", "The dock is in no mission, or in another one", "Assign it to the mission first"
    ),
    Failure.DOCK_IN_USE: Meaning("conflict", "The dock is in use", "Take it out of its mission and end what holds it"),
    Failure.DOCK_UPGRADING: Meaning(
        "conflict",
        "The dock is being upgraded",
        "Wait for the end of the upgrade: it takes minutes, and is not broken off",
    ),
    Failure.DOCKS_UNFIT: Meaning(
        "refused", "The two docks cannot fly one task", "See to what is named, or land where the aircraft takes off"
    ),
    Failure.MISSION_UNKNOWN: Meaning("missing", "Unknown mission", "Create it first"),
    Failure.MISSION_ENDED: Meaning("conflict", "The mission has ended", "Create a new one"),
    Failure.WAYLINE_UNKNOWN: Meaning("missing", "Unknown wayline", "Upload its KMZ first"),
    Failure.WAYLINE_WRONG_AIRCRAFT: Meaning(
        "invalid", "The wayline flies for another aircraft", "Plan it for the dock's aircraft"
    ),
    Failure.FLIGHT_UNKNOWN: Meaning("missing", "Unknown flight", "See the list of flights"),
    Failure.FLIGHT_OVER: Meaning("conflict", "The flight is over", "Start a new one"),
    Failure.FLIGHT_BUSY: Meaning("conflict", "The aircraft flies a wayline", "Call that wayline off first"),
    Failure.FLIGHT_NOT_STARTED: Meaning(
        "conflict", "The flight has not taken off", "Wait for the take-off, or stop it"
    ),
    Failure.FLIGHT_MISSED: Meaning("expired", "The hour of the flight has passed", "Choose a later one"),
    Failure.FLIGHT_STOPPED: Meaning("conflict", "The flight was stopped", "Start a new one"),
    Failure.FLIGHT_LOST: Meaning("unavailable", "The dock no longer speaks of the flight", "Look for the aircraft"),
    Failure.GATE_FAILED: Meaning(
        "refused", "A limit of the gate is not met", "Wait until it is, or override it by name with a reason"
    ),
    Failure.COMMAND_INVALID: Meaning(
        "invalid", "The dock cannot be told this", "Use a command and values that its model has"
    ),
    Failure.NO_REPLY: Meaning("unavailable", "The dock did not answer", "See to its network, then try again"),
    Failure.NO_FIRST_FRAME: Meaning(
        "unavailable", "No video arrived", "See to the dock's uplink; it is tried again by itself"
    ),
    Failure.STREAMS_FULL: Meaning(
        "conflict", "The organisation streams as much as it may", "Stop another stream, or have more; it is tried again"
    ),
    Failure.AIRCRAFT_FLIES: Meaning("conflict", "The aircraft flies", "Wait until it is in the dock again"),
    Failure.AIRCRAFT_OFF: Meaning("conflict", "The aircraft is off", "Switch it on: `drone_open` in remote debugging"),
    Failure.JOB_RUNS: Meaning("conflict", "The dock does something already", "Wait for its end"),
    Failure.DEBUG_CLOSED: Meaning("conflict", "Remote debugging is being closed", "Open it again in a moment"),
    Failure.LOGS_OVER: Meaning("conflict", "The upload is over", "Start a new one"),
    Failure.NO_CREDENTIALS: Meaning(
        "unavailable", "The bucket gave no credentials for the dock", "See to the bucket and its STS, then try again"
    ),
    Failure.BROKER_REFUSED: Meaning(
        "unavailable", "The broker refused to change accounts", "See to the admin account of the broker"
    ),
    Failure.OBJECT_MISSING: Meaning("missing", "The file is not in the bucket", "Upload it again"),
    Failure.FIRMWARE_WRONG_PRODUCT: Meaning(
        "invalid", "The firmware is for another product", "Choose the package of the dock's model"
    ),
    Failure.FIRMWARE_NOT_READY: Meaning(
        "refused", "The dock cannot be upgraded now", "It is tried again by itself; else see to what is named"
    ),
    Failure.FIRMWARE_REFUSED: Meaning(
        "refused", "The dock must not be upgraded as it stands", "See to what is named, then retry the dock"
    ),
    Failure.FIRMWARE_FAILED: Meaning("unavailable", "The upgrade failed at the dock", "Retry the dock"),
    Failure.FIRMWARE_SILENT: Meaning(
        "unavailable", "The dock no longer speaks of the upgrade", "Look at the dock, then retry it"
    ),
    Failure.FIRMWARE_NOT_BACK: Meaning(
        "unavailable", "The dock did not come back from its upgrade", "See to its power and network, then retry it"
    ),
    Failure.FIRMWARE_WRONG_VERSION: Meaning(
        "unavailable", "The dock reports another version than was installed", "Retry the dock, or fix forward"
    ),
    Failure.FIRMWARE_CANCELLED: Meaning("conflict", "The upgrade was called off", "Retry the dock"),
    Failure.ROLLOUT_UNKNOWN: Meaning("missing", "Unknown rollout", "See the list of rollouts"),
    Failure.ROLLOUT_OVER: Meaning("conflict", "The rollout is over", "Start a new one, or retry single docks"),
    Failure.NOT_IN_ROLLOUT: Meaning("missing", "The dock is not in this rollout", "See the docks of the rollout"),
    Failure.NOTHING_TO_RETRY: Meaning("conflict", "There is nothing to retry", "Only what failed can be retried"),
}


class FailureDetails(BaseModel):
    """The details of a business failure: `field` of the request it is about, and what stands in the way."""

    field: str | None = None
    cure: str = ""
    holder: Lease | None = None
    code: int | None = None
    data: dict[str, Any] = Field(default_factory=dict)


def failure(
    kind: Failure,
    message: str,
    *,
    field: str | None = None,
    cure: str | None = None,
    holder: Lease | None = None,
    **data: Any,
) -> ApplicationError:
    """An error to raise: never retried, since business failures are not cured by trying again."""
    details = FailureDetails(field=field, cure=MEANINGS[kind].cure if cure is None else cure, holder=holder, data=data)
    return ApplicationError(message, details.model_dump(mode="json"), type=kind.value, non_retryable=True)
