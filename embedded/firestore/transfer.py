"""Export to a file and import from one, through a running server: a line of JSON per document.

The first line says what the file is. The others are documents in the JSON form of Google's REST API, so every type of
value survives. An export is of one moment. An import may go to another project or database; references to documents of
the exported database follow. Documents that are there and not in the file stay.
"""

import json
from collections.abc import Iterator
from itertools import islice
from typing import IO, Any

import grpc
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError

from . import wire
from .limits import MAX_WRITES_IN_BATCH_WRITE
from .names import DatabaseName

FORMAT = "firestore-export"
VERSION = 1
_SERVICE = "/google.firestore.v1.Firestore/"
_OPTIONS = (("grpc.max_receive_message_length", -1),)
# A request may have 10 MiB; documents have up to one.
_BATCH_BYTES = 8 * 1024 * 1024


class TransferError(Exception):
    """The file is no export, or the server refused documents; the message says which."""


def export_documents(address: str, database: DatabaseName, file: IO[str]) -> int:
    """Write all documents of a database to `file`; returns how many. Raises grpc.RpcError."""
    query = wire.StructuredQuery()
    query.from_.add(all_descendants=True)
    request = wire.RunQueryRequest(parent=database.root, structured_query=query)
    with grpc.insecure_channel(address, _OPTIONS) as channel:
        call = channel.unary_stream(_SERVICE + "RunQuery", wire.serialize, wire.RunQueryResponse.FromString)
        count = 0
        for response in call(request):
            if not count:
                head = {"format": FORMAT, "version": VERSION, "database": str(database)}
                file.write(json.dumps({**head, "readTime": response.read_time.ToJsonString()}) + "\n")
            if response.HasField("document"):
                file.write(json.dumps(MessageToDict(response.document), ensure_ascii=False) + "\n")
                count += 1
    return count


def import_documents(address: str, database: DatabaseName, file: IO[str]) -> int:
    """Write all documents of an export to a database; returns how many.

    Raises TransferError for a file that is no export and for documents that are refused, and grpc.RpcError. What was
    written before stays: run it again after curing the cause.
    """
    origin = _origin(file.readline())
    documents = _documents(file, origin, database)
    count = 0
    with grpc.insecure_channel(address, _OPTIONS) as channel:
        call = channel.unary_unary(_SERVICE + "BatchWrite", wire.serialize, wire.BatchWriteResponse.FromString)
        while batch := _batch(documents):
            request = wire.BatchWriteRequest(database=str(database))
            request.writes.extend(wire.Write(update=document) for document in batch)
            for document, status in zip(batch, call(request).status, strict=True):
                if status.code:
                    raise TransferError(f"{document.name}: {status.message}")
            count += len(batch)
    return count


def _origin(line: str) -> str:
    try:
        head = json.loads(line)
        if head["format"] != FORMAT:
            raise ValueError
    except (ValueError, KeyError, TypeError) as error:
        raise TransferError("The file is no export of a Firestore: its first line does not say so.") from error
    if head["version"] != VERSION:
        raise TransferError(f"The export has version {head['version']}; this program reads version {VERSION}.")
    origin: str = head["database"]
    return origin


def _documents(file: IO[str], origin: str, database: DatabaseName) -> Iterator[Any]:
    before, after = f"{origin}/documents/", f"{database.root}/"
    for number, line in enumerate(file, 2):
        try:
            document = ParseDict(json.loads(line), wire.Document())
        except (ValueError, ParseError) as error:
            raise TransferError(f"Line {number} is no document: {error}") from error
        if not document.name.startswith(before):
            raise TransferError(f'Line {number} is a document of another database: "{document.name}".')
        document.name = after + document.name.removeprefix(before)
        if before != after:
            for value in document.fields.values():
                _move(value, before, after)
        yield document


def _move(value: Any, before: str, after: str) -> None:
    kind = value.WhichOneof("value_type")
    if kind == "reference_value" and value.reference_value.startswith(before):
        value.reference_value = after + value.reference_value.removeprefix(before)
    elif kind == "array_value":
        for element in value.array_value.values:
            _move(element, before, after)
    elif kind == "map_value":
        for inner in value.map_value.fields.values():
            _move(inner, before, after)


def _batch(documents: Iterator[Any]) -> list[Any]:
    batch: list[Any] = []
    size = 0
    for document in islice(documents, MAX_WRITES_IN_BATCH_WRITE):
        batch.append(document)
        size += document.ByteSize()
        if size > _BATCH_BYTES:
            break
    return batch
