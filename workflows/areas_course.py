"""How far the flight areas are on their way into one dock, and when it is next told. Pure."""

from __future__ import annotations

from pydantic import BaseModel, Field

from store.areas import AreaSync
from timings import Timings

NONE = ""
"""Stands for the checksum of no areas."""


class AreasCourse(BaseModel):
    """One dock. `has` is what it is known to have: a checksum, or NONE; None where that is not known."""

    status: AreaSync = "waiting"
    wanted: str | None = None
    has: str | None = None
    attempts: int = Field(0, description="In a row, for what is wanted now")
    next_at: float | None = Field(None, description="Epoch s; when it is told again")
    reason: int = 0
    error: str | None = None

    def want(self, checksum: str) -> None:
        """From now on it is to have this."""
        if checksum != self.wanted:
            self.wanted, self.attempts, self.next_at, self.reason, self.error = checksum, 0, None, 0, None

    def in_order(self) -> bool:
        return self.has is not None and self.has == self.wanted

    def due(self, now: float) -> bool:
        return not self.in_order() and (self.next_at is None or self.next_at <= now)

    def arrived(self) -> None:
        self.has, self.next_at, self.reason, self.error = self.wanted, None, 0, None
        self.status = "synchronized" if self.wanted else "cleared"

    def failed(self, error: str, reason: int, now: float, timings: Timings) -> None:
        """Told again after a pause that doubles."""
        self.status, self.error, self.reason = "failed", error, reason
        pause = timings.areas_retry_first * 2 ** min(self.attempts, 30)
        self.attempts += 1
        self.next_at = now + min(pause, timings.areas_retry_most)

    def waits(self, now: float, timings: Timings) -> None:
        """Offline. Its coming is told, and looked for now and then."""
        self.status, self.next_at = "waiting", now + timings.areas_look
