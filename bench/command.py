"""From a REST command to the dock and back, against the smallest workflow there can be on the same server.

    python -m bench.command [--rounds 40]

The command is pause and resume of a flight: REST, an update of the saga, an activity that writes the command down and
publishes it, the dock, the bridge, a signal, the answer. The baseline is a workflow of one activity that does nothing
and one signal, started and awaited by the same client, on a worker with nothing else to do. They take turns.
"""

from __future__ import annotations

import argparse
import asyncio
import time
import uuid
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bench._crew import Crew, crew
from bench._figures import beside, verdict
from bench.history import dispatch
from demo.proof import until

GOAL = 1.5
QUEUE = "bench-smallest"


@activity.defn
async def nothing() -> None:
    """One activity."""


@workflow.defn
class Smallest:
    """One activity and one signal."""

    def __init__(self) -> None:
        self._told = False

    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(nothing, start_to_close_timeout=timedelta(seconds=10))
        await workflow.wait_condition(lambda: self._told)

    @workflow.signal
    def tell(self) -> None:
        self._told = True


async def smallest(client: Client) -> float:
    """Milliseconds of one of them."""
    began = time.perf_counter()
    handle = await client.start_workflow(Smallest.run, id=f"smallest-{uuid.uuid4().hex}", task_queue=QUEUE)
    await handle.signal(Smallest.tell)
    await handle.result()
    return (time.perf_counter() - began) * 1000


async def commanded(dock: Crew, flight: str, word: str) -> float:
    """Milliseconds of one command; its answer is the dock's."""
    began = time.perf_counter()
    await dock.call("POST", f"/v1/flights/{flight}/{word}")
    return (time.perf_counter() - began) * 1000


async def flying(dock: Crew) -> str:
    """A long flight that is under way."""
    flight = await dispatch(dock, 60)

    async def executing() -> bool:
        shown = await dock.call("GET", f"/v1/flights/{flight}")
        return shown["status"] == "executing" and (shown["progress"] or {}).get("phase") == "executing"

    await until("route under way", executing, 180)
    return flight


async def status(dock: Crew, flight: str, wanted: str) -> None:
    """Until the dock has said so: a dock refuses to pause what it has not yet taken up again."""

    async def reached() -> bool:
        return bool((await dock.call("GET", f"/v1/flights/{flight}"))["status"] == wanted)

    await until(f"flight {wanted}", reached, 30)


async def measure(dock: Crew, rounds: int) -> None:
    """So many rounds, and two before them that warm caches up; the figures are written out. The dock is assigned."""
    ours: list[float] = []
    base: list[float] = []
    flight = await flying(dock)
    client = dock.world.outside.temporal
    async with Worker(
        client,
        task_queue=QUEUE,
        workflows=[Smallest],
        activities=[nothing],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        for number in range(rounds + 2):
            word, becomes = ("pause", "paused") if number % 2 == 0 else ("resume", "executing")
            ours.append(await commanded(dock, flight, word))
            await status(dock, flight, becomes)
            base.append(await smallest(client))
    await dock.call("POST", f"/v1/flights/{flight}/stop")
    ratio = beside(
        ("REST to the dock and back", ours[2:]), ("one activity and one signal", base[2:]), "ms", part=0.9, digits=1
    )
    verdict(f"median: {ratio:.2f} of the smallest workflow's", ratio, GOAL)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds: int = parser.parse_args().rounds
    async with crew(speed=5) as dock:
        await dock.assign()
        await dock.life.auto_stream()
        await measure(dock, rounds)


if __name__ == "__main__":
    asyncio.run(main())
