"""The real client of Firestore, on our server."""

from __future__ import annotations

import os

import pytest
from google.cloud.firestore import AsyncClient
from pydantic import SecretStr

from embedded.parts import FirestoreServer
from settings import Settings
from store.client import LocalClient, connect

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
