"""The time of a simulated dock: its flights can be sped up and its wall clock can be wrong, each by itself."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

OSD_INTERVAL = 2.0  # s: osd is pushed at 0.5 Hz
PROGRESS_INTERVAL = 1.0  # s of simulated time: docks report a flight about each second


@dataclass
class SimClock:
    """`speed` is how many simulated seconds pass in a real one: physics, jobs and progress all follow it.

    `osd_speed` speeds up osd and nothing else, so that a flight at tenfold speed still costs what real osd costs.
    `progress_interval` is in simulated seconds. `offset` (s) is by how much the dock's wall clock is ahead.
    """

    speed: float = 1.0
    osd_speed: float = 1.0
    progress_interval: float = PROGRESS_INTERVAL
    offset: float = 0.0

    _real: float = field(default_factory=time.monotonic, init=False)
    _simulated: float = field(default=0.0, init=False)

    def now(self) -> float:
        """Simulated seconds since the clock was made; never goes back."""
        return self._simulated + (time.monotonic() - self._real) * self.speed

    def set_speed(self, speed: float, osd_speed: float) -> None:
        """Go on at another speed from now on."""
        self._simulated, self._real = self.now(), time.monotonic()
        self.speed, self.osd_speed = speed, osd_speed

    def wall_ms(self) -> int:
        """What the dock believes the time to be, in ms since 1970."""
        return int((time.time() + self.offset) * 1000)

    async def sleep(self, seconds: float) -> None:
        """Let simulated seconds pass."""
        await asyncio.sleep(seconds / self.speed)

    @property
    def osd_interval(self) -> float:
        """Real seconds from one osd to the next."""
        return OSD_INTERVAL / self.osd_speed
