"""An export in the store: how far it is, and who is told."""

from __future__ import annotations

from typing import Any

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel
from temporalio import activity

from activities.occasion import this_time
from activities.state.audit import note
from store.audit import Audit
from store.document import now
from store.events import Events, about
from store.exports import EXPORT_OVER, Exports, ExportStatus
from store.facts import Actor


class ExportNote(BaseModel):
    """`documents`, `files`, `bytes`, `size`, `left_out` are left as they are where they are None."""

    export_id: str
    org_id: str
    status: ExportStatus
    documents: int | None = None
    files: int | None = None
    bytes: int | None = None
    size: int | None = None
    left_out: int | None = None
    error: str | None = None
    actor: Actor


class ExportState:
    """Activities on `org_exports`."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._exports = Exports(client)
        self._audit = Audit(client)
        self._events = events

    @activity.defn
    async def note_export(self, given: ExportNote) -> None:
        """Write down how far an export is; of its end, tell. One that is over, or gone, stays so."""
        counts = given.model_dump(include={"documents", "files", "bytes", "size"}, exclude_none=True)
        if given.left_out is not None:
            counts["leftOut"] = given.left_out

        async def step(transaction: AsyncTransaction) -> None:
            found = await self._exports.get(given.export_id, transaction)
            if found is None or found.status in EXPORT_OVER:
                return
            over = given.status in EXPORT_OVER
            fields: dict[str, Any] = {"status": given.status, "error": given.error, **counts}
            if over:
                fields["endedAt"] = now()
            transaction.update(self._exports.ref(found.id), fields)
            if not over:
                return
            note(
                self._audit, transaction, org_id=found.org_id, actor=given.actor, action="org.export", target=found.id,
                occasion=given.status, outcome=given.status, **counts,
            )  # fmt: skip
            data = {"status": given.status, "error": given.error, "by": given.actor.user, **counts}
            await self._events.emit(
                found.org_id, f"org.export_{given.status}", about("export", found.id), data, key=this_time(),
                within=transaction,
            )  # fmt: skip

        await self._events.transact(step)
