"""What happens to pictures and telemetry when a part of the way dies."""

from __future__ import annotations

import time
from pathlib import Path

import httpx

from media.assignments import Assignment
from tests.media.room_server import room_server
from tests.media.world import MediaWorld, fresh_name, media_world


async def test_the_picture_comes_back_after_livekit_was_killed(tmp_path: Path) -> None:
    """The dock goes on pushing and notices nothing; the ingress finds its way into the new room."""
    async with room_server(tmp_path) as server:
        livekit = await server.start()
        async with media_world(livekit) as world, world.media() as control:
            sn = fresh_name("DOCK")
            spec = world.store.add("in-1", "mission-1", sn, key="key-1")
            world.assignments.names = {"mission-1": "North ridge"}
            world.assignments.now = [Assignment("org", "mission-1", sn, "dock3")]
            await control.post("/rooms/mission-1/expect")
            async with world.dock("key-1", sn) as dock:
                async with world.viewer("mission-1") as viewer:
                    await viewer.wait_for_sight(spec.identity)
                    await viewer.wait_until(lambda: f"dji-dock-{sn}" in viewer.participants)
                await server.kill()
                await server.start()
                async with world.viewer("mission-1", "after") as viewer:
                    sight = await viewer.wait_for_sight(spec.identity, timeout=30)
                    assert sight.marker.sn == sn
                    assert viewer.participants[spec.identity].metadata
                    await viewer.wait_until(lambda: f"dji-dock-{sn}" in viewer.participants, timeout=30)
                    # Whoever came first made the room, without a word of what it is
                    await viewer.wait_until(lambda: viewer.room.metadata == '{"name":"North ridge"}', timeout=30)
                assert dock.counts.connects == 1
            stats = (await control.get("/ingresses/in-1")).json()
            assert stats["room_connects"] == 2
            assert ("in-1", "lost") not in world.sagas.told[:1]


async def test_a_dock_comes_back_to_a_restarted_media_with_the_same_key(world: MediaWorld) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer:
        async with world.media() as control:
            assert (await control.get("/health")).status_code == 200
            dock = world.dock("key-1", sn)
            publisher = await dock.__aenter__()
            await viewer.wait_for_sight(spec.identity)
        assert world.store.documents["in-1"].state == "lost"
        await publisher.wait_for_state("waiting")
        async with world.media() as control:
            await viewer.wait_for_sight(spec.identity, after=time.time(), timeout=20)
            assert (await control.get("/ingresses/in-1")).json()["state"] == "live"
            assert publisher.counts.connects == 2
            await dock.__aexit__(None, None, None)


async def test_what_a_dead_media_had_live_is_said_to_be_lost(world: MediaWorld) -> None:
    """As after kill -9: the document says live, and nobody is there. Another process's streams are left alone."""
    room = fresh_name("mission")
    world.store.add("in-1", room, "DOCK-1", key="key-1")
    world.store.add("in-2", room, "DOCK-2", key="key-2")
    await world.store.mark("in-1", "live", {"mediaId": "media-test"})
    await world.store.mark("in-2", "live", {"mediaId": "media-other"})
    async with world.media("media-test"):
        await world.sagas.wait_told("in-1", "lost")
    assert world.store.documents["in-1"].state == "lost"
    assert world.store.documents["in-2"].state == "live"


async def test_the_push_ends_when_its_room_is_closed_and_comes_back_while_the_dock_pushes(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.dock("key-1", sn), world.viewer(room) as viewer:
        await viewer.wait_for_sight(spec.identity)
        await world.rooms.remove_participant(room, spec.identity)
        await viewer.wait_until(lambda: spec.identity not in viewer.participants)
        await viewer.wait_for_sight(spec.identity, after=time.time(), timeout=20)
