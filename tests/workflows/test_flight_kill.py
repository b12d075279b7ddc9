"""kill -9 at every step of a flight: it is flown once, under the ids of the first try, and ends well."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from activities.state.flight import RANK
from simulator.dock import SimDock
from store.facts import Ask
from tests.waiting import eventually
from tests.workflows.flying import SLOW, Flying, aircraft_home, hurry
from tests.workflows.killing import mortal
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names

# What a killed worker had begun is tried again when its time is over: most of what a kill costs
PATIENT = TIMINGS.model_copy(update={"activity_quick": 2.0, "command_reply": 5.0, "gate_listen": 2.0})
LATE = [
    {"on": "reply", "method": "flighttask_prepare", "do": "delay", "seconds": 1.0},
    {"on": "reply", "method": "flighttask_execute", "do": "delay", "seconds": 1.0},
]


@pytest.mark.timeout(400)
async def test_a_flight_survives_a_kill_at_every_step(world: World, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(mortal(world, tmp_path, timings_json=PATIENT.model_dump_json()))
        own, worker, bridge = house.world, house.worker, house.bridge
        flying = Flying(own, await own.org())
        sim = await stack.enter_async_context(flying.dock(scenario={"rules": LATE}))
        begun = asyncio.create_task(flying.fly(sim, PATIENT, points=5, step=0.003))

        async def heard(method: str) -> bool:
            return any(command.method == method for command in sim.link.commands)

        def at(true: Callable[[SimDock], bool]) -> Callable[[], Awaitable[bool]]:
            async def reached() -> bool:
                return true(sim)

            return reached

        async def is_at(status: str) -> bool:
            """Or further on: a kill takes seconds, and the dock does not wait for it."""
            found = await own.flights.find(dockSn=sim.sn)
            return bool(found) and RANK[found[0].status] >= RANK[status]

        async def fetched() -> bool:
            return "flighttask_resource_get" in sim.link.answered_after

        async def held() -> bool:
            dock = await own.docks.get(sim.sn)
            return dock is not None and dock.lease is not None

        steps: list[tuple[Callable[[], Awaitable[bool]], Callable[[], Awaitable[None]]]] = [
            (held, worker.again),
            (lambda: heard("flighttask_prepare"), worker.again),
            (fetched, bridge.again),  # before: a dock that gets no answer within 9 s gives its task up
            (lambda: is_at("ready"), worker.again),
            (lambda: heard("flighttask_execute"), worker.again),
            (
                at(lambda d: d.wayline.running is not None and d.wayline.running.step == "power_on"),
                house.temporal.again,
            ),
            (lambda: is_at("executing"), worker.again),
        ]
        sim.clock.set_speed(SLOW * 2, 8)
        for number, (reached, kill) in enumerate(steps):
            try:
                await eventually(reached, 60)
            except AssertionError as error:
                raise AssertionError(f"step {number} was not reached: {sim.shown()}") from error
            await kill()
        sim.clock.set_speed(1, 8)
        saga = await begun
        await own.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        await own.until_flight(saga, "paused")
        await bridge.again()
        await worker.again()
        await own.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        hurry(sim)
        await own.until_flight(saga, "returning", "ok")
        await worker.again()
        state = await flying.ended(saga, 120)
        assert state["status"] == "ok", state
        assert aircraft_home(sim)
        assert [finished["status"] for finished in sim.wayline.finished] == ["ok"]
        # However often a command was heard, it was one and the same
        tids = {(command.method, command.tid) for command in sim.link.commands}
        assert Counter(method for method, _ in tids) == {
            "flighttask_prepare": 1, "flighttask_execute": 1, "flighttask_pause": 1, "flighttask_recovery": 1,
        }  # fmt: skip
