"""Pairings that are called off, and docks that are paired anew: nothing is left behind, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiomqtt
import pytest
from temporalio.client import WorkflowHandle, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from embedded import parts
from store.client import emulator_at
from store.document import now
from store.facts import Ask, AssignDock, BindDevice, OrganizationBind, UnassignDock
from store.orgs import Org, OrgBroker
from store.pairings import Pairing, code_hash
from store.seal import Seal
from tests.waiting import eventually
from tests.workflows.world import ACTOR, TIMINGS, World, bridging, cause_of
from workflows import names
from workflows.inputs import PairingInput

SLOW = TIMINGS.model_copy(update={"pairing_grant": 60.0})
STEPS = ("waiting", "bound", "granted")


async def pairing_of(world: World, saga: WorkflowHandle[Any, Any]) -> Pairing:
    found = await world.pairings.get(saga.id.removeprefix("pairing/"))
    assert found is not None
    return found


async def bind(world: World, qr: str, saga: WorkflowHandle[Any, Any], sn: str) -> int:
    """What the bridge asks for a dock with this serial; the result. The dock itself stays off."""
    said = json.loads(qr)
    devices = [BindDevice(sn=sn, model_key="3-3-0"), BindDevice(sn=f"{sn}AIR", model_key="0-100-1")]
    asked = OrganizationBind(
        sn=sn,
        binding_code_hash=code_hash(said["device_binding_code"]),
        organization_id=said["organization_id"],
        devices=devices,
    )
    answer = await saga.execute_update(names.Update.ORGANIZATION_BIND, asked)
    result: int = answer["result"]
    return result


async def opens(qr: str) -> bool:
    """Whether the code's account opens the broker that it names."""
    said = json.loads(qr)
    port = int(said["mqtt"].rsplit(":", 1)[1])
    try:
        async with aiomqtt.Client("127.0.0.1", port, username=said["account"], password=said["password"], timeout=5):
            return True
    except aiomqtt.MqttError:
        return False


async def used_seats(world: World, org: Org) -> int:
    found = await world.orgs.get(org.id)
    assert found is not None
    return found.seats_used


@asynccontextmanager
async def standing_at(world: World, org: Org, step: str) -> AsyncIterator[tuple[str, WorkflowHandle[Any, Any], str]]:
    """A pairing that waits at this step: its code, its saga, and the serial of its dock."""
    qr, saga = await world.start_pairing(org, TIMINGS if step == "granted" else SLOW)
    sn = f"SN{uuid.uuid4().hex[:8].upper()}"
    if step != "waiting":
        assert await bind(world, qr, saga, sn) == 0
        assert await world.docks.get(sn) is not None
    if step == "granted":

        async def granted() -> bool:
            return "grant_dock" in (await saga.fetch_history()).to_json()

        await eventually(granted)
    yield qr, saga, sn


async def by_update(saga: WorkflowHandle[Any, Any]) -> None:
    answer = await saga.execute_update(names.Update.CANCEL, Ask(actor=ACTOR))
    assert answer["status"] == "cancelled"


async def in_temporal(saga: WorkflowHandle[Any, Any]) -> None:
    await saga.cancel()
    await saga.result()


@pytest.mark.parametrize("how", [by_update, in_temporal])
@pytest.mark.parametrize("step", STEPS)
async def test_a_pairing_that_is_called_off_leaves_nothing_at_any_step(
    world: World, org: Org, step: str, how: Callable[[WorkflowHandle[Any, Any]], Any]
) -> None:
    async with standing_at(world, org, step) as (qr, saga, sn):
        assert await opens(qr)
        await how(saga)
        pairing = await pairing_of(world, saga)
        assert (pairing.status, pairing.password_sealed, pairing.binding_code_sealed) == ("cancelled", None, None)
        assert await world.docks.get(sn) is None
        assert await used_seats(world, org) == 0
        assert not await opens(qr)


@pytest.mark.parametrize("step", [None, "create_pairing", "open_account"])
async def test_a_cancel_before_there_is_a_code_leaves_nothing(world: World, org: Org, step: str | None) -> None:
    """`step` is the activity that it is at; None: it has just been started."""
    pairing_id = uuid.uuid4().hex
    saga = await world.temporal.start_workflow(
        names.Workflow.PAIRING,
        PairingInput(pairing_id=pairing_id, org_id=org.id, display_name="Late", actor=ACTOR, timings=TIMINGS),
        id=names.pairing_id(pairing_id),
        task_queue=names.TASK_QUEUE,
    )
    if step is not None:

        async def begun() -> bool:
            events = [event async for event in saga.fetch_history_events()]
            return step in [event.activity_task_scheduled_event_attributes.activity_type.name for event in events]

        await eventually(begun)
    qr = await world.qr(pairing_id) if step == "open_account" else None
    await saga.cancel()
    state = await asyncio.wait_for(saga.result(), 60)
    assert state["status"] == "cancelled"
    pairing = await pairing_of(world, saga)
    assert (pairing.status, pairing.password_sealed, pairing.binding_code_sealed) == ("cancelled", None, None)
    assert qr is None or not await opens(qr)


async def test_a_dock_that_is_bound_and_stays_away_is_nobodys_again(world: World, org: Org) -> None:
    hasty = TIMINGS.model_copy(update={"pairing_grant": 0.1, "pairing_settle": 0.5})
    qr, saga = await world.start_pairing(org, hasty)
    sn = f"SN{uuid.uuid4().hex[:8].upper()}"
    assert await bind(world, qr, saga, sn) == 0
    state = await asyncio.wait_for(saga.result(), 60)
    assert (state["status"], state["error"]) == ("failed", f"dock {sn} was bound, but did not come online")
    assert await world.docks.get(sn) is None
    assert await used_seats(world, org) == 0
    assert not await opens(qr)


async def test_a_dock_is_paired_anew_with_its_documents_and_its_seat(world: World) -> None:
    org = await world.org(seats=1)
    async with world.paired(org) as first:
        sn, aircraft = first.sn, first.aircraft_sn
        mission = await world.mission(org, first)
        before = await world.docks.get(sn)
        assert before is not None
        old = first.qr
        assert old is not None
    with pytest.raises(WorkflowUpdateFailedError) as full:
        await world.start_pairing(org)
    assert cause_of(full.value).type == "NoSeats", "for a dock that is not named"
    qr, saga = await world.start_pairing(org, expected_sn=sn)
    async with world.sim(qr, sn=sn, aircraft_sn=aircraft):
        assert (await asyncio.wait_for(saga.result(), 30))["status"] == "paired"
        after = await world.docks.get(sn)
        assert after is not None
        assert after.account == json.loads(qr)["account"] != before.account
        assert (after.mission_id, after.product) == (mission, before.product)
        assert await used_seats(world, org) == 1
        assert not await opens(old.model_dump_json())
        assert await opens(qr)


async def test_a_dock_whose_new_pairing_fails_is_what_it_was(world: World) -> None:
    org = await world.org(seats=1)
    async with world.paired(org) as sim:
        before = await world.docks.get(sim.sn)
        assert before is not None
        assert sim.qr is not None
        qr, saga = await world.start_pairing(org, SLOW, expected_sn=sim.sn)
        assert await bind(world, qr, saga, sim.sn) == 0
        await by_update(saga)
        after = await world.docks.get(sim.sn)
        assert after is not None
        assert (after.pairing_id, after.account, after.bound_at) == (before.pairing_id, before.account, before.bound_at)
        assert (after.online, await used_seats(world, org)) == (True, 1)
        assert await opens(sim.qr.model_dump_json())
        assert not await opens(qr)


async def test_a_dock_that_is_still_being_paired_is_in_no_mission(world: World, org: Org) -> None:
    mission = names.mission_id(await world.mission(org))
    async with standing_at(world, org, "bound") as (_, saga, sn):
        with pytest.raises(ApplicationError) as caught:
            await world.update(mission, names.Update.ASSIGN, AssignDock(sn=sn, actor=ACTOR))
        assert (caught.value.type, "still being paired" in caught.value.message) == ("DockUnknown", True)
        await by_update(saga)


async def test_another_organisation_pairs_a_dock_only_after_it_was_unpaired(world: World, org: Org) -> None:
    other = await world.org()
    async with standing_at(world, org, "granted") as (_, saga, sn):
        with pytest.raises(WorkflowUpdateFailedError) as caught:
            await world.start_pairing(other, expected_sn=sn)
        refused = cause_of(caught.value)
        assert refused.type == "DockOfOtherOrg"
        assert "must be unpaired" in str(refused.details)
        qr, theirs = await world.start_pairing(other, SLOW)
        assert await bind(world, qr, theirs, sn) == 210231
        assert await used_seats(world, other) == 0
        await by_update(saga)
        assert await bind(world, qr, theirs, sn) == 0
        assert (await used_seats(world, org), await used_seats(world, other)) == (0, 1)
        await by_update(theirs)


async def test_a_dock_pairs_and_obeys_at_the_organisations_own_broker(world: World, org: Org) -> None:
    seal = Seal.of(world.settings)
    async with parts.mosquitto() as own:
        broker = OrgBroker(
            host="127.0.0.1",
            port=own.port,
            username=own.username,
            password_sealed=seal.close(own.password),
            admin_username=own.admin_username,
            admin_password_sealed=seal.close(own.admin_password),
        )
        await world.orgs.put(org.model_copy(update={"broker": broker}))
        shared, saga = await world.start_pairing(org)
        pairing = await pairing_of(world, saga)
        assert pairing.mqtt == f"tcp://127.0.0.1:{own.port}"
        theirs = json.dumps(json.loads(shared) | {"mqtt": pairing.mqtt})
        assert (await opens(theirs), await opens(shared)) == (True, False)
        with emulator_at(world.emulator):
            bridge = bridging(world.settings.model_copy(update={"bridge_org": org.id}))
            await bridge.__aenter__()
        try:
            async with world.sim(theirs, awake=True) as sim:
                assert (await asyncio.wait_for(saga.result(), 30))["status"] == "paired"
                await world.until_online(sim.sn)
                mission = await world.mission(org, sim)
                await sim.wait_for(lambda d: any(one.method == "live_start_push" for one in d.link.commands))
                asked = UnassignDock(sn=sim.sn, actor=ACTOR)
                await world.update(names.mission_id(mission), names.Update.UNASSIGN, asked)
        finally:
            await bridge.__aexit__(None, None, None)
        assert own.admin_password not in (await saga.fetch_history()).to_json()


async def test_a_broker_that_makes_no_accounts_is_named_to_who_waits_for_the_code(world: World, org: Org) -> None:
    sealed = Seal.of(world.settings).close("secret")
    nobody = OrgBroker(
        host="127.0.0.1", port=9, password_sealed=sealed, admin_username="admin", admin_password_sealed=sealed
    )
    await world.orgs.put(org.model_copy(update={"broker": nobody}))
    with pytest.raises(WorkflowUpdateFailedError) as caught:
        await world.start_pairing(org, TIMINGS.model_copy(update={"pairing_account": 0.5}))
    assert cause_of(caught.value).type == "BrokerRefused"
    await world.orgs.put(org)  # it goes on trying to undo, and ends when it can


async def test_an_unpaired_dock_has_no_flight_to_come(world: World, org: Org) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        later = int((now() + timedelta(hours=2)).timestamp() * 1000)
        flight = await world.fly(org, mission, sim, wayline, task_type=1, execute_at=later)

        async def let_go() -> bool:
            asked = UnassignDock(sn=sim.sn, actor=ACTOR)
            with contextlib.suppress(ApplicationError):  # held until the dock has the task, and then at its hour only
                await world.update(names.mission_id(mission), names.Update.UNASSIGN, asked)
                return True
            return False

        await eventually(let_go)
        await world.update(names.dock_id(sim.sn), names.Update.UNPAIR, Ask(actor=ACTOR))
        task = await world.until_flight(flight, "canceled")
        assert task.reason is not None
        assert "is unpaired" in task.reason
        assert await used_seats(world, org) == 0
        with pytest.raises(ApplicationError) as caught:
            await world.fly(org, mission, sim, wayline)
        assert caught.value.type == "DockUnknown"
