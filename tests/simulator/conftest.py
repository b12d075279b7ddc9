"""A cloud and docks that are put away after each test; a dock that complained or crashed fails its test."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from embedded import parts
from simulator.dock import SimDock
from tests.simulator.cloud import Cloud, connected

_seeds = itertools.count(1000)
MakeDock = Callable[..., Awaitable[SimDock]]


@pytest.fixture(scope="session")
async def broker() -> AsyncIterator[parts.MosquittoBroker]:
    """A broker without a bridge: on the shared one, those of other tests would answer our docks as well."""
    async with parts.mosquitto() as broker:
        yield broker


@pytest.fixture
async def cloud(broker: parts.MosquittoBroker) -> AsyncIterator[Cloud]:
    async with connected(broker) as cloud:
        yield cloud


@asynccontextmanager
async def docks_of(cloud: Cloud) -> AsyncIterator[MakeDock]:
    """Makes started docks. `until` None returns at once; `complains` allows complaints."""
    docks: list[tuple[SimDock, bool]] = []

    async def make(*, until: str | None = "online", complains: bool = False, **options: Any) -> SimDock:
        defaults: dict[str, Any] = {"seed": next(_seeds), "qr": cloud.qr(), "video": False, "boot_seconds": 0.1}
        dock = SimDock(**(defaults | options))
        docks.append((dock, complains))
        await dock.start()
        if until is not None:
            await dock.wait_for(lambda d: d.phase == until)
        return dock

    yield make
    for dock, complains in docks:
        await dock.stop()
        assert not dock.crashes
        assert complains or not dock.complaints


@pytest.fixture
async def make_dock(cloud: Cloud) -> AsyncIterator[MakeDock]:
    """`docks_of` the cloud of the test."""
    async with docks_of(cloud) as make:
        yield make
