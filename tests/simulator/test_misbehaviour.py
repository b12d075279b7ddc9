"""Every way to misbehave, on every dock, for messages of each kind, told over the control API's own rules."""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

import dji
from dji.products import DOCK_MODELS, DockModel
from dji.topics import Kind
from simulator.control import application
from simulator.dock import SimDock
from simulator.fleet import Fleet
from tests.simulator import commands
from tests.simulator.cloud import Cloud, now_ms
from tests.simulator.conftest import MakeDock


class Steered:
    """A dock, and the control API that makes it misbehave."""

    def __init__(self, dock: SimDock, http: httpx.AsyncClient) -> None:
        self.dock = dock
        self.http = http

    async def tell(self, what: str, **body: Any) -> None:
        answer = await self.http.post(f"/docks/{self.dock.sn}/{what}", json=body)
        assert answer.status_code == 200, answer.text


@pytest.fixture(params=DOCK_MODELS)
async def steered(request: pytest.FixtureRequest, make_dock: MakeDock) -> AsyncIterator[Steered]:
    model: DockModel = request.param
    dock = await make_dock(model=model, awake=True, speed=20)
    fleet = Fleet()
    fleet.docks[dock.sn] = dock
    transport = httpx.ASGITransport(application(fleet))
    async with httpx.AsyncClient(transport=transport, base_url="http://simulator") as http:
        yield Steered(dock, http)


def replies(cloud: Cloud, steered: Steered, method: str) -> list[Any]:
    return cloud.all(Kind.SERVICES_REPLY, method, steered.dock.sn)


async def test_answers_are_silenced_delayed_doubled_and_spoiled_by_method(cloud: Cloud, steered: Steered) -> None:
    sn = steered.dock.sn
    for rule in (
        {"on": "command", "method": "debug_mode_open", "do": "silence"},
        {"on": "reply", "method": "supplement_light_open", "do": "delay", "seconds": 0.2},
        {"on": "reply", "method": "supplement_light_close", "do": "burst", "count": 5},
        {"on": "reply", "method": "debug_mode_close", "do": "garbage"},
    ):
        await steered.tell("rules", **rule)
    unheard = await cloud.send(sn, "debug_mode_open")
    assert await cloud.result(sn, "debug_mode_open") == 0  # the second is heard
    assert unheard not in [reply.tid for reply in replies(cloud, steered, "debug_mode_open")]
    asked = time.monotonic()
    assert await cloud.result(sn, "supplement_light_open") == 0
    assert time.monotonic() - asked >= 0.2
    await cloud.result(sn, "supplement_light_close")
    await cloud.hear(lambda m: len(replies(cloud, steered, "supplement_light_close")) == 5)
    await cloud.send(sn, "debug_mode_close")
    await cloud.result(sn, "debug_mode_close")  # the second is whole
    halves = [p for t, p in cloud.raw if t.endswith(f"{sn}/services_reply") and not p.endswith(b"}")]
    assert len(halves) == 1


async def test_ids_codes_and_order_of_events_and_replies(cloud: Cloud, steered: Steered) -> None:
    sn = steered.dock.sn
    await cloud.result(sn, "debug_mode_open")
    await steered.tell("rules", on="reply", method="supplement_light_open", do="wrong_bid")
    await steered.tell("rules", on="reply", method="supplement_light_close", do="result", code=514103)
    await steered.tell("rules", on="command", method="cover_open", do="result", code=514100)
    bid = str(uuid.uuid4())
    reply = await cloud.command(sn, "supplement_light_open", bid=bid)
    assert reply.bid != bid
    assert await cloud.result(sn, "supplement_light_close") == 514103
    assert await cloud.result(sn, "cover_open") == 514100
    assert steered.dock.remote_debug.job is None  # it was refused, and nothing moved
    await steered.tell("rules", on="osd", do="silence", times=None)  # nothing else is to come between
    await steered.tell("rules", on="reply", method="alarm_state_switch", do="reorder")
    held = await cloud.send(sn, "alarm_state_switch", {"action": 1})
    await cloud.result(sn, "battery_store_mode_switch", {"action": 2})
    await cloud.hear(lambda m: m.kind is Kind.SERVICES_REPLY and m.tid == held)
    order = [m.method for m in cloud.heard if m.kind is Kind.SERVICES_REPLY and m.sn == sn][-2:]
    assert order == ["battery_store_mode_switch", "alarm_state_switch"]


async def test_a_connection_is_lost_and_a_dock_restarts_at_any_step(cloud: Cloud, steered: Steered) -> None:
    dock, sn = steered.dock, steered.dock.sn
    await steered.tell("rules", on="command", method="debug_mode_open", do="disconnect", seconds=0.1)
    await cloud.send(sn, "debug_mode_open")
    await dock.wait_for(lambda d: d.link.connects == 2 and d.online)
    boots = dock.memory.boots
    await steered.tell("rules", on="reply", method="debug_mode_open", do="reboot", seconds=0.1)
    await cloud.send(sn, "debug_mode_open")
    await dock.wait_for(lambda d: d.memory.boots == boots + 1 and d.online)
    await steered.tell("network", seconds=0.1)
    await dock.wait_for(lambda d: d.link.connects == 4 and d.online)
    assert await cloud.result(sn, "debug_mode_open") == 0


async def test_a_scenario_is_changed_while_it_runs_and_the_world_with_it(cloud: Cloud, steered: Steered) -> None:
    dock, sn = steered.dock, steered.dock.sn
    await steered.tell(
        "scenario",
        name="old",
        lacks=["debug_mode_open"],
        world={"battery": 12, "wind_speed": 14, "clock_offset": 90},
        rules=[{"on": "osd", "do": "duplicate", "times": None}],
    )
    assert await cloud.result(sn, "debug_mode_open") == 210004
    assert (dock.aircraft.battery, dock.weather.wind_speed, dock.clock.offset) == (12, 14, 90)
    await cloud.hear(lambda m: m.kind is Kind.OSD and m.sn == sn and sum(o.tid == m.tid for o in cloud.heard) == 2)
    wrong = await steered.http.post(f"/docks/{sn}/world", json={"battery": "low"})
    assert (wrong.status_code, "battery" in wrong.text) == (422, True)
    assert (await steered.http.post(f"/docks/{sn}/rules", json={"on": "step", "do": "burst"})).status_code == 422


async def test_the_live_link_misbehaves_too(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(model="dock2", flying=True)
    fleet = Fleet()
    fleet.docks[dock.sn] = dock
    enter = commands.services(dock)["drc_mode_enter"]
    enter["mqtt_broker"] |= {
        "address": f"{cloud.broker.host}:{cloud.broker.port}",
        "client_id": str(uuid.uuid4()),
        "username": cloud.broker.username,
        "password": cloud.broker.password,
    }
    assert await cloud.result(dock.sn, "drc_mode_enter", enter) == 0
    await dock.wait_for(lambda d: d.state.drc_state == 2)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(application(fleet)), base_url="http://s") as http:
        steered = Steered(dock, http)
        await steered.tell("rules", on="drc", method="delay_info_push", do="garbage")
        await steered.tell("rules", on="command", method="drone_emergency_stop", do="result", code=514300)
    await cloud.hear(lambda m: any(t.endswith("drc/up") and not p.endswith(b"}") for t, p in cloud.raw))
    stop = commands.drc(dock)["drone_emergency_stop"]
    await cloud.publish(dji.drc_command(dock.sn, "drone_emergency_stop", stop, seq=1, timestamp=now_ms()))
    refused = await cloud.hear(lambda m: m.kind is Kind.DRC_UP and m.method == "drone_emergency_stop")
    assert refused.result == 514300
