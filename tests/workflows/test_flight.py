"""Saga `flight`: the status is what the dock says, and whatever goes wrong brings the aircraft home."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from store.facts import Ask, EndMission
from store.orgs import Org
from tests.workflows.flying import CALM, SLOW, Flying, aircraft_home, hurry
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names


async def test_a_flight_ends_as_the_dock_says(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def fly(sim: SimDock) -> None:
        saga = await flying.fly(sim)
        state = await flying.ended(saga)
        assert state["status"] == "ok", state
        task = await world.flight(saga)
        assert (task.mission_id, task.status, task.error_code, task.reason) == (flying.mission, "ok", None, None)
        assert [line.name for line in task.gate] == ["battery", "wind", "rain", "storage", "dock", "telemetry"]
        assert task.started_at is not None
        assert task.ended_at is not None
        assert aircraft_home(sim)
        prepare, execute = await world.sent(sim.sn)
        assert (prepare.method, execute.method) == ("flighttask_prepare", "flighttask_execute")
        assert "http" not in str(prepare.data)
        assert prepare.bid == execute.bid == task.id

    async with flying.docks("dock1", "dock2", "dock3") as docks:
        await asyncio.gather(*(fly(sim) for sim in docks))


async def test_pause_and_resume_and_stop(world: World, org: Org) -> None:
    flying = Flying(world, org)
    async with flying.dock(speed=CALM) as sim:
        saga = await flying.fly(sim, points=5, step=0.002)
        with pytest.raises(ApplicationError) as early:
            await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        assert early.value.type == "FlightNotStarted"
        await flying.in_the_air(sim, saga)
        paused = await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        assert paused["did"] == "flighttask_pause"
        await world.until_flight(saga, "paused")
        again = await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        assert again["did"].startswith("nothing")
        await world.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        await world.until_flight(saga, "executing")
        assert await flying.stop(saga) == "return_home"
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"
        assert aircraft_home(sim)
        with pytest.raises(Exception, match="completed"):
            await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))


async def test_the_way_home_that_is_refused_at_take_off_is_ordered_again_soon(world: World, org: Org) -> None:
    flying = Flying(world, org)
    refusal = {"on": "command", "method": "return_home", "do": "result", "code": 316024, "times": 1}
    patient = TIMINGS.model_copy(update={"landing_look": 60.0, "home_again": 0.3})
    async with flying.dock(speed=CALM, scenario={"rules": [refusal]}) as sim:
        saga = await flying.fly(sim, patient, points=5, step=0.002)
        await flying.in_the_air(sim, saga)
        assert await asyncio.wait_for(flying.stop(saga), 30) == "return_home"
        refused, taken = [command for command in await world.sent(sim.sn) if command.method == "return_home"]
        assert (refused.result, taken.result) == (316024, 0)
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"
        assert aircraft_home(sim)


async def test_a_stop_on_the_ground_keeps_it_there(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def stop(sim: SimDock, expected: str) -> None:
        saga = await flying.fly(sim)
        await sim.wait_for(lambda d: d.wayline.running is not None and d.wayline.running.step == "power_on")
        assert await flying.stop(saga) == expected
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"
        assert aircraft_home(sim)

    async with flying.docks("dock1", "dock3", speed=SLOW) as (old, new):
        await asyncio.gather(stop(old, "flight_setup_abort"), stop(new, "flighttask_stop"))


async def test_a_cancelled_saga_brings_the_aircraft_home(world: World, org: Org) -> None:
    flying = Flying(world, org)
    async with flying.dock(speed=CALM) as sim:
        saga = await flying.fly(sim, points=5, step=0.002)
        await flying.in_the_air(sim, saga)
        await saga.cancel()
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"
        assert aircraft_home(sim)
        assert len(await world.sent(sim.sn, "return_home")) == 1


async def test_the_end_of_a_mission_brings_home_what_flies(world: World, org: Org) -> None:
    async with world.paired(org, speed=CALM) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key, points=5, step=0.002))
        await world.until_flight(saga, "executing")
        started = await world.missions.get(mission)
        assert started is not None
        assert started.status == "active"
        await world.update(names.mission_id(mission), names.Update.END, EndMission(outcome="aborted", actor=ACTOR))
        hurry(sim)
        ended = await asyncio.wait_for(world.temporal.get_workflow_handle(names.mission_id(mission)).result(), 60)
        assert (ended["status"], ended["problems"]) == ("aborted", [])
        assert aircraft_home(sim)
        assert (await world.flight(saga)).status == "canceled"
