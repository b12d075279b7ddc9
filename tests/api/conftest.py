"""The API as a real server on a free port, over the real parts."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from api.security import Role, Tokens
from embedded import parts
from embedded.wiring import settings_of
from process import DATA_CONVERTER, trust
from settings import Settings
from store.client import connect
from store.orgs import Org
from tests.replay.recording import take_stock
from tests.served import Served, listening, serving
from tests.workflows.world import World, opened
from worker.running import Parts


@pytest.fixture(scope="session")
def settings(
    temporal: parts.TemporalServer,
    mosquitto: parts.MosquittoBroker,
    firestore: parts.FirestoreServer,
    minio: parts.MinioServer,
    livekit: parts.LivekitServer,
) -> Settings:
    os.environ["FIRESTORE_EMULATOR_HOST"] = firestore.address
    key = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return settings_of(temporal, mosquitto, minio, livekit, token_private_key=key.decode())


@pytest.fixture(scope="session")
async def served(settings: Settings) -> AsyncIterator[str]:
    """URL of the API."""
    async with listening(settings) as url:
        yield url


@pytest.fixture(scope="session")
def tokens(settings: Settings) -> Tokens:
    return Tokens(settings)


@pytest.fixture(scope="session")
async def database(settings: Settings) -> AsyncClient:
    return connect(settings)


@pytest.fixture(scope="module")
async def worker(settings: Settings, database: AsyncClient) -> AsyncIterator[None]:
    """Runs the sagas; for a module, since other modules have sagas that nobody shall run."""
    client = await Client.connect(settings.temporal_address, data_converter=DATA_CONVERTER)
    async with Parts(settings, client=client, firestore=database) as running, running.worker():
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
        headers = {"Authorization": f"Bearer {token}"}
        clients.append(httpx.AsyncClient(base_url=served, headers=headers, verify=trust()))
        return clients[-1]

    yield client
    for each in clients:
        await each.aclose()


# For tests in which docks fly: a small whole system, and the API over it


@pytest.fixture(scope="module")
async def world(minio: parts.MinioServer, livekit: parts.LivekitServer) -> AsyncIterator[World]:
    async with opened(minio, livekit) as world:
        yield world
        await take_stock(world.temporal)


@pytest.fixture(scope="module")
async def api(world: World) -> AsyncIterator[Served]:
    async with serving(world) as api:
        yield api


@pytest.fixture
async def crew(world: World) -> Org:
    """An organisation of the world's, that no other test has."""
    return await world.org(seats=10)


@pytest.fixture
async def http(api: Served, crew: Org) -> AsyncIterator[httpx.AsyncClient]:
    """Its operator."""
    async with api.client(crew.id) as http:
        yield http
