"""The Firestore client. Google's own variable FIRESTORE_EMULATOR_HOST points it at a server on this machine."""

from __future__ import annotations

import os
from typing import Any

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient

from settings import Settings

# A channel waits for up to two minutes before it tries a lost server again. One on this machine is back in a second.
_LOCAL_CHANNEL = (
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 1_000),
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
)


class LocalClient(AsyncClient):
    """The client for a server on this machine: no credentials, and a channel that comes back quickly."""

    def _emulator_channel(self, transport: Any) -> Any:
        return grpc.aio.insecure_channel(self._emulator_host, options=_LOCAL_CHANNEL)


def connect(settings: Settings) -> AsyncClient:
    """A client for the configured project and database. It connects with the first call."""
    names = {"project": settings.firestore_project, "database": settings.firestore_database}
    if os.environ.get("FIRESTORE_EMULATOR_HOST"):
        return LocalClient(**names, credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
    return AsyncClient(**names)
