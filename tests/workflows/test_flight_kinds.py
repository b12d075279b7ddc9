"""Saga `flight`, the other kinds: timed, conditional, resumed, to a point."""

from __future__ import annotations

import asyncio
import time
from functools import partial

import pytest
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from store.facts import Ask, FlyTo, GoHome
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.flying import CALM, SLOW, Flying, aircraft_home, hurry
from tests.workflows.world import ACTOR, TIMINGS, World
from timings import Timings
from workflows import names
from workflows.inputs import ReadyWhen, ResumeAt, TakeOffTo


def window(seconds: float, battery: int = 20) -> ReadyWhen:
    """Conditions from now on, for so long."""
    now = int(time.time() * 1000)
    return ReadyWhen(begin=now - 1000, end=now + int(seconds * 1000), battery_least=battery)


def lead(seconds: float) -> Timings:
    return TIMINGS.model_copy(update={"timed_lead": seconds})


def in_seconds(seconds: float) -> int:
    return int((time.time() + seconds) * 1000)


async def is_free(world: World, sim: SimDock) -> bool:
    dock = await world.docks.get(sim.sn)
    return dock is not None and dock.lease is None


# Timed


async def test_a_timed_flight_is_handed_over_at_once_and_takes_off_at_its_hour(world: World, org: Org) -> None:
    flying = Flying(world, org)
    async with flying.dock() as sim:
        at = in_seconds(16)
        saga = await flying.fly(sim, lead(9), task_type=1, execute_at=at)
        await eventually(lambda: world.sent(sim.sn, "flighttask_prepare"))

        async def waits() -> bool:
            return (await world.flight(saga)).phase == "waiting" and await is_free(world, sim)

        await eventually(waits)
        assert time.time() < at / 1000 - 9
        assert list(sim.wayline.tasks) == [saga.id.removeprefix("flight/")]
        assert (await flying.ended(saga))["status"] == "ok"
        task = await world.flight(saga)
        assert task.started_at is not None
        assert task.started_at.timestamp() * 1000 >= at
        assert await flying.flown(sim) == ["flighttask_prepare", "flighttask_execute"]


async def test_a_dock_that_restarted_gets_its_tasks_again(world: World, org: Org) -> None:
    """A timed one and a conditional one wait at two docks, and both docks forget them."""
    flying = Flying(world, org)

    async def restart(sim: SimDock) -> None:
        await eventually(lambda: world.sent(sim.sn, "flighttask_prepare"))
        await eventually(lambda: is_free(world, sim))
        await sim.cut_power()
        assert sim.wayline.tasks == {}

        async def online() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and dock.online

        async def offline() -> bool:
            return not await online()

        await eventually(offline)
        sim.reboot(0)

    async with flying.docks("dock2", "dock3") as (timed, conditional):
        conditional.aircraft.battery = 60
        ready = window(60, battery=90)
        at = in_seconds(40)
        first = await flying.fly(timed, lead(15), task_type=1, execute_at=at)
        second = await flying.fly(conditional, task_type=2, ready=ready)
        await asyncio.gather(restart(timed), restart(conditional))

        async def handed_over(sim: SimDock) -> bool:
            return len(await world.sent(sim.sn, "flighttask_prepare")) == 2 and len(sim.wayline.tasks) == 1

        for sim in (timed, conditional):
            await eventually(partial(handed_over, sim), 60)
        conditional.aircraft.battery = 95
        assert [state["status"] for state in await asyncio.gather(flying.ended(first), flying.ended(second))] == [
            "ok",
            "ok",
        ]


async def test_a_dock_that_says_it_lost_the_task_gets_it_once_more(world: World, org: Org) -> None:
    lost = {"on": "command", "method": "flighttask_execute", "do": "result", "code": 319003}
    flying = Flying(world, org)
    async with flying.docks("dock2", scenario={"rules": [lost]}) as (sim,):
        saga = await flying.fly(sim)
        assert (await flying.ended(saga))["status"] == "ok"
        assert await flying.flown(sim) == ["flighttask_prepare", "flighttask_execute"] * 2
    async with flying.docks("dock3", scenario={"rules": [{**lost, "times": None}]}) as (sim,):
        state = await flying.ended(await flying.fly(sim))
        assert (state["status"], state["error_code"]) == ("rejected", 319003)


async def test_timed_flights_that_cannot_be_flown_are_missed_and_called_off(world: World, org: Org) -> None:
    flying, fenced = Flying(world, org), Flying(world, org)

    async def past(sim: SimDock) -> None:
        with pytest.raises(ApplicationError) as caught:
            await flying.fly(sim, task_type=1, execute_at=in_seconds(-0.001))
        assert caught.value.type == "FlightMissed"

    async def forbidden(sim: SimDock) -> None:
        """By an area that was drawn after it was planned."""
        saga = await fenced.fly(sim, lead(4), task_type=1, execute_at=in_seconds(13))
        await eventually(lambda: world.sent(sim.sn, "flighttask_prepare"))
        await world.draw(org, fenced.mission, "dfence", (22.9078, 113.7035), 30)
        state = await flying.ended(saga)
        assert state["status"] == "missed", state
        assert "leaves the keep-in area" in state["reason"]
        assert await world.sent(sim.sn, "flighttask_execute") == []

    async def offline(sim: SimDock) -> None:
        saga = await flying.fly(sim, lead(4), task_type=1, execute_at=in_seconds(13))
        await eventually(lambda: world.sent(sim.sn, "flighttask_prepare"))
        await sim.cut_power()
        state = await flying.ended(saga)
        assert state["status"] == "missed", state
        assert "offline" in state["reason"]
        assert await world.sent(sim.sn, "flighttask_execute") == []

    async def stopped(sim: SimDock) -> None:
        saga = await flying.fly(sim, task_type=1, execute_at=in_seconds(3600))
        await eventually(lambda: world.sent(sim.sn, "flighttask_prepare"))
        await eventually(lambda: is_free(world, sim))
        assert await flying.stop(saga) == "flighttask_undo"
        assert (await flying.ended(saga))["status"] == "canceled"
        assert sim.wayline.tasks == {}

    async with flying.docks("dock1", "dock2", "dock3") as (first, second, third), fenced.dock() as fourth:
        await asyncio.gather(past(first), offline(second), stopped(third), forbidden(fourth))


# Conditional


async def test_a_conditional_flight_takes_off_when_the_dock_says_ready(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def fly(sim: SimDock) -> None:
        saga = await flying.fly(sim, task_type=2, ready=window(60))
        assert (await flying.ended(saga))["status"] == "ok"
        prepare = (await world.sent(sim.sn, "flighttask_prepare"))[0]
        assert prepare.data["task_type"] == 2
        assert prepare.data["ready_conditions"]["battery_capacity"] == 20

    async def never(sim: SimDock) -> None:
        sim.aircraft.battery = 60
        saga = await flying.fly(sim, task_type=2, ready=window(4, battery=100))
        await world.until_flight(saga, "preparing")
        await eventually(lambda: is_free(world, sim))
        assert (await flying.ended(saga))["status"] == "missed"
        assert len(await world.sent(sim.sn, "flighttask_undo")) == 1
        assert sim.wayline.tasks == {}

    async with flying.docks("dock1", "dock2", "dock3") as (first, second, third):
        await asyncio.gather(fly(first), fly(second), never(third))


# Resumed


async def test_a_flight_goes_on_from_the_break_point_of_another(world: World, org: Org) -> None:
    flying = Flying(world, org)
    async with flying.dock(speed=CALM) as sim:
        wayline = await world.wayline(org, sim.aircraft_key, points=5, step=0.002)
        first = await world.fly(org, flying.mission, sim, wayline)

        async def on_the_way() -> bool:
            return sim.wayline.running is not None and sim.wayline.running.waypoint >= 1

        await eventually(on_the_way, 60)
        home = await world.update(first.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
        assert home["did"] == "return_home"
        hurry(sim)
        await flying.ended(first)
        broken = await world.flight(first)
        point = broken.break_point
        assert broken.status == "canceled"
        assert point is not None
        resumes = ResumeAt(flight_id=broken.id, index=point["index"], state=point["state"], progress=point["progress"])
        second = await world.fly(org, flying.mission, sim, wayline, resumes=resumes)
        assert (await flying.ended(second))["status"] == "ok"
        assert (await world.flight(second)).resumes == broken.id
        prepare = (await world.sent(sim.sn, "flighttask_prepare"))[1]
        assert prepare.data["break_point"]["index"] == point["index"]


# To a point


def above(sim: SimDock) -> TakeOffTo:
    return TakeOffTo(latitude=22.9085, longitude=113.7035, height=sim.home.height + 50)


async def test_a_flight_to_a_point_ends_when_the_aircraft_is_home(world: World, org: Org) -> None:
    flying = Flying(world, org)
    await world.draw(org, flying.mission, "nfz", (22.96, 113.7035), 60)

    async def fly(sim: SimDock) -> None:
        saga = await flying.fly(sim, to=above(sim))
        await world.until_flight(saga, "executing")
        await sim.wait_for(lambda d: d.aircraft.flying and d.motion.arrived, 60)
        sim.clock.set_speed(CALM, 8)
        there = FlyTo(actor=ACTOR, latitude=22.95, longitude=113.7035, height=sim.home.height + 60)
        with pytest.raises(ApplicationError, match="the point enters no-fly area Hut"):
            await world.update(saga.id, names.Update.FLY_TO, there.model_copy(update={"latitude": 22.96}))
        assert await world.sent(sim.sn, "fly_to_point") == []
        assert (await world.update(saga.id, names.Update.FLY_TO, there))["did"] == "fly_to_point"
        farther = there.model_copy(update={"latitude": 22.94})
        assert (await world.update(saga.id, names.Update.FLY_TO, farther))["did"] == "fly_to_point_update"
        assert (await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR)))["did"] == "fly_to_point_stop"
        assert (await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR)))["did"] == "return_home"
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "ok"
        assert aircraft_home(sim)

    async def stop_before_the_take_off(sim: SimDock) -> None:
        saga = await flying.fly(sim, to=above(sim))
        await eventually(lambda: world.sent(sim.sn, "takeoff_to_point"), 30)
        sim.clock.set_speed(SLOW, 8)
        stopping = asyncio.create_task(flying.stop(saga))
        await eventually(lambda: world.sent(sim.sn, "return_home"), 30)
        hurry(sim)
        assert (await flying.ended(saga))["status"] == "canceled"
        assert await stopping == "return_home"  # no dock calls a flight to a point off on the ground
        assert not sim.aircraft.flying

    async with flying.docks("dock1", "dock3", "dock3") as (old, new, third):
        await asyncio.gather(fly(old), fly(new), stop_before_the_take_off(third))
