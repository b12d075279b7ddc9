"""Documents in SQLite: current versions with their index entries, and the past hour for reads at an earlier time."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

from . import schema
from .exemptions import NOTHING, Exempt, Exemptions
from .fieldpaths import FieldPath, parse, render
from .indexing import Entries, difference
from .names import DatabaseName, Path, path_key, segment_key
from .wire import Document


@dataclass(slots=True)
class Change:
    """One document before and after a commit, as stored bytes; None where it does not exist.

    The parsed forms are those of the same versions, parsed when they are first asked for.
    """

    path: Path
    collection: int
    leaf: bytes
    before: bytes | None
    after: bytes | None
    row: int | None
    time: int
    since: int
    exempt: Exempt = NOTHING
    _old: Any = None
    _new: Any = None

    def old(self) -> Any:
        """The document before, parsed; not to be changed. None if there was none."""
        if self._old is None and self.before is not None:
            self._old = Document.FromString(self.before)
        return self._old

    def new(self) -> Any:
        """The document after, parsed; not to be changed. None if there is none."""
        if self._new is None and self.after is not None:
            self._new = self._old if self.after is self.before else Document.FromString(self.after)
        return self._new

    def become(self, stored: bytes | None, document: Any) -> None:
        """Set what the document is after: stored and parsed."""
        self.after, self._new = stored, document


class Store:
    """The file, its writing connection and the numbers it gives to databases, collections and fields.

    Not thread-safe: everything is called from the server's event loop, except `commit`, which may run in a thread
    while nothing else uses the writing connection.
    """

    def __init__(self, file: FilePath, exemptions: Exemptions | None = None) -> None:
        self.file = file
        self.exemptions = exemptions or Exemptions()
        self._lock = schema.lock(file)
        try:
            self.writer = schema.open_writer(file)
        except BaseException:
            os.close(self._lock)
            raise
        self._readers: list[sqlite3.Connection] = []
        self._databases: dict[DatabaseName, int] = {}
        self._collections: dict[tuple[DatabaseName, str], int] = {}
        self._fields: dict[FieldPath, int] = {}
        # Whether the batch that is being written has given numbers.
        self._numbered = False
        self.last_time: int = self.writer.execute("SELECT last FROM clock").fetchone()[0]
        try:
            self._mind_exemptions()
        except sqlite3.DatabaseError as error:
            self.close()
            raise schema.StorageError(f"{file} cannot be used: {error}. It was left as it is.") from error

    def close(self) -> None:
        """Close all connections and let go of the file."""
        for reader in self._readers:
            reader.close()
        self.writer.close()
        os.close(self._lock)

    # Reading connections

    def reader(self) -> sqlite3.Connection:
        """A reading connection; give it back with `release`."""
        if self._readers:
            return self._readers.pop()
        connection = schema.connect(self.file)
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA mmap_size = {256 * 1024 * 1024}")
        return connection

    def release(self, connection: sqlite3.Connection) -> None:
        """Take a reading connection back."""
        self._readers.append(connection)

    # Numbers

    def find_database(self, name: DatabaseName, connection: sqlite3.Connection) -> int | None:
        """The number of a database, or None when nothing was ever written to it."""
        number = self._databases.get(name)
        if number is None:
            row = connection.execute(
                "SELECT id FROM database WHERE project = ? AND name = ?", (name.project, name.database)
            ).fetchone()
            if row is None:
                return None
            number = self._databases[name] = row[0]
        return number

    def find_collection(self, database: DatabaseName, path: str, connection: sqlite3.Connection) -> int | None:
        """The number of a collection, or None when nothing was ever written to it."""
        number = self._collections.get((database, path))
        if number is None:
            owner = self.find_database(database, connection)
            if owner is None:
                return None
            row = connection.execute(
                "SELECT id FROM collection WHERE database = ? AND key = ?", (owner, path_key(tuple(path.split("/"))))
            ).fetchone()
            if row is None:
                return None
            number = self._collections[database, path] = row[0]
        return number

    def find_field(self, path: FieldPath, connection: sqlite3.Connection) -> int | None:
        """The number of a field path, or None when no document ever had it."""
        number = self._fields.get(path)
        if number is None:
            row = connection.execute("SELECT id FROM field WHERE path = ?", (render(path),)).fetchone()
            if row is None:
                return None
            number = self._fields[path] = row[0]
        return number

    def _collection(self, database: DatabaseName, path: str) -> int:
        number = self.find_collection(database, path, self.writer)
        if number is None:
            owner = self.find_database(database, self.writer)
            if owner is None:
                cursor = self.writer.execute(
                    "INSERT INTO database(project, name) VALUES (?, ?)", (database.project, database.database)
                )
                owner = self._databases[database] = cursor.lastrowid or 0
                self._numbered = True
            segments = tuple(path.split("/"))
            cursor = self.writer.execute(
                "INSERT INTO collection(database, key, path, name) VALUES (?, ?, ?, ?)",
                (owner, path_key(segments), path, segments[-1]),
            )
            number = self._collections[database, path] = cursor.lastrowid or 0
            self._numbered = True
        return number

    def _field(self, path: FieldPath) -> int:
        number = self._fields.get(path)
        if number is None:
            number = self.find_field(path, self.writer)
        if number is None:
            cursor = self.writer.execute("INSERT INTO field(path) VALUES (?)", (render(path),))
            number = self._fields[path] = cursor.lastrowid or 0
            self._numbered = True
        return number

    # Exemptions

    def _mind_exemptions(self) -> None:
        """Where others are exempt than when the file was last open, enter what is missing and drop what is not kept."""
        before: dict[str, set[FieldPath]] = {}
        for group, path in self.writer.execute("SELECT collection, path FROM exemption"):
            before.setdefault(group, set()).add(parse(path))
        now = self.exemptions.groups
        changed = [group for group in {*before, *now} if before.get(group, NOTHING) != now.get(group, NOTHING)]
        if not changed:
            return
        self.begin()
        try:
            for group in changed:
                self._index_again(group, frozenset(before.get(group, NOTHING)))
            self.writer.execute("DELETE FROM exemption")
            self.writer.executemany(
                "INSERT INTO exemption(collection, path) VALUES (?, ?)",
                [(group, render(path)) for group, paths in now.items() for path in paths],
            )
            self.commit()
        except BaseException:
            self.rollback()
            raise

    def _index_again(self, group: str, before: Exempt) -> None:
        rows = self.writer.execute(
            "SELECT document.id, collection, leaf, data FROM document JOIN collection ON collection.id = collection"
            " WHERE collection.name = ?",
            (group,),
        )
        for row, collection, leaf, data in rows:
            fields = Document.FromString(data).fields
            _, old = difference(None, fields, self._field, before)
            _, new = difference(None, fields, self._field, self.exemptions.of(group))
            self._enter(collection, leaf, row, old - new, new - old)

    # Writing

    def begin(self) -> None:
        """Start a batch of commits."""
        self._numbered = False
        self.writer.execute("BEGIN IMMEDIATE")

    def current(self, path: Path) -> Change:
        """What a commit finds at `path`; `before` and `after` are both the current version."""
        collection = self._collection(path.database, path.collection)
        leaf = segment_key(path.id)
        exempt = self.exemptions.of(path.segments[-2])
        row = self.writer.execute(
            "SELECT id, updated, data FROM document WHERE collection = ? AND leaf = ?", (collection, leaf)
        ).fetchone()
        if row is None:
            return Change(path, collection, leaf, None, None, None, 0, 0, exempt)
        return Change(path, collection, leaf, row[2], row[2], row[0], 0, row[1], exempt)

    def apply(self, change: Change) -> None:
        """Write one change into the batch: the document, its index entries and its former version."""
        execute = self.writer.execute
        if change.before is not None:
            execute(
                "INSERT INTO history(collection, until, leaf, since, data) VALUES (?, ?, ?, ?, ?)",
                (change.collection, change.time, change.leaf, change.since, change.before),
            )
        if change.after is None:
            execute("DELETE FROM document WHERE id = ?", (change.row,))
        else:
            if change.row is None:
                change.row = execute(
                    "INSERT INTO document(collection, leaf, updated, data) VALUES (?, ?, ?, ?)",
                    (change.collection, change.leaf, change.time, change.after),
                ).lastrowid
            else:
                execute(
                    "UPDATE document SET updated = ?, data = ? WHERE id = ?", (change.time, change.after, change.row)
                )
        gone, come = difference(_fields(change.old()), _fields(change.new()), self._field, change.exempt)
        self._enter(change.collection, change.leaf, change.row, gone, come)

    def _enter(self, collection: int, leaf: bytes, row: int | None, gone: Entries, come: Entries) -> None:
        if gone:
            self.writer.executemany(
                "DELETE FROM entry WHERE collection = ? AND field = ? AND key = ? AND leaf = ?",
                [(collection, field, key, leaf) for field, key in gone],
            )
        if come:
            self.writer.executemany(
                "INSERT INTO entry(collection, field, key, leaf, document) VALUES (?, ?, ?, ?, ?)",
                [(collection, field, key, leaf, row) for field, key in come],
            )

    def finish(self, time: int) -> None:
        """Note the time of the batch's last commit, before `commit`."""
        self.writer.execute("UPDATE clock SET last = ?", (time,))

    def commit(self) -> None:
        """Make the batch durable. Blocks for an fsync; meant for a thread."""
        self.writer.execute("COMMIT")

    def rollback(self) -> None:
        """Forget the batch, and the numbers that it gave."""
        if self.writer.in_transaction:
            self.writer.execute("ROLLBACK")
        if not self._numbered:
            return
        self._databases.clear()
        self._collections.clear()
        self._fields.clear()

    def forget_history(self, before: int, limit: int) -> int:
        """Within a batch: drop up to `limit` former versions that ended before a time; returns how many."""
        return self.writer.execute(
            "DELETE FROM history WHERE id IN (SELECT id FROM history ORDER BY id LIMIT ?) AND until < ?",
            (limit, before),
        ).rowcount


def _fields(document: Any) -> Any:
    return None if document is None else document.fields
