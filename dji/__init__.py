"""The DJI Cloud API for docks, as types.

    message = dji.decode(topic, payload)
    topic, payload = dji.encode(dji.command(sn, "cover_open", tid=..., bid=..., timestamp=...))

Every method has a model of its own for each kind of topic it is on, in the module of its feature; every field has its
meaning, unit and bounds. Nothing here does any I/O.
"""

from dji import (
    airsense,
    camera,
    commands,
    config,
    custom_data,
    device,
    drc,
    errors,
    firmware,
    flight_area,
    fly_to,
    flysafe,
    hms,
    in_flight_wayline,
    live,
    media,
    offline_map,
    organization,
    products,
    psdk,
    remote_control,
    remote_control_ai,
    remote_control_camera,
    remote_control_camera_state,
    remote_control_payload,
    remote_debug,
    remote_debug_jobs,
    remote_log,
    return_home,
    steps,
    wayline,
    wayline_progress,
)
from dji.commands import TERMINAL_STATUSES, CommandSpec
from dji.decoding import DecodeError, NotAnObject, NotJson, UnknownTopic, decode
from dji.differences import deprecated, methods, supports
from dji.encoding import EncodeError, command, drc_command, encode, make, property_set, reply_to
from dji.fields import Spec
from dji.message import Message
from dji.model import Body, Model, Unknown, registered
from dji.oddities import Oddity
from dji.topics import Kind, topic_of

__all__ = [
    "TERMINAL_STATUSES",
    "Body",
    "CommandSpec",
    "DecodeError",
    "EncodeError",
    "Kind",
    "Message",
    "Model",
    "NotAnObject",
    "NotJson",
    "Oddity",
    "Spec",
    "Unknown",
    "UnknownTopic",
    "airsense",
    "camera",
    "command",
    "commands",
    "config",
    "custom_data",
    "decode",
    "deprecated",
    "device",
    "drc",
    "drc_command",
    "encode",
    "errors",
    "firmware",
    "flight_area",
    "fly_to",
    "flysafe",
    "hms",
    "in_flight_wayline",
    "live",
    "make",
    "media",
    "methods",
    "offline_map",
    "organization",
    "products",
    "property_set",
    "psdk",
    "registered",
    "remote_control",
    "remote_control_ai",
    "remote_control_camera",
    "remote_control_camera_state",
    "remote_control_payload",
    "remote_debug",
    "remote_debug_jobs",
    "remote_log",
    "reply_to",
    "return_home",
    "steps",
    "supports",
    "topic_of",
    "wayline",
    "wayline_progress",
]
