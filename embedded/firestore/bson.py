"""Values that only look like maps: vectors, and the BSON types of the enterprise edition, marked by a reserved key.

Where they stand in the order of types follows Firestore's documentation of BSON types. A decimal is compared as the
double nearest to it.
"""

import struct
from collections.abc import Callable
from typing import Any

from .errors import invalid

MIN, BINARY, OBJECT_ID, REGEX, TIMESTAMP, MAX = b"\x18", b"\x68", b"\x78", b"\x88", b"\x48", b"\xc0"

_REGEX_OPTIONS = frozenset("imsux")
_seconds = struct.Struct(">Q").pack

Number = Callable[[int | float], bytes]


def mark_of(fields: Any) -> str | None:
    """The reserved key of a map that stands for a BSON value, or None for an ordinary map."""
    if len(fields) != 1:
        return None
    name: str = next(iter(fields))
    return name if name in _KEYS else None


def bson_key(mark: str, value: Any, number: Number, escaped: Callable[[bytes], bytes]) -> bytes:
    """The sort key of a marked value; `number` makes that of a number, so that equal numbers of all types are equal."""
    return _KEYS[mark](value, number, escaped)


def check_bson(mark: str, value: Any, where: str) -> None:
    """Refuse a marked value whose content does not fit its mark. Raises INVALID_ARGUMENT."""
    kind = value.WhichOneof("value_type")
    if kind != _KINDS[mark]:
        raise invalid(f"Property {where} has {mark} with a {kind}; expected a {_KINDS[mark]}.")
    if mark == "__int__" and not -(2**31) <= value.integer_value < 2**31:
        raise invalid(f"Property {where} is an int32 beyond its range.")
    if mark == "__oid__" and len(value.string_value) != 24:
        raise invalid(f"Property {where} is an object id that is not 24 hexadecimal digits.")
    if mark == "__decimal128__":
        value.string_value = _SPECIAL.get(value.string_value.lower(), value.string_value)
        try:
            float(value.string_value)
        except ValueError as error:
            raise invalid(f'Property {where} is no decimal: "{value.string_value}".') from error
    if mark == "__regex__":
        options = value.map_value.fields["options"].string_value if "options" in value.map_value.fields else ""
        if not set(options) <= _REGEX_OPTIONS:
            raise invalid(f'Invalid regex option "{options}" in property {where}: allowed are i, m, s, u and x.')


def _text(value: Any, name: str) -> bytes:
    fields = value.map_value.fields
    return fields[name].string_value.encode() if name in fields else b""


def _count(value: Any, name: str) -> int:
    fields = value.map_value.fields
    count: int = fields[name].integer_value if name in fields else 0
    return max(count, 0)


def _timestamp(value: Any, number: Number, escaped: Callable[[bytes], bytes]) -> bytes:
    return TIMESTAMP + _seconds(_count(value, "seconds")) + _seconds(_count(value, "increment"))


def _regex(value: Any, number: Number, escaped: Callable[[bytes], bytes]) -> bytes:
    return REGEX + escaped(_text(value, "pattern")) + escaped(_text(value, "options"))


_SPECIAL = {"inf": "Infinity", "+inf": "Infinity", "-inf": "-Infinity", "infinity": "Infinity",
            "-infinity": "-Infinity", "nan": "NaN"}  # fmt: skip
_KINDS = {
    "__min__": "null_value", "__max__": "null_value", "__oid__": "string_value", "__binary__": "bytes_value",
    "__int__": "integer_value", "__decimal128__": "string_value", "__regex__": "map_value",
    "__request_timestamp__": "map_value",
}  # fmt: skip
_KEYS: dict[str, Callable[[Any, Number, Callable[[bytes], bytes]], bytes]] = {
    "__min__": lambda value, number, escaped: MIN,
    "__max__": lambda value, number, escaped: MAX,
    "__oid__": lambda value, number, escaped: OBJECT_ID + escaped(value.string_value.encode()),
    "__binary__": lambda value, number, escaped: BINARY + escaped(value.bytes_value),
    "__int__": lambda value, number, escaped: number(value.integer_value),
    "__decimal128__": lambda value, number, escaped: number(float(value.string_value)),
    "__regex__": _regex,
    "__request_timestamp__": _timestamp,
}
