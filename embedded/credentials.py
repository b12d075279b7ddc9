"""The secrets of one data directory: made once at random, kept in `secrets.json` (0600), handed on by environment."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from embedded.part import StackError


def _password() -> str:
    return secrets.token_urlsafe(36)


def _fernet_key() -> str:
    return Fernet.generate_key().decode()


def _signing_key() -> str:
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


class Credentials(BaseModel):
    """Every secret of one stack. A field that an older file lacks is made anew and kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    mqtt_username: str = "argus"
    mqtt_password: str = Field(default_factory=_password)
    mqtt_admin_username: str = "admin"
    mqtt_admin_password: str = Field(default_factory=_password)
    objects_access_key: str = "argus"
    objects_secret_key: str = Field(default_factory=_password)
    livekit_api_key: str = "argus"
    livekit_api_secret: str = Field(default_factory=_password)
    media_control_token: str = Field(default_factory=_password)
    token_private_key: str = Field(default_factory=_signing_key)
    seal_key: str = Field(default_factory=_fernet_key)


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only from its first byte."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def load_or_create(directory: Path) -> Credentials:
    """The credentials of a data directory.

    Raises StackError when the file is damaged, since new ones would open nothing that the directory holds.
    """
    path = directory / "secrets.json"
    if path.exists():
        try:
            credentials = Credentials.model_validate_json(path.read_text())
        except ValidationError as error:
            raise StackError(
                f"{path} is damaged ({error.error_count()} faults); restore it, or start with an empty directory"
            ) from error
    else:
        credentials = Credentials()
    write_private(path, credentials.model_dump_json(indent=2))
    return credentials
