"""Reads and writes of single documents that are wanted at the same moment go to Firestore in one call.

A call costs some 0.5 ms of CPU here and 1 ms there, whatever is in it, and a bridge or worker that is busy makes
hundreds a second. While few are under way each goes at once; what comes while `AT_ONCE` are waits for the next to come
back, and goes together. Where much is wanted, a call also waits until `PAUSE` has gone by since the one before, so that
more comes together. Writes stay each for themselves (`BatchWrite`): one that is refused fails alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Generic, TypeVar

from google.api_core.exceptions import GoogleAPICallError, ResourceExhausted, ServiceUnavailable, from_grpc_status
from google.cloud.firestore import AsyncClient

from store import encoding
from store.calls import Calls, OfClient, tried

AT_ONCE: Final = 2
"""Calls of one kind that are under way at a time."""
MOST: Final = 100
"""Documents in one call. Firestore takes 500, and 10 MiB."""
BUSY: Final = 10
"""Documents wanted within a second, of one kind: from there on a call waits for more."""
PAUSE: Final = 0.08
"""s; from the begin of a call to that of the next of its kind, where so much is wanted."""
FREE: Final = 256
"""Calls without a pause, at most, after pauses in which nothing came: somebody makes one call after another."""
_TURN: Final = 0.001  # s; what comes within is of the same turn of the loop

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Wanted(Generic[T]):
    """One document: what is to be done with it, and who waits."""

    name: str
    done: asyncio.Future[T]
    write: Any = field(default=None)


class Pacing:
    """When a call may begin; by the clock of the loop, in seconds."""

    def __init__(self) -> None:
        self._came: deque[float] = deque(maxlen=BUSY)
        self._begun = -PAUSE
        self._asked: float | None = None
        self._gained = False
        self._in_vain = 0
        self._free = 0

    def wanted(self, now: float) -> None:
        """A document is wanted."""
        self._came.append(now)
        if self._asked is not None and now > self._asked + _TURN:
            self._gained = True

    def next(self, now: float) -> float:
        """When the next call is to begin, for which something waits now."""
        if len(self._came) < BUSY or now - self._came[0] > 1.0:
            return now
        if self._free:
            self._free -= 1
            return now
        begin = self._begun + PAUSE
        if begin > now:
            self._asked, self._gained = now, False
        return max(begin, now)

    def begun(self, now: float) -> None:
        """A call begins."""
        self._begun = now
        if self._asked is not None:
            # The more pauses are in vain, the rarer they are
            self._in_vain = 0 if self._gained else min(max(2 * self._in_vain, 1), FREE)
            self._free, self._asked = self._in_vain, None


class _Gatherer(Generic[T]):
    """`send` answers all that it is given, one way or the other. With `once`, no document is twice in a call."""

    def __init__(self, send: Callable[[list[_Wanted[T]]], Awaitable[None]], *, once: bool) -> None:
        self._send = send
        self._once = once
        self._waiting: deque[_Wanted[T]] = deque()
        self._calls: set[asyncio.Task[None]] = set()
        self._left = False
        self._next: asyncio.Handle | None = None
        self._pacing = Pacing()

    async def put(self, name: str, write: Any = None) -> T:
        loop = asyncio.get_running_loop()
        wanted: _Wanted[T] = _Wanted(name, loop.create_future(), write)
        self._waiting.append(wanted)
        self._pacing.wanted(loop.time())
        self._arrange(loop)
        return await wanted.done

    def _arrange(self, loop: asyncio.AbstractEventLoop) -> None:
        """See to the next call: with what else is wanted in this turn of the loop, or after its pause."""
        if len(self._calls) >= AT_ONCE:
            return
        if self._next is None:
            now = loop.time()
            # What a call had no room for has waited already
            begin = now if self._left else self._pacing.next(now)
            self._next = loop.call_at(begin, self._start) if begin > now else loop.call_soon(self._start)
        elif len(self._waiting) == MOST:
            self._next.cancel()
            self._next = loop.call_soon(self._start)

    def _start(self) -> None:
        self._next = None
        now = asyncio.get_running_loop().time()
        while self._waiting and len(self._calls) < AT_ONCE:
            taken = self._take()
            if not taken:
                break  # who wanted it gave up
            self._pacing.begun(now)
            call = asyncio.create_task(self._one(taken))
            self._calls.add(call)
            call.add_done_callback(self._over)

    def _over(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        if self._waiting:
            self._arrange(call.get_loop())

    def _take(self) -> list[_Wanted[T]]:
        taken: list[_Wanted[T]] = []
        names: set[str] = set()
        later: list[_Wanted[T]] = []
        while self._waiting and len(taken) < MOST:
            wanted = self._waiting.popleft()
            if wanted.done.cancelled():
                continue
            if self._once and wanted.name in names:
                later.append(wanted)
            else:
                names.add(wanted.name)
                taken.append(wanted)
        self._waiting.extendleft(reversed(later))
        self._left = bool(self._waiting)
        return taken

    async def _one(self, wanted: list[_Wanted[T]]) -> None:
        try:
            await self._send(wanted)
        except GoogleAPICallError as error:
            if len(wanted) > 1 and not isinstance(error, ServiceUnavailable | ResourceExhausted):
                # One of them may have spoiled it for all
                for each in wanted:
                    if not each.done.done():
                        await self._one([each])
                return
            _fail(wanted, error)
        except BaseException as error:
            _fail(wanted, error)
            if not isinstance(error, Exception):
                raise


class Documents(OfClient):
    """Single documents of one client. Errors are those of Google's client; what may pass is tried again for 30 s."""

    def __init__(self, client: AsyncClient) -> None:
        self._calls = Calls.of(client)
        self._reads: dict[tuple[str, ...], _Gatherer[Any]] = {}
        self._writes: _Gatherer[None] = _Gatherer(self._write, once=True)

    async def get(self, name: str, only: tuple[str, ...]) -> dict[str, Any] | None:
        """The fields of a document, with `only` those; None where there is none. Raises NotPlain."""
        reads = self._reads.get(only)
        if reads is None:
            reads = self._reads[only] = _Gatherer(partial(self._read, only), once=False)
        fields = await tried(lambda: reads.put(name))
        return None if fields is None else encoding.plain(fields)

    async def write(self, write: Any) -> None:
        """Do one write of `store.encoding`."""
        await tried(lambda: self._writes.put(write.update.name, write))

    async def _read(self, only: tuple[str, ...], wanted: list[_Wanted[Any]]) -> None:
        by_name: dict[str, list[_Wanted[Any]]] = {}
        for each in wanted:
            by_name.setdefault(each.name, []).append(each)
        async for answer in self._calls.batch_get(list(by_name), only):
            kind = answer.WhichOneof("result")
            if kind == "found":
                _settle(by_name.pop(answer.found.name), answer.found.fields)
            elif kind == "missing":
                _settle(by_name.pop(answer.missing), None)
        if by_name:
            raise ServiceUnavailable(f"no answer for {', '.join(by_name)}")  # type: ignore[no-untyped-call]

    async def _write(self, wanted: list[_Wanted[None]]) -> None:
        statuses = await self._calls.batch_write([each.write for each in wanted])
        for each, status in zip(wanted, statuses, strict=True):
            if status.code == 0:
                _settle([each], None)
            else:
                _fail([each], from_grpc_status(status.code, status.message))  # type: ignore[no-untyped-call]


def _settle(wanted: list[_Wanted[Any]], result: Any) -> None:
    for each in wanted:
        if not each.done.done():
            each.done.set_result(result)


def _fail(wanted: list[_Wanted[Any]], error: BaseException) -> None:
    for each in wanted:
        if not each.done.done():
            each.done.set_exception(error)
