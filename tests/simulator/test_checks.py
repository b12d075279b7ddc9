"""A dock that is sent what the protocol does not allow complains, and so fails the test that sent it."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from dji.products import DOCK_MODELS
from dji.topics import Kind, topic_of
from simulator.dock import SimDock
from tests.simulator import commands
from tests.simulator.cloud import Cloud, now_ms
from tests.simulator.conftest import MakeDock, docks_of

IDS = {"tid": "one of its own is put in here", "bid": "b"}
STICKS = {"roll": 1024, "pitch": 9999, "throttle": 1024, "yaw": 1024}

# What is sent on which topic, and what is said of it. `timestamp` is added where it is not None.
WRONG: list[tuple[Kind, Any, str]] = [
    (Kind.SERVICES, {**IDS, "method": "cover_open", "data": {"speed": 1}}, "data.speed: no such field"),
    (Kind.SERVICES, {**IDS, "method": "cover_opn", "data": {}}, "no such method on services"),
    (Kind.SERVICES, {"bid": "b", "method": "cover_open", "data": None}, "tid: missing"),
    (Kind.SERVICES, {**IDS, "method": "cover_open", "data": None, "timestamp": 1}, "13 digits of ms"),
    (Kind.SERVICES, {**IDS, "method": "flighttask_undo", "data": {"flight_ids": "f"}}, "data.flight_ids: 'f'"),
    (Kind.SERVICES, {**IDS, "method": "alarm_state_switch", "data": {"action": 7}}, "data.action: 7"),
    (Kind.SERVICES, {**IDS, "method": "live_start_push", "data": {"url_type": 4}}, "data.url: missing"),
    (Kind.SERVICES, "cover_open", "an object was expected"),
    (Kind.PROPERTY_SET, {**IDS, "data": {"silent_mode": 1, "height_limit": 100}}, "2 values"),
    (Kind.PROPERTY_SET, {**IDS, "data": {"height_limit": 5}}, "data.height_limit: 5"),
    (Kind.PROPERTY_SET, {**IDS, "data": {"mode_code": 1}}, "data.mode_code: no such field"),
    (Kind.REQUESTS_REPLY, {**IDS, "method": "storage_config_get", "data": {"result": "0"}}, "data.result: '0'"),
    (Kind.REQUESTS_REPLY, {**IDS, "method": "config", "data": {"ntp_server_port": "ntp"}}, "data.ntp_server_port"),
    (Kind.EVENTS_REPLY, {"method": "hms", "data": {"result": 0}}, "tid: missing; bid: missing"),
    (Kind.STATUS_REPLY, {**IDS, "method": "update_topo", "data": {"result": 0, "output": {}}}, "data.output"),
]


async def send(cloud: Cloud, dock: SimDock, kind: Kind, message: Any) -> None:
    if isinstance(message, dict) and not kind.drc:
        message = {"timestamp": now_ms(), **message} | ({"tid": str(uuid.uuid4())} if "tid" in message else {})
    await cloud.client.publish(topic_of(kind, dock.sn), json.dumps(message), qos=1)


async def complaint(dock: SimDock, about: str) -> None:
    await dock.wait_for(lambda d: any(about in said for said in d.complaints))


async def test_whatever_is_wrong_is_complained_of_by_its_place(cloud: Cloud, make_dock: MakeDock) -> None:
    docks = [await make_dock(model=model, awake=True, complains=True) for model in DOCK_MODELS]
    for dock in docks:
        for kind, message, about in WRONG:
            dock.complaints.clear()
            await send(cloud, dock, kind, message)
            await complaint(dock, about)
        executed = [command for command in dock.link.commands if dock.link.executed[command.tid]]
        assert executed == []


async def test_what_goes_over_the_live_link_is_checked_as_well(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(flying=True, complains=True)
    enter = commands.services(dock)["drc_mode_enter"]
    account = {"username": cloud.broker.username, "password": cloud.broker.password}
    enter["mqtt_broker"] |= {"address": f"{cloud.broker.host}:{cloud.broker.port}", "client_id": dock.sn, **account}
    assert await cloud.result(dock.sn, "drc_mode_enter", enter) == 0
    await dock.wait_for(lambda d: d.state.drc_state == 2)
    for message, about in (
        ({"method": "stick_control", "seq": 1, "data": STICKS}, "data.pitch: 9999"),
        ({"method": "heart_beat", "seq": 1, "data": {}}, "data.timestamp: missing"),
        ({"method": "drc_fly_away", "seq": 1, "data": {}}, "no such method on drc_down"),
    ):
        await send(cloud, dock, Kind.DRC_DOWN, message)
        await complaint(dock, about)


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_complaint_fails_the_test_that_caused_it(cloud: Cloud, allowed: bool) -> None:
    async def cause() -> None:
        async with docks_of(cloud) as make:
            dock = await make(complains=allowed)
            await send(cloud, dock, Kind.PROPERTY_SET, {**IDS, "data": {}})
            await complaint(dock, "0 values")

    if allowed:
        await cause()
    else:
        with pytest.raises(AssertionError):
            await cause()
