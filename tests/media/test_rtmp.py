"""A dock that cannot WHIP: its picture by RTMP into the same ingress and room."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest

from media.flv import NotH264, VideoTags
from simulator.video.source import CameraSource
from tests.media.world import SMALL, MediaWorld, fresh_name

START = b"\0\0\0\1"
SETS = (b"\x67\x42\xc0\x16\xda", b"\x68\xce\x3c\x80")
RECORD = b"\x01\x42\xc0\x16\xff\xe1\0\x05" + SETS[0] + b"\x01\0\x04" + SETS[1]


async def test_a_viewer_sees_a_picture_that_came_by_rtmp(world: MediaWorld, control: httpx.AsyncClient) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer, world.dock("key-1", sn, rtmp=True) as dock:
        sight = await viewer.wait_for_sight(spec.identity)
        assert sight.marker.sn == sn
        assert (sight.width, sight.height) == (320, 180)
        assert json.loads(viewer.participants[spec.identity].metadata) == spec.metadata
        later = await viewer.wait_for_sight(spec.identity, after=time.time() + 3)
        assert later.age_ms < 2000
        assert later.marker.frame > sight.marker.frame
        stats = (await control.get("/ingresses/in-1")).json()
        assert (stats["state"], stats["pushes"]) == ("live", 1)
        assert 10 < stats["frames"] <= dock.counts.frames
    await world.sagas.wait_told("in-1", "live")
    await world.sagas.wait_told("in-1", "lost")


async def test_a_retired_key_ends_the_push_and_opens_nothing(world: MediaWorld, control: httpx.AsyncClient) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer, world.dock("key-1", sn, rtmp=True) as dock:
        await viewer.wait_for_sight(spec.identity)
        assert (await control.delete("/ingresses/in-1")).is_success
        await dock.wait_for_state("waiting")
        assert (await control.get("/ingresses")).json() == []
        await viewer.wait_until(lambda: spec.identity not in viewer.participants, 10)
        await dock.wait_for_state("connecting")
        await dock.wait_for_state("waiting")
        assert dock.counts.connects == 1
    assert (await control.get("/ingresses")).json() == []


async def test_whip_takes_the_place_of_rtmp_and_the_room_sees_one_participant(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    spec = world.store.add("in-1", room, sn, key="key-1")
    async with world.viewer(room) as viewer, world.dock("key-1", sn, rtmp=True) as old:
        await viewer.wait_for_sight(spec.identity)
        async with world.dock("key-1", sn, CameraSource(sn, SMALL)):
            await old.wait_for_state("waiting")
            await old.stop()
            await viewer.wait_for_sight(spec.identity, after=time.time() + 0.5)
            stats = (await control.get("/ingresses/in-1")).json()
            assert (stats["state"], stats["room_connects"]) == ("live", 1)


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n\r\n", b"\x03" + b"\0" * 1536, b"\xff" * 4000])
async def test_what_is_no_push_is_let_go(world: MediaWorld, control: httpx.AsyncClient, sent: bytes) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", world.rtmp_port)
    writer.write(sent)
    writer.write_eof()
    async with asyncio.timeout(10):
        await reader.read()
    writer.close()
    assert (await control.get("/health")).json() == {"status": "ok", "ingresses": 0, "live": 0}


def test_units_get_start_codes_and_a_key_frame_its_parameter_sets() -> None:
    tags = VideoTags()
    assert tags.access_unit(b"\x17\0\0\0\0" + RECORD) is None
    assert (
        tags.access_unit(b"\x17\1\0\0\0" + b"\0\0\0\3\x65ab") == START + SETS[0] + START + SETS[1] + START + b"\x65ab"
    )
    assert (
        tags.access_unit(b"\x27\1\0\0\0" + b"\0\0\0\2\x41a" + b"\0\0\0\2\x06b") == START + b"\x41a" + START + b"\x06b"
    )
    assert tags.access_unit(b"\x17\2\0\0\0") is None


@pytest.mark.parametrize(
    "tag",
    [
        b"",
        b"\x17",
        b"\x12\1\0\0\0abc",
        b"\x9chvc1abc",
        b"\x17\0\0\0\0\1\x42",
        b"\x17\0\0\0\0" + RECORD[:-2],
        b"\x27\1\0\0\0\0\0\1\0ab",
    ],
)
def test_a_tag_that_cannot_be_read_is_said_to_be_none(tag: bytes) -> None:
    with pytest.raises(NotH264):
        VideoTags().access_unit(tag)
