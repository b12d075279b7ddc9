"""Lists: newest first, a page at a time, each page naming where the next one starts."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from google.cloud.firestore_v1.base_query import FieldFilter
from pydantic import BaseModel, Field

from api.problems import Refused
from store.document import Document, Repository, is_name

T = TypeVar("T")
D = TypeVar("D", bound=Document)

Limit = Annotated[int, Query(ge=1, le=500, description="Items a page")]
After = Annotated[str | None, Query(description="`next` of the page before")]


class Page(BaseModel, Generic[T]):
    """A part of a list."""

    items: list[T]
    next: str | None = Field(None, description="Give it as `after` for the next page; null at the end")


async def page(
    repository: Repository[D],
    limit: int,
    after: str | None,
    order: str = "createdAt",
    since: datetime | None = None,
    until: datetime | None = None,
    **equal: Any,
) -> tuple[list[D], str | None]:
    """A page of documents with equal fields (None is no filter), newest first, and the cursor of the next one.

    `since` (inclusive) and `until` (exclusive) bound the field of the order. Raises Refused 422 for a wrong cursor.
    """
    query: Any = repository.collection
    for name, value in equal.items():
        if value is not None:
            query = query.where(filter=FieldFilter(name, "==", value))
    for operator, bound in ((">=", since), ("<", until)):
        if bound is not None:
            query = query.where(filter=FieldFilter(order, operator, bound))
    query = query.order_by(order, direction="DESCENDING")
    if after is not None:
        start = await repository.ref(after).get() if is_name(after) else None
        if start is None or not start.exists:
            raise Refused(
                422, "bad-cursor", f"{after} is no place in this list.", field="after", cure="Use `next` of a page."
            )
        query = query.start_after(start)
    found = [repository.model.from_fields(snapshot.to_dict()) async for snapshot in query.limit(limit + 1).stream()]
    more = len(found) > limit
    return found[:limit], found[limit - 1].key if more else None
