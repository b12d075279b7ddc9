"""Saga `flight`: the status is what the dock says, and whatever goes wrong brings the aircraft home."""

from __future__ import annotations

import asyncio
import time

import pytest
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from store.facts import Ask, EndMission
from store.orgs import Org
from tests.workflows.world import ACTOR, TIMINGS, World, eventually
from workflows import names


def aircraft_home(sim: SimDock) -> bool:
    return not sim.aircraft.flying and sim.state.aircraft_inside


async def lease_is_free(world: World, sn: str) -> bool:
    dock = await world.docks.get(sn)
    return dock is not None and dock.lease is None


@pytest.mark.parametrize("model", ["dock1", "dock2", "dock3"])
async def test_a_flight_ends_as_the_dock_says(world: World, org: Org, model: str) -> None:
    async with world.paired(org, model) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key))
        task = await world.flight(saga)
        assert task.mission_id == mission
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        state = await asyncio.wait_for(saga.result(), 90)
        assert state["status"] == "ok", state
        task = await world.flight(saga)
        assert (task.status, task.error_code, task.reason) == ("ok", None, None)
        assert [line.name for line in task.gate] == ["battery", "wind", "rain", "storage", "dock", "telemetry"]
        assert task.started_at is not None
        assert task.ended_at is not None
        assert aircraft_home(sim)
        flown = [command.method for command in await world.sent(sim.sn) if not command.method.startswith("live_")]
        assert flown == ["flighttask_prepare", "flighttask_execute"]
        prepare = (await world.sent(sim.sn, "flighttask_prepare"))[0]
        assert "http" not in str(prepare.data)
        assert prepare.bid == task.id
        assert sim.complaints == []
        await eventually(lambda: lease_is_free(world, sim.sn))
        document = await world.missions.get(mission)
        assert document is not None
        assert document.status == "active"


async def test_pause_and_resume_and_stop(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key, points=5, step=0.002))
        with pytest.raises(ApplicationError) as early:
            await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        assert early.value.type == "FlightNotStarted"
        await world.until_flight(saga, "executing")
        await sim.wait_for(
            lambda d: d.aircraft.flying and d.wayline.running is not None and d.wayline.running.phase == "flying"
        )
        paused = await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        assert paused["did"] == "flighttask_pause"
        await world.until_flight(saga, "paused")
        again = await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        assert again["did"].startswith("nothing")
        await world.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        await world.until_flight(saga, "executing")
        stopped = await world.update(saga.id, names.Update.STOP, Ask(actor=ACTOR))
        assert stopped["did"] == "return_home"
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "canceled", state
        assert aircraft_home(sim)
        with pytest.raises(Exception, match="completed"):
            await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))


@pytest.mark.parametrize("model", ["dock1", "dock3"])
async def test_a_stop_on_the_ground_keeps_it_there(world: World, org: Org, model: str) -> None:
    async with world.paired(org, model, speed=2) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key))
        await sim.wait_for(lambda d: d.wayline.running is not None and d.wayline.running.step == "power_on")
        stopped = await world.update(saga.id, names.Update.STOP, Ask(actor=ACTOR))
        assert stopped["did"] == ("flight_setup_abort" if model == "dock1" else "flighttask_stop")
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "canceled", state
        assert aircraft_home(sim)


async def test_a_cancelled_saga_brings_the_aircraft_home(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key, points=5, step=0.002))
        await world.until_flight(saga, "executing")
        await sim.wait_for(lambda d: d.aircraft.flying)
        await saga.cancel()
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "canceled", state
        assert aircraft_home(sim)
        assert len(await world.sent(sim.sn, "return_home")) == 1
        await eventually(lambda: lease_is_free(world, sim.sn))


async def test_the_end_of_a_mission_brings_home_what_flies(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key, points=5, step=0.002))
        await sim.wait_for(lambda d: d.aircraft.flying)
        await world.update(names.mission_id(mission), names.Update.END, EndMission(outcome="aborted", actor=ACTOR))
        ended = await asyncio.wait_for(world.temporal.get_workflow_handle(names.mission_id(mission)).result(), 60)
        assert (ended["status"], ended["problems"]) == ("aborted", [])
        assert aircraft_home(sim)
        assert (await world.flight(saga)).status == "canceled"


async def test_a_busy_dock_is_refused_with_its_holder_and_nothing_is_left(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        first = await world.fly(org, mission, sim, wayline)
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, mission, sim, wayline, overrides={"dock": "to see the lease refuse it"})
        assert caught.value.type == "DockBusy"
        assert caught.value.details[0]["holder"]["holder"] == first.id
        assert len(await world.flights.find(dockSn=sim.sn)) == 1
        queued = await world.fly(org, mission, sim, wayline, queue=True)
        assert (await asyncio.wait_for(first.result(), 90))["status"] == "ok"
        assert (await asyncio.wait_for(queued.result(), 90))["status"] == "ok"


async def test_an_offline_dock_is_refused(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        await sim.cut_power()

        async def offline() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and not dock.online

        await eventually(offline)
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, mission, sim, wayline)
        assert caught.value.type == "DockOffline"


async def test_a_wayline_for_another_aircraft_is_refused(world: World, org: Org) -> None:
    async with world.paired(org, "dock3") as sim:
        mission = await world.mission(org, sim)
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, mission, sim, await world.wayline(org, "0-67-1"))
        assert caught.value.type == "WaylineWrongAircraft"


async def test_a_gate_that_fails_refuses_and_an_override_with_a_reason_lets_pass(world: World, org: Org) -> None:
    org.gate.wind_most = 0
    await world.orgs.put(org)
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, mission, sim, wayline)
        assert caught.value.type == "GateFailed"
        assert caught.value.details[0]["field"] == "overrides.wind"
        assert await world.flights.find(dockSn=sim.sn) == []
        saga = await world.fly(org, mission, sim, wayline, overrides={"wind": "the anemometer is broken"})
        assert (await asyncio.wait_for(saga.result(), 90))["status"] == "ok"
        line = next(line for line in (await world.flight(saga)).gate if line.name == "wind")
        assert line.overridden
        assert "anemometer" in line.note


async def test_a_refusing_dock_is_named_by_its_code(world: World, org: Org) -> None:
    scenario = {"rules": [{"on": "command", "method": "flighttask_execute", "do": "result", "code": 316009}]}
    async with world.paired(org, scenario=scenario) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key))
        state = await asyncio.wait_for(saga.result(), 90)
        assert (state["status"], state["error_code"]) == ("rejected", 316009), state
        await eventually(lambda: lease_is_free(world, sim.sn))


async def test_a_dock_that_does_not_answer_is_asked_again_with_the_same_ids(world: World, org: Org) -> None:
    scenario = {"rules": [{"on": "command", "method": "flighttask_prepare", "do": "silence", "times": None}]}
    async with world.paired(org, scenario=scenario) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key))
        state = await asyncio.wait_for(saga.result(), 90)
        assert state["status"] == "rejected", state
        prepares = [received for received in sim.link.commands if received.method == "flighttask_prepare"]
        assert len(prepares) == 1 + TIMINGS.command_resends
        assert len({(received.tid, received.bid) for received in prepares}) == 1
        document = (await world.sent(sim.sn, "flighttask_prepare"))[0]
        assert (document.status, document.sends) == ("unanswered", 2)


async def test_a_timed_flight_waits_for_its_hour_and_a_past_one_is_refused(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, mission, sim, wayline, task_type=1, execute_at=int(time.time() * 1000) - 1)
        assert caught.value.type == "FlightMissed"
        timings = TIMINGS.model_copy(update={"timed_lead": 12})
        at = int(time.time() * 1000) + 14_000
        saga = await world.fly(org, mission, sim, wayline, timings, task_type=1, execute_at=at)
        state = await asyncio.wait_for(saga.result(), 90)
        assert state["status"] == "ok", state
        task = await world.flight(saga)
        assert task.started_at is not None
        assert task.started_at.timestamp() * 1000 >= at
