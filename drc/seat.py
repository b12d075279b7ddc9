"""One operator at one dock: what the person holds, when they were last heard, and the way to tell them something."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from drc.outbox import Outbox
from drc.readiness import Refusal
from drc.ticket import Ticket
from store.authority import Kind

Json = dict[str, Any]

LOST, REPLACED, RELEASED, RESTARTING = 4001, 4002, 4003, 1012
"""Codes with which a connection is closed."""
SAME_AGAIN: Final = 1.0  # s between two refusals, or two clippings, of the same kind


def refused(of: str, refusal: Refusal, **more: Any) -> Json:
    """The message of a refusal."""
    return {"type": "refused", "of": of} | refusal.told() | more


@dataclass(slots=True)
class Seat:
    """It outlives its connection for `drc_release` seconds, in which the operator may come back.

    Times are monotonic.
    """

    ticket: Ticket
    kinds: frozenset[Kind]
    outbox: Outbox | None = None
    heard: float = field(default_factory=time.monotonic)
    renewed: float = field(default_factory=time.monotonic)
    asking: int = 0
    """Requests under way, which need no connection."""
    _told: dict[str, float] = field(default_factory=dict)

    @property
    def session(self) -> str:
        return self.ticket.session

    @property
    def user(self) -> str:
        return self.ticket.user

    @property
    def attended(self) -> bool:
        return self.outbox is not None or self.asking > 0

    def attach(self, outbox: Outbox) -> None:
        """The operator's connection; one that was there before is told and closed."""
        if self.outbox is not None:
            self.outbox.say({"type": "lost", "reason": "replaced", "detail": "Another connection of yours took over."})
            self.outbox.close(REPLACED, "Another connection of yours took over.")
        self.outbox, self.heard = outbox, time.monotonic()

    def detach(self, outbox: Outbox) -> None:
        """That connection is gone."""
        if self.outbox is outbox:
            self.outbox = None

    def say(self, message: Json) -> None:
        if self.outbox is not None:
            self.outbox.say(message)

    def show(self, key: str, message: Json) -> None:
        if self.outbox is not None:
            self.outbox.show(key, message)

    def seldom(self, key: str, message: Json) -> None:
        """Say it unless the same was said a moment ago: sticks come ten times a second."""
        at = time.monotonic()
        if at - self._told.get(key, 0.0) >= SAME_AGAIN:
            self._told[key] = at
            self.say(message)

    def refuse(self, of: str, refusal: Refusal, **more: Any) -> None:
        self.say(refused(of, refusal, **more))

    def refuse_sticks(self, refusal: Refusal) -> None:
        self.seldom(f"refused {refusal.reason}", {"type": "refused", "of": "sticks"} | refusal.told())

    def lose(self, kinds: frozenset[Kind], reason: str, detail: str, code: int, **more: Any) -> None:
        """What the person held is gone; the connection ends where nothing is left."""
        self.kinds -= kinds
        self.say({"type": "lost", "kinds": sorted(kinds), "reason": reason, "detail": detail} | more)
        if not self.kinds and self.outbox is not None:
            self.outbox.close(code, detail)
