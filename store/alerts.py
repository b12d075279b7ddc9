"""`dji_alerts/{id}`: what docks and sagas warn of, one document for each time that something arises.

Written when it arises, changes its level, ends or is acknowledged, and not for each message that repeats it. What
stands is `open`; what happens just once is over at once, and waits to be acknowledged all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import Field

from store.audit import Audit, AuditEntry
from store.document import Document, Part, Repository, now
from store.events import Events, about

Level = Literal["notice", "caution", "warning"]
LEVELS: Final[tuple[Level, ...]] = ("notice", "caution", "warning")
MOST_SHOWN: Final = 20
"""Alerts of a dock in its live picture, beside those that are open."""
NOTE_LENGTH: Final = 500


class Acknowledged(Part):
    """Who has seen to it."""

    user: str
    role: str
    note: str = ""
    at: datetime = Field(default_factory=now)


class Alert(Document):
    """`data` is what the dock said, under DJI's own names; `subject` tells one alarm of a kind from another."""

    collection: ClassVar[str] = "dji_alerts"

    id: str
    org_id: str
    sn: str
    mission_id: str | None = Field(None, description="The dock's mission when it arose")
    flight_id: str | None = Field(None, description="The flight that it is about, where the dock names one")
    kind: str = Field(description="As in the event `alert.{kind}`")
    level: Level
    text: str
    subject: str = ""
    module: str | None = Field(None, description="hms: what it is about: tasks, devices, media, health")
    code: str | None = Field(None, description="hms: DJI's code")
    device: str | None = Field(None, description="hms: model key of the device that it is about")
    in_flight: bool | None = Field(None, description="hms: whether it arose in flight")
    data: dict[str, Any] = Field(default_factory=dict)
    open: bool = True
    lapses: bool = Field(False, description="Ends by itself: when nobody says it any more, or the aircraft is inside")
    raised_at: datetime = Field(default_factory=now)
    said_at: datetime = Field(default_factory=now, description="When it was said, as far as that was written down")
    ended_at: datetime | None = None
    ended: str | None = Field(None, description="By what it ended")
    acknowledged: bool = False
    acknowledgement: Acknowledged | None = None

    @property
    def key(self) -> str:
        return self.id

    def shown(self) -> dict[str, Any]:
        """As people and programs are shown it."""
        return self.model_dump(mode="json", by_alias=True, exclude={"org_id", "subject", "lapses", "said_at"})


def alert_id(org_id: str, sn: str, kind: str, subject: str, occasion: str) -> str:
    """The same for the same word about the same thing, however often it is heard; another when it arises again."""
    return hashlib.sha256("\n".join((org_id, sn, kind, subject, occasion)).encode()).hexdigest()[:32]


class AlertUnknown(Exception):
    """There is no such alert in the organisation."""


class Alerts(Repository[Alert]):
    model = Alert

    def __init__(self, client: AsyncClient) -> None:
        super().__init__(client)
        self._audit = Audit(client)

    async def standing(self, sn: str, org_id: str, transaction: AsyncTransaction | None = None) -> list[Alert]:
        """The open alerts of a dock."""
        return await self.find(orgId=org_id, sn=sn, open=True, transaction=transaction)

    async def lapsing(self) -> list[Alert]:
        """Open alerts of all docks that end without a word."""
        return await self.find(open=True, lapses=True)

    async def picture(self, sn: str, org_id: str) -> dict[str, Any]:
        """The live picture of a dock's alerts: those that are open, and the newest ones, newest first."""
        newest = await self.find(orgId=org_id, sn=sn, order_by="-raisedAt", limit=MOST_SHOWN)
        return picture_of([*newest, *await self.standing(sn, org_id)])

    async def close(self, sn: str, org_id: str, why: str) -> None:
        """End all that is open of a dock."""
        for alert in await self.standing(sn, org_id):
            await self.patch(alert.id, ended(why))

    async def acknowledge(self, alert_id: str, org_id: str, by: Acknowledged, events: Events) -> Alert:
        """Somebody has seen to it, with audit entry and event. Who came first stays. Raises AlertUnknown."""

        async def step(transaction: AsyncTransaction) -> Alert:
            alert = await self.get(alert_id, transaction)
            if alert is None or alert.org_id != org_id:
                raise AlertUnknown(alert_id)
            if alert.acknowledged:
                return alert
            fields = {"acknowledged": True, "acknowledgement": by.model_dump(by_alias=True)}
            transaction.update(self.ref(alert_id), fields)
            entry = AuditEntry(
                id=f"alert-{alert_id}", org_id=org_id, user=by.user, role=by.role, action="alert.acknowledge",
                target=alert_id, reason=by.note, details={"sn": alert.sn, "kind": alert.kind, "text": alert.text},
            )  # fmt: skip
            transaction.set(self._audit.ref(entry.key), entry.to_fields())
            alert = alert.model_copy(update={"acknowledged": True, "acknowledgement": by})
            await events.emit(
                org_id, "alert.acknowledged", about("dock", alert.sn, alert=alert_id), alert.shown(),
                key=alert_id, within=transaction,
            )  # fmt: skip
            return alert

        return await events.transact(step)


def ended(why: str) -> dict[str, Any]:
    """The fields of an alert that has ended."""
    return {"open": False, "lapses": False, "ended": why, "endedAt": now()}


def picture_of(alerts: Iterable[Alert]) -> dict[str, Any]:
    """Of alerts in any order, some maybe twice."""
    each = {alert.id: alert for alert in alerts}
    return {"alerts": [alert.shown() for alert in sorted(each.values(), key=lambda a: a.raised_at, reverse=True)]}
