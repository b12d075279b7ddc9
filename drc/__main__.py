"""`python -m drc`: the process of manual flight, configured by `ARGUS_*` (settings.py), until SIGTERM or SIGINT."""

from __future__ import annotations

import asyncio
import logging
import sys

import collector
from drc.server import serving
from process import temporal_client, told_to_end
from settings import Settings, settings
from store.client import connect

log = logging.getLogger("drc")


async def run(config: Settings) -> None:
    ended = told_to_end()
    temporal = await temporal_client(config, lazy=True)  # for webhooks only: nothing of a flight goes this way
    async with serving(config, connect(config), temporal) as url:
        log.info("operators connect at %s", url)
        await ended.wait()


def main() -> int:
    """2: wrongly configured."""
    collector.started()
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
