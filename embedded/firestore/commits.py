"""Group commit: commits that arrive while the disk is busy share the next fsync, and each has a time of its own."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from .errors import FirestoreError, unavailable
from .names import DatabaseName
from .storage import Change, Store
from .writes import plan

log = logging.getLogger(__name__)

# A batch ends after so many writes, so that the first commit in it does not wait for the thousandth.
WRITES_IN_BATCH = 1000
# Former versions are dropped in small steps along with other writes: a write's cost does not depend on the history.
HISTORY_STEP = 200
# A lone commit is written without a thread where the disk has been this quick: waking one would take longer.
QUICK_DISK_SECONDS = 0.001


@dataclass(slots=True)
class Committed:
    """A durable commit: its time in microseconds, the results of its writes, what it changed."""

    time: int
    results: list[Any]
    changes: list[Change]


@dataclass(slots=True)
class _Job:
    database: DatabaseName
    writes: Any
    check: Callable[[list[Change]], None] | None
    done: asyncio.Future[Committed]


class Clock:
    """Commit and read times in microseconds: commit times rise strictly, and are later than every read time given."""

    def __init__(self, last: int) -> None:
        self._last = last

    def tick(self) -> int:
        """The next commit time."""
        self._last = max(self._last + 1, time.time_ns() // 1000)
        return self._last

    def now(self) -> int:
        """The present; no later commit will be at or before it."""
        self._last = max(self._last, time.time_ns() // 1000)
        return self._last


class Committer:
    """Runs commits one after another on the writing connection and answers when they are on the disk.

    `listeners` are called with each durable commit, in the order of their times, before its caller is answered.
    """

    def __init__(self, store: Store, history_seconds: float) -> None:
        self.store = store
        self.clock = Clock(store.last_time)
        self.visible = store.last_time
        self.listeners: list[Callable[[Committed], None]] = []
        self._history = int(history_seconds * 1_000_000)
        self._queue: deque[_Job] = deque()
        self._disk_seconds = QUICK_DISK_SECONDS
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="fsync")
        self._pump: asyncio.Task[None] | None = None
        self._in_flight: int | None = None
        self._closed = False

    async def commit(
        self, database: DatabaseName, writes: Any, check: Callable[[list[Change]], None] | None = None
    ) -> Committed:
        """Do all of `writes` or none of them, durably.

        `check` sees the changes before they are stored and may raise, which leaves nothing behind. Raises what a
        write raises, and UNAVAILABLE if the disk refuses.
        """
        if self._closed:
            raise unavailable("The server is shutting down.")
        job = _Job(database, writes, check, asyncio.get_running_loop().create_future())
        self._queue.append(job)
        if self._pump is None:
            self._pump = asyncio.create_task(self._run(), name="firestore-commits")
        return await job.done

    def read_time(self) -> int:
        """The latest time whose state a new snapshot is sure to show."""
        return self.clock.now() if self._in_flight is None else self._in_flight - 1

    async def close(self) -> None:
        """Finish what was begun and refuse the rest."""
        self._closed = True
        if self._pump is not None:
            await self._pump
        self._disk.shutdown()

    async def _run(self) -> None:
        try:
            while self._queue:
                await self._batch()
                # A batch may not have waited for anything: let in what arrived meanwhile.
                await asyncio.sleep(0)
        finally:
            self._pump = None

    async def _batch(self) -> None:
        done: list[tuple[_Job, Committed]] = []
        try:
            self.store.begin()
            size = 0
            while self._queue and size < WRITES_IN_BATCH:
                job = self._queue.popleft()
                size += len(job.writes)
                committed = self._execute(job)
                if committed is not None:
                    done.append((job, committed))
            if any(committed.changes for _, committed in done):
                self.store.forget_history(self.clock.now() - self._history, HISTORY_STEP + size)
                self.store.finish(done[-1][1].time)
                await self._store(alone=len(done) == 1)
            else:
                self.store.rollback()
        except BaseException as error:
            log.exception("a batch of commits failed")
            self.store.rollback()
            for job, _ in done:
                if not job.done.done():
                    job.done.set_exception(unavailable(f"The commit could not be stored: {error}."))
            if not isinstance(error, Exception):
                raise
            return
        finally:
            self._in_flight = None
        for job, committed in done:
            self.visible = committed.time
            if committed.changes:
                for listener in self.listeners:
                    listener(committed)
            if not job.done.done():
                job.done.set_result(committed)

    async def _store(self, alone: bool) -> None:
        begun = time.perf_counter()
        if alone and self._disk_seconds < QUICK_DISK_SECONDS:
            self.store.commit()
        else:
            await asyncio.get_running_loop().run_in_executor(self._disk, self.store.commit)
        self._disk_seconds += (time.perf_counter() - begun - self._disk_seconds) / 8

    def _execute(self, job: _Job) -> Committed | None:
        """Compute and store one commit within the batch; a refusal goes to its caller and leaves nothing."""
        if job.done.cancelled():
            return None
        moment = self.clock.tick()
        try:
            planned = plan(job.writes, job.database, moment, self.store.current)
            if job.check is not None:
                job.check(planned.changes)
        except FirestoreError as error:
            job.done.set_exception(error)
            return None
        if planned.changes and self._in_flight is None:
            self._in_flight = moment
        for change in planned.changes:
            self.store.apply(change)
        return Committed(moment, planned.results, planned.changes)
