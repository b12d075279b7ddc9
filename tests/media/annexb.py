"""What tests look at in an access unit."""

from __future__ import annotations

from collections.abc import Iterator

from media.h264 import START_CODE


def unit_types(access_unit: bytes) -> Iterator[int]:
    """The types of its NAL units, in order."""
    at = access_unit.find(START_CODE)
    while at >= 0 and at + 3 < len(access_unit):
        yield access_unit[at + 3] & 0x1F
        at = access_unit.find(START_CODE, at + 3)
