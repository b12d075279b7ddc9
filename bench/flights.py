"""Twenty docks that fly at once, with both cores free and with one of them taken by a busy loop.

    python -m bench.flights [--docks 20] [--speed 20]

Worker and bridge are processes of their own, the simulated docks are all in this one; their clocks run faster than
ours, so that a flight of minutes takes seconds. Each flight is prepared, executed, paused, resumed, and flown to its
end. A command takes from its document to the dock's reply in it: by store, broker, dock, broker and bridge. What is
measured with a taken core stands beside the same with free cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy

from bench._house import drained, outside, process, until_well
from dji.wpml import Waypoint, build_kmz, take_photo, write_kmz
from embedded import ports
from process import temporal_client
from settings import Settings
from simulator.clock import SimClock
from simulator.dock import SimDock
from store.client import connect
from store.commands import Commands
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.facts import Actor, Ask
from store.flights import FlightTasks, Wayline, Waylines, kmz_key
from store.missions import Mission, Missions
from store.objects import Objects
from timings import Timings
from workflows import names
from workflows.inputs import FlightInput

ORG, MISSION = "bench", "bench"
ACTOR = Actor(user="bench")
TIMINGS = Timings()
WITHIN = 600.0  # s
console = Console(width=110)


@dataclass
class Round:
    """What twenty flights gave."""

    statuses: list[str]
    commands_ms: list[float]
    events: list[int]
    refused: int
    took: float


@contextmanager
def busy_loop() -> Iterator[None]:
    """A process that takes a core."""
    child = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        child.kill()
        child.wait()


class Bench:
    def __init__(self, settings: Settings, client: Client) -> None:
        store = connect(settings)
        self.settings, self.client = settings, client
        self.docks, self.aircraft = Docks(store), AircraftRepository(store)
        self.flights, self.commands, self.waylines = FlightTasks(store), Commands(store), Waylines(store)
        self.missions, self.objects = Missions(store), Objects.of(settings)
        self.refused = 0

    async def dock(self, qr: str, number: int, speed: float) -> SimDock:
        """A dock that was paired long ago, online."""
        options: dict[str, Any] = {"video": False, "bound": True, "walks_always": False}
        sim = SimDock(model="dock3", seed=9000 + number, qr=qr, clock=SimClock(speed), **options)
        at = now()
        known = {"org_id": ORG, "mission_id": MISSION, "product": sim.model.key, "model": sim.model.name}
        await self.docks.put(
            Dock(sn=sim.sn, aircraft_sn=sim.aircraft_sn, bound_at=at, paired_at=at, assigned_at=at, **known)
        )
        await self.aircraft.put(Aircraft(sn=sim.aircraft_sn, org_id=ORG, dock_sn=sim.sn, product=sim.aircraft_key))
        await sim.start()
        return sim

    async def until_idle(self, count: int) -> None:
        """Online, and through with what they did before."""
        async with asyncio.timeout(WITHIN):
            while (
                len([d async for d in self.docks.stream(orgId=ORG, online=True) if d.osd.get("mode_code") == 0]) < count
            ):
                await asyncio.sleep(0.5)

    async def wayline(self, aircraft: str) -> str:
        at = [Waypoint(22.9078 + 0.002 * (n + 1), 113.7035, 40, actions=[take_photo()]) for n in range(6)]
        kmz = build_kmz(at, aircraft_key=aircraft, name="bench", speed=10)
        content = write_kmz(kmz)
        wayline = Wayline(
            id="bench", org_id=ORG, name="bench", object_key=kmz_key(ORG, "bench"), md5=kmz.md5, size=len(content),
            aircraft=aircraft, waypoints=len(at), length_m=kmz.length_m(),
            exit_wayline_when_rc_lost=kmz.exit_wayline_when_rc_lost, uploaded_by="bench",
        )  # fmt: skip
        await self.objects.put(wayline.object_key, content)
        await self.waylines.put(wayline)
        return wayline.id

    async def fly(self, sim: SimDock, wayline: str) -> tuple[str, str, int]:
        """One flight: its id, how it ended, and the events of its saga."""
        task_id = uuid.uuid4().hex
        given = FlightInput(
            task_id=task_id, org_id=ORG, mission_id=MISSION, dock_sn=sim.sn, wayline_id=wayline, name="bench",
            actor=ACTOR, timings=TIMINGS,
        )  # fmt: skip
        begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
            names.Workflow.FLIGHT,
            given,
            id=names.flight_id(task_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        await self.client.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
        saga: WorkflowHandle[Any, Any] = self.client.get_workflow_handle(names.flight_id(task_id))
        if await self._until(task_id, "executing"):
            try:
                await saga.execute_update(names.Update.PAUSE, Ask(actor=ACTOR))
                await self._until(task_id, "paused")
                await saga.execute_update(names.Update.RESUME, Ask(actor=ACTOR))
            except WorkflowUpdateFailedError:
                self.refused += 1  # it had landed by then, or did not answer in time
        async with asyncio.timeout(WITHIN):
            ended = await saga.result()
        return task_id, ended["status"], (await saga.describe()).history_length

    async def _until(self, task_id: str, status: str) -> bool:
        """Whether the flight came to this status before its end."""
        async with asyncio.timeout(WITHIN):
            while True:
                task = await self.flights.get(task_id)
                if task is not None and (task.status == status or task.ended_at is not None):
                    return task.status == status
                await asyncio.sleep(0.2)

    async def round(self, docks: list[SimDock], wayline: str) -> Round:
        await self.until_idle(len(docks))
        began, self.refused = time.perf_counter(), 0
        flown = await asyncio.gather(*(self.fly(sim, wayline) for sim in docks))
        took = time.perf_counter() - began
        ids = {names.flight_id(task_id) for task_id, _, _ in flown}
        sent = [command for command in await self.commands.find(orgId=ORG) if command.workflow_id in ids]
        times = [(c.replied_at - c.sent_at).total_seconds() * 1000 for c in sent if c.replied_at is not None]
        return Round([status for _, status, _ in flown], times, [events for _, _, events in flown], self.refused, took)


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docks", type=int, default=20)
    parser.add_argument("--speed", type=float, default=20, help="of the docks' clocks")
    given = parser.parse_args()
    async with AsyncExitStack() as stack:
        settings, broker = await outside(stack, TIMINGS)
        for name in ("worker", "bridge"):
            port = ports.free(1)[0]
            child = await stack.enter_async_context(process(settings.model_copy(update={"health_port": port}), name))
            stack.callback(asyncio.create_task(drained(child)).cancel)
            await until_well(port)
        client = await temporal_client(settings)
        bench = Bench(settings, client)
        await bench.missions.put(
            Mission(id=MISSION, org_id=ORG, name="bench", status="active", room=MISSION, created_by="bench")
        )
        qr = json.dumps(
            {
                "v": 1, "mqtt": f"tcp://{broker.host}:{broker.port}", "account": broker.username,
                "password": broker.password, "organization_id": ORG, "device_binding_code": "bench",
            }
        )  # fmt: skip
        docks = [await bench.dock(qr, number, given.speed) for number in range(given.docks)]
        for sim in docks:
            stack.push_async_callback(sim.stop)
        wayline = await bench.wayline(docks[0].aircraft_key)
        console.print(f"{given.docks} docks fly, all cores free ...")
        free = await bench.round(docks, wayline)
        console.print("again, one core taken ...")
        with busy_loop():
            taken = await bench.round(docks, wayline)
    return show(free, taken)


def percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def show(free: Round, taken: Round) -> int:
    """Print the figures; 1 where a flight did not end well."""
    table = Table(title=f"{len(free.statuses)} docks fly at once, {os.cpu_count()} cores")
    for column in ("", "all cores free", "one core taken", "ratio"):
        table.add_column(column, justify="right" if column else "left")

    def row(name: str, one: float, other: float, form: str = ".0f") -> None:
        table.add_row(name, f"{one:{form}}", f"{other:{form}}", f"{other / one:.2f}" if one else "")

    well = [round_.statuses.count("ok") for round_ in (free, taken)]
    table.add_row("ended ok", str(well[0]), str(well[1]), "")
    row("seconds for all", free.took, taken.took)
    row("pauses and resumes that came too late", free.refused, taken.refused)
    row("commands answered", len(free.commands_ms), len(taken.commands_ms))
    for percent in (50, 99):
        row(
            f"ms of a command, p{percent}",
            percentile(free.commands_ms, percent),
            percentile(taken.commands_ms, percent),
        )
    row("events of a flight, mean", statistics.mean(free.events), statistics.mean(taken.events))
    row("events of a flight, most", max(free.events), max(taken.events))
    console.print(table)
    return int(any(count < len(free.statuses) for count in well))


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
