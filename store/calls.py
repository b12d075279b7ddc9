"""Firestore's calls by their bare messages, over the connection and account of Google's client.

Its wrappers (`proto-plus`, `google.api_core`) take a quarter to a half of the CPU of a call. Errors are theirs.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Final, Self, TypeVar
from weakref import WeakKeyDictionary, ref

import grpc
from google.api_core.exceptions import ResourceExhausted, ServiceUnavailable, from_grpc_error
from google.api_core.gapic_v1.routing_header import to_grpc_metadata
from google.api_core.retry import AsyncRetry, if_exception_type
from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.types import firestore

# The client's own pauses grow to a minute; a server that is back should not have to wait for us.
RETRY: Final = AsyncRetry(
    if_exception_type(ServiceUnavailable, ResourceExhausted), initial=0.05, maximum=1.0, multiplier=1.6, timeout=30.0
)
T = TypeVar("T")

_SERVICE: Final = "/google.firestore.v1.Firestore/"
_TIMEOUT: Final = 60.0  # s; of one call, as the client's own
_QUERY_TIMEOUT: Final = 300.0  # s; the same

_BatchWrite: Final[Any] = firestore.BatchWriteRequest.pb()
_BatchWritten: Final[Any] = firestore.BatchWriteResponse.pb()
_BatchGet: Final[Any] = firestore.BatchGetDocumentsRequest.pb()
_BatchGot: Final[Any] = firestore.BatchGetDocumentsResponse.pb()
_RunQuery: Final[Any] = firestore.RunQueryRequest.pb()
_QueryFound: Final[Any] = firestore.RunQueryResponse.pb()


class OfClient:
    """What there is one of for each client, since it keeps what all that is asked of the client has to share.

    It may hold the client weakly at most, which is the key by which it is found.
    """

    _of: ClassVar[WeakKeyDictionary[AsyncClient, Any]]

    def __init_subclass__(cls) -> None:
        cls._of = WeakKeyDictionary()

    def __init__(self, client: AsyncClient) -> None:
        raise NotImplementedError

    @classmethod
    def of(cls, client: AsyncClient) -> Self:
        found: Self | None = cls._of.get(client)
        if found is None:
            found = cls._of[client] = cls(client)
        return found


class Calls(OfClient):
    """The calls of one client. None is tried again here."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = ref(client)
        self._database = client._database_string
        self._metadata = tuple(client._rpc_metadata)
        self._to_database = (*self._metadata, to_grpc_metadata((("database", self._database),)))  # type: ignore[no-untyped-call]
        self._methods: dict[str, Any] = {}

    async def batch_write(self, writes: list[Any]) -> Any:
        """BatchWrite of messages of `store.encoding`; a status for each."""
        method = self._methods.get("BatchWrite") or self._method("BatchWrite", _BatchWrite, _BatchWritten, many=False)
        request = _BatchWrite(database=self._database, writes=writes)
        with _googles_errors():
            return (await method(request, metadata=self._to_database, timeout=_TIMEOUT)).status

    async def batch_get(self, names: list[str], only: tuple[str, ...]) -> AsyncGenerator[Any]:
        """BatchGetDocuments, whole or `only` some fields; its answers."""
        method = self._methods.get("BatchGetDocuments") or self._method("BatchGetDocuments", _BatchGet, _BatchGot)
        request = _BatchGet(database=self._database, documents=names)
        if only:
            request.mask.field_paths.extend(only)
        with _googles_errors():
            async for answer in method(request, metadata=self._to_database, timeout=_TIMEOUT):
                yield answer

    async def run_query(self, parent: str, query: Any) -> AsyncGenerator[Any]:
        """RunQuery of a `StructuredQuery` below `parent`; its answers."""
        method = self._methods.get("RunQuery") or self._method("RunQuery", _RunQuery, _QueryFound)
        request = _RunQuery(parent=parent, structured_query=query)
        routed = (*self._metadata, to_grpc_metadata((("parent", parent),)))  # type: ignore[no-untyped-call]
        with _googles_errors():
            async for answer in method(request, metadata=routed, timeout=_QUERY_TIMEOUT):
                yield answer

    def _method(self, name: str, request: Any, answer: Any, *, many: bool = True) -> Any:
        """Made with the first call: the client connects in its loop, not where a repository is made."""
        client = self._client()
        assert client is not None, "its repositories hold it"
        channel = client._firestore_api.transport.grpc_channel
        make = channel.unary_stream if many else channel.unary_unary
        made = self._methods[name] = make(_SERVICE + name, request.SerializeToString, answer.FromString)
        return made


async def tried(attempt: Callable[[], Awaitable[T]]) -> T:
    """Again where it may pass, for 30 s."""
    try:
        return await attempt()
    except (ServiceUnavailable, ResourceExhausted):
        result: T = await RETRY(attempt)()
        return result


@contextmanager
def _googles_errors() -> Iterator[None]:
    try:
        yield
    except grpc.RpcError as error:
        raise from_grpc_error(error) from error  # type: ignore[no-untyped-call]
