"""Settings that point our processes at the real parts of a test."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from pydantic import SecretStr

from embedded.parts import LivekitServer, MinioServer, MosquittoBroker, TemporalServer
from settings import Settings


def settings_of(
    temporal: TemporalServer, mosquitto: MosquittoBroker, minio: MinioServer, livekit: LivekitServer, **more: Any
) -> Settings:
    """With the parts' own accounts, and a seal key of this test's own. `more` are further settings."""
    return Settings(
        temporal_address=temporal.address,
        mqtt_host=mosquitto.host,
        mqtt_port=mosquitto.port,
        mqtt_username=mosquitto.username,
        mqtt_password=SecretStr(mosquitto.password),
        mqtt_admin_username=mosquitto.admin_username,
        mqtt_admin_password=SecretStr(mosquitto.admin_password),
        objects_endpoint=minio.endpoint,
        objects_access_key=minio.access_key,
        objects_secret_key=SecretStr(minio.secret_key),
        livekit_url=livekit.url,
        livekit_api_key=livekit.api_key,
        livekit_api_secret=SecretStr(livekit.api_secret),
        media_control_token=SecretStr("unused"),
        seal_key=SecretStr(Fernet.generate_key().decode()),
        webhook_targets="loopback",
        **more,
    )
