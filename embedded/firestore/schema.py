"""The file: opening, its tables, and the refusal of files that are damaged or not ours."""

import fcntl
import os
import sqlite3
from pathlib import Path

APPLICATION_ID = 0x46535442  # "FSTB"; SQLite keeps it in the header, so a foreign database is told from ours
VERSION = 2
# A whole check reads the whole file; beyond this size it would make a restart slow, and damage is met when it is read.
CHECKED_BYTES = 32 * 1024 * 1024

# Since format 2: the fields that have no entries, by collection group.
EXEMPTIONS = """
CREATE TABLE exemption(collection TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (collection, path)) WITHOUT ROWID;
"""
TABLES = """
CREATE TABLE clock(id INTEGER PRIMARY KEY CHECK (id = 0), last INTEGER NOT NULL);
INSERT INTO clock VALUES (0, 0);
CREATE TABLE database(id INTEGER PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (project, name));
CREATE TABLE collection(
    id INTEGER PRIMARY KEY, database INTEGER NOT NULL, key BLOB NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL,
    UNIQUE (database, key));
CREATE INDEX collection_group ON collection(database, name, key);
CREATE TABLE document(
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, leaf BLOB NOT NULL, updated INTEGER NOT NULL,
    data BLOB NOT NULL, UNIQUE (collection, leaf));
CREATE TABLE field(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE entry(
    collection INTEGER NOT NULL, field INTEGER NOT NULL, key BLOB NOT NULL, leaf BLOB NOT NULL,
    document INTEGER NOT NULL, PRIMARY KEY (collection, field, key, leaf)) WITHOUT ROWID;
CREATE TABLE history(
    id INTEGER PRIMARY KEY, collection INTEGER NOT NULL, until INTEGER NOT NULL, leaf BLOB NOT NULL,
    since INTEGER NOT NULL, data BLOB NOT NULL);
CREATE INDEX history_of_collection ON history(collection, until, leaf, since);
"""


class StorageError(Exception):
    """The file cannot be used; the message says why and what to do."""


def lock(path: Path) -> int:
    """Keep a second server from opening the same file; the returned descriptor holds the lock until it is closed."""
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StorageError(f"{path} is in use by another Firestore server.") from error
    return descriptor


def connect(path: Path) -> sqlite3.Connection:
    """A connection in autocommit mode, with durable commits."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 5000")
    connection.execute("PRAGMA cache_size = -32768")
    connection.execute("PRAGMA temp_store = MEMORY")
    return connection


def open_writer(path: Path) -> sqlite3.Connection:
    """Open the file, or make it when there is none.

    Raises StorageError for a file that is no SQLite database, that another program made, that a newer version wrote,
    or that is damaged. Such a file is left as it is.
    """
    existed = path.exists() and path.stat().st_size > 0
    if existed:
        with path.open("rb") as file:
            header = file.read(100)
        if header[:16] != b"SQLite format 3\0":
            raise StorageError(f"{path} is not a Firestore file: it is no SQLite database. It was left as it is.")
        if len(header) == 100 and int.from_bytes(header[68:72], "big") not in (APPLICATION_ID, 0):
            raise StorageError(f"{path} is a database of another program. It was left as it is.")
    try:
        connection = connect(path)
        if existed:
            _check(connection, path)
            connection.execute("PRAGMA journal_mode = WAL")
        else:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(
                f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
                f"{TABLES} {EXEMPTIONS} COMMIT;"
            )
    except sqlite3.DatabaseError as error:
        raise StorageError(f"{path} cannot be used: {error}. It was left as it is.") from error
    return connection


def _check(connection: sqlite3.Connection, path: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if application != APPLICATION_ID and tables:
        raise StorageError(f"{path} is a database of another program. It was left as it is.")
    if application != APPLICATION_ID:
        # Killed between the creation of the file and that of the tables: there is nothing in it to lose.
        connection.executescript(
            f"BEGIN IMMEDIATE; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {VERSION};"
            f"{TABLES} {EXEMPTIONS} COMMIT;"
        )
        return
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version not in (1, VERSION):
        raise StorageError(f"{path} has format {version}; this server reads format {VERSION}. It was left as it is.")
    if path.stat().st_size <= CHECKED_BYTES:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StorageError(f"{path} is damaged: {found}. It was left as it is; restore an export or a copy.")
    if version == 1:
        connection.executescript(f"BEGIN IMMEDIATE; {EXEMPTIONS} PRAGMA user_version = {VERSION}; COMMIT;")
