"""How a query is answered in one collection: through which index entries, and what they leave to be checked.

An `Access` is a set of ranges of index entries that together hold every document that can pass. The cheapest one is
found by counting entries, up to a limit, so that planning costs the same however many documents there are.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from .fieldpaths import DOCUMENT_ID, FieldPath
from .filters import (
    ARRAY_CONTAINS,
    ARRAY_CONTAINS_ANY,
    EQUAL,
    IN,
    NOT_EQUAL,
    NOT_IN,
    RANGES,
    Comparison,
    Filter,
    Junction,
    conjuncts,
)
from .queries import Bound, Query

# A result of up to so many candidates is fetched and sorted; beyond it, an index in the order of the results is better.
FEW = 500
COUNTED = 20_000

FieldNumber = Callable[[FieldPath], int | None]


@dataclass(frozen=True, slots=True)
class Range:
    """Entries of one index with `low <= key` and, unless `high` is None, `key < high`."""

    field: FieldPath
    number: int
    low: bytes
    high: bytes | None

    @property
    def one_value(self) -> bool:
        """Whether all entries have the same key, and so come in the order of their documents' ids."""
        return self.high == self.low + b"\0"


@dataclass(frozen=True, slots=True)
class Access:
    """Ranges to read. `tests` are equalities that SQLite checks on the way, `exact` filters that need no more check."""

    ranges: tuple[Range, ...]
    tests: tuple[tuple[int, bytes], ...]
    exact: frozenset[Comparison]
    in_order: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """A field that is asked for was never written: no document can pass."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Read the documents themselves, in the order of their ids."""


Plan = Access | Nothing | Scan


class Planner:
    """Plans for one query on one connection."""

    def __init__(self, query: Query, number: FieldNumber, connection: sqlite3.Connection) -> None:
        self._query = query
        self._number = number
        self._connection = connection
        self._parts = conjuncts(query.where)

    def plan(self, collection: int) -> Plan:
        """The way to take in a collection."""
        query = self._query
        first = query.orders[0].field
        for part in self._parts:
            if isinstance(part, Comparison) and part.field != DOCUMENT_ID and self._number(part.field) is None:
                return Nothing()
        if any(order.field != DOCUMENT_ID and self._number(order.field) is None for order in query.orders):
            return Nothing()
        ordered = None if first == DOCUMENT_ID else self._ordered(first)
        best, cost = self._cheapest(collection)
        if best is None:
            return self._finish((ordered,)) if ordered else Scan()
        wanted = COUNTED if query.limit is None else query.offset + query.limit
        if ordered is not None and cost > max(FEW, 4 * wanted):
            return self._finish((ordered,))
        return self._finish(best)

    def _finish(self, ranges: tuple[Range, ...]) -> Access:
        tests = []
        exact = set()
        for part in self._parts:
            if not isinstance(part, Comparison) or part.field == DOCUMENT_ID:
                continue
            numbers = self._ranges(part)
            if part.op in RANGES and ranges == (self._ordered(part.field),):
                exact.add(part)
            elif part.op in (EQUAL, ARRAY_CONTAINS) and numbers is not None:
                exact.add(part)
                if numbers != ranges:
                    tests.append((numbers[0].number, numbers[0].low))
        return Access(ranges, tuple(tests), frozenset(exact), self._in_order(ranges))

    def _in_order(self, ranges: tuple[Range, ...]) -> bool:
        """Whether the entries come in the order of the first field of the results' order."""
        if len(ranges) != 1:
            return False
        first = self._query.orders[0].field
        if first == DOCUMENT_ID:
            return ranges[0].one_value
        return ranges[0].field == first and not ranges[0].number % 2

    def _cheapest(self, collection: int) -> tuple[tuple[Range, ...] | None, int]:
        best: tuple[Range, ...] | None = None
        cost = COUNTED + 1
        done: set[FieldPath] = set()
        for part in self._parts:
            ranges: tuple[Range, ...] | None
            if isinstance(part, Comparison) and part.op in RANGES:
                if part.field in done or part.field == DOCUMENT_ID:
                    continue
                done.add(part.field)
                both = self._ordered(part.field)
                ranges = (both,) if both else None
            else:
                ranges = self._ranges(part)
            if ranges is None:
                continue
            count = sum(self._count(collection, wanted) for wanted in ranges)
            if best is None or count < cost:
                best, cost = ranges, count
        return best, cost

    def _ranges(self, part: Filter) -> tuple[Range, ...] | None:
        """Ranges that hold everything that passes a part, or None if an index is of no use."""
        if isinstance(part, Junction):
            found = [self._ranges(inner) for inner in part.parts]
            if part.every:
                return next((ranges for ranges in found if ranges is not None), None)
            if any(ranges is None for ranges in found):
                return None
            return tuple(dict.fromkeys(item for ranges in found if ranges for item in ranges))
        if part.field == DOCUMENT_ID or part.op in (NOT_EQUAL, NOT_IN):
            return None
        number = self._number(part.field)
        if number is None:
            return ()
        if part.op in RANGES:
            return (Range(part.field, 2 * number, *part.range()),)
        kind = 1 if part.op in (ARRAY_CONTAINS, ARRAY_CONTAINS_ANY) else 0
        assert part.op in (EQUAL, IN, ARRAY_CONTAINS, ARRAY_CONTAINS_ANY)
        return tuple(Range(part.field, 2 * number + kind, key, key + b"\0") for key in dict.fromkeys(part.keys))

    def _ordered(self, field: FieldPath) -> Range | None:
        """All entries of a field that the ranges asked of it, and the cursors, leave."""
        number = self._number(field)
        if number is None:
            return None
        low, high = b"", None
        for part in self._parts:
            if isinstance(part, Comparison) and part.field == field and part.op in RANGES:
                lower, upper = part.range()
                low = max(low, lower)
                high = upper if high is None or (upper is not None and upper < high) else high
            elif isinstance(part, Comparison) and part.field == field and part.op == EQUAL:
                low, high = part.keys[0], part.keys[0] + b"\0"
        order = self._query.orders[0]
        if order.field == field:
            first, last = self._query.start, self._query.end
            if order.descending:
                first, last = last, first
            low = max(low, _edge(first, order.descending))
            if last is not None:
                edge = _edge(last, order.descending) + b"\0"
                high = edge if high is None else min(high, edge)
        return Range(field, 2 * number, low, high)

    def _count(self, collection: int, wanted: Range) -> int:
        row = self._connection.execute(
            "SELECT count(*) FROM (SELECT 1 FROM entry WHERE collection = ? AND field = ? AND key >= ? AND key < ?"
            " LIMIT ?)",
            (collection, wanted.number, wanted.low, b"\xff" if wanted.high is None else wanted.high, COUNTED),
        ).fetchone()
        count: int = row[0]
        return count


def _edge(bound: Bound | None, descending: bool) -> bytes:
    """The first key of a cursor, as the index has it."""
    if bound is None:
        return b""
    return bound.keys[0].translate(_INVERTED) if descending else bound.keys[0]


_INVERTED = bytes(255 - byte for byte in range(256))
