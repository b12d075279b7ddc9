"""What a reading changes in what stands. No clock and no store: both are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from bridge.alert_kinds import Reading, Said
from store.alerts import LEVELS, Alert

AGAIN: Final = timedelta(seconds=20)
"""An alarm that lapses is written down as said again at most so often: a third of the silence that ends it."""


@dataclass(slots=True)
class Course:
    """new: arises. changed: stands, with another level. ended: has ended by this word. still: stands as before.

    again: of those, the ones whose document is to say that they were said now.
    """

    new: list[Said] = field(default_factory=list)
    changed: list[tuple[Alert, Said]] = field(default_factory=list)
    ended: list[Alert] = field(default_factory=list)
    still: list[Alert] = field(default_factory=list)
    again: list[tuple[Alert, Said]] = field(default_factory=list)

    @property
    def news(self) -> bool:
        return bool(self.new or self.changed or self.ended)

    @property
    def writes(self) -> bool:
        return self.news or bool(self.again)


def course(reading: Reading, standing: list[Alert], at: datetime, came: datetime | None = None) -> Course:
    """`standing` are the dock's open alerts of any kind; `came` is when the dock last came online.

    A dock that came back lists anew what stands: what it lists is noted as said since then.
    """
    before = {alert.subject: alert for alert in standing if alert.kind == reading.kind}
    found = Course()
    for said in {said.subject: said for said in reading.said}.values():
        alert = before.pop(said.subject, None)
        if alert is None:
            if not said.over:
                found.new.append(said)
        elif said.over or said.once:
            found.ended.append(alert)
        elif _differs(alert, said, rises=reading.rises):
            found.changed.append((alert, said))
        else:
            found.still.append(alert)
            if _stale(alert, said, at, came):
                found.again.append((alert, said))
    if reading.whole:
        found.ended += before.values()
    return found


def _differs(alert: Alert, said: Said, *, rises: bool) -> bool:
    before, now = LEVELS.index(alert.level), LEVELS.index(said.level)
    return now > before if rises else now != before


def _stale(alert: Alert, said: Said, at: datetime, came: datetime | None) -> bool:
    if said.lapses:
        return at - alert.said_at >= AGAIN
    return alert.lapses or (came is not None and alert.said_at < came)
