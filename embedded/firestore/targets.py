"""What a listener watches: a query or some documents, and how a commit concerns it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .core import Reading
from .errors import invalid
from .execution import run
from .fieldpaths import DOCUMENT_ID, FieldPath
from .filters import EQUAL, Comparison, View, conjuncts, name_key
from .names import DatabaseName, Path, parse_document, parse_parent, path_key
from .queries import Query, parse_query
from .storage import Change

# A target's results by document: the stored bytes that were sent.
Results = dict[Path, bytes]


@dataclass(eq=False, slots=True)
class Target:
    """One target of a listen stream, with the time up to which its listener knows everything."""

    number: int
    query: Query | None
    documents: tuple[Path, ...]
    once: bool
    resume: int | None
    time: int = 0
    # Only for queries with a limit: what the listener has. The others are decided change by change.
    sent: Results | None = None
    dirty: bool = False
    watched: frozenset[Path] = field(default_factory=frozenset)

    def results(self, reading: Reading) -> Results:
        """What the target holds at a snapshot, in order."""
        if self.query is None:
            found = ((path, reading.snapshot.document(path)) for path in self.documents)
            return {path: stored for path, stored in found if stored is not None}
        views = run(reading.snapshot, self.query)
        return {_path_of(view): view.data for view in views}

    def concerns(self, change: Change, before: View | None, after: View | None) -> tuple[bool, bool]:
        """Whether the document was one of the target's before a change, and is one after it."""
        if self.query is None:
            watched = change.path in self.watched
            return watched and before is not None, watched and after is not None
        if not self.query.covers(change.path):
            return False, False
        return _passes(self.query, before), _passes(self.query, after)

    @property
    def limited(self) -> bool:
        """Whether one document's change may move another in or out."""
        return self.query is not None and (self.query.limit is not None or self.query.offset > 0)


def views(change: Change) -> tuple[View | None, View | None]:
    """The document before and after a change, for queries to look at."""
    name = name_key(path_key(change.path.segments))
    before = None if change.before is None else View(change.before, name, change.old())
    return before, None if change.after is None else View(change.after, name, change.new())


def _passes(query: Query, view: View | None) -> bool:
    return view is not None and query.place(view) is not None


def _path_of(view: View) -> Path:
    return parse_document(view.document.name)


def parse_target(message: Any, database: DatabaseName, token_time: int | None) -> Target:
    """Check a `Target`. Raises INVALID_ARGUMENT with the reason."""
    kind = message.WhichOneof("target_type")
    if message.target_id < 0:
        raise invalid("A target id may not be negative.")
    if kind == "query":
        if message.query.WhichOneof("query_type") != "structured_query":
            raise invalid("The target has no query.")
        query = parse_query(parse_parent(message.query.parent), message.query.structured_query)
        if query.nearest is not None:
            raise invalid("Nearest-neighbour queries cannot be listened to.")
        if query.parent.database != database:
            raise invalid(f'The target is not in the database of the stream, "{database}".')
        return Target(message.target_id, query, (), message.once, token_time)
    if kind == "documents":
        paths = tuple(dict.fromkeys(parse_document(name) for name in message.documents.documents))
        if not paths:
            raise invalid("The target names no documents.")
        if any(path.database != database for path in paths):
            raise invalid(f'The target is not in the database of the stream, "{database}".')
        return Target(message.target_id, None, paths, message.once, token_time, watched=frozenset(paths))
    raise invalid("A target needs a query or documents.")


def difference(before: Results, after: Results) -> tuple[dict[Path, bytes], list[Path]]:
    """What to send to someone who has `before`: changed and new documents, in order, and those that left."""
    changed = {path: stored for path, stored in after.items() if before.get(path) != stored}
    return changed, [path for path in before if path not in after]


class Watchers:
    """Finds the targets that a change may concern without asking all of them.

    Targets are filed by the documents that they name, or by the place that they look at; of those that ask for one
    value of a field, at one place, only those are found whose value the document has or had.
    """

    def __init__(self) -> None:
        self._by_document: dict[Path, dict[Target, Any]] = {}
        self._by_place: dict[Place, dict[tuple[FieldPath, bytes] | None, dict[Target, Any]]] = {}
        self._fields: dict[Place, Counter[FieldPath]] = {}

    def add(self, target: Target, owner: Any) -> None:
        """Register a target; `owner` is returned with it."""
        for path in target.documents:
            self._by_document.setdefault(path, {})[target] = owner
        if target.query is not None:
            place, asked = _place(target.query), _asked(target.query)
            self._by_place.setdefault(place, {}).setdefault(asked, {})[target] = owner
            if asked is not None:
                self._fields.setdefault(place, Counter())[asked[0]] += 1

    def remove(self, target: Target) -> None:
        """Forget a target."""
        for path in target.documents:
            self._drop(self._by_document, path, target)
        if target.query is not None:
            place, asked = _place(target.query), _asked(target.query)
            filed = self._by_place.get(place, {})
            self._drop(filed, asked, target)
            if asked is not None:
                fields = self._fields[place]
                fields[asked[0]] -= 1
                if not fields[asked[0]]:
                    del fields[asked[0]]
            if not filed:
                self._by_place.pop(place, None)
                self._fields.pop(place, None)

    @staticmethod
    def _drop(index: dict[Any, dict[Target, Any]], key: Any, target: Target) -> None:
        found = index.get(key)
        if found is not None:
            found.pop(target, None)
            if not found:
                del index[key]

    def of(self, change: Change) -> Iterator[tuple[Target, Any, bool, bool]]:
        """The targets that a change concerns with their owners: whether the document was theirs, and whether it is."""
        path = change.path
        before: View | None = None
        after: View | None = None
        looked = False
        for target, owner in self._by_document.get(path, {}).items():
            yield target, owner, change.before is not None, change.after is not None
        for place in _places(path):
            filed = self._by_place.get(place)
            if filed is None:
                continue
            if not looked:
                before, after = views(change)
                looked = True
            for target, owner in self._candidates(place, filed, before, after):
                was, is_now = target.concerns(change, before, after)
                if was or is_now:
                    yield target, owner, was, is_now

    def _candidates(
        self,
        place: "Place",
        filed: dict[tuple[FieldPath, bytes] | None, dict[Target, Any]],
        before: View | None,
        after: View | None,
    ) -> list[tuple[Target, Any]]:
        found = list(filed.get(None, {}).items())
        for field_ in self._fields.get(place, ()):
            keys = {view.key(field_) for view in (before, after) if view is not None}
            for key in keys:
                if key is not None:
                    found += filed.get((field_, key), {}).items()
        return found


Place = tuple[Any, ...]


def _asked(query: Query) -> tuple[FieldPath, bytes] | None:
    """A field and the one value of it that a query asks for, if it asks for any."""
    for part in conjuncts(query.where):
        if isinstance(part, Comparison) and part.op == EQUAL and part.field != DOCUMENT_ID:
            return part.field, part.keys[0]
    return None


def _place(query: Query) -> Place:
    database = query.parent.database
    if query.deep:
        return (database, None, query.collection)
    if query.collection is None:
        return (database, None, None)
    return (database, (*query.parent.segments, query.collection))


def _places(path: Path) -> tuple[Place, ...]:
    return (
        (path.database, path.segments[:-1]),
        (path.database, None, path.segments[-2]),
        (path.database, None, None),
    )
