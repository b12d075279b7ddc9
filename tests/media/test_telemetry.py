"""The docks' telemetry peers: what the bridge says over MQTT is heard in the mission's room."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import aiomqtt
import httpx
import orjson
import pytest

from embedded.parts import LivekitServer, MosquittoBroker
from media.assignments import Assignment
from media.telemetry import Live, NotTelemetry, Picture, read_live
from tests.media.world import MediaWorld, fresh_name, media_world


@pytest.fixture
async def world(livekit: LivekitServer, mosquitto: MosquittoBroker) -> AsyncIterator[MediaWorld]:
    async with media_world(livekit, mosquitto) as made:
        yield made


@pytest.fixture
async def bridge(world: MediaWorld) -> AsyncIterator[aiomqtt.Client]:
    """Stands for the bridge: publishes the live feed."""
    async with world.feed() as client:
        yield client


async def _live(bridge: aiomqtt.Client, org: str, sn: str, part: str, **data: object) -> None:
    message = {"sn": sn, "part": part, "at": round(time.time() * 1000), "data": data}
    await bridge.publish(f"argus/live/{org}/{sn}/{part}", orjson.dumps(message))


async def _joined(world: MediaWorld, control: httpx.AsyncClient, *assignments: Assignment) -> None:
    """These are in missions, and their rooms are watched."""
    world.assignments.now = list(assignments)
    for each in assignments:
        await control.post(f"/rooms/{each.mission}/expect")
    reply = await control.post("/peers/reconcile")
    assert reply.json() == {"peers": sorted(f"dji-dock-{each.sn}" for each in assignments)}


async def test_telemetry_reaches_a_viewer_and_a_late_joiner_gets_the_present_picture(
    world: MediaWorld, control: httpx.AsyncClient, bridge: aiomqtt.Client
) -> None:
    room, sn, org = fresh_name("mission"), fresh_name("DOCK"), fresh_name("org")
    await _joined(world, control, Assignment(org, room, sn, "dock3"))
    peer = f"dji-dock-{sn}"
    await _live(bridge, org, sn, "detections", boxes=[])
    async with world.viewer(room) as viewer:
        await viewer.wait_until(lambda: peer in viewer.participants)
        # Who comes is told all that is known, reliably and once: after that, what he hears is news
        await viewer.wait_until(lambda: any(heard.topic == "detections" and heard.reliable for heard in viewer.heard))
        metadata = json.loads(viewer.participants[peer].metadata)
        assert metadata | {"media": ""} == {
            "source": "dji-cloud",
            "role": "telemetry",
            "dock": sn,
            "model": "dock3",
            "media": "",
        }
        await _live(bridge, org, sn, "dock", cover_state=1, humidity=40)
        await _live(bridge, org, sn, "aircraft", height=120.5)
        await _live(bridge, org, sn, "flight", status="in_progress", percent=12)
        await _live(bridge, org, sn, "alert", list=[{"code": "0x16100083"}])
        await _live(bridge, org, sn, "alerts", alerts=[{"code": "0x16100083"}])
        reliably = ("flight", "notices", "alerts")
        for topic, reliable in {"dock": False, "aircraft": False, **dict.fromkeys(reliably, True)}.items():
            heard = await viewer.wait_for_data(topic, identity=peer)
            assert heard.reliable is reliable  # the first of its topic is the news itself, not a repetition
            assert heard.message.keys() == {"sn", "topic", "at", "data"}
            assert (heard.message["sn"], heard.message["topic"]) == (sn, topic)

        await _live(bridge, org, sn, "dock", humidity=41)
        await viewer.wait_until(lambda: any(heard.message["data"].get("humidity") == 41 for heard in viewer.heard))

    async with world.viewer(room, "late") as late:  # nothing more is published
        heard = await late.wait_for_data("dock", identity=peer, timeout=5)
        assert heard.message["data"] == {"cover_state": 1, "humidity": 41}
        assert (await late.wait_for_data("flight", timeout=5)).message["data"]["percent"] == 12
        await late.wait_for_data("aircraft", timeout=5)
        await late.wait_for_data("alerts", timeout=5)
        assert time.time() - late.joined_at < 2.5
        await late.wait_until(lambda: {"dock", "alerts"} <= {heard.topic for heard in late.heard if heard.reliable})


async def test_docks_speak_in_their_own_rooms_and_another_orgs_namesake_is_not_heard(
    world: MediaWorld, control: httpx.AsyncClient, bridge: aiomqtt.Client
) -> None:
    here, there, org = fresh_name("mission"), fresh_name("mission"), fresh_name("org")
    one, two = fresh_name("DOCK"), fresh_name("DOCK")
    await _joined(world, control, Assignment(org, here, one, "dock1"), Assignment(org, there, two, "dock2"))
    async with world.viewer(here) as viewer:
        await viewer.wait_until(lambda: f"dji-dock-{one}" in viewer.participants)
        await _live(bridge, "other-org", one, "dock", humidity=1)
        await _live(bridge, org, two, "dock", humidity=2)
        await _live(bridge, org, one, "dock", humidity=3)
        await viewer.wait_for_data("dock")
        assert {heard.message["data"]["humidity"] for heard in viewer.heard} == {3}


async def test_a_peer_leaves_when_its_dock_is_unassigned(world: MediaWorld, control: httpx.AsyncClient) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    await _joined(world, control, Assignment("org", room, sn, None))
    async with world.viewer(room) as viewer:
        await viewer.wait_until(lambda: f"dji-dock-{sn}" in viewer.participants)
        await _joined(world, control)
        await viewer.wait_until(lambda: f"dji-dock-{sn}" not in viewer.participants)


async def test_what_is_not_telemetry_is_passed_over(
    world: MediaWorld, control: httpx.AsyncClient, bridge: aiomqtt.Client
) -> None:
    room, sn, org = fresh_name("mission"), fresh_name("DOCK"), fresh_name("org")
    await _joined(world, control, Assignment(org, room, sn, "dock3"))
    async with world.viewer(room) as viewer:
        await viewer.wait_until(lambda: f"dji-dock-{sn}" in viewer.participants)
        for payload in (b"", b"[]", b"{", b'{"at":1,"data":7}', b"\xff" * 100):
            await bridge.publish(f"argus/live/{org}/{sn}/dock", payload)
        await _live(bridge, org, sn, "dock", humidity=5)
        assert (await viewer.wait_for_data("dock")).message["data"] == {"humidity": 5}


async def test_only_one_of_two_media_processes_speaks_for_a_dock(
    world: MediaWorld, livekit: LivekitServer, control: httpx.AsyncClient
) -> None:
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    await _joined(world, control, Assignment("org", room, sn, None))
    async with world.viewer(room) as viewer, media_world(livekit) as second:
        await viewer.wait_until(lambda: f"dji-dock-{sn}" in viewer.participants)
        sid = viewer.participants[f"dji-dock-{sn}"].sid
        async with second.media("media-second") as other:
            await _joined(second, other, Assignment("org", room, sn, None))
            participants = await world.rooms.list_participants(room)
            assert [each.sid for each in participants if each.identity == f"dji-dock-{sn}"] == [sid]
        assert viewer.participants[f"dji-dock-{sn}"].sid == sid


def test_a_picture_merges_osd_and_replaces_events() -> None:
    picture = Picture("DOCK-1")
    picture.take(Live("org", "DOCK-1", "dock", 1, {"a": 1, "b": 1}))
    packet = picture.take(Live("org", "DOCK-1", "presence", 2, {"online": True, "b": 2}))
    assert packet is not None
    assert orjson.loads(packet.payload) == {
        "sn": "DOCK-1",
        "topic": "dock",
        "at": 2,
        "data": {"a": 1, "b": 2, "online": True},
    }
    assert packet.reliable
    picture.take(Live("org", "DOCK-1", "alert", 3, {"x": 1}))
    picture.take(Live("org", "DOCK-1", "alert", 4, {"y": 1}))
    assert [orjson.loads(each.payload)["data"] for each in picture.packets()][1] == {"y": 1}
    assert picture.take(Live("org", "DOCK-1", "unheard-of", 5, {})) is None
    assert len(picture.packets()) == 2


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("argus/live/org/sn", b'{"at":1,"data":{}}'),
        ("argus/live/org/sn/dock", b'{"data":{}}'),
        ("argus/live/org/sn/dock", b'{"at":"x","data":{}}'),
        ("argus/live/org/sn/dock", b"null"),
    ],
)
def test_a_message_that_is_not_as_it_should_be_is_named(topic: str, payload: bytes) -> None:
    with pytest.raises(NotTelemetry, match=topic):
        read_live(topic, payload)


async def test_a_peer_that_is_stopped_while_it_joins_leaves_nobody_in_the_room(
    world: MediaWorld, control: httpx.AsyncClient
) -> None:
    """Cancelling the SDK's connect would leave a ghost, and end the process 15 s later."""
    room, sn = fresh_name("mission"), fresh_name("DOCK")
    async with world.viewer(room) as viewer:
        for _ in range(3):
            await _joined(world, control, Assignment("org", room, sn, None))
            await _joined(world, control)
        await viewer.wait_until(lambda: f"dji-dock-{sn}" not in viewer.participants, timeout=5)
        assert [each for each in await world.rooms.list_participants(room) if each.identity == f"dji-dock-{sn}"] == []
