"""Field paths: `a.b`, with segments in backquotes where they are not plain, and what they point at in a document."""

import re
from functools import lru_cache
from typing import Any

from .errors import invalid
from .wire import Value

FieldPath = tuple[str, ...]

DOCUMENT_ID: FieldPath = ("__name__",)
MAX_PATH_BYTES = 1500

_PLAIN = re.compile(r"[^\W\d][\w]*", re.ASCII)
_SEGMENT = re.compile(r"[a-zA-Z_][a-zA-Z_0-9]*|`(?:[^`\\]|\\.)+`", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@lru_cache(maxsize=8192)
def parse(text: str) -> FieldPath:
    """Read a field path.

    Raises INVALID_ARGUMENT for an empty path or segment, an unquoted segment that is not plain, an unclosed quote, and
    paths over 1,500 bytes.
    """
    if not text:
        raise invalid("Invalid field path: it is empty.")
    if len(text.encode()) > MAX_PATH_BYTES:
        raise invalid(f"Property path is longer than {MAX_PATH_BYTES} bytes.")
    segments: list[str] = []
    at = 0
    while True:
        match = _SEGMENT.match(text, at)
        if match is None:
            raise invalid(f'Invalid property path "{text}": unquoted segments are letters, digits and underscores.')
        raw = match[0]
        segments.append(_ESCAPED.sub(r"\1", raw[1:-1]) if raw[0] == "`" else raw)
        at = match.end()
        if at == len(text):
            return tuple(segments)
        if text[at] != ".":
            raise invalid(f'Invalid property path "{text}": unexpected character at position {at}.')
        at += 1


def render(path: FieldPath) -> str:
    """Write a field path, with quotes where they are needed."""
    return ".".join(s if _PLAIN.fullmatch(s) else "`" + s.replace("\\", "\\\\").replace("`", "\\`") + "`" for s in path)


def lookup(fields: Any, path: FieldPath) -> Any | None:
    """The value at `path` in a map of fields, or None. Looking never adds anything to the map."""
    value = None
    for segment in path:
        # `in` first: indexing a protobuf map by an absent key would create it.
        if segment not in fields:
            return None
        value = fields[segment]
        fields = value.map_value.fields if value.HasField("map_value") else {}
    return value


def assign(fields: Any, path: FieldPath, value: Any) -> None:
    """Put a copy of `value` at `path`; what is in the way and is no map is replaced by one."""
    for segment in path[:-1]:
        entry = fields[segment]
        if not entry.HasField("map_value"):
            entry.CopyFrom(Value(map_value={}))
        fields = entry.map_value.fields
    fields[path[-1]].CopyFrom(value)


def remove(fields: Any, path: FieldPath) -> None:
    """Take away what is at `path`, if anything is."""
    for segment in path[:-1]:
        if segment not in fields or not fields[segment].HasField("map_value"):
            return
        fields = fields[segment].map_value.fields
    if path[-1] in fields:
        del fields[path[-1]]


def project(document: Any, paths: list[FieldPath], into: Any) -> None:
    """Copy name, times and the fields at `paths` of `document` to the empty document `into`."""
    into.name = document.name
    if document.HasField("create_time"):
        into.create_time.CopyFrom(document.create_time)
        into.update_time.CopyFrom(document.update_time)
    for path in paths:
        value = lookup(document.fields, path)
        if value is not None:
            assign(into.fields, path, value)
