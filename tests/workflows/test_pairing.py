"""Saga `pairing`: a dock that is given a QR code and nothing else becomes the organisation's; else nothing is left."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import WorkflowUpdateFailedError

from store.authority import Asker, Authorities
from store.document import now
from store.events import Events
from store.facts import Ask
from store.orgs import Org
from tests.drc.conftest import nobody
from tests.waiting import eventually
from tests.workflows.world import ACTOR, TIMINGS, World, cause_of
from workflows import names


@pytest.mark.parametrize("model", ["dock1", "dock2", "dock3"])
async def test_a_dock_becomes_the_organisations_and_comes_online(world: World, org: Org, model: str) -> None:
    async with world.paired(org, model) as sim:
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert (dock.org_id, dock.display_name, dock.online, dock.model) == (org.id, "North dock", True, model)
        after = await world.orgs.get(org.id)
        assert after is not None
        assert after.seats_used == 1
        pairing = await world.pairings.get(dock.pairing_id or "")
        assert pairing is not None
        assert (pairing.status, pairing.dock_sn, pairing.aircraft_sn) == ("paired", sim.sn, sim.aircraft_sn)
        assert pairing.password_sealed is None
        assert pairing.binding_code_sealed is None


async def test_no_secret_stands_in_the_history(world: World, org: Org) -> None:
    qr, saga = await world.start_pairing(org)
    secrets = json.loads(qr)
    async with world.sim(qr):
        await asyncio.wait_for(saga.result(), 30)
    history = (await saga.fetch_history()).to_json()
    for name in ("password", "device_binding_code"):
        assert secrets[name] not in history


async def test_an_expired_pairing_leaves_nothing_behind(world: World, org: Org) -> None:
    qr, saga = await world.start_pairing(org, TIMINGS.model_copy(update={"pairing_validity": 0.5}))
    state = await asyncio.wait_for(saga.result(), 30)
    assert state["status"] == "expired"
    async with world.sim(qr) as dock:
        await dock.wait_for(lambda d: d.link.last_error is not None)
        assert await world.docks.get(dock.sn) is None
    after = await world.orgs.get(org.id)
    assert after is not None
    assert after.seats_used == 0


async def test_a_cancelled_pairing_is_gone_when_the_answer_comes(world: World, org: Org) -> None:
    _, saga = await world.start_pairing(org)
    answer = await saga.execute_update(names.Update.CANCEL, Ask(actor=ACTOR))
    assert answer["status"] == "cancelled"
    pairing = await world.pairings.get(saga.id.removeprefix("pairing/"))
    assert pairing is not None
    assert (pairing.status, pairing.password_sealed, pairing.binding_code_sealed) == ("cancelled", None, None)


async def test_without_a_seat_there_is_no_code(world: World) -> None:
    org = await world.org(seats=0)
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await world.start_pairing(org)
    assert cause_of(caught.value).type == "NoSeats"


@pytest.mark.parametrize(
    ("expected", "code"), [({"expected_sn": "ANOTHER"}, 210243), ({"expected_model": "dock1"}, 210243)]
)
async def test_another_dock_than_expected_is_refused(
    world: World, org: Org, expected: dict[str, Any], code: int
) -> None:
    qr, saga = await world.start_pairing(org, **expected)
    async with world.sim(qr, "dock3") as dock:
        await dock.wait_for(lambda d: str(code) in str(d.problem))
        assert await world.docks.get(dock.sn) is None
        assert (await saga.query(names.Query.STATUS))["status"] == "waiting"
    await saga.execute_update(names.Update.CANCEL, Ask(actor=ACTOR))


async def test_a_wrong_code_is_refused(world: World, org: Org) -> None:
    qr, saga = await world.start_pairing(org)
    wrong = json.dumps(json.loads(qr) | {"device_binding_code": "WRONGWRONG"})
    async with world.sim(wrong) as dock:
        await dock.wait_for(lambda d: "210229" in str(d.problem))
        assert await world.docks.get(dock.sn) is None
    await saga.execute_update(names.Update.CANCEL, Ask(actor=ACTOR))


async def test_an_unpaired_dock_is_cut_off_and_its_seat_free(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        authorities = Authorities(world.store, Events(world.store, nobody, TIMINGS))
        until = now() + timedelta(minutes=5)
        await authorities.take(sim.sn, org.id, "flight", Asker("ann", "operator"), until=until)
        await world.update(names.dock_id(sim.sn), names.Update.UNPAIR, Ask(actor=ACTOR))
        assert await world.docks.get(sim.sn) is None
        left = await authorities.get(sim.sn)
        assert left is None or left.empty, "nobody has its sticks any more"
        after = await world.orgs.get(org.id)
        assert after is not None
        assert after.seats_used == 0
        await sim.wait_for(lambda d: d.phase != "online")

        async def ended() -> bool:
            found = await world.temporal.get_workflow_handle(names.dock_id(sim.sn)).describe()
            return found.close_time is not None

        await eventually(ended)
