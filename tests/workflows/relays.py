"""Relays for tests: docks along a short route, in a mission, and looks at what becomes of them."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from temporalio.client import WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy

from simulator.dock import SimDock
from store.missions import Mission
from store.orgs import Org
from store.relays import Relay, Relays, RoutePoint
from tests.waiting import eventually
from tests.workflows.rollouts import Rolling
from tests.workflows.world import ACTOR, TIMINGS, World, cause_of
from timings import Timings
from workflows import names
from workflows.answers import RelayAnswer
from workflows.inputs import RelayInput

LAT, LON = 22.9078, 113.7035
STEP = 0.001  # degrees: 111 m between docks
ROUTE = [RoutePoint(lat=LAT + STEP * n / 2, lon=LON, height=30, photo=n == 1) for n in range(5)]
LONG = [RoutePoint(lat=LAT + 0.01 * n, lon=LON, height=30) for n in range(5)]
"""4.4 km, for flights that are to last until something is done to them."""
SPEED = 40.0  # of the docks' clocks
REFUSES = {
    "scenario": {
        "rules": [{"on": "command", "method": "flighttask_prepare", "do": "result", "code": 316009, "times": None}]
    }
}
"""A dock whose file server is away: it takes no task, so that its aircraft never leaves it."""

Saga = WorkflowHandle[Any, Any]


class Relaying:
    """Starts relays and looks at them."""

    def __init__(self, world: World, org: Org) -> None:
        self.world = world
        self.org = org
        self.relays = Relays(world.store)

    @asynccontextmanager
    async def line(
        self, count: int = 3, *, streams: bool = False, speed: float = SPEED, **scenarios: Any
    ) -> AsyncIterator[tuple[list[SimDock], str]]:
        """Docks along the route that were paired long ago, in a mission. `scenarios` by number of the dock, like d1.

        `streams`: the mission has its saga, which starts their streams; else it is a document.
        """
        rolling = Rolling(self.world, self.org)
        async with AsyncExitStack() as stack:
            docks = await asyncio.gather(
                *(
                    stack.enter_async_context(
                        rolling.dock(
                            speed=speed, latitude=LAT + STEP * n, longitude=LON + 0.0003, **scenarios.get(f"d{n}", {})
                        )
                    )
                    for n in range(count)
                )
            )
            for dock in docks:
                await eventually(partial(self._placed, dock.sn))
            yield docks, await self.world.mission(self.org, *docks) if streams else await self._mission(docks)

    async def _placed(self, sn: str) -> bool:
        dock = await self.world.docks.get(sn)
        return dock is not None and "latitude" in dock.osd

    async def _mission(self, docks: list[SimDock]) -> str:
        sns = [dock.sn for dock in docks]
        mission = Mission(
            id=uuid.uuid4().hex, org_id=self.org.id, name="Ridge", status="ready", dock_sns=sns, room="none",
            created_by="tester",
        )  # fmt: skip
        await self.world.missions.put(mission)
        for sn in sns:
            await self.world.docks.ref(sn).update({"missionId": mission.id})
        return mission.id

    def given(self, mission: str, docks: list[SimDock], **more: Any) -> RelayInput:
        return RelayInput(
            **{
                "relay_id": uuid.uuid4().hex, "org_id": self.org.id, "mission_id": mission, "name": "Ridge",
                "actor": ACTOR, "docks": [dock.sn for dock in docks], "route": ROUTE, "timings": TIMINGS, **more,
            }
        )  # fmt: skip

    async def start(self, mission: str, docks: list[SimDock], timings: Timings = TIMINGS, **more: Any) -> Saga:
        """Start one, and wait until it is accepted. Raises the business failure where it is not."""
        given = self.given(mission, docks, timings=timings, **more)
        begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.Workflow.RELAY,
            given,
            id=names.relay_id(given.relay_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        try:
            await self.world.temporal.execute_update_with_start_workflow(
                names.Update.ACCEPTED, start_workflow_operation=begin, result_type=RelayAnswer
            )
        except WorkflowUpdateFailedError as error:
            raise cause_of(error) from None
        return self.world.temporal.get_workflow_handle(names.relay_id(given.relay_id))

    async def shown(self, saga: Saga) -> Relay:
        found = await self.relays.get(saga.id.removeprefix("relay/"))
        assert found is not None
        return found

    async def until(self, saga: Saga, true: Callable[[Relay], bool], within: float = 60) -> Relay:
        async def there() -> Relay | None:
            relay = await self.shown(saga)
            return relay if true(relay) else None

        found: Relay = await eventually(there, within)
        return found

    async def free(self, sn: str) -> bool:
        """Whether nobody holds the dock, as the store shows it."""
        found = await self.world.docks.get(sn)
        return found is not None and found.lease is None

    async def expect_all_home(self, docks: list[SimDock]) -> None:
        """Aircraft inside, docks given back."""
        self.expect_landed(docks)
        for dock in docks:
            await eventually(partial(self.free, dock.sn))

    def expect_landed(self, docks: list[SimDock]) -> None:
        for dock in docks:
            assert not dock.aircraft.flying
            assert dock.state.aircraft_inside

    def given_orders(self, dock: SimDock, method: str) -> int:
        """How often the dock was given such an order, as it says itself: a resend carries the ids of the first."""
        return len({command.tid for command in dock.link.commands if command.method == method})


async def until_in_flight(dock: SimDock, within: float = 60) -> None:
    """Until its aircraft is in the air for its wayline. Looked for: not each step of a flight wakes who waits."""

    async def flies() -> bool:
        running = dock.wayline.running
        return dock.aircraft.flying and running is not None and running.phase == "flying"

    await eventually(flies, within)
