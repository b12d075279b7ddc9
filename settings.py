"""What each of our processes is told from outside: environment variables `ARGUS_*`, checked at start-up.

Every process reads the same settings, so that one environment (or one `.env` of a compose file) serves all. A name
that is not known here stops the process with a sentence: a misspelt setting in a system that flies is worse than a late
start.
"""

from __future__ import annotations

import difflib
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "ARGUS_"
# Read by the installer and the CLI before there are settings; listed so that they are not "unknown".
TOOL_VARIABLES = frozenset(
    {
        "ARGUS_ALLOW_DOWNLOAD",
        "ARGUS_API_URL",
        "ARGUS_CACHE",
        "ARGUS_DATA",
        "ARGUS_TOKEN",
        "ARGUS_TOOL_LIVEKIT_SERVER",
        "ARGUS_TOOL_MINIO",
        "ARGUS_TOOL_MOSQUITTO",
        "ARGUS_TOOL_TEMPORAL",
    }
)

Port = Annotated[int, Field(ge=0, le=65535)]


class Settings(BaseSettings):
    """All settings of all processes, with what one machine needs as defaults. Secrets have no default."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    # Temporal
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    temporal_ui_url: str = Field("http://127.0.0.1:8233", description="Where people open sagas; used in links only")
    temporal_tls: bool = False
    temporal_api_key: SecretStr | None = None

    # MQTT
    broker_kind: Literal["mosquitto", "emqx"] = "mosquitto"
    mqtt_host: str = "127.0.0.1"
    mqtt_port: Port = 1883
    mqtt_tls: bool = False
    mqtt_username: str = Field("argus", description="Account of our own processes: may read and write every topic")
    mqtt_password: SecretStr
    mqtt_public_address: str = Field("tcp://127.0.0.1:1883", description="What the QR code tells a dock")
    mqtt_admin_username: str = Field(
        "admin", description="Account that may manage accounts (Mosquitto dynamic security)"
    )
    mqtt_admin_password: SecretStr | None = None
    emqx_api_url: str | None = None
    emqx_api_key: str | None = None
    emqx_api_secret: SecretStr | None = None

    # Firestore: FIRESTORE_EMULATOR_HOST is Google's own variable and is read by its client
    firestore_project: str = "argus"
    firestore_database: str = "(default)"

    # Objects (S3)
    objects_endpoint: str = "http://127.0.0.1:9000"
    objects_public_endpoint: str | None = Field(
        None, description="Endpoint as docks and people reach it; else the same"
    )
    objects_access_key: str = "argus"
    objects_secret_key: SecretStr
    objects_region: str = "us-east-1"
    objects_bucket: str = "argus"
    objects_provider: Literal["ali", "aws", "minio"] = "minio"
    objects_sts_role_arn: str = Field(
        "arn:aws:iam::000000000000:role/argus-dock", description="MinIO ignores it, AWS needs it"
    )

    # Rooms
    livekit_url: str = "ws://127.0.0.1:7880"
    livekit_public_url: str | None = None
    livekit_api_key: str = "argus"
    livekit_api_secret: SecretStr

    # Media
    media_id: str = Field(
        "media-0", description="Stable name of this media process, so that a successor knows its streams"
    )
    media_host: str = "127.0.0.1"
    media_port: Port = 8701
    media_url: str = Field("http://127.0.0.1:8701", description="Control API, for activities")
    media_public_url: str = Field("http://127.0.0.1:8701", description="Where docks push their video")
    media_rtmp_port: Port = Field(1935, description="Where docks that cannot WHIP push to; 0: nowhere")
    media_public_rtmp_url: str = Field("rtmp://127.0.0.1:1935", description="The same, as docks see it")
    media_control_token: SecretStr

    # Manual flight
    drc_host: str = "127.0.0.1"
    drc_port: Port = 8706
    drc_public_url: str = Field("ws://127.0.0.1:8706", description="Where operators connect to fly by hand")

    # API
    api_host: str = "127.0.0.1"
    api_port: Port = 8700
    api_public_url: str = "http://127.0.0.1:8700"
    map_tiles: str | None = Field(
        None,
        description="Map tiles for the operator's page, https://.../{z}/{x}/{y}.png; none: the map draws a grid",
        pattern=r"^https?://[^/]+/.*\{z\}.*\{x\}.*\{y\}|^https?://[^/]+/.*\{z\}.*\{y\}.*\{x\}",
    )
    map_attribution: str = Field("", description="Whose the tiles are, shown on the map")
    token_issuer: str = "argus"
    token_audience: str = "argus"
    token_private_key: SecretStr | None = Field(
        None, description="Ed25519 private key (PEM) with which the API signs tokens"
    )
    oidc_issuer: str | None = Field(None, description="Tokens of this issuer are accepted too, by its published keys")
    oidc_audience: str | None = None
    oidc_org_claim: str = "org"
    oidc_role_claim: str = "role"

    # Webhooks
    webhook_targets: Literal["public", "loopback", "private"] = Field(
        "public", description="Where endpoints may be: loopback adds this machine, private also networks behind it"
    )

    # DJI application, for a dock that asks `config` before its organisation can be known
    dji_app_id: str = "0"
    dji_app_key: SecretStr = SecretStr("0")
    dji_app_license: SecretStr = SecretStr("0")
    ntp_host: str = "pool.ntp.org"
    ntp_port: Port = 123

    # Alerts
    hms_texts: Path | None = Field(
        None, description="DJI's hms.json, for the texts of health alarms; without it those that we have words for"
    )
    hms_language: str = Field("en", description="Which language of it")

    # Demo dock
    simulator_url: str | None = Field(
        None, description="Control API of `python -m simulator` on this machine; without it there is no demo dock"
    )

    # Shared
    seal_key: SecretStr = Field(description="Fernet key (44 characters of base64) that seals secrets at rest")
    health_port: Port | None = Field(
        None, description="Port of GET /health of the worker and the bridge; none without it"
    )
    metrics_port: Port | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "text"] = "text"
    bridge_slots: Annotated[int, Field(ge=1, le=64)] = 1
    bridge_org: str | None = Field(
        None, description="A bridge for the docks of this organisation, at its own broker; None: at the shared one"
    )
    timings_json: str | None = Field(
        None, description="JSON of timings that differ from timings.py, for tests and labs"
    )


def unknown_variables(environ: dict[str, str]) -> list[str]:
    """Names that begin with ARGUS_ and mean nothing, each with the nearest known name where there is one."""
    known = {PREFIX + name.upper() for name in Settings.model_fields} | TOOL_VARIABLES
    lines = []
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            lines.append(f"{name} is not a setting" + (f"; did you mean {near[0]}?" if near else ""))
    return lines


def load(environ: dict[str, str] | None = None) -> Settings:
    """The settings of this process. Ends it (exit code 2) with one line per fault: the variable and what it must be."""
    faults = unknown_variables(dict(os.environ) if environ is None else environ)
    try:
        settings = Settings()
    except ValidationError as error:
        for item in error.errors():
            name = PREFIX + str(item["loc"][0]).upper()
            faults.append(
                f"{name}: {item['msg']}" + (" (set it in the environment)" if item["type"] == "missing" else "")
            )
    if faults:
        sys.stderr.write("configuration: " + "\nconfiguration: ".join(faults) + "\n")
        raise SystemExit(2)
    return settings


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings, read once."""
    return load()
