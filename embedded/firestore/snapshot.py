"""One consistent view of the documents: now, or at an earlier time within the history that is kept."""

import sqlite3
from collections.abc import Iterator
from types import TracebackType

from .names import DatabaseName, Path, path_key, segment_key
from .storage import Store


class Snapshot:
    """A read transaction on a connection of its own. `time` is the commit time it is at, in microseconds.

    `past` is the asked-for earlier time, or None for the newest state.
    """

    def __init__(self, store: Store, past: int | None = None) -> None:
        self.store = store
        self.past = past
        self.connection: sqlite3.Connection = store.reader()
        self.connection.execute("BEGIN")
        # The first read fixes what this transaction sees, and says which commit it saw last.
        self.time: int = self.connection.execute("SELECT last FROM clock").fetchone()[0]

    def __enter__(self) -> "Snapshot":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the read transaction and give the connection back."""
        self.connection.execute("ROLLBACK")
        self.store.release(self.connection)

    def document(self, path: Path) -> bytes | None:
        """The stored bytes of a document, or None."""
        collection = self.store.find_collection(path.database, path.collection, self.connection)
        if collection is None:
            return None
        return self.by_leaf(collection, segment_key(path.id))

    def by_leaf(self, collection: int, leaf: bytes) -> bytes | None:
        """The stored bytes of a document by the number of its collection and the key of its id, or None."""
        row = self.connection.execute(
            "SELECT updated, data FROM document WHERE collection = ? AND leaf = ?", (collection, leaf)
        ).fetchone()
        if row is not None and (self.past is None or row[0] <= self.past):
            found: bytes = row[1]
            return found
        if self.past is None:
            return None
        row = self.connection.execute(
            "SELECT data FROM history WHERE collection = ? AND until > ? AND leaf = ? AND since <= ?",
            (collection, self.past, leaf, self.past),
        ).fetchone()
        return None if row is None else row[0]

    def collections(self, parent: Path, name: str | None, deep: bool) -> list[tuple[int, str, bytes]]:
        """Collections below a document or the root, in the order of their paths: `(number, path, key)`.

        `name` limits them to one id; without `deep` only direct children count.
        """
        owner = self.store.find_database(parent.database, self.connection)
        if owner is None:
            return []
        if not deep and name is not None:
            segments = (*parent.segments, name)
            number = self.store.find_collection(parent.database, "/".join(segments), self.connection)
            return [] if number is None else [(number, "/".join(segments), path_key(segments))]
        low = path_key(parent.segments)
        condition, arguments = "database = ? AND key >= ? AND key < ?", [owner, low, low + b"\xff"]
        if name is not None:
            condition, arguments = condition + " AND name = ?", [*arguments, name]
        rows: list[tuple[int, str, bytes]] = self.connection.execute(
            f"SELECT id, path, key FROM collection WHERE {condition} ORDER BY key",  # noqa: S608 - fixed texts
            arguments,
        ).fetchall()
        depth = len(parent.segments) + 1
        return rows if deep else [row for row in rows if row[1].count("/") + 1 == depth]

    def has_documents(self, collection: int) -> bool:
        """Whether the collection holds any document at this time."""
        return next(iter(self.rows(collection)), None) is not None

    def rows(self, collection: int, after: bytes = b"", descending: bool = False) -> Iterator[tuple[bytes, bytes]]:
        """`(leaf, data)` of a collection's documents, in the order of their ids, ids greater than `after` only."""
        order = "DESC" if descending else "ASC"
        if self.past is None:
            yield from self.connection.execute(
                f"SELECT leaf, data FROM document WHERE collection = ? AND leaf > ? ORDER BY leaf {order}",  # noqa: S608
                (collection, after),
            )
            return
        found = self.connection.execute(
            "SELECT leaf, data FROM document WHERE collection = ? AND leaf > ? AND updated <= ?"  # noqa: S608
            " UNION ALL SELECT leaf, data FROM history WHERE collection = ? AND leaf > ? AND until > ? AND since <= ?"
            f" ORDER BY leaf {order}",
            (collection, after, self.past, collection, after, self.past, self.past),
        )
        yield from found

    def list_collection_ids(self, parent: Path) -> list[str]:
        """The ids of the collections below a document or the root that hold documents, at any depth below them."""
        owner = self.store.find_database(parent.database, self.connection)
        found: list[str] = []
        low = path_key(parent.segments)
        high = low + b"\xff"
        while owner is not None:
            seen = None
            for number, path, _ in self.connection.execute(
                "SELECT id, path, key FROM collection WHERE database = ? AND key >= ? AND key < ? ORDER BY key",
                (owner, low, high),
            ):
                if self.has_documents(number):
                    seen = path.split("/")[len(parent.segments)]
                    break
            if seen is None:
                break
            found.append(seen)
            low = path_key((*parent.segments, seen)) + b"\xff"
        return found

    def parents_below(self, holder: Path) -> list[str]:
        """The ids of a collection's documents, existing or not, that have documents somewhere below them."""
        owner = self.store.find_database(holder.database, self.connection)
        low = path_key(holder.segments)
        found: list[str] = []
        rows = self.connection.execute(
            "SELECT id, path FROM collection WHERE database = ? AND key > ? AND key < ? ORDER BY key",
            (owner, low, low + b"\xff"),
        )
        for number, path in rows:
            identity = path.split("/")[len(holder.segments)]
            if (not found or found[-1] != identity) and self.has_documents(number):
                found.append(identity)
        return found

    def databases(self) -> list[DatabaseName]:
        """All databases that were ever written to."""
        return [
            DatabaseName(*row) for row in self.connection.execute("SELECT project, name FROM database ORDER BY 1, 2")
        ]
