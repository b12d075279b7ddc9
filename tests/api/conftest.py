"""The API as a real server on a free port, over the real parts."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
import uvicorn
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.cloud.firestore import AsyncClient
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from api.app import create_app
from api.security import Role, Tokens
from embedded import parts
from settings import Settings
from store.client import connect
from worker.running import Parts


@pytest.fixture(scope="session")
def settings(
    temporal: parts.TemporalServer,
    mosquitto: parts.MosquittoBroker,
    firestore: parts.FirestoreServer,
    minio: parts.MinioServer,
) -> Settings:
    os.environ["FIRESTORE_EMULATOR_HOST"] = firestore.address
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Settings(
        temporal_address=temporal.address,
        mqtt_host=mosquitto.host,
        mqtt_port=mosquitto.port,
        mqtt_username=mosquitto.username,
        mqtt_password=mosquitto.password,
        objects_endpoint=minio.endpoint,
        objects_access_key=minio.access_key,
        objects_secret_key=minio.secret_key,
        objects_bucket=minio.bucket,
        livekit_api_secret="s" * 32,
        media_control_token="t" * 32,
        token_private_key=key.decode(),
        seal_key=Fernet.generate_key().decode(),
        webhook_targets="loopback",
    )


@pytest.fixture(scope="session")
async def served(settings: Settings) -> AsyncIterator[str]:
    """URL of the API."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="warning"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        async with httpx.AsyncClient() as http:
            while (await http.get(f"{url}/health")).status_code != 200:
                assert not serving.done()
        yield url
        server.should_exit = True
        await serving


@pytest.fixture(scope="session")
def tokens(settings: Settings) -> Tokens:
    return Tokens(settings)


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncClient:
    return connect(settings)


@pytest.fixture(scope="module")
async def worker(settings: Settings, mosquitto: parts.MosquittoBroker, database: AsyncClient) -> AsyncIterator[None]:
    """Runs the sagas; for a module, since other modules have sagas that nobody shall run."""
    told = settings.model_copy(
        update={
            "mqtt_admin_username": mosquitto.admin_username,
            "mqtt_admin_password": SecretStr(mosquitto.admin_password),
        }
    )
    client = await Client.connect(settings.temporal_address, data_converter=pydantic_data_converter)
    async with Parts(told, client=client, firestore=database) as running, running.worker():
        yield


@pytest.fixture
def org() -> str:
    """An organisation that no other test has."""
    return f"org-{uuid4().hex[:8]}"


As = Callable[[Role], httpx.AsyncClient]


@pytest.fixture
async def as_role(served: str, tokens: Tokens, org: str) -> AsyncIterator[As]:
    """A client of the API with a token of the test's organisation in the given role."""
    clients: list[httpx.AsyncClient] = []

    def client(role: Role) -> httpx.AsyncClient:
        token = tokens.make(f"{role.name}@example", org, role, timedelta(minutes=5))
        clients.append(httpx.AsyncClient(base_url=served, headers={"Authorization": f"Bearer {token}"}))
        return clients[-1]

    yield client
    for opened in clients:
        await opened.aclose()
