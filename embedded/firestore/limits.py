"""What Firestore refuses to store, as its "Quotas and limits" say, and a document's size by their formula."""

from typing import Any

from .bson import check_bson, mark_of
from .errors import invalid
from .names import Path

MAX_DOCUMENT_BYTES = 1_048_576
MAX_DEPTH = 20
MAX_FIELD_NAME_BYTES = 1500
MAX_INDEX_ENTRIES = 40_000
MAX_TRANSFORMS = 500
MAX_REQUEST_BYTES = 10 * 1024 * 1024
MAX_WRITES_IN_BATCH_WRITE = 500
_MAX_SECONDS = 253_402_300_799  # the last second of the year 9999
_MIN_SECONDS = -62_135_596_800  # the first second of the year 1


def check_fields(fields: Any) -> None:
    """Refuse what cannot be stored, and round timestamps down to microseconds.

    Raises INVALID_ARGUMENT, naming the field.
    """
    _check_map(fields, "", 1)


def _check_map(fields: Any, prefix: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise invalid(
            f"Property {prefix[:-1]} contains an invalid nested entity: at most {MAX_DEPTH} levels are allowed."
        )
    mark = mark_of(fields)
    if mark is not None and prefix:
        check_bson(mark, fields[mark], prefix[:-1])
        return
    for name in fields:
        if not name:
            raise invalid(f"Property {prefix or 'name'} is invalid: a field name may not be empty.")
        if name.startswith("__") and name.endswith("__") and len(name) > 3 and name != "__type__":
            raise invalid(f'Property name "{prefix}{name}" is invalid: names of the form __...__ are reserved.')
        if len(name) > MAX_FIELD_NAME_BYTES // 4 and len(name.encode()) > MAX_FIELD_NAME_BYTES:
            raise invalid(f'Property name "{name[:40]}..." is longer than {MAX_FIELD_NAME_BYTES} bytes.')
        check_value(fields[name], prefix + name, depth)


def check_value(value: Any, where: str, depth: int, in_array: bool = False) -> None:
    """Refuse a value that cannot be stored; `where` is the field that a message names."""
    kind = value.WhichOneof("value_type")
    if kind in ("integer_value", "string_value", "boolean_value", "double_value", "null_value", "bytes_value"):
        return
    if kind == "map_value":
        _check_map(value.map_value.fields, where + ".", depth + 1)
    elif kind == "array_value":
        if in_array:
            raise invalid(f"Property {where} contains an array directly inside an array, which cannot be stored.")
        if depth + 1 > MAX_DEPTH:
            raise invalid(f"Property {where} is nested too deeply: at most {MAX_DEPTH} levels are allowed.")
        for element in value.array_value.values:
            check_value(element, where, depth + 1, in_array=True)
    elif kind == "timestamp_value":
        stamp = value.timestamp_value
        if not _MIN_SECONDS <= stamp.seconds <= _MAX_SECONDS or not 0 <= stamp.nanos < 1_000_000_000:
            raise invalid(f"Property {where} is a timestamp outside the years 1 to 9999, or of impossible nanoseconds.")
        stamp.nanos -= stamp.nanos % 1000
    elif kind == "geo_point_value":
        point = value.geo_point_value
        if not (-90 <= point.latitude <= 90 and -180 <= point.longitude <= 180):
            raise invalid(f"Property {where} is a geo point outside of -90 to 90 and -180 to 180 degrees.")
    elif kind == "reference_value":
        _check_reference(value.reference_value, where)
    elif kind is None:
        raise invalid(f"Property {where} has a value without a type.")
    else:
        raise invalid(f"Property {where} has a {kind}, which belongs to pipelines and cannot be stored.")


def _check_reference(name: str, where: str) -> None:
    parts = name.split("/")
    if len(parts) < 7 or len(parts) % 2 == 0 or parts[0] != "projects" or parts[4] != "documents" or "" in parts:
        raise invalid(f'Property {where} is a reference to "{name[:200]}", which is not the name of a document.')


def check_size(path: Path, document: Any, encoded_bytes: int) -> None:
    """Refuse a document over 1 MiB. `encoded_bytes`, its size as a message, is never far below the formula's."""
    if encoded_bytes < MAX_DOCUMENT_BYTES // 4:
        return
    size = _name_size(path.segments) + 32 + _map_size(document.fields)
    if size > MAX_DOCUMENT_BYTES:
        raise invalid(
            f"Document '{path.name}' cannot be written because its size ({size:,} bytes) exceeds the maximum allowed "
            f"size of {MAX_DOCUMENT_BYTES:,} bytes.",
        )


def _name_size(segments: tuple[str, ...]) -> int:
    return sum(len(segment.encode()) + 1 for segment in segments) + 16


def _map_size(fields: Any) -> int:
    return sum(len(name.encode()) + 1 + _value_size(value) for name, value in fields.items())


def _value_size(value: Any) -> int:
    kind = value.WhichOneof("value_type")
    if kind == "string_value":
        return len(value.string_value.encode()) + 1
    if kind == "bytes_value":
        return len(value.bytes_value)
    if kind == "array_value":
        return sum(map(_value_size, value.array_value.values))
    if kind == "map_value":
        return _map_size(value.map_value.fields)
    if kind == "reference_value":
        return _name_size(tuple(value.reference_value.split("/")[5:]))
    return {"null_value": 1, "boolean_value": 1, "geo_point_value": 16}.get(kind, 8)
