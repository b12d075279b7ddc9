"""What all documents share: camelCase field names, tolerance for fields of a newer version, and a repository."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar, Final, Generic, Self, TypeVar

from google.api_core.exceptions import Aborted, AlreadyExists
from google.cloud.firestore import AsyncClient, AsyncTransaction, async_transactional
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from store import encoding
from store.calls import RETRY
from store.gathering import Documents
from store.querying import found

T = TypeVar("T")


def now() -> datetime:
    """This moment in UTC, to the millisecond: what Firestore keeps and JSON shows."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


class Part(BaseModel):
    """A map inside a document."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")


class Document(Part):
    """One document. `collection` names where its kind lives; `key` is the document's name."""

    collection: ClassVar[str]

    @property
    def key(self) -> str:
        raise NotImplementedError

    def to_fields(self) -> dict[str, Any]:
        """The fields as Firestore takes them."""
        return self.model_dump(by_alias=True)

    @classmethod
    def from_fields(cls, fields: dict[str, Any]) -> Self:
        return cls.model_validate(fields)


D = TypeVar("D", bound=Document)
H = TypeVar("H", bound=Document)

# Firestore's rule: no slash, no dots alone, not __reserved__, at most 1,500 bytes.
_NAMES: Final = re.compile(r"(?!\.{1,2}$)(?!__.*__$)[^/\x00]{1,375}")


@cache
def field_names(model: type[Document]) -> tuple[str, ...]:
    """As they stand in the store."""
    return tuple(field.alias or name for name, field in model.model_fields.items())


def is_name(key: str) -> bool:
    """Whether a document could have this name."""
    return _NAMES.fullmatch(key) is not None


class Repository(Generic[D]):
    """Reads and writes of one kind of document. Subclasses add what their saga needs as transactions."""

    model: type[D]

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.collection = client.collection(self.model.collection)
        self._documents = Documents.of(client)

    def ref(self, key: str) -> Any:
        return self.collection.document(key)

    async def get(self, key: str, transaction: AsyncTransaction | None = None) -> D | None:
        """The document; None where there is none, also under a name that none could have (ids come from people)."""
        return await self._read(key, self.model, (), transaction)

    async def glance(self, key: str, head: type[H]) -> H | None:
        """The fields that `head` has, which the repository's model extends; None where there is no document."""
        return await self._read(key, head, field_names(head), None)

    async def _read(
        self, key: str, model: type[H], only: tuple[str, ...], transaction: AsyncTransaction | None
    ) -> H | None:
        """The whole document, or `only` some fields of it."""
        if not is_name(key):
            return None
        reference = self.ref(key)
        if transaction is None:
            try:
                fields = await self._documents.get(_name(reference), only)
            except encoding.NotPlain:
                pass
            else:
                return None if fields is None else model.from_fields(fields)
        snapshot = await reference.get(only or None, transaction=transaction, retry=RETRY)
        return model.from_fields(snapshot.to_dict()) if snapshot.exists else None

    async def put(self, document: D) -> None:
        """Write the whole document, whatever was there."""
        fields = document.to_fields()
        await self._write(
            document.key,
            lambda name: encoding.whole(name, fields),
            lambda reference: reference.set(fields, retry=RETRY),
        )

    async def create(self, document: D) -> bool:
        """Write a new document; False where one of that name exists, which is then left as it is."""
        fields = document.to_fields()
        try:
            await self._write(
                document.key,
                lambda name: encoding.whole(name, fields, new=True),
                lambda reference: reference.create(fields, retry=RETRY),
            )
        except AlreadyExists:
            return False
        return True

    async def patch(self, key: str, fields: dict[str, Any]) -> None:
        """Change the named fields (camelCase, dotted paths allowed). Raises NotFound where there is no document."""
        await self._write(
            key,
            lambda name: encoding.update(name, fields),
            lambda reference: reference.update(fields, retry=RETRY),
        )

    async def _write(
        self, key: str, plain: Callable[[str], Any], otherwise: Callable[[Any], Awaitable[object]]
    ) -> None:
        """By a message of `store.encoding`; what is not plain by Google's client."""
        reference = self.ref(key)
        try:
            write = plain(_name(reference))
        except encoding.NotPlain:
            await otherwise(reference)
        else:
            await self._documents.write(write)

    async def delete(self, key: str) -> None:
        await self.ref(key).delete(retry=RETRY)

    async def find(
        self,
        *,
        limit: int | None = None,
        order_by: str | None = None,
        transaction: AsyncTransaction | None = None,
        **equal: Any,
    ) -> list[D]:
        """Documents whose fields (camelCase) equal the given values; of a list of values, one of them."""
        results = self.stream(limit=limit, order_by=order_by, transaction=transaction, **equal)
        return [document async for document in results]

    async def stream(
        self,
        *,
        limit: int | None = None,
        order_by: str | None = None,
        transaction: AsyncTransaction | None = None,
        **equal: Any,
    ) -> AsyncIterator[D]:
        """The same one by one, as they come."""
        async with aclosing(self._results(limit, order_by, equal, transaction)) as results:
            async for fields in results:
                yield self.model.from_fields(fields)

    def _results(
        self, limit: int | None, order_by: str | None, equal: dict[str, Any], transaction: AsyncTransaction | None
    ) -> AsyncGenerator[dict[str, Any]]:
        """By a message of `store.encoding`; what is not plain, or within a transaction, by Google's client."""
        if transaction is None:
            with suppress(encoding.NotPlain):
                query = encoding.query(self.collection.id, equal, order_by, limit)
                return found(self.client, self.collection._parent_info()[0], query)
        return self._by_client(limit, order_by, equal, transaction)

    async def _by_client(
        self, limit: int | None, order_by: str | None, equal: dict[str, Any], transaction: AsyncTransaction | None
    ) -> AsyncGenerator[dict[str, Any]]:
        query: Any = self.collection
        for name, value in equal.items():
            query = query.where(filter=FieldFilter(name, "in" if isinstance(value, list) else "==", value))
        if order_by is not None:
            descending = order_by.startswith("-")
            query = query.order_by(order_by.lstrip("-"), direction="DESCENDING" if descending else "ASCENDING")
        if limit is not None:
            query = query.limit(limit)
        async for snapshot in query.stream(transaction=transaction, retry=RETRY):
            yield snapshot.to_dict()

    async def transact(self, step: Callable[[AsyncTransaction], Awaitable[T]]) -> T:
        """Run `step` in a transaction, again where another one won. Reads come before writes.

        Raises Aborted where others win all the time: the caller may try again.
        """

        async def body(transaction: AsyncTransaction) -> T:
            return await step(transaction)

        try:
            result: T = await async_transactional(body)(self.client.transaction())
        except ValueError as error:
            if isinstance(error.__cause__, Aborted):
                raise Aborted(error.__cause__.message) from None  # type: ignore[no-untyped-call]
            raise
        return result


def _name(reference: Any) -> str:
    name: str = reference._document_path
    return name
