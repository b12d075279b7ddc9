"""Topology, osd, state and properties."""

from __future__ import annotations

import uuid

import pytest

import dji
from dji.products import DOCK_MODELS, DockModel
from dji.topics import Kind
from simulator.dock import SimDock
from tests.simulator.cloud import Cloud, now_ms
from tests.simulator.conftest import MakeDock


async def osd_round(cloud: Cloud, dock: SimDock) -> list[dji.Message]:
    """One round of a dock's osd."""
    cloud.forget()
    await cloud.hear(lambda m: m.kind is Kind.OSD and m.sn == dock.sn and "cover_state" in m.raw)
    return cloud.all(Kind.OSD, sn=dock.sn)


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_osd_is_split_as_the_model_does_and_keeps_to_the_protocol(
    cloud: Cloud, make_dock: MakeDock, model: DockModel
) -> None:
    dock = await make_dock(model=model, awake=True)
    await cloud.hear(lambda m: m.kind is Kind.OSD and m.sn == dock.aircraft_sn)
    parts = await osd_round(cloud, dock)
    assert len(parts) == len(dock.model.osd)
    for topic, payload in cloud.raw:
        if dock.sn in topic or dock.aircraft_sn in topic:
            aircraft = dock.aircraft_sn in topic
            message = dji.decode(topic, payload, product=dock.aircraft_key if aircraft else dock.model.key)
            assert message.oddities == []
            assert message.unknown_fields == ()


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_state_keeps_to_the_protocol_and_holds_the_capacity(
    cloud: Cloud, make_dock: MakeDock, model: DockModel
) -> None:
    dock = await make_dock(model=model, awake=True)
    await cloud.hear(lambda m: m.kind is Kind.STATE and m.sn == dock.aircraft_sn)
    told = await cloud.hear(lambda m: m.kind is Kind.STATE and m.sn == dock.sn and "live_capacity" in m.raw)
    sns = [device["sn"] for device in told.raw["live_capacity"]["device_list"]]
    assert sns == [dock.sn, dock.aircraft_sn]
    for topic, payload in cloud.raw:
        if topic.endswith("/state") and (dock.sn in topic or dock.aircraft_sn in topic):
            product = dock.aircraft_key if dock.aircraft_sn in topic else dock.model.key
            message = dji.decode(topic, payload, product=product)
            assert message.oddities == []
            assert message.unknown_fields == ()


async def test_an_aircraft_that_sleeps_says_nothing_and_is_in_no_topology(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock()
    await osd_round(cloud, dock)
    assert not cloud.all(Kind.OSD, sn=dock.aircraft_sn)
    await dock.device.wake()
    topology = await cloud.hear(lambda m: m.kind is Kind.STATUS and bool(m.raw["sub_devices"]))
    assert topology.raw["sub_devices"][0]["sn"] == dock.aircraft_sn
    await cloud.hear(lambda m: m.kind is Kind.STATE and m.sn == dock.aircraft_sn)
    await cloud.hear(lambda m: m.kind is Kind.OSD and m.sn == dock.aircraft_sn)


async def set_property(cloud: Cloud, dock: SimDock, **properties: object) -> object:
    tid = str(uuid.uuid4())
    names = {name.replace("__", "."): value for name, value in properties.items()}
    await cloud.publish(dji.property_set(dock.sn, names, tid=tid, bid=tid, timestamp=now_ms()))
    return (await cloud.hear(lambda m: m.kind is Kind.PROPERTY_SET_REPLY and m.tid == tid)).raw


async def test_a_property_is_set_one_leaf_a_message(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(awake=True, complains=True)
    assert await set_property(cloud, dock, silent_mode=1) == {"silent_mode": {"result": 0}}
    await cloud.hear(lambda m: m.kind is Kind.STATE and m.raw == {"silent_mode": 1})
    reply = await set_property(cloud, dock, distance_limit_status__state=1)
    assert reply == {"distance_limit_status": {"state": {"result": 0}}}
    assert dock.aircraft.settings["distance_limit_status"]["state"] == 1
    assert not dock.complaints
    await set_property(cloud, dock, silent_mode=0, height_limit=100)
    assert dock.complaints


async def test_a_property_of_a_sleeping_aircraft_or_of_another_model_fails(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(model="dock1")
    assert await set_property(cloud, dock, height_limit=100) == {"height_limit": {"result": 1}}
    assert await set_property(cloud, dock, air_transfer_enable=True) == {"air_transfer_enable": {"result": 1}}
