"""Queries that `store.encoding` can write, answered without Google's wrappers: half of what its client takes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1 import _helpers
from google.cloud.firestore_v1.types import document

from store import encoding
from store.calls import Calls, tried


async def found(client: AsyncClient, parent: str, query: Any) -> AsyncGenerator[dict[str, Any]]:
    """The fields of each document that a `StructuredQuery` below `parent` finds, in order.

    Errors are those of Google's client; until the first answer, what may pass is tried again for 30 s.
    """

    async def begin() -> tuple[AsyncGenerator[Any], Any]:
        answers = Calls.of(client).run_query(parent, query)
        return answers, await anext(answers, None)

    answers, answer = await tried(begin)
    async with aclosing(answers):
        while answer is not None:
            # One without a document tells the time of the answer alone
            if answer.HasField("document"):
                yield _fields(answer.document, client)
            answer = await anext(answers, None)


def _fields(found: Any, client: AsyncClient) -> dict[str, Any]:
    try:
        return encoding.plain(found.fields)
    except encoding.NotPlain:
        fields: Any = _helpers.decode_dict(document.Document.wrap(found).fields, client)
        return dict(fields)
