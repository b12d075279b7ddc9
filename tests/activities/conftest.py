"""Settings that point the activities at the parts of this test session."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet

from settings import Settings


def settings_for(**given: Any) -> Settings:
    """Settings of a test: secrets made up, everything else as given."""
    secrets = dict.fromkeys(
        ("mqtt_password", "objects_secret_key", "livekit_api_secret", "media_control_token"),
        "unused-unused-unused-unused-unused",
    )
    return Settings(**{**secrets, "seal_key": Fernet.generate_key().decode(), **given})
