"""One outside part at a time, for tests: async context managers that give an address and the accounts that open it.

Ports are free ones and data is gone afterwards, unless a directory is given. They are the same parts, with the same
flags, as in the whole stack.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from embedded import firestore_server, ports
from embedded import livekit as livekit_part
from embedded import minio as minio_part
from embedded import mosquitto as mosquitto_part
from embedded import temporal as temporal_part
from embedded.child import Child, rotate
from embedded.credentials import Credentials
from embedded.environment import BUCKET, PROJECT, inherited
from embedded.part import Part
from embedded.tools import required

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Running:
    """What every part has: its process, for tests that kill it, and its log."""

    child: Child


@dataclass(frozen=True, slots=True)
class TemporalServer(Running):
    """`address` is host:port; search attributes of `embedded.temporal` are registered."""

    address: str
    ui: str
    namespace: str = temporal_part.NAMESPACE


@dataclass(frozen=True, slots=True)
class MosquittoBroker(Running):
    """The first account may use every topic, the admin's the dynamic-security API besides."""

    host: str
    port: int
    username: str
    password: str
    admin_username: str
    admin_password: str


@dataclass(frozen=True, slots=True)
class FirestoreServer(Running):
    """`address` is what FIRESTORE_EMULATOR_HOST is set to."""

    address: str
    project: str = PROJECT


@dataclass(frozen=True, slots=True)
class MinioServer(Running):
    """S3 and STS at `endpoint` (http://host:port), with one bucket."""

    endpoint: str
    access_key: str
    secret_key: str
    region: str = minio_part.REGION
    bucket: str = BUCKET


@dataclass(frozen=True, slots=True)
class LivekitServer(Running):
    """`url` is ws://host:port for SDKs, `http_url` the same for its API and /whip/v1."""

    url: str
    http_url: str
    api_key: str
    api_secret: str


@asynccontextmanager
async def _folder(directory: Path | None) -> AsyncIterator[Path]:
    if directory is not None:
        await asyncio.to_thread(directory.mkdir, parents=True, exist_ok=True)
        yield directory
        return
    with tempfile.TemporaryDirectory(prefix="argus-part-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@asynccontextmanager
async def running(part: Part, directory: Path) -> AsyncIterator[Child]:
    """One part by itself: started, ready, and ended afterwards. Raises StackError when it does not become ready."""
    log = directory / f"{part.name}.log"
    rotate(log)
    child = Child(part, log, inherited())
    try:
        await child.start()
        await child.ready()
        yield child
    finally:
        await child.stop()


@asynccontextmanager
async def temporal(directory: Path | None = None, port: int | None = None) -> AsyncIterator[TemporalServer]:
    """Temporal's development server, on a database file."""
    async with _folder(directory) as folder:
        first, ui_port = ports.free(2)
        port = port or first
        part = temporal_part.part(required("temporal"), folder, host=HOST, port=port, ui_port=ui_port)
        async with running(part, folder) as child:
            yield TemporalServer(child, f"{HOST}:{port}", f"http://{HOST}:{ui_port}")


@asynccontextmanager
async def mosquitto(directory: Path | None = None, port: int | None = None) -> AsyncIterator[MosquittoBroker]:
    """Mosquitto with dynamic security and two accounts."""
    async with _folder(directory) as folder:
        own = Credentials()
        broker_port = port or ports.free(1)[0]
        part = mosquitto_part.part(
            required("mosquitto"),
            folder,
            host=HOST,
            port=broker_port,
            username=own.mqtt_username,
            password=own.mqtt_password,
            admin_username=own.mqtt_admin_username,
            admin_password=own.mqtt_admin_password,
        )
        async with running(part, folder) as child:
            yield MosquittoBroker(
                child,
                HOST,
                broker_port,
                own.mqtt_username,
                own.mqtt_password,
                own.mqtt_admin_username,
                own.mqtt_admin_password,
            )


@asynccontextmanager
async def firestore(directory: Path | None = None, port: int | None = None) -> AsyncIterator[FirestoreServer]:
    """Our Firestore server on a database file."""
    async with _folder(directory) as folder:
        port = port or ports.free(1)[0]
        async with running(firestore_server.part(folder, host=HOST, port=port), folder) as child:
            yield FirestoreServer(child, f"{HOST}:{port}")


@asynccontextmanager
async def minio(directory: Path | None = None, port: int | None = None) -> AsyncIterator[MinioServer]:
    """MinIO with one bucket."""
    async with _folder(directory) as folder:
        own = Credentials()
        port = port or ports.free(1)[0]
        part = minio_part.part(
            required("minio"),
            folder,
            host=HOST,
            port=port,
            access_key=own.objects_access_key,
            secret_key=own.objects_secret_key,
            bucket=BUCKET,
        )
        async with running(part, folder) as child:
            yield MinioServer(child, f"http://{HOST}:{port}", own.objects_access_key, own.objects_secret_key)


@asynccontextmanager
async def livekit(directory: Path | None = None, port: int | None = None) -> AsyncIterator[LivekitServer]:
    """LiveKit's server with one account."""
    async with _folder(directory) as folder:
        own = Credentials()
        first, tcp_port, udp_port = ports.free(3)
        port = port or first
        part = livekit_part.part(
            required("livekit-server"),
            folder,
            host=HOST,
            port=port,
            tcp_port=tcp_port,
            udp_port=udp_port,
            api_key=own.livekit_api_key,
            api_secret=own.livekit_api_secret,
        )
        async with running(part, folder) as child:
            yield LivekitServer(
                child, f"ws://{HOST}:{port}", f"http://{HOST}:{port}", own.livekit_api_key, own.livekit_api_secret
            )
