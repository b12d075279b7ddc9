"""`Idempotency-Key`: the same request twice is one thing, and the same key for another request is a mistake."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Annotated, Final
from uuid import UUID, uuid4, uuid5

from fastapi import Header

from api.deps import Parts
from api.problems import Refused
from api.security import Principal
from store.audit import Served
from store.document import now

NAMESPACE: Final = UUID("6f1d9a52-0f3a-4e2c-9a4b-6c1c3f6f7a10")
KEPT: Final = timedelta(hours=24)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=255,
        description="Any text of your own; a repeated request with it starts nothing new",
    ),
]


async def resource_id(parts: Parts, caller: Principal, route: str, key: str | None, body: str) -> str:
    """The id for what a request is to start: new, or the one that the same key got before.

    Raises Refused 422 when the key was used with another body.
    """
    if key is None:
        return uuid4().hex
    served = Served(
        id=uuid5(NAMESPACE, f"{caller.org}|{route}|{key}").hex,
        org_id=caller.org,
        fingerprint=hashlib.sha256(f"{route}\n{body}".encode()).hexdigest(),
        resource_id=uuid5(NAMESPACE, f"{caller.org}|{route}|{key}|resource").hex,
        expires_at=now() + KEPT,
    )
    if not await parts.idempotency.create(served):
        before = await parts.idempotency.get(served.id)
        if before is not None and before.fingerprint != served.fingerprint:
            raise Refused(
                422,
                "idempotency-key-reused",
                "This Idempotency-Key was used for another request.",
                field="Idempotency-Key",
                cure="Use a new key for a new request.",
            )
    return served.resource_id
