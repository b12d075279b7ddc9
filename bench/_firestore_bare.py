"""Bare SQLite as a yardstick: the same documents in one table, with the same durability, and no server in between."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from bench._firestore_load import BATCH, Sizes, write
from embedded.firestore.schema import connect

INSERT = "INSERT OR REPLACE INTO document(path, number, data) VALUES (?, ?, ?)"


def _rate(count: int, call: Callable[[int], object]) -> float:
    begun = time.perf_counter()
    for number in range(count):
        call(number)
    return count / (time.perf_counter() - begun)


def _row(path: str, number: int) -> tuple[str, int, bytes]:
    return path, number % 1000, write(path, number).update.SerializeToString()


def _store(connection: sqlite3.Connection, rows: list[tuple[str, int, bytes]]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(INSERT, rows)
    connection.execute("COMMIT")


def measure(folder: Path, sizes: Sizes) -> dict[str, float]:
    """Figures by the names that the servers' figures have; what a table cannot do (listen) is left out."""
    connection = connect(folder / "bare.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE document(path TEXT PRIMARY KEY, number INTEGER, data BLOB)")
    connection.execute("CREATE INDEX by_number ON document(number)")
    found: dict[str, float] = {}
    found["sequential"] = _rate(sizes.writes, lambda n: _store(connection, [_row(f"one/d{n}", n)]))
    # SQLite has one writer at a time: fifty would wait for each other.
    found["fifty"] = _rate(sizes.concurrent, lambda n: _store(connection, [_row(f"many/d{n}", n)]))
    found["batches"] = BATCH * _rate(
        sizes.batches, lambda b: _store(connection, [_row(f"batch/d{n}", n) for n in range(b * BATCH, (b + 1) * BATCH)])
    )
    for first in range(0, sizes.documents, BATCH):
        _store(connection, [_row(f"big/d{n:06}", n) for n in range(first, min(first + BATCH, sizes.documents))])
    found["grown"] = _rate(sizes.writes, lambda n: _store(connection, [_row(f"big/x{n}", n)]))
    paths = [f"big/d{n * 7919 % sizes.documents:06}" for n in range(sizes.reads)]
    found["reads"] = _rate(
        sizes.reads,
        lambda n: connection.execute("SELECT data FROM document WHERE path = ?", (paths[n],)).fetchone(),
    )
    found["selective"] = (sizes.documents / 1000) * _rate(
        sizes.queries,
        lambda n: connection.execute("SELECT data FROM document WHERE number = ?", (n % 1000,)).fetchall(),
    )
    begun = time.perf_counter()
    rows = connection.execute("SELECT data FROM document WHERE path >= 'big/' AND path < 'big0'").fetchall()
    found["everything"] = len(rows) / (time.perf_counter() - begun)
    connection.close()
    return found
