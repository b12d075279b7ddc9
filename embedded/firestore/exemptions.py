"""Fields that no index is kept of, as `firestore.indexes.json` of the Firebase CLI names them in `fieldOverrides`.

What is exempt costs nothing to write and cannot be asked for, at Google as here.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import Any

from .errors import FirestoreError, failed_precondition
from .fieldpaths import DOCUMENT_ID, FieldPath, parse, render
from .filters import comparisons
from .queries import Query

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
        overrides = content.get("fieldOverrides", []) if isinstance(content, dict) else None
        if not isinstance(overrides, list):
            raise ValueError(f"{file}: an object with a list `fieldOverrides` is expected.")
        groups: dict[str, set[FieldPath]] = {}
        for number, override in enumerate(overrides):
            try:
                group, path, kept = _override(override)
            except (ValueError, FirestoreError) as error:
                raise ValueError(f"{file}: fieldOverrides[{number}]: {error}") from None
            if not kept:
                groups.setdefault(group, set()).add(path)
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


def _override(override: Any) -> tuple[str, FieldPath, bool]:
    """Collection group, path, and whether any index is kept."""
    if not isinstance(override, dict):
        raise ValueError("an object is expected.")
    for name, kind in (("collectionGroup", str), ("fieldPath", str), ("indexes", list)):
        if not isinstance(override.get(name), kind):
            raise ValueError(f"`{name}` is missing, or is no {'list' if kind is list else 'text'}.")
    return override["collectionGroup"], parse(override["fieldPath"]), bool(override["indexes"])
