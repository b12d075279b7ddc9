"""Several docks in one process, by serial number."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path

from simulator.config import DockConfig
from simulator.dock import SimDock


class Fleet:
    """Docks that run. `add` starts one, `stop` ends all. With `kept`, that file holds what `recall` powers on again."""

    def __init__(self, kept: Path | None = None) -> None:
        self.docks: dict[str, SimDock] = {}
        self._kept = kept

    async def recall(self) -> None:
        """Power on what ran when the process ended. Raises ValueError for a file that is none of ours."""
        if self._kept is None or not self._kept.exists():
            return
        docks = [SimDock(DockConfig.model_validate(config)) for config in json.loads(self._kept.read_text())]
        self.docks |= {dock.sn: dock for dock in docks}
        for dock in docks:
            await dock.start()

    async def add(self, dock: SimDock) -> SimDock:
        """Power a dock on. Raises ValueError for a serial that is there already."""
        if dock.sn in self.docks:
            raise ValueError(f"sn: a dock {dock.sn} is there already; give another sn or seed")
        self.docks[dock.sn] = dock
        self._keep()
        await dock.start()
        return dock

    async def remove(self, sn: str) -> None:
        """End one. Raises KeyError."""
        dock = self.docks.pop(sn)
        self._keep()
        await dock.stop()

    def _keep(self) -> None:
        """A dock's configuration holds its account's password, as a dock does: for the owner's eyes only."""
        if self._kept is None:
            return
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        half = self._kept.with_suffix(".part")
        content = json.dumps([dock.config.model_dump(mode="json") for dock in self.docks.values()], indent=1)
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(content)
        half.replace(self._kept)

    async def stop(self) -> None:
        """End all."""
        docks, self.docks = list(self.docks.values()), {}
        await asyncio.gather(*(dock.stop() for dock in docks))
