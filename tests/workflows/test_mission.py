"""Entity `mission`: a dock is in one mission at a time, and an end leaves nothing behind."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.exceptions import ApplicationError

from store.facts import AssignDock, EndMission
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.world import ACTOR, World
from workflows import names


async def test_a_dock_is_in_one_mission_at_a_time(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        first = await world.mission(org, sim)
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert dock.mission_id == first
        second = await world.mission(org)
        for mission in (first, second):
            with pytest.raises(ApplicationError) as caught:
                await world.update(names.mission_id(mission), names.Update.ASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))
            assert caught.value.type == "DockAssigned"
        await world.update(names.mission_id(first), names.Update.UNASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))
        await world.update(names.mission_id(second), names.Update.ASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert dock.mission_id == second


async def test_a_dock_of_another_organisation_is_unknown(world: World, org: Org) -> None:
    other = await world.org()
    async with world.paired(other) as sim:
        mission = await world.mission(org)
        with pytest.raises(ApplicationError) as caught:
            await world.update(names.mission_id(mission), names.Update.ASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))
        assert caught.value.type == "DockUnknown"


async def test_an_end_frees_docks_and_ends_their_streams(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        stream = world.temporal.get_workflow_handle(names.auto_stream_id(sim.sn))
        saga = world.temporal.get_workflow_handle(names.mission_id(mission))
        answer = await world.update(saga.id, names.Update.END, EndMission(actor=ACTOR))
        assert answer["status"] == "ending"
        ended = await asyncio.wait_for(saga.result(), 30)
        assert (ended["status"], ended["docks"], ended["problems"]) == ("completed", [], [])
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert (dock.mission_id, dock.stream) == (None, None)
        assert (await stream.describe()).close_time is not None
        document = await world.missions.get(mission)
        assert document is not None
        assert (document.status, document.dock_sns) == ("completed", [sim.sn])
        with pytest.raises(Exception, match="completed"):
            await world.update(saga.id, names.Update.ASSIGN, AssignDock(sn=sim.sn, actor=ACTOR))


async def test_a_cancelled_mission_ends_as_an_aborted_one(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        saga = world.temporal.get_workflow_handle(names.mission_id(mission))
        await saga.cancel()
        ended = await asyncio.wait_for(saga.result(), 30)
        assert ended["status"] == "aborted"
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert dock.mission_id is None


async def test_what_is_under_way_can_be_searched_and_read_in_temporals_ui(world: World, org: Org) -> None:
    mission = await world.mission(org)
    query = f"OrgId='{org.id}' AND Saga='mission' AND Phase='planning'"

    async def found() -> list[str]:
        return [item.id async for item in world.temporal.list_workflows(query)]

    assert await eventually(found) == [names.mission_id(mission)]
