"""Running a query on a snapshot: candidates through the plan's index, then filter, order, cursors and limits."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, groupby, islice

from .fieldpaths import DOCUMENT_ID
from .filters import EQUAL, IN, Comparison, Filter, View, conjuncts, name_key
from .planner import Access, Nothing, Planner, Range
from .queries import OrderKey, Query
from .snapshot import Snapshot

Placed = tuple[OrderKey, View]
Test = Callable[[View], bool]


def run(snapshot: Snapshot, query: Query) -> Iterator[View]:
    """The documents that a query finds, in order, within its offset and limit (nearest neighbours aside)."""
    results = (view for _, view in matches(snapshot, query))
    stop = None if query.limit is None else query.offset + query.limit
    return islice(results, query.offset, stop)


def matches(snapshot: Snapshot, query: Query) -> Iterator[Placed]:
    """All matches between the cursors with their places, in order; offset and limit are only used to stop early.

    Raises FAILED_PRECONDITION where a field is asked for that is exempt from indexing.
    """
    snapshot.store.exemptions.check(query)
    collections = snapshot.collections(query.parent, query.collection, query.deep)
    if len(collections) == 1:
        return _in_collection(snapshot, query, collections[0][0], collections[0][2])
    enough = None if query.limit is None else query.offset + query.limit
    parts = (islice(_in_collection(snapshot, query, number, key), enough) for number, _, key in collections)
    return iter(sorted(chain.from_iterable(parts), key=_place))


def _place(placed: Placed) -> OrderKey:
    return placed[0]


def _in_collection(snapshot: Snapshot, query: Query, collection: int, key: bytes) -> Iterator[Placed]:
    parts = conjuncts(query.where)
    named = next(
        (p for p in parts if isinstance(p, Comparison) and p.field == DOCUMENT_ID and p.op in (EQUAL, IN)), None
    )
    if named is not None:
        return _sorted(query, _by_name(snapshot, named, collection, key), parts)
    if snapshot.past is not None:
        return _sorted(query, _scan(snapshot, query, collection, key), parts)
    store, connection = snapshot.store, snapshot.connection
    plan = Planner(query, lambda field: store.find_field(field, connection), connection).plan(collection)
    if isinstance(plan, Nothing):
        return iter(())
    if isinstance(plan, Access):
        left = tuple(part for part in parts if not isinstance(part, Comparison) or part not in plan.exact)
        views = _entries(snapshot, query, plan, collection, key)
        if not plan.in_order:
            return _sorted(query, views, left)
        if len(query.orders) == 1 or _simple(query):
            return _placed(query, views, left)
        return _sorted_in_groups(query, views, left)
    views = _scan(snapshot, query, collection, key)
    if query.orders[0].field == DOCUMENT_ID:
        return _placed(query, views, parts)
    return _sorted(query, views, parts)


def _simple(query: Query) -> bool:
    """Whether the order is one field and then the name, both ways the same: that of index entries."""
    first, second = query.orders[0], query.orders[1]
    return second.field == DOCUMENT_ID and first.descending == second.descending


def _placed(query: Query, views: Iterable[View], left: tuple[Filter, ...]) -> Iterator[Placed]:
    for view in views:
        if all(part.matches(view) for part in left):
            place = query.order_key(view)
            if place is not None and query.between_cursors(place):
                yield place, view


def _sorted(query: Query, views: Iterable[View], left: tuple[Filter, ...]) -> Iterator[Placed]:
    return iter(sorted(_placed(query, views, left), key=_place))


def _sorted_in_groups(query: Query, views: Iterable[View], left: tuple[Filter, ...]) -> Iterator[Placed]:
    """Views come in the order of the first field: only those that are equal in it have to be sorted."""
    for _, group in groupby(_placed(query, views, left), key=lambda placed: placed[0][0]):
        yield from sorted(group, key=_place)


def _entries(snapshot: Snapshot, query: Query, plan: Access, collection: int, key: bytes) -> Iterator[View]:
    seen: set[bytes] = set()
    for wanted in plan.ranges:
        for entry, leaf, data in _read(snapshot, query, plan, wanted, collection):
            if len(plan.ranges) > 1:
                if leaf in seen:
                    continue
                seen.add(leaf)
            view = View(data, name_key(key + leaf))
            if not wanted.number % 2:
                view.know(wanted.field, entry)
            yield view


def _read(
    snapshot: Snapshot, query: Query, plan: Access, wanted: Range, collection: int
) -> Iterator[tuple[bytes, bytes, bytes]]:
    order = "DESC" if query.orders[0].descending else "ASC"
    exists = "".join(
        " AND EXISTS (SELECT 1 FROM entry o WHERE o.collection = e.collection AND o.field = ? AND o.key = ?"
        " AND o.leaf = e.leaf)"
        for _ in plan.tests
    )
    # CROSS JOIN keeps SQLite from starting at the documents.
    return snapshot.connection.execute(
        "SELECT e.key, e.leaf, d.data FROM entry e CROSS JOIN document d ON d.id = e.document"  # noqa: S608
        f" WHERE e.collection = ? AND e.field = ? AND e.key >= ? AND e.key < ?{exists}"
        f" ORDER BY e.key {order}, e.leaf {order}",
        (
            collection,
            wanted.number,
            wanted.low,
            b"\xff" if wanted.high is None else wanted.high,
            *chain.from_iterable(plan.tests),
        ),
    )


def _scan(snapshot: Snapshot, query: Query, collection: int, key: bytes) -> Iterator[View]:
    descending = query.orders[0].descending and query.orders[0].field == DOCUMENT_ID
    for leaf, data in snapshot.rows(collection, descending=descending):
        yield View(data, name_key(key + leaf))


def _by_name(snapshot: Snapshot, named: Comparison, collection: int, key: bytes) -> Iterator[View]:
    for wanted in named.keys:
        if wanted.startswith(key):
            data = snapshot.by_leaf(collection, wanted[len(key) : -1])
            if data is not None:
                yield View(data, wanted)
