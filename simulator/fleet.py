"""Several docks in one process, by serial number."""

from __future__ import annotations

import asyncio

from simulator.dock import SimDock


class Fleet:
    """Docks that run. `add` starts one, `stop` ends all."""

    def __init__(self) -> None:
        self.docks: dict[str, SimDock] = {}

    async def add(self, dock: SimDock) -> SimDock:
        """Power a dock on. Raises ValueError for a serial that is there already."""
        if dock.sn in self.docks:
            raise ValueError(f"sn: a dock {dock.sn} is there already; give another sn or seed")
        self.docks[dock.sn] = dock
        await dock.start()
        return dock

    async def remove(self, sn: str) -> None:
        """End one. Raises KeyError."""
        await self.docks.pop(sn).stop()

    async def stop(self) -> None:
        """End all."""
        docks, self.docks = list(self.docks.values()), {}
        await asyncio.gather(*(dock.stop() for dock in docks))
