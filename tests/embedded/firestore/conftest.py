"""A server on a fresh file in this process, and clients of it."""

import os
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore as google

from embedded.firestore import wire
from embedded.firestore.server import Server

SERVICE = "/google.firestore.v1.Firestore/"


@pytest.fixture(scope="session")
async def address(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of a server that tests share; each uses a project of its own."""
    server = Server(tmp_path_factory.mktemp("firestore") / "firestore.db")
    yield await server.start()
    await server.stop()


@pytest.fixture
def project() -> str:
    """A project that nothing was written to."""
    return f"p{uuid.uuid4().hex[:12]}"


@pytest.fixture
def connect() -> Callable[..., google.AsyncClient]:
    """Makes async clients of a server by its address."""
    return client


def client(address: str, project: str, database: str = "(default)") -> google.AsyncClient:
    """An async client."""
    made: google.AsyncClient = _with_host(address, lambda: google.AsyncClient(project, nobody(), database))
    return made


def sync_client(address: str, project: str, database: str = "(default)") -> google.Client:
    """A sync client, for a thread."""
    made: google.Client = _with_host(address, lambda: google.Client(project, nobody(), database))
    return made


def nobody() -> AnonymousCredentials:
    """Credentials that say nothing."""
    return AnonymousCredentials()  # type: ignore[no-untyped-call]


def _with_host(address: str, make: Callable[[], Any]) -> Any:
    before = os.environ.get("FIRESTORE_EMULATOR_HOST")
    os.environ["FIRESTORE_EMULATOR_HOST"] = address
    try:
        return make()
    finally:
        if before is None:
            del os.environ["FIRESTORE_EMULATOR_HOST"]
        else:
            os.environ["FIRESTORE_EMULATOR_HOST"] = before


@pytest.fixture
async def db(address: str, project: str) -> google.AsyncClient:
    """An async client of an empty database."""
    return client(address, project)


class Raw:
    """The bare protocol, for what clients do not let through."""

    def __init__(self, channel: grpc.aio.Channel, database: str) -> None:
        self.channel = channel
        self.database = database
        self.root = f"{database}/documents"

    async def unary(self, method: str, request: Any, answer: Any = wire.CommitResponse) -> Any:
        """One request, one answer."""
        return await self.channel.unary_unary(SERVICE + method, wire.serialize, answer.FromString)(request)

    async def stream(self, method: str, request: Any, answer: Any) -> list[Any]:
        """One request, all answers."""
        call = self.channel.unary_stream(SERVICE + method, wire.serialize, answer.FromString)(request)
        return [response async for response in call]

    def both(self, method: str, answer: Any) -> Any:
        """An open stream both ways."""
        return self.channel.stream_stream(SERVICE + method, wire.serialize, answer.FromString)()

    async def commit(self, *writes: Any, transaction: bytes = b"") -> Any:
        """Commit writes."""
        request = wire.CommitRequest(database=self.database, writes=writes, transaction=transaction)
        return await self.unary("Commit", request)

    def set(self, path: str, **fields: int) -> Any:
        """A write of integers."""
        values = {name: {"integer_value": value} for name, value in fields.items()}
        return wire.Write(update={"name": f"{self.root}/{path}", "fields": values})

    async def begin(self, **options: Any) -> bytes:
        """Begin a transaction."""
        request = wire.BeginTransactionRequest(database=self.database, options=options)
        token: bytes = (await self.unary("BeginTransaction", request, wire.BeginTransactionResponse)).transaction
        return token

    async def get(self, path: str, transaction: bytes = b"", **options: Any) -> Any:
        """Get a document, None if there is none."""
        request = wire.BatchGetDocumentsRequest(database=self.database, documents=[f"{self.root}/{path}"], **options)
        if transaction:
            request.transaction = transaction
        answers = await self.stream("BatchGetDocuments", request, wire.BatchGetDocumentsResponse)
        return answers[-1].found if answers[-1].HasField("found") else None


@pytest.fixture
async def raw(address: str, project: str) -> AsyncIterator[Raw]:
    """The bare protocol on an empty database."""
    async with grpc.aio.insecure_channel(address) as channel:
        yield Raw(channel, f"projects/{project}/databases/(default)")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a database file of its own."""
    return tmp_path / "own.db"
