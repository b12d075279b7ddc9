"""Which index entries a document has: every field, nested ones too, and every element of every array."""

from collections.abc import Callable
from typing import Any

from .fieldpaths import FieldPath
from .values import ARRAY, MAP, MAX_INDEX_BYTES, sort_key

Entry = tuple[int, bytes]


def entries(fields: Any, field_id: Callable[[FieldPath], int]) -> set[Entry]:
    """The entries `(field, key)` of a map of fields.

    `field_id` numbers a path. An entry of a value has twice that number, one of an array's element one more.
    """
    found: set[Entry] = set()
    _collect(fields, (), field_id, found)
    return found


def _collect(fields: Any, prefix: FieldPath, field_id: Callable[[FieldPath], int], found: set[Entry]) -> None:
    # Iterating over the names is several times faster than over the items of a protobuf map.
    for name in fields:
        value = fields[name]
        path = (*prefix, name)
        number = 2 * field_id(path)
        key = sort_key(value)[:MAX_INDEX_BYTES]
        found.add((number, key))
        kind = key[:1]
        if kind == ARRAY:
            for element in value.array_value.values:
                found.add((number + 1, sort_key(element)[:MAX_INDEX_BYTES]))
        elif kind == MAP:
            _collect(value.map_value.fields, path, field_id, found)
