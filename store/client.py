"""The Firestore client. Google's own variable FIRESTORE_EMULATOR_HOST points it at a server on this machine."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import grpc
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient

from settings import Settings

EMULATOR: Final = "FIRESTORE_EMULATOR_HOST"
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


@contextmanager
def emulator_at(address: str) -> Iterator[None]:
    """Google's variable, for the length of the block: a client that is made in it keeps to that server."""
    before = os.environ.get(EMULATOR)
    os.environ[EMULATOR] = address
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(EMULATOR, None)
        else:
            os.environ[EMULATOR] = before


def connect(settings: Settings) -> AsyncClient:
    """A client for the configured project and database. It connects with the first call."""
    names = {"project": settings.firestore_project, "database": settings.firestore_database}
    if os.environ.get(EMULATOR):
        return LocalClient(**names, credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]
    return AsyncClient(**names)
