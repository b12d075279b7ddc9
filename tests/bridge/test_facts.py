"""Replies, progress, video and files: what sagas hear, and what the documents say."""

from __future__ import annotations

import asyncio
import uuid
from functools import partial
from typing import Any

import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from settings import Settings
from store.commands import Command, Commands
from store.firmware import Push, Pushes
from store.flights import FlightTask, FlightTasks
from store.media import FlightMedia, FlightMediaRepository, Media, MediaReports, media_id
from store.objects import Objects
from store.orgs import Org
from tests.bridge.conftest import SpokenDock, bind, heard, listening
from tests.waiting import eventually
from workflows.names import auto_stream_id, firmware_id, flight_id

pytestmark = pytest.mark.usefixtures("bridge")


async def command_of(
    store: AsyncClient, dock: SpokenDock, workflow_id: str, method: str = "cover_open", refusals_only: bool = False
) -> Command:
    command = Command(
        tid=str(uuid.uuid4()),
        bid=str(uuid.uuid4()),
        sn=dock.sn,
        method=method,
        workflow_id=workflow_id,
        step="open",
        user="anna",
        refusals_only=refusals_only,
    )
    await Commands(store).put(command)
    return command


async def answered(store: AsyncClient, tid: str, replies: int = 1) -> Any:
    found = await Commands(store).get(tid)
    return found if found is not None and found.replies >= replies else None


async def test_a_reply_reaches_its_saga_and_its_document(bound: SpokenDock, store: AsyncClient, sagas: Client) -> None:
    saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
    command = await command_of(store, bound, saga.id)
    reply = {"result": 0, "output": {"status": "in_progress"}}
    await bound.say("services_reply", reply, method="cover_open", tid=command.tid, bid=command.bid)
    kept = await eventually(lambda: answered(store, command.tid))
    assert (kept.status, kept.result, kept.output, kept.mismatch) == ("accepted", 0, {"status": "in_progress"}, None)
    (fact,) = await heard(saga, "command_reply")
    assert (fact["tid"], fact["result"], fact["output"]) == (command.tid, 0, {"status": "in_progress"})


async def test_a_refusal_is_kept_with_its_meaning(bound: SpokenDock, store: AsyncClient, sagas: Client) -> None:
    saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
    command = await command_of(store, bound, saga.id)
    await bound.say("services_reply", {"result": 514120}, method="cover_open", tid=command.tid)
    kept = await eventually(lambda: answered(store, command.tid))
    assert (kept.status, kept.result) == ("refused", 514120)
    assert kept.meaning


async def test_a_reply_with_the_wrong_tid_finds_its_command_and_says_so(
    bound: SpokenDock, store: AsyncClient, sagas: Client
) -> None:
    saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
    command = await command_of(store, bound, saga.id)
    await bound.say("services_reply", {"result": 0}, method="cover_open", tid="not-ours")
    kept = await eventually(lambda: answered(store, command.tid))
    assert "not-ours" in kept.mismatch
    (fact,) = await heard(saga, "command_reply")
    assert fact["tid"] == command.tid
    assert "not-ours" in fact["mismatch"]


async def test_a_second_reply_only_counts(bound: SpokenDock, store: AsyncClient, sagas: Client) -> None:
    saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
    command = await command_of(store, bound, saga.id)
    for result in (0, 514120):
        await bound.say("services_reply", {"result": result}, method="cover_open", tid=command.tid)
    kept = await eventually(lambda: answered(store, command.tid, 2))
    assert (kept.result, kept.replies) == (0, 2)
    assert len(await heard(saga, "command_reply")) == 1


async def test_that_a_command_was_taken_is_kept_and_not_told_where_only_a_refusal_matters(
    bound: SpokenDock, store: AsyncClient, sagas: Client
) -> None:
    saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
    for result, told in ((0, 0), (514120, 1)):
        command = await command_of(store, bound, saga.id, "ota_create", refusals_only=True)
        await bound.say("services_reply", {"result": result}, method="ota_create", tid=command.tid)
        assert (await eventually(partial(answered, store, command.tid))).result == result
        assert len(await heard(saga, "command_reply")) == told


async def test_that_an_upgrade_is_through_is_told_with_the_version_or_alone_after_a_while(
    bound: SpokenDock, store: AsyncClient, sagas: Client, org: Org
) -> None:
    push = Push(rollout_id=uuid.uuid4().hex, org_id=org.id, dock_sn=bound.sn, status="running", active=True)
    await Pushes(store).put(push)
    saga = await listening(sagas, firmware_id(push.rollout_id, bound.sn))

    async def says(status: str) -> None:
        progress = {"percent": 50, "current_step": "upgrade_firmware"}
        await bound.say(
            "events", {"result": 0, "output": {"status": status, "progress": progress}}, method="ota_progress"
        )

        async def kept() -> bool:
            found = await Pushes(store).get(push.key)
            return found is not None and found.progress is not None and found.progress.status == status

        await eventually(kept)

    await says("in_progress")
    await says("ok")
    await bound.state(firmware_version="17.01.20.01")
    (fact,) = await eventually(lambda: heard(saga, "firmware_version"))
    assert (fact["version"], fact["last"]["status"]) == ("17.01.20.01", "ok")
    await asyncio.sleep(1.5)  # longer than it is held back
    assert await heard(saga, "ota_progress") == [], "it was told with the version"
    await says("in_progress")
    await says("ok")
    (fact,) = await eventually(lambda: heard(saga, "ota_progress"))
    assert fact["status"] == "ok"


async def test_a_reply_to_a_saga_that_has_ended_is_kept_all_the_same(bound: SpokenDock, store: AsyncClient) -> None:
    command = await command_of(store, bound, f"gone-{uuid.uuid4().hex}")
    await bound.say("services_reply", {"result": 0}, method="cover_open", tid=command.tid)
    assert (await eventually(lambda: answered(store, command.tid))).status == "accepted"


async def test_a_property_set_reply_has_the_result_of_its_leaf(
    bound: SpokenDock, store: AsyncClient, sagas: Client
) -> None:
    saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
    command = await command_of(store, bound, saga.id, "property_set")
    await bound.say("property/set_reply", {"silent_mode": {"result": 1}}, tid=command.tid)
    assert (await eventually(lambda: answered(store, command.tid))).result == 1


async def flight_of(store: AsyncClient, dock: SpokenDock, org: Org) -> FlightTask:
    flight = FlightTask(
        id=uuid.uuid4().hex,
        org_id=org.id,
        mission_id="m1",
        dock_sn=dock.sn,
        name="north fence",
        wayline_id="w",
        object_key="k",
        md5="m",
        status="executing",
        requested_by="anna",
    )
    await FlightTasks(store).put(flight)
    return flight


def progress(flight: str, step: int, percent: int, status: str = "in_progress", **ext: Any) -> dict[str, Any]:
    return {
        "result": 0,
        "output": {
            "status": status,
            "progress": {"current_step": step, "percent": percent},
            "ext": {"flight_id": flight, "current_waypoint_index": percent // 10, "media_count": 0} | ext,
        },
    }


async def test_progress_is_decoded_by_model_and_told_only_when_it_may_change_a_decision(
    dock: SpokenDock, store: AsyncClient, sagas: Client, org: Org
) -> None:
    await bind(dock, store, org, product="3-1-0")
    flight = await flight_of(store, dock, org)
    saga = await listening(sagas, flight_id(flight.id))
    for percent in range(40, 60):
        reply = await dock.ask("events", "flighttask_progress", progress(flight.id, 23, percent), need_reply=1)
        assert reply["data"] == {"result": 0}
    broken = {"index": 3, "state": 0, "progress": 0.5, "wayline_id": 0, "break_reason": 1, "height": 80}
    done = progress(flight.id, 33, 100, "partially_done", break_point=broken)
    flat = {"result": 0} | done["output"]
    await dock.ask("events", "flighttask_progress", flat, need_reply=1)

    facts = await eventually(lambda: heard(saga, "flight_progress"))
    assert [(fact["status"], fact["phase"]) for fact in facts] == [
        ("in_progress", "executing"),
        ("partially_done", facts[-1]["phase"]),
    ]
    assert facts[-1]["break_point"]["index"] == 3

    async def ended() -> Any:
        found = await FlightTasks(store).get(flight.id)
        return found if found and found.progress and found.progress.status == "partially_done" else None

    kept = await eventually(ended)
    assert kept.progress.percent == 100
    assert kept.progress.break_point["progress"] == 0.5
    assert kept.status == "executing", "the status is the saga's to write"


async def test_capacity_and_pushes_are_told_once_each_time_they_change(
    bound: SpokenDock, store: AsyncClient, sagas: Client
) -> None:
    saga = await listening(sagas, auto_stream_id(bound.sn))
    camera = {
        "camera_index": "99-0-0",
        "video_list": [{"video_index": "normal-0", "video_type": "wide", "switchable_video_types": ["wide", "ir"]}],
    }
    capacity = {
        "available_video_number": 1,
        "coexist_video_number_max": 1,
        "device_list": [{"sn": bound.aircraft_sn, "camera_list": [camera]}],
    }
    video_id = f"{bound.aircraft_sn}/99-0-0/normal-0"
    push = {"video_id": video_id, "video_type": "wide", "video_quality": 0, "status": 1, "error_status": 0}
    for _ in range(2):
        await bound.state(live_capacity=capacity)
    await bound.state(live_status=[push])
    await bound.state(live_status=[])

    async def closed() -> Any:
        facts = await heard(saga, "push_state")
        return facts if len(facts) == 2 else None

    assert [(fact["video_id"], fact["state"]) for fact in await eventually(closed)] == [
        (video_id, "live"),
        (video_id, "closed"),
    ]
    (fact,) = await heard(saga, "capacity")
    assert fact["cameras"][0]["videos"][0]["switchable"] == ["wide", "ir"]


def callback(key: str, flight: str, **more: Any) -> dict[str, Any]:
    name = key.rsplit("/", 1)[1]
    ext = {"flight_id": flight, "drone_model_key": "0-100-1", "payload_model_key": "1-99-0", "is_original": True}
    return {"file": {"object_key": key, "path": "", "name": name, "ext": ext, **more}}


async def test_a_file_is_a_document_once_and_side_files_find_their_photo(
    bound: SpokenDock, store: AsyncClient, org: Org, settings: Settings
) -> None:
    flight = await flight_of(store, bound, org)
    objects = Objects.of(settings)
    prefix = f"media/{org.id}/{bound.sn}"
    photo, side = f"{prefix}/DJI_0001_W.jpg", f"{prefix}/DJI_0001_W_PPK.obs"
    for key in (photo, side):
        await objects.put(key, key.encode())
    for key in (side, photo, photo, photo):
        reply = await bound.ask("events", "file_upload_callback", callback(key, flight.id), need_reply=1)
        assert reply["data"] == {"result": 0}
    kept = {file.object_key: file for file in await Media(store).find(flightId=flight.id)}
    assert kept[photo].kind == "photo"
    assert (kept[photo].size, kept[photo].mission_id, kept[photo].reports) == (len(photo), "m1", 3)
    assert kept[photo].md5
    assert (kept[side].kind, kept[side].photo) == ("ppk", "DJI_0001_W.jpg")
    await objects.put(photo, b"uploaded again")
    await bound.ask("events", "file_upload_callback", callback(photo, flight.id), need_reply=1)
    again = await Media(store).get(media_id(bound.sn, photo))
    assert again is not None
    assert (again.size, again.md5 == kept[photo].md5) == (14, False)
    counted = await FlightMediaRepository(store).get(flight.id)
    assert counted is not None
    assert (counted.photos, counted.side_files, counted.bytes) == (1, 1, 14 + len(side))


async def test_a_file_that_is_not_there_or_not_the_docks_is_refused_and_leaves_nothing(
    bound: SpokenDock, store: AsyncClient, org: Org, settings: Settings
) -> None:
    await Objects.of(settings).put(f"media/{org.id}/other/x.jpg", b"theirs")
    mine = f"media/{org.id}/{bound.sn}/small.jpg"
    await Objects.of(settings).put(mine, b"1234")
    for key, more in (
        (f"media/{org.id}/{bound.sn}/nothing.jpg", {}),
        (f"media/{org.id}/other/x.jpg", {}),
        (mine, {"size": 5}),
    ):
        reply = await bound.ask("events", "file_upload_callback", callback(key, "f", **more), need_reply=1, within=9)
        assert reply["data"] == {"result": 1}
        assert await Media(store).get(media_id(bound.sn, key)) is None
    reasons = {report.name: report.reason for report in await MediaReports(store).find(dockSn=bound.sn)}
    assert reasons == {
        "nothing.jpg": "the bucket does not hold it",
        "small.jpg": "it has 4 bytes in the bucket, 5 were reported",
    }


async def test_a_file_that_comes_late_is_media_and_holds_up_no_flight(
    bound: SpokenDock, store: AsyncClient, org: Org, settings: Settings
) -> None:
    flight = await flight_of(store, bound, org)
    key = f"media/{org.id}/{bound.sn}/DJI_0003_V.jpg"
    shot = {"create_time": "2026-05-04 08:03:12", "shoot_position": {"lat": 47.05, "lng": 8.31}}
    asked = asyncio.create_task(
        bound.ask("events", "file_upload_callback", callback(key, flight.id, metadata=shot), need_reply=1, within=9)
    )
    await bound.ask("events", "flighttask_progress", progress(flight.id, 25, 50), need_reply=1)
    assert not asked.done()
    await Objects.of(settings).put(key, b"late")
    assert (await asked)["data"] == {"result": 0}
    kept = await Media(store).get(media_id(bound.sn, key))
    assert kept is not None
    assert (kept.latitude, kept.longitude, kept.taken_at.isoformat()) == (47.05, 8.31, "2026-05-04T08:03:12+00:00")
    assert await MediaReports(store).find(dockSn=bound.sn) == []


async def test_the_files_of_a_flight_are_counted_and_the_dock_says_whose_go_first(
    bound: SpokenDock, store: AsyncClient, org: Org, settings: Settings
) -> None:
    flight, other = await flight_of(store, bound, org), await flight_of(store, bound, org)
    for name in ("DJI_0001_W.jpg", "DJI_0001_W.jpg", "DJI_0001_W.obs", "DJI_0002_W.mp4"):
        key = f"media/{org.id}/{bound.sn}/{flight.id}/{name}"
        await Objects.of(settings).put(key, b"12345")
        said = callback(key, flight.id) | {"flight_task": {"uploaded_file_count": 1, "expected_file_count": 4}}
        await bound.ask("events", "file_upload_callback", said, need_reply=1)
    ended = progress(flight.id, 37, 100, status="ok", media_count=2)
    await bound.ask("events", "flighttask_progress", ended, need_reply=1)
    media = await FlightMediaRepository(store).get(flight.id)
    assert media is not None
    assert (media.photos, media.videos, media.side_files, media.bytes) == (1, 1, 1, 15)
    assert (media.announced, media.expected, media.whole) == (2, 4, False)
    assert media.ended_at is not None
    for one in (flight, other):
        said = {"flight_id": one.id}
        await bound.ask("events", "highest_priority_upload_flighttask_media", said, need_reply=1)
    (first,) = await FlightMediaRepository(store).first_of(bound.sn)
    assert first.flight_id == other.id


async def test_a_file_of_anothers_flight_is_of_no_flight(
    bound: SpokenDock, store: AsyncClient, org: Org, settings: Settings
) -> None:
    theirs = FlightMedia(flight_id=uuid.uuid4().hex, org_id="others", dock_sn="D")
    await FlightTasks(store).put(
        FlightTask(id=theirs.flight_id, org_id="others", mission_id="m", dock_sn="D", name="Theirs", requested_by="bob")
    )
    await FlightMediaRepository(store).put(theirs)
    key = f"media/{org.id}/{bound.sn}/DJI_0009_W.jpg"
    await Objects.of(settings).put(key, b"1")
    reply = await bound.ask("events", "file_upload_callback", callback(key, theirs.flight_id), need_reply=1)
    assert reply["data"] == {"result": 0}
    kept = await Media(store).get(media_id(bound.sn, key))
    assert kept is not None
    assert (kept.flight_id, kept.mission_id) == (None, None)
    assert await FlightMediaRepository(store).get(theirs.flight_id) == theirs


async def test_an_upload_that_failed_by_the_docks_own_word_is_heard(
    bound: SpokenDock, store: AsyncClient, org: Org
) -> None:
    key = f"media/{org.id}/{bound.sn}/DJI_0011_W.jpg"
    reply = await bound.ask("events", "file_upload_callback", callback(key, "f") | {"result": 324010}, need_reply=1)
    assert reply["data"] == {"result": 0}
    (report,) = await MediaReports(store).find(dockSn=bound.sn)
    assert "324010" in report.reason


async def test_storage_credentials_are_the_docks_own_and_a_stranger_gets_none(
    bound: SpokenDock, org: Org, settings: Settings
) -> None:
    answer = await bound.request("storage_config_get", {"module": 0})
    assert answer["output"]["object_key_prefix"] == f"media/{org.id}/{bound.sn}"
    assert answer["output"]["bucket"] == settings.objects_bucket
    assert answer["output"]["credentials"]["expire"] > 3 * 3600
    flat = await bound.request("storage_config_get", {"module": 1})
    assert flat["bucket"] == settings.objects_bucket


async def test_a_stranger_gets_no_credentials(dock: SpokenDock) -> None:
    assert await dock.request("storage_config_get", {"module": 0}) == {"result": 210001}


async def test_a_dock_fetches_the_file_that_its_saga_names(
    bound: SpokenDock, store: AsyncClient, org: Org, sagas: Client, settings: Settings
) -> None:
    import httpx

    flight = await flight_of(store, bound, org)
    await Objects.of(settings).put("waylines/w.kmz", b"kmz")
    given = {"resource": {"result": 0, "object_key": "waylines/w.kmz", "fingerprint": "abc"}}
    await listening(sagas, flight_id(flight.id), given)
    answer = await bound.request("flighttask_resource_get", {"flight_id": flight.id})
    file = answer["output"]["file"]
    assert file["fingerprint"] == "abc"
    async with httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(file["url"])).content == b"kmz"
    assert (await bound.request("flighttask_resource_get", {"flight_id": "unknown"}))["result"] != 0


async def test_a_saga_that_cannot_speak_is_answered_for_by_what_it_wrote(
    bound: SpokenDock, store: AsyncClient, org: Org, sagas: Client
) -> None:
    flight = await flight_of(store, bound, org)
    await listening(sagas, flight_id(flight.id), {"delay": 600})
    answer = await bound.request("flighttask_resource_get", {"flight_id": flight.id})
    assert answer["output"]["file"]["fingerprint"] == flight.md5
    await FlightTasks(store).patch(flight.id, {"status": "canceled"})
    assert (await bound.request("flighttask_resource_get", {"flight_id": flight.id}))["result"] == 299999


async def test_the_other_docks_progress_is_told(bound: SpokenDock, store: AsyncClient, org: Org) -> None:
    flight = await flight_of(store, bound, org)
    await bound.ask("events", "flighttask_progress", progress(flight.id, 25, 50), need_reply=1)
    for asked in ({"sn": bound.sn}, {"target_sn": bound.sn, "flight_id": flight.id}):
        answer = await bound.request("flighttask_progress_get", asked)
        assert answer["output"] == {
            "flight_id": flight.id,
            "status": "in_progress",
            "progress": {"current_step": 25, "percent": 50},
        }


async def test_what_cannot_be_read_is_kept_and_stops_nothing(bound: SpokenDock, store: AsyncClient) -> None:
    nonsense = f"no json {uuid.uuid4().hex} \xff".encode("latin-1")
    await bound.client.publish(f"thing/product/{bound.sn}/events", nonsense, qos=1)
    await bound.client.publish(f"thing/product/{bound.sn}/events", b"[1]", qos=1)
    await bound.say("events", {"a": 1}, method="no_such_event")
    reply = await bound.ask("events", "no_such_event", {"a": 1}, need_reply=1)
    assert reply["data"] == {"result": 0}

    async def kept() -> bool:
        query = store.collection("bridge_unread").order_by("number", direction="DESCENDING").limit(10)
        payloads = [snapshot.get("payload") async for snapshot in query.stream()]
        return any(nonsense[:20].decode() in payload for payload in payloads)

    await eventually(kept)
    await asyncio.wait_for(bound.topology(), 2)
