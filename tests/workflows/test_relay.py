"""Saga `relay`: all docks or none, one leg after the other, and every aircraft at home at the end."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from temporalio.exceptions import ApplicationError

from store.facts import Actor, Ask, AssignDock, Decide, EndMission, LeaseTake
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.relays import LONG, REFUSES, ROUTE, Relaying, until_in_flight
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names


@pytest.fixture
def relaying(world: World, org: Org) -> Relaying:
    return Relaying(world, org)


async def test_a_relay_flies_leg_after_leg_with_all_files_uploaded_first(relaying: Relaying) -> None:
    world = relaying.world
    async with relaying.line() as (docks, mission):
        saga = await relaying.start(mission, docks)
        relay = await relaying.shown(saga)
        assert [leg.dock_sn for leg in relay.legs] == [dock.sn for dock in docks]
        for leg in relay.legs:
            wayline = await world.waylines.get(leg.wayline_id or "")
            assert wayline is not None
            head = await world.objects.head(wayline.object_key)
            assert head is not None
            assert head.md5 in (None, wayline.md5)
        assert not any(dock.aircraft.flying for dock in docks)
        for dock in docks:
            held = await world.docks.get(dock.sn)
            assert held is not None
            assert held.lease is not None
            assert held.lease.holder == saga.id
        state = await asyncio.wait_for(saga.result(), 120)
        assert (state["status"], state["gap_m"]) == ("completed", 0), state
        assert state["covered_m"] == pytest.approx(relay.length_m, abs=1)
        relay = await relaying.shown(saga)
        assert [leg.status for leg in relay.legs] == ["done"] * 3
        tasks = [await world.flights.get(leg.flight_id or "") for leg in relay.legs]
        for before, after in pairwise(tasks):
            assert before is not None
            assert after is not None
            assert before.ended_at is not None
            assert after.created_at >= before.ended_at
        await relaying.expect_all_home(docks)


async def test_one_dock_that_is_held_means_none_is_leased(relaying: Relaying) -> None:
    async with relaying.line(2) as (docks, mission):
        ann = Actor(user="ann", role="commander", reason="a look inside")
        await relaying.world.update(names.dock_id(docks[1].sn), names.Update.TAKE, LeaseTake(actor=ann, seconds=60))
        with pytest.raises(ApplicationError) as caught:
            await relaying.start(mission, docks)
        assert caught.value.type == "DockBusy"
        assert caught.value.details[0]["holder"]["reason"] == "a look inside"
        assert caught.value.details[0]["field"] == "docks[1]"
        await eventually(lambda: relaying.free(docks[0].sn))
        assert await relaying.relays.find(missionId=mission) == []


async def test_a_dock_that_does_not_fly_is_skipped_where_its_neighbours_reach(relaying: Relaying) -> None:
    async with relaying.line(d1=REFUSES, speed=12) as (docks, mission):  # the first flies on while the second refuses
        saga = await relaying.start(mission, docks, overlap=30)
        state = await asyncio.wait_for(saga.result(), 150)
        assert (state["status"], state["gap_m"]) == ("completed", 0), state
        relay = await relaying.shown(saga)
        assert [(leg.dock_sn, leg.status) for leg in relay.legs] == [
            (docks[0].sn, "done"), (docks[1].sn, "replaced"), (docks[2].sn, "done"),
        ]  # fmt: skip
        assert relay.legs[2].start == relay.legs[0].end
        await relaying.expect_all_home(docks)
        first, last = [await relaying.world.flights.get(relay.legs[n].flight_id or "") for n in (0, 2)]
        assert first is not None
        assert last is not None
        assert first.ended_at is not None
        assert last.created_at < first.ended_at, "it was sent while the first one flew"
        assert last.rth_altitude == first.rth_altitude + 15, "two ways home at one height could meet"


async def test_a_leg_that_areas_forbid_by_now_is_flown_by_nobody_until_a_person_decides(relaying: Relaying) -> None:
    """Drawn while the first dock flies: each dock is asked once, and none takes off."""
    world = relaying.world
    async with relaying.line(2, speed=12) as (docks, mission):
        saga = await relaying.start(mission, docks)
        await until_in_flight(docks[0])
        await world.draw(relaying.org, mission, "nfz", (ROUTE[-1].lat, ROUTE[-1].lon), 15)
        relay = await relaying.until(saga, lambda relay: relay.question is not None)
        assert relay.question is not None
        assert "enters no-fly area Hut" in relay.question.reason
        assert [(leg.dock_sn, leg.status) for leg in relay.legs] == [
            (docks[0].sn, "done"), (docks[1].sn, "replaced"), (docks[0].sn, "failed"),
        ]  # fmt: skip
        await world.update(saga.id, names.Update.DECIDE, Decide(decision="skip", actor=ACTOR))
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "partial", state
        assert [relaying.given_orders(dock, "flighttask_prepare") for dock in docks] == [1, 0]
        await relaying.expect_all_home(docks)


async def test_where_nobody_reaches_a_person_decides_and_without_an_answer_it_is_aborted(relaying: Relaying) -> None:
    world = relaying.world
    async with relaying.line(1, d0=REFUSES) as (docks, mission):
        saga = await relaying.start(mission, docks)
        relay = await relaying.until(saga, lambda relay: relay.status == "deciding")
        assert relay.question is not None
        assert relay.question.dock_sn == docks[0].sn
        await world.update(saga.id, names.Update.DECIDE, Decide(decision="retry", actor=ACTOR))
        relay = await relaying.until(saga, lambda relay: relay.status == "deciding" and relay.legs[0].attempt == 2)
        await world.update(saga.id, names.Update.DECIDE, Decide(decision="skip", actor=ACTOR))
        state = await asyncio.wait_for(saga.result(), 60)
        assert (state["status"], state["covered_m"]) == ("partial", 0), state
        assert state["gap_m"] == pytest.approx(relay.length_m, abs=1)
        short = TIMINGS.model_copy(update={"relay_decision": 0.5})
        saga = await relaying.start(mission, docks, short)
        state = await asyncio.wait_for(saga.result(), 60)
        assert state["status"] == "aborted"
        assert "nobody decided" in state["reason"]
        await relaying.expect_all_home(docks)


async def test_pause_and_resume_and_who_hovers_for_too_long_comes_home_and_flies_again(relaying: Relaying) -> None:
    world, impatient = relaying.world, TIMINGS.model_copy(update={"relay_hover": 5.0})
    async with relaying.line(2, speed=20) as (docks, mission):
        saga = await relaying.start(mission, docks, impatient, route=LONG)
        with pytest.raises(ApplicationError) as caught:
            await world.update(saga.id, names.Update.DECIDE, Decide(decision="retry", actor=ACTOR))
        assert caught.value.type == "RelayNotAsking"
        await until_in_flight(docks[0])
        await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        relay = await relaying.shown(saga)
        assert (relay.status, relay.legs[0].status) == ("paused", "hovering")
        await world.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        relay = await relaying.shown(saga)
        assert (relay.status, relay.legs[0].status) == ("running", "flying")
        await world.update(saga.id, names.Update.PAUSE, Ask(actor=ACTOR))
        relay = await relaying.until(saga, lambda relay: relay.legs[0].status == "waiting")
        assert relay.status == "paused"
        assert not docks[0].aircraft.flying
        await world.update(saga.id, names.Update.RESUME, Ask(actor=ACTOR))
        relay = await relaying.until(saga, lambda relay: relay.legs[0].attempt == 2)
        await until_in_flight(docks[0])
        await world.update(saga.id, names.Update.ABORT, Ask(actor=ACTOR))
        state = await asyncio.wait_for(saga.result(), 90)
        assert state["status"] == "aborted", state
        await relaying.expect_all_home(docks)
        assert relaying.given_orders(docks[1], "flighttask_prepare") == 0


async def test_a_flight_that_was_ended_by_hand_is_not_taken_for_one_that_never_flew(relaying: Relaying) -> None:
    world = relaying.world
    async with relaying.line(2, speed=20) as (docks, mission):
        saga = await relaying.start(mission, docks)
        relay = await relaying.until(saga, lambda relay: relay.legs[0].flight_id is not None)
        flight = names.flight_id(relay.legs[0].flight_id or "")
        await docks[0].wait_for(lambda dock: dock.wayline.running is not None, 60)
        await world.temporal.get_workflow_handle(flight).terminate("by hand")
        relay = await relaying.until(saga, lambda relay: relay.status == "deciding")
        assert (relay.legs[0].status, relay.legs[1].status) == ("failed", "waiting")
        assert (relay.legs[0].reason or "").startswith("lost: ")
        await world.update(saga.id, names.Update.DECIDE, Decide(decision="abort", actor=ACTOR))
        state = await asyncio.wait_for(saga.result(), 60)
        assert (state["status"], [leg["status"] for leg in state["legs"]]) == ("aborted", ["failed", "skipped"]), state
        await docks[0].wait_for(lambda dock: dock.wayline.running is None and dock.state.aircraft_inside, 60)
        await relaying.expect_all_home(docks[1:])


async def test_the_end_of_a_mission_brings_its_relays_home_and_no_dock_leaves_it_before(relaying: Relaying) -> None:
    """One relay is under way, and one was ended by hand: its aircraft is in the air all the same."""
    world = relaying.world
    async with relaying.line(3, streams=True, speed=20) as (docks, mission):
        saga = await relaying.start(mission, docks[:2], overlap=5, route=LONG)
        lost = await relaying.start(mission, docks[2:], route=LONG)
        for dock in docks:
            await until_in_flight(dock)
        await lost.terminate("by hand")
        with pytest.raises(ApplicationError) as caught:
            await world.update(
                names.mission_id(mission), names.Update.UNASSIGN, AssignDock(sn=docks[1].sn, actor=ACTOR)
            )
        assert caught.value.type == "DockInUse"
        assert caught.value.details[0]["holder"]["holder"] == saga.id
        assert "relay Ridge" in caught.value.message
        await world.update(names.mission_id(mission), names.Update.END, EndMission(outcome="aborted", actor=ACTOR))
        await eventually(lambda: _is_ending(world, mission))
        with pytest.raises(ApplicationError) as caught:
            await relaying.start(mission, docks)
        assert caught.value.type == "MissionEnded"
        ended = await asyncio.wait_for(world.temporal.get_workflow_handle(names.mission_id(mission)).result(), 120)
        assert (ended["status"], ended["docks"], ended["problems"]) == ("aborted", [], [])
        relay = await relaying.shown(saga)
        assert (relay.status, relay.reason) == ("aborted", "aborted by tester: the mission ends: a test")
        assert relaying.given_orders(docks[2], "return_home") == 1
        relaying.expect_landed(docks)
        await relaying.expect_all_home(docks[:2])


async def _is_ending(world: World, mission: str) -> bool:
    found = await world.missions.get(mission)
    return found is not None and found.status == "ending"
