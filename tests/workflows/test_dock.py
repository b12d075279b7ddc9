"""Entity `dock/{sn}`: one holder at a time, in order, and never a holder that no longer lives."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from store.facts import Actor, Ask, LeaseAnswer, LeaseRelease, LeaseRequest
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.world import ACTOR, TIMINGS, World
from timings import Timings
from workflows import names
from workflows.answers import DockState
from workflows.inputs import DockInput, MissionInput
from workflows.waking import ask_dock


class Holder:
    """Sagas that live, to hold a dock: missions that nobody ends."""

    def __init__(self, world: World, timings: Timings = TIMINGS) -> None:
        self.world = world
        self.sn = f"SN{uuid.uuid4().hex[:8]}"
        self.timings = timings

    async def saga(self) -> str:
        mission_id = uuid.uuid4().hex
        given = MissionInput(mission_id=mission_id, org_id="nobody", name="holder", actor=ACTOR, timings=TIMINGS)
        saga = await self.world.temporal.start_workflow(
            names.Workflow.MISSION, given, id=names.mission_id(mission_id), task_queue=names.TASK_QUEUE
        )
        return saga.id

    async def acquire(self, holder: str, **more: Any) -> LeaseAnswer:
        dock = DockInput(sn=self.sn, org_id="nobody", timings=self.timings)
        request = LeaseRequest(**{"holder": holder, "kind": "flight", "reason": "a test", "actor": ACTOR, **more})
        return await ask_dock(self.world.temporal, dock, names.Update.ACQUIRE, request, LeaseAnswer)

    async def release(self, holder: str) -> None:
        await self.world.update(names.dock_id(self.sn), names.Update.RELEASE, LeaseRelease(holder=holder))

    async def state(self) -> DockState:
        handle = self.world.temporal.get_workflow_handle(names.dock_id(self.sn))
        state: DockState = await handle.query(names.Query.STATUS, result_type=DockState)
        return state


@pytest.fixture
def holder(world: World) -> Holder:
    return Holder(world)


async def test_a_second_asker_is_told_who_holds_the_dock_and_why(holder: Holder) -> None:
    first, second = await holder.saga(), await holder.saga()
    assert (await holder.acquire(first)).granted
    refused = await holder.acquire(second)
    assert not refused.granted
    assert refused.lease is not None
    assert (refused.lease.holder, refused.lease.reason, refused.lease.user) == (first, "a test", "tester")
    assert (await holder.acquire(first)).granted, "the holder itself may ask again"


async def test_whoever_asks_first_the_entity_is_found_by_its_organisation_and_dock(holder: Holder) -> None:
    await holder.acquire(await holder.saga())

    async def found() -> list[str]:
        query = f"OrgId = 'nobody' AND DockSn = '{holder.sn}' AND Saga = 'dock'"
        return [each.id async for each in holder.world.temporal.list_workflows(query)]

    assert await eventually(found) == [names.dock_id(holder.sn)]


async def test_who_queues_gets_the_dock_in_turn(holder: Holder) -> None:
    first, second, third = [await holder.saga() for _ in range(3)]
    await holder.acquire(first)
    waits = asyncio.create_task(holder.acquire(second, queue=True, wait=20))

    async def queued(*who: str) -> bool:
        return (await holder.state()).queue == list(who)

    await eventually(lambda: queued(second))
    last = asyncio.create_task(holder.acquire(third, queue=True, wait=20))
    await eventually(lambda: queued(second, third))
    await holder.release(first)
    assert (await waits).granted
    assert not last.done()
    await holder.release(second)
    assert (await last).granted


async def test_who_waits_too_long_is_refused(holder: Holder) -> None:
    first, second = await holder.saga(), await holder.saga()
    await holder.acquire(first)
    assert not (await holder.acquire(second, queue=True, wait=0.2)).granted
    assert (await holder.state()).queue == []


async def test_who_waits_and_is_called_off_leaves_the_queue_to_the_next(holder: Holder) -> None:
    first, second, third = [await holder.saga() for _ in range(3)]
    await holder.acquire(first)

    async def queued(*who: str) -> bool:
        return (await holder.state()).queue == list(who)

    waits = asyncio.create_task(holder.acquire(second, queue=True, wait=20))
    await eventually(lambda: queued(second))
    last = asyncio.create_task(holder.acquire(third, queue=True, wait=20))
    await eventually(lambda: queued(second, third))
    await holder.release(second)
    assert not (await waits).granted
    assert await queued(third)
    await holder.release(first)
    assert (await last).granted
    again = asyncio.create_task(holder.acquire(second, queue=True, wait=20))
    await eventually(lambda: queued(second))
    await holder.release(third)
    assert (await again).granted, "who comes again waits again"


async def test_only_the_holder_can_give_the_dock_back(holder: Holder) -> None:
    first, second = await holder.saga(), await holder.saga()
    await holder.acquire(first)
    await holder.release(second)
    lease = (await holder.state()).lease
    assert lease is not None
    assert lease.holder == first


async def test_a_lease_ends_with_its_saga(world: World, holder: Holder) -> None:
    first, second = await holder.saga(), await holder.saga()
    await holder.acquire(first)
    await world.temporal.get_workflow_handle(first).terminate()
    assert (await holder.acquire(second)).granted


async def test_a_lease_outlives_the_run_of_its_entity(world: World) -> None:
    holder = Holder(world, TIMINGS.model_copy(update={"continue_as_new_events": 50}))
    first = await holder.saga()
    await holder.acquire(first)
    begun = (await world.temporal.get_workflow_handle(names.dock_id(holder.sn)).describe()).run_id

    async def another_run() -> bool:
        await holder.release("nobody")
        return (await world.temporal.get_workflow_handle(names.dock_id(holder.sn)).describe()).run_id != begun

    await eventually(another_run, within=30)
    lease = (await holder.state()).lease
    assert lease is not None
    assert lease.holder == first


async def test_a_dock_in_a_mission_or_held_is_not_unpaired(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        with pytest.raises(ApplicationError) as caught:
            await world.update(names.dock_id(sim.sn), names.Update.UNPAIR, Ask(actor=Actor(user="admin")))
        assert caught.value.type == "DockAssigned"
        assert mission in caught.value.message
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert dock.account is not None
