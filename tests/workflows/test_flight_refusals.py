"""Saga `flight`: each refusal, each wait that runs out, each kind of busy dock, and a word to stop at every step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from temporalio.client import WorkflowHandle
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from simulator.state import DockMode
from store.facts import Ask, GoHome
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.flying import CALM, SLOW, Flying, aircraft_home, hurry
from tests.workflows.world import ACTOR, TIMINGS, World
from timings import Timings
from workflows import names
from workflows.inputs import TakeOffTo

Saga = WorkflowHandle[Any, Any]
IMPATIENT = TIMINGS.model_copy(update={"queue_look": 0.5, "lease_wait": 2.0, "command_reply": 1.0})
QUEUES = IMPATIENT.model_copy(update={"lease_wait": 60.0})


def rule(on: str, method: str, do: str = "silence", **more: Any) -> dict[str, Any]:
    return {"rules": [{"on": on, "method": method, "do": do, "times": None, **more}]}


async def refusal(flying: Flying, sim: SimDock, **more: Any) -> ApplicationError:
    """The failure of a flight that is not accepted; it leaves nothing behind."""
    before = len(await flying.world.flights.find(dockSn=sim.sn))
    with pytest.raises(ApplicationError) as caught:
        await flying.fly(sim, **more)
    assert len(await flying.world.flights.find(dockSn=sim.sn)) == before
    return caught.value


# Refused at once


async def test_what_may_not_fly_is_refused_by_its_name_and_nothing_is_left(world: World, org: Org) -> None:
    org.gate.wind_most = 0
    await world.orgs.put(org)
    flying = Flying(world, org)
    async with flying.docks("dock2", "dock3", "dock3") as (debugged, away, sim):
        other = await world.wayline(org, "0-67-1")
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, flying.mission, sim, other)
        assert caught.value.type == "WaylineWrongAircraft"
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, "no-such-mission", sim, other)
        assert caught.value.type == "DockNotInMission"
        gone = await world.wayline(org, sim.aircraft_key)
        await world.objects.delete(gone.object_key)
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, flying.mission, sim, gone)
        assert caught.value.type == "ObjectMissing"
        windy = await refusal(flying, sim)
        assert (windy.type, windy.details[0]["field"]) == ("GateFailed", "overrides.wind")
        await away.cut_power()
        debugged.state.mode = DockMode.REMOTE_DEBUG
        calm = {"wind": "the anemometer is broken"}
        saga = await flying.fly(sim, overrides=calm)
        busy = await refusal(flying, sim, overrides={**calm, "dock": "to see the lease refuse it"})
        assert busy.type == "DockBusy"
        assert busy.details[0]["holder"]["holder"] == saga.id

        async def seen() -> bool:
            one, two = await world.docks.get(debugged.sn), await world.docks.get(away.sn)
            return one is not None and one.osd["mode_code"] == 2 and two is not None and not two.online

        await eventually(seen)
        assert (await refusal(flying, away)).type == "DockOffline"
        told = await refusal(flying, debugged, overrides=calm)
        assert (told.type, "remote debugging" in told.message) == ("GateFailed", True)
        await flying.ok(saga)
        line = next(line for line in (await world.flight(saga)).gate if line.name == "wind")
        assert line.overridden
        assert "anemometer" in line.note


# Queued


async def test_who_queues_waits_for_a_dock_that_is_held_offline_debugged_or_upgraded(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def until_queued(sim: SimDock) -> Saga:
        saga = await flying.fly(sim, QUEUES, queue=True)
        assert (await world.flight(saga)).status == "created"
        assert await world.sent(sim.sn, "flighttask_prepare") == []
        return saga

    async def held(sim: SimDock) -> None:
        first = await flying.fly(sim, QUEUES)
        second = await flying.fly(sim, QUEUES, queue=True)
        for saga in (first, second):
            await flying.ok(saga)

    async def offline(sim: SimDock) -> None:
        await sim.cut_power()

        async def gone() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and not dock.online

        await eventually(gone)
        saga = await until_queued(sim)
        sim.reboot(0)
        await flying.ok(saga)

    async def busy(sim: SimDock, mode: DockMode) -> None:
        sim.state.mode = mode

        async def shown() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and dock.osd["mode_code"] == mode

        await eventually(shown)
        saga = await until_queued(sim)
        await asyncio.sleep(0.6)  # one look that finds it busy
        sim.state.mode = DockMode.IDLE
        await flying.ok(saga)

    async with flying.docks("dock1", "dock2", "dock3", "dock3") as (one, two, three, four):
        await asyncio.gather(
            held(one), offline(two), busy(three, DockMode.REMOTE_DEBUG), busy(four, DockMode.UPGRADING)
        )


async def test_a_queue_ends_and_a_stopped_flight_leaves_it(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def too_long(sim: SimDock) -> None:
        sim.state.mode = DockMode.ON_SITE_DEBUG

        async def shown() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and dock.osd["mode_code"] == 1

        await eventually(shown)
        state = await flying.ended(await flying.fly(sim, IMPATIENT, queue=True))
        assert state["status"] == "rejected", state
        assert "on-site debugging" in state["reason"]

    async def behind_another(sim: SimDock) -> None:
        first = await flying.fly(sim, points=5, step=0.002)
        late = await flying.fly(sim, IMPATIENT, queue=True)
        stopped = await flying.fly(sim, QUEUES, queue=True)
        await flying.stop(stopped)
        assert (await flying.ended(stopped))["status"] == "canceled"
        state = await flying.ended(late)
        assert state["status"] == "rejected", state
        hurry(sim)
        await flying.ok(first)

    async with flying.docks("dock2", "dock3", speed=CALM) as (one, two):
        await asyncio.gather(too_long(one), behind_another(two))


# Refused, or not answered, by the dock


async def test_a_dock_that_refuses_or_is_silent_keeps_nothing(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def fly(sim: SimDock, status: str, code: int | None, reason: str = "", timings: Timings = IMPATIENT) -> Saga:
        saga = await flying.fly(sim, timings, points=5, step=0.002)
        state = await flying.ended(saga)
        assert (state["status"], state["error_code"]) == (status, code), state
        assert reason in state["reason"]
        assert aircraft_home(sim)
        return saga

    async def refused_at_once() -> None:
        async with flying.dock(scenario=rule("command", "flighttask_prepare", "result", code=514171)) as sim:
            await fly(sim, "rejected", 514171)

    async def refused_at_the_end() -> None:
        async with flying.dock(scenario=rule("command", "flighttask_execute", "result", code=316009)) as sim:
            await fly(sim, "rejected", 316009)
            assert sim.wayline.tasks == {}

    async def silent_at_once() -> None:
        async with flying.dock(scenario=rule("command", "flighttask_prepare")) as sim:
            await fly(sim, "rejected", None, "did not answer flighttask_prepare")
            prepares = [received for received in sim.link.commands if received.method == "flighttask_prepare"]
            assert len(prepares) == 1 + IMPATIENT.command_resends
            assert len({(received.tid, received.bid) for received in prepares}) == 1
            document = (await world.sent(sim.sn, "flighttask_prepare"))[0]
            assert (document.status, document.sends) == ("unanswered", 2)

    async def silent_while_it_flies() -> None:
        """Its answer to execute is lost, so that nobody knows: the aircraft is brought home."""
        once = IMPATIENT.model_copy(update={"command_resends": 0})
        async with flying.dock(scenario=rule("reply", "flighttask_execute"), speed=SLOW) as sim:

            async def called_home() -> bool:
                return bool({"flighttask_stop", "return_home"} & set(await flying.flown(sim)))

            ended = fly(sim, "canceled", None, "did not answer flighttask_execute", once)
            flight = asyncio.create_task(ended)
            await eventually(called_home, 60)
            hurry(sim)
            await flight

    async def asked_again() -> None:
        """A lost answer is had by asking again: under the same ids, so that it is one take-off."""
        async with flying.dock(scenario=rule("reply", "flighttask_execute")) as sim:
            await flying.ok(await flying.fly(sim, IMPATIENT))
            executes = [received for received in sim.link.commands if received.method == "flighttask_execute"]
            assert len(executes) == 2
            assert len({received.tid for received in executes}) == 1
            assert sim.link.executed[executes[0].tid] == 1

    await asyncio.gather(refused_at_once(), refused_at_the_end(), silent_at_once())
    await asyncio.gather(silent_while_it_flies(), asked_again())


# Waits that run out


async def test_a_flight_of_which_nothing_is_heard_is_brought_home(world: World, org: Org) -> None:
    flying = Flying(world, org)
    lost = TIMINGS.model_copy(update={"preparation": 2.0, "flight": 4.0, "flight_silence": 1.0})

    async def fly(model: str, silent: dict[str, Any], status: str, timings: Timings, **more: Any) -> Saga:
        async with flying.dock(model, scenario=silent, speed=CALM) as sim:
            saga = await flying.fly(sim, timings, points=5, step=0.002, **more)
            state = await flying.ended(saga)
            assert state["status"] == status, state
            assert aircraft_home(sim)
            return saga

    never = rule("event", "flighttask_progress")
    later = rule("event", "flighttask_progress", skip=35)
    to = TakeOffTo(latitude=22.9085, longitude=113.7035, height=84.2)
    sagas = await asyncio.gather(
        fly("dock1", never, "timeout", lost),
        fly("dock2", later, "timeout", lost.model_copy(update={"preparation": 60.0})),
        fly("dock3", rule("event", "takeoff_to_point_progress"), "timeout", lost, to=to),
    )
    for saga in sagas:
        assert "goes on" in ((await world.flight(saga)).reason or "")


# A word to stop, at every step


STEPS = ("handed over", "preparing", "gate", "executing", "on the ground", "in the air", "paused", "returning")


async def until(flying: Flying, sim: SimDock, step: str) -> Saga:
    """A flight that is at this step."""
    world = flying.world

    async def heard(method: str) -> Any:
        return [command for command in await world.sent(sim.sn, method) if command.sn == sim.sn]

    async def answered() -> bool:
        return any(command.result is not None for command in await heard("flighttask_prepare"))

    if step == "handed over":
        saga = await flying.fly(sim, task_type=1, execute_at=int((time.time() + 3600) * 1000))
        await eventually(answered)
        return saga
    saga = await flying.fly(sim, points=5, step=0.002)
    reached: dict[str, Callable[[], Awaitable[Any]]] = {
        "preparing": lambda: heard("flighttask_prepare"),
        "gate": answered,
        "executing": lambda: heard("flighttask_execute"),
    }
    if step in reached:
        await eventually(reached[step], 30)
    elif step == "on the ground":
        await sim.wait_for(lambda d: d.wayline.running is not None and d.wayline.running.step == "power_on", 30)
    else:
        await flying.in_the_air(sim, saga)
    if step == "paused":
        await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        await world.until_flight(saga, "paused")
    if step == "returning":
        await world.update(saga.id, names.Update.GO_HOME, GoHome(actor=ACTOR))
        await world.until_flight(saga, "returning")
    return saga


LATE: dict[str, dict[str, Any]] = {
    "preparing": rule("reply", "flighttask_prepare", "delay", seconds=1.0),
    "gate": rule("osd", "*", "delay", seconds=1.0),
    "executing": rule("reply", "flighttask_execute", "delay", seconds=1.0),
}


@pytest.mark.parametrize("how", ["stop", "cancel"])
async def test_a_word_to_stop_ends_it_at_every_step(world: World, org: Org, how: str) -> None:
    flying = Flying(world, org)

    async def end(number: int, step: str) -> None:
        model = ("dock1", "dock2", "dock3")[number % 3]
        speed = SLOW if step in ("executing", "on the ground") else CALM
        async with flying.dock(model, speed, scenario=LATE.get(step)) as sim:
            saga = await until(flying, sim, step)
            if how == "stop":
                await flying.stop(saga)
            else:
                await saga.cancel()
            hurry(sim)
            state = await flying.ended(saga)
            assert state["status"] == "canceled", (step, state)
            assert aircraft_home(sim), step
            assert sim.wayline.tasks == {}, step
            assert sim.wayline.running is None, step

    for some in (STEPS[:4], STEPS[4:]):  # so many at once as two cores follow
        await asyncio.gather(*(end(number, step) for number, step in enumerate(some)))
