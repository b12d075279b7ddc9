"""Methods that change documents: commit, create, update, delete, batch write, the write stream, and transactions."""

import asyncio
import secrets
import string
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from google.protobuf.empty_pb2 import Empty

from .commits import Committed
from .core import Core
from .errors import FirestoreError, invalid
from .limits import MAX_TRANSFORMS, MAX_WRITES_IN_BATCH_WRITE
from .names import DatabaseName, Path, check_id, parse_database, parse_document, parse_parent
from .reading import mask_of, masked
from .wire import (
    BatchWriteResponse,
    BeginTransactionResponse,
    CommitResponse,
    Write,
    WriteResponse,
    timestamp,
)
from .writes import check, target

_LETTERS = string.ascii_letters + string.digits


def check_writes(writes: Any, database: DatabaseName) -> None:
    """Refuse a commit that no state of the documents could make possible."""
    transforms: dict[Path, int] = {}
    for write in writes:
        path = target(write, database)
        check(write)
        count = len(write.update_transforms) + len(write.transform.field_transforms)
        if count:
            transforms[path] = transforms.get(path, 0) + count
            if transforms[path] > MAX_TRANSFORMS:
                raise invalid(f"{path.name} has more than {MAX_TRANSFORMS} field transforms in one commit.")


class WritingMethods:
    """The part of the service that writes."""

    def __init__(self, core: Core) -> None:
        self.core = core

    async def commit(self, request: Any) -> Any:
        """Commit: all writes or none, in a transaction if one is named."""
        database = parse_database(request.database)
        check_writes(request.writes, database)
        transaction = None
        if request.transaction:
            transaction = self.core.transactions.use(request.transaction, database)
            if transaction.read_only and request.writes:
                raise invalid("Cannot modify entities in a read-only transaction.")
        committed = await self.core.commit(database, request.writes, transaction)
        return CommitResponse(write_results=committed.results, commit_time=timestamp(committed.time))

    async def begin_transaction(self, request: Any) -> Any:
        """BeginTransaction, read-write unless the options say read-only."""
        transaction = self.core.begin(parse_database(request.database), request.options)
        return BeginTransactionResponse(transaction=transaction.token)

    async def rollback(self, request: Any) -> Any:
        """Rollback: the transaction is forgotten."""
        database = parse_database(request.database)
        if not request.transaction:
            raise invalid("The request names no transaction.")
        self.core.transactions.roll_back(request.transaction, database)
        return Empty()

    async def create_document(self, request: Any) -> Any:
        """CreateDocument, with an id of 20 letters and digits if none is given."""
        parent = parse_parent(request.parent)
        identity = request.document_id or "".join(secrets.choice(_LETTERS) for _ in range(20))
        check_id(request.collection_id)
        check_id(identity)
        path = Path(parent.database, (*parent.segments, request.collection_id, identity))
        write = Write(update=request.document, current_document={"exists": False})
        write.update.name = path.name
        return await self._write_one(path, write, mask_of(request))

    async def update_document(self, request: Any) -> Any:
        """UpdateDocument: within its mask, or the whole."""
        path = parse_document(request.document.name)
        write = Write(update=request.document)
        if request.HasField("update_mask"):
            write.update_mask.CopyFrom(request.update_mask)
        if request.HasField("current_document"):
            write.current_document.CopyFrom(request.current_document)
        return await self._write_one(path, write, mask_of(request))

    async def delete_document(self, request: Any) -> Any:
        """DeleteDocument; one that is not there is no error unless a precondition says so."""
        path = parse_document(request.name)
        write = Write(delete=path.name)
        if request.HasField("current_document"):
            write.current_document.CopyFrom(request.current_document)
        check(write)
        await self.core.commit(path.database, [write])
        return Empty()

    async def _write_one(self, path: Path, write: Any, mask: Any) -> bytes:
        check_writes([write], path.database)
        committed = await self.core.commit(path.database, [write])
        if committed.changes:
            stored = committed.changes[0].after
        else:
            with self.core.newest() as reading:
                stored = reading.document(path)
        return masked(stored or b"", mask)

    async def batch_write(self, request: Any) -> Any:
        """BatchWrite: each write for itself, in no order, with a status each."""
        database = parse_database(request.database)
        if len(request.writes) > MAX_WRITES_IN_BATCH_WRITE:
            raise invalid(f"A batch of {len(request.writes)} writes; at most {MAX_WRITES_IN_BATCH_WRITE} are allowed.")
        paths = [target(write, database) for write in request.writes]
        if len(set(paths)) != len(paths):
            raise invalid("A document may be written only once in a batch.")
        outcomes = await asyncio.gather(
            *(self._alone(database, write, request) for write in request.writes), return_exceptions=True
        )
        answer = BatchWriteResponse()
        for outcome in outcomes:
            result, status = answer.write_results.add(), answer.status.add()
            if isinstance(outcome, FirestoreError):
                status.code, status.message = outcome.code.value[0], outcome.message
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                result.CopyFrom(outcome.results[0])
        return answer

    def _alone(self, database: DatabaseName, write: Any, call: object) -> asyncio.Future[Committed]:
        try:
            check(write)
            return self.core.committer.commit(database, [write], self.core.guard(None), call)
        except FirestoreError as error:
            refused: asyncio.Future[Committed] = asyncio.get_running_loop().create_future()
            refused.set_exception(error)
            return refused

    async def write(self, requests: AsyncIterator[Any]) -> AsyncGenerator[Any]:
        """Write: a handshake that names the database, then one commit a message, answered in order."""
        database: DatabaseName | None = None
        stream = secrets.token_hex(8)
        count = 0
        async for request in requests:
            if database is None:
                database = parse_database(request.database)
                if request.writes:
                    raise invalid("The first message of a write stream may not contain writes.")
                stream = request.stream_id or stream
            elif request.stream_id:
                raise invalid("Only the first message of a write stream may name the stream.")
            elif not request.stream_token:
                raise invalid("A message of a write stream needs the stream token of the last answer.")
            count += 1
            response = WriteResponse(stream_id=stream, stream_token=str(count).encode())
            if request.writes:
                check_writes(request.writes, database)
                committed = await self.core.commit(database, request.writes)
                response.write_results.extend(committed.results)
                response.commit_time.CopyFrom(timestamp(committed.time))
            yield response
