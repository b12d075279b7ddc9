"""The table of the service's methods, and how their errors become statuses."""

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf.message import DecodeError

from . import wire
from .core import Core
from .errors import Code, FirestoreError, invalid, unimplemented
from .limits import MAX_REQUEST_BYTES
from .listening import ListeningMethods
from .querying import QueryingMethods
from .reading import ReadingMethods
from .writing import WritingMethods

log = logging.getLogger(__name__)

SERVICE = "google.firestore.v1.Firestore"

Unary = Callable[[Any], Awaitable[Any]]
ServerStream = Callable[[Any], AsyncGenerator[Any]]
Bidirectional = Callable[[AsyncIterator[Any]], AsyncGenerator[Any]]


async def execute_pipeline(request: Any) -> AsyncGenerator[Any]:
    """ExecutePipeline: not here."""
    raise unimplemented("Pipelines need the enterprise edition of Firestore; this server does not have them.")
    yield


def service(core: Core) -> grpc.GenericRpcHandler:
    """All methods on an open file."""
    reading, writing = ReadingMethods(core), WritingMethods(core)
    querying, listening = QueryingMethods(core), ListeningMethods(core)
    unary: dict[str, tuple[Unary, Any]] = {
        "GetDocument": (reading.get_document, wire.GetDocumentRequest),
        "ListDocuments": (reading.list_documents, wire.ListDocumentsRequest),
        "ListCollectionIds": (reading.list_collection_ids, wire.ListCollectionIdsRequest),
        "CreateDocument": (writing.create_document, wire.CreateDocumentRequest),
        "UpdateDocument": (writing.update_document, wire.UpdateDocumentRequest),
        "DeleteDocument": (writing.delete_document, wire.DeleteDocumentRequest),
        "BeginTransaction": (writing.begin_transaction, wire.BeginTransactionRequest),
        "Commit": (writing.commit, wire.CommitRequest),
        "Rollback": (writing.rollback, wire.RollbackRequest),
        "BatchWrite": (writing.batch_write, wire.BatchWriteRequest),
        "PartitionQuery": (querying.partition_query, wire.PartitionQueryRequest),
    }
    streams: dict[str, tuple[ServerStream, Any]] = {
        "BatchGetDocuments": (reading.batch_get, wire.BatchGetDocumentsRequest),
        "RunQuery": (querying.run_query, wire.RunQueryRequest),
        "RunAggregationQuery": (querying.run_aggregation, wire.RunAggregationQueryRequest),
        "ExecutePipeline": (execute_pipeline, wire.ExecutePipelineRequest),
    }
    both: dict[str, tuple[Bidirectional, Any]] = {
        "Write": (writing.write, wire.WriteRequest),
        "Listen": (listening.listen, wire.ListenRequest),
    }
    handlers = {
        **{
            name: grpc.unary_unary_rpc_method_handler(_unary(method), _parser(request), wire.serialize)
            for name, (method, request) in unary.items()
        },
        **{
            name: grpc.unary_stream_rpc_method_handler(_stream(method), _parser(request), wire.serialize)
            for name, (method, request) in streams.items()
        },
        **{
            name: grpc.stream_stream_rpc_method_handler(_stream(method), _parser(request), wire.serialize)
            for name, (method, request) in both.items()
        },
    }
    return grpc.method_handlers_generic_handler(SERVICE, handlers)


@dataclass(frozen=True, slots=True)
class _Refused:
    """Stands for a request that is too large to be looked at, or is none; with the reason."""

    reason: str


def _parser(message: Any) -> Callable[[bytes], Any]:
    parse = message.FromString
    large = _Refused(f"Request payload size exceeds the limit: {MAX_REQUEST_BYTES} bytes.")
    garbled = _Refused("The request cannot be read: it is not the message that the method takes.")

    def parsed(data: bytes) -> Any:
        try:
            return parse(data) if len(data) <= MAX_REQUEST_BYTES else large
        except DecodeError:
            return garbled

    return parsed


def _refuse_unread(request: Any) -> None:
    if isinstance(request, _Refused):
        raise invalid(request.reason)


async def _checked(requests: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async for request in requests:
        _refuse_unread(request)
        yield request


def _unary(method: Unary) -> Callable[[Any, Any], Awaitable[Any]]:
    async def call(request: Any, context: Any) -> Any:
        try:
            _refuse_unread(request)
            return await method(request)
        except FirestoreError as error:
            await context.abort(error.code, error.message)
        except Exception as error:
            log.exception("%s failed", method.__name__)
            await context.abort(Code.INTERNAL, f"{method.__name__} failed: {error}")

    return call


def _stream(method: Callable[[Any], AsyncGenerator[Any]]) -> Callable[[Any, Any], Awaitable[None]]:
    async def call(request: Any, context: Any) -> None:
        try:
            _refuse_unread(request)
            requests = _checked(request) if hasattr(request, "__aiter__") else request
            async with aclosing(method(requests)) as responses:
                async for response in responses:
                    await context.write(response)
        except FirestoreError as error:
            await context.abort(error.code, error.message)
        except Exception as error:
            log.exception("%s failed", method.__name__)
            await context.abort(Code.INTERNAL, f"{method.__name__} failed: {error}")

    return call
