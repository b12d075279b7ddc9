"""kill -9 of worker and bridge with a pairing at each of its steps: each ends as it would have, and leaves no more."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from temporalio.client import WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateStage
from temporalio.common import WorkflowIDConflictPolicy

from bridge.responders import TRY_AGAIN
from store.facts import Ask, Presence
from store.orgs import Org
from tests.bridge.conftest import SpokenDock, speaking
from tests.waiting import eventually
from tests.workflows.killing import mortal
from tests.workflows.test_pairing_again import SLOW, bind, opens, pairing_of, used_seats
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names
from workflows.inputs import DockInput, PairingInput

# An activity of a killed worker is tried again after this long
QUICK = TIMINGS.model_copy(update={"activity_quick": 3.0, "pairing_settle": 120.0})
HELD = SLOW.model_copy(update={"activity_quick": 3.0, "pairing_settle": 120.0})


def serial() -> str:
    return f"SN{uuid.uuid4().hex[:8].upper()}"


async def ends_as(saga: WorkflowHandle[Any, Any], status: str) -> None:
    state = await asyncio.wait_for(saga.result(), 120)
    assert state["status"] == status, state


async def bound(own: World, org: Org, sn: str, timings: Any = HELD) -> tuple[str, WorkflowHandle[Any, Any]]:
    qr, saga = await own.start_pairing(org, timings)
    assert await bind(own, qr, saga, sn) == 0
    return qr, saga


async def unpair(own: World, org: Org, sn: str, stage: WorkflowUpdateStage) -> None:
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.DOCK,
        DockInput(sn=sn, org_id=org.id, timings=QUICK),
        id=names.dock_id(sn),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    await own.temporal.start_update_with_start_workflow(
        names.Update.UNPAIR, Ask(actor=ACTOR), start_workflow_operation=begin, wait_for_stage=stage
    )


async def ask_at_each_step(dock: SpokenDock, code: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a dock asks and says on its way in, each of it again where the answer is to try again."""

    async def ask(method: str, data: Any) -> dict[str, Any]:
        while (answer := await dock.ask("requests", method, data, within=60))["data"].get("result") == TRY_AGAIN:
            pass
        return answer

    join = {"device_binding_code": code["device_binding_code"], "organization_id": code["organization_id"]}
    devices = [
        join | {"sn": sn, "device_model_key": key, "device_callsign": "Roof"}
        for sn, key in ((dock.sn, "3-3-0"), (dock.aircraft_sn, "0-100-1"))
    ]
    asked = {
        "config": {"config_type": "json", "config_scope": "product"},
        "airport_bind_status": {"devices": [{"sn": dock.sn}]},
        "airport_organization_get": join,
        "airport_organization_bind": {"bind_devices": devices},
    }
    answers = await asyncio.gather(*(ask(method, data) for method, data in asked.items()), dock.topology(within=60))
    return dict(zip([*asked, "update_topo"], answers, strict=True))


@pytest.mark.timeout(400)
async def test_killed_at_each_step_a_pairing_ends_as_it_would_have(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulator.organization.AGAIN_AFTER", 0.5)
    async with AsyncExitStack() as stack:
        all_of_it = await stack.enter_async_context(mortal(world, tmp_path))
        own, worker, bridge = all_of_it.world, all_of_it.worker, all_of_it.bridge
        org = await own.org(seats=10)

        waiting, spoken_to = await own.start_pairing(org, QUICK), await own.start_pairing(org, HELD)
        at_grant, at_settle, leaves = serial(), serial(), serial()
        granting = await bound(own, org, at_grant)
        settling = await bound(own, org, at_settle, QUICK)
        undone = await bound(own, org, serial())
        leaving = await bound(own, org, leaves, QUICK)
        await leaving[1].signal(names.Signal.PRESENCE, Presence(sn=leaves, online=True))
        await ends_as(leaving[1], "paired")
        dock = await stack.enter_async_context(speaking(own.settings))

        # Words that are on their way when all dies
        later = WorkflowUpdateStage.ACCEPTED
        await undone[1].start_update(names.Update.CANCEL, Ask(actor=ACTOR), wait_for_stage=later)
        await unpair(own, org, leaves, later)
        await asyncio.gather(worker.kill(), bridge.kill())
        asking = asyncio.create_task(ask_at_each_step(dock, json.loads(spoken_to[0])))
        starting_id = uuid.uuid4().hex
        starting = await own.temporal.start_workflow(
            names.Workflow.PAIRING,
            PairingInput(pairing_id=starting_id, org_id=org.id, display_name="Late", actor=ACTOR, timings=QUICK),
            id=names.pairing_id(starting_id),
            task_queue=names.TASK_QUEUE,
        )
        sims = [await stack.enter_async_context(own.sim(waiting[0]))]
        for (qr, _), sn in ((granting, at_grant), (settling, at_settle)):
            sims.append(await stack.enter_async_context(own.sim(qr, sn=sn, aircraft_sn=f"{sn}AIR")))
        await asyncio.gather(worker.start(), bridge.start())

        async def one_is_bound() -> bool:
            return (await pairing_of(own, waiting[1])).status in ("bound", "paired")

        await eventually(one_is_bound, 90)
        await asyncio.gather(worker.again(), bridge.again())

        for saga in (waiting[1], granting[1], settling[1]):
            await ends_as(saga, "paired")
        await ends_as(undone[1], "cancelled")
        assert not await opens(undone[0])
        answers = await asking
        assert {method: said["data"].get("result", 0) for method, said in answers.items()} == dict.fromkeys(answers, 0)
        for sim, (qr, _) in zip(sims, (waiting, granting, settling), strict=True):
            document = await own.docks.get(sim.sn)
            assert document is not None
            assert (document.org_id, document.account) == (org.id, json.loads(qr)["account"])
            assert await opens(qr)

        async def has_left() -> bool:
            return await own.docks.get(leaves) is None

        await eventually(has_left, 60)
        assert not await opens(leaving[0])

        async def shown() -> bool:
            return (await pairing_of(own, starting)).status == "waiting"

        await eventually(shown, 60)
        for saga in (starting, spoken_to[1]):
            await saga.execute_update(names.Update.CANCEL, Ask(actor=ACTOR))
        assert await own.docks.get(dock.sn) is None
        assert await used_seats(own, org) == len(sims)
        left = [sn async for sn in _docks_of(own, org)]
        assert sorted(left) == sorted(sim.sn for sim in sims)


async def _docks_of(own: World, org: Org) -> Any:
    async for document in own.docks.stream(orgId=org.id):
        yield document.sn
