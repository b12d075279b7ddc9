"""Saga `firmware`: a dock is upgraded once, and only the version that it reports makes it so."""

from __future__ import annotations

import pytest

from store.orgs import Org
from tests.workflows.rollouts import BOOT, NEW, Rolling
from tests.workflows.world import World, eventually
from workflows import names


@pytest.fixture
def rolling(world: World, org: Org) -> Rolling:
    return Rolling(world, org)


@pytest.mark.parametrize("model", ["dock1", "dock2", "dock3"])
async def test_a_dock_is_upgraded_once_and_proves_it_by_its_version(rolling: Rolling, org: Org, model: str) -> None:
    world = rolling.world
    async with world.paired(org, model, boot_seconds=BOOT) as sim:
        before = sim.memory.dock_firmware
        saga = await rolling.start([sim], await rolling.package(sim))
        rollout = await rolling.until(saga, "completed")
        push = await rolling.push(saga, sim.sn)
        assert (push.status, push.attempt, push.before["dock"]) == ("succeeded", 1, before)
        assert push.after == {sim.sn: NEW[model]}
        assert sim.memory.dock_firmware == NEW[model]
        assert len(sim.firmware.history) == 1
        assert rollout.counts.succeeded == 1
        assert rollout.report is not None
        [command] = await world.sent(sim.sn, "ota_create")
        assert "http" not in str(command.data)
        assert await _is_free(world, sim.sn)
        history = await world.temporal.get_workflow_handle(names.firmware_id(rollout.id, sim.sn)).fetch_history()
        assert len(history.events) <= 60


async def test_dock_and_aircraft_are_upgraded_together(rolling: Rolling, org: Org) -> None:
    async with rolling.world.paired(org, boot_seconds=BOOT, awake=True) as sim:
        packages = [await rolling.package(sim), await rolling.package(sim, "aircraft")]
        saga = await rolling.start([sim], *packages)
        await rolling.until(saga, "completed")
        push = await rolling.push(saga, sim.sn)
        assert push.after == dict.fromkeys((sim.sn, sim.aircraft_sn), NEW["dock3"])
        assert (sim.memory.dock_firmware, sim.memory.aircraft_firmware) == (NEW["dock3"], NEW["dock3"])


async def test_a_dock_that_has_the_version_is_left_alone(rolling: Rolling, org: Org) -> None:
    async with rolling.world.paired(org) as sim:
        saga = await rolling.start([sim], await rolling.package(sim, version=sim.memory.dock_firmware))
        await rolling.until(saga, "completed")
        assert (await rolling.push(saga, sim.sn)).phase == "has it already"
        assert await rolling.world.sent(sim.sn, "ota_create") == []


async def _is_free(world: World, sn: str) -> bool:
    async def free() -> bool:
        dock = await world.docks.get(sn)
        return dock is not None and dock.lease is None

    return bool(await eventually(free))
