"""kill -9 of Temporal, and of the bridge, with a pairing, a rollout and a relay at each of their steps.

One house for all of it. A step counts as reached where the saga is further, since a kill takes seconds and docks do not
wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack

import pytest

from simulator.dock import SimDock
from tests.waiting import eventually
from tests.workflows.killing import Mortal, mortal
from tests.workflows.relays import Relaying
from tests.workflows.rollouts import NEW, QUICK, Rolling
from tests.workflows.test_pairing_again import opens, pairing_of, used_seats
from tests.workflows.world import TIMINGS, World
from workflows import names

Reached = Callable[[], Awaitable[object]]
Kill = Callable[[], Awaitable[None]]
PATIENT = {"activity_quick": 3.0, "command_reply": 5.0, "pairing_settle": 120.0}
SPEED = 20.0

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
async def house(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mortal]:
    timings = TIMINGS.model_copy(update=PATIENT)
    folder = tmp_path_factory.mktemp("temporal")
    async with mortal(world, folder, timings_json=timings.model_dump_json()) as house:
        yield house


async def walk(steps: Iterable[tuple[str, Reached, Kill]]) -> None:
    """Kill at each step, as soon as it is reached."""
    for name, reached, kill in steps:
        try:
            await eventually(reached, 120)
        except AssertionError as error:
            raise AssertionError(f"{name} was not reached") from error
        await kill()


async def test_a_pairing_and_an_unpairing(house: Mortal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.organization.AGAIN_AFTER", 0.5)
    own, timings = house.world, TIMINGS.model_copy(update=PATIENT)
    org = await own.org()
    qr, saga = await own.start_pairing(org, timings)
    async with AsyncExitStack() as stack:
        # The dock asks while nobody answers
        dying = asyncio.create_task(house.temporal.again())
        sim = await stack.enter_async_context(own.sim(qr))
        await dying

        def is_at(*statuses: str) -> Reached:
            async def reached() -> bool:
                return (await pairing_of(own, saga)).status in statuses

            return reached

        async def online() -> bool:
            dock = await own.docks.get(sim.sn)
            return dock is not None and dock.online

        await walk(
            [
                ("bound", is_at("bound", "paired"), house.temporal.again),
                ("online", online, house.temporal.again),
            ]
        )
        await eventually(is_at("paired"), 120)
        assert await opens(qr)
        assert await used_seats(own, org) == 1
        leaving = asyncio.create_task(own.unpair(org, sim.sn))

        async def asked() -> bool:
            events = own.temporal.get_workflow_handle(names.dock_id(sim.sn)).fetch_history_events()
            taken = [event.workflow_execution_update_accepted_event_attributes async for event in events]
            return any(each.accepted_request.input.name == names.Update.UNPAIR for each in taken)

        await walk([("unpair", asked, house.temporal.again)])
        await asyncio.gather(leaving, return_exceptions=True)  # who asked may have lost its connection

        async def gone() -> bool:
            return await own.docks.get(sim.sn) is None and await used_seats(own, org) == 0

        await eventually(gone, 120)
        assert not await opens(qr)


async def test_a_rollout_with_the_bridge_killed_as_well(house: Mortal) -> None:
    own, temporal, bridge = house.world, house.temporal.again, house.bridge.again
    timings = QUICK.model_copy(update={**PATIENT, "firmware_upgrade": 20.0, "firmware_restart": 60.0})
    slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 0.5, "times": None}]}
    rolling = Rolling(own, await own.org())
    async with rolling.dock(scenario=slow) as first, rolling.dock(scenario=slow) as second:
        saga = await rolling.start([first, second], await rolling.package(first), at_once=1, timings=timings)

        async def running() -> bool:
            return (await rolling.rollout(saga)).status != "starting"

        def begun(sim: SimDock) -> Reached:
            async def reached() -> bool:
                return (await rolling.push(saga, sim.sn)).status != "pending"

            return reached

        def ordered(sim: SimDock) -> Reached:
            return lambda: own.sent(sim.sn, "ota_create")

        def tells(sim: SimDock) -> Reached:
            async def reached() -> bool:
                return (await rolling.push(saga, sim.sn)).progress is not None

            return reached

        def through(sim: SimDock) -> Reached:
            async def reached() -> bool:
                return bool(sim.firmware.history)

            return reached

        await walk(
            [
                ("running", running, temporal),
                ("the first begins", begun(first), temporal),
                ("the first has its order", ordered(first), temporal),
                ("the first tells its progress", tells(first), bridge),
                ("the first restarts", through(first), temporal),
                ("the second has its order", ordered(second), bridge),
                ("the second restarts", through(second), bridge),
            ]
        )
        rollout = await rolling.until(saga, "completed", "attention", "halted", within=180)
        assert (rollout.status, rollout.counts.succeeded) == ("completed", 2), rollout
        for sim in (first, second):
            assert len(sim.firmware.history) == 1
            assert sim.memory.dock_firmware == NEW["dock3"]


async def test_a_relay(house: Mortal) -> None:
    own, again = house.world, house.temporal.again
    timings = TIMINGS.model_copy(update=PATIENT)
    relaying = Relaying(own, await own.org())
    async with relaying.line(2, speed=SPEED) as (docks, mission):
        saga = await relaying.start(mission, docks, timings)

        def told(sim: SimDock, method: str) -> Reached:
            async def reached() -> bool:
                return relaying.given_orders(sim, method) > 0

            return reached

        def flies(sim: SimDock) -> Reached:
            async def reached() -> bool:
                return sim.aircraft.flying or bool(sim.wayline.finished)

            return reached

        def landed(sim: SimDock) -> Reached:
            async def reached() -> bool:
                return bool(sim.wayline.finished)

            return reached

        async def accepted() -> bool:
            return (await relaying.shown(saga)).status != "starting"

        steps: list[tuple[str, Reached, Kill]] = [("accepted", accepted, again)]
        for number, sim in enumerate(docks, start=1):
            steps += [
                (f"leg {number} is handed over", told(sim, "flighttask_prepare"), again),
                (f"leg {number} is executed", told(sim, "flighttask_execute"), again),
                (f"leg {number} is in the air", flies(sim), again),
                (f"leg {number} has landed", landed(sim), again),
            ]
        await walk(steps)
        relay = await relaying.until(saga, lambda relay: relay.ended_at is not None or relay.question is not None, 180)
        assert (relay.status, relay.gap_m) == ("completed", 0), relay
        await relaying.expect_all_home(docks)
        for sim in docks:
            # However often a command was heard, it was one and the same
            assert relaying.given_orders(sim, "flighttask_prepare") == 1
            assert relaying.given_orders(sim, "flighttask_execute") == 1
            assert [finished["status"] for finished in sim.wayline.finished] == ["ok"]
