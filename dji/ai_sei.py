"""What the aircraft's AI sees, inside the video: SEI messages of H.264 (Dock 3, over WHIP and Agora).

A NAL unit of type 6 holds messages; those of type 0xF5, or 0x65 where the video went over Agora, are DJI's. Payload,
little-endian: version, time, kind of frame, an extension on base frames, number of the track, groups. Source: the page
"AI recognition" of Dock 3 as far as it was at hand. **Inferred**, since no page or capture says it: that a group begins
with its type (u8) and its length in bytes (u16), that base frames are of kind 0, that counts are pairs of kind (u8) and
number (u16), the numbers of the states, and that the track is a box's id. All of these are constants here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

SEI: Final = 6
"""Type of the NAL unit."""
OVER_WHIP, OVER_AGORA = 0xF5, 0x65
MARKERS: Final = frozenset({OVER_WHIP, OVER_AGORA})
"""Types of the message, by the way that the video took."""

KINDS: Final = {1: "unknown", 2: "person", 3: "car", 4: "boat"}
STATES: Final = {0: "tracked", 1: "lost", 2: "new", 3: "obscured"}
BASE_FRAME: Final = 0
PARTS: Final = 10_000
"""Places and sizes are in 1/10000 of the picture."""

_START: Final = struct.Struct("<BIB")
_EXTENSION: Final = 12  # bytes; what they mean is not documented
_TRACK: Final = struct.Struct("<HBB")
_GROUP: Final = struct.Struct("<BH")
_BOX: Final = struct.Struct("<HBBHHHHI")
_COUNT: Final = struct.Struct("<BH")
_BOXES, _COUNTS = 10, 12
_STOP: Final = b"\x80"  # the bit that ends a unit


class BadSei(ValueError):
    """A unit or payload that is cut off or contradicts itself; the text says where."""


@dataclass(frozen=True, slots=True)
class Box:
    """One thing in the picture. Middle and size in 1/10000 of the picture, distance in mm, 0 where it is not known."""

    id: int
    kind: int
    state: int
    x: int
    y: int
    width: int
    height: int
    distance: int = 0


@dataclass(frozen=True, slots=True)
class AiPicture:
    """What was seen in one picture. `at` is the aircraft's clock in ms, and wraps after 49 days."""

    at: int
    boxes: tuple[Box, ...] = ()
    counts: dict[int, int] = field(default_factory=dict)
    """How many of each kind."""
    track: int = 0
    """Id of what is followed; 0: nothing."""
    version: int = 1
    frame: int = BASE_FRAME


def read(payload: bytes) -> AiPicture:
    """A message's payload. Groups of types that are not known are passed over. Raises BadSei."""
    try:
        version, at, frame = _START.unpack_from(payload)
        place = _START.size + (_EXTENSION if frame == BASE_FRAME else 0)
        track, _, groups = _TRACK.unpack_from(payload, place)
        place += _TRACK.size
        boxes: list[Box] = []
        counts: dict[int, int] = {}
        for number in range(groups):
            kind, length = _GROUP.unpack_from(payload, place)
            place += _GROUP.size
            if place + length > len(payload):
                raise BadSei(f"group {number} of type {kind} says {length} bytes, {len(payload) - place} are left")
            group, place = payload[place : place + length], place + length
            if kind == _BOXES:
                boxes += [Box(*found) for found in _each(_BOX, group, "boxes")]
            elif kind == _COUNTS:
                counts |= dict(_each(_COUNT, group, "counts"))
    except struct.error as error:
        raise BadSei(f"the payload ends too early: {len(payload)} bytes") from error
    return AiPicture(at, tuple(boxes), counts, track, version, frame)


def _each(entry: struct.Struct, group: bytes, what: str) -> Iterator[Any]:
    if len(group) % entry.size:
        raise BadSei(f"a group of {what} has {len(group)} bytes, no multiple of {entry.size}")
    return entry.iter_unpack(group)


def write(picture: AiPicture) -> bytes:
    """The payload, as an aircraft would write it. Raises struct.error for what does not fit its field."""
    base = bytes(_EXTENSION) if picture.frame == BASE_FRAME else b""
    boxes = b"".join(
        _BOX.pack(box.id, box.kind, box.state, box.x, box.y, box.width, box.height, box.distance)
        for box in picture.boxes
    )
    counts = b"".join(_COUNT.pack(kind, number) for kind, number in picture.counts.items())
    groups = [_GROUP.pack(kind, len(group)) + group for kind, group in ((_BOXES, boxes), (_COUNTS, counts))]
    start = _START.pack(picture.version, picture.at & 0xFFFFFFFF, picture.frame)
    return start + base + _TRACK.pack(picture.track, 0, len(groups)) + b"".join(groups)


def messages(unit: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and payload of each message of a SEI unit, given without its start code. Source: H.264, 7.3.2.3.

    Raises BadSei after the messages that could be read.
    """
    data = unprotected(unit[1:]).rstrip(b"\0")
    place, end = 0, len(data) - (data[-1:] == _STOP)
    while place < end:
        kind, place = _number(data, place, end)
        size, place = _number(data, place, end)
        if place + size > end:
            raise BadSei(f"a message of type {kind} says {size} bytes, {end - place} are left")
        yield kind, data[place : place + size]
        place += size


def _number(data: bytes, place: int, end: int) -> tuple[int, int]:
    """A number in bytes of 255 and a last one, and where it ends."""
    total = 0
    while place < end:
        byte, place = data[place], place + 1
        total += byte
        if byte != 255:
            return total, place
    raise BadSei("the head of a message is cut off")


def unit(*found: tuple[int, bytes]) -> bytes:
    """A SEI unit of messages, each its type and payload, without start code."""
    body = b"".join(_bytes(kind) + _bytes(len(payload)) + payload for kind, payload in found)
    return bytes([SEI]) + protected(body + _STOP)


def _bytes(number: int) -> bytes:
    return b"\xff" * (number // 255) + bytes([number % 255])


def unprotected(data: bytes) -> bytes:
    """Without the bytes 3 that keep start codes out of a unit. Source: H.264, 7.4.1."""
    if b"\0\0\3" not in data:
        return data
    parts, begin = [], 0
    at = data.find(b"\0\0\3")
    while at >= 0:
        parts.append(data[begin : at + 2])
        begin = at + 3
        at = data.find(b"\0\0\3", begin)
    return b"".join([*parts, data[begin:]])


def protected(data: bytes) -> bytes:
    """With a byte 3 wherever two noughts would be followed by 0 to 3."""
    out, noughts = bytearray(), 0
    for byte in data:
        if noughts >= 2 and byte <= 3:
            out.append(3)
            noughts = 0
        out.append(byte)
        noughts = noughts + 1 if byte == 0 else 0
    if noughts >= 2:
        out.append(3)
    return bytes(out)
