"""Rooms and tokens on a real LiveKit server."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator

import jwt
import pytest
from livekit import rtc

from embedded import ports
from embedded.parts import LivekitServer
from media.livekit_sdk import join
from media.rooms import Rooms, RoomsUnavailable, with_scheme
from tests.media.world import fresh_name


@pytest.fixture
async def rooms(livekit: LivekitServer) -> AsyncIterator[Rooms]:
    async with Rooms(livekit.url, livekit.api_key, livekit.api_secret) as made:
        yield made


async def test_rooms_are_made_and_deleted_however_often(rooms: Rooms) -> None:
    room = fresh_name("mission")
    for name in ("first", "second"):
        await rooms.ensure_room(room, {"name": name})
    assert await rooms.list_participants(room) == []
    for _ in range(2):
        await rooms.delete_room(room)
    assert await rooms.list_participants(room) == []
    await rooms.remove_participant(room, "nobody")


@pytest.mark.parametrize(("role", "speaks"), [("viewer", False), ("operator", True), ("commander", True)])
async def test_a_token_opens_one_room_and_says_who_holds_it(
    rooms: Rooms, livekit: LivekitServer, role: str, speaks: bool
) -> None:
    token = rooms.viewer_token("mission-1", "eve", role, ttl=dt.timedelta(minutes=5))
    claims = jwt.decode(token, livekit.api_secret, algorithms=["HS256"])
    assert (claims["sub"], claims["video"]["room"]) == ("eve", "mission-1")
    assert claims["video"]["canSubscribe"] is True
    assert claims["video"]["canPublishData"] is speaks
    assert claims["metadata"] == f'{{"source":"argus","role":"{role}"}}'
    assert claims["exp"] - claims["nbf"] <= 301


async def test_a_publishers_token_receives_nothing(rooms: Rooms, livekit: LivekitServer) -> None:
    token = rooms.publisher_token("mission-1", "dji-dock-1", {"source": "dji-cloud", "role": "video"})
    claims = jwt.decode(token, livekit.api_secret, algorithms=["HS256"])
    assert claims["video"]["canSubscribe"] is False
    assert "roomAdmin" not in claims["video"]


async def test_a_room_server_that_is_away_is_named(livekit: LivekitServer) -> None:
    url = f"ws://127.0.0.1:{ports.free(1)[0]}"
    async with Rooms(url, livekit.api_key, livekit.api_secret) as rooms:
        with pytest.raises(RoomsUnavailable, match="list_participants"):
            await rooms.list_participants("mission-1")


@pytest.mark.parametrize(
    ("url", "http", "ws"),
    [
        ("ws://host:7880", "http://host:7880", "ws://host:7880"),
        ("https://host/x", "https://host/x", "wss://host/x"),
    ],
)
def test_schemes(url: str, http: str, ws: str) -> None:
    assert (with_scheme(url, "http"), with_scheme(url, "ws")) == (http, ws)


async def test_a_join_that_is_cancelled_again_and_again_leaves_the_room(rooms: Rooms, livekit: LivekitServer) -> None:
    room, left = rtc.Room(), asyncio.Event()
    room.on("disconnected", lambda *_: left.set())
    token = rooms.publisher_token(fresh_name("mission"), "dji-dock-1", {"source": "dji-cloud", "role": "telemetry"})
    joining = asyncio.create_task(join(room, livekit.url, token))
    for _ in range(3):
        await asyncio.sleep(0)
        joining.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await joining
    async with asyncio.timeout(20):
        await left.wait()
