"""Methods that read documents by name: get, batch get, list documents, list collection ids."""

import base64
import binascii
from collections.abc import AsyncGenerator, Iterator
from typing import Any

from .core import Core, Reading
from .errors import invalid, not_found
from .execution import run
from .fieldpaths import DOCUMENT_ID, FieldPath, parse, project
from .names import Path, check_id, parse_database, parse_document, parse_parent, segment_key
from .queries import parse_query
from .wire import (
    BatchGetDocumentsResponse,
    Document,
    ListCollectionIdsResponse,
    ListDocumentsResponse,
    StructuredQuery,
    found_response,
)

DEFAULT_PAGE = 300
MAX_PAGE = 1000


def mask_of(request: Any) -> list[FieldPath] | None:
    """The fields that a read is limited to, or None for all."""
    if not request.HasField("mask"):
        return None
    return [parse(text) for text in request.mask.field_paths]


def masked(stored: bytes, mask: list[FieldPath] | None) -> bytes:
    """A stored document with the fields of a mask."""
    if mask is None:
        return stored
    document = Document()
    project(Document.FromString(stored), [path for path in mask if path != DOCUMENT_ID], document)
    cut: bytes = document.SerializeToString()
    return cut


def encode_token(text: str) -> str:
    """A page token."""
    return base64.urlsafe_b64encode(text.encode()).decode()


def decode_token(token: str) -> str:
    """Read a page token back. Raises INVALID_ARGUMENT."""
    try:
        return base64.b64decode(token.encode(), b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, UnicodeEncodeError) as error:
        raise invalid("The page token is not one of this server's.") from error


class ReadingMethods:
    """The part of the service that reads by name."""

    def __init__(self, core: Core) -> None:
        self.core = core

    async def get_document(self, request: Any) -> Any:
        """GetDocument: one document, or NOT_FOUND."""
        path = parse_document(request.name)
        mask = mask_of(request)
        with self.core.reading(path.database, request) as reading:
            stored = reading.document(path)
        if stored is None:
            raise not_found(f'Document "{path.name}" not found.')
        return masked(stored, mask)

    async def batch_get(self, request: Any) -> AsyncGenerator[Any]:
        """BatchGetDocuments: what is found, then what is missing, each in the order of the request and once."""
        database = parse_database(request.database)
        mask = mask_of(request)
        paths = list(dict.fromkeys(parse_document(name) for name in request.documents))
        for path in paths:
            if path.database != database:
                raise invalid(f'Document "{path.name}" is not in the database of the request, "{database}".')
        with self.core.reading(database, request) as reading:
            stamp = reading.stamp.SerializeToString()
            if reading.new_token or not paths:
                yield BatchGetDocumentsResponse(transaction=reading.new_token, read_time=reading.stamp)
            found = [(path, reading.document(path)) for path in paths]
        # Google answers with what exists first.
        for _, stored in found:
            if stored is not None:
                yield found_response(masked(stored, mask), stamp)
        for path, stored in found:
            if stored is None:
                yield BatchGetDocumentsResponse(missing=path.name, read_time=reading.stamp)

    async def list_collection_ids(self, request: Any) -> Any:
        """ListCollectionIds: a page of them, in order."""
        parent = parse_parent(request.parent)
        size = min(request.page_size, MAX_PAGE) if request.page_size > 0 else MAX_PAGE
        after = decode_token(request.page_token) if request.page_token else None
        with self.core.reading(parent.database, request) as reading:
            ids = reading.snapshot.list_collection_ids(parent)
        left = [name for name in ids if after is None or segment_key(name) > segment_key(after)]
        token = encode_token(left[size - 1]) if len(left) > size else ""
        return ListCollectionIdsResponse(collection_ids=left[:size], next_page_token=token)

    async def list_documents(self, request: Any) -> Any:
        """ListDocuments: a page of a collection, with missing documents that have something below them if asked."""
        parent = parse_parent(request.parent)
        mask = mask_of(request)
        if request.collection_id:
            check_id(request.collection_id)
        if request.page_size < 0:
            raise invalid("The page size may not be negative.")
        size = min(request.page_size, MAX_PAGE) if request.page_size else DEFAULT_PAGE
        token = decode_token(request.page_token) if request.page_token else ""
        if request.show_missing and request.order_by:
            raise invalid("show_missing cannot be combined with order_by.")
        name = request.collection_id or None

        def covers(path: Path) -> bool:
            return path.segments[:-2] == parent.segments and name in (None, path.segments[-2])

        with self.core.reading(parent.database, request) as reading:
            reading.note_query(lambda change: covers(change.path), covers)
            if request.order_by:
                start = int(token) if token.isdigit() else 0
                listed = self._ordered(reading, parent, request, start, size)
                following = str(start + size)
            else:
                listed = self._by_id(reading, parent, request, token, size)
                following = Document.FromString(listed[size - 1]).name if len(listed) > size else ""
        documents = [Document.FromString(masked(stored, mask)) for stored in listed[:size]]
        more = len(listed) > size
        return ListDocumentsResponse(documents=documents, next_page_token=encode_token(following) if more else "")

    def _ordered(self, reading: Reading, parent: Path, request: Any, start: int, size: int) -> list[bytes]:
        query = StructuredQuery(offset=start, limit={"value": size + 1})
        query.from_.add(collection_id=request.collection_id)
        for part in request.order_by.split(","):
            words = part.split()
            if not 1 <= len(words) <= 2 or (len(words) == 2 and words[1].lower() not in ("asc", "desc")):
                raise invalid(f'Invalid order_by "{request.order_by}": expected "field [asc|desc], ...".')
            direction = 2 if words[-1].lower() == "desc" and len(words) == 2 else 1
            query.order_by.add(field={"field_path": words[0]}, direction=direction)
        return [view.data for view in run(reading.snapshot, parse_query(parent, query))]

    def _by_id(self, reading: Reading, parent: Path, request: Any, token: str, size: int) -> list[bytes]:
        after = b""
        prefix = ""
        if token:
            last = parse_document(token)
            after, prefix = segment_key(last.id), last.collection
        name = request.collection_id or None
        listed: list[bytes] = []
        for number, path, _ in reading.snapshot.collections(parent, name, deep=False):
            if path >= prefix:
                below = after if path == prefix else b""
                listed += self._take(reading, parent, path, number, below, request.show_missing, size + 1 - len(listed))
        if request.show_missing and name is not None and not reading.snapshot.collections(parent, name, deep=False):
            path = "/".join((*parent.segments, name))
            listed += self._take(reading, parent, path, None, after, True, size + 1)
        return listed

    def _take(
        self,
        reading: Reading,
        parent: Path,
        collection: str,
        number: int | None,
        after: bytes,
        missing: bool,
        most: int,
    ) -> list[bytes]:
        rows: Iterator[tuple[bytes, bytes]] = iter(())
        if number is not None:
            rows = reading.snapshot.rows(number, after)
        absent: list[tuple[bytes, bytes]] = []
        if missing:
            holder = Path(parent.database, tuple(collection.split("/")))
            for identity in reading.snapshot.parents_below(holder):
                key = segment_key(identity)
                if key > after:
                    name = f"{holder.name}/{identity}"
                    absent.append((key, Document(name=name).SerializeToString()))
        taken: dict[bytes, bytes] = {}
        for key, stored in rows:
            taken[key] = stored
            if len(taken) >= most:
                break
        for key, stub in absent:
            taken.setdefault(key, stub)
        return [taken[key] for key in sorted(taken)][:most]
