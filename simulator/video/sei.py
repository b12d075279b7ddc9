"""SEI units put into encoded pictures, where an encoder would put them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import av

from simulator.video.source import VideoSource

START = b"\0\0\1"
IDR = 5

Units = Callable[[int], list[bytes]]
"""The SEI units of the picture at a time in ms since the stream began, none for most."""


def with_units(access_unit: bytes, units: list[bytes]) -> bytes:
    """The access unit (Annex B) with the units before its first slice."""
    at = access_unit.find(START)
    while 0 <= at < len(access_unit) - 3 and not 1 <= access_unit[at + 3] & 0x1F <= IDR:
        at = access_unit.find(START, at + 3)
    if at < 0:
        return access_unit
    at -= at > 0 and access_unit[at - 1] == 0  # a start code may have four bytes
    return access_unit[:at] + b"".join(b"\0" + START + unit for unit in units) + access_unit[at:]


class SpeakingSource:
    """A source whose pictures carry SEI."""

    def __init__(self, source: VideoSource, units: Units) -> None:
        self._source, self._units = source, units

    async def read(self) -> av.Packet[Any]:
        packet = await self._source.read()
        units = self._units((packet.pts or 0) // 90)
        if not units:
            return packet
        speaking = av.Packet(with_units(bytes(packet), units))
        speaking.pts, speaking.time_base = packet.pts, packet.time_base
        speaking.is_keyframe = packet.is_keyframe
        return speaking

    def force_key_frame(self) -> None:
        self._source.force_key_frame()
