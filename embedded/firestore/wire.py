"""The protocol's message classes, bare of proto-plus, and the few messages that are put together from stored bytes.

A document is stored as the bytes of a `google.firestore.v1.Document`. Answers that only carry a stored document are
built around those bytes, so that a read costs no parsing.
"""

from typing import Any

from google.cloud.firestore_v1.types import (
    aggregation_result,
    bloom_filter,
    common,
    document,
    query,
    query_profile,
    write,
)
from google.cloud.firestore_v1.types import firestore as _firestore
from google.protobuf.timestamp_pb2 import Timestamp

# proto-plus wrappers cost several times the message itself; `.pb()` gives the generated class underneath.
Document: Any = document.Document.pb()
Value: Any = document.Value.pb()
ArrayValue: Any = document.ArrayValue.pb()
MapValue: Any = document.MapValue.pb()
DocumentMask: Any = common.DocumentMask.pb()
Precondition: Any = common.Precondition.pb()
TransactionOptions: Any = common.TransactionOptions.pb()
StructuredQuery: Any = query.StructuredQuery.pb()
StructuredAggregationQuery: Any = query.StructuredAggregationQuery.pb()
Cursor: Any = query.Cursor.pb()
AggregationResult: Any = aggregation_result.AggregationResult.pb()
BloomFilter: Any = bloom_filter.BloomFilter.pb()
ExplainMetrics: Any = query_profile.ExplainMetrics.pb()
Write: Any = write.Write.pb()
WriteResult: Any = write.WriteResult.pb()
DocumentTransform: Any = write.DocumentTransform.pb()
GetDocumentRequest: Any = _firestore.GetDocumentRequest.pb()
ListDocumentsRequest: Any = _firestore.ListDocumentsRequest.pb()
ListDocumentsResponse: Any = _firestore.ListDocumentsResponse.pb()
CreateDocumentRequest: Any = _firestore.CreateDocumentRequest.pb()
UpdateDocumentRequest: Any = _firestore.UpdateDocumentRequest.pb()
DeleteDocumentRequest: Any = _firestore.DeleteDocumentRequest.pb()
BatchGetDocumentsRequest: Any = _firestore.BatchGetDocumentsRequest.pb()
BatchGetDocumentsResponse: Any = _firestore.BatchGetDocumentsResponse.pb()
BeginTransactionRequest: Any = _firestore.BeginTransactionRequest.pb()
BeginTransactionResponse: Any = _firestore.BeginTransactionResponse.pb()
CommitRequest: Any = _firestore.CommitRequest.pb()
CommitResponse: Any = _firestore.CommitResponse.pb()
RollbackRequest: Any = _firestore.RollbackRequest.pb()
RunQueryRequest: Any = _firestore.RunQueryRequest.pb()
RunQueryResponse: Any = _firestore.RunQueryResponse.pb()
RunAggregationQueryRequest: Any = _firestore.RunAggregationQueryRequest.pb()
RunAggregationQueryResponse: Any = _firestore.RunAggregationQueryResponse.pb()
PartitionQueryRequest: Any = _firestore.PartitionQueryRequest.pb()
PartitionQueryResponse: Any = _firestore.PartitionQueryResponse.pb()
WriteRequest: Any = _firestore.WriteRequest.pb()
WriteResponse: Any = _firestore.WriteResponse.pb()
ListenRequest: Any = _firestore.ListenRequest.pb()
ListenResponse: Any = _firestore.ListenResponse.pb()
TargetChange: Any = _firestore.TargetChange.pb()
ListCollectionIdsRequest: Any = _firestore.ListCollectionIdsRequest.pb()
ListCollectionIdsResponse: Any = _firestore.ListCollectionIdsResponse.pb()
BatchWriteRequest: Any = _firestore.BatchWriteRequest.pb()
BatchWriteResponse: Any = _firestore.BatchWriteResponse.pb()
ExecutePipelineRequest: Any = _firestore.ExecutePipelineRequest.pb()


def timestamp(micros: int) -> Timestamp:
    """Microseconds since 1970 as a protobuf timestamp."""
    seconds, rest = divmod(micros, 1_000_000)
    return Timestamp(seconds=seconds, nanos=rest * 1000)


def micros(stamp: Timestamp) -> int:
    """A protobuf timestamp as whole microseconds since 1970, rounded down as Firestore does."""
    return stamp.seconds * 1_000_000 + stamp.nanos // 1000


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def chunk(field: int, payload: bytes) -> bytes:
    """`payload` as the length-delimited field number `field` (below 16) of a message."""
    return bytes((field << 3 | 2,)) + _varint(len(payload)) + payload


def found_response(stored: bytes, read_time: bytes) -> bytes:
    """A `BatchGetDocumentsResponse` with `found`; `read_time` is a serialised timestamp."""
    return chunk(1, stored) + chunk(4, read_time)


def query_response(stored: bytes, read_time: bytes) -> bytes:
    """A `RunQueryResponse` with a document."""
    return chunk(1, stored) + chunk(3, read_time)


def serialize(message: Any) -> bytes:
    """Serialiser of every method: what is bytes already is sent as it is."""
    return message if type(message) is bytes else message.SerializeToString()
