"""Names that other processes need to reach a saga: workflow ids, signals, updates, queries, task queues.

The bridge and the API import this module and nothing else of `workflows`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

TASK_QUEUE: Final = "argus"


class Saga(StrEnum):
    """The kind of a saga, as in the search attribute `Saga`."""

    DOCK = "dock"
    PAIRING = "pairing"
    MISSION = "mission"
    AUTO_STREAM = "auto-stream"
    FLIGHT = "flight"
    RECURRING = "recurring"
    FIRMWARE_ROLLOUT = "firmware-rollout"
    FIRMWARE = "firmware"
    RELAY = "relay"
    WEBHOOK = "webhook"
    AREAS = "areas"
    DEBUG = "debug"
    LICENCES = "licences"
    PROPERTY = "property"
    CUSTOM_DATA = "custom-data"
    LOGS = "logs"
    LOG_LIST = "log-list"
    RETENTION = "retention"
    MEDIA = "media"
    ORG_EXPORT = "org-export"
    ORG_DELETION = "org-deletion"


class Workflow(StrEnum):
    """Registered workflow types."""

    DOCK = "Dock"
    PAIRING = "Pairing"
    MISSION = "Mission"
    AUTO_STREAM = "AutoStream"
    FLIGHT = "Flight"
    RECURRING = "Recurring"
    FIRMWARE_ROLLOUT = "FirmwareRollout"
    FIRMWARE = "Firmware"
    RELAY = "Relay"
    WEBHOOK = "Webhook"
    AREAS = "Areas"
    DEBUG = "Debug"
    LICENCES = "Licences"
    PROPERTY = "Property"
    CUSTOM_DATA = "CustomData"
    LOGS = "Logs"
    LOG_LIST = "LogList"
    RETENTION = "Retention"
    MEDIA = "Media"
    ORG_EXPORT = "OrgExport"
    ORG_DELETION = "OrgDeletion"


def dock_id(sn: str) -> str:
    """The lease of one dock: an entity that lives as long as the dock is paired."""
    return f"dock/{sn}"


def pairing_id(pairing: str) -> str:
    return f"pairing/{pairing}"


def mission_id(mission: str) -> str:
    return f"mission/{mission}"


def auto_stream_id(sn: str) -> str:
    return f"auto-stream/{sn}"


def flight_id(task: str) -> str:
    return f"flight/{task}"


def recurring_id(schedule: str) -> str:
    """Turns of a recurring flight; Temporal adds the time of each."""
    return f"recurring/{schedule}"


def schedule_id(schedule: str) -> str:
    """Id of the Temporal Schedule of a recurring flight."""
    return f"flights/{schedule}"


def firmware_rollout_id(rollout: str) -> str:
    return f"firmware-rollout/{rollout}"


def firmware_id(rollout: str, sn: str) -> str:
    """One dock in one rollout; a child of the rollout."""
    return f"firmware/{rollout}/{sn}"


def relay_id(relay: str) -> str:
    return f"relay/{relay}"


def webhook_id(webhook: str) -> str:
    return f"webhook/{webhook}"


def areas_id(mission: str) -> str:
    """The flight areas of a mission, on their way into its docks."""
    return f"areas/{mission}"


def debug_id(sn: str) -> str:
    """Remote debugging of one dock, for as long as somebody works on it."""
    return f"debug/{sn}"


def property_id(sn: str) -> str:
    """Setting a property of one dock or its aircraft: one at a time."""
    return f"property/{sn}"


def licences_id(sn: str) -> str:
    """FlySafe licences of one dock: one order at a time."""
    return f"licences/{sn}"


def logs_id(logs: str) -> str:
    """One upload of logs."""
    return f"logs/{logs}"


def log_list_id(sn: str) -> str:
    """One dock is asked which logs there are."""
    return f"log-list/{sn}"


RETENTION: Final = "retention"
"""Id of the Temporal Schedule that removes what was kept long enough, and the beginning of its runs' ids."""


def media_id(flight_or_sn: str) -> str:
    """The files of one flight, until all are there or named; of a dock, where its files are of no flight."""
    return f"media/{flight_or_sn}"


def custom_data_id(message: str) -> str:
    """One message to a program on a payload or beside a dock."""
    return f"custom-data/{message}"


def org_export_id(export: str) -> str:
    """One archive of all that an organisation owns."""
    return f"org-export/{export}"


def org_deletion_id(org: str) -> str:
    """The end of an organisation."""
    return f"org-deletion/{org}"


class Signal(StrEnum):
    """Signals, sent by the bridge, media and activities. Payload models are in `store.facts`."""

    COMMAND_REPLY = "command_reply"  # CommandReply -> the saga that sent the command
    PRESENCE = "presence"  # Presence -> dock/{sn}, auto-stream/{sn}, pairing/{id}, flight/{id}, firmware-rollout/{id}
    CAPACITY = "capacity"  # LiveCapacity -> auto-stream/{sn}
    PUSH_STATE = "push_state"  # PushState -> auto-stream/{sn}: from media and from the dock's live_status
    FLIGHT_PROGRESS = "flight_progress"  # FlightProgress -> flight/{task_id}
    FLIGHT_READY = "flight_ready"  # FlightReady -> flight/{task_id}
    IN_FLIGHT_WAYLINE = "in_flight_wayline"  # InFlightWayline -> flight/{task_id}
    EXIT_HOMING = "exit_homing"  # ExitHoming -> the dock's flights under way
    STREAM_WISH = "stream_wish"  # StreamWish -> auto-stream/{sn}: an operator's stop, pin, quality
    CLOSE = "close"  # Close -> an entity: unassigned, unpaired, mission ended
    RELEASE = "release"  # LeaseRelease -> dock/{sn}: the update of that name, for who needs no answer
    LEASE_TAKEN = "lease_taken"  # LeaseTaken -> the saga that holds dock/{sn}, and the one that it lends it to
    OTA_PROGRESS = "ota_progress"  # OtaProgress -> firmware/{rollout}/{sn}
    DOCK_LEFT = "dock_left"  # DockLeft -> firmware-rollout/{id} that waits for the dock: it was unpaired
    FIRMWARE_VERSION = "firmware_version"  # FirmwareVersion -> firmware/{rollout}/{sn}
    WEBHOOK_DUE = "webhook_due"  # WebhookDue -> webhook/{id}: from whoever wrote an event down
    AREAS_CHANGED = "areas_changed"  # AreasChanged -> areas/{mission}: drawn, a dock came or left, the mission ends
    AREAS_PROGRESS = "areas_progress"  # AreasProgress -> areas/{mission}: a dock asked, fetched or failed
    MEDIA_NEWS = "media_news"  # MediaNews -> media/{flight}: a file came, or was reported and is not there
    JOB_ENDED = "job_ended"  # JobEnded -> debug/{sn}
    LOGS_ENDED = "logs_ended"  # LogsEnded -> logs/{id}
    # RolloutAsk or RetryAsk, or nothing at all -> firmware-rollout/{id}: the updates of these names, for Temporal's UI
    ROLLOUT_PAUSE = "pause"
    ROLLOUT_RESUME = "resume"
    ROLLOUT_CANCEL = "cancel"
    ROLLOUT_RETRY = "retry"


class Update(StrEnum):
    """Updates: callers that need the outcome. Answers are in `workflows.answers`, failures in `workflows.errors`."""

    PAIRING_READY = "ready"  # () -> PairingReady, when the account exists
    ORGANIZATION_GET = "organization_get"  # OrganizationGet -> BindAnswer
    ORGANIZATION_BIND = "organization_bind"  # OrganizationBind -> BindAnswer
    ACQUIRE = "acquire"  # LeaseRequest -> LeaseAnswer
    RELEASE = "release"  # LeaseRelease -> LeaseAnswer
    TAKE = "take"  # LeaseTake -> LeaseAnswer: by force; not granted yet where the loser brings its aircraft home first
    ASSIGN = "assign"  # AssignDock -> Assigned
    UNASSIGN = "unassign"  # UnassignDock -> Assigned
    END = "end"  # EndMission -> MissionEnding
    ACCEPTED = "accepted"  # () -> FlightAccepted, when lease and checks are through; RolloutAnswer, when it is written
    RESOURCE = "resource"  # ResourceGet -> ResourceAnswer: which object the dock may fetch
    PAUSE = "pause"  # Ask -> FlightAnswer
    RESUME = "resume"  # Ask -> FlightAnswer
    STOP = "stop"  # Ask -> FlightAnswer
    GO_HOME = "go_home"  # GoHome -> FlightAnswer
    FLY_TO = "fly_to"  # FlyTo -> FlightAnswer
    CANCEL_HOME = "cancel_home"  # Ask -> FlightAnswer
    FLY_WAYLINE = "fly_wayline"  # FlyWayline -> FlightAnswer
    CANCEL_WAYLINE = "cancel_wayline"  # Ask -> FlightAnswer
    CANCEL = "cancel"  # Ask -> PairingAnswer, LogsAnswer, ExportAnswer, DeletionAnswer
    RETRY = "retry"  # RetryAsk -> RolloutAnswer; a rollout knows PAUSE, RESUME and CANCEL too, all -> RolloutAnswer
    ABORT = "abort"  # Ask -> RelayAnswer; a relay knows PAUSE and RESUME too, both -> RelayAnswer
    DECIDE = "decide"  # Decide -> RelayAnswer
    ORDER = "order"  # DebugOrder -> DebugAnswer, on debug/{sn}: once the dock has taken the command
    PRIORITISE = "prioritise"  # Ask -> MediaAnswer, on media/{flight}: once the dock has taken the order
    UNPAIR = "unpair"  # Ask -> Unpaired, on dock/{sn}: account and role deleted, seat free, the entity ends


class Query(StrEnum):
    STATUS = "status"  # () -> the saga's own status model
