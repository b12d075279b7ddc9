"""Where ingresses are kept: `ingresses/{id}`. A media process holds nothing of its own that must outlive it."""

from __future__ import annotations

from typing import Any, Protocol

from google.cloud.firestore import AsyncTransaction

from store.document import now
from store.ingresses import Ingress, Ingresses, IngressState


class IngressStore(Protocol):
    """What media needs of the store. Another writes the document (state `created`); media writes what it sees."""

    async def get(self, ingress_id: str) -> Ingress | None:
        """The ingress, whatever its state."""

    async def by_key_hash(self, hashed: str) -> Ingress | None:
        """The ingress that a stream key opens; a closed one is not opened by anything."""

    async def list_live(self, media_id: str) -> list[Ingress]:
        """What the media process of that name had live when it last wrote."""

    async def list_open(self) -> list[Ingress]:
        """All that are not closed, of every media process."""

    async def mark(self, ingress_id: str, state: IngressState, fields: dict[str, Any] | None = None) -> bool:
        """Set the state and fields (camelCase). False, and nothing is written, when it is closed or not there:
        `closed` is the end, also for a process that has not heard of it."""


class FirestoreIngresses:
    """The store on Firestore, shared by all media processes."""

    def __init__(self, documents: Ingresses) -> None:
        self._documents = documents

    async def get(self, ingress_id: str) -> Ingress | None:
        return await self._documents.get(ingress_id)

    async def by_key_hash(self, hashed: str) -> Ingress | None:
        found = await self._documents.by_key_hash(hashed)
        return found if found is not None and found.state != "closed" else None

    async def list_live(self, media_id: str) -> list[Ingress]:
        return await self._documents.find(mediaId=media_id, state="live")

    async def list_open(self) -> list[Ingress]:
        return await self._documents.open()

    async def mark(self, ingress_id: str, state: IngressState, fields: dict[str, Any] | None = None) -> bool:
        reference = self._documents.ref(ingress_id)
        changes = changed_fields(state, fields)

        async def step(transaction: AsyncTransaction) -> bool:
            found = await self._documents.get(ingress_id, transaction)
            if found is None or found.state == "closed":
                return False
            transaction.update(reference, changes)
            return True

        return await self._documents.transact(step)


def changed_fields(state: IngressState, fields: dict[str, Any] | None) -> dict[str, Any]:
    """What `mark` writes: the state, the given fields, and the time of the end where it is one."""
    ended = {"closedAt": now()} if state == "closed" else {}
    return {"state": state, **ended, **(fields or {})}
