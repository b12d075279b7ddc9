"""Saga `relay`: all docks or none, one leg after the other, and every aircraft at home at the end."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError

from simulator.dock import SimDock
from store.facts import Ask, Decide, LeaseRequest
from store.orgs import Org
from store.relays import Relay, Relays, RoutePoint
from tests.workflows.world import ACTOR, TIMINGS, World, cause_of, eventually
from workflows import names
from workflows.answers import RelayAnswer
from workflows.inputs import RelayInput

LAT, LON = 22.9078, 113.7035
STEP = 0.002  # degrees: 222 m between docks
ROUTE = [RoutePoint(lat=LAT + STEP * n / 2, lon=LON, height=40, photo=n == 1) for n in range(5)]
Saga = WorkflowHandle[Any, Any]


@asynccontextmanager
async def line(world: World, org: Org, count: int = 3, **scenarios: Any) -> AsyncIterator[tuple[list[SimDock], str]]:
    """Docks along the route, in a mission. `scenarios` by number of the dock, like d1."""
    async with AsyncExitStack() as stack:
        # One after the other: the answers to a dock that pairs have to come within a second
        docks = [
            await stack.enter_async_context(
                world.paired(org, latitude=LAT + STEP * n, longitude=LON + 0.0003, **scenarios.get(f"d{n}", {}))
            )
            for n in range(count)
        ]
        yield docks, await world.mission(org, *docks)


async def start(world: World, org: Org, mission: str, docks: list[SimDock], **more: Any) -> Saga:
    relay = uuid.uuid4().hex
    given = RelayInput(
        **{
            "relay_id": relay, "org_id": org.id, "mission_id": mission, "name": "Ridge", "actor": ACTOR,
            "docks": [dock.sn for dock in docks], "route": ROUTE, "timings": TIMINGS, **more,
        }
    )  # fmt: skip
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.RELAY,
        given,
        id=names.relay_id(relay),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    try:
        await world.temporal.execute_update_with_start_workflow(
            names.Update.ACCEPTED, start_workflow_operation=begin, result_type=RelayAnswer
        )
    except WorkflowUpdateFailedError as error:
        raise cause_of(error) from None
    return world.temporal.get_workflow_handle(names.relay_id(relay))


async def shown(world: World, saga: Saga) -> Relay:
    found = await Relays(world.store).get(saga.id.removeprefix("relay/"))
    assert found is not None
    return found


async def until(world: World, saga: Saga, true: Any, within: float = 60) -> Relay:
    async def there() -> Relay | None:
        relay = await shown(world, saga)
        return relay if true(relay) else None

    found: Relay = await eventually(there, within)
    return found


async def expect_all_home(world: World, docks: list[SimDock]) -> None:
    for dock in docks:
        assert not dock.aircraft.flying
        assert dock.state.aircraft_inside
        document = await world.docks.get(dock.sn)
        assert document is not None

        async def free(sn: str = dock.sn) -> bool:
            found = await world.docks.get(sn)
            return found is not None and found.lease is None

        await eventually(free)


async def test_a_relay_flies_leg_after_leg_with_all_files_uploaded_first(world: World, org: Org) -> None:
    async with line(world, org) as (docks, mission):
        saga = await start(world, org, mission, docks)
        relay = await shown(world, saga)
        assert [leg.dock_sn for leg in relay.legs] == [dock.sn for dock in docks]
        for leg in relay.legs:
            wayline = await world.waylines.get(leg.wayline_id or "")
            assert wayline is not None
            head = await world.objects.head(wayline.object_key)
            assert head is not None
            assert head.md5 in (None, wayline.md5)
        assert not any(dock.aircraft.flying for dock in docks)
        held = await world.docks.get(docks[2].sn)
        assert held is not None
        state = await asyncio.wait_for(saga.result(), 120)
        assert (state["status"], state["gap_m"]) == ("completed", 0), state
        assert state["covered_m"] == pytest.approx(relay.length_m, abs=1)
        relay = await shown(world, saga)
        assert [leg.status for leg in relay.legs] == ["done"] * 3
        tasks = [await world.flights.get(leg.flight_id or "") for leg in relay.legs]
        for before, after in pairwise(tasks):
            assert before is not None
            assert after is not None
            assert before.ended_at is not None
            assert after.created_at >= before.ended_at
        await expect_all_home(world, docks)


async def test_one_dock_that_is_held_means_none_is_leased(world: World, org: Org) -> None:
    async with line(world, org, 2) as (docks, mission):
        other = LeaseRequest(holder=names.mission_id(mission), kind="debug", reason="a look inside", actor=ACTOR)
        await world.update(names.dock_id(docks[1].sn), names.Update.ACQUIRE, other)
        with pytest.raises(ApplicationError) as caught:
            await start(world, org, mission, docks)
        assert caught.value.type == "DockBusy"
        assert caught.value.details[0]["holder"]["reason"] == "a look inside"
        assert caught.value.details[0]["field"] == "docks[1]"
        first = await world.docks.get(docks[0].sn)
        assert first is not None
        await eventually(lambda: _free(world, docks[0].sn))
        assert await Relays(world.store).find(missionId=mission) == []


async def _free(world: World, sn: str) -> bool:
    found = await world.docks.get(sn)
    return found is not None and found.lease is None


REFUSES = {
    "scenario": {
        "rules": [{"on": "command", "method": "flighttask_prepare", "do": "result", "code": 316009, "times": None}]
    }
}


async def test_a_dock_that_does_not_fly_is_skipped_where_its_neighbours_reach(world: World, org: Org) -> None:
    async with line(world, org, d1=REFUSES) as (docks, mission):
        saga = await start(world, org, mission, docks, overlap=50)
        state = await asyncio.wait_for(saga.result(), 150)
        assert (state["status"], state["gap_m"]) == ("completed", 0), state
        relay = await shown(world, saga)
        assert [(leg.dock_sn, leg.status) for leg in relay.legs] == [
            (docks[0].sn, "done"), (docks[1].sn, "replaced"), (docks[2].sn, "done"),
        ]  # fmt: skip
        assert relay.legs[2].start == relay.legs[0].end
        await expect_all_home(world, docks)


async def test_where_nobody_reaches_a_person_decides_and_an_abort_brings_all_home(world: World, org: Org) -> None:
    async with line(world, org, 1, d0=REFUSES) as (docks, mission):
        saga = await start(world, org, mission, docks)
        relay = await until(world, saga, lambda relay: relay.status == "deciding")
        assert relay.question is not None
        assert relay.question.dock_sn == docks[0].sn
        await world.update(saga.id, names.Update.DECIDE, Decide(decision="retry", actor=ACTOR))
        relay = await until(world, saga, lambda relay: relay.status == "deciding" and relay.legs[0].attempt == 2)
        await world.update(saga.id, names.Update.DECIDE, Decide(decision="skip", actor=ACTOR))
        state = await asyncio.wait_for(saga.result(), 60)
        assert (state["status"], state["covered_m"]) == ("partial", 0), state
        assert state["gap_m"] == pytest.approx(relay.length_m, abs=1)
        short = TIMINGS.model_copy(update={"relay_decision": 0.5})
        saga = await start(world, org, mission, docks, timings=short)
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "aborted"
        assert "nobody decided" in state["reason"]
        await expect_all_home(world, docks)


async def test_pause_resume_and_abort(world: World, org: Org) -> None:
    async with line(world, org, 2) as (docks, mission):
        saga = await start(world, org, mission, docks)
        with pytest.raises(ApplicationError) as caught:
            await world.update(saga.id, names.Update.DECIDE, Decide(decision="retry", actor=ACTOR))
        assert caught.value.type == "RelayNotAsking"
        await docks[0].wait_for(
            lambda d: d.aircraft.flying and d.wayline.running is not None and d.wayline.running.phase == "flying"
        )
        await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        relay = await shown(world, saga)
        assert (relay.status, relay.legs[0].status) == ("paused", "hovering")
        await world.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        relay = await shown(world, saga)
        assert (relay.status, relay.legs[0].status) == ("running", "flying")
        await world.update(saga.id, names.Update.ABORT, Ask(actor=ACTOR))
        state = await asyncio.wait_for(saga.result(), 90)
        assert state["status"] == "aborted", state
        await expect_all_home(world, docks)
        assert not docks[1].link.commands or all(c.method != "flighttask_prepare" for c in docks[1].link.commands)
