"""H.264 as RTMP carries it (FLV video tags, Adobe FLV 10.1, E.4.3; AVCDecoderConfigurationRecord, ISO/IEC 14496-15):
length-prefixed units, and the parameter sets apart. Out comes Annex B, as the ingress hands it on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from media.h264 import IDR, SPS

AVC: Final = 7  # CodecID
KEY: Final = 1  # FrameType
SEQUENCE_HEADER, UNITS = 0, 1  # AVCPacketType
HEAD: Final = 5  # bytes: frame type and codec, packet type, composition time
EXTENDED: Final = 0x80  # "enhanced RTMP" tells its codec by four letters
LONG_START: Final = b"\0\0\0\1"


class NotH264(ValueError):
    """A tag of another codec, or one that cannot be read."""


class VideoTags:
    """Reads the tags of one stream in order."""

    def __init__(self) -> None:
        self._sets = b""
        self._length_size = 4

    def access_unit(self, tag: bytes) -> bytes | None:
        """The picture of a tag as Annex B, a key frame with its parameter sets; None for a tag without one.

        Raises NotH264.
        """
        if len(tag) < HEAD:
            raise NotH264(f"a video tag of {len(tag)} bytes")
        if tag[0] & EXTENDED or tag[0] & 0x0F != AVC:
            raise NotH264("another codec than H.264; choose H.264 at the dock")
        if tag[1] == SEQUENCE_HEADER:
            self._configure(tag[HEAD:])
            return None
        if tag[1] != UNITS:
            return None
        units = list(_prefixed(tag[HEAD:], self._length_size))
        kinds = {unit[0] & 0x1F for unit in units}
        own_sets = self._sets if IDR in kinds and SPS not in kinds else b""
        return own_sets + b"".join(LONG_START + unit for unit in units) if units else None

    def _configure(self, record: bytes) -> None:
        """Keep the parameter sets."""
        try:
            self._length_size = (record[4] & 0x03) + 1
            at, sets = 5, []
            for mask in (0x1F, 0xFF):  # sequence parameter sets, then picture parameter sets
                count, at = record[at] & mask, at + 1
                for _ in range(count):
                    size = int.from_bytes(record[at : at + 2])
                    if at + 2 + size > len(record):
                        raise NotH264("a parameter set that is cut off")
                    sets.append(LONG_START + record[at + 2 : at + 2 + size])
                    at += 2 + size
        except IndexError as error:
            raise NotH264("a decoder configuration that is cut off") from error
        self._sets = b"".join(sets)


def _prefixed(data: bytes, size: int) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        length = int.from_bytes(data[at : at + size])
        at += size
        if at + length > len(data):
            raise NotH264("a unit that is cut off")
        if length:
            yield data[at : at + length]
        at += length
