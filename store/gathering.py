"""Reads and writes of single documents that are wanted at the same moment go to Firestore in one call.

A call costs some 0.4 ms of CPU on either side, whatever is in it, and a bridge or worker that is busy makes hundreds a
second. While few are under way each goes at once; what comes while `AT_ONCE` are waits for the next to come back, and
goes together. Writes stay each for themselves (`BatchWrite`): one that is refused fails alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Generic, TypeVar
from weakref import WeakKeyDictionary, ref

from google.api_core.exceptions import (
    GoogleAPICallError,
    ResourceExhausted,
    ServiceUnavailable,
    from_grpc_status,
)
from google.api_core.retry import AsyncRetry, if_exception_type
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.types import firestore

from store import encoding

AT_ONCE: Final = 2
"""Calls of one kind that are under way at a time."""
MOST: Final = 100
"""Documents in one call. Firestore takes 500, and 10 MiB."""

# The client's own pauses grow to a minute; a server that is back should not have to wait for us.
RETRY: Final = AsyncRetry(
    if_exception_type(ServiceUnavailable, ResourceExhausted), initial=0.05, maximum=1.0, multiplier=1.6, timeout=30.0
)
_TIMEOUT: Final = 60.0  # s; of one call, as the client's own

T = TypeVar("T")
_Write: Final[Any] = firestore.BatchWriteRequest.pb()
_Read: Final[Any] = firestore.BatchGetDocumentsRequest.pb()


@dataclass(slots=True, eq=False)
class _Wanted(Generic[T]):
    """One document: what is to be done with it, and who waits."""

    name: str
    done: asyncio.Future[T]
    write: Any = field(default=None)


class _Gatherer(Generic[T]):
    """`send` answers all that it is given, one way or the other; never the same document twice in a call."""

    def __init__(self, send: Callable[[list[_Wanted[T]]], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: deque[_Wanted[T]] = deque()
        self._calls: set[asyncio.Task[None]] = set()
        self._soon = False

    async def put(self, name: str, write: Any = None) -> T:
        loop = asyncio.get_running_loop()
        wanted: _Wanted[T] = _Wanted(name, loop.create_future(), write)
        self._waiting.append(wanted)
        if not self._soon and len(self._calls) < AT_ONCE:
            # With what else is wanted in this turn of the loop
            self._soon = True
            loop.call_soon(self._start)
        return await wanted.done

    def _start(self) -> None:
        self._soon = False
        while self._waiting and len(self._calls) < AT_ONCE:
            call = asyncio.create_task(self._one(self._take()))
            self._calls.add(call)
            call.add_done_callback(self._over)

    def _over(self, call: asyncio.Task[None]) -> None:
        self._calls.discard(call)
        if self._waiting and not self._soon:
            self._start()

    def _take(self) -> list[_Wanted[T]]:
        taken: dict[str, _Wanted[T]] = {}
        later: list[_Wanted[T]] = []
        while self._waiting and len(taken) < MOST:
            wanted = self._waiting.popleft()
            if wanted.done.cancelled():
                continue
            if wanted.name in taken:
                later.append(wanted)
            else:
                taken[wanted.name] = wanted
        self._waiting.extendleft(reversed(later))
        return list(taken.values())

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


class Documents:
    """Single documents of one client. Errors are those of Google's client; what may pass is tried again for 30 s."""

    _of: ClassVar[WeakKeyDictionary[AsyncClient, Documents]] = WeakKeyDictionary()

    def __init__(self, client: AsyncClient) -> None:
        # Weakly, since the client is the key by which this is found.
        self._client = ref(client)
        self._database = client._database_string
        self._metadata = client._rpc_metadata
        self._reads: _Gatherer[Any] = _Gatherer(self._read)
        self._writes: _Gatherer[None] = _Gatherer(self._write)

    @classmethod
    def of(cls, client: AsyncClient) -> Documents:
        """The one of a client: what is to be gathered has to come together."""
        found = cls._of.get(client)
        if found is None:
            found = cls._of[client] = cls(client)
        return found

    @property
    def _api(self) -> Any:
        """The client's own connection and account; its wrappers alone are gone round. It connects in the loop of the
        first call, not where a repository is made.
        """
        client = self._client()
        assert client is not None, "its repositories hold it"
        return client._firestore_api

    async def get(self, name: str) -> dict[str, Any] | None:
        """The fields of a document; None where there is none. Raises NotPlain."""
        fields = await _tried(lambda: self._reads.put(name))
        return None if fields is None else encoding.plain(fields)

    async def write(self, write: Any) -> None:
        """Do one write of `store.encoding`."""
        await _tried(lambda: self._writes.put(write.update.name, write))

    async def _read(self, wanted: list[_Wanted[Any]]) -> None:
        by_name = {each.name: each for each in wanted}
        request = _Read(database=self._database, documents=list(by_name))
        answers = await self._api.batch_get_documents(
            request=firestore.BatchGetDocumentsRequest.wrap(request),
            metadata=self._metadata,
            retry=None,
            timeout=_TIMEOUT,
        )
        async for answer in answers:
            raw = firestore.BatchGetDocumentsResponse.pb(answer)
            kind = raw.WhichOneof("result")
            if kind == "found":
                _settle(by_name.pop(raw.found.name), raw.found.fields)
            elif kind == "missing":
                _settle(by_name.pop(raw.missing), None)
        if by_name:
            raise ServiceUnavailable(f"no answer for {', '.join(by_name)}")  # type: ignore[no-untyped-call]

    async def _write(self, wanted: list[_Wanted[None]]) -> None:
        request = _Write(database=self._database, writes=[each.write for each in wanted])
        answer = await self._api.batch_write(
            request=firestore.BatchWriteRequest.wrap(request), metadata=self._metadata, retry=None, timeout=_TIMEOUT
        )
        for each, status in zip(wanted, firestore.BatchWriteResponse.pb(answer).status, strict=True):
            if status.code == 0:
                _settle(each, None)
            else:
                _fail([each], from_grpc_status(status.code, status.message))  # type: ignore[no-untyped-call]


async def _tried(attempt: Callable[[], Awaitable[T]]) -> T:
    try:
        return await attempt()
    except (ServiceUnavailable, ResourceExhausted):
        result: T = await RETRY(attempt)()
        return result


def _settle(wanted: _Wanted[Any], result: Any) -> None:
    if not wanted.done.done():
        wanted.done.set_result(result)


def _fail(wanted: list[_Wanted[Any]], error: BaseException) -> None:
    for each in wanted:
        if not each.done.done():
            each.done.set_exception(error)
