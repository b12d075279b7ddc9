"""What a dock says without being asked: on a low battery, off the way home, after a forced landing, of new pages."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

import dji
from dji.products import DOCK_MODELS, DockModel
from dji.topics import Kind
from simulator import world
from simulator.dock import SimDock
from simulator.state import AircraftMode, Cover, DockMode
from tests.simulator import commands
from tests.simulator.cloud import Cloud, now_ms
from tests.simulator.conftest import MakeDock
from tests.simulator.routes import FileServer, file_server

FAST = 25.0


@pytest.fixture
async def files() -> AsyncIterator[FileServer]:
    async with file_server() as server:
        yield server


async def in_the_air(cloud: Cloud, dock: SimDock) -> None:
    """Take off to a point, and be there."""
    assert await cloud.result(dock.sn, "takeoff_to_point", commands.services(dock)["takeoff_to_point"]) == 0
    await told(cloud, dock, "takeoff_to_point_progress", "task_finish")


async def told(cloud: Cloud, dock: SimDock, method: str, status: str) -> Any:
    """The data of the dock's first event of this status."""
    message = await cloud.hear(
        lambda m: m.kind is Kind.EVENTS and (m.sn, m.method) == (dock.sn, method) and m.raw["status"] == status
    )
    assert message.oddities == []
    return message.raw


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_a_low_battery_ends_a_flight_by_command_and_takes_the_sticks(
    cloud: Cloud, make_dock: MakeDock, model: DockModel
) -> None:
    dock = await make_dock(model=model, awake=True, speed=FAST)
    await in_the_air(cloud, dock)
    far = commands.services(dock)["fly_to_point"]
    far["points"][0]["latitude"] += 0.02
    assert await cloud.result(dock.sn, "fly_to_point", far) == 0
    world.apply(dock, {"battery": 7})
    assert (await told(cloud, dock, "fly_to_point_progress", "wayline_failed"))["result"] == 338051
    assert await cloud.event("joystick_invalid_notify") == {"reason": 1}
    assert (await cloud.event("return_home_info"))["flight_id"] == "takeoff"
    await cloud.hear(
        lambda m: m.kind is Kind.EVENTS and m.method == "hms" and any(a["code"] == "0x1611000C" for a in m.raw["list"])
    )
    await dock.wait_for(lambda d: d.state.mode is DockMode.IDLE)
    assert (dock.aircraft.position, dock.state.aircraft_inside, dock.state.charging) == (dock.home, True, True)


async def test_a_take_off_that_is_called_home_says_that_it_is_cancelled(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(awake=True, speed=FAST / 4)  # slow enough to be called home before it arrives
    assert await cloud.result(dock.sn, "takeoff_to_point", commands.services(dock)["takeoff_to_point"]) == 0
    await told(cloud, dock, "takeoff_to_point_progress", "wayline_progress")
    assert await cloud.result(dock.sn, "return_home") == 0
    assert (await told(cloud, dock, "takeoff_to_point_progress", "wayline_cancel"))["result"] == 0
    await dock.wait_for(lambda d: d.state.mode is DockMode.IDLE)


async def live(cloud: Cloud, dock: SimDock) -> None:
    """Open the link of the live flight controls."""
    enter = commands.services(dock)["drc_mode_enter"]
    account = {"username": cloud.broker.username, "password": cloud.broker.password}
    enter["mqtt_broker"] |= {"address": f"{cloud.broker.host}:{cloud.broker.port}", "client_id": dock.sn, **account}
    assert await cloud.result(dock.sn, "drc_mode_enter", enter) == 0
    await dock.wait_for(lambda d: d.state.drc_state == 2)


async def order(cloud: Cloud, dock: SimDock, method: str, data: Any, seq: int) -> None:
    await cloud.publish(dji.drc_command(dock.sn, method, data, seq=seq, timestamp=now_ms()))


async def test_sticks_take_the_aircraft_off_its_way_home_and_that_is_told(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(awake=True, speed=FAST)
    await in_the_air(cloud, dock)
    await live(cloud, dock)
    assert await cloud.result(dock.sn, "return_home") == 0
    await order(cloud, dock, "stick_control", {"roll": 1024, "pitch": 1024, "throttle": 1300, "yaw": 1024}, 1)
    assert await cloud.event("device_exit_homing_notify") == {"sn": dock.sn, "action": 1, "reason": 0}
    assert dock.aircraft.mode is AircraftMode.VIRTUAL_STICK
    assert await cloud.result(dock.sn, "return_home") == 0
    await cloud.event("device_exit_homing_notify", lambda data: data["action"] == 0)
    await dock.wait_for(lambda d: d.state.mode is DockMode.IDLE)


async def test_a_forced_landing_can_be_stopped_and_leaves_the_aircraft_where_it_comes_down(
    cloud: Cloud, make_dock: MakeDock
) -> None:
    dock = await make_dock(model="dock2", awake=True, speed=FAST)
    await in_the_air(cloud, dock)
    await live(cloud, dock)
    await order(cloud, dock, "drc_force_landing", None, 1)
    await dock.wait_for(lambda d: d.aircraft.mode is AircraftMode.FORCED_LANDING)
    await order(cloud, dock, "drone_emergency_stop", None, 2)
    await cloud.hear(lambda m: m.kind is Kind.DRC_UP and m.method == "drone_emergency_stop" and m.result == 0)
    assert dock.aircraft.flying
    await order(cloud, dock, "drc_force_landing", None, 3)
    await dock.wait_for(lambda d: d.state.mode is DockMode.IDLE)
    assert not dock.state.aircraft_inside
    assert not dock.state.charging
    assert (dock.aircraft.mode, dock.state.cover) == (AircraftMode.STANDBY, Cover.CLOSED)
    assert dock.aircraft.home_distance > 50
    assert await cloud.result(dock.sn, "takeoff_to_point", commands.services(dock)["takeoff_to_point"]) == 514155


async def test_the_live_link_says_why_there_is_none_and_a_sleeping_aircraft_pushes_nothing(
    cloud: Cloud, make_dock: MakeDock
) -> None:
    dock = await make_dock()
    enter = commands.services(dock)["drc_mode_enter"]
    assert await cloud.result(dock.sn, "drc_mode_enter", enter) == 0  # nobody listens there
    await cloud.event("drc_status_notify", lambda data: data == {"result": 514303, "drc_state": 0})
    enter["mqtt_broker"] |= {"address": f"{cloud.broker.host}:{cloud.broker.port}", "expire_time": 1}
    assert await cloud.result(dock.sn, "drc_mode_enter", enter) == 0
    await cloud.event("drc_status_notify", lambda data: data == {"result": 514304, "drc_state": 0})
    await live(cloud, dock)
    await order(cloud, dock, "drc_night_lights_state_set", {"night_lights_state": 1}, 1)
    refused = await cloud.hear(lambda m: m.kind is Kind.DRC_UP and m.method == "drc_night_lights_state_set")
    assert refused.result == 319030
    assert not cloud.all(Kind.DRC_UP, "osd_info_push")
    await dock.device.wake()
    await cloud.hear(lambda m: m.kind is Kind.DRC_UP and m.method == "osd_info_push")


async def test_a_map_is_fetched_when_there_is_a_new_one(cloud: Cloud, make_dock: MakeDock, files: FileServer) -> None:
    dock = await make_dock()
    content = b"terrain"
    file = {"name": "map.bin", "url": files.url("map.bin", content), "size": len(content)}
    good = file | {"checksum": hashlib.sha256(content).hexdigest()}
    cloud.answers["offline_map_get"] = lambda message: {"offline_map_enable": True, "files": [good]}
    assert await cloud.result(dock.sn, "offline_map_update") == 0
    await told(cloud, dock, "offline_map_sync_progress", "synchronized")
    cloud.answers["offline_map_get"] = lambda message: {"files": [file | {"checksum": "0" * 64}]}
    await cloud.result(dock.sn, "offline_map_update")
    assert (await told(cloud, dock, "offline_map_sync_progress", "fail"))["reason"] == 12


async def test_a_payload_that_is_mounted_has_its_pages_uploaded(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    dock = await make_dock(awake=True)
    dock.hms.notice("psdk_ui_resource_upload_result")
    asked = await cloud.hear(lambda m: m.kind is Kind.REQUESTS and m.method == "storage_config_get")
    assert asked.raw == {"module": 1}
    result = await cloud.event("psdk_ui_resource_upload_result")
    assert (result["result"], result["object_key"]) == (327067, "")  # this cloud has no storage
    state = await cloud.hear(lambda m: m.kind is Kind.STATE and m.raw == {"psdk_ui_resource": []})
    assert state.sn == dock.aircraft_sn
