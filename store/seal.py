"""Secrets at rest: sealed with Fernet (AES-128-CBC and HMAC-SHA256), so that a copy of the store opens nothing."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken

from settings import Settings


class Seal:
    """Seals and opens text with the key of `ARGUS_SEAL_KEY`. A wrong key is refused when it is made: ValueError."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(key.encode())

    @classmethod
    def of(cls, settings: Settings) -> Seal:
        """With the configured key. Raises ValueError, with the variable's name, when it is no Fernet key."""
        try:
            return cls(settings.seal_key.get_secret_value())
        except ValueError as error:
            raise ValueError(f"ARGUS_SEAL_KEY: {error}") from None

    def close(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """The secret. Raises ValueError when it was sealed with another key."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ValueError(
                "a sealed secret does not open with ARGUS_SEAL_KEY: is it the key it was sealed with?"
            ) from None
