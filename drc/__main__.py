"""`python -m drc`: the process of manual flight, configured by `ARGUS_*` (settings.py), until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from drc.server import serving
from settings import Settings, settings
from store.client import connect

log = logging.getLogger("drc")


async def run(config: Settings) -> None:
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, ended.set)
    # For webhooks only: nothing of a flight goes this way.
    temporal = await Client.connect(
        config.temporal_address,
        namespace=config.temporal_namespace,
        data_converter=pydantic_data_converter,
        tls=config.temporal_tls,
        api_key=config.temporal_api_key.get_secret_value() if config.temporal_api_key else None,
        lazy=True,
    )
    async with serving(config, connect(config), temporal) as url:
        log.info("operators connect at %s", url)
        await ended.wait()


def main() -> int:
    """2: wrongly configured."""
    config = settings()
    logging.basicConfig(level=config.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        asyncio.run(run(config))
    except ValueError as error:
        sys.stderr.write(f"configuration: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
