"""A query, checked: where it looks, what passes, in which order, between which cursors."""

from dataclasses import dataclass, replace
from typing import Any

from .errors import invalid
from .fieldpaths import DOCUMENT_ID, FieldPath, parse
from .filters import (
    ARRAY_CONTAINS_ANY,
    IN,
    INEQUALITIES,
    MAX_DISJUNCTIONS,
    NOT_EQUAL,
    NOT_IN,
    Filter,
    View,
    comparisons,
    compile_filter,
    disjunctions,
    reference_key,
)
from .names import Path, check_id
from .values import index_key

_INVERTED = bytes(255 - byte for byte in range(256))
_DESCENDING = 2

OrderKey = tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """One field of the order of results."""

    field: FieldPath
    descending: bool

    def key(self, key: bytes) -> bytes:
        """A key that sorts upwards in this direction. Inverting works as no key is the beginning of another."""
        return key.translate(_INVERTED) if self.descending else key


@dataclass(frozen=True, slots=True)
class Bound:
    """A cursor: results begin or end here; `before` puts it in front of the documents that are equal to it."""

    keys: OrderKey
    before: bool


@dataclass(frozen=True, slots=True)
class Query:
    """A checked `StructuredQuery`. `orders` includes the implied ones and always ends with `__name__`."""

    parent: Path
    collection: str | None
    deep: bool
    where: Filter | None
    orders: tuple[Order, ...]
    start: Bound | None
    end: Bound | None
    offset: int
    limit: int | None
    projection: tuple[FieldPath, ...] | None
    nearest: Any | None

    def covers(self, path: Path) -> bool:
        """Whether a document is at a place where the query looks."""
        segments, parent = path.segments, self.parent.segments
        if path.database != self.parent.database or segments[: len(parent)] != parent or len(segments) <= len(parent):
            return False
        if self.collection is not None and segments[-2] != self.collection:
            return False
        return self.deep or len(segments) == len(parent) + 2

    def order_key(self, view: View) -> OrderKey | None:
        """The document's place in the order, or None if it lacks a field that is ordered by."""
        keys = []
        for order in self.orders:
            key = view.key(order.field)
            if key is None:
                return None
            keys.append(order.key(key))
        return tuple(keys)

    def between_cursors(self, place: OrderKey) -> bool:
        """Whether a place in the order is within the cursors."""
        if self.start is not None:
            head = place[: len(self.start.keys)]
            if head < self.start.keys or (head == self.start.keys and not self.start.before):
                return False
        if self.end is not None:
            head = place[: len(self.end.keys)]
            if head > self.end.keys or (head == self.end.keys and self.end.before):
                return False
        return True

    def place(self, view: View) -> OrderKey | None:
        """The document's place among the results, or None if it is not one of them (limit and offset aside)."""
        if self.where is not None and not self.where.matches(view):
            return None
        place = self.order_key(view)
        return place if place is not None and self.between_cursors(place) else None


def ordered_by(query: Query, fields: list[FieldPath]) -> Query:
    """The query with further fields before the name in its order: only documents that have them are left."""
    known = {order.field for order in query.orders}
    *orders, name = query.orders
    extra = [Order(field, name.descending) for field in dict.fromkeys(fields) if field not in known]
    if not extra or name.field != DOCUMENT_ID:
        return query
    return replace(query, orders=(*orders, *extra, name))


def parse_query(parent: Path, message: Any) -> Query:
    """Check a `StructuredQuery` below `parent`. Raises INVALID_ARGUMENT with the reason."""
    selectors = message.from_
    if len(selectors) != 1:
        raise invalid(f"A query needs exactly one collection selector; this one has {len(selectors)}.")
    collection = selectors[0].collection_id or None
    deep = selectors[0].all_descendants
    if collection is not None:
        check_id(collection)
    where = compile_filter(message.where, parent) if message.HasField("where") else None
    _check_filter(where)
    orders = _orders(message, where)
    if message.offset < 0:
        raise invalid("The offset may not be negative.")
    if message.HasField("limit") and message.limit.value < 0:
        raise invalid("The limit may not be negative.")
    return Query(
        parent=parent,
        collection=collection,
        deep=deep,
        where=where,
        orders=orders,
        start=_bound(message.start_at, orders, parent, "start") if message.HasField("start_at") else None,
        end=_bound(message.end_at, orders, parent, "end") if message.HasField("end_at") else None,
        offset=message.offset,
        limit=message.limit.value if message.HasField("limit") else None,
        projection=_projection(message.select) if message.HasField("select") else None,
        nearest=message.find_nearest if message.HasField("find_nearest") else None,
    )


def _check_filter(where: Filter | None) -> None:
    found = comparisons(where)
    ops = [comparison.op for comparison in found]
    if ops.count(NOT_IN) > 1:
        raise invalid("Only a single NOT_IN filter allowed per query.")
    if NOT_IN in ops and NOT_EQUAL in ops:
        raise invalid("Only a single 'NOT_EQUAL', 'NOT_IN', 'IS_NOT_NAN', or 'IS_NOT_NULL' filter allowed per query.")
    if NOT_IN in ops and (IN in ops or ARRAY_CONTAINS_ANY in ops):
        raise invalid("'NOT_IN' cannot be used in the same query with 'IN' or 'ARRAY_CONTAINS_ANY'.")
    if disjunctions(where) > MAX_DISJUNCTIONS:
        raise invalid(
            f"The query comes to {disjunctions(where)} disjunctions; at most {MAX_DISJUNCTIONS} are allowed in "
            "disjunctive normal form."
        )


def _orders(message: Any, where: Filter | None) -> tuple[Order, ...]:
    orders: list[Order] = []
    for order in message.order_by:
        field = parse(order.field.field_path)
        if any(field == known.field for known in orders):
            raise invalid(f"The query orders by {order.field.field_path} twice.")
        if order.direction not in (0, 1, 2):
            raise invalid(f"The order by {order.field.field_path} has an unknown direction.")
        orders.append(Order(field, order.direction == _DESCENDING))
    last = orders[-1].descending if orders else False
    named = {order.field for order in orders}
    if DOCUMENT_ID not in named:
        unequal = {c.field for c in comparisons(where) if c.op in INEQUALITIES}
        orders += [Order(field, last) for field in sorted(unequal - named - {DOCUMENT_ID})]
        orders.append(Order(DOCUMENT_ID, last))
    return tuple(orders)


def _bound(message: Any, orders: tuple[Order, ...], parent: Path, which: str) -> Bound:
    if len(message.values) > len(orders):
        raise invalid(
            f"The {which} cursor has {len(message.values)} values, but the order has only {len(orders)} fields."
        )
    if not message.values:
        raise invalid(f"The {which} cursor has no values.")
    keys = []
    for value, order in zip(message.values, orders, strict=False):
        key = reference_key(value, parent) if order.field == DOCUMENT_ID else index_key(value)
        keys.append(order.key(key))
    return Bound(tuple(keys), message.before)


def _projection(message: Any) -> tuple[FieldPath, ...]:
    return tuple(parse(reference.field_path) for reference in message.fields)
