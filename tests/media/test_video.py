"""A dock's picture on its way: WHIP in, LiveKit, an independent viewer."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import replace
from typing import Any

import av
import httpx

from simulator.video.source import CameraSource, VideoSource
from tests.media.world import SMALL, MediaWorld, fresh_name


class SilentAfter:
    """A camera that gives so many frames and then none, as one whose cable came loose."""

    def __init__(self, source: VideoSource, frames: int) -> None:
        self._source, self._left = source, frames

    async def read(self) -> av.Packet[Any]:
        if self._left == 0:
            await asyncio.Event().wait()
        self._left -= 1
        return await self._source.read()

    def force_key_frame(self) -> None:
        self._source.force_key_frame()


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


async def test_a_late_viewer_sees_a_picture_at_once(world: MediaWorld, control: httpx.AsyncClient) -> None:
    """The camera makes a key frame every 40 s unless it is asked: the viewer's wish goes all the way to the dock."""
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.dock("key-1", sn) as dock:
        assert (await control.get("/ingresses/in-1/first-frame")).status_code == 200
        async with world.viewer(room, "early") as early:
            await early.wait_for_sight(spec.identity)
        asked = dock.counts.key_frames_asked
        async with world.viewer(room, "late") as late:
            sight = await late.wait_for_sight(spec.identity)
            assert sight.seen_at - late.joined_at < 2
        assert dock.counts.key_frames_asked > asked


async def test_two_docks_are_not_mixed(world: MediaWorld, control: httpx.AsyncClient) -> None:
    room = fresh_name("mission")
    one, two = (world.store.add(f"in-{number}", room, fresh_name("DOCK"), f"key-{number}") for number in (1, 2))
    async with world.viewer(room) as viewer, world.dock("key-1", one.sn), world.dock("key-2", two.sn):
        for spec in (one, two):
            await viewer.wait_for_sight(spec.identity)
        for spec in (one, two):
            sight = await viewer.wait_for_sight(spec.identity, after=time.time() + 0.5)
            assert sight.marker.sn == spec.sn
    states = {item["id"]: item["state"] for item in (await control.get("/ingresses")).json()}
    assert states.keys() == {"in-1", "in-2"}


async def test_a_second_push_takes_the_place_of_the_first(world: MediaWorld, control: httpx.AsyncClient) -> None:
    """A dock that lost its link comes back; for the room the participant has never left."""
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer, world.dock("key-1", sn):
        await viewer.wait_for_sight(spec.identity)
        sid = viewer.participants[spec.identity].sid
        async with world.dock("key-1", sn, CameraSource(sn, replace(SMALL, width=640, height=360))):
            await viewer.wait_until(lambda: viewer.sights[spec.identity].width == 640)
            assert viewer.participants[spec.identity].sid == sid
        stats = (await control.get("/ingresses/in-1")).json()
        assert stats["room_connects"] == 1
        assert stats["pushes"] >= 2


async def test_a_dock_that_stops_leaves_the_room_and_is_said_to_be_lost(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer:
        async with world.dock("key-1", sn):
            await viewer.wait_for_sight(spec.identity)
        await viewer.wait_until(lambda: spec.identity not in viewer.participants)
        await world.sagas.wait_told("in-1", "lost")
        document = world.store.documents["in-1"]
        assert document.state == "lost"
        assert document.frames > 0
        assert document.last_frame_at is not None

        async with world.dock("key-1", sn):  # the key stays good until the ingress is closed
            await viewer.wait_for_sight(spec.identity, after=time.time())
        assert world.sagas.told[:3] == [("in-1", "live"), ("in-1", "lost"), ("in-1", "live")]


async def test_a_dock_that_falls_silent_is_lost_within_five_seconds(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    """Neither closed nor failed: the connection stands, but no frame comes."""
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    world.store.add("in-1", room, sn, key="key-1")
    async with world.dock("key-1", sn, SilentAfter(CameraSource(sn, SMALL), frames=20)):
        await world.sagas.wait_told("in-1", "live")
        began = time.monotonic()
        await world.sagas.wait_told("in-1", "lost")
        assert time.monotonic() - began < 6
