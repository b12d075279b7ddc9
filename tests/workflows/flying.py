"""Docks that were paired long ago, in a mission of their own, and flights from them, on the shared world."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from temporalio.client import WorkflowHandle

from simulator.clock import SimClock
from simulator.dock import SimDock
from store.docks import Aircraft, AircraftRepository, Dock
from store.document import now
from store.facts import Ask
from store.missions import Mission
from store.orgs import Org
from tests.waiting import eventually
from tests.workflows.world import ACTOR, TIMINGS, World
from timings import Timings
from workflows import names

SPEED = 40.0  # simulated seconds in a real one: a short flight takes 3 s
CALM = 15.0  # there is time for orders while a route is flown
SLOW = 2.0  # the steps before a take-off can be told apart
BOOT = 0.3  # s


class Flying:
    """Starts flights and looks at them. Nobody streams here: the docks are in the mission by its documents only."""

    def __init__(self, world: World, org: Org) -> None:
        self.world = world
        self.org = org
        self.mission = uuid.uuid4().hex
        self.aircraft = AircraftRepository(world.store)

    @asynccontextmanager
    async def dock(self, model: str = "dock3", speed: float = SPEED, **more: Any) -> AsyncIterator[SimDock]:
        """A dock that is online."""
        options = {"video": False, "bound": True, "walks_always": False, "boot_seconds": BOOT, **more}
        seed = uuid.uuid4().int % 1_000_000_000
        sim = SimDock(model=model, seed=seed, qr=self.world.used_qr(self.org), clock=SimClock(speed, 8), **options)
        await self._know(sim)
        await sim.start()
        try:
            await self.world.until_online(sim.sn)
            yield sim
        finally:
            await sim.stop()
        assert not sim.complaints, f"{sim.sn} was sent what the protocol does not know: {sim.complaints}"
        assert not sim.crashes, sim.crashes

    @asynccontextmanager
    async def docks(self, *models: str, **more: Any) -> AsyncIterator[list[SimDock]]:
        """Several at once."""
        async with AsyncExitStack() as stack:
            made = [self.dock(model, **more) for model in models]
            yield list(await asyncio.gather(*(stack.enter_async_context(one) for one in made)))

    async def _know(self, sim: SimDock) -> None:
        world, at = self.world, now()
        mission = Mission(
            id=self.mission, org_id=self.org.id, name="Ridge", status="active", room=self.mission, created_by="tester"
        )
        await world.missions.create(mission)
        await world.docks.put(
            Dock(
                sn=sim.sn, org_id=self.org.id, mission_id=self.mission, product=sim.model.key, model=sim.model.name,
                aircraft_sn=sim.aircraft_sn, bound_at=at, paired_at=at, assigned_at=at,
            )
        )  # fmt: skip
        await self.aircraft.put(
            Aircraft(sn=sim.aircraft_sn, org_id=self.org.id, dock_sn=sim.sn, product=sim.aircraft_key)
        )

    async def fly(
        self, sim: SimDock, timings: Timings = TIMINGS, *, points: int = 3, step: float = 0.0003, **more: Any
    ) -> WorkflowHandle[Any, Any]:
        """Dispatch a flight of a short route, or `to` a point; accepted, else its business failure is raised."""
        wayline = None
        if "to" not in more:
            wayline = await self.world.wayline(self.org, sim.aircraft_key, points=points, step=step)
        return await self.world.fly(self.org, self.mission, sim, wayline, timings, **more)

    async def in_the_air(self, sim: SimDock, saga: WorkflowHandle[Any, Any]) -> None:
        """The route is being flown, and the store knows. From then on time passes slowly, until `hurry`: a busy machine
        takes seconds between two orders, and the aircraft would be at home.
        """

        async def flies() -> bool:
            document = await self.world.flight(saga)
            assert document.ended_at is None, f"{document.status}: {document.reason}"
            task = sim.wayline.running
            return sim.aircraft.flying and task is not None and task.phase == "flying"

        await eventually(flies, 60)
        sim.clock.set_speed(SLOW, 8)
        await self.world.until_flight(saga, "executing")

    async def ended(self, saga: WorkflowHandle[Any, Any], within: float = 90) -> dict[str, Any]:
        """How it ended; the dock has been given back."""
        state: dict[str, Any] = await asyncio.wait_for(saga.result(), within)
        task = await self.world.flight(saga)
        assert task.status == state["status"], (task.status, state)

        async def free() -> bool:
            dock = await self.world.docks.get(task.dock_sn)
            return dock is not None and (dock.lease is None or dock.lease.holder != saga.id)

        await eventually(free)
        return state

    async def ok(self, saga: WorkflowHandle[Any, Any], within: float = 90) -> None:
        state = await self.ended(saga, within)
        assert state["status"] == "ok", state

    async def stop(self, saga: WorkflowHandle[Any, Any]) -> str:
        """Stop it; the command that the dock took."""
        did: str = (await self.world.update(saga.id, names.Update.STOP, Ask(actor=ACTOR)))["did"]
        return did

    async def flown(self, sim: SimDock) -> list[str]:
        """The commands that the dock was sent, in order."""
        return [command.method for command in await self.world.sent(sim.sn)]


def hurry(sim: SimDock) -> None:
    """What is left takes no time: it has been seen."""
    sim.clock.set_speed(80, 8)


def aircraft_home(sim: SimDock) -> bool:
    return not sim.aircraft.flying and sim.state.aircraft_inside
