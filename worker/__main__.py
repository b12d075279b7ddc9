"""`python -m worker`: one worker, until SIGTERM or SIGINT; what it is at then is finished, or taken up by another."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

import uvloop

import collector
from settings import settings
from timings import Timings
from worker.health import serve
from worker.logs import log_as
from worker.running import NotConfigured, Parts
from worker.schedules import see_to_schedules

log = logging.getLogger("worker")


async def main() -> int:
    """Run until told to stop. 2: wrongly configured, 1: a part that is needed is not there or went away for good."""
    collector.started()
    given = settings()
    log_as(given)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        timings = Timings.of(given.timings_json)
        async with Parts(given) as parts, serve(given.health_port, parts.state):
            await see_to_schedules(parts.client, timings)
            worker = parts.worker()
            running = asyncio.create_task(worker.run(), name="worker")
            stopping = asyncio.create_task(stop.wait(), name="stop")
            log.info("polling task queue %s of %s", worker.task_queue, given.temporal_address)
            parts.running = True
            await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
            parts.running = False
            if not running.done():
                await worker.shutdown()
            await running
    except NotConfigured as error:
        sys.stderr.write(f"configuration: {error}\n")
        return 2
    except ValueError as error:
        sys.stderr.write(f"configuration: ARGUS_TIMINGS_JSON: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
