"""Saga `flight`: orders to an aircraft in the air, home and not home, and waylines that are given in flight."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from store.facts import Ask, FlyWayline, GoHome
from store.flights import FlightTask
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.flying import CALM, Flying, aircraft_home, hurry
from tests.workflows.world import ACTOR, World
from workflows import names
from workflows.inputs import TakeOffTo


async def refused(world: World, saga: WorkflowHandle[Any, Any], word: names.Update, ask: Ask) -> str | None:
    with pytest.raises(ApplicationError) as caught:
        await world.update(saga.id, word, ask)
    return caught.value.type


async def test_home_is_a_dock_of_the_task_and_dock_1_knows_no_other(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def fly(sim: SimDock, home: str, failure: str) -> None:
        saga = await flying.fly(sim, points=5, step=0.002)
        await flying.in_the_air(sim, saga)
        ask = GoHome(actor=ACTOR, home_dock_sn=home)
        assert await refused(world, saga, names.Update.GO_HOME, ask) == failure
        if home == sim.sn:
            assert await world.sent(sim.sn, "return_specific_home") == []
        assert await flying.stop(saga) == "return_home"
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"

    async with flying.docks("dock1", "dock3", speed=CALM) as (old, new):
        await asyncio.gather(fly(old, old.sn, "CommandInvalid"), fly(new, uuid.uuid4().hex[:14], "DJI.338020"))


async def test_the_way_home_is_called_off_and_taken_again(world: World, org: Org) -> None:
    """Off it, the aircraft hovers and can be sent home once more, or stopped: then nothing calls it off again."""
    flying = Flying(world, org)

    async def fly(sim: SimDock, *, stopped: bool) -> None:
        saga = await flying.fly(sim, points=5, step=0.002)
        await flying.in_the_air(sim, saga)
        assert await refused(world, saga, names.Update.CANCEL_HOME, Ask(actor=ACTOR)) == "DJI.319043"
        await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
        await world.until_flight(saga, "returning")
        again = await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
        assert again["did"].startswith("nothing")
        off = await world.update(saga.id, names.Update.CANCEL_HOME, Ask(actor=ACTOR))
        assert off["did"] == "return_home_cancel"
        task = await world.flight(saga)
        assert (task.status, task.phase) == ("returning", "hovering")
        assert sim.aircraft.flying
        if stopped:
            assert await flying.stop(saga) == "return_home"
            assert await refused(world, saga, names.Update.CANCEL_HOME, Ask(actor=ACTOR)) == "FlightStopped"
        else:
            home = await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
            assert home["did"] == "return_home"
            assert (await world.flight(saga)).phase == "returning"
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"
        assert len(await world.sent(sim.sn, "return_home")) == 2
        assert aircraft_home(sim)

    async with flying.docks("dock1", "dock3", speed=CALM) as (old, new):
        await asyncio.gather(fly(old, stopped=False), fly(new, stopped=True))


async def test_an_aircraft_that_leaves_its_way_home_is_told_to_people(world: World, org: Org) -> None:
    flying = Flying(world, org)
    async with flying.dock(speed=CALM) as sim:
        saga = await flying.fly(sim, points=5, step=0.002)
        await flying.in_the_air(sim, saga)
        sim.link.event("device_exit_homing_notify", {"sn": sim.sn, "action": 1, "reason": "3"}, need_reply=1)

        async def noted() -> bool:
            description = await saga.query("__temporal_workflow_metadata")
            return "obstacles all around" in str(description)

        await eventually(noted)
        await flying.stop(saga)
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"


async def test_a_wayline_is_given_in_flight_paused_resumed_and_flown(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def shows(saga: WorkflowHandle[Any, Any], status: str) -> FlightTask:
        async def there() -> FlightTask | None:
            task = await world.flight(saga)
            return task if task.in_flight is not None and task.in_flight.status == status else None

        found: FlightTask = await eventually(there, 30)
        return found

    async def fly(sim: SimDock) -> None:
        to = TakeOffTo(latitude=22.9085, longitude=113.7035, height=sim.home.height + 50)
        saga = await flying.fly(sim, to=to)
        await world.until_flight(saga, "executing")
        await sim.wait_for(lambda d: d.aircraft.flying and d.motion.arrived, 60)
        assert await refused(world, saga, names.Update.CANCEL_WAYLINE, Ask(actor=ACTOR)) == "CommandInvalid"
        sim.clock.set_speed(CALM, 8)
        wayline = await world.wayline(org, sim.aircraft_key, points=4, step=0.002)
        ask = FlyWayline(actor=ACTOR, wayline_id=wayline.id)
        assert (await world.update(saga.id, names.Update.FLY_WAYLINE, ask))["did"] == "in_flight_wayline_deliver"
        task = await shows(saga, "flying")
        assert task.in_flight_wayline_id == wayline.id
        assert await refused(world, saga, names.Update.FLY_WAYLINE, ask) == "FlightBusy"
        paused = await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        assert paused["did"] == "in_flight_wayline_stop"
        await shows(saga, "paused")
        resumed = await world.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        assert resumed["did"] == "in_flight_wayline_recover"
        await shows(saga, "flying")
        off = await world.update(saga.id, names.Update.CANCEL_WAYLINE, Ask(actor=ACTOR))
        assert off["did"] == "in_flight_wayline_cancel"
        await shows(saga, "called off")
        hurry(sim)
        await world.update(saga.id, names.Update.FLY_WAYLINE, ask)
        done = await shows(saga, "done")
        assert done.in_flight is not None
        assert done.in_flight.percent == 100
        assert (await world.flight(saga)).status == "executing"  # it hovers until it is called home
        links = [command.data["file"]["url"] for command in await world.sent(sim.sn, "in_flight_wayline_deliver")]
        assert len(links) == 2
        assert not any("http" in link for link in links)
        await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
        assert (await flying.ended(saga))["status"] == "ok"
        assert aircraft_home(sim)

    async def fly_with_dock_1(sim: SimDock) -> None:
        to = TakeOffTo(latitude=22.9085, longitude=113.7035, height=sim.home.height + 50)
        saga = await flying.fly(sim, to=to)
        await world.until_flight(saga, "executing")
        wayline = await world.wayline(org, sim.aircraft_key)
        ask = FlyWayline(actor=ACTOR, wayline_id=wayline.id)
        assert await refused(world, saga, names.Update.FLY_WAYLINE, ask) == "CommandInvalid"
        assert await world.sent(sim.sn, "in_flight_wayline_deliver") == []
        await flying.stop(saga)
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"

    async with flying.docks("dock1", "dock2", "dock3") as (old, second, third):
        await asyncio.gather(fly_with_dock_1(old), fly(second), fly(third))


async def test_a_wayline_in_flight_ends_with_the_way_home_and_none_is_given_to_who_flies_one(
    world: World, org: Org
) -> None:
    flying = Flying(world, org)

    async def of_a_wayline(sim: SimDock) -> None:
        saga = await flying.fly(sim, points=5, step=0.002)
        other = await world.wayline(org, sim.aircraft_key)
        ask = FlyWayline(actor=ACTOR, wayline_id=other.id)
        assert await refused(world, saga, names.Update.FLY_WAYLINE, ask) == "FlightNotStarted"
        await flying.in_the_air(sim, saga)
        assert await refused(world, saga, names.Update.FLY_WAYLINE, ask) == "FlightBusy"
        lost = FlyWayline(actor=ACTOR, wayline_id="of-nobody")
        await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        await world.until_flight(saga, "paused")
        assert await refused(world, saga, names.Update.FLY_WAYLINE, lost) == "WaylineUnknown"
        # This dock wants a flight by command for it; another may think otherwise
        assert await refused(world, saga, names.Update.FLY_WAYLINE, ask) == "DJI.319022"
        resumed = await world.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        assert resumed["did"] == "flighttask_recovery"
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "ok"

    async def of_a_point(sim: SimDock) -> None:
        saga = await flying.fly(sim, to=TakeOffTo(latitude=22.9085, longitude=113.7035, height=sim.home.height + 50))
        await world.until_flight(saga, "executing")
        await sim.wait_for(lambda d: d.aircraft.flying and d.motion.arrived, 60)
        wayline = await world.wayline(org, sim.aircraft_key, points=5, step=0.002)
        await world.update(saga.id, names.Update.FLY_WAYLINE, FlyWayline(actor=ACTOR, wayline_id=wayline.id))
        assert await flying.stop(saga) == "return_home"
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"
        assert aircraft_home(sim)

    async with flying.docks("dock2", "dock3", speed=CALM) as (first, second):
        await asyncio.gather(of_a_wayline(first), of_a_point(second))
