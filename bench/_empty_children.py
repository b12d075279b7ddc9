"""As many child workflows that do nothing, bounded alike, in a process of its own: what the server can do at most."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from typing import NamedTuple

import uvloop
from temporalio import workflow
from temporalio.client import Client
from temporalio.service import GrpcCompression
from temporalio.worker import PollerBehaviorAutoscaling, Worker

with workflow.unsafe.imports_passed_through():
    from process import DATA_CONVERTER
    from worker.as_they_are import spare_walks
    from worker.running import CACHED_WORKFLOWS, WORKFLOW_TASKS
    from worker.sandbox import runner

QUEUE = "bench-empty"


class Given(NamedTuple):
    name: str
    total: int
    at_once: int


@workflow.defn(name="BenchEmpty")
class Empty:
    @workflow.run
    async def run(self) -> None:
        return None


@workflow.defn(name="BenchParent")
class Parent:
    @workflow.run
    async def run(self, given: Given) -> None:
        room = asyncio.Semaphore(given.at_once)

        async def one(number: int) -> None:
            async with room:
                await workflow.execute_child_workflow(Empty.run, id=f"{given.name}/{number}")

        await asyncio.gather(*(one(number) for number in range(given.total)))


async def main(address: str, count: int, at_once: int) -> None:
    """Print the seconds that it took: of a few that warm up, then of all."""
    # As our worker: `process.temporal_client`, `worker.running`
    client = await Client.connect(address, data_converter=DATA_CONVERTER, grpc_compression=GrpcCompression.NONE)
    spare_walks()
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Empty, Parent],
        workflow_runner=runner(),
        max_cached_workflows=CACHED_WORKFLOWS,
        max_concurrent_workflow_tasks=WORKFLOW_TASKS,
        workflow_task_poller_behavior=PollerBehaviorAutoscaling(minimum=2, initial=4, maximum=20),
    ):
        for size in (20, count):  # the first warms up
            name, began = f"bench-{uuid.uuid4().hex[:8]}", time.perf_counter()
            await client.execute_workflow(Parent.run, Given(name, size, at_once), id=name, task_queue=QUEUE)
            sys.stdout.write(f"{time.perf_counter() - began}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
