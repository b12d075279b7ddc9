"""Every method of every product: understood, answered, and all that a dock says keeps to the protocol."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

import dji
from dji.model import REGISTRY
from dji.products import DOCK_MODELS, DockModel
from dji.topics import Kind
from simulator.dock import SimDock
from simulator.remote_debug import JOBS
from tests.simulator import commands
from tests.simulator.cloud import Cloud, now_ms
from tests.simulator.conftest import MakeDock

DEBUG = {*JOBS, "debug_mode_open", "debug_mode_close", "supplement_light_open", "supplement_light_close"}
LAST = ("ota_create", "device_reboot", "drone_close", "takeoff_to_point")


def methods(product: str | None, kind: Kind) -> list[str]:
    return sorted(method for of, method in REGISTRY if of is kind and dji.supports(product, method, kind))


def speaks_well(cloud: Cloud, dock: SimDock) -> None:
    """Nothing that this dock or its aircraft has said is odd."""
    wrong = []
    for topic, payload in cloud.raw:
        if dock.sn not in topic and dock.aircraft_sn not in topic:
            continue
        message = dji.decode(topic, payload, product=dock.aircraft_key if dock.aircraft_sn in topic else dock.model.key)
        if message.kind.up and (message.oddities or message.unknown_fields):
            wrong.append((message.kind, message.method, message.oddities, message.unknown_fields))
    assert not wrong


def test_the_commands_of_these_tests_are_all_there_are(cloud: Cloud) -> None:
    for model in DOCK_MODELS:
        dock = SimDock(model=model)
        with_data = set(commands.services(dock))
        bare = {
            method
            for method in methods(dock.model.key, Kind.SERVICES)
            if not any(leaf.spec.required for leaf in dji.schema.table(REGISTRY[Kind.SERVICES, method]).values())
        }
        assert set(methods(dock.model.key, Kind.SERVICES)) <= with_data | bare
        assert set(methods(dock.model.key, Kind.DRC_DOWN)) <= set(commands.drc(dock))


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_every_service_is_answered_with_a_code_of_djis_or_done(
    cloud: Cloud, make_dock: MakeDock, model: DockModel
) -> None:
    dock = await make_dock(model=model, awake=True, speed=50, battery=60)
    await cloud.result(dock.sn, "payload_authority_grab", commands.services(dock)["payload_authority_grab"])
    for method in sorted(methods(None, Kind.SERVICES), key=lambda m: m in LAST):
        debug = method in DEBUG or method.endswith("_switch")
        if debug:
            await cloud.result(dock.sn, "debug_mode_open")
        data = commands.services(dock).get(method)
        if dji.supports(dock.model.key, method, Kind.SERVICES):
            result = await cloud.result(dock.sn, method, data)
            assert result is not None
            assert result == 0 or dji.errors.lookup(result).known, method
        else:
            assert await cloud.raw_result(dock.sn, method, data) == 210003
        await dock.wait_for(lambda d: d.remote_debug.job is None and not d.state.upgrading and d.online)
        if debug:
            await cloud.result(dock.sn, "debug_mode_close")
    speaks_well(cloud, dock)


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_every_command_of_the_live_link_is_answered(cloud: Cloud, make_dock: MakeDock, model: DockModel) -> None:
    dock = await make_dock(model=model, flying=True, speed=5)
    everything = commands.services(dock)
    broker = everything["drc_mode_enter"]["mqtt_broker"] | {
        "address": f"{cloud.broker.host}:{cloud.broker.port}",
        "client_id": str(uuid.uuid4()),
        "username": cloud.broker.username,
        "password": cloud.broker.password,
    }
    assert await cloud.result(dock.sn, "flight_authority_grab") == 0
    assert await cloud.result(dock.sn, "payload_authority_grab", everything["payload_authority_grab"]) == 0
    assert await cloud.result(dock.sn, "drc_mode_enter", everything["drc_mode_enter"] | {"mqtt_broker": broker}) == 0
    await dock.wait_for(lambda d: d.state.drc_state == 2)
    silent = {"stick_control", "drone_control"}
    for seq, method in enumerate(methods(dock.model.key, Kind.DRC_DOWN), start=100):
        data = commands.drc(dock)[method]
        in_data = dock.model.drc_seq_in_data
        if in_data and data is not None:
            data = data | {"seq": seq}
        await cloud.publish(dji.drc_command(dock.sn, method, data, seq=None if in_data else seq, timestamp=now_ms()))
        if method not in silent:
            await cloud.hear(lambda m, name=method: m.kind is Kind.DRC_UP and m.method == name)  # type: ignore[misc]
    pushes = ["osd_info_push", "hsi_info_push", "delay_info_push"]
    if model != "dock1":
        pushes += ["drc_drone_state_push", "drc_camera_state_push", "drc_camera_osd_info_push"]
    for push in pushes:
        await cloud.hear(lambda m, name=push: m.kind is Kind.DRC_UP and m.method == name)  # type: ignore[misc]
    assert await cloud.result(dock.sn, "drc_mode_exit") == 0
    await dock.wait_for(lambda d: d.state.drc_state == 0)
    speaks_well(cloud, dock)


async def test_sticks_move_the_aircraft_and_silence_means_neutral(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(flying=True)
    enter: dict[str, Any] = commands.services(dock)["drc_mode_enter"]
    enter["mqtt_broker"] |= {
        "address": f"{cloud.broker.host}:{cloud.broker.port}",
        "username": cloud.broker.username,
        "password": cloud.broker.password,
    }
    await cloud.result(dock.sn, "flight_authority_grab")
    await cloud.result(dock.sn, "drc_mode_enter", enter)
    await dock.wait_for(lambda d: d.state.drc_state == 2)
    up = {"roll": 1024, "pitch": 1024, "throttle": 1684, "yaw": 1024}
    height = dock.aircraft.position.height
    await cloud.publish(dji.drc_command(dock.sn, "stick_control", up, seq=1, timestamp=now_ms()))
    await cloud.hear(
        lambda m: (
            m.method == "osd_info_push" and m.sn == dock.sn and m.raw["height"] > height + 1 and m.raw["speed_z"] > 4
        )
    )
    await cloud.hear(lambda m: m.kind is Kind.DRC_UP and m.method == "osd_info_push" and m.raw["speed_z"] == 0)
    assert dock.aircraft.position.height < height + 8


async def test_notices_keep_to_the_protocol(cloud: Cloud, make_dock: MakeDock) -> None:
    third, first = await make_dock(awake=True), await make_dock(model="dock1", awake=True)
    both = ("airsense_warning", "joystick_invalid_notify", "device_exit_homing_notify", "psdk_floating_window_text")
    for dock, own in ((third, "obstacle_avoidance_notify"), (first, "flight_setup_exception_notify")):
        for method in (*both, own):
            dock.hms.notice(method)
            await cloud.hear(lambda m, dock=dock, name=method: m.method == name and m.sn == dock.sn)  # type: ignore[misc]
        speaks_well(cloud, dock)
