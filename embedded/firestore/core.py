"""What the methods of the service share: the store, the committer, the open transactions, and how a read begins."""

from pathlib import Path as FilePath
from types import TracebackType
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from .commits import Committed, Committer
from .errors import failed_precondition, invalid
from .exemptions import Exemptions
from .names import DatabaseName, Path
from .snapshot import Snapshot
from .storage import Change, Store
from .transactions import Covers, Sees, Transaction, Transactions
from .wire import micros, timestamp
from .writes import target

# As Google keeps the past: reads at a time go back an hour.
HISTORY_SECONDS = 3600.0


class Core:
    """One open file and everything in memory that belongs to it."""

    def __init__(
        self, file: FilePath, history_seconds: float = HISTORY_SECONDS, exemptions: Exemptions | None = None
    ) -> None:
        self.store = Store(file, exemptions)
        self.history_seconds = history_seconds
        self.committer = Committer(self.store, history_seconds)
        self.transactions = Transactions()
        # A transaction may read while a commit is on its way to the disk: it saw the state before.
        self.committer.listeners.append(lambda committed: self.transactions.outdate(committed.changes))

    async def close(self) -> None:
        """Finish the commits that are under way and close the file."""
        await self.committer.close()
        self.store.close()

    def begin(self, database: DatabaseName, options: Any) -> Transaction:
        """Open a transaction with `TransactionOptions`."""
        if options.HasField("read_only"):
            past = self.committer.read_time()
            if options.read_only.HasField("read_time"):
                past = self.past(options.read_only.read_time)
            return self.transactions.begin(database, True, past)
        return self.transactions.begin(database, False, None, options.read_write.retry_transaction)

    def past(self, stamp: Timestamp) -> int:
        """Check a read time. Raises INVALID_ARGUMENT for the future, FAILED_PRECONDITION for what is forgotten."""
        moment, now = micros(stamp), self.committer.clock.now()
        if moment > now:
            raise invalid("The read time is in the future.")
        if moment < now - self.history_seconds * 1_000_000:
            raise failed_precondition(
                f"The requested read time is older than {self.history_seconds:g} s: the versions of then are not kept."
            )
        return moment

    def reading(self, database: DatabaseName, request: Any) -> "Reading":
        """Begin a read as the request's consistency selector says."""
        transaction = None
        past = None
        begun = False
        selector = request.WhichOneof("consistency_selector")
        if selector == "transaction":
            transaction = self.transactions.use(request.transaction, database)
        elif selector == "new_transaction":
            transaction = self.begin(database, request.new_transaction)
            begun = True
        elif selector == "read_time":
            past = self.past(request.read_time)
        if transaction is not None and transaction.read_only:
            past = transaction.read_time
        elif transaction is not None and transaction.stale_at is not None:
            past = transaction.stale_at - 1
        return Reading(self, transaction, past, begun)

    def newest(self) -> "Reading":
        """Begin a read of the newest state, outside of transactions."""
        return Reading(self, None, None, False)

    def guard(self, transaction: Transaction | None) -> Any:
        """The check of a commit: its transaction must not be stale, and it makes those stale that it contradicts."""

        def check(changes: list[Change]) -> None:
            if transaction is not None:
                self.transactions.check(transaction)
            self.transactions.outdate(changes, by=transaction)

        return check

    async def commit(self, database: DatabaseName, writes: Any, transaction: Transaction | None = None) -> Committed:
        """Commit checked writes, in a transaction or alone."""
        if transaction is not None:
            paths = {target(write, database) for write in writes}
            await self.transactions.wait_turn(transaction, paths, self.committer.read_time)
        committed = await self.committer.commit(database, writes, self.guard(transaction))
        if transaction is not None:
            self.transactions.end(transaction)
        return committed


class Reading:
    """A snapshot, the time that it is told to be of, and the transaction that remembers what was read."""

    def __init__(self, core: Core, transaction: Transaction | None, past: int | None, begun: bool) -> None:
        self.snapshot = Snapshot(core.store, past)
        self.transaction = transaction
        self.begun = begun
        self.time = past if past is not None else max(self.snapshot.time, core.committer.read_time())
        self.stamp = timestamp(self.time)

    def __enter__(self) -> "Reading":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.snapshot.close()

    def document(self, path: Path) -> bytes | None:
        """Read a document; a read-write transaction notes that it did."""
        if self.transaction is not None and not self.transaction.read_only:
            self.transaction.documents.setdefault(path, self.time)
        return self.snapshot.document(path)

    def note_query(self, sees: Sees, covers: Covers) -> None:
        """Tell a read-write transaction what its query would have to look at again."""
        if self.transaction is not None and not self.transaction.read_only:
            self.transaction.queries.append((sees, covers, self.time))

    @property
    def new_token(self) -> bytes:
        """The token to hand out if the request asked for a new transaction."""
        return self.transaction.token if self.begun and self.transaction is not None else b""
