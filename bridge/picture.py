"""The merged picture of one device, and when it is worth a write. No clock and no store: both are given."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from math import floor, isfinite
from typing import Any, Literal

from google.cloud.firestore_v1.field_path import FieldPath

from bridge.thresholds import noticed
from timings import Timings

Section = Literal["osd", "state"]
Key = tuple[Section, str]

TOGETHER_FROM = 5.0
"""Seconds between two writes from which on a part of a second is of no account."""


@dataclass(slots=True)
class Picture:
    """What a device said of itself, over all its messages; and what of it the store has.

    A dock splits its properties over several osd messages: keys are merged, and one that is missing is not cleared.
    Times are seconds of one steady clock.
    """

    timings: Timings
    osd: dict[str, Any] = field(default_factory=dict)
    state: dict[str, Any] = field(default_factory=dict)
    last_write: float = float("-inf")
    _written: dict[Key, Any] = field(default_factory=dict)
    _changed: set[Key] = field(default_factory=set)
    _pauses: dict[Key, float] = field(default_factory=dict)

    def start_from(self, osd: dict[str, Any], state: dict[str, Any]) -> None:
        """Take what the store has as the picture so far, as after a restart."""
        self.osd, self.state = osd, state
        self._written = {("osd", key): value for key, value in osd.items()}
        self._written |= {("state", key): value for key, value in state.items()}

    def take(self, section: Section, data: dict[str, Any]) -> list[str]:
        """Merge a message; the top-level keys that changed."""
        picture = self.osd if section == "osd" else self.state
        changed = []
        for name, said in data.items():
            old = picture.get(name)
            if said == old and name in picture:
                continue
            new = picture[name] = merged(old, said)
            changed.append(name)
            self._weigh(section, name, new)
        return changed

    def _weigh(self, section: Section, name: str, new: Any) -> None:
        key: Key = (section, name)
        written = self._written.get(key)
        if new == written and key in self._written:
            self._changed.discard(key)
            self._pauses.pop(key, None)
            return
        self._changed.add(key)
        # A state message comes when something changes, and once: all of it counts.
        threshold = noticed(name, new, written)
        if section == "state":
            self._pauses[key] = 0.0
        elif threshold is None:
            self._pauses.pop(key, None)
        else:
            self._pauses[key] = threshold.pause

    def due(self) -> float | None:
        """When the next write is due; None while the store has it all."""
        if not self._changed:
            return None
        pause = min(self._pauses.values(), default=self.timings.write_at_least)
        pause = min(max(pause, self.timings.write_interval), self.timings.write_at_least)
        due = self.last_write + pause
        # Of many devices, those that are in no hurry go together, in a call a second
        return float(floor(due)) if pause >= TOGETHER_FROM and isfinite(due) else due

    def unwritten(self) -> dict[Key, Any]:
        """All that differs from the store, to be written in one go."""
        return {(section, name): self._of(section)[name] for section, name in self._changed}

    def wrote(self, values: dict[Key, Any], at: float) -> None:
        """The store has these now. What changed since they were taken stays unwritten."""
        self.last_write = at
        self._written |= values
        for section, name in values:
            self._weigh(section, name, self._of(section)[name])

    def _of(self, section: Section) -> dict[str, Any]:
        return self.osd if section == "osd" else self.state

    def whole(self) -> dict[str, Any]:
        """Osd and state side by side, as the live picture shows them."""
        return {**self.state, **self.osd}


def merged(old: Any, new: Any) -> Any:
    """`new` over `old`, key by key in maps; lists and values are replaced. Neither is changed."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        return new
    out = dict(old)
    for key, value in new.items():
        out[key] = merged(out[key], value) if key in out else value
    return out


def field_paths(values: dict[Key, Any]) -> Iterator[tuple[str, Any]]:
    """As Firestore's update takes them: quoted paths, since a payload's key (`99-0-0`) is no plain name."""
    for key, value in values.items():
        yield _field_path(key), value


@lru_cache(4096)
def _field_path(key: Key) -> str:
    path: str = FieldPath(*key).to_api_repr()
    return path
