"""Outside parts for tests, one of each a session, started when the first test asks for it.

Tests share them, so each makes its own names (a document's id, a topic, a workflow id, a room) and leaves the parts
running; one that kills or fills a part starts its own with `embedded.parts`.
"""

from __future__ import annotations

import gc
import socket
from collections.abc import AsyncIterator

import pytest

from embedded import parts
from tests.order import pytest_collection_modifyitems, pytest_terminal_summary

__all__ = ["pytest_collection_modifyitems", "pytest_terminal_summary"]

# Thousands of tests and all of our modules stay to the end: a collector that looks at them again and again takes a
# third of the time to collect the tests, and an eighth of the time to run a saga's.
gc.set_threshold(50_000, 50, 50)


def pytest_collection_finish() -> None:
    """What is there now is looked at no more."""
    gc.collect()
    gc.freeze()
    gc.enable()  # a `__main__` among what was imported has turned it off until it runs


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Spare each test 40 ms: pytest-rerunfailures writes twice to xdist's first process before it reads, and the second
    write would wait until the first is acknowledged.
    """
    counts: socket.socket | None = getattr(getattr(config, "failures_db", None), "sock", None)
    if counts is not None and hasattr(config, "workerinput"):
        counts.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


@pytest.fixture(scope="session")
async def temporal() -> AsyncIterator[parts.TemporalServer]:
    """Temporal's development server."""
    async with parts.temporal() as server:
        yield server


@pytest.fixture(scope="session")
async def mosquitto() -> AsyncIterator[parts.MosquittoBroker]:
    """Mosquitto with dynamic security."""
    async with parts.mosquitto() as broker:
        yield broker


@pytest.fixture(scope="session")
async def firestore() -> AsyncIterator[parts.FirestoreServer]:
    """Our Firestore server; the address is for FIRESTORE_EMULATOR_HOST."""
    async with parts.firestore() as server:
        yield server


@pytest.fixture(scope="session")
async def minio() -> AsyncIterator[parts.MinioServer]:
    """MinIO with the bucket `argus`."""
    async with parts.minio() as server:
        yield server


@pytest.fixture(scope="session")
async def livekit() -> AsyncIterator[parts.LivekitServer]:
    """LiveKit's server with one account."""
    async with parts.livekit() as server:
        yield server
