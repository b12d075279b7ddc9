"""What the aircraft's AI sees is read from the passing stream, and told beside the video."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dji.ai_sei import OVER_AGORA, OVER_WHIP, AiPicture, Box, unit, write
from embedded.parts import LivekitServer, MosquittoBroker
from media.assignments import Assignment
from media.detections import EVERY, GONE_AFTER, Detections
from media.h264 import look
from simulator.video.sei import SpeakingSource, with_units
from simulator.video.source import CameraSource
from store.ingresses import Ingress
from tests.media.annexb import unit_types
from tests.media.world import SMALL, MediaWorld, fresh_name, media_world

BOX = Box(7, 2, 0, 5000, 2500, 100, 200, 41_500)
SPEC = Ingress(id="in-1", key_hash="", room="m", identity="dji-dock-D-video", sn="D", video_id="A/99-0-0/normal-0",
               org_id="org", workflow_id="auto-stream/D")  # fmt: skip


class Told:
    """Detections of one stream, at a time that the test sets, and what they tell."""

    def __init__(self, spec: Ingress = SPEC) -> None:
        self.at = 100.0
        self.said: list[dict[str, Any]] = []
        self.detections = Detections(spec, lambda *all_of_it: self.said.append(all_of_it[3]), lambda: self.at)

    def picture(self, *units: bytes, pts: int = 0) -> None:
        self.detections.take(units, pts)


def sei(*boxes: Box, marker: int = OVER_WHIP) -> bytes:
    return unit((marker, write(AiPicture(at=1234, boxes=boxes, track=7, counts={2: len(boxes)}))))


def test_a_box_is_told_in_plain_units_with_the_streams_time() -> None:
    told = Told()
    told.picture(sei(BOX), pts=90_000)
    assert told.said == [
        {
            "video_id": "A/99-0-0/normal-0", "identity": "dji-dock-D-video", "stream_ms": 1000, "aircraft_ms": 1234,
            "track": 7, "counts": {"person": 1},
            "boxes": [{"id": 7, "kind": "person", "state": "tracked", "x": 0.5, "y": 0.25, "width": 0.01,
                       "height": 0.02, "distance": 41.5}],
        }
    ]  # fmt: skip


@pytest.mark.parametrize("marker", [OVER_WHIP, OVER_AGORA])
def test_both_markers_are_read_among_other_messages(marker: int) -> None:
    told = Told()
    payload = write(AiPicture(at=1, boxes=(BOX,), frame=1))
    told.picture(unit((5, b"x264 " * 100), (marker, payload), (1, b"")), unit((4, b"captions")))
    assert [len(said["boxes"]) for said in told.said] == [1]
    assert told.detections.snapshot() == {"pictures": 1, "malformed": 0, "told": 1}


def test_ten_pictures_a_second_are_told_and_the_end_of_boxes_at_once() -> None:
    told = Told()
    for _ in range(30):
        told.picture(sei(BOX))
        told.at += EVERY / 2.9
    assert 9 <= len(told.said) <= 11
    told.picture(sei())
    assert told.said[-1]["boxes"] == []
    before = len(told.said)
    told.picture(sei(BOX))
    assert len(told.said) == before + 1


def test_boxes_are_gone_when_nothing_is_said_any_more_or_the_stream_ends() -> None:
    told = Told()
    told.picture(sei(BOX))
    told.picture()
    told.at += GONE_AFTER
    told.picture(pts=9000)
    told.picture()
    assert [len(said["boxes"]) for said in told.said] == [1, 0]
    told.picture(sei(BOX))
    told.detections.gone()
    told.detections.gone()
    assert [len(said["boxes"]) for said in told.said] == [1, 0, 1, 0]


@given(st.lists(st.binary(max_size=60), max_size=5))
def test_malformed_units_are_counted_and_do_no_harm(noise: list[bytes]) -> None:
    told = Told()
    broken = sei(BOX)[:-9]
    told.picture(*noise, broken, sei(BOX))
    assert told.said[-1]["boxes"][0]["id"] == 7
    assert 1 <= told.detections.counts.malformed <= 1 + len(noise)


def test_kinds_of_a_newer_firmware_keep_their_number_and_no_distance_is_none() -> None:
    told = Told()
    told.picture(sei(Box(1, 77, 66, 0, 0, 1, 1)))
    (box,) = told.said[0]["boxes"]
    assert (box["kind"], box["state"], box["distance"]) == ("77", "66", None)


def test_a_stream_of_nobody_is_told_to_nobody() -> None:
    told = Told(SPEC.model_copy(update={"org_id": None}))
    told.picture(sei(BOX))
    assert told.said == []
    assert told.detections.counts.pictures == 1


SLICE, KEY = b"\0\0\0\1\x41abc", b"\0\0\0\1\x67s\0\0\0\1\x68p\0\0\1\x65abc"


@given(st.binary(max_size=300))
def test_any_bytes_can_be_looked_at(noise: bytes) -> None:
    assert all(found[0] & 0x1F == 6 for found in look(noise).sei)


def test_units_are_found_before_the_first_slice_and_put_there() -> None:
    assert look(SLICE) == look(SLICE + b"\0\0\1\x06late")
    assert look(KEY).key_frame
    for access_unit in (SLICE, KEY):
        spoken = with_units(access_unit, [sei(BOX), sei()])
        seen = look(spoken)
        assert seen.key_frame is look(access_unit).key_frame
        assert [found.rstrip(b"\0") for found in seen.sei] == [sei(BOX), sei()]
        assert [kind for kind in unit_types(spoken) if kind != 6] == list(unit_types(access_unit))


# The whole way: WHIP in, the room and the broker out


@pytest.fixture
async def world(livekit: LivekitServer, mosquitto: MosquittoBroker) -> AsyncIterator[MediaWorld]:
    async with media_world(livekit, mosquitto) as made:
        yield made


def many(number: int) -> tuple[Box, ...]:
    return tuple(Box(each, 3, 0, each, 0, 256, 0, 0) for each in range(number))


SAID: dict[str, Callable[[], list[bytes]]] = {
    "over WHIP": lambda: [sei(BOX)],
    "over Agora": lambda: [sei(BOX, marker=OVER_AGORA)],
    "over several packets": lambda: [sei(BOX, *many(200))],  # 3.2 kB: fragments of RTP
    "beside what is broken": lambda: [b"\x06\xf5", sei(BOX)[:-9], b"\x06", sei(BOX)],
}


@pytest.mark.parametrize("way", SAID)
async def test_boxes_of_a_passing_stream_are_heard_in_the_room_and_the_picture_is_whole(
    world: MediaWorld, control: httpx.AsyncClient, way: str
) -> None:
    room, sn, org = fresh_name("mission"), fresh_name("DOCK"), fresh_name("org")
    spec = world.store.add("in-1", room, sn, key="key-1", org=org)
    world.assignments.now = [Assignment(org, room, sn, "dock3")]
    await control.post(f"/rooms/{room}/expect")
    switched_on = True
    source = SpeakingSource(CameraSource(sn, SMALL), lambda _: SAID[way]() if switched_on else [])
    async with world.dock("key-1", sn, source), world.viewer(room) as viewer:
        sight = await viewer.wait_for_sight(spec.identity)
        assert sight.marker.sn == sn
        heard = await viewer.wait_for_data("detections", identity=f"dji-dock-{sn}")
        data = heard.message["data"]
        assert (data["identity"], data["boxes"][0]["id"], data["boxes"][0]["kind"]) == (spec.identity, 7, "person")
        assert data["stream_ms"] >= 0
        await viewer.wait_until(
            lambda: any((heard.message["data"].get("stream_ms") or 0) > 1000 for heard in viewer.heard)
        )
        switched_on = False
        await viewer.wait_until(lambda: viewer.heard[-1].topic == "detections" and not _boxes(viewer.heard[-1].message))
    counts = (await control.get("/ingresses/in-1")).json()["sei"]
    assert counts["pictures"] > 0
    assert (counts["malformed"] > 0) is (way == "beside what is broken")


async def test_a_stream_without_ai_tells_of_none(world: MediaWorld, control: httpx.AsyncClient) -> None:
    room, sn, org = fresh_name("mission"), fresh_name("DOCK"), fresh_name("org")
    spec = world.store.add("in-1", room, sn, key="key-1", org=org)
    async with world.dock("key-1", sn), world.viewer(room) as viewer:
        await viewer.wait_for_sight(spec.identity)
    assert (await control.get("/ingresses/in-1")).json()["sei"] == {"pictures": 0, "malformed": 0, "told": 0}


def _boxes(message: Any) -> list[Any]:
    return list(message["data"]["boxes"])
