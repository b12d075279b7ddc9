"""Wayline tasks: what a dock takes, what it refuses, and that it flies the very file."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator

import pytest

import dji
from dji.products import DOCK_MODELS, DockModel
from dji.topics import Kind
from simulator import world
from simulator.dock import SimDock
from simulator.motion import ground_distance
from simulator.state import Cover, DockMode, Position
from tests.simulator.cloud import Cloud, now_ms
from tests.simulator.conftest import MakeDock
from tests.simulator.flying import fly, offer, prepared, progress, steps
from tests.simulator.routes import FileServer, file_server, route

FAST = 20.0


@pytest.fixture
async def files() -> AsyncIterator[FileServer]:
    async with file_server() as server:
        yield server


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_a_flight_follows_the_waypoints_of_its_file_and_ends_at_home(
    cloud: Cloud, make_dock: MakeDock, files: FileServer, model: DockModel
) -> None:
    dock = await make_dock(model=model, speed=FAST, osd_speed=20)
    kmz = route(dock)
    offer(cloud, files, kmz)
    flight_id = await fly(cloud, dock, kmz)
    await cloud.event("highest_priority_upload_flighttask_media", timeout=60)
    done = await progress(cloud, flight_id, "ok", "failed", "canceled")
    assert (done.raw["output"]["status"], done.raw["result"]) == ("ok", 0)
    assert done.bid == flight_id
    assert done.need_reply == bool(dock.model.progress_need_reply)
    executing = dock.model.step("executing")
    told = steps(cloud, flight_id)
    assert told == sorted(told)
    assert {0, 5, 6, executing, dock.model.step("landing"), dock.model.step("notify")} <= set(told)
    places = [
        Position(m.raw["latitude"], m.raw["longitude"], m.raw["height"])
        for m in cloud.all(Kind.OSD, sn=dock.aircraft_sn)
    ]
    for point in kmz.waypoints():
        target = Position(point.lat, point.lon, dock.home.height + point.height)
        nearest = min(ground_distance(place, target) + abs(place.height - target.height) for place in places)
        assert nearest < 12
    assert dock.aircraft.position == dock.home
    assert dock.state.cover is Cover.CLOSED
    assert dock.state.mode is DockMode.IDLE
    assert dock.aircraft.battery < 96
    assert files.fetched == [f"/{kmz.md5}.kmz"]
    for topic, payload in cloud.raw:
        if dock.sn in topic and topic.endswith(("/events", "/requests")):
            message = dji.decode(topic, payload, product=dock.model.key)
            assert message.oddities == []
            assert message.unknown_fields == ()


async def test_pause_holds_the_aircraft_and_recovery_lets_it_go_on(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    dock = await make_dock(speed=FAST)
    kmz = route(dock, metres=300)
    offer(cloud, files, kmz)
    flight_id = await fly(cloud, dock, kmz)
    await progress(cloud, flight_id, "in_progress", where={"wayline_mission_state": 6})
    assert await cloud.result(dock.sn, "flighttask_pause") == 0
    paused = await progress(cloud, flight_id, "paused")
    assert paused.raw["output"]["ext"]["break_point"]["wayline_id"] == 0
    here = dock.aircraft.position
    assert await cloud.result(dock.sn, "flighttask_pause") == 319046
    assert dock.aircraft.position == here
    assert await cloud.result(dock.sn, "flighttask_recovery") == 0
    assert (await progress(cloud, flight_id, "ok", "failed")).result == 0


async def test_return_home_ends_the_task_and_says_by_which_way(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    dock = await make_dock(speed=FAST)
    kmz = route(dock, metres=600)
    offer(cloud, files, kmz)
    flight_id = await fly(cloud, dock, kmz)
    assert await cloud.result(dock.sn, "return_home") == 316024
    await dock.wait_for(lambda d: d.aircraft.elevation > 5)
    assert await cloud.result(dock.sn, "return_home") == 0
    done = await progress(cloud, flight_id, "canceled")
    assert done.raw["result"] == 322283
    way = await cloud.event("return_home_info")
    assert way["flight_id"] == flight_id
    assert dock.aircraft.position == dock.home


async def test_stop_brings_a_dock_3_home_and_a_dock_1_has_no_such_method(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    third, first = await make_dock(speed=FAST), await make_dock(model="dock1", complains=True)
    kmz = route(third, metres=600)
    offer(cloud, files, kmz)
    flight_id = await fly(cloud, third, kmz)
    await third.wait_for(lambda d: d.aircraft.elevation > 5)
    assert await cloud.result(third.sn, "flighttask_stop", {"flight_id": flight_id, "reason": 0}) == 0
    assert (await progress(cloud, flight_id, "canceled")).raw["result"] == 0
    assert await cloud.result(third.sn, "flighttask_stop", {"flight_id": flight_id, "reason": 0}) == 321259
    assert await cloud.result(first.sn, "flighttask_stop", {"flight_id": flight_id, "reason": 0}) == 210003


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"battery": 25}, 316009),
        ({"wind_speed": 13}, 514135),
        ({"rainfall": 3}, 514134),
        ({"aircraft_inside": False}, 514155),
        ({"emergency_stop": 1}, 514121),
    ],
)
async def test_execute_is_refused_for_what_keeps_an_aircraft_down(
    cloud: Cloud, make_dock: MakeDock, files: FileServer, values: dict[str, float], code: int
) -> None:
    dock = await make_dock()
    kmz = route(dock)
    offer(cloud, files, kmz)
    flight_id = uuid.uuid4().hex
    assert await cloud.result(dock.sn, "flighttask_prepare", prepared(flight_id, kmz)) == 0
    world.apply(dock, values)
    assert await cloud.result(dock.sn, "flighttask_execute", {"flight_id": flight_id}) == code


async def test_prepare_is_refused_when_the_clocks_differ_and_when_a_task_runs(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    dock = await make_dock()
    kmz = route(dock)
    offer(cloud, files, kmz)
    late = prepared("f1", kmz, execute_time=now_ms() - 31_000)
    assert await cloud.result(dock.sn, "flighttask_prepare", late) == 319008
    assert await cloud.result(dock.sn, "flighttask_execute", {"flight_id": "f1"}) == 319003
    flight_id = await fly(cloud, dock, kmz)
    assert await cloud.result(dock.sn, "flighttask_prepare", prepared("f2", kmz)) == 319016
    assert await cloud.result(dock.sn, "flighttask_execute", {"flight_id": flight_id}) == 321257


async def test_a_malformed_command_is_refused_and_recorded(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(complains=True)
    kmz = route(dock)
    data = prepared("f1", kmz)
    del data["rth_altitude"]
    data["file"]["colour"] = "red"
    assert await cloud.raw_result(dock.sn, "flighttask_prepare", data) == 514171
    assert "data.rth_altitude: missing" in dock.complaints[0]
    assert "data.file.colour: no such field" in dock.complaints[0]


async def test_a_file_with_another_md5_fails_the_task(cloud: Cloud, make_dock: MakeDock, files: FileServer) -> None:
    dock = await make_dock()
    kmz = route(dock)
    url = files.url("other.kmz", b"other")
    cloud.answers["flighttask_resource_get"] = lambda message: {"file": {"url": url, "fingerprint": kmz.md5}}
    assert await cloud.result(dock.sn, "flighttask_prepare", prepared("f9", kmz)) == 0
    assert (await progress(cloud, "f9", "failed")).raw["result"] == 314016
    assert not dock.wayline.tasks


async def test_a_retried_execute_is_answered_again_and_carried_out_once(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    dock = await make_dock(speed=FAST)
    kmz = route(dock)
    offer(cloud, files, kmz)
    tid = str(uuid.uuid4())
    flight_id = uuid.uuid4().hex
    await cloud.result(dock.sn, "flighttask_prepare", prepared(flight_id, kmz))
    for _ in range(3):
        await cloud.send(dock.sn, "flighttask_execute", {"flight_id": flight_id}, tid=tid, bid=flight_id)
    await cloud.hear(lambda m: len(cloud.all(Kind.SERVICES_REPLY, "flighttask_execute")) == 3)
    assert {(r.result, r.tid) for r in cloud.all(Kind.SERVICES_REPLY, "flighttask_execute")} == {(0, tid)}
    assert dock.link.executed[tid] == 1
    assert [c.method for c in dock.link.commands].count("flighttask_execute") == 3


async def test_a_conditional_task_says_when_it_is_ready(cloud: Cloud, make_dock: MakeDock, files: FileServer) -> None:
    dock = await make_dock(battery=40)
    kmz = route(dock)
    offer(cloud, files, kmz)
    conditions = {"battery_capacity": 60, "begin_time": now_ms(), "end_time": now_ms() + 60_000}
    data = prepared("cond", kmz, task_type=2, ready_conditions=conditions)
    assert await cloud.result(dock.sn, "flighttask_prepare", data) == 0
    world.apply(dock, {"battery": 80})
    assert await cloud.event("flighttask_ready") == {"flight_ids": ["cond"]}


async def test_undo_drops_what_was_prepared(cloud: Cloud, make_dock: MakeDock, files: FileServer) -> None:
    dock = await make_dock()
    kmz = route(dock)
    offer(cloud, files, kmz)
    await cloud.result(dock.sn, "flighttask_prepare", prepared("gone", kmz))
    assert await cloud.result(dock.sn, "flighttask_undo", {"flight_ids": ["gone"]}) == 0
    assert (await progress(cloud, "gone", "canceled")).raw["result"] == 0
    assert await cloud.result(dock.sn, "flighttask_execute", {"flight_id": "gone"}) == 319003


async def test_a_dock_that_restarts_in_flight_loses_the_task_but_not_the_aircraft(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    dock: SimDock = await make_dock(speed=FAST, model="dock2")
    kmz = route(dock, metres=900)
    offer(cloud, files, kmz)
    flight_id = await fly(cloud, dock, kmz)
    await dock.wait_for(lambda d: d.aircraft.home_distance > 50)
    dock.reboot(0.2)
    done = await progress(cloud, flight_id, "failed")
    assert done.raw["result"] == 314011
    assert dock.aircraft.position == dock.home
    assert dock.state.mode is DockMode.IDLE
