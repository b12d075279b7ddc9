"""kill -9 of worker, bridge and Temporal, each by itself, at each step of a rollout, a relay and a stream; of Temporal
with a pairing: its other kills are in tests/workflows, as are those of a flight.

One house for all of it. A step counts as reached where the saga is further, since a kill takes seconds and docks do not
wait for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from functools import partial

import pytest

from embedded.parts import LivekitServer, MinioServer
from simulator.dock import SimDock
from store.facts import AssignDock
from tests.waiting import eventually
from tests.workflows.flying import Flying
from tests.workflows.killing import Mortal, mortal
from tests.workflows.relays import Relaying
from tests.workflows.rollouts import NEW, QUICK, Rolling
from tests.workflows.test_auto_stream import open_ingresses, wish
from tests.workflows.test_pairing_again import opens, pairing_of, used_seats
from tests.workflows.world import ACTOR, TIMINGS, World, media_addresses, mediating, opened
from workflows import names

Reached = Callable[[], Awaitable[object]]
Kill = Callable[[], Awaitable[None]]
each_of_them = pytest.mark.parametrize("process", ["worker", "bridge", "temporal"])
PATIENT = {"activity_quick": 3.0, "command_reply": 5.0, "pairing_settle": 120.0}
SPEED = 20.0

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]


@pytest.fixture(scope="module")
async def world(minio: MinioServer, livekit: LivekitServer) -> AsyncIterator[World]:
    """Its bucket and its rooms are used."""
    async with opened(minio, livekit) as world:
        yield world


@pytest.fixture(scope="module")
async def house(world: World, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Mortal]:
    timings = TIMINGS.model_copy(update=PATIENT)
    folder = tmp_path_factory.mktemp("temporal")
    more = {"timings_json": timings.model_dump_json(), **media_addresses()}
    async with mortal(world, folder, **more) as house:
        own = house.world
        async with mediating(own.settings, own.temporal, own.store):
            yield house


async def walk(steps: Iterable[tuple[str, Reached, Kill]]) -> None:
    """Kill at each step, as soon as it is reached."""
    for name, reached, kill in steps:
        try:
            await eventually(reached, 120)
        except AssertionError as error:
            raise AssertionError(f"{name} was not reached") from error
        await kill()


async def took(own: World, saga_id: str, update: names.Update) -> bool:
    """Whether the saga has accepted such an update."""
    events = own.temporal.get_workflow_handle(saga_id).fetch_history_events()
    taken = [event.workflow_execution_update_accepted_event_attributes async for event in events]
    return any(each.accepted_request.input.name == update for each in taken)


def killing(house: Mortal, process: str) -> Kill:
    kill: Kill = getattr(house, process).again
    return kill


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
            return await took(own, names.dock_id(sim.sn), names.Update.UNPAIR)

        await walk([("unpair", asked, house.temporal.again)])
        await asyncio.gather(leaving, return_exceptions=True)  # who asked may have lost its connection

        async def gone() -> bool:
            return await own.docks.get(sim.sn) is None and await used_seats(own, org) == 0

        await eventually(gone, 120)
        assert not await opens(qr)


@each_of_them
async def test_a_rollout(house: Mortal, process: str) -> None:
    own, kill = house.world, killing(house, process)
    # A process that starts takes seconds, on a busy machine more than three tries within one
    timings = QUICK.model_copy(
        update={**PATIENT, "firmware_upgrade": 60.0, "firmware_restart": 60.0, "firmware_retry_first": 2.0}
    )
    slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 0.5, "times": None}]}
    rolling = Rolling(own, await own.org())
    async with rolling.dock(scenario=slow) as first, rolling.dock(scenario=slow) as second:
        package = await rolling.package(first)
        saga = await rolling.start([first, second], package, at_once=1, attempts=8, timings=timings)

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

        steps: list[tuple[str, Reached, Kill]] = [("running", running, kill)]
        for number, sim in enumerate((first, second), start=1):
            steps += [
                (f"dock {number} begins", begun(sim), kill),
                (f"dock {number} has its order", ordered(sim), kill),
                (f"dock {number} tells its progress", tells(sim), kill),
                (f"dock {number} restarts", through(sim), kill),
            ]
        await walk(steps)
        rollout = await rolling.until(saga, "completed", "attention", "halted", within=180)
        assert (rollout.status, rollout.counts.succeeded) == ("completed", 2), rollout
        for sim in (first, second):
            assert len(sim.firmware.history) == 1
            assert sim.memory.dock_firmware == NEW["dock3"]


@each_of_them
async def test_a_relay(house: Mortal, process: str) -> None:
    own, kill = house.world, killing(house, process)
    timings = TIMINGS.model_copy(update=PATIENT)
    relaying = Relaying(own, await own.org())
    late = {"scenario": {"rules": [{"on": "reply", "method": "flighttask_prepare", "do": "delay", "seconds": 1}]}}
    async with relaying.line(2, speed=SPEED, d0=late, d1=late) as (docks, mission):
        saga = await relaying.start(mission, docks, timings)

        def told(sim: SimDock, method: str) -> Reached:
            async def reached() -> bool:
                return relaying.given_orders(sim, method) > 0

            return reached

        def fetched(sim: SimDock) -> Reached:
            """A dock whose request for its file no bridge answers within 9 s gives its task up."""

            async def reached() -> bool:
                return "flighttask_resource_get" in sim.link.answered_after

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

        steps: list[tuple[str, Reached, Kill]] = [("accepted", accepted, kill)]
        for number, sim in enumerate(docks, start=1):
            handed_over = fetched(sim) if process == "bridge" else told(sim, "flighttask_prepare")
            steps += [
                (f"leg {number} is handed over", handed_over, kill),
                (f"leg {number} is executed", told(sim, "flighttask_execute"), kill),
                (f"leg {number} is in the air", flies(sim), kill),
                (f"leg {number} has landed", landed(sim), kill),
            ]
        await walk(steps)
        relay = await relaying.until(saga, lambda relay: relay.ended_at is not None or relay.question is not None, 180)
        assert (relay.status, relay.gap_m) == ("completed", 0), relay
        await relaying.expect_all_home(docks)
        for sim in docks:
            # However often a command was heard, it was one and the same
            assert relaying.given_orders(sim, "flighttask_prepare") == 1
            assert relaying.given_orders(sim, "flighttask_execute") == 1
            assert relaying.given_orders(sim, "return_home") == 0
            assert [finished["status"] for finished in sim.wayline.finished] == ["ok"]


async def test_a_timed_flight_whose_hour_passed_while_all_was_down_is_missed(house: Mortal) -> None:
    own = house.world
    flying = Flying(own, await own.org())
    timings = TIMINGS.model_copy(update={**PATIENT, "timed_lead": 2.0})
    async with flying.dock() as sim:
        hour = time.time() + 15
        saga = await flying.fly(sim, timings, task_type=1, execute_at=int(hour * 1000))
        await eventually(lambda: own.sent(sim.sn, "flighttask_prepare"), 60)
        assert time.time() < hour - timings.timed_lead, "the machine was too slow for this test"
        await asyncio.gather(house.worker.kill(), house.bridge.kill())
        await house.temporal.again()
        await asyncio.sleep(max(0.0, hour - time.time()))
        await asyncio.gather(house.worker.start(), house.bridge.start())
        state = await flying.ended(saga)
        assert state["status"] == "missed", state
        assert "hour" in state["reason"]
        assert not [command for command in sim.link.commands if command.method == "flighttask_execute"]
        assert not sim.aircraft.flying


@each_of_them
async def test_a_stream(house: Mortal, process: str) -> None:
    own, kill = house.world, killing(house, process)
    org, timings = await own.org(), TIMINGS.model_copy(update=PATIENT)
    late = {"rules": [{"on": "reply", "method": "live_start_push", "do": "delay", "seconds": 1, "times": None}]}
    async with own.paired(org, video=True, awake=True, scenario=late) as sim:
        mission = await own.mission(org, sim, timings=timings)

        async def begun() -> bool:
            dock = await own.docks.get(sim.sn)
            return dock is not None and dock.stream is not None

        async def has_its_ingress() -> bool:
            return bool(await open_ingresses(own, sim.sn))

        async def has_its_order() -> bool:
            return any(command.method == "live_start_push" for command in sim.link.commands)

        def shows(phase: str) -> Reached:
            async def reached() -> bool:
                dock = await own.docks.get(sim.sn)
                return dock is not None and dock.stream is not None and dock.stream.phase == phase

            return reached

        async def told(**what: object) -> None:
            """And killed before anything can come of it."""
            await wish(own, sim, **what)
            await kill()

        async def dark() -> None:
            """The dock loses its power, and the process with it; it is back a moment later."""
            await sim.cut_power()
            await kill()

        async def back() -> None:
            sim.reboot(0)
            await sim.wait_for(lambda dock: dock.online, 60)
            await sim.device.wake()
            await kill()

        await walk(
            [
                ("begun", begun, kill),
                ("has its ingress", has_its_ingress, kill),
                ("has its order", has_its_order, kill),
                ("live", shows("live"), partial(told, stopped=True)),
                ("stopped", shows("stopped"), partial(told, stopped=False, video_id=f"{sim.sn}/165-0-7/normal-0")),
                ("live again", shows("live"), dark),
                ("waits for the dock", shows("waiting"), back),
            ]
        )
        await eventually(shows("live"), 120)
        (only,) = await open_ingresses(own, sim.sn)
        assert (only.state, only.room, only.video_id) == ("live", mission, f"{sim.sn}/165-0-7/normal-0")
        leaving = asyncio.create_task(
            own.update(names.mission_id(mission), names.Update.UNASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))
        )

        async def asked() -> bool:
            return await took(own, names.mission_id(mission), names.Update.UNASSIGN)

        await walk([("let go", asked, kill)])
        await asyncio.gather(leaving, return_exceptions=True)  # who asked may have lost its connection

        async def gone() -> bool:
            dock = await own.docks.get(sim.sn)
            return dock is not None and dock.mission_id is None and await open_ingresses(own, sim.sn) == []

        await eventually(gone, 120)
        by_step: dict[str, set[str]] = {}
        for command in await own.sent(sim.sn):
            by_step.setdefault(command.step, set()).add(command.tid)
        assert all(len(tids) == 1 for tids in by_step.values()), by_step
        heard = {command.tid for command in sim.link.commands}
        assert heard <= {command.tid for command in await own.sent(sim.sn)}
