"""Fields that no index is kept of, as `firestore.indexes.json` of the Firebase CLI names them in `fieldOverrides`.

What is exempt costs nothing to write and cannot be asked for, at Google as here.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any, TypeVar

from .errors import FirestoreError, failed_precondition
from .fieldpaths import DOCUMENT_ID, FieldPath, parse, render
from .filters import comparisons
from .queries import Query

T = TypeVar("T")
Exempt = frozenset[FieldPath]
"""Exempt paths of one collection group; what is below them is exempt too."""

NOTHING: Exempt = frozenset()


class Exemptions:
    """By collection group."""

    def __init__(self, groups: Mapping[str, Iterable[FieldPath]] | None = None) -> None:
        self.groups: dict[str, Exempt] = {name: frozenset(paths) for name, paths in (groups or {}).items()}

    @classmethod
    def read(cls, file: FilePath) -> "Exemptions":
        """Those of a file. Raises ValueError, naming the place, where it cannot be understood."""
        try:
            content = json.loads(file.read_text())
        except ValueError as error:
            raise ValueError(f"{file}: not JSON: {error}.") from None
        groups: dict[str, set[FieldPath]] = {}
        for group, path, kept in _read(file, content, "fieldOverrides", _override):
            if not kept:
                groups.setdefault(group, set()).add(path)
        # What a composite index names can be asked for by that, exempt or not
        for group, paths in _read(file, content, "indexes", _index):
            groups.get(group, set()).difference_update(paths)
        return cls(groups)

    def of(self, group: str) -> Exempt:
        """Exempt paths of a collection group."""
        return self.groups.get(group, NOTHING)

    def check(self, query: Query) -> None:
        """Raise FAILED_PRECONDITION where a query needs an index that is not kept."""
        exempt = NOTHING if query.collection is None else self.of(query.collection)
        if not exempt:
            return
        for path in _asked(query):
            if any(path[:length] in exempt for length in range(1, len(path) + 1)):
                raise failed_precondition(
                    f"The query requires a COLLECTION{'_GROUP' if query.deep else ''} index for collection "
                    f"{query.collection} and field {render(path)}, which is exempt from indexing."
                )


def _asked(query: Query) -> Iterator[FieldPath]:
    if query.where is not None:
        yield from (part.field for part in comparisons(query.where))
    yield from (order.field for order in query.orders if order.field != DOCUMENT_ID)


def _read(file: FilePath, content: Any, name: str, read: Callable[[Any], T]) -> list[T]:
    entries = content.get(name, []) if isinstance(content, dict) else None
    if not isinstance(entries, list):
        raise ValueError(f"{file}: an object with a list `{name}` is expected.")
    found = []
    for number, entry in enumerate(entries):
        try:
            found.append(read(entry))
        except (ValueError, FirestoreError) as error:
            raise ValueError(f"{file}: {name}[{number}]: {error}") from None
    return found


def _override(entry: Any) -> tuple[str, FieldPath, bool]:
    """Collection group, path, and whether any index is kept."""
    path = parse(_member(entry, "fieldPath", str))
    return _member(entry, "collectionGroup", str), path, bool(_member(entry, "indexes", list))


def _index(entry: Any) -> tuple[str, list[FieldPath]]:
    """Collection group, and the paths of a composite index."""
    paths = [parse(_member(field, "fieldPath", str)) for field in _member(entry, "fields", list)]
    return _member(entry, "collectionGroup", str), paths


def _member(entry: Any, name: str, kind: type[T]) -> T:
    found = entry.get(name) if isinstance(entry, dict) else None
    if not isinstance(found, kind):
        raise ValueError(f"`{name}` is missing, or is no {'list' if kind is list else 'text'}.")
    return found
