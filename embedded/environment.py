"""The environment of the processes that the supervisor starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from embedded.credentials import Credentials
from embedded.part import StackError
from settings import PREFIX, TOOL_VARIABLES, Settings, unknown_variables

# A proxy of the machine must not stand between our own processes; they talk on loopback.
_DROPPED = {
    "FIRESTORE_EMULATOR_HOST",
    "PYTHONDONTWRITEBYTECODE",  # would have every start compile our code again
    *(name for word in ("http_proxy", "https_proxy", "all_proxy") for name in (word, word.upper())),
}

PROJECT = "argus"
BUCKET = "argus"


@dataclass(frozen=True, slots=True)
class Place:
    """Where the stack listens (`bind`), how its own processes reach it (`local`), how docks and people (`public`)."""

    ports: Mapping[str, int]
    bind: str = "127.0.0.1"
    public: str = "127.0.0.1"

    @property
    def local(self) -> str:
        """An address to connect to: loopback when we listen on all."""
        return "127.0.0.1" if self.bind == "0.0.0.0" else self.bind


def inherited(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """This process's environment without what would reach into a part: proxies, settings of another stack."""
    return {name: value for name, value in environ.items() if name not in _DROPPED and not name.startswith(PREFIX)}


# Of one machine, unless the person has chosen otherwise.
DEFAULTS = {"ARGUS_WEBHOOK_TARGETS": "loopback"}


def stack_settings(place: Place, own: Credentials) -> dict[str, str]:
    """What the stack itself decides of the settings: addresses, ports and secrets."""
    port, local, public = place.ports, place.local, place.public
    return {
        "FIRESTORE_EMULATOR_HOST": f"{local}:{port['firestore']}",
        "ARGUS_FIRESTORE_PROJECT": PROJECT,
        "ARGUS_TEMPORAL_ADDRESS": f"{local}:{port['temporal']}",
        "ARGUS_TEMPORAL_UI_URL": f"http://{local}:{port['temporal_ui']}",
        "ARGUS_BROKER_KIND": "mosquitto",
        "ARGUS_MQTT_HOST": local,
        "ARGUS_MQTT_PORT": str(port["mqtt"]),
        "ARGUS_MQTT_USERNAME": own.mqtt_username,
        "ARGUS_MQTT_PASSWORD": own.mqtt_password,
        "ARGUS_MQTT_ADMIN_USERNAME": own.mqtt_admin_username,
        "ARGUS_MQTT_ADMIN_PASSWORD": own.mqtt_admin_password,
        "ARGUS_MQTT_PUBLIC_ADDRESS": f"tcp://{public}:{port['mqtt']}",
        "ARGUS_OBJECTS_ENDPOINT": f"http://{local}:{port['objects']}",
        "ARGUS_OBJECTS_PUBLIC_ENDPOINT": f"http://{public}:{port['objects']}",
        "ARGUS_OBJECTS_ACCESS_KEY": own.objects_access_key,
        "ARGUS_OBJECTS_SECRET_KEY": own.objects_secret_key,
        "ARGUS_OBJECTS_BUCKET": BUCKET,
        "ARGUS_OBJECTS_PROVIDER": "minio",
        "ARGUS_LIVEKIT_URL": f"ws://{local}:{port['livekit']}",
        "ARGUS_LIVEKIT_PUBLIC_URL": f"ws://{public}:{port['livekit']}",
        "ARGUS_LIVEKIT_API_KEY": own.livekit_api_key,
        "ARGUS_LIVEKIT_API_SECRET": own.livekit_api_secret,
        "ARGUS_MEDIA_HOST": place.bind,
        "ARGUS_MEDIA_PORT": str(port["media"]),
        "ARGUS_MEDIA_URL": f"http://{local}:{port['media']}",
        "ARGUS_MEDIA_PUBLIC_URL": f"http://{public}:{port['media']}",
        "ARGUS_MEDIA_RTMP_PORT": str(port["rtmp"]),
        "ARGUS_MEDIA_PUBLIC_RTMP_URL": f"rtmp://{public}:{port['rtmp']}",
        "ARGUS_MEDIA_CONTROL_TOKEN": own.media_control_token,
        "ARGUS_DRC_HOST": place.bind,
        "ARGUS_DRC_PORT": str(port["drc"]),
        "ARGUS_DRC_PUBLIC_URL": f"ws://{public}:{port['drc']}",
        "ARGUS_API_HOST": place.bind,
        "ARGUS_API_PORT": str(port["api"]),
        "ARGUS_API_PUBLIC_URL": f"http://{public}:{port['api']}",
        "ARGUS_TOKEN_PRIVATE_KEY": own.token_private_key,
        "ARGUS_SEAL_KEY": own.seal_key,
    }


def for_our_processes(place: Place, own: Credentials, environ: Mapping[str, str]) -> dict[str, str]:
    """The whole environment of our processes: the machine's, the person's ARGUS_ settings, and the stack's.

    Raises StackError that names every ARGUS_ variable that is unknown, has a wrong value, or is the stack's to decide.
    """
    decided = stack_settings(place, own)
    chosen = {name: value for name, value in environ.items() if name.startswith(PREFIX) and name not in TOOL_VARIABLES}
    faults = unknown_variables(dict(environ))
    faults += [
        f"{name} is decided by the stack itself; use --port, --bind or --public instead"
        for name in sorted(chosen)
        if name in decided or name in (f"{PREFIX}HEALTH_PORT", f"{PREFIX}METRICS_PORT")
    ]
    together = {**DEFAULTS, **chosen, **decided}
    try:
        Settings.model_validate(
            {name.removeprefix(PREFIX).lower(): value for name, value in together.items() if _is_setting(name)}
        )
    except ValidationError as error:
        faults += [f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors()]
    if faults:
        raise StackError("\n".join(f"configuration: {fault}" for fault in dict.fromkeys(faults)))
    return {**inherited(environ), **together, "PYTHONUNBUFFERED": "1"}


def _is_setting(name: str) -> bool:
    return name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() in Settings.model_fields
