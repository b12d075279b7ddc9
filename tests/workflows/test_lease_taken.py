"""Docks taken by force: the loser is told and brings its aircraft home, then who took the dock has it for a while."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from store.audit import Audit
from store.facts import Actor, Ask, Decide, LeaseAnswer, LeaseRelease, LeaseTake
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.relays import Relaying, until_in_flight
from tests.workflows.rollouts import QUICK, Rolling
from tests.workflows.test_dock import Holder
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names
from workflows.dock_lease import person

COMMANDER = Actor(user="cleo", role="commander", reason="person in the water")


async def take(world: World, sn: str, actor: Actor = COMMANDER, seconds: float = 60) -> LeaseAnswer:
    answer = await world.update(names.dock_id(sn), names.Update.TAKE, LeaseTake(actor=actor, seconds=seconds))
    return LeaseAnswer.model_validate(answer)


async def until_free(holder: Holder) -> None:
    async def free() -> bool:
        return (await holder.state()).lease is None

    await eventually(free)


@pytest.fixture
def holder(world: World) -> Holder:
    return Holder(world)


async def test_nothing_else_gets_a_dock_that_a_person_took_until_the_time_is_over(world: World, holder: Holder) -> None:
    first = await holder.saga()
    await holder.acquire(first)
    await holder.release(first)
    taken = await take(world, holder.sn, seconds=1.5)
    assert taken.granted
    refused = await holder.acquire(first)
    assert not refused.granted
    assert refused.lease is not None
    assert (refused.lease.holder, refused.lease.reason) == ("person/cleo", "person in the water")
    assert (await holder.acquire(first, queue=True, wait=20)).granted, "once the time is over"


async def test_the_loser_keeps_the_dock_until_it_gives_it_back_and_no_queue_comes_before_the_taker(
    world: World, holder: Holder
) -> None:
    first, second = await holder.saga(), await holder.saga()
    await holder.acquire(first)
    waits = asyncio.create_task(holder.acquire(second, queue=True, wait=20))

    async def queued() -> bool:
        return (await holder.state()).queue == [second]

    await eventually(queued)
    taken = await take(world, holder.sn)
    assert not taken.granted
    assert taken.lease is not None
    assert taken.lease.taken is not None
    assert (taken.lease.holder, taken.lease.taken.user) == (first, "cleo")
    told = (await world.temporal.get_workflow_handle(first).fetch_history()).to_json()
    assert "lease_taken" in told
    await holder.release(first)
    lease = (await holder.state()).lease
    assert lease is not None
    assert lease.holder == person("cleo")
    await world.update(names.dock_id(holder.sn), names.Update.RELEASE, LeaseRelease(holder=person("cleo")))
    assert (await waits).granted
    (entry,) = await Audit(world.store).find(action="dock.taken", target=holder.sn)
    assert (entry.user, entry.role, entry.reason) == ("cleo", "commander", "person in the water")
    assert entry.details == {"loser": first}


async def test_a_taken_dock_is_handed_on_to_what_the_taker_starts(world: World, holder: Holder) -> None:
    first, second = await holder.saga(), await holder.saga()
    await holder.acquire(first)
    await take(world, holder.sn, ACTOR)
    assert not (await holder.acquire(second)).granted, "the loser has not given it back"
    await holder.release(first)
    assert not (await holder.acquire(first)).granted, "what it was taken from does not get it back"
    assert (await holder.acquire(second)).granted
    lease = (await holder.state()).lease
    assert lease is not None
    assert (lease.holder, lease.expires) == (second, None)


async def test_a_relay_loses_its_dock_at_once_but_not_the_flight_that_is_out(world: World, holder: Holder) -> None:
    relay, flight = await holder.saga(), await holder.saga()
    await holder.acquire(relay, kind="relay", lend=flight)
    taken = await take(world, holder.sn)
    assert taken.lease is not None
    assert (taken.granted, taken.lease.holder, taken.lease.kind) == (False, flight, "flight")
    assert not (await holder.acquire(relay, kind="relay")).granted
    await holder.release(flight)
    lease = (await holder.state()).lease
    assert lease is not None
    assert lease.holder == person("cleo")


async def test_a_holder_that_is_terminated_is_noticed_by_who_waits_and_by_who_looks(world: World) -> None:
    holder = Holder(world, TIMINGS.model_copy(update={"lease_look": 0.3, "lease_look_slow": 0.6}))
    first, second = await holder.saga(), await holder.saga()
    await holder.acquire(first)
    waits = asyncio.create_task(holder.acquire(second, queue=True, wait=30))
    await asyncio.sleep(0)
    await world.temporal.get_workflow_handle(first).terminate("in Temporal's UI")
    assert (await waits).granted
    await world.temporal.get_workflow_handle(second).terminate("in Temporal's UI")
    await until_free(holder)


async def test_a_flight_whose_dock_is_taken_comes_home_and_says_so(world: World, org: Org) -> None:
    async with world.paired(org, speed=40) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key, points=8, step=0.001)
        saga = await world.fly(org, mission, sim, wayline)
        await world.until_flight(saga, "executing")
        taken = await take(world, sim.sn)
        assert not taken.granted
        task = await world.until_flight(saga, "canceled", "ok", "failed", "partially_done")
        assert task.reason is not None
        assert task.reason.startswith("dock taken by cleo: person in the water")
        assert not sim.aircraft.flying

        async def is_cleos() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and dock.lease is not None and dock.lease.holder == person("cleo")

        await eventually(is_cleos)
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert dock.lease is not None
        assert dock.lease.expires_at is not None
        with pytest.raises(ApplicationError) as in_use:
            await world.update(names.dock_id(sim.sn), names.Update.UNPAIR, Ask(actor=ACTOR))
        assert in_use.value.type == "DockInUse"


async def test_a_push_that_writes_firmware_is_not_taken(world: World, org: Org) -> None:
    rolling = Rolling(world, org)
    slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 1, "times": None}]}
    async with rolling.dock(scenario=slow) as sim:
        saga = await rolling.start([sim], await rolling.package(sim), timings=QUICK)

        async def writes() -> bool:
            return bool(await world.sent(sim.sn, "ota_create"))

        await eventually(writes, 30)
        with pytest.raises(ApplicationError) as caught:
            await take(world, sim.sn)
        assert caught.value.type == "DockUpgrading"
        assert "(ordered)" in caught.value.message or "(upgrading)" in caught.value.message
        await rolling.until(saga, "completed", within=60)
        assert (await take(world, sim.sn)).granted


async def test_a_relay_brings_a_taken_docks_aircraft_home_and_asks_what_to_do_with_its_leg(
    world: World, org: Org
) -> None:
    relaying = Relaying(world, org)
    async with relaying.line(2) as (docks, mission):
        saga = await relaying.start(mission, docks)
        await until_in_flight(docks[0])
        taken = await take(world, docks[0].sn)
        assert taken.lease is not None
        assert (taken.granted, taken.lease.kind) == (False, "flight"), "the relay is out at once"
        relay = await relaying.until(saga, lambda relay: relay.question is not None)
        assert "dock taken by cleo: person in the water" in (relay.legs[0].reason or "")
        assert not docks[0].aircraft.flying
        await world.update(saga.id, names.Update.DECIDE, Decide(actor=ACTOR, decision="abort"))
        assert (await asyncio.wait_for(saga.result(), 60))["status"] == "aborted"
        await eventually(lambda: relaying.free(docks[1].sn))
        dock = await world.docks.get(docks[0].sn)
        assert dock is not None
        assert dock.lease is not None
        assert dock.lease.holder == person("cleo")
