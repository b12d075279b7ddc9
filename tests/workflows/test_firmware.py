"""Saga `firmware`: a dock is upgraded once, and only the version that it reports makes it so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType

from activities.mqtt import CommandRequest, CommandSent
from activities.push import PushSteps
from dji.products import DockModel
from simulator.scenario import Scenario
from store.facts import LeaseAnswer, LeaseRelease, LeaseRequest, LeaseTake, UnassignDock
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.rollouts import NEW, QUICK, Rolling
from tests.workflows.world import ACTOR, World
from workflows import names
from workflows.inputs import DockInput
from workflows.waking import ask_dock


@pytest.fixture
def rolling(world: World, org: Org) -> Rolling:
    return Rolling(world, org)


UPGRADING = 3  # mode_code
MODELS: tuple[DockModel, ...] = ("dock1", "dock2", "dock3")


@pytest.mark.parametrize("model", MODELS)
async def test_a_dock_is_upgraded_once_and_proves_it_by_its_version(rolling: Rolling, model: DockModel) -> None:
    world = rolling.world
    async with rolling.dock(model) as sim:
        before = sim.memory.dock_firmware
        saga = await rolling.start([sim], await rolling.package(sim))
        rollout = await rolling.until(saga, "completed")
        push = await rolling.push(saga, sim.sn)
        assert (push.status, push.attempt, push.before["dock"]) == ("succeeded", 1, before)
        assert push.after == {sim.sn: NEW[model]}
        assert sim.memory.dock_firmware == NEW[model]
        assert len(sim.firmware.history) == 1
        assert rollout.counts.succeeded == 1
        assert rollout.report is not None
        assert rollout.report["counts"]["succeeded"] == 1
        [command] = await world.sent(sim.sn, "ota_create")
        assert "http" not in str(command.data)
        await world.until_free(sim.sn)
        history = await world.temporal.get_workflow_handle(names.firmware_id(rollout.id, sim.sn)).fetch_history()
        assert len(history.events) <= 60


@pytest.mark.parametrize("model", MODELS)
async def test_dock_and_aircraft_are_upgraded_together(rolling: Rolling, model: DockModel) -> None:
    async with rolling.dock(model, awake=True) as sim:
        packages = [await rolling.package(sim), await rolling.package(sim, "aircraft")]
        saga = await rolling.start([sim], *packages)
        await rolling.until(saga, "completed")
        push = await rolling.push(saga, sim.sn)
        assert push.after == dict.fromkeys((sim.sn, sim.aircraft_sn), NEW[model])
        assert (sim.memory.dock_firmware, sim.memory.aircraft_firmware) == (NEW[model], NEW[model])


async def test_a_dock_that_has_the_version_is_left_alone(rolling: Rolling) -> None:
    async with rolling.dock() as sim:
        saga = await rolling.start([sim], await rolling.package(sim, version=sim.memory.dock_firmware))
        await rolling.until(saga, "completed")
        assert (await rolling.push(saga, sim.sn)).phase == "has it already"
        assert await rolling.world.sent(sim.sn, "ota_create") == []


async def test_the_old_version_after_the_restart_is_a_failure_after_all_tries(rolling: Rolling) -> None:
    async with rolling.dock(scenario="stubborn_firmware") as sim:
        saga = await rolling.start([sim], await rolling.package(sim), attempts=2, abort_percent=None)
        await rolling.until(saga, "attention")
        push = await rolling.push(saga, sim.sn)
        assert (push.status, push.attempt) == ("failed", 2)
        assert sim.memory.dock_firmware in (push.reason or "")
        await rolling.world.until_free(sim.sn)
        assert len(await rolling.world.sent(sim.sn, "ota_create")) == 2


async def test_a_curable_refusal_is_tried_again_and_a_final_one_is_not(rolling: Rolling) -> None:
    busy = {"rules": [{"on": "command", "method": "ota_create", "do": "result", "code": 312028}]}
    rods = {"rules": [{"on": "command", "method": "ota_create", "do": "result", "code": 312023, "times": None}]}
    async with rolling.dock(scenario=busy) as curable, rolling.dock(scenario=rods) as final:
        package = await rolling.package(curable)
        saga = await rolling.start([curable, final], package, abort_percent=None)
        await rolling.until(saga, "attention")
        one, other = await rolling.push(saga, curable.sn), await rolling.push(saga, final.sn)
        assert (one.status, one.attempt, len(curable.firmware.history)) == ("succeeded", 2, 1)
        assert (other.status, other.attempt, other.error_code) == ("failed", 1, 312023)
        assert other.cure


async def test_a_dock_that_says_failed_is_believed(rolling: Rolling) -> None:
    async with rolling.dock() as sim:
        package = await rolling.package(sim)
        saga = await rolling.start([sim], package.model_copy(update={"md5": "0" * 32}), attempts=1, abort_percent=None)
        await rolling.until(saga, "attention")
        push = await rolling.push(saga, sim.sn)
        assert (push.status, push.error_code) == ("failed", 312017)
        assert push.progress is not None
        assert push.progress.status == "failed"


async def test_a_lost_reply_is_no_second_upgrade(rolling: Rolling) -> None:
    deaf = {"rules": [{"on": "reply", "method": "ota_create", "do": "silence", "times": None}]}
    async with rolling.dock(scenario=deaf) as sim:
        saga = await rolling.start([sim], await rolling.package(sim))
        await rolling.until(saga, "completed")
        assert len(sim.firmware.history) == 1
        assert sim.memory.dock_firmware == NEW["dock3"]


async def test_an_order_whose_outcome_was_lost_is_not_given_again(
    rolling: Rolling, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where a worker dies between the order and the word of it: the dock upgrades, which is no hindrance."""
    given, orders = PushSteps._sent, 0

    async def lost(steps: PushSteps, order: CommandRequest) -> CommandSent | None:
        nonlocal orders
        orders += 1
        await given(steps, order)
        await eventually(upgrading)
        raise ConnectionError("nobody hears of it")

    async def upgrading() -> bool:
        dock = await rolling.world.docks.get(sim.sn)
        return dock is not None and dock.osd.get("mode_code") == UPGRADING

    monkeypatch.setattr(PushSteps, "_sent", lost)
    async with rolling.dock(speed=5.0) as sim:
        saga = await rolling.start([sim], await rolling.package(sim))
        await rolling.until(saga, "completed")
        push = await rolling.push(saga, sim.sn)
        assert (push.status, push.attempt, push.after) == ("succeeded", 1, {sim.sn: NEW["dock3"]})
        [command] = await rolling.world.sent(sim.sn, "ota_create")
        assert (orders, command.sends, len(sim.firmware.history)) == (1, 1, 1)
        await rolling.world.until_free(sim.sn)


@pytest.mark.parametrize("broker", ["there", "away"])
async def test_called_off_while_it_is_ordered_it_ends_as_the_dock_was_told_or_not(
    rolling: Rolling, monkeypatch: pytest.MonkeyPatch, broker: str
) -> None:
    """By the server: while its own worker is at it, a saga hears of nothing."""
    given, asked, go = PushSteps._sent, [0], asyncio.Event()

    async def waits(steps: PushSteps, order: CommandRequest) -> CommandSent | None:
        asked[0] += 1
        if asked[0] == 1:
            raise ConnectionError("not here")
        await go.wait()
        return await given(steps, order) if broker == "there" else None

    async def by_the_server() -> bool:
        return asked[0] == 2

    async def hears_of_it() -> bool:
        events = rolling.world.temporal.get_workflow_handle(push_saga).fetch_history_events()
        kinds = [event.event_type async for event in events]
        return EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED in kinds

    monkeypatch.setattr(PushSteps, "_sent", waits)
    async with rolling.dock() as sim:
        saga = await rolling.start([sim], await rolling.package(sim))
        push_saga = names.firmware_id(saga.id.removeprefix("firmware-rollout/"), sim.sn)
        await eventually(by_the_server)
        await rolling.say(saga, names.Update.CANCEL)
        await eventually(hears_of_it)
        go.set()
        await rolling.until(saga, "cancelled")
        push = await rolling.push(saga, sim.sn)
        ordered = broker == "there"
        assert push.status == ("succeeded" if ordered else "cancelled")
        assert len(await rolling.world.sent(sim.sn, "ota_create")) == len(sim.firmware.history) == int(ordered)
        await rolling.world.until_free(sim.sn)


async def test_a_dock_that_falls_silent_is_for_a_person(rolling: Rolling) -> None:
    mute = {"rules": [{"on": "event", "method": "ota_progress", "do": "silence", "times": None}]}
    timings = QUICK.model_copy(update={"firmware_upgrade": 1.5})
    async with rolling.dock(scenario={**mute, "firmware_stays": True}) as sim:
        saga = await rolling.start([sim], await rolling.package(sim), timings=timings, abort_percent=None)
        await rolling.until(saga, "attention")
        push = await rolling.push(saga, sim.sn)
        assert (push.status, push.attempt) == ("failed", 1)
        await rolling.world.until_free(sim.sn)


CONDITIONS: dict[str, tuple[dict[str, Any], str]] = {
    "battery": ({"battery": 12}, "battery"),
    "aircraft out": ({"aircraft_inside": False}, "not in the dock"),
    "enhanced transmission": ({"enhanced_transmission": 1}, "enhanced transmission"),
}


@pytest.mark.parametrize("name", CONDITIONS)
async def test_what_stands_in_the_way_is_named_and_the_dock_is_not_asked(rolling: Rolling, name: str) -> None:
    condition, words = CONDITIONS[name]
    async with rolling.dock(scenario={"world": condition}) as sim:
        saga = await rolling.start([sim], await rolling.package(sim), attempts=1, abort_percent=None)
        await rolling.until(saga, "attention")
        push = await rolling.push(saga, sim.sn)
        assert push.status == "failed"
        assert words in (push.reason or "")
        assert await rolling.world.sent(sim.sn, "ota_create") == []


async def test_a_dock_that_is_held_is_tried_again_later(rolling: Rolling) -> None:
    world = rolling.world
    async with rolling.dock() as sim:
        other = names.mission_id(await world.mission(rolling.org))
        ask = LeaseRequest(holder=other, kind="debug", reason="somebody looks at it", actor=ACTOR)
        await world.update(names.dock_id(sim.sn), names.Update.ACQUIRE, ask)
        patient = QUICK.model_copy(update={"firmware_retry_slow": 3.0, "firmware_retry_most": 3.0})
        saga = await rolling.start([sim], await rolling.package(sim), attempts=10, timings=patient)
        push = await rolling.until_push(saga, sim.sn, lambda push: push.next_try_at is not None)
        assert "somebody looks at it" in (push.reason or "")
        await world.update(names.dock_id(sim.sn), names.Update.RELEASE, LeaseRelease(holder=other))
        await rolling.until(saga, "completed")
        assert len(sim.firmware.history) == 1


async def test_who_waits_for_a_dock_gets_it_when_its_upgrade_is_over(rolling: Rolling) -> None:
    world = rolling.world
    slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 0.3, "times": None}]}
    timings = QUICK.model_copy(update={"lease_look": 0.5})
    async with rolling.dock(scenario=slow) as sim:
        entity = DockInput(sn=sim.sn, org_id=rolling.org.id, timings=timings)
        await world.temporal.get_workflow_handle(names.dock_id(sim.sn)).terminate("to begin with other timings")
        saga = await rolling.start([sim], await rolling.package(sim))
        push = names.firmware_id(saga.id.removeprefix("firmware-rollout/"), sim.sn)
        await rolling.until_push(saga, sim.sn, lambda push: push.progress is not None)
        held = await held_by(world, sim.sn)
        assert held == push
        ask = LeaseRequest(holder="debug/1", kind="debug", reason="who waits", actor=ACTOR, queue=True, wait=60)
        answer = await ask_dock(world.temporal, entity, names.Update.ACQUIRE, ask, LeaseAnswer)
        assert answer.granted
        assert (await rolling.push(saga, sim.sn)).status == "succeeded"

        async def shown() -> bool:
            return await held_by(world, sim.sn) == "debug/1"

        await eventually(shown)


async def test_the_lease_of_an_upgrade_ends_with_its_saga_and_hinders_nobody(rolling: Rolling) -> None:
    world = rolling.world
    async with rolling.dock() as sim:
        mission = await world.mission(rolling.org, sim)
        saga = await rolling.start([sim], await rolling.package(sim))
        await rolling.until(saga, "completed")
        await world.until_free(sim.sn)
        ask = UnassignDock(sn=sim.sn, actor=ACTOR)
        await world.update(names.mission_id(mission), names.Update.UNASSIGN, ask)
        taken = await world.update(names.dock_id(sim.sn), names.Update.TAKE, LeaseTake(actor=ACTOR))
        assert taken["granted"]
        await world.update(names.dock_id(sim.sn), names.Update.RELEASE, LeaseRelease(holder=taken["lease"]["holder"]))
        # Another upgrade, which its saga's own rollout never hears of
        mute = {"on": "event", "method": "ota_progress", "do": "silence", "times": None}
        sim.scenario.rules.extend(Scenario.model_validate({"rules": [mute]}).rules)
        sim.scenario.firmware_stays = True
        again = await rolling.start([sim], await rolling.package(sim, version="17.01.30.01"))
        push = names.firmware_id(again.id.removeprefix("firmware-rollout/"), sim.sn)

        async def ordered() -> bool:
            return await held_by(world, sim.sn) == push and len(await world.sent(sim.sn, "ota_create")) == 2

        await eventually(ordered)
        for ended in (again.id, push):
            await world.temporal.get_workflow_handle(ended).terminate("a test")
        other = LeaseRequest(holder="debug/2", kind="debug", reason="at once", actor=ACTOR)
        assert (await world.update(names.dock_id(sim.sn), names.Update.ACQUIRE, other))["granted"]


async def held_by(world: World, sn: str) -> str | None:
    dock = await world.docks.get(sn)
    return dock.lease.holder if dock is not None and dock.lease is not None else None
