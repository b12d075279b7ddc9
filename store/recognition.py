"""`dji_recognition/{sn}`: what the AI of a Dock 3's aircraft looks for and follows, as it last said."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import Field

from store.document import Document, Repository, now
from store.events import Events, about


class Recognition(Document):
    collection: ClassVar[str] = "dji_recognition"

    sn: str
    org_id: str
    info: dict[str, Any] = Field(default_factory=dict, description="`drc_ai_info_push`, under DJI's names")
    at: datetime = Field(default_factory=now, description="Since when it is so")

    @property
    def key(self) -> str:
        return self.sn


class Recognitions(Repository[Recognition]):
    model = Recognition

    def __init__(self, client: AsyncClient, events: Events) -> None:
        super().__init__(client)
        self._events = events

    async def heard(self, sn: str, org_id: str, info: dict[str, Any]) -> None:
        """Keep what the aircraft said; a change is told in the same transaction, a repetition writes nothing."""

        async def step(transaction: AsyncTransaction) -> None:
            found = await self.get(sn, transaction)
            if found is not None and found.org_id == org_id and found.info == info:
                return
            document = Recognition(sn=sn, org_id=org_id, info=info)
            transaction.set(self.ref(sn), document.to_fields())
            key = document.at.isoformat()
            await self._events.emit(org_id, "ai.changed", about("dock", sn), info, key=key, within=transaction)

        await self._events.transact(step)
