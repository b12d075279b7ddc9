"""A code of black and white cells in the picture that says whose frame it is, which one and how old.

It is made to survive an encoder at a low bit rate and a change of the picture's size: 40 x 6 cells along the lower
edge, each a fortieth of the picture's width wide and high, read by the mean of their middles and guarded by a CRC.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import av

COLUMNS = 40
ROWS = 6
SERIAL_LENGTH = 20
# Index 0 fills serials up to their length. What is not in here cannot be a serial number.
ALPHABET = "\0ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
MAGIC, MAGIC_BITS = 0xA5C, 12
LETTER_BITS, FRAME_BITS, TIME_BITS, CRC_BITS = 6, 32, 44, 32
BLACK, WHITE = 24, 228
THRESHOLD = (BLACK + WHITE) / 2

Luma = NDArray[np.uint8]


@dataclass(frozen=True)
class Marker:
    """What a picture says about itself: serial of the dock, number of the frame from 0, time of capture (epoch, ms)."""

    sn: str
    frame: int
    at_ms: int


def draw_marker(luma: Luma, marker: Marker) -> None:
    """Paint `marker` into the lower edge of a picture's luma plane (height x width), in place.

    Raises ValueError for a serial longer than 20 characters or with other characters than letters, digits and '-'.
    """
    cell = luma.shape[1] // COLUMNS
    cells = _to_bits(marker).reshape(ROWS, COLUMNS)
    picture = np.where(cells, WHITE, BLACK).astype(np.uint8).repeat(cell, axis=0).repeat(cell, axis=1)
    luma[luma.shape[0] - ROWS * cell : luma.shape[0], : COLUMNS * cell] = picture


def read_marker(picture: Luma | av.VideoFrame) -> Marker | None:
    """Read the marker of a decoded frame, or of its luma plane. None where there is none or its CRC does not agree."""
    luma = picture if isinstance(picture, np.ndarray) else _luma(picture)
    height, width = luma.shape
    cell = width / COLUMNS
    top = height - ROWS * (width // COLUMNS)
    if top < 0 or cell < 4:
        return None
    bits = np.zeros(ROWS * COLUMNS, dtype=np.bool_)
    edge = cell / 4
    for row in range(ROWS):
        upper, lower = int(top + row * cell + edge), int(top + (row + 1) * cell - edge)
        for column in range(COLUMNS):
            left, right = int(column * cell + edge), int((column + 1) * cell - edge)
            bits[row * COLUMNS + column] = luma[upper:lower, left:right].mean() > THRESHOLD
    return _from_bits(bits)


def _luma(picture: av.VideoFrame) -> Luma:
    height = picture.height
    planes = picture.to_ndarray(format="yuv420p")
    return planes[:height].astype(np.uint8, copy=False)


def _to_bits(marker: Marker) -> NDArray[np.bool_]:
    if len(marker.sn) > SERIAL_LENGTH:
        raise ValueError(f"sn: {marker.sn!r} is longer than {SERIAL_LENGTH} characters")
    value = MAGIC
    for letter in marker.sn.ljust(SERIAL_LENGTH, "\0"):
        if (index := ALPHABET.find(letter)) < 0:
            raise ValueError(f"sn: {letter!r} cannot be drawn; letters, digits and '-' can")
        value = value << LETTER_BITS | index
    value = value << FRAME_BITS | marker.frame % (1 << FRAME_BITS)
    value = value << TIME_BITS | marker.at_ms % (1 << TIME_BITS)
    value = value << CRC_BITS | _crc(value)
    raw = np.frombuffer(value.to_bytes(ROWS * COLUMNS // 8, "big"), dtype=np.uint8)
    return np.unpackbits(raw).astype(np.bool_)


def _from_bits(bits: NDArray[np.bool_]) -> Marker | None:
    value = int.from_bytes(np.packbits(bits).tobytes(), "big")
    crc, value = value % (1 << CRC_BITS), value >> CRC_BITS
    if crc != _crc(value):
        return None
    at_ms, value = value % (1 << TIME_BITS), value >> TIME_BITS
    frame, value = value % (1 << FRAME_BITS), value >> FRAME_BITS
    letters = []
    for _ in range(SERIAL_LENGTH):
        index, value = value % (1 << LETTER_BITS), value >> LETTER_BITS
        letters.append(ALPHABET[index])
    if value != MAGIC:
        return None
    return Marker(sn="".join(reversed(letters)).rstrip("\0"), frame=frame, at_ms=at_ms)


def _crc(value: int) -> int:
    return zlib.crc32(value.to_bytes(ROWS * COLUMNS // 8, "big"))
