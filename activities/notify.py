"""Alerts to people: on the live topic of the dock, from where WebSocket and telemetry peer pass them on."""

from __future__ import annotations

import time
from typing import Any, Literal

import orjson
from pydantic import BaseModel, Field
from temporalio import activity

from activities.connection import MqttConnection


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

    def __init__(self, connection: MqttConnection) -> None:
        self._connection = connection

    @activity.defn
    async def alert(self, given: Alert) -> None:
        """Publish an alert; one that nobody listens to is gone."""
        at = time.time_ns() // 1_000_000
        data = given.model_dump(exclude={"org_id", "sn"})
        payload = orjson.dumps({"sn": given.sn, "part": "alert", "at": at, "data": data})
        await self._connection.publish(f"argus/live/{given.org_id}/{given.sn}/alert", payload, qos=0)
