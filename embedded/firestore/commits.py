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
# The commits of a lone call are written without a thread where the disk has been this quick: waking one takes longer.
QUICK_DISK_SECONDS = 0.002


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
    call: object


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
        self._idle = asyncio.Event()
        self._idle.set()
        self._in_flight: int | None = None
        self._closed = False

    def commit(
        self,
        database: DatabaseName,
        writes: Any,
        check: Callable[[list[Change]], None] | None = None,
        call: object | None = None,
    ) -> asyncio.Future[Committed]:
        """Do all of `writes` or none of them, durably; to be awaited. Commits are done in the order they are asked for.

        `call` is the same for commits of one call.

        `check` sees the changes before they are stored and may raise, which leaves nothing behind. Raises what a
        write raises, and UNAVAILABLE if the disk refuses.
        """
        if self._closed:
            raise unavailable("The server is shutting down.")
        loop = asyncio.get_running_loop()
        job = _Job(database, writes, check, loop.create_future(), call or object())
        self._queue.append(job)
        if self._idle.is_set():
            self._idle.clear()
            # With what else arrives in this turn of the loop
            loop.call_soon(self._batch)
        return job.done

    def read_time(self) -> int:
        """The latest time whose state a new snapshot is sure to show."""
        return self.clock.now() if self._in_flight is None else self._in_flight - 1

    async def close(self) -> None:
        """Finish what was begun and refuse the rest."""
        self._closed = True
        await self._idle.wait()
        self._disk.shutdown()

    def _batch(self) -> None:
        loop = asyncio.get_running_loop()
        taken: list[_Job] = []
        done: list[tuple[_Job, Committed]] = []
        try:
            size = 0
            while self._queue and size < WRITES_IN_BATCH:
                taken.append(self._queue.popleft())
                size += len(taken[-1].writes)
            self.store.begin()
            for job in taken:
                committed = self._execute(job)
                if committed is not None:
                    done.append((job, committed))
            if any(committed.changes for _, committed in done):
                self.store.forget_history(self.clock.now() - self._history, HISTORY_STEP + size)
                self.store.finish(done[-1][1].time)
                lone = all(job.call is taken[0].call for job in taken)
                if not lone or self._disk_seconds >= QUICK_DISK_SECONDS:
                    writing = self._disk.submit(self._store)
                    writing.add_done_callback(
                        lambda writing: loop.call_soon_threadsafe(self._written, taken, done, writing.exception())
                    )
                    return
                self._store()
            else:
                self.store.rollback()
        except BaseException as error:
            self._written(taken, done, error)
            if not isinstance(error, Exception):
                raise
        else:
            self._written(taken, done, None)

    def _store(self) -> None:
        begun = time.perf_counter()
        self.store.commit()
        self._disk_seconds += (time.perf_counter() - begun - self._disk_seconds) / 8

    def _written(self, taken: list[_Job], done: list[tuple[_Job, Committed]], error: BaseException | None) -> None:
        self._in_flight = None
        if error is None:
            self._answer(done)
        else:
            log.error("a batch of commits failed", exc_info=error)
            self.store.rollback()
            for job in taken:
                if not job.done.done():
                    job.done.set_exception(unavailable(f"The commit could not be stored: {error}."))
        if self._queue:
            # A batch may not have waited for anything: what arrived meanwhile is let in first.
            asyncio.get_running_loop().call_soon(self._batch)
        else:
            self._idle.set()

    def _answer(self, done: list[tuple[_Job, Committed]]) -> None:
        for job, committed in done:
            self.visible = committed.time
            if committed.changes:
                for listener in self.listeners:
                    listener(committed)
            if not job.done.done():
                job.done.set_result(committed)

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
