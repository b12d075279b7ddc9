"""Read-write transactions: what each has read, and who loses when a commit changes that.

A transaction reads the newest state and keeps the documents and queries that it read. A commit that changes one of
those documents, or one that such a query would have to look at again, makes the transaction stale: its commit fails
with ABORTED. So a transaction that commits has read nothing that changed since, queries that found nothing included,
and all commits are equal to a serial order by commit time. Until its client notices, a stale transaction goes on
reading the state before the change, so that what it sees fits together.

Who commits first wins, but for one thing: a transaction waits for older ones that have read what it changes. A retry
keeps the age of its first attempt, so it gets its turn however many newcomers there are. One that does nothing while
another waits for it loses its place after LOCK_SECONDS; plain writes wait for nobody.
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
# So long an idle transaction keeps others waiting that are younger.
LOCK_SECONDS = 2.0

TOKEN_BYTES = 24

Sees = Callable[[Change], bool]
Covers = Callable[[Path], bool]


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
    stale_at: int | None = None
    documents: dict[Path, int] = field(default_factory=dict)
    queries: list[tuple[Sees, Covers, int]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def sees(self, change: Change) -> bool:
        """Whether it read something, before the change, that the change would have made different."""
        read = self.documents.get(change.path)
        if read is not None and read < change.time:
            return True
        return any(at < change.time and sees(change) for sees, _, at in self.queries)

    def may_see(self, path: Path) -> bool:
        """Whether it read a document, or a query that looks at the document's place."""
        return path in self.documents or any(covers(path) for _, covers, _ in self.queries)


class Transactions:
    """All open transactions of the server."""

    def __init__(
        self,
        idle_seconds: float = MAX_IDLE_SECONDS,
        age_seconds: float = MAX_AGE_SECONDS,
        lock_seconds: float = LOCK_SECONDS,
    ) -> None:
        self._open: dict[bytes, Transaction] = {}
        # Tokens begin with a mark of this run: one of an earlier run is known to be lost, not malformed.
        self._run = secrets.token_bytes(8)
        self._count = 0
        self._idle = idle_seconds
        self._age = age_seconds
        self._lock = lock_seconds

    def begin(
        self, database: DatabaseName, read_only: bool, read_time: int | None, retry: bytes | None = None
    ) -> Transaction:
        """Open a transaction. `retry` is the token of the attempt that it repeats, whose age it takes over."""
        self._expire()
        self._count += 1
        age = self._count
        if retry and retry[:8] == self._run and len(retry) == TOKEN_BYTES:
            age = int.from_bytes(retry[8:16], "big")
        token = self._run + age.to_bytes(8, "big") + secrets.token_bytes(8)
        now = time.monotonic()
        transaction = Transaction(token, database, read_only, read_time, age, now, now)
        self._open[token] = transaction
        return transaction

    def use(self, token: bytes, database: DatabaseName) -> Transaction:
        """The open transaction of a token, stale or not.

        Raises ABORTED if it timed out or belongs to an earlier run of the server, INVALID_ARGUMENT if there is no such.
        """
        self._expire()
        transaction = self._open.get(token)
        if transaction is None:
            if len(token) == TOKEN_BYTES:
                raise aborted("The referenced transaction has expired or is no longer valid.")
            raise invalid("Invalid transaction.")
        if transaction.database != database:
            raise invalid(f'The transaction is not of the database "{database}".')
        transaction.used = time.monotonic()
        return transaction

    def check(self, transaction: Transaction) -> None:
        """Raise ABORTED unless the transaction may commit now."""
        if transaction.stale_at is not None or self._open.get(transaction.token) is not transaction:
            self.end(transaction)
            raise aborted(
                "Aborted due to cross-transaction contention: "
                "what the transaction read was changed before it committed."
            )

    async def wait_turn(self, transaction: Transaction, paths: set[Path], now: Callable[[], int]) -> None:
        """Wait until no older transaction is open that has read one of `paths`; `now` is asked for the read time."""
        while transaction.stale_at is None:
            older = next((other for other in self._ahead(transaction) if any(map(other.may_see, paths))), None)
            if older is None:
                return
            left = older.used + self._lock - time.monotonic()
            if left <= 0:
                self._make_stale(older, now() + 1)
                continue
            waits = [asyncio.ensure_future(one.over.wait()) for one in (older, transaction)]
            await asyncio.wait(waits, timeout=left, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()

    def _ahead(self, transaction: Transaction) -> list[Transaction]:
        return [
            other
            for other in self._open.values()
            if other.age < transaction.age and other.stale_at is None and not other.read_only
            if other.database == transaction.database
        ]

    def _make_stale(self, transaction: Transaction, at: int) -> None:
        transaction.stale_at = at
        transaction.over.set()

    def roll_back(self, token: bytes, database: DatabaseName) -> None:
        """Forget a transaction at its client's wish; one that is over already is no error."""
        transaction = self._open.get(token)
        if transaction is not None and transaction.database == database:
            self.end(transaction)
        elif transaction is not None or len(token) != TOKEN_BYTES:
            raise invalid("Invalid transaction.")

    def end(self, transaction: Transaction) -> None:
        """Forget a transaction: it committed, was rolled back or lost."""
        self._open.pop(transaction.token, None)
        transaction.over.set()

    def outdate(self, changes: list[Change], by: Transaction | None = None) -> None:
        """Make every transaction stale, but `by`, that read what the changes alter."""
        for transaction in self._open.values():
            if transaction is by or transaction.stale_at is not None or transaction.read_only:
                continue
            if any(change.path.database == transaction.database and transaction.sees(change) for change in changes):
                self._make_stale(transaction, changes[0].time)

    def _expire(self) -> None:
        now = time.monotonic()
        for transaction in list(self._open.values()):
            if now - transaction.used > self._idle or now - transaction.begun > self._age:
                self.end(transaction)
