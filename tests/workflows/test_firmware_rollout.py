"""Saga `firmware-rollout`: waves, halts, words of people, offline docks, deaths of the worker."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from store.document import now
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.rollouts import NEW, QUICK, Rolling
from tests.workflows.world import ACTOR, World
from workflows import names
from workflows.inputs import FirmwareRolloutInput

STUBBORN = "stubborn_firmware"
Saga = WorkflowHandle[Any, Any]


@pytest.fixture
def rolling(world: World, org: Org) -> Rolling:
    return Rolling(world, org)


async def several(rolling: Rolling, stack: AsyncExitStack, count: int) -> list[SimDock]:
    return [await stack.enter_async_context(rolling.dock()) for _ in range(count)]


async def test_the_canary_comes_first_and_the_rest_when_it_has_proven_the_package(rolling: Rolling) -> None:
    async with AsyncExitStack() as stack:
        docks = await several(rolling, stack, 3)
        saga = await rolling.start(docks, await rolling.package(docks[0]), canary=1, soak=1.0, at_once=2)
        rollout = await rolling.until(saga, "completed")
        pushes = [await rolling.push(saga, dock.sn) for dock in docks]
        assert [push.wave for push in pushes] == [1, 2, 2]
        first, *later = pushes
        assert first.ended_at is not None
        for push in later:
            assert push.started_at is not None
            assert (push.started_at - first.ended_at).total_seconds() >= 1.0
        assert [len(dock.firmware.history) for dock in docks] == [1, 1, 1]
        assert (rollout.waves, rollout.counts.succeeded, rollout.reason) == (2, 3, None)


async def test_a_bad_canary_halts_it_until_somebody_decides_and_failed_docks_are_retried(rolling: Rolling) -> None:
    async with rolling.dock(scenario=STUBBORN) as bad, rolling.dock() as good:
        saga = await rolling.start([bad, good], await rolling.package(bad), canary=1, attempts=1)
        rollout = await rolling.until(saga, "halted")
        assert rollout.reason
        assert (await rolling.push(saga, good.sn)).status == "pending"
        bad.scenario.firmware_stays = False
        answer = await rolling.say(saga, names.Update.RETRY)
        assert answer["docks"] == [bad.sn]
        await rolling.until_push(saga, bad.sn, lambda push: push.status == "succeeded")
        await rolling.say(saga, names.Update.RESUME)
        await rolling.until(saga, "completed")
        assert good.memory.dock_firmware == NEW["dock3"]
        assert len(good.firmware.history) == 1


async def test_one_failed_dock_is_retried_from_temporals_ui_without_touching_the_others(rolling: Rolling) -> None:
    async with rolling.dock(scenario=STUBBORN) as bad, rolling.dock() as good:
        saga = await rolling.start([bad, good], await rolling.package(bad), attempts=1, abort_percent=None)
        await rolling.until(saga, "attention")
        with pytest.raises(ApplicationError) as caught:
            await rolling.say(saga, names.Update.RETRY, good.sn)
        assert caught.value.type == "NothingToRetry"
        bad.scenario.firmware_stays = False
        await saga.signal(names.Signal.ROLLOUT_RETRY)
        await rolling.until(saga, "completed")
        assert [len(dock.firmware.history) for dock in (bad, good)] == [2, 1]
        details = await rolling.world.temporal.get_workflow_handle(saga.id).query(
            "__temporal_workflow_metadata", result_type=dict
        )
        assert f"| `{bad.sn}` | succeeded |" in str(details)


async def test_a_rollout_that_has_ended_is_opened_again_for_a_retry(rolling: Rolling) -> None:
    timings = QUICK.model_copy(update={"firmware_attention": 0.5})
    async with rolling.dock(scenario=STUBBORN) as bad:
        package = await rolling.package(bad)
        saga = await rolling.start([bad], package, attempts=1, abort_percent=None, timings=timings)
        ended = await rolling.until(saga, "completed")
        assert ended.counts.failed == 1
        assert ended.report is not None
        assert ended.report["reasons"][0]["docks"] == [bad.sn]
        await saga.result()
        bad.scenario.firmware_stays = False
        again = FirmwareRolloutInput(
            rollout_id=ended.id, org_id=ended.org_id, name=ended.name, docks=ended.docks, packages=ended.packages,
            plan=ended.plan, actor=ACTOR, timings=timings, reopened=True,
        )  # fmt: skip
        saga = await rolling.open(again)
        await rolling.say(saga, names.Update.RETRY, bad.sn)
        await saga.result()
        rollout = await rolling.rollout(saga)
        assert (rollout.status, rollout.counts.succeeded, rollout.counts.failed) == ("completed", 1, 0)


async def test_offline_docks_wait_until_they_come_or_are_skipped(rolling: Rolling) -> None:
    async with rolling.dock(online=False) as sim:
        package = await rolling.package(sim)
        skipping = await rolling.start([sim], package, offline="skip")
        await rolling.until(skipping, "completed")
        assert (await rolling.push(skipping, sim.sn)).status == "skipped"
        saga = await rolling.start([sim], package)
        await rolling.until(saga, "waiting")
        assert (await rolling.push(saga, sim.sn)).status == "waiting"
        await sim.start()
        await rolling.until(saga, "completed")
        assert sim.memory.dock_firmware == NEW["dock3"]


async def test_a_dock_that_is_unpaired_while_it_is_waited_for_is_named_and_the_rollout_ends(rolling: Rolling) -> None:
    world = rolling.world
    async with rolling.dock(online=False) as gone, rolling.dock() as there:
        saga = await rolling.start([gone, there], await rolling.package(there))
        await rolling.until_push(saga, gone.sn, lambda push: push.status == "waiting")
        await world.unpair(rolling.org, gone.sn)
        rollout = await rolling.until(saga, "completed")
        push = await rolling.push(saga, gone.sn)
        assert (push.status, push.phase) == ("skipped", "unpaired")
        assert "not in the organisation any more" in (push.reason or "")
        assert (rollout.counts.skipped, rollout.counts.succeeded) == (1, 1)
        assert len(there.firmware.history) == 1


async def test_paused_nothing_starts_and_a_cancel_follows_what_has_its_order(rolling: Rolling) -> None:
    slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 1.5, "times": None}]}
    async with rolling.dock(scenario=slow) as first, rolling.dock() as second:
        saga = await rolling.start([first, second], await rolling.package(first), at_once=1)
        await rolling.until_push(saga, first.sn, lambda push: push.status == "running")
        await eventually(lambda: rolling.world.sent(first.sn, "ota_create"))
        await rolling.say(saga, names.Update.PAUSE)
        assert (await rolling.rollout(saga)).status == "paused"
        answer = await rolling.say(saga, names.Update.CANCEL)
        assert answer["docks"] == [second.sn]
        ended = await rolling.until(saga, "cancelled")
        assert (await rolling.push(saga, first.sn)).status == "succeeded"
        assert (await rolling.push(saga, second.sn)).status == "cancelled"
        assert ended.counts.succeeded == ended.counts.cancelled == 1
        assert await rolling.world.sent(second.sn, "ota_create") == []


@pytest.mark.parametrize("how", ["by update", "in Temporal"])
async def test_a_cancel_ends_it_at_every_step(rolling: Rolling, how: str) -> None:
    """Rollouts of one dock or two, each called off at another step."""
    world = rolling.world
    refusal = {"rules": [{"on": "command", "method": "ota_create", "do": "result", "code": 312023, "times": None}]}
    curable = {"rules": [{"on": "command", "method": "ota_create", "do": "result", "code": 312028, "times": None}]}
    slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 1.5, "times": None}]}
    patient = QUICK.model_copy(update={"firmware_retry_first": 600.0})
    closed = {"start": f"{(now().hour + 5) % 24:02d}:00", "end": f"{(now().hour + 6) % 24:02d}:00"}

    async def called_off(saga: Saga, **pushes: int) -> None:
        if how == "by update":
            await rolling.say(saga, names.Update.CANCEL)
        else:
            await saga.cancel()
        ended = await rolling.until(saga, "cancelled")
        assert {status: count for status, count in ended.counts.model_dump().items() if count} == pushes
        assert (await asyncio.wait_for(saga.result(), 30))["status"] == "cancelled"

    async def waiting_for_a_dock() -> None:
        async with rolling.dock(online=False) as sim:
            saga = await rolling.start([sim], await rolling.package(sim))
            await rolling.until(saga, "waiting")
            await called_off(saga, cancelled=1)

    async def outside_its_hours() -> None:
        async with rolling.dock() as sim:
            saga = await rolling.start([sim], await rolling.package(sim), window=closed)
            await called_off(saga, cancelled=1)
            assert await world.sent(sim.sn, "ota_create") == []

    async def soaking() -> None:
        async with rolling.dock() as canary, rolling.dock() as rest:
            saga = await rolling.start([canary, rest], await rolling.package(canary), canary=1, soak=600.0)
            await rolling.until_push(saga, canary.sn, lambda push: push.status == "succeeded")
            await called_off(saga, succeeded=1, cancelled=1)
            assert await world.sent(rest.sn, "ota_create") == []

    async def before_another_try() -> None:
        async with rolling.dock(scenario=curable) as sim:
            saga = await rolling.start([sim], await rolling.package(sim), timings=patient)
            await rolling.until_push(saga, sim.sn, lambda push: push.next_try_at is not None)
            await called_off(saga, cancelled=1)
            assert len(await world.sent(sim.sn, "ota_create")) == 1

    async def while_a_dock_has_its_order() -> None:
        async with rolling.dock(scenario=slow) as sim:
            saga = await rolling.start([sim], await rolling.package(sim))
            await eventually(lambda: world.sent(sim.sn, "ota_create"), 60)
            await called_off(saga, succeeded=1)
            assert len(sim.firmware.history) == 1

    async def halted() -> None:
        async with rolling.dock(scenario=refusal) as bad, rolling.dock() as rest:
            saga = await rolling.start([bad, rest], await rolling.package(bad), canary=1)
            await rolling.until(saga, "halted")
            await called_off(saga, failed=1, cancelled=1)
            assert await world.sent(rest.sn, "ota_create") == []

    async def with_failed_docks_left() -> None:
        async with rolling.dock(scenario=refusal) as bad:
            saga = await rolling.start([bad], await rolling.package(bad), abort_percent=None)
            await rolling.until(saga, "attention")
            await called_off(saga, failed=1)

    await asyncio.gather(waiting_for_a_dock(), outside_its_hours(), soaking(), before_another_try())
    await asyncio.gather(while_a_dock_has_its_order(), halted(), with_failed_docks_left())


async def test_outside_its_hours_nothing_starts(rolling: Rolling) -> None:
    async with rolling.dock() as sim:
        hour = int((await rolling.world.docks.get(sim.sn)).last_seen_at.hour)  # type: ignore[union-attr]
        closed = {"start": f"{(hour + 5) % 24:02d}:00", "end": f"{(hour + 6) % 24:02d}:00"}
        saga = await rolling.start([sim], await rolling.package(sim), window=closed)
        rollout = await rolling.rollout(saga)
        assert "outside its hours" in rollout.phase
        assert (await rolling.push(saga, sim.sn)).status == "pending"
        await rolling.say(saga, names.Update.CANCEL)


async def test_a_long_history_goes_on_in_a_new_one(rolling: Rolling) -> None:
    async with AsyncExitStack() as stack:
        docks = await several(rolling, stack, 4)
        timings = QUICK.model_copy(update={"continue_as_new_events": 50})
        saga = await rolling.start(docks, await rolling.package(docks[0]), at_once=1, timings=timings)
        first = (await saga.describe()).run_id
        rollout = await rolling.until(saga, "completed")
        assert rollout.counts.succeeded == 4
        assert (await rolling.world.temporal.get_workflow_handle(saga.id).describe()).run_id != first
        assert [len(dock.firmware.history) for dock in docks] == [1, 1, 1, 1]


async def test_a_dock_whose_saga_is_terminated_can_be_retried(rolling: Rolling) -> None:
    mute = {"rules": [{"on": "event", "method": "ota_progress", "do": "silence", "times": 50}], "firmware_stays": True}
    async with rolling.dock(scenario=mute) as sim:
        saga = await rolling.start([sim], await rolling.package(sim), abort_percent=None)
        child = names.firmware_id(saga.id.removeprefix("firmware-rollout/"), sim.sn)
        await eventually(lambda: rolling.world.sent(sim.sn, "ota_create"))
        await rolling.world.temporal.get_workflow_handle(child).terminate("a test")
        await rolling.until(saga, "attention")
        assert "terminated" in ((await rolling.push(saga, sim.sn)).reason or "").lower()
        await rolling.world.until_free(sim.sn)
        sim.scenario.firmware_stays = False
        sim.scenario.rules.clear()
        await asyncio.wait_for(sim.wait_for(lambda dock: dock.online and not dock.state.upgrading), 20)
        await rolling.say(saga, names.Update.RETRY, sim.sn)
        await rolling.until(saga, "completed")
