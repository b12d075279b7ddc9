"""A world for each file: docks that were flown stay assigned, and their peers in the rooms, while it lives."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from embedded.parts import LivekitServer, MinioServer
from store.orgs import Org
from tests.replay.recording import take_stock
from tests.workflows.world import World, opened


@pytest.fixture(scope="module")
async def world(minio: MinioServer, livekit: LivekitServer) -> AsyncIterator[World]:
    async with opened(minio, livekit) as world:
        yield world
        await take_stock(world.temporal)


@pytest.fixture
async def org(world: World) -> Org:
    return await world.org()
