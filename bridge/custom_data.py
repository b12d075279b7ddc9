"""Messages of programs on payloads and beside docks: kept, told to webhooks, and shown to who watches."""

from __future__ import annotations

from collections import defaultdict, deque
from datetime import UTC, datetime
from typing import Any, Final

from google.cloud.firestore import AsyncTransaction

from bridge.devices import Devices
from bridge.faults import until_done
from bridge.live import Live
from dji import Message
from store.custom_data import CustomData as Document
from store.custom_data import CustomDataRepository, End
from store.events import Events, about

FROM: Final[dict[str, End]] = {
    "custom_data_transmission_from_psdk": "psdk",
    "custom_data_transmission_from_esdk": "esdk",
}
SHOWN: Final = 20
"""Newest messages of a dock in its live picture, which goes out twice a second: so many may come between two."""


class CustomData:
    def __init__(self, documents: CustomDataRepository, devices: Devices, events: Events, live: Live) -> None:
        self._documents = documents
        self._devices = devices
        self._events = events
        self._live = live
        self._newest: defaultdict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=SHOWN))

    async def take(self, message: Message) -> str | None:
        """One message. Returns once the store has it; a sentence where there is nothing in it."""
        dock = await until_done(lambda: self._devices.dock(message.sn))
        data: Any = message.data
        if dock is None:
            return "custom data of a dock that is in no organisation"
        if data.value is None:
            return "custom data without a value"
        said_at = datetime.fromtimestamp(message.timestamp / 1000, UTC) if message.timestamp else None
        said = f"{message.tid}|{message.bid}|{message.timestamp}"
        document = Document.of(dock.org_id, dock.sn, FROM[message.method], data.value, said, said_at)
        if await until_done(lambda: self._keep(document)):
            newest = self._newest[dock.sn]
            newest.append(document.model_dump(mode="json", by_alias=True, exclude={"org_id", "sn"}))
            self._live.changed(dock.org_id, dock.sn, "custom", lambda: {"newest": list(newest)})
        return None

    async def _keep(self, document: Document) -> bool:
        """With its event in the same transaction; False where it was heard before."""

        async def step(transaction: AsyncTransaction) -> bool:
            if await self._documents.get(document.id, transaction) is not None:
                return False
            transaction.set(self._documents.ref(document.id), document.to_fields())
            await self._events.emit(
                document.org_id, "custom.received", about("dock", document.sn),
                {"id": document.id, "from": document.end, "value": document.value}, key=document.id, within=transaction,
            )  # fmt: skip
            return True

        return await self._events.transact(step)
