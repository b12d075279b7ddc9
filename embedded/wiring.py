"""Settings that point our processes at single parts (`embedded.parts`), for tests and benches."""

from __future__ import annotations

from typing import Any, Final

from cryptography.fernet import Fernet
from pydantic import SecretStr

from embedded.parts import LivekitServer, MinioServer, MosquittoBroker, TemporalServer
from settings import Settings

# What is not there needs its secret all the same
UNUSED: Final = SecretStr("not used here, but of a good length")


def settings_of(*given: TemporalServer | MosquittoBroker | MinioServer | LivekitServer, **more: Any) -> Settings:
    """With the parts' own accounts, and a seal key of its own; what no part stands for is not used.

    `more` are further settings, which win.
    """
    told: dict[str, Any] = {
        "mqtt_password": UNUSED,
        "objects_secret_key": UNUSED,
        "livekit_api_secret": UNUSED,
        "media_control_token": UNUSED,
        "seal_key": SecretStr(Fernet.generate_key().decode()),
        "webhook_targets": "loopback",
    }
    for part in given:
        told |= _of(part)
    return Settings(**(told | more))


def _of(part: TemporalServer | MosquittoBroker | MinioServer | LivekitServer) -> dict[str, Any]:
    match part:
        case TemporalServer():
            return {"temporal_address": part.address, "temporal_namespace": part.namespace}
        case MosquittoBroker():
            return {
                "mqtt_host": part.host,
                "mqtt_port": part.port,
                "mqtt_username": part.username,
                "mqtt_password": SecretStr(part.password),
                "mqtt_admin_username": part.admin_username,
                "mqtt_admin_password": SecretStr(part.admin_password),
                "mqtt_public_address": f"tcp://{part.host}:{part.port}",
            }
        case MinioServer():
            return {
                "objects_endpoint": part.endpoint,
                "objects_access_key": part.access_key,
                "objects_secret_key": SecretStr(part.secret_key),
                "objects_bucket": part.bucket,
            }
        case LivekitServer():
            return {
                "livekit_url": part.url,
                "livekit_api_key": part.api_key,
                "livekit_api_secret": SecretStr(part.api_secret),
            }
