"""Alerts of sagas to people: kept, told to webhooks, and on the dock's live topic for WebSocket and telemetry peer."""

from __future__ import annotations

import time
from typing import Any, Final, Literal

import orjson
from google.cloud.firestore import AsyncClient
from pydantic import BaseModel, Field
from temporalio import activity

from activities.connection import MqttConnection
from activities.occasion import this_time
from store.alerts import Alert as Document
from store.alerts import Alerts, alert_id
from store.docks import Docks
from store.document import now
from store.events import Events, about

# The dock said it, and the bridge has told of it, whether or not a saga was there to hear
TOLD_BY_BRIDGE: Final = frozenset({"exit-homing"})


class Alert(BaseModel):
    """`code` names the kind for programs, `text` says it for people."""

    org_id: str
    sn: str
    level: Literal["notice", "caution", "warning"]
    code: str
    text: str
    saga: str
    data: dict[str, Any] = Field(default_factory=dict)


class Notify:
    """Activities that tell people."""

    def __init__(self, client: AsyncClient, connection: MqttConnection, events: Events) -> None:
        self._alerts, self._docks = Alerts(client), Docks(client)
        self._connection = connection
        self._events = events

    @activity.defn
    async def alert(self, given: Alert) -> None:
        """Keep an alert, have the organisation's endpoints told, and publish it for who listens now."""
        if given.code not in TOLD_BY_BRIDGE:
            kind = given.code.replace("-", "_")
            said = given.model_dump(exclude={"org_id", "sn"}, exclude_defaults=True)
            dock = await self._docks.get(given.sn)
            mission = dock.mission_id if dock is not None else None
            at = now()
            alert = Document(
                id=alert_id(given.org_id, given.sn, kind, given.saga, this_time()), org_id=given.org_id, sn=given.sn,
                mission_id=mission, kind=kind, level=given.level, text=given.text,
                data=given.data | {"saga": given.saga},
                open=False, raised_at=at, said_at=at, ended_at=at, ended="it happened once",
            )  # fmt: skip
            await self._alerts.create(alert)
            subject = about("dock", given.sn, mission=mission, alert=alert.id)
            await self._events.emit(given.org_id, f"alert.{kind}", subject, said, key=this_time())
            await self._show(given, "alerts", await self._alerts.picture(given.sn, given.org_id))
        await self._show(given, "alert", given.model_dump(exclude={"org_id", "sn"}))

    async def _show(self, given: Alert, part: str, data: dict[str, Any]) -> None:
        at = time.time_ns() // 1_000_000
        payload = orjson.dumps({"sn": given.sn, "part": part, "at": at, "data": data})
        await self._connection.publish(f"argus/live/{given.org_id}/{given.sn}/{part}", payload, qos=0)
