"""The Firestore client. Google's own variable FIRESTORE_EMULATOR_HOST points it at a server on this machine."""

from __future__ import annotations

import os

from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient

from settings import Settings


def connect(settings: Settings) -> AsyncClient:
    """A client for the configured project and database. It connects with the first call."""
    credentials = AnonymousCredentials() if os.environ.get("FIRESTORE_EMULATOR_HOST") else None  # type: ignore[no-untyped-call]
    return AsyncClient(
        project=settings.firestore_project, database=settings.firestore_database, credentials=credentials
    )
