"""The little that is read of H.264 in passing: whether a frame can be started from, and what is said beside it."""

from __future__ import annotations

from dataclasses import dataclass

IDR, SEI, SPS = 5, 6, 7
START_CODE = b"\0\0\1"


@dataclass(frozen=True, slots=True)
class Look:
    """`key_frame`: a decoder can begin here, with an IDR picture. `sei`: the SEI units, without start codes."""

    key_frame: bool
    sei: tuple[bytes, ...] = ()


DELTA, KEY = Look(False), Look(True)


def look(access_unit: bytes) -> Look:
    """Of an access unit in Annex B. No further than its first slice: by the standard SEI comes before it."""
    sei: tuple[bytes, ...] = ()
    at = access_unit.find(START_CODE)
    while 0 <= at < len(access_unit) - 3:
        kind = access_unit[at + 3] & 0x1F
        if 1 <= kind <= IDR:
            return Look(kind == IDR, sei) if sei else KEY if kind == IDR else DELTA
        following = access_unit.find(START_CODE, at + 3)
        if kind == SEI:
            sei = (*sei, access_unit[at + 3 : following if following >= 0 else None])
        at = following
    return Look(False, sei)


def is_key_frame(access_unit: bytes) -> bool:
    """Whether a decoder can begin here: an IDR picture."""
    return look(access_unit).key_frame
