"""Read-write transactions: what each has read, and who loses when a commit changes that.

A transaction reads the newest state and keeps the documents and queries that it read. Any commit that changes one of
those documents, or a document that one of those queries would have to look at again, makes the transaction stale: its
next call fails with ABORTED. So a transaction that commits has read nothing that changed since, queries that found
nothing included, and commits are equal to a serial order by commit time.
"""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import aborted, invalid
from .names import DatabaseName, Path
from .storage import Change

# Google's limits: a transaction lives for 270 s at most, and 60 s without a call.
MAX_AGE_SECONDS = 270.0
MAX_IDLE_SECONDS = 60.0

Sees = Callable[[Change], bool]


@dataclass(eq=False, slots=True)
class Transaction:
    """One transaction; `token` is what the client holds."""

    token: bytes
    database: DatabaseName
    read_only: bool
    read_time: int | None
    age: int
    begun: float
    used: float
    stale: bool = False
    documents: dict[Path, int] = field(default_factory=dict)
    queries: list[tuple[Sees, int]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def sees(self, change: Change) -> bool:
        """Whether it read something, before the change, that the change would have made different."""
        read = self.documents.get(change.path)
        if read is not None and read < change.time:
            return True
        return any(at < change.time and sees(change) for sees, at in self.queries)


class Transactions:
    """All open transactions of the server."""

    def __init__(self, idle_seconds: float = MAX_IDLE_SECONDS, age_seconds: float = MAX_AGE_SECONDS) -> None:
        self._open: dict[bytes, Transaction] = {}
        # Tokens begin with a mark of this run: one of an earlier run is known to be lost, not malformed.
        self._run = secrets.token_bytes(8)
        self._count = 0
        self._idle = idle_seconds
        self._age = age_seconds

    def begin(
        self, database: DatabaseName, read_only: bool, read_time: int | None, retry: bytes | None = None
    ) -> Transaction:
        """Open a transaction. `retry` is the token of the attempt that it repeats, whose age it takes over."""
        self._expire()
        self._count += 1
        age = self._count
        if retry:
            former = self._open.pop(retry, None)
            if retry[:8] == self._run and len(retry) == 24:
                age = int.from_bytes(retry[8:16], "big")
            if former is not None:
                former.over.set()
        token = self._run + age.to_bytes(8, "big") + secrets.token_bytes(8)
        now = time.monotonic()
        transaction = Transaction(token, database, read_only, read_time, age, now, now)
        self._open[token] = transaction
        return transaction

    def use(self, token: bytes, database: DatabaseName) -> Transaction:
        """The open transaction of a token.

        Raises ABORTED if it lost, timed out or belongs to an earlier run of the server, INVALID_ARGUMENT if the token
        is none.
        """
        self._expire()
        transaction = self._open.get(token)
        if transaction is None:
            if len(token) == 24:
                raise aborted("The referenced transaction has expired or is no longer valid.")
            raise invalid("Invalid transaction.")
        if transaction.database != database:
            raise invalid(f'The transaction is not of the database "{database}".')
        if transaction.stale:
            self.end(transaction)
            raise aborted(
                "Aborted due to cross-transaction contention. This occurs when multiple transactions attempt "
                "to access the same data, requiring Firestore to abort at least one in order to enforce "
                "serializability."
            )
        transaction.used = time.monotonic()
        return transaction

    def roll_back(self, token: bytes, database: DatabaseName) -> None:
        """Forget a transaction at its client's wish; one that is over already is no error."""
        transaction = self._open.get(token)
        if transaction is not None and transaction.database == database:
            self.end(transaction)
        elif transaction is not None or len(token) != 24:
            raise invalid("Invalid transaction.")

    def end(self, transaction: Transaction) -> None:
        """Forget a transaction: it committed, was rolled back or lost."""
        self._open.pop(transaction.token, None)
        transaction.over.set()

    def outdate(self, changes: list[Change], by: Transaction | None = None) -> None:
        """Make every transaction stale, but `by`, that read what the changes alter."""
        for transaction in self._open.values():
            if transaction is by or transaction.stale or transaction.read_only:
                continue
            if any(change.path.database == transaction.database and transaction.sees(change) for change in changes):
                transaction.stale = True
                transaction.over.set()

    def _expire(self) -> None:
        now = time.monotonic()
        for transaction in list(self._open.values()):
            if now - transaction.used > self._idle or now - transaction.begun > self._age:
                self.end(transaction)
