"""Packages and rollouts for tests, on the shared world."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from typing import Any, Literal

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy

from dji.products import DockModel
from simulator.clock import SimClock
from simulator.dock import SimDock
from store.docks import Aircraft, AircraftRepository, Dock
from store.document import now
from store.facts import RetryAsk, RolloutAsk
from store.firmware import PackageRef, Push, Pushes, Rollout, RolloutPlan, Rollouts, push_key
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.world import ACTOR, TIMINGS, World
from timings import Timings
from workflows import names
from workflows.inputs import FirmwareRolloutInput

QUICK = TIMINGS.model_copy(
    update={
        "firmware_upgrade": 20.0,
        "firmware_restart": 20.0,
        "firmware_settle": 1.0,
        "firmware_retry_first": 0.3,
        "firmware_retry_slow": 0.6,
        "firmware_report": 0.3,
        "firmware_look": 60.0,
    }
)
NEW = {"dock1": "07.01.20.01", "dock2": "10.01.20.01", "dock3": "17.01.20.01"}
BOOT = 0.3  # s


class Rolling:
    """Starts rollouts and looks at them."""

    def __init__(self, world: World, org: Org) -> None:
        self.world = world
        self.org = org
        self.pushes, self.rollouts = Pushes(world.store), Rollouts(world.store)

    @asynccontextmanager
    async def dock(
        self, model: DockModel = "dock3", online: bool = True, speed: float = 20.0, **more: Any
    ) -> AsyncIterator[SimDock]:
        """A dock of the organisation that was paired long ago; with `online` False it is not switched on yet."""
        options = {"video": False, "bound": True, "walks_always": False, "boot_seconds": BOOT, **more}
        seed = uuid.uuid4().int % 1_000_000_000
        sim = SimDock(model=model, seed=seed, qr=self.world.used_qr(self.org), clock=SimClock(speed, 4), **options)
        at = now()
        document = Dock(
            sn=sim.sn, org_id=self.org.id, product=sim.model.key, aircraft_sn=sim.aircraft_sn, bound_at=at, paired_at=at
        )
        await self.world.docks.put(document)
        await AircraftRepository(self.world.store).put(
            Aircraft(sn=sim.aircraft_sn, org_id=self.org.id, dock_sn=sim.sn, product=sim.aircraft_key)
        )
        if online:
            await sim.start()
            await self.until_ready(sim)
        try:
            yield sim
        finally:
            await sim.stop()
        assert not sim.complaints, f"{sim.sn} was sent what the protocol does not know: {sim.complaints}"
        assert not sim.crashes, sim.crashes

    async def until_ready(self, sim: SimDock) -> None:
        """The store knows the dock: online, idle, its firmware."""

        async def there() -> bool:
            dock = await self.world.docks.get(sim.sn)
            known = dock is not None and dock.online and dock.firmware_version is not None
            return known and dock is not None and {"mode_code", "drone_in_dock"} <= dock.osd.keys()

        await eventually(there, 60)

    async def package(
        self, sim: SimDock, target: Literal["dock", "aircraft"] = "dock", version: str | None = None
    ) -> PackageRef:
        """A package for this dock, or its aircraft, in the bucket."""
        content = uuid.uuid4().bytes * 64
        key = f"firmware/{self.org.id}/{uuid.uuid4().hex}.zip"
        await self.world.objects.put(key, content)
        wanted = version or NEW[sim.model.name]
        return PackageRef(
            firmware_id=uuid.uuid4().hex,
            target=target,
            product=sim.model.key if target == "dock" else sim.aircraft_key,
            version=wanted,
            file_name=f"WM999_{wanted}.zip",
            object_key=key,
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
            size=len(content),
        )

    async def start(
        self, docks: Iterable[SimDock | str], *packages: PackageRef, timings: Timings = QUICK, **plan: Any
    ) -> WorkflowHandle[Any, Any]:
        upgrade_type = plan.pop("upgrade_type", 3)
        rollout_id = uuid.uuid4().hex
        given = FirmwareRolloutInput(
            rollout_id=rollout_id,
            org_id=self.org.id,
            name="Spring",
            docks=[dock if isinstance(dock, str) else dock.sn for dock in docks],
            packages=list(packages),
            upgrade_type=upgrade_type,
            plan=RolloutPlan.model_validate(plan),
            actor=ACTOR,
            timings=timings,
        )
        return await self.open(given)

    async def open(self, given: FirmwareRolloutInput) -> WorkflowHandle[Any, Any]:
        saga_id = names.firmware_rollout_id(given.rollout_id)
        begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.Workflow.FIRMWARE_ROLLOUT,
            given,
            id=saga_id,
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self.world.temporal.execute_update_with_start_workflow(
            names.Update.ACCEPTED, start_workflow_operation=begin
        )
        return self.world.temporal.get_workflow_handle(saga_id)

    async def say(self, saga: WorkflowHandle[Any, Any], word: names.Update, sn: str | None = None) -> Any:
        ask = RetryAsk(actor=ACTOR, sn=sn) if word is names.Update.RETRY else RolloutAsk(actor=ACTOR)
        return await self.world.update(saga.id, word, ask)

    async def rollout(self, saga: WorkflowHandle[Any, Any]) -> Rollout:
        found = await self.rollouts.get(saga.id.removeprefix("firmware-rollout/"))
        assert found is not None
        return found

    async def push(self, saga: WorkflowHandle[Any, Any], sn: str) -> Push:
        found = await self.pushes.get(push_key(saga.id.removeprefix("firmware-rollout/"), sn))
        assert found is not None
        return found

    async def until(self, saga: WorkflowHandle[Any, Any], *statuses: str, within: float = 60) -> Rollout:
        """The rollout's document once its status is one of these."""

        async def there() -> Rollout | None:
            rollout = await self.rollout(saga)
            return rollout if rollout.status in statuses else None

        found: Rollout = await eventually(there, within)
        return found

    async def until_push(
        self, saga: WorkflowHandle[Any, Any], sn: str, true: Callable[[Push], bool], within: float = 60
    ) -> Push:
        async def there() -> Push | None:
            push = await self.push(saga, sn)
            return push if true(push) else None

        found: Push = await eventually(there, within)
        return found
