"""Misbehaviour: rules, and the scenarios that are shipped."""

from __future__ import annotations

import re
import uuid
from collections.abc import AsyncIterator
from typing import Any

import pytest
import yaml

from dji.topics import Kind
from simulator import scenario
from simulator.scenario import Rule, Scenario, ScenarioError
from tests.simulator.cloud import Cloud
from tests.simulator.conftest import MakeDock
from tests.simulator.flying import fly, offer, prepared, progress
from tests.simulator.routes import FileServer, file_server, route


@pytest.fixture
async def files() -> AsyncIterator[FileServer]:
    async with file_server() as server:
        yield server


@pytest.mark.parametrize("name", scenario.names())
def test_every_shipped_scenario_can_be_read_and_says_what_it_is(name: str) -> None:
    found = scenario.load(name)
    assert found.name == name
    assert found.description
    assert found.model_copy(update={"name": "", "description": ""}) != Scenario(name="")


def test_the_readme_shows_a_scenario_that_can_be_read_and_names_all_that_are_shipped() -> None:
    text = (scenario.SHIPPED.parent / "README.md").read_text()
    example = text.partition("```yaml\n")[2].partition("```")[0]
    assert len(Scenario.model_validate(yaml.load(example, scenario.Yaml12)).rules) == 2  # noqa: S506  # a SafeLoader
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == scenario.names()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"rules": [{"on": "reply", "do": "result"}]}, "code"),
        ({"rules": [{"on": "reply", "do": "set"}]}, "values"),
        ({"rules": [{"on": "moon", "do": "delay"}]}, "rules.0.on"),
        ({"colour": "red"}, "colour"),
        ({"rules": [{"on": "step", "do": "garbage"}]}, "rules.0: do: garbage cannot be done on step"),
        ({"rules": [{"on": "command", "method": "cover_opn", "do": "silence"}]}, "did you mean cover_open"),
        ({"rules": [{"on": "osd", "method": "osd", "do": "garbage"}]}, "messages of osd have none"),
        ({"rules": [{"on": "step", "do": "set", "values": {"batery": 5}}]}, "batery: not known"),
        ({"world": {"battery": "full"}}, "battery: 'full' is no number"),
        ({"world": {"battery": 120}}, "battery: 120 is not from 0 to 100"),
        ({"world": {"emergency_stop": "yes"}}, "emergency_stop: 'yes' is no yes or no"),
        ({"lacks": ["flightask_stop"]}, "did you mean flighttask_stop"),
    ],
)
def test_a_bad_scenario_names_its_field(content: dict[str, Any], field: str) -> None:
    with pytest.raises(ScenarioError, match=field):
        scenario.load(content)


def test_a_rule_strikes_when_it_is_its_turn() -> None:
    rule = Rule(on="event", do="silence", method="flighttask_*", skip=1, times=2)
    turns = [rule.strikes("event", "flighttask_progress") for _ in range(5)]
    assert turns == [False, True, True, False, False]
    assert not rule.strikes("event", "hms")
    assert not rule.strikes("reply", "flighttask_progress")


def rules(*content: dict[str, Any]) -> Scenario:
    return Scenario.model_validate({"rules": list(content)})


async def test_silence_delay_and_codes_of_commands(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(
        scenario=rules(
            {"on": "command", "method": "debug_mode_open", "do": "silence"},
            {"on": "command", "method": "debug_mode_close", "do": "result", "code": 514141},
        )
    )
    tid = await cloud.send(dock.sn, "debug_mode_open")
    assert await cloud.result(dock.sn, "debug_mode_close") == 514141
    assert not [m for m in cloud.all(Kind.SERVICES_REPLY, "debug_mode_open") if m.tid == tid]
    assert dock.link.executed[tid] == 0


async def test_a_command_that_was_not_heard_is_heard_when_it_comes_again(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(scenario=rules({"on": "command", "method": "debug_mode_open", "do": "silence"}))
    tid = str(uuid.uuid4())
    await cloud.send(dock.sn, "debug_mode_open", tid=tid)
    assert await cloud.result(dock.sn, "debug_mode_open", tid=tid) == 0
    assert dock.link.executed[tid] == 1


async def test_wrong_ids_duplicates_and_halves(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(
        scenario=rules(
            {"on": "reply", "method": "debug_mode_open", "do": "wrong_tid"},
            {"on": "reply", "method": "debug_mode_close", "do": "duplicate", "count": 3},
            {"on": "osd", "do": "garbage"},
        )
    )
    tid = await cloud.send(dock.sn, "debug_mode_open")
    reply = await cloud.hear(lambda m: m.kind is Kind.SERVICES_REPLY and m.method == "debug_mode_open")
    assert reply.tid != tid
    await cloud.result(dock.sn, "debug_mode_close")
    await cloud.hear(lambda m: len(cloud.all(Kind.SERVICES_REPLY, "debug_mode_close")) == 3)
    await cloud.hear(lambda m: m.kind is Kind.OSD and m.sn == dock.sn)
    halves = [p for t, p in cloud.raw if t.endswith(f"{dock.sn}/osd") and not p.endswith(b"}")]
    assert len(halves) == 1


async def test_a_connection_that_is_lost_with_a_reply_loses_the_reply_and_a_retry_gets_it(
    cloud: Cloud, make_dock: MakeDock
) -> None:
    dock = await make_dock(
        model="dock2", scenario=rules({"on": "reply", "method": "debug_mode_open", "do": "disconnect", "seconds": 0.1})
    )
    tid = await cloud.send(dock.sn, "debug_mode_open")
    await dock.wait_for(lambda d: d.link.connects == 2 and d.online)
    assert await cloud.result(dock.sn, "debug_mode_open", tid=tid) == 0
    assert dock.link.executed[tid] == 1


@pytest.mark.parametrize(("name", "code"), [("wind", 321784), ("low_battery", 321773)])
async def test_a_flight_that_has_to_end_early_comes_home_and_says_why(
    cloud: Cloud, make_dock: MakeDock, files: FileServer, name: str, code: int
) -> None:
    dock = await make_dock(speed=20, scenario=name)
    kmz = route(dock, metres=300)
    offer(cloud, files, kmz)
    flight_id = await fly(cloud, dock, kmz)
    done = await progress(cloud, flight_id, "failed")
    assert done.raw["result"] == code
    assert done.raw["output"]["ext"]["break_point"]["break_reason"] in (773, 784)
    assert dock.aircraft.position == dock.home


async def test_a_flight_goes_on_while_the_radio_is_bad_and_its_end_is_told(
    cloud: Cloud, make_dock: MakeDock, files: FileServer
) -> None:
    dock = await make_dock(speed=20, scenario="bad_radio", model="dock2")
    kmz = route(dock)
    offer(cloud, files, kmz)
    flight_id = uuid.uuid4().hex
    assert await cloud.result(dock.sn, "flighttask_prepare", prepared(flight_id, kmz), bid=flight_id) == 0
    await cloud.send(dock.sn, "flighttask_execute", {"flight_id": flight_id}, bid=flight_id)
    assert (await progress(cloud, flight_id, "ok", "failed")).raw["result"] == 0
    assert dock.link.connects >= 3  # on the fast clock some of the losses fall into one


async def test_a_clock_that_is_off_refuses_immediate_tasks(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(scenario="clock_off")
    assert await cloud.result(dock.sn, "flighttask_prepare", prepared("f", route(dock))) == 319008


async def test_old_firmware_says_yes_and_does_nothing(cloud: Cloud, make_dock: MakeDock) -> None:
    dock = await make_dock(scenario="old_firmware")
    assert await cloud.result(dock.sn, "flighttask_stop", {"flight_id": "f", "reason": 0}) == 0
