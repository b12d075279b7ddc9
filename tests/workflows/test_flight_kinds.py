"""Saga `flight`, the other kinds: conditional, resumed, to a point, and the orders on the way."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from store.facts import Ask, FlyTo, GoHome
from store.flights import FlightTask
from store.orgs import Org
from tests.workflows.world import ACTOR, TIMINGS, World, eventually
from workflows import names
from workflows.inputs import ReadyWhen, ResumeAt, TakeOffTo


def window(seconds: float, battery: int = 20) -> ReadyWhen:
    """Conditions from now on, for so long."""
    now = int(time.time() * 1000)
    return ReadyWhen(begin=now - 1000, end=now + int(seconds * 1000), battery_least=battery)


async def left_broken(world: World, saga: Any) -> FlightTask:
    """The document of a flight that ended with a break point."""
    task = await world.flight(saga)
    assert task.break_point is not None
    return task


@pytest.mark.parametrize("model", ["dock1", "dock2"])
async def test_a_conditional_flight_takes_off_when_the_dock_says_ready(world: World, org: Org, model: str) -> None:
    async with world.paired(org, model) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        saga = await world.fly(org, mission, sim, wayline, task_type=2, ready=window(60))
        state = await asyncio.wait_for(saga.result(), 90)
        assert state["status"] == "ok", state
        prepare = (await world.sent(sim.sn, "flighttask_prepare"))[0]
        assert prepare.data["task_type"] == 2
        assert prepare.data["ready_conditions"]["battery_capacity"] == 20


async def test_a_conditional_flight_that_is_never_ready_is_missed_and_undone(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        sim.aircraft.battery = 60
        saga = await world.fly(org, mission, sim, wayline, task_type=2, ready=window(4, battery=100))
        await world.until_flight(saga, "preparing")

        async def free() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and dock.lease is None

        await eventually(free)
        state = await asyncio.wait_for(saga.result(), 30)
        assert state["status"] == "missed", state
        assert len(await world.sent(sim.sn, "flighttask_undo")) == 1
        assert sim.wayline.tasks == {}


async def test_a_timed_flight_whose_dock_is_offline_at_its_hour_is_missed(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        timings = TIMINGS.model_copy(update={"timed_lead": 1})
        at = int(time.time() * 1000) + 9_000
        saga = await world.fly(org, mission, sim, wayline, timings, task_type=1, execute_at=at)
        await sim.cut_power()
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "missed", state
        assert "offline" in state["reason"]
        assert await world.sent(sim.sn, "flighttask_prepare") == []


async def test_a_flight_goes_on_from_the_break_point_of_another(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key, points=5, step=0.002)
        first = await world.fly(org, mission, sim, wayline)
        await sim.wait_for(
            lambda d: d.aircraft.flying and d.wayline.running is not None and d.wayline.running.waypoint >= 1, 120
        )
        home = await world.update(first.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
        assert home["did"] == "return_home"
        await asyncio.wait_for(first.result(), 90)
        broken = await left_broken(world, first)
        assert broken.status == "canceled"
        point = broken.break_point
        assert point is not None
        resumes = ResumeAt(flight_id=broken.id, index=point["index"], state=point["state"], progress=point["progress"])
        second = await world.fly(org, mission, sim, wayline, resumes=resumes)
        state = await asyncio.wait_for(second.result(), 90)
        assert state["status"] == "ok", state
        assert (await world.flight(second)).resumes == broken.id
        prepare = (await world.sent(sim.sn, "flighttask_prepare"))[1]
        assert prepare.data["break_point"]["index"] == point["index"]


async def test_home_is_a_dock_of_the_task_and_dock_1_knows_no_other(world: World, org: Org) -> None:
    async with world.paired(org, "dock1") as old, world.paired(org, "dock3") as new:
        mission = await world.mission(org, old, new)
        for sim, home, failure in ((old, old.sn, "CommandInvalid"), (new, uuid.uuid4().hex[:14], "DJI.338020")):
            wayline = await world.wayline(org, sim.aircraft_key, points=5, step=0.002)
            saga = await world.fly(org, mission, sim, wayline)
            await world.until_flight(saga, "executing")
            await sim.wait_for(lambda d: d.aircraft.flying, 120)
            with pytest.raises(ApplicationError) as caught:
                await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR, home_dock_sn=home))
            assert caught.value.type == failure
            await world.update(saga.id, names.Update.STOP, Ask(actor=ACTOR))
            assert (await asyncio.wait_for(saga.result(), 60))["status"] == "canceled"


@pytest.mark.parametrize("model", ["dock1", "dock3"])
async def test_a_flight_to_a_point_ends_when_the_aircraft_is_home(world: World, org: Org, model: str) -> None:
    async with world.paired(org, model) as sim:
        mission = await world.mission(org, sim)
        to = TakeOffTo(latitude=22.9085, longitude=113.7035, height=sim.home.height + 50)
        saga = await world.fly(org, mission, sim, None, to=to)
        await world.until_flight(saga, "executing")
        await sim.wait_for(lambda d: d.aircraft.flying and d.motion.arrived, 120)
        there = FlyTo(actor=ACTOR, latitude=22.95, longitude=113.7035, height=sim.home.height + 60)
        assert (await world.update(saga.id, names.Update.FLY_TO, there))["did"] == "fly_to_point"
        farther = there.model_copy(update={"latitude": 22.94})
        assert (await world.update(saga.id, names.Update.FLY_TO, farther))["did"] == "fly_to_point_update"
        assert (await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR)))["did"] == "fly_to_point_stop"
        assert (await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR)))["did"] == "return_home"
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "ok", state
        assert not sim.aircraft.flying
        assert sim.state.aircraft_inside
        assert sim.complaints == []


async def test_a_flight_to_a_point_that_is_stopped_before_it_takes_off_is_on_the_ground(world: World, org: Org) -> None:
    async with world.paired(org, speed=5) as sim:
        mission = await world.mission(org, sim)
        to = TakeOffTo(latitude=22.9085, longitude=113.7035, height=sim.home.height + 50)
        saga = await world.fly(org, mission, sim, None, to=to)

        async def told() -> bool:
            return bool(await world.sent(sim.sn, "takeoff_to_point"))

        await eventually(told, 30)
        stopping = asyncio.create_task(world.update(saga.id, names.Update.STOP, Ask(actor=ACTOR)))
        state = await asyncio.wait_for(saga.result(), 120)
        assert state["status"] == "canceled", state
        assert (await stopping)["did"] == "return_home"  # no dock calls a flight to a point off on the ground
        assert not sim.aircraft.flying


async def test_an_aircraft_that_leaves_its_way_home_is_told_to_people(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key, points=5, step=0.002))
        await world.until_flight(saga, "executing")
        await sim.wait_for(lambda d: d.aircraft.flying, 120)
        sim.link.event("device_exit_homing_notify", {"sn": sim.sn, "action": 1, "reason": "3"}, need_reply=1)

        async def noted() -> bool:
            description = await saga.query("__temporal_workflow_metadata")
            return "obstacles all around" in str(description)

        await eventually(noted)
        await world.update(saga.id, names.Update.STOP, Ask(actor=ACTOR))
        assert (await asyncio.wait_for(saga.result(), 60))["status"] == "canceled"
