"""What the aircraft's AI sees, read from the SEI of the passing stream; nothing is decoded for it.

Told as part `detections` of the live feed: the boxes of one picture of one video, with its place on the stream's clock.
Fields are in docs/room.md.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

from dji import ai_sei
from dji.ai_sei import AiPicture, BadSei, Box
from media.live_feed import Tell
from store.ingresses import Ingress as Spec

log = logging.getLogger(__name__)

EVERY: Final = 0.1  # s between two pictures that are told: people see no more, and each costs a message
GONE_AFTER: Final = 1.0  # s without a message until the boxes are said to be gone: recognition was switched off
TICKS_IN_MS: Final = 90

Json = dict[str, Any]


@dataclass
class SeiCounts:
    """Since the ingress was opened here. `malformed`: units or payloads that could not be read; they did no harm."""

    pictures: int = 0
    malformed: int = 0
    told: int = 0


class Detections:
    """Of one ingress."""

    def __init__(self, spec: Spec, tell: Tell, clock: Callable[[], float] = time.monotonic) -> None:
        self.counts = SeiCounts()
        self._spec, self._tell, self._clock = spec, tell, clock
        self._shown = False
        self._seen_at = self._told_at = float("-inf")

    def take(self, units: Iterable[bytes], pts: int) -> None:
        """The SEI units of a picture, none for most; `pts` in 1/90000 s on the room's clock."""
        at = self._clock()
        found = self._read(units)
        if found is None:
            if self._shown and at - self._seen_at >= GONE_AFTER:
                self._say(AiPicture(0), pts, at)
            return
        self._seen_at = at
        # The first boxes and the end of boxes are news that does not wait.
        if at - self._told_at >= EVERY or bool(found.boxes) != self._shown:
            self._say(found, pts, at)

    def gone(self) -> None:
        """The stream has ended: so have its boxes."""
        if self._shown:
            self._say(AiPicture(0), None, self._clock())

    def _read(self, units: Iterable[bytes]) -> AiPicture | None:
        """The last picture that was described; what is malformed is counted and passed over."""
        found = None
        for unit in units:
            try:
                for kind, payload in ai_sei.messages(unit):
                    if kind in ai_sei.MARKERS:
                        found = ai_sei.read(payload)
                        self.counts.pictures += 1
            except BadSei as error:
                self.counts.malformed += 1
                if self.counts.malformed == 1:
                    log.warning("%s: SEI that cannot be read: %s", self._spec.identity, error)
        return found

    def _say(self, picture: AiPicture, pts: int | None, at: float) -> None:
        self._shown, self._told_at = bool(picture.boxes), at
        if self._spec.org_id is None:
            return
        self.counts.told += 1
        self._tell(self._spec.org_id, self._spec.sn, "detections", told(self._spec, picture, pts))

    def snapshot(self) -> Json:
        return asdict(self.counts)


def told(spec: Spec, picture: AiPicture, pts: int | None) -> Json:
    """The data of `detections`."""
    return {
        "video_id": spec.video_id,
        "identity": spec.identity,
        "stream_ms": None if pts is None else pts // TICKS_IN_MS,
        "aircraft_ms": picture.at,
        "track": picture.track,
        "boxes": [_box(box) for box in picture.boxes],
        "counts": {_named(ai_sei.KINDS, kind): number for kind, number in picture.counts.items()},
    }


def _box(box: Box) -> Json:
    return {
        "id": box.id,
        "kind": _named(ai_sei.KINDS, box.kind),
        "state": _named(ai_sei.STATES, box.state),
        "x": box.x / ai_sei.PARTS,
        "y": box.y / ai_sei.PARTS,
        "width": box.width / ai_sei.PARTS,
        "height": box.height / ai_sei.PARTS,
        "distance": box.distance / 1000 if box.distance else None,
    }


def _named(names: dict[int, str], number: int) -> str:
    """Numbers of a newer firmware are kept."""
    return names.get(number) or str(number)
