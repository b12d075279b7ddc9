"""Filters of a query: checked, compiled, and asked of a document."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import invalid
from .fieldpaths import DOCUMENT_ID, FieldPath, lookup, parse, render
from .names import Path, parse_document, path_key
from .values import NAN, NULL, class_bounds, index_key
from .wire import Document

MAX_DISJUNCTIONS = 30
MAX_NOT_IN = 10

LESS, LESS_EQUAL, GREATER, GREATER_EQUAL, EQUAL, NOT_EQUAL = 1, 2, 3, 4, 5, 6
ARRAY_CONTAINS, IN, ARRAY_CONTAINS_ANY, NOT_IN = 7, 8, 9, 10
RANGES = frozenset((LESS, LESS_EQUAL, GREATER, GREATER_EQUAL))
# These ask for a place in an order: without an order of the query's own, results come in that of their fields.
INEQUALITIES = RANGES | {NOT_EQUAL, NOT_IN}
_NAMES = {
    LESS: "LESS_THAN", LESS_EQUAL: "LESS_THAN_OR_EQUAL",
    GREATER: "GREATER_THAN", GREATER_EQUAL: "GREATER_THAN_OR_EQUAL",
    EQUAL: "EQUAL", NOT_EQUAL: "NOT_EQUAL", ARRAY_CONTAINS: "ARRAY_CONTAINS", IN: "IN",
    ARRAY_CONTAINS_ANY: "ARRAY_CONTAINS_ANY", NOT_IN: "NOT_IN",
}  # fmt: skip


def name_key(key: bytes) -> bytes:
    """The key of a document's name from its path key: no name's key is the beginning of another's."""
    return key + b"\0"


class View:
    """A stored document as queries look at it: parsed when a field is asked for that is not known already."""

    __slots__ = ("_document", "_keys", "data")

    def __init__(self, data: bytes, name: bytes, document: Any = None) -> None:
        self.data = data
        self._document: Any = document
        self._keys: dict[FieldPath, bytes | None] = {DOCUMENT_ID: name}

    def know(self, field: FieldPath, key: bytes) -> None:
        """Take the key of a field from an index entry."""
        self._keys[field] = key

    @property
    def document(self) -> Any:
        """The parsed document."""
        if self._document is None:
            self._document = Document.FromString(self.data)
        return self._document

    def value(self, field: FieldPath) -> Any | None:
        """The value of a field."""
        return lookup(self.document.fields, field)

    def key(self, field: FieldPath) -> bytes | None:
        """The key of a field's value, or None where the document does not have the field."""
        try:
            return self._keys[field]
        except KeyError:
            value = self.value(field)
            found = self._keys[field] = None if value is None else index_key(value)
            return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field against one value (`keys` of length 1) or several (IN and the like)."""

    field: FieldPath
    op: int
    keys: tuple[bytes, ...]

    def matches(self, view: View) -> bool:
        """Whether the document passes."""
        return _TESTS[self.op](self, view)

    def range(self) -> tuple[bytes, bytes | None]:
        """The half-open range of keys that pass, for the ops in RANGES; other types never pass. None is no end."""
        if self.field == DOCUMENT_ID:
            low, high = b"", None
        else:
            low, high = class_bounds(self.keys[0])
        key = self.keys[0]
        if self.op == LESS:
            return low, key
        if self.op == LESS_EQUAL:
            return low, key + b"\0"
        return (key, high) if self.op == GREATER_EQUAL else (key + b"\0", high)


@dataclass(frozen=True, slots=True)
class Junction:
    """All of the parts (AND) or any of them (OR)."""

    every: bool
    parts: tuple["Filter", ...]

    def matches(self, view: View) -> bool:
        """Whether the document passes."""
        outcomes = (part.matches(view) for part in self.parts)
        return all(outcomes) if self.every else any(outcomes)


Filter = Comparison | Junction


def _range(test: Comparison, view: View) -> bool:
    key = view.key(test.field)
    if key is None:
        return False
    low, high = test.range()
    return low <= key and (high is None or key < high)


def _elements(test: Comparison, view: View) -> bool:
    value = view.value(test.field)
    if value is None or not value.HasField("array_value"):
        return False
    return any(index_key(element) in test.keys for element in value.array_value.values)


def _not_in(test: Comparison, view: View) -> bool:
    key = view.key(test.field)
    return key is not None and key != NULL and NULL not in test.keys and key not in test.keys


def _not_equal(test: Comparison, view: View) -> bool:
    key = view.key(test.field)
    return key is not None and key != NULL and key not in test.keys


_TESTS: dict[int, Callable[[Comparison, View], bool]] = {
    LESS: _range, LESS_EQUAL: _range, GREATER: _range, GREATER_EQUAL: _range,
    EQUAL: lambda test, view: view.key(test.field) == test.keys[0],
    IN: lambda test, view: view.key(test.field) in test.keys,
    NOT_EQUAL: _not_equal, NOT_IN: _not_in, ARRAY_CONTAINS: _elements, ARRAY_CONTAINS_ANY: _elements,
}  # fmt: skip


def compile_filter(message: Any, parent: Path) -> Filter:
    """Check and compile a `StructuredQuery.Filter`. Raises INVALID_ARGUMENT."""
    kind = message.WhichOneof("filter_type")
    if kind == "composite_filter":
        composite = message.composite_filter
        if composite.op not in (1, 2):
            raise invalid("A composite filter needs the operator AND or OR.")
        if not composite.filters:
            raise invalid("A composite filter needs at least one sub-filter.")
        parts = tuple(compile_filter(part, parent) for part in composite.filters)
        return parts[0] if len(parts) == 1 else Junction(composite.op == 1, parts)
    if kind == "unary_filter":
        return _unary(message.unary_filter)
    if kind == "field_filter":
        return _field(message.field_filter, parent)
    raise invalid("A filter needs one of composite_filter, field_filter and unary_filter.")


def _unary(message: Any) -> Filter:
    field = parse(message.field.field_path)
    known = {2: (EQUAL, NAN), 3: (EQUAL, NULL), 4: (NOT_EQUAL, NAN), 5: (NOT_EQUAL, NULL)}
    if message.op not in known:
        raise invalid("A unary filter needs one of the operators IS_NAN, IS_NULL, IS_NOT_NAN and IS_NOT_NULL.")
    if field == DOCUMENT_ID:
        raise invalid("Unary filters on __name__ are not allowed.")
    op, key = known[message.op]
    return Comparison(field, op, (key,))


def _field(message: Any, parent: Path) -> Filter:
    field = parse(message.field.field_path)
    if message.op not in _TESTS:
        raise invalid(f"The filter on {render(field)} has an unknown operator.")
    name = _NAMES[message.op]
    values = [message.value]
    if message.op in (IN, NOT_IN, ARRAY_CONTAINS_ANY):
        if not message.value.HasField("array_value") or not message.value.array_value.values:
            raise invalid(f"'{name}' requires a non-empty ArrayValue.")
        values = list(message.value.array_value.values)
        most = MAX_NOT_IN if message.op == NOT_IN else MAX_DISJUNCTIONS
        if len(values) > most:
            raise invalid(f"'{name}' supports up to {most} comparison values.")
    elif message.value.WhichOneof("value_type") is None:
        raise invalid(f"The filter on {render(field)} has no value.")
    if field == DOCUMENT_ID:
        if message.op in (ARRAY_CONTAINS, ARRAY_CONTAINS_ANY):
            raise invalid(f"'{name}' is not allowed on __name__.")
        return Comparison(field, message.op, tuple(reference_key(value, parent) for value in values))
    if message.op in RANGES and message.value.HasField("null_value"):
        raise invalid(f"'{name}' cannot be used with null; use IS_NULL or IS_NOT_NULL.")
    return Comparison(field, message.op, tuple(index_key(value) for value in values))


def reference_key(value: Any, parent: Path) -> bytes:
    """The key of a reference that is compared with `__name__`. Raises INVALID_ARGUMENT if it is none."""
    if not value.HasField("reference_value"):
        raise invalid("__key__ filter value must be a Key: __name__ is compared with references to documents only.")
    path = parse_document(value.reference_value)
    if path.database != parent.database:
        raise invalid("__name__ is compared with a document of another database.")
    return name_key(path_key(path.segments))


def conjuncts(node: Filter | None) -> tuple[Comparison | Junction, ...]:
    """The parts that all have to pass; an OR is one part."""
    if node is None:
        return ()
    if isinstance(node, Junction) and node.every:
        return tuple(leaf for part in node.parts for leaf in conjuncts(part))
    return (node,)


def comparisons(node: Filter | None) -> list[Comparison]:
    """All comparisons, at any depth."""
    if node is None:
        return []
    if isinstance(node, Comparison):
        return [node]
    return [leaf for part in node.parts for leaf in comparisons(part)]


def disjunctions(node: Filter | None) -> int:
    """How many conjunctions the filter comes to when it is multiplied out."""
    if node is None:
        return 1
    if isinstance(node, Comparison):
        return len(node.keys) if node.op in (IN, ARRAY_CONTAINS_ANY) else 1
    counts = [disjunctions(part) for part in node.parts]
    total = 1
    for count in counts:
        total *= count
    return total if node.every else sum(counts)
