"""What is to be expected of each command: who answers, by when, how it ends, and whether it may be sent again."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from dji.model import REGISTRY
from dji.topics import Kind

TERMINAL_STATUSES = frozenset({"ok", "partially_done", "rejected", "failed", "canceled", "timeout"})


class Deadline(StrEnum):
    """How long a command takes, by its nature; how many seconds that is, is for the caller to say.

    PROMPT: a setting, answered at once. SLOW: answered only after the dock has talked to the aircraft (replies after
    20 s have been seen). MECHANICAL: something moves or starts up; a minute or two. FLIGHT: as long as a flight.
    TRANSFER: as long as it takes to move a large file. STREAM: sent many times a second, and not answered.
    """

    PROMPT = "prompt"
    SLOW = "slow"
    MECHANICAL = "mechanical"
    FLIGHT = "flight"
    TRANSFER = "transfer"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class CommandSpec:
    """What is to be expected of a command.

    Attributes:
        method: its name.
        kind: where it is sent: services or drc_down.
        reply: the kind of its reply, under the same name; None if it has none.
        progress_event: the method of the events that tell how it goes on; None if there are none.
        terminal_statuses: the `status` values of those events after which no more come.
        deadline_class: how long it takes, to the end of its events.
        retry_safe: sending it anew, with new ids, does nothing a second time. A resend with the ids of the first is
            the same command, and always allowed.
        job: it goes on after its reply.
    """

    method: str
    kind: Kind
    reply: Kind | None
    progress_event: str | None
    terminal_statuses: frozenset[str | int]
    deadline_class: Deadline
    retry_safe: bool
    job: bool


_DONE: frozenset[str | int] = frozenset(TERMINAL_STATUSES)
_WAYLINE: frozenset[str | int] = frozenset({"wayline_ok", "wayline_failed", "wayline_cancel"})
_SPEECH: frozenset[str | int] = frozenset({"ok", "success", "failed"})

# Jobs whose events do not bear their own name: the event, and how it ends.
_PROGRESS: dict[str, tuple[str, frozenset[str | int]]] = {
    "flighttask_execute": ("flighttask_progress", _DONE),
    "takeoff_to_point": (
        "takeoff_to_point_progress",
        frozenset({"task_finish", "wayline_failed", "wayline_cancel"}),
    ),
    "fly_to_point": ("fly_to_point_progress", _WAYLINE),
    "fly_to_point_update": ("fly_to_point_progress", _WAYLINE),
    # 5 called off, 6 done, 7 failed, 8 timed out.
    "in_flight_wayline_deliver": ("in_flight_wayline_progress", frozenset({5, 6, 7, 8})),
    "poi_mode_enter": ("poi_status_notify", frozenset({"ok", "failed"})),
    "camera_photo_take": ("camera_photo_take_progress", frozenset({"ok", "fail"})),
    "flight_areas_update": (
        "flight_areas_sync_progress",
        frozenset({"synchronized", "fail", "switch_fail"}),
    ),
    "offline_map_update": (
        "offline_map_sync_progress",
        frozenset({"synchronized", "fail", "switch_fail"}),
    ),
    "ota_create": ("ota_progress", _DONE),
    "fileupload_start": ("fileupload_progress", _DONE),
    "speaker_audio_play_start": ("speaker_audio_play_start_progress", _SPEECH),
    "speaker_tts_play_start": ("speaker_tts_play_start_progress", _SPEECH),
    "drc_speaker_tts_play_start": ("drc_speaker_play_progress", _SPEECH),
}

# Photos report only while a panorama or another lasting capture runs: no event is no failure.
PROGRESS_IS_OPTIONAL = frozenset({"camera_photo_take", "flight_areas_update", "poi_mode_enter"})

_STREAMED = frozenset({"stick_control", "drone_control", "heart_beat"})

# What happens twice when it is sent twice.
_NOT_TWICE = frozenset(
    {
        "camera_aim",
        "camera_frame_zoom",
        "camera_photo_take",
        "camera_recording_start",
        "camera_screen_drag",
        "custom_data_transmission_to_esdk",
        "custom_data_transmission_to_psdk",
        "device_format",
        "device_reboot",
        "drc_ai_spotlight_zoom_confirm",
        "drc_light_calibration",
        "drc_light_fine_tuning_set",
        "drc_speaker_replay",
        "drc_speaker_tts_play_start",
        "drone_format",
        "esim_activate",
        "esim_operator_switch",
        "fileupload_start",
        "flighttask_create",
        "flighttask_execute",
        "flighttask_recovery",
        "fly_to_point",
        "fly_to_point_update",
        "in_flight_wayline_deliver",
        "in_flight_wayline_recover",
        "ota_create",
        "poi_mode_enter",
        "psdk_input_box_text_set",
        "psdk_widget_value_set",
        "drc_psdk_input_box_text_set",
        "drc_psdk_widget_value_set",
        "rtk_calibration",
        "sim_slot_switch",
        "speaker_audio_play_start",
        "speaker_replay",
        "speaker_tts_play_start",
        "takeoff_to_point",
    }
)

_DEADLINES = {
    Deadline.FLIGHT: {"flighttask_execute", "takeoff_to_point", "fly_to_point", "fly_to_point_update", "poi_mode_enter"}
    | {"in_flight_wayline_deliver"},
    Deadline.TRANSFER: {"ota_create", "fileupload_start"},
    Deadline.MECHANICAL: {
        "camera_photo_take",
        "charge_close",
        "charge_open",
        "cover_close",
        "cover_force_close",
        "cover_open",
        "device_format",
        "device_reboot",
        "drone_close",
        "drone_format",
        "drone_open",
        "esim_activate",
        "esim_operator_switch",
        "flight_areas_update",
        "offline_map_update",
        "putter_close",
        "putter_open",
        "rtk_calibration",
        "speaker_audio_play_start",
        "speaker_tts_play_start",
        "drc_speaker_tts_play_start",
    },
    Deadline.SLOW: {
        "drc_mode_enter",
        "drc_mode_exit",
        "fileupload_list",
        "flight_authority_grab",
        "flight_setup_abort",
        "flighttask_pause",
        "flighttask_prepare",
        "flighttask_recovery",
        "flighttask_stop",
        "flighttask_undo",
        "fly_to_point_stop",
        "in_flight_wayline_cancel",
        "in_flight_wayline_recover",
        "in_flight_wayline_stop",
        "live_start_push",
        "live_stop_push",
        "payload_authority_grab",
        "poi_mode_exit",
        "return_home",
        "return_home_cancel",
        "return_specific_home",
        "sdr_workmode_switch",
        "sim_slot_switch",
        "unlock_license_list",
        "unlock_license_switch",
        "unlock_license_update",
    },
    Deadline.STREAM: _STREAMED,
}
_DEADLINE_OF = {method: deadline for deadline, names in _DEADLINES.items() for method in names}


def spec(method: str) -> CommandSpec:
    """What is to be expected of a command. Raises KeyError if there is none of that name."""
    return all_specs()[method]


@cache
def all_specs() -> dict[str, CommandSpec]:
    """Every command, on services and on the link of the live flight controls."""
    return {
        method: _spec(kind, method)
        for kind, method in sorted(REGISTRY, key=lambda key: key[1])
        if kind in (Kind.SERVICES, Kind.DRC_DOWN)
    }


def _spec(kind: Kind, method: str) -> CommandSpec:
    # `drc_camera_mode_switch` is sent on drc/down, and answered on services.
    answers = [of for of in (Kind.SERVICES_REPLY, Kind.DRC_UP) if (of, method) in REGISTRY]
    event, terminal = _PROGRESS.get(method, (None, frozenset()))
    if event is None and kind is Kind.SERVICES and (Kind.EVENTS, method) in REGISTRY:
        event, terminal = method, _DONE
    return CommandSpec(
        method=method,
        kind=kind,
        reply=answers[0] if answers and method not in _STREAMED else None,
        progress_event=event,
        terminal_statuses=terminal,
        deadline_class=_DEADLINE_OF.get(method, Deadline.PROMPT),
        retry_safe=method not in _NOT_TWICE,
        job=event is not None,
    )
