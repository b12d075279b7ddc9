"""Uploads of logs whose dock no longer speaks of them, and kill -9 of the worker in the middle of one."""

from __future__ import annotations

import asyncio
import uuid
from contextlib import AsyncExitStack
from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from simulator.dock import SimDock
from simulator.remote_log import BOOTS
from simulator.scenario import Rule
from store.facts import Ask
from store.logs import LogLists, LogUpload, LogUploads
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.killing import apart
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names
from workflows.inputs import LogListInput, LogsInput, LogWanted

QUIET = TIMINGS.model_copy(update={"logs_silence": 8.0})
KILLS = 2


async def upload(
    world: World, org: Org, sim: SimDock, *, timings: Any = QUIET, queue: bool = False
) -> WorkflowHandle[Any, Any]:
    """Two logs of the dock, once it has begun, or waits."""
    logs_id = uuid.uuid4().hex
    given = LogsInput(
        logs_id=logs_id, org_id=org.id, sn=sim.sn, queue=queue, actor=ACTOR, timings=timings,
        files=[LogWanted(device="dock", device_sn=sim.sn, boots=[1003, 1004])],
    )  # fmt: skip
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.LOGS,
        given,
        id=names.logs_id(logs_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    await world.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    return world.temporal.get_workflow_handle(names.logs_id(logs_id))


async def document(world: World, saga: WorkflowHandle[Any, Any]) -> LogUpload:
    found = await LogUploads(world.store).get(saga.id.removeprefix("logs/"))
    assert found is not None
    return found


async def test_whoever_no_longer_gets_further_is_given_up_and_the_bucket_says_what_came(world: World) -> None:
    """One gets stuck, one loses its power, one says nothing of what it does, one takes too long."""
    mute = {"rules": [{"on": "event", "method": "fileupload_progress", "do": "silence", "times": None}]}
    org = await world.org(seats=4)
    async with AsyncExitStack() as stack:
        stuck, dead, silent, slow = [
            await stack.enter_async_context(world.paired(org, scenario=scenario))
            for scenario in ("logs_stall", "logs_stall", mute, "logs_stall")
        ]
        sagas = await asyncio.gather(
            *(upload(world, org, sim) for sim in (stuck, dead, silent)),
            upload(world, org, slow, timings=TIMINGS.model_copy(update={"logs_upload": 3.0})),
        )
        await dead.cut_power()
        await asyncio.wait_for(asyncio.gather(*(saga.result() for saga in sagas)), 90)
        of_stuck, of_dead, of_silent, of_slow = [await document(world, saga) for saga in sagas]
        assert (of_stuck.status, of_dead.status) == ("failed", "failed")
        assert of_stuck.meaning == "No file has got further for 8 s"
        assert of_dead.meaning is not None
        assert of_stuck.progress["dock"].percent == 40
        assert (of_slow.status, of_slow.meaning) == ("failed", "It took longer than 3 s")
        for sim in (stuck, slow):
            assert sim.remote_log.shown()["uploading"] is False, "it was told to stop"
        assert (of_silent.status, of_silent.meaning) == ("ok", None), "it is all there"
        for sim in (stuck, dead, silent, slow):
            held = await world.docks.get(sim.sn)
            assert held is not None
            assert held.lease is None


async def test_a_connection_that_is_lost_in_the_middle_does_no_harm(world: World, org: Org) -> None:
    async with world.paired(org, scenario="logs_stall") as sim:
        saga = await upload(world, org, sim, timings=TIMINGS)
        sim.link.cut(1.5)

        async def unheard() -> bool:
            return sim.link.unsent > 0

        await eventually(unheard)
        before = sim.link.sent["events"]

        async def heard_again() -> bool:
            return sim.link.sent["events"] > before

        await eventually(heard_again, 30)
        sim.scenario.logs = "whole"
        assert (await asyncio.wait_for(saga.result(), 60))["status"] == "ok"
        assert len(await world.sent(sim.sn, "fileupload_start")) == 1


async def test_who_waits_and_is_cancelled_in_temporal_leaves_the_dock_to_the_next(world: World, org: Org) -> None:
    async with world.paired(org, scenario="logs_stall") as sim:
        first = await upload(world, org, sim, timings=TIMINGS)
        gives_up = await upload(world, org, sim, timings=TIMINGS, queue=True)
        called_off = await upload(world, org, sim, timings=TIMINGS, queue=True)
        follows = await upload(world, org, sim, timings=TIMINGS, queue=True)
        await gives_up.cancel()
        assert (await asyncio.wait_for(gives_up.result(), 30))["status"] == "cancelled"
        state = await world.update(called_off.id, names.Update.CANCEL, Ask(actor=ACTOR))
        assert state["status"] == "cancelled"
        sim.scenario.logs = "whole"
        assert (await asyncio.wait_for(first.result(), 60))["status"] == "ok"
        assert (await asyncio.wait_for(follows.result(), 60))["status"] == "ok"
        assert len(await world.sent(sim.sn, "fileupload_start")) == 2
        await world.until_free(sim.sn)


async def test_a_dock_that_is_asked_for_its_logs_twice_at_once_is_asked_once(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        given = LogListInput(sn=sim.sn, org_id=org.id, actor=ACTOR, timings=TIMINGS)

        async def ask() -> Any:
            begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                names.Workflow.LOG_LIST, given, id=names.log_list_id(sim.sn), task_queue=names.TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            )  # fmt: skip
            return await world.temporal.execute_update_with_start_workflow(
                names.Update.ACCEPTED, start_workflow_operation=begin
            )

        sim.scenario.rules.append(Rule(on="command", method="fileupload_list", do="delay", seconds=1))
        assert [said["done"] for said in await asyncio.gather(ask(), ask())] == [True, True]
        assert len(await world.sent(sim.sn, "fileupload_list")) == 2, "once for each device"
        found = await LogLists(world.store).get(sim.sn)
        assert found is not None
        assert (len(found.dock.logs), found.aircraft.at) == (BOOTS, None), "the aircraft is off"


async def test_an_upload_whose_saga_is_cancelled_is_stopped_at_the_dock(world: World, org: Org) -> None:
    async with world.paired(org, scenario="logs_stall") as sim:
        saga = await upload(world, org, sim, timings=TIMINGS)
        await saga.cancel()
        state = await saga.result()
        assert state["status"] == "cancelled"
        assert sim.remote_log.shown()["uploading"] is False


@pytest.mark.timeout(400)
async def test_a_killed_worker_leaves_one_upload_that_comes_whole(world: World) -> None:
    async with AsyncExitStack() as stack:
        own, worker = await stack.enter_async_context(apart(world))
        org = await own.org()
        sim = await stack.enter_async_context(own.paired(org, scenario="logs_stall"))
        saga = await upload(own, org, sim, timings=TIMINGS)
        for _ in range(KILLS):
            await worker.again()
        sim.scenario.logs = "whole"

        async def over() -> bool:
            return (await document(own, saga)).status == "ok"

        await eventually(over, 120)
        assert len(await own.sent(sim.sn, "fileupload_start")) == 1
        assert len(sim.remote_log.uploaded) == 1
