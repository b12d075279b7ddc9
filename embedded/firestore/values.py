"""The order of values, as bytes: `sort_key(a) < sort_key(b)` exactly when Firestore puts `a` before `b`.

Types come in the documented order; an integer and a double that are the same number have the same key. Comparison,
equality, indexes, cursors and `in` all work on these keys.
"""

import math
import struct
from collections.abc import Callable
from typing import Any

from .bson import bson_key, mark_of
from .errors import invalid
from .names import segment_key

MAX_INDEX_BYTES = 1500

NULL = b"\x10"
BOOLEAN = b"\x20"
NAN = b"\x30"
NUMBER = b"\x31"
TIMESTAMP = b"\x40"
STRING = b"\x50"
BYTES = b"\x60"
REFERENCE = b"\x70"
GEO_POINT = b"\x80"
ARRAY = b"\x90"
VECTOR = b"\xa0"
MAP = b"\xb0"
_END = b"\x00"
_CLASS = 0xF8

_pack = struct.Struct(">Q").pack
_bits = struct.Struct(">d").pack


def class_bounds(key: bytes) -> tuple[bytes, bytes]:
    """The half-open range of keys of the class that `key` is of.

    Values are only compared by `<` and its like within one class; NaN is of the class of numbers.
    """
    first = key[0] & _CLASS
    return bytes((first,)), bytes((first + 0x08,))


def sort_key(value: Any) -> bytes:
    """The whole key of a `google.firestore.v1.Value`."""
    kind = value.WhichOneof("value_type")
    encoder = _ENCODERS.get(kind)
    if encoder is None:
        raise invalid(f"A value of kind {kind or 'unset'} cannot be stored or compared.")
    return encoder(value)


def index_key(value: Any) -> bytes:
    """The key as indexes and queries use it: cut after 1,500 bytes, as Firestore documents."""
    if value.WhichOneof("value_type") == "map_value":
        return _map(value, MAX_INDEX_BYTES)[:MAX_INDEX_BYTES]
    return sort_key(value)[:MAX_INDEX_BYTES]


def double_key(number: float) -> bytes:
    """Eight bytes that sort as the double does; -0.0 is 0.0."""
    bits = int.from_bytes(_bits(number or 0.0), "big")
    return _pack(bits ^ 0xFFFFFFFFFFFFFFFF if bits >> 63 else bits | 1 << 63)


def number_key(number: int | float) -> bytes:
    """The key of a number, whatever its type."""
    if isinstance(number, float):
        return NUMBER + double_key(number) + b"\0\0" if number == number else NAN
    below = float(number)
    if int(below) > number:
        below = math.nextafter(below, -math.inf)
    # Beyond 2**53 doubles are up to 2048 apart: two more bytes say how far above the double the integer is.
    above: int = number - int(below)
    return NUMBER + double_key(below) + above.to_bytes(2, "big")


def _escaped(raw: bytes) -> bytes:
    return raw.replace(b"\0", b"\0\xff") + b"\0\x01"


def _timestamp(value: Any) -> bytes:
    stamp = value.timestamp_value
    micros: int = stamp.nanos // 1000
    return TIMESTAMP + _pack(stamp.seconds + (1 << 62)) + micros.to_bytes(4, "big")


def _reference(value: Any) -> bytes:
    return REFERENCE + b"".join(map(segment_key, value.reference_value.split("/"))) + _END


def _geo_point(value: Any) -> bytes:
    point = value.geo_point_value
    return GEO_POINT + double_key(point.latitude) + double_key(point.longitude)


def _array(value: Any) -> bytes:
    return ARRAY + b"".join(map(sort_key, value.array_value.values)) + _END


def vector_of(value: Any) -> Any | None:
    """The numbers of a vector (a map marked with `__type__`), or None for every other value."""
    fields = value.map_value.fields
    if "__type__" in fields and fields["__type__"].string_value == "__vector__":
        return fields["value"].array_value.values
    return None


def _map(value: Any, enough: int | None = None) -> bytes:
    """The key of a map; with `enough`, at least so many of its first bytes."""
    numbers = vector_of(value)
    if numbers is not None:
        return VECTOR + len(numbers).to_bytes(4, "big") + b"".join(map(sort_key, numbers))
    fields = value.map_value.fields
    mark = mark_of(fields)
    if mark is not None:
        return bson_key(mark, fields[mark], number_key, _escaped)
    key = bytearray(MAP)
    for name in sorted(fields):
        key += b"\x02" + _escaped(name.encode()) + sort_key(fields[name])
        if enough is not None and len(key) >= enough:
            return bytes(key)
    return bytes(key + _END)


_ENCODERS: dict[str | None, Callable[[Any], bytes]] = {
    "null_value": lambda value: NULL,
    "boolean_value": lambda value: BOOLEAN + (b"\x01" if value.boolean_value else b"\x00"),
    "integer_value": lambda value: number_key(value.integer_value),
    "double_value": lambda value: number_key(value.double_value),
    "timestamp_value": _timestamp,
    "string_value": lambda value: STRING + _escaped(value.string_value.encode()),
    "bytes_value": lambda value: BYTES + _escaped(value.bytes_value),
    "reference_value": _reference,
    "geo_point_value": _geo_point,
    "array_value": _array,
    "map_value": _map,
}
