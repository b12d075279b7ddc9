"""DJI's task of two docks: the aircraft takes off at the first, lands at the second, and is that one's from then on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from store.facts import GoHome
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.flying import CALM, Flying, hurry
from tests.workflows.world import ACTOR, World
from workflows import names

NORTH = 22.9078 + 0.01  # where the second dock stands: 1.1 km from the first


@asynccontextmanager
async def two(
    flying: Flying, model: str = "dock3", second: str | None = None, **of_the_second: Any
) -> AsyncIterator[tuple[SimDock, SimDock]]:
    """A dock with an aircraft, and an empty one."""
    async with AsyncExitStack() as stack:
        takeoff = await stack.enter_async_context(flying.dock(model, CALM))
        options = {"empty": True, "latitude": NORTH, **of_the_second}
        landing = await stack.enter_async_context(flying.dock(second or model, CALM, **options))

        async def known() -> bool:
            found = [await flying.world.docks.get(sim.sn) for sim in (takeoff, landing)]
            return all(dock is not None and "wireless_link_topo" in dock.state for dock in found)

        await eventually(known)
        yield takeoff, landing


async def lands_at(flying: Flying, first: SimDock, second: SimDock, aircraft: str) -> None:
    """The aircraft's document, and those of the docks, say where it is."""

    async def moved() -> bool:
        craft = await flying.aircraft.get(aircraft)
        docks = [await flying.world.docks.get(sim.sn) for sim in (first, second)]
        assert craft is not None
        return craft.dock_sn == second.sn and [dock.aircraft_sn for dock in docks if dock is not None] == [
            None,
            aircraft,
        ]

    await eventually(moved)
    assert not first.state.aircraft_inside
    assert second.state.aircraft_inside


@pytest.mark.parametrize("model", ["dock2", "dock3"])
async def test_an_aircraft_lands_at_another_dock_and_flies_on_from_there(world: World, org: Org, model: str) -> None:
    flying = Flying(world, org)
    async with two(flying, model) as (first, second):
        aircraft = first.aircraft_sn
        saga = await flying.fly(first, points=4, step=0.002, landing_dock_sn=second.sn)
        for sim in (first, second):
            dock = await world.docks.get(sim.sn)
            assert dock is not None
            assert dock.lease is not None
            assert dock.lease.holder == saga.id
        await flying.in_the_air(first, saga)
        hurry(first)
        hurry(second)
        await flying.ok(saga)
        task = await world.flight(saga)
        assert task.landing_dock_sn == second.sn
        assert task.progress is not None
        assert task.landing_progress is not None
        assert (task.progress.status, task.landing_progress.status) == ("ok", "ok")
        assert [line.name for line in task.gate][-4:] == [
            "landing_wind", "landing_rain", "landing_dock", "landing_telemetry",
        ]  # fmt: skip
        assert await flying.flown(first) == ["flighttask_prepare", "flighttask_execute", "flighttask_stop"]
        assert await flying.flown(second) == ["flighttask_prepare", "flighttask_execute"]
        execute = (await world.sent(second.sn, "flighttask_execute"))[0]
        topology = execute.data["multi_dock_task"]["wireless_link_topo"]
        assert topology["secret_code"] == "(the key of the radio link)"
        assert sorted(leaf["control_source_index"] for leaf in topology["leaf_nodes"]) == [1, 2]
        history = (await saga.fetch_history()).to_json()
        assert "secret_code" not in history
        await lands_at(flying, first, second, aircraft)
        await flying.ok(await flying.fly(second))


async def test_a_task_of_two_docks_that_ends_early_frees_both(world: World, org: Org) -> None:
    """Stopped on the way it goes to the landing dock; told to, it goes home to where it took off."""
    flying = Flying(world, org)

    async def stopped() -> None:
        async with two(flying) as (first, second):
            aircraft = first.aircraft_sn
            saga = await flying.fly(first, points=4, step=0.002, landing_dock_sn=second.sn)
            await flying.in_the_air(first, saga)
            assert await flying.stop(saga) == "return_home"
            hurry(first)
            hurry(second)
            state = await flying.ended(saga)
            assert state["status"] == "canceled", state
            await lands_at(flying, first, second, aircraft)
            for sim in (first, second):
                await sim.wait_for(lambda dock: dock.wayline.running is None)

    async def back() -> None:
        async with two(flying, "dock2") as (first, second):
            saga = await flying.fly(first, points=4, step=0.002, landing_dock_sn=second.sn)
            await flying.in_the_air(first, saga)
            home = GoHome(actor=ACTOR, home_dock_sn=first.sn)
            assert (await world.update(saga.id, names.Update.GO_HOME, home))["did"] == "return_specific_home"
            hurry(first)
            hurry(second)
            state = await flying.ended(saga)
            assert state["status"] == "canceled", state
            assert first.state.aircraft_inside
            assert not second.state.aircraft_inside
            assert await flying.flown(second) == ["flighttask_prepare", "flighttask_execute", "flighttask_stop"]
            await second.wait_for(lambda dock: dock.wayline.running is None)

    await stopped()
    await back()


async def test_two_docks_that_cannot_share_a_task_are_refused(world: World, org: Org) -> None:
    flying = Flying(world, org)

    async def refused(failure: str, words: str, *models: str, **more: Any) -> None:
        async with two(flying, *models, **more) as (first, second):
            with pytest.raises(ApplicationError) as caught:
                await flying.fly(first, landing_dock_sn=second.sn)
            assert (caught.value.type, words in caught.value.message) == (failure, True), caught.value.message
            assert await world.flights.find(dockSn=first.sn) == []

    async def full() -> None:
        """Another aircraft is inside: the gate says so, both docks give the task up."""
        async with two(flying, empty=False) as (first, second):
            saga = await flying.fly(first, landing_dock_sn=second.sn)
            state = await flying.ended(saga)
            assert (state["status"], "landing_dock" in state["reason"]) == ("rejected", True), state
            for sim in (first, second):
                assert await flying.flown(sim) == ["flighttask_prepare", "flighttask_undo"]
                assert sim.wayline.tasks == {}

    async def no() -> None:
        """The landing dock does not take it: nothing is left at the other."""
        rules = [{"on": "command", "method": "flighttask_execute", "do": "result", "code": 315004}]
        async with two(flying, "dock2", scenario={"rules": rules}) as (first, second):
            state = await flying.ended(await flying.fly(first, landing_dock_sn=second.sn))
            assert (state["status"], state["error_code"]) == ("rejected", 315004), state
            assert await world.sent(first.sn, "flighttask_execute") == []
            assert first.wayline.tasks == second.wayline.tasks == {}

    await asyncio.gather(
        refused("DocksUnfit", "both Dock 3", "dock2", "dock3"),
        refused("DocksUnfit", "22.1 km apart", "dock3", latitude=22.9078 + 0.2),
    )
    await asyncio.gather(full(), no())
