"""Links to objects, signed once for all who ask for the same within a short while."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Final, NamedTuple

PART: Final = 0.01  # of a link's life, in which it is given again: it opens for at least 99 % of what was asked
LONGEST: Final = 60.0  # s
KEPT: Final = 256  # links


class _Link(NamedTuple):
    url: str
    since: float
    until: float  # both in s since 1970


class SharedLinks:
    """To sign takes 1 ms of CPU, and each dock of a rollout is given the same package.

    One object is for one set of credentials. `now` is s since 1970, as links count.
    """

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._links: dict[Hashable, _Link] = {}

    def given(self, what: Hashable, life: float, sign: Callable[[], str]) -> str:
        """The link of `what`, which opens for `life` s from when it is signed: one given out lately, or a new one."""
        now = self._now()
        link = self._links.get(what)
        if link is None or not link.since <= now < link.until:  # before `since`: the clock was set back
            if len(self._links) >= KEPT:
                self._links.clear()
            link = self._links[what] = _Link(sign(), now, now + min(life * PART, LONGEST))
        return link.url
