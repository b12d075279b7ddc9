"""The little that is read of H.264 in passing: where its units begin, and whether a frame can be started from."""

from __future__ import annotations

from collections.abc import Iterator

IDR, SPS = 5, 7
START_CODE = b"\0\0\1"


def unit_types(access_unit: bytes) -> Iterator[int]:
    """The types of the NAL units of an access unit in Annex B, in order."""
    at = access_unit.find(START_CODE)
    while at >= 0 and at + 3 < len(access_unit):
        yield access_unit[at + 3] & 0x1F
        at = access_unit.find(START_CODE, at + 3)


def is_key_frame(access_unit: bytes) -> bool:
    """Whether a decoder can begin here: an IDR picture. Looks no further than the first slice."""
    for kind in unit_types(access_unit):
        if kind == IDR:
            return True
        if 1 <= kind < IDR:
            return False
    return False
