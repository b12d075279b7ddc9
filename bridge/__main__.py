"""`python -m bridge`: the bridge of one machine or one pod, until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from typing import Any

import structlog
import uvloop

import collector
from bridge.bridge import BadTexts, Bridge
from bridge.health import serve
from bridge.own_broker import NoBroker
from settings import Settings, settings


def log_as(settings: Settings) -> None:
    """Lines for people, or JSON for machines, on standard output."""
    # Plain tracebacks: a value of a local variable may be a secret.
    render: list[Any] = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    if settings.log_format == "json":
        render = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level)),
    )


async def main() -> None:
    """Run until told to stop."""
    collector.started()
    given = settings()
    log_as(given)
    try:
        bridge = await Bridge.make(given)
    except (NoBroker, BadTexts) as error:
        raise SystemExit(f"bridge: {error}") from None
    ports = {port for port in (given.health_port, given.metrics_port) if port is not None}
    pages = [serve(port, bridge.state) for port in ports]
    running = asyncio.create_task(bridge.run(), name="bridge")
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await running
    finally:
        for page in pages:
            await asyncio.to_thread(page.shutdown)


if __name__ == "__main__":
    uvloop.run(main())
