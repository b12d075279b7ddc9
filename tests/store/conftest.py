"""The real client of Firestore, on our server."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient
from pydantic import SecretStr

from embedded.firestore.server import Server
from embedded.parts import FirestoreServer
from settings import Settings
from store.client import LocalClient, connect, emulator_at

NOT_USED = SecretStr("not used here")


@pytest.fixture
def client(firestore: FirestoreServer) -> AsyncClient:
    os.environ["FIRESTORE_EMULATOR_HOST"] = firestore.address
    settings = Settings(
        mqtt_password=NOT_USED,
        livekit_api_secret=NOT_USED,
        media_control_token=NOT_USED,
        objects_secret_key=NOT_USED,
        seal_key=NOT_USED,
        firestore_project=firestore.project,
    )
    client = connect(settings)
    assert isinstance(client, LocalClient)
    return client


class OwnServer:
    """A server of a test's own, which can go and come back where it was, and a client of it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._server = Server(file)
        self._port = 0

    async def start(self) -> None:
        address = await self._server.start()
        self._port = int(address.rpartition(":")[2])
        with emulator_at(address):
            self.client = LocalClient(project="p", credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]

    async def go(self) -> None:
        await self._server.stop()

    async def come_back(self) -> None:
        self._server = Server(self._file)
        await self._server.start(port=self._port)


@pytest.fixture
async def own_server(tmp_path: Path) -> AsyncIterator[OwnServer]:
    server = OwnServer(tmp_path / "own.db")
    await server.start()
    yield server
    await server.go()
