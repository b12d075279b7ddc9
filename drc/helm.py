"""From an operator's sticks to the dock: refused, clipped, paced, and neutral when the operator falls silent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from dataclasses import asdict
from typing import Any, Final

import aiomqtt

from drc import readiness
from drc.clip import Areas, Pose
from drc.link import Link
from drc.readiness import Refusal, Sight
from drc.seat import Seat
from drc.sticks import NEUTRAL, Sticks, rates_of

LEAST_GAP: Final = 0.08
"""Seconds between two sticks: DJI wants 5 to 10 a second, and a tenth of a second trembles on its way."""
NEUTRALS: Final = 5
"""How often neutral sticks are sent: a message at QoS 0 may be lost."""
POSE_FRESH: Final = 3.0
"""Seconds. Five places come each second; after so long without one nobody knows what a stick would do."""

NO_LINK: Final = Refusal("no-link", "The live link to the dock is not open.", "Wait until `state` says that it is.")
NO_CONTROL: Final = Refusal(
    "no-control", "The dock has not given control of the flight yet.", "Wait; where a controller took it, command "
    "flight_authority_grab.",
)  # fmt: skip
NOT_SENT: Final = Refusal("not-sent", "The broker cannot be reached.", "Wait until it is back.")


class Helm:
    """The sticks of one dock."""

    def __init__(self, link: Link, sight: Sight, neutral_after: float) -> None:
        self._link, self._sight = link, sight
        self._neutral_after = neutral_after
        self.areas: Areas | None = Areas([])  # None: there are some that cannot be read
        self.pose: Pose | None = None
        self.pose_at = 0.0
        self.control = False
        self._sent_at = self._moved_at = 0.0
        self._neutrals = 0
        self._waiting: tuple[Seat, Sticks] | None = None
        self._later: asyncio.TimerHandle | None = None
        self._sending: set[asyncio.Task[None]] = set()

    def why_not(self) -> Refusal | None:
        """Why sticks are not sent now."""
        if self._link.phase != "open":
            return NO_LINK
        return readiness.no_sticks(self._sight) or (None if self.control else NO_CONTROL)

    async def take(self, seat: Seat, asked: Sticks) -> None:
        """Sticks of the holder. Those that come too fast replace each other until it is time."""
        refusal = self.why_not()
        if refusal is not None:
            seat.refuse_sticks(refusal)
            return
        early = self._sent_at + LEAST_GAP - time.monotonic()
        if early <= 0:
            await self._fly(seat, asked)
            return
        self._waiting = (seat, asked)
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(early, self._now)

    def _now(self) -> None:
        self._later = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._spawn(self._fly(*waiting))

    async def _fly(self, seat: Seat, asked: Sticks) -> None:
        if "flight" not in seat.kinds:
            return  # lost while these waited
        flown = self._clipped(seat, asked)
        at = time.monotonic()
        self._sent_at = self._moved_at = at
        self._neutrals = 0 if flown.neutral else NEUTRALS
        try:
            await self._link.sticks(flown)
        except aiomqtt.MqttError:
            seat.refuse_sticks(NOT_SENT)

    def _clipped(self, seat: Seat, asked: Sticks) -> Sticks:
        areas = self.areas
        if areas is not None and areas.empty:
            return asked
        level = Sticks(throttle=asked.throttle, yaw=asked.yaw)
        if areas is None:
            flown, why = level, "The areas of the mission cannot be read."
        elif self.pose is None or time.monotonic() - self.pose_at > POSE_FRESH:
            flown, why = level, "The dock does not say where the aircraft is."
        else:
            flown, why = areas.clip(self.pose, asked, rates_of(self._link.product)), "An area ends there."
        if flown != asked:
            seat.seldom("clipped", {"type": "clipped", "asked": asdict(asked), "sent": asdict(flown), "detail": why})
        return flown

    def look(self, holder: Seat | None) -> None:
        """Called ten times a second: neutral sticks where nobody moves them any more, or nobody may."""
        silent = holder is None or time.monotonic() - max(holder.heard, self._moved_at) >= self._neutral_after
        idle = time.monotonic() - self._moved_at >= self._neutral_after
        if self._neutrals and (silent or idle):
            self._neutrals -= 1
            self._spawn(self._rest())

    def let_go(self) -> None:
        """Neutral at once: the holder has changed."""
        self._waiting = None
        if self._neutrals:
            self._moved_at = 0.0
            self._spawn(self._rest())

    def stop(self) -> None:
        """An emergency stop goes out: no stick comes after it that was meant before."""
        self._waiting, self._neutrals = None, 0

    async def _rest(self) -> None:
        self._sent_at = time.monotonic()
        try:
            await self._link.sticks(NEUTRAL)
        except aiomqtt.MqttError:
            self._neutrals += 1  # not gone: once more

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)
