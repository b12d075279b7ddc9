"""Fixtures of the media tests: LiveKit is real, media runs in the test's own loop."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from embedded.parts import LivekitServer
from tests.media.world import MediaWorld, media_world


@pytest.fixture
async def world(livekit: LivekitServer) -> AsyncIterator[MediaWorld]:
    async with media_world(livekit) as made:
        yield made


@pytest.fixture
async def control(world: MediaWorld) -> AsyncIterator[httpx.AsyncClient]:
    """A running media; a client of its control API."""
    async with world.media() as client:
        yield client
