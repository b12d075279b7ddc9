"""Telemetry goes where somebody watches, and nowhere else: what nobody watches costs nothing, counted."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiomqtt
import orjson
import pytest

from embedded.parts import LivekitServer, MosquittoBroker
from media.assignments import Assignment
from media.audience import EXPECTED_FOR, LINGER, Audience
from media.peers import Peers
from media.rooms import person, user_of
from media.telemetry import Live, Picture
from simulator.video.viewer import RoomViewer
from store.document import now
from store.room_bars import RoomBar
from tests.media.world import MediaWorld, fresh_name, media_world
from tests.waiting import eventually

LOOK = 0.1  # s
IDLE = 1000


@pytest.fixture(scope="module")
async def world(livekit: LivekitServer, mosquitto: MosquittoBroker) -> AsyncIterator[MediaWorld]:
    async with media_world(livekit, mosquitto) as made:
        yield made


class Watching:
    """Peers that look often, by a clock that the test moves."""

    def __init__(self, world: MediaWorld) -> None:
        self.at = 1000.0
        self.audience = Audience(world.rooms, lambda: self.at)
        self.peers = Peers(
            world.rooms, world.assignments, world.feed, media_id="media-test", look_every=LOOK, audience=self.audience
        )

    @property
    def costs(self) -> dict[str, Any]:
        return self.peers.snapshot()

    async def until_peers(self, *sns: str) -> None:
        async def there() -> bool:
            return bool(self.costs["peers"] == sorted(f"dji-dock-{sn}" for sn in sns))

        await eventually(there, 30)


@contextlib.asynccontextmanager
async def watching(world: MediaWorld) -> AsyncIterator[Watching]:
    made = Watching(world)
    running = asyncio.create_task(made.peers.run())
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        world.assignments.now = []


async def _said(bridge: aiomqtt.Client, org: str, *sns: str) -> None:
    """The bridge's live picture of each of these docks."""
    for sn in sns:
        message = {"sn": sn, "part": "dock", "at": 1, "data": {"humidity": 41}}
        await bridge.publish(f"argus/live/{org}/{sn}/dock", orjson.dumps(message), qos=1)


async def test_a_thousand_idle_docks_cost_nothing_and_a_watched_mission_its_own(
    world: MediaWorld,
) -> None:
    org, mission = fresh_name("org"), fresh_name("mission")
    idle = [f"{org}-{number}" for number in range(IDLE)]
    mine = [fresh_name("DOCK") for _ in range(3)]
    world.assignments.now = [
        *(Assignment(org, f"{org}-mission-{number % 100}", sn, "dock3") for number, sn in enumerate(idle)),
        *(Assignment(org, mission, sn, "dock3") for sn in mine),
    ]
    world.assignments.reads = 0
    for number in range(5):  # rooms that are there, and empty
        await world.rooms.ensure_room(f"{org}-mission-{number}", {"name": "idle"})
    async with watching(world) as media, world.feed() as bridge:
        await _said(bridge, org, *idle)
        for _ in range(3):
            assert await media.peers.reconcile() == []
        assert (media.costs["rooms"], media.costs["followed"], media.costs["heard"]) == ([], 0, 0)
        assert world.assignments.reads == 0
        async with world.viewer(mission) as viewer:  # whose token media heard nothing of
            await media.until_peers(*mine)
            await viewer.wait_until(lambda: {f"dji-dock-{sn}" for sn in mine} <= viewer.participants.keys(), 30)
            await _said(bridge, org, *idle, *mine)
            await viewer.wait_until(lambda: {heard.message["sn"] for heard in viewer.heard} == set(mine), 30)
            assert (media.costs["rooms"], media.costs["followed"]) == ([mission], 3)
            assert 3 <= media.costs["heard"] <= 6, "of three docks, not of a thousand and three"
            in_rooms = [await world.rooms.list_participants(f"{org}-mission-{number}") for number in range(5)]
            assert in_rooms == [[]] * 5
        await _until_empty(world, mission)
        media.at += LINGER + 1
        await media.until_peers()
        assert (media.costs["rooms"], media.costs["followed"]) == ([], 0)


async def test_who_is_about_to_come_finds_the_present_state_and_who_does_not_come_costs_a_minute(
    world: MediaWorld,
) -> None:
    org, mission, sn = fresh_name("org"), fresh_name("mission"), fresh_name("DOCK")
    world.assignments.now = [Assignment(org, mission, sn, "dock3")]
    world.assignments.known = {
        sn: [Live(org, sn, "dock", 7, {"humidity": 40}), Live(org, sn, "flight", 8, {"percent": 3})]
    }
    async with watching(world) as media:
        assert await media.peers.expect(mission) == [f"dji-dock-{sn}"]
        async with world.viewer(mission) as viewer:
            heard = await viewer.wait_for_data("dock", identity=f"dji-dock-{sn}", timeout=10)
            assert (heard.message["at"], heard.message["data"]) == (7, {"humidity": 40})
            assert (await viewer.wait_for_data("flight")).message["data"] == {"percent": 3}
        await _until_empty(world, mission)
        media.at += EXPECTED_FOR + 1
        await media.until_peers()


async def test_who_was_sent_out_is_sent_out_again_until_the_token_has_ended(world: MediaWorld) -> None:
    org, mission = fresh_name("org"), fresh_name("mission")
    token = world.rooms.viewer_token(mission, person("operator", "bob-the-pilot"), "operator")
    bar = RoomBar(
        room=mission, org_id=org, user="bob-the-pilot", until=now() + timedelta(minutes=5), by="cleo", reason="Lost"
    )
    async with watching(world) as media, world.viewer(mission) as stays:
        async with RoomViewer(world.livekit_url, token) as bob:
            await stays.wait_until(lambda: "operator-bob-the-pilot" in stays.participants)
            world.assignments.barred = [bar]
            await media.peers.reconcile()
            await stays.wait_until(lambda: "operator-bob-the-pilot" not in stays.participants)
            assert bob.joined_at
        async with RoomViewer(world.livekit_url, token):  # the token is good, and the room is not for him
            await eventually(lambda: _gone(world, mission, "operator-bob-the-pilot"), 20)
        assert stays.room.isconnected()
        world.assignments.barred = []
        await media.peers.reconcile()
        async with RoomViewer(world.livekit_url, token):
            await stays.wait_until(lambda: "operator-bob-the-pilot" in stays.participants)


async def _gone(world: MediaWorld, room: str, identity: str) -> bool:
    return identity not in [each.identity for each in await world.rooms.list_participants(room)]


async def _until_empty(world: MediaWorld, room: str) -> None:
    """LiveKit has noticed that the last person left."""

    async def empty() -> bool:
        inside = await world.rooms.list_participants(room)
        return all(each.identity.startswith("dji-dock-") for each in inside)

    await eventually(empty, 30)


def test_what_was_heard_is_newer_than_what_was_known() -> None:
    picture = Picture("DOCK-1")
    picture.take(Live("org", "DOCK-1", "dock", 5, {"a": 2}))
    picture.begin(Live("org", "DOCK-1", "dock", 3, {"a": 1, "b": 1}))
    picture.take(Live("org", "DOCK-1", "flight", 5, {"percent": 50}))
    picture.begin(Live("org", "DOCK-1", "flight", 9, {"percent": 40, "status": "old"}))
    picture.begin(Live("org", "DOCK-1", "aircraft", 1, {"c": 1}))
    said = {packet.topic: orjson.loads(packet.payload) for packet in picture.packets()}
    assert (said["dock"]["at"], said["dock"]["data"]) == (5, {"a": 2, "b": 1})
    assert said["flight"]["data"] == {"percent": 50}
    assert said["aircraft"]["data"] == {"c": 1}


def test_users_are_read_from_their_identity() -> None:
    for user in ("ann", "bob-the-pilot", "ann@alpine-rescue.example"):
        assert user_of(person("operator", user)) == user
