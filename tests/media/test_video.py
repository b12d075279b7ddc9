"""A dock's picture on its way: WHIP in, LiveKit, an independent viewer."""

from __future__ import annotations

import json
import time

import httpx

from tests.media.world import MediaWorld, fresh_name


async def test_a_viewer_sees_the_docks_own_picture_under_its_identity(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer, world.dock("key-1", sn) as dock:
        sight = await viewer.wait_for_sight(spec.identity)
        assert sight.marker.sn == sn
        assert (sight.width, sight.height) == (320, 180)
        assert sight.age_ms < 2000
        assert json.loads(viewer.participants[spec.identity].metadata) == spec.metadata

        later = await viewer.wait_for_sight(spec.identity, after=time.time() + 1)
        assert later.marker.frame > sight.marker.frame
        assert viewer.unreadable == {}

        stats = (await control.get("/ingresses/in-1")).json()
        assert stats["state"] == "live"
        assert stats["frames"] <= dock.counts.frames
        assert stats["frames"] > 10
        assert stats["room_connected"]
    await world.sagas.wait_told("in-1", "live")
