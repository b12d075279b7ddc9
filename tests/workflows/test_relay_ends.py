"""Ends of a relay from outside: cancelled or terminated in Temporal at each step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError

from store.facts import Ask
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.relays import LONG, REFUSES, Relaying, Saga, until_in_flight
from tests.workflows.world import ACTOR, World
from workflows import names

BEFORE_FLIGHT = (None, "upload_legs")
"""Activities by the server that a relay is at when it is cancelled; None: it has just been started."""


@pytest.fixture
def relaying(world: World, org: Org) -> Relaying:
    return Relaying(world, org)


async def until_step(saga: Saga, activity: str) -> None:
    """Until the saga has begun this activity."""

    async def begun() -> bool:
        async for event in saga.fetch_history_events():
            if event.activity_task_scheduled_event_attributes.activity_type.name == activity:
                return True
        return False

    await eventually(begun)


async def outcome(saga: Saga) -> str:
    """The status a relay ended with, or the type of the failure where it was never accepted."""
    try:
        state = await asyncio.wait_for(saga.result(), 60)
    except WorkflowFailureError as error:
        return str(getattr(error.cause, "type", None) or error.cause)
    return str(state["status"])


async def test_a_cancel_before_the_first_flight_leaves_nothing_behind(relaying: Relaying) -> None:
    world = relaying.world
    async with relaying.line(2) as (docks, mission):
        for step in BEFORE_FLIGHT:
            given = relaying.given(mission, docks)
            saga = await world.temporal.start_workflow(
                names.Workflow.RELAY, given, id=names.relay_id(given.relay_id), task_queue=names.TASK_QUEUE
            )
            if step is not None:
                await until_step(saga, step)
            await saga.cancel()
            how = await outcome(saga)
            # It may have been accepted before the cancel came
            assert how in ("RelayAborted", "aborted"), step
            document = await relaying.relays.get(given.relay_id)
            assert (document.status if document is not None else None) == (how if how == "aborted" else None), step
            await relaying.expect_all_home(docks)
        assert [relaying.given_orders(dock, "flighttask_execute") for dock in docks] == [0, 0]


async def test_a_cancel_in_the_air_or_before_a_decision_brings_all_home(relaying: Relaying) -> None:
    """Four relays at once, each of one dock, each cancelled at another moment."""
    world = relaying.world
    async with relaying.line(4, speed=20, d3=REFUSES) as (docks, mission):
        sagas = [await relaying.start(mission, [dock], route=LONG) for dock in docks]

        async def on_the_ground() -> None:
            await docks[0].wait_for(lambda dock: dock.wayline.running is not None, 60)

        async def in_the_air() -> None:
            await until_in_flight(docks[1])

        async def hovering() -> None:
            await until_in_flight(docks[2])
            await world.update(sagas[2].id, names.Update.PAUSE, Ask(actor=ACTOR))

        async def deciding() -> None:
            await relaying.until(sagas[3], lambda relay: relay.status == "deciding")

        async def cancelled(saga: Saga, moment: Callable[[], Awaitable[None]]) -> None:
            await moment()
            await saga.cancel()
            state = await asyncio.wait_for(saga.result(), 60)
            name = moment.__name__
            # Skipped: it did not take the pause in time, and was at home again
            assert state["status"] == "aborted", (name, state)
            assert state["legs"][0]["status"] in ("failed", "skipped"), (name, state)
            assert "cancelled in Temporal" in state["reason"], name
            assert state["question"] is None, name

        moments = (on_the_ground, in_the_air, hovering, deciding)
        await asyncio.gather(*(cancelled(saga, moment) for saga, moment in zip(sagas, moments, strict=True)))
        await relaying.expect_all_home(docks)


async def test_a_terminated_relay_leaves_its_aircraft_to_their_flights(relaying: Relaying) -> None:
    world = relaying.world
    async with relaying.line(2) as (docks, mission):
        saga = await relaying.start(mission, docks)
        relay = await relaying.until(saga, lambda relay: relay.legs[0].flight_id is not None)
        flight = world.temporal.get_workflow_handle(names.flight_id(relay.legs[0].flight_id or ""))
        await docks[0].wait_for(lambda dock: dock.wayline.running is not None, 60)
        await saga.terminate("by hand")
        ended = await asyncio.wait_for(flight.result(), 60)
        assert ended["status"] == "ok"
        assert (await saga.describe()).status is WorkflowExecutionStatus.TERMINATED
        # Its leases end with it: the next one gets both docks at once
        onward = await relaying.start(mission, docks)
        # And the docks, which noticed that it is gone, have said so in its document
        lost = await relaying.until(saga, lambda relay: relay.status == "aborted")
        assert "ended from outside" in (lost.reason or "")
        assert [leg.status for leg in lost.legs] == ["failed", "skipped"]
        assert lost.legs[0].flight_id is not None
        assert lost.legs[0].flight_id in (lost.legs[0].reason or "")
        await world.update(onward.id, names.Update.ABORT, Ask(actor=ACTOR))
        assert (await asyncio.wait_for(onward.result(), 60))["status"] == "aborted"
        await relaying.expect_all_home(docks)
