"""kill -9 of the worker in the middle of a rollout: each dock is upgraded, and none twice."""

from __future__ import annotations

from contextlib import AsyncExitStack

import pytest

from tests.waiting import eventually
from tests.workflows.killing import apart
from tests.workflows.rollouts import NEW, QUICK, Rolling
from tests.workflows.world import World

DOCKS, KILLS = 4, 2


@pytest.mark.timeout(400)
async def test_a_killed_worker_leaves_no_dock_upgraded_twice(world: World) -> None:
    async with AsyncExitStack() as stack:
        own, worker = await stack.enter_async_context(apart(world))
        rolling = Rolling(own, await own.org())
        slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 0.5, "times": None}]}
        docks = [await stack.enter_async_context(rolling.dock(scenario=slow)) for _ in range(DOCKS)]
        saga = await rolling.start(docks, await rolling.package(docks[0]), at_once=2, timings=QUICK)
        for number in range(KILLS):

            async def begun(least: int = 1 + 2 * number) -> bool:
                sent = [await own.sent(dock.sn, "ota_create") for dock in docks]
                return sum(len(commands) for commands in sent) >= least

            await eventually(begun, 90)
            await worker.again()
        rollout = await rolling.until(saga, "completed", within=150)
        assert rollout.counts.succeeded == DOCKS
        assert [len(dock.firmware.history) for dock in docks] == [1] * DOCKS
        assert {dock.memory.dock_firmware for dock in docks} == {NEW["dock3"]}
