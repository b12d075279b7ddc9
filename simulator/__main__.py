"""`python -m simulator --config FILE.json --control-port 0`: docks as a process of their own, steered over HTTP.

The file: `{"state_dir": ..., "docks": [{"model": "dock3", "qr": "...", ...}]}`, each dock as `DockConfig`. The
first line on standard output is `control on http://127.0.0.1:PORT`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import collector
from simulator.config import DockConfig
from simulator.control import Control
from simulator.dock import SimDock
from simulator.fleet import Fleet
from simulator.scenario import ScenarioError


def read_config(path: Path | None) -> list[DockConfig]:
    """The docks of a file; none without one. Raises ValueError that names the dock and the field."""
    if path is None:
        return []
    content: dict[str, Any] = json.loads(path.read_text())
    shared = {"state_dir": content["state_dir"]} if content.get("state_dir") else {}
    configs = []
    for number, dock in enumerate(content.get("docks", [])):
        try:
            configs.append(DockConfig.model_validate({"seed": number + 1} | shared | dock))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise ValueError(f"{path}: docks[{number}].{where}: {first['msg']}") from None
    return configs


async def serve(configs: list[DockConfig], port: int, kept: Path | None = None) -> None:
    """Run the docks and the control API until SIGINT or SIGTERM."""
    fleet = Fleet(kept)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with Control(fleet, port) as control:
        sys.stdout.write(f"control on {control.url}\n")
        sys.stdout.flush()
        await fleet.recall()
        for config in configs:
            await fleet.add(SimDock(config))
        await stop.wait()
    await fleet.stop()


def main() -> None:
    """The command line."""
    collector.started()
    parser = argparse.ArgumentParser(prog="python -m simulator", description="DJI docks in software")
    parser.add_argument("--config", type=Path, help="JSON file with the docks; more can be added over the control API")
    parser.add_argument("--control-port", type=int, default=0, help="port of the control API; 0: a free one")
    parser.add_argument("--keep", type=Path, help="JSON file of what was added; it is powered on again after a restart")
    parser.add_argument("--log-level", default="INFO")
    given = parser.parse_args()
    logging.basicConfig(level=given.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        configs = read_config(given.config)
        asyncio.run(serve(configs, given.control_port, given.keep))
    except (OSError, ValueError, ScenarioError) as error:
        parser.exit(2, f"simulator: {error}\n")


if __name__ == "__main__":
    main()
