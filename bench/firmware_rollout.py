"""A firmware rollout to 1,000 simulated docks, beside as many empty child workflows on the same server.

    python -m bench.firmware_rollout [--docks 1000] [--at-once 100]

Worker, bridge, docks and the baseline are processes of their own. Each dock fetches its package from MinIO, restarts,
connects again and reports its version. The docks' lives run fast and their osd slow, since the osd of so many docks is
the subject of other benches. Goals: at least a third of the baseline's rate; at most 60 history events a dock; no dock
twice.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import time
import uuid
from contextlib import AsyncExitStack
from typing import Any

from rich.console import Console
from rich.table import Table
from temporalio.client import Client, WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from bench._house import code, cpu, go, known, line, outside, process, spent, until_online, well
from process import temporal_client
from settings import Settings
from store.client import connect
from store.docks import AircraftRepository, Docks
from store.facts import Actor
from store.firmware import PackageRef, Rollout, RolloutPlan, Rollouts
from store.objects import Objects
from timings import Timings
from workflows import names
from workflows.inputs import FirmwareRolloutInput

ORG, VERSION = "bench", "17.01.20.01"
SPEED, OSD_SPEED = 20.0, 0.1
TIMINGS = Timings(osd_silence=120)
WITHIN = 1500.0  # s
console = Console(width=110)


async def empty_children(settings: Settings, count: int, at_once: int) -> tuple[float, float]:
    """Child workflows a second, and CPU seconds of each."""
    words = ("bench._empty_children", settings.temporal_address, str(count), str(at_once))
    async with process(settings, *words) as child:
        await line(child)  # warm by now
        before = cpu()
        took = float(await line(child))
        return count / took, sum(spent(before).values()) / count


async def roll(
    client: Client, rollouts: Rollouts, package: PackageRef, sns: list[str], at_once: int
) -> tuple[Rollout, float]:
    """The rollout's document at its end, and how many seconds it took."""
    rollout_id = uuid.uuid4().hex
    given = FirmwareRolloutInput(
        rollout_id=rollout_id,
        org_id=ORG,
        name="bench",
        docks=sns,
        packages=[package],
        plan=RolloutPlan(canary=max(1, len(sns) // 100), at_once=at_once),
        actor=Actor(user="bench"),
        timings=TIMINGS,
    )
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.FIRMWARE_ROLLOUT,
        given,
        id=names.firmware_rollout_id(rollout_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )
    began = time.perf_counter()
    await client.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    while time.perf_counter() - began < WITHIN:
        rollout = await rollouts.get(rollout_id)
        if rollout is not None and rollout.status in ("completed", "halted", "attention"):
            return rollout, time.perf_counter() - began
        await asyncio.sleep(0.5)
    raise TimeoutError(f"not over in {WITHIN} s: {rollout.counts if rollout else None}")


async def events(client: Client, rollout_id: str, sns: list[str]) -> tuple[list[int], int]:
    """Events of each dock's saga, and of the longest run of the rollout's."""
    lengths = []
    for sn in sns:
        found = await client.get_workflow_handle(names.firmware_id(rollout_id, sn)).describe()
        lengths.append(found.history_length)
    runs = client.list_workflows(f"WorkflowId = '{names.firmware_rollout_id(rollout_id)}'")
    return lengths, max([run.history_length async for run in runs])


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docks", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=100)
    given = parser.parse_args()
    async with AsyncExitStack() as stack:
        settings, broker = await outside(stack, TIMINGS)
        words = ("bench._rollout_docks", code(broker, ORG), str(given.docks), str(SPEED), str(OSD_SPEED))
        fleet = await stack.enter_async_context(process(settings, *words))
        store = connect(settings)
        docks = Docks(store)
        told = json.loads(await line(fleet))
        await known(docks, AircraftRepository(store), ORG, told)
        content = os.urandom(64 * 1024)
        await Objects.of(settings).put("firmware/bench.zip", content)
        package = PackageRef(
            firmware_id="bench", target="dock", product="3-3-0", version=VERSION, file_name=f"WM999_{VERSION}.zip",
            object_key="firmware/bench.zip", size=len(content),
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(),
        )  # fmt: skip
        for name in ("worker", "bridge"):
            await well(stack, settings, name)
        console.print(f"{given.docks} docks come online ...")
        await go(fleet)
        await until_online(docks, ORG, given.docks, WITHIN)
        client = await temporal_client(settings)
        before = await empty_children(settings, given.docks, given.at_once)
        console.print(f"baseline: {before[0]:.1f} empty child workflows a second; the rollout ...")
        sns = [sn for sn, *_ in told]
        idle = cpu()
        rollout, took = await roll(client, Rollouts(store), package, sns, given.at_once)
        used = spent(idle)
        after = await empty_children(settings, given.docks, given.at_once)
        lengths, longest = await events(client, rollout.id, sns)
        await go(fleet)
        told = json.loads(await line(fleet))
    return show(rollout, took, (before, after), lengths, longest, told, used)


def show(
    rollout: Rollout,
    took: float,
    baselines: tuple[tuple[float, float], tuple[float, float]],
    lengths: list[int],
    longest: int,
    told: Any,
    used: dict[str, float],
) -> int:
    """Print the figures; 1 where a dock was not upgraded, or twice."""
    count = len(lengths)
    rate, baseline, alone = count / took, sum(b[0] for b in baselines) / 2, sum(b[1] for b in baselines) / 2
    table = Table(title=f"firmware rollout to {count} docks, {rollout.plan.at_once} at once, {os.cpu_count()} cores")
    for column in ("", "reached", "baseline", "goal"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("docks a second / empty children a second", f"{rate:.1f}", f"{baseline:.1f}", f"{baseline / 3:.1f}")
    table.add_row("ratio", f"{rate / baseline:.2f}", "1", "0.33")
    table.add_row("seconds for all", f"{took:.0f}", f"{count / baseline:.0f}", "")
    table.add_row("events of a dock: mean, most", f"{sum(lengths) / count:.0f}, {max(lengths)}", "5", "60")
    table.add_row("events of the rollout, longest run", str(longest), "", "51,200")
    table.add_row("CPU ms a dock, all processes", f"{sum(used.values()) / count * 1000:.0f}", f"{alone * 1000:.0f}", "")
    for name, seconds in list(used.items())[:6]:
        table.add_row(f"  {name}", f"{seconds / count * 1000:.0f}", "", "")
    twice = sum(number != 1 for number in told["upgrades"].values())
    table.add_row("docks not upgraded exactly once", str(twice), "", "0")
    console.print(table)
    console.print(f"status {rollout.status}, {rollout.counts.succeeded} succeeded, {rollout.counts.failed} failed")
    for crash in told["crashes"][:5]:
        console.print(crash)
    return int(bool(twice) or rollout.counts.succeeded != count)


if __name__ == "__main__":
    raise SystemExit(asyncio.run(main()))
