"""The other end of a dock, for tests of the dock alone: it hears all, answers requests as told, and sends commands."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt

import dji
from dji.topics import Kind
from embedded.parts import MosquittoBroker
from simulator.tasks import ended

ORG, CODE = "org-1", "code-1"
Json = dict[str, Any]
Responder = Callable[[dji.Message], Any]


def bind_status(message: dji.Message) -> Json:
    return {
        "bind_status": [
            {"sn": device["sn"], "is_device_bind_organization": False, "organization_id": "", "organization_name": ""}
            for device in message.raw["devices"]
        ]
    }


def bind(message: dji.Message) -> Json:
    return {"err_infos": [{"sn": device["sn"], "err_code": 0} for device in message.raw["bind_devices"]]}


CONFIG = {"ntp_server_host": "ntp", "ntp_server_port": 123, "app_id": "1", "app_key": "k", "app_license": "l"}


class Cloud:
    """Hears every dock of a broker. `answers[method]` makes the output of a reply; None keeps it silent."""

    def __init__(self, client: aiomqtt.Client, broker: MosquittoBroker) -> None:
        self.client = client
        self.broker = broker
        self.heard: list[dji.Message] = []
        self.raw: list[tuple[str, bytes]] = []
        self.changed = asyncio.Condition()
        self.answers: dict[str, Responder | None] = {
            "config": lambda message: CONFIG,
            "airport_bind_status": bind_status,
            "airport_organization_get": lambda message: {"organization_name": "Org"},
            "airport_organization_bind": bind,
            "update_topo": lambda message: None,
            "flight_areas_get": lambda message: None,
            "offline_map_get": lambda message: None,
        }
        self.results: dict[str, int] = {}
        self.answers_events = True

    def qr(self, **changes: Any) -> str:
        """A QR code whose account is the broker's own, so that nothing is forbidden."""
        code = {
            "v": 1,
            "mqtt": f"tcp://{self.broker.host}:{self.broker.port}",
            "account": self.broker.username,
            "password": self.broker.password,
            "organization_id": ORG,
            "device_binding_code": CODE,
        }
        return json.dumps(code | changes)

    async def listen(self) -> None:
        await self.client.subscribe("thing/product/#", qos=1)
        await self.client.subscribe("sys/product/#", qos=1)
        async for message in self.client.messages:
            topic, payload = str(message.topic), bytes(message.payload)
            self.raw.append((topic, payload))
            try:
                decoded = dji.decode(topic, payload)
            except dji.DecodeError:
                decoded = None
            if decoded is not None and decoded.kind.up:
                await self._answer(decoded)
            async with self.changed:
                if decoded is not None:
                    self.heard.append(decoded)
                self.changed.notify_all()

    async def _answer(self, message: dji.Message) -> None:
        method = message.method
        if message.kind is Kind.EVENTS:
            if message.need_reply and self.answers_events:
                await self.publish(dji.reply_to(message, self.results.get(method, 0), timestamp=now_ms()))
            return
        if message.kind not in (Kind.REQUESTS, Kind.STATUS):
            return
        if method not in self.answers:
            await self.publish(dji.reply_to(message, 210003, timestamp=now_ms()))
            return
        responder = self.answers[method]
        if responder is None:
            return
        output, result = responder(message), self.results.get(method, 0)
        if method == "config":
            data = output
        else:
            data = {"result": result} | ({"output": output} if output is not None and not result else {})
        await self.publish(dji.reply_to(message, data, timestamp=now_ms()))

    async def publish(self, message: dji.Message) -> None:
        await self.client.publish(*dji.encode(message), qos=1)

    async def send(
        self, sn: str, method: str, data: Json | None = None, *, tid: str | None = None, bid: str | None = None
    ) -> str:
        """Send a command; its tid."""
        tid = tid or str(uuid.uuid4())
        message = dji.command(sn, method, data, tid=tid, bid=bid or str(uuid.uuid4()), timestamp=now_ms())
        await self.publish(message)
        return tid

    async def command(self, sn: str, method: str, data: Json | None = None, **ids: str) -> dji.Message:
        """Send a command and wait for its reply."""
        tid = await self.send(sn, method, data, **ids)
        return await self.hear(lambda m: m.kind is Kind.SERVICES_REPLY and m.tid == tid)

    async def result(self, sn: str, method: str, data: Json | None = None, **ids: str) -> int | None:
        return (await self.command(sn, method, data, **ids)).result

    async def raw_result(self, sn: str, method: str, data: Any, **envelope: Any) -> int | None:
        """Send what our own encoder would not: the result it is answered with."""
        tid = str(uuid.uuid4())
        message = {"tid": tid, "bid": tid, "timestamp": now_ms(), "method": method, "data": data} | envelope
        await self.client.publish(f"thing/product/{sn}/services", json.dumps(message), qos=1)
        return (await self.hear(lambda m: m.kind is Kind.SERVICES_REPLY and m.tid == tid)).result

    async def hear(self, wanted: Callable[[dji.Message], bool], timeout: float = 20) -> dji.Message:
        """The first message that is wanted, heard already or to come."""
        async with asyncio.timeout(timeout), self.changed:
            await self.changed.wait_for(lambda: any(wanted(message) for message in self.heard))
        return next(message for message in self.heard if wanted(message))

    async def event(self, method: str, wanted: Callable[[Any], bool] = lambda data: True, timeout: float = 20) -> Any:
        """The data of the first such event."""
        message = await self.hear(lambda m: m.kind is Kind.EVENTS and m.method == method and wanted(m.raw), timeout)
        return message.raw

    def all(self, kind: Kind, method: str = "", sn: str | None = None) -> list[dji.Message]:
        return [m for m in self.heard if m.kind is kind and m.method == method and sn in (None, m.sn)]

    def forget(self) -> None:
        """As if nothing had been heard yet."""
        self.heard.clear()
        self.raw.clear()


def now_ms() -> int:
    return time.time_ns() // 1_000_000


@asynccontextmanager
async def connected(broker: MosquittoBroker) -> AsyncIterator[Cloud]:
    async with aiomqtt.Client(
        broker.host, broker.port, username=broker.username, password=broker.password, identifier=f"cloud-{uuid.uuid4()}"
    ) as client:
        cloud = Cloud(client, broker)
        task = asyncio.create_task(cloud.listen())
        try:
            yield cloud
        finally:
            await ended([task])
