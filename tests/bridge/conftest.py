"""A bridge in this process, with real parts around it, and docks that say what they are told to say."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

import aiomqtt
import orjson
import pytest
from cryptography.fernet import Fernet
from google.cloud.firestore import AsyncClient
from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from bridge.bridge import Bridge
from embedded.parts import FirestoreServer, MinioServer, MosquittoBroker, TemporalServer
from embedded.wiring import settings_of
from process import DATA_CONVERTER
from settings import Settings
from store.client import connect
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.orgs import Org, Orgs
from store.webhooks import Webhook, Webhooks
from tests.bridge.recorder import DockRecorder, MediaRecorder, Recorder, WebhookRecorder
from tests.waiting import eventually
from timings import Timings
from worker.sandbox import build_id
from workflows.names import TASK_QUEUE

QUICK = Timings(firmware_word=1, media_look=1).model_dump_json()
SEAL_KEY = SecretStr(Fernet.generate_key().decode())
serial = itertools.count(1)


@pytest.fixture(scope="session")
async def settings(
    mosquitto: MosquittoBroker, temporal: TemporalServer, firestore: FirestoreServer, minio: MinioServer
) -> Settings:
    os.environ["FIRESTORE_EMULATOR_HOST"] = firestore.address
    return settings_of(
        temporal, mosquitto, minio, firestore_project=firestore.project, seal_key=SEAL_KEY, timings_json=QUICK
    )


@pytest.fixture(scope="session")
async def store(settings: Settings) -> AsyncClient:
    return connect(settings)


@pytest.fixture(scope="session")
async def sagas(settings: Settings) -> AsyncIterator[Client]:
    """Temporal, with a worker whose sagas only listen."""
    client = await Client.connect(settings.temporal_address, data_converter=DATA_CONVERTER)
    worker = Worker(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Recorder, DockRecorder, MediaRecorder, WebhookRecorder],
        workflow_runner=UnsandboxedWorkflowRunner(),
        build_id=build_id(),
    )
    async with worker:
        yield client


def on(settings: Settings, broker: MosquittoBroker, **changes: Any) -> Settings:
    """The same settings with a broker and a database of one's own: a bridge on them shares slots with no other."""
    own = {
        "mqtt_port": broker.port,
        "mqtt_password": SecretStr(broker.password),
        "mqtt_username": broker.username,
        "firestore_database": f"own-{uuid.uuid4().hex[:8]}",
    }
    return settings.model_copy(update=own | changes)


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Bridge]:
    """A bridge that is connected."""
    bridge = await Bridge.make(settings)
    task = asyncio.create_task(bridge.run())
    try:

        async def connected() -> bool:
            if task.done():
                task.result()
            return bool(bridge.intake.connected)

        await eventually(connected)
        yield bridge
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture(scope="session")
async def bridge(settings: Settings, sagas: Client) -> AsyncIterator[Bridge]:
    async with running(settings) as bridge:
        yield bridge


async def listening(client: Client, workflow_id: str, given: dict[str, Any] | None = None) -> WorkflowHandle[Any, Any]:
    """A saga of that id which listens."""
    return await client.start_workflow("Recorder", given or {}, id=workflow_id, task_queue=TASK_QUEUE)


async def heard(handle: WorkflowHandle[Any, Any], name: str) -> list[dict[str, Any]]:
    """Payloads of the signals of that name."""
    return [fact for signal, fact in await handle.query("heard") if signal == name]


class SpokenDock:
    """A dock's side of MQTT, by hand."""

    def __init__(self, client: aiomqtt.Client, sn: str, aircraft_sn: str) -> None:
        self.client = client
        self.sn = sn
        self.aircraft_sn = aircraft_sn
        self.replies: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def listen(self) -> None:
        async for message in self.client.messages:
            said = orjson.loads(bytes(message.payload))
            waiting = self.replies.pop(said["tid"], None)
            if waiting is not None and not waiting.done():
                waiting.set_result(said | {"topic": str(message.topic)})

    async def say(self, kind: str, data: Any, *, method: str | None = None, root: str = "thing", **more: Any) -> str:
        """Publish at QoS 1; the tid."""
        tid = more.pop("tid", None) or str(uuid.uuid4())
        sn = more.pop("sn", self.sn)
        message = {"tid": tid, "bid": tid, "timestamp": int(time.time() * 1000), "gateway": self.sn, "data": data}
        message |= more
        if method is not None:
            message["method"] = method
        await self.client.publish(f"{root}/product/{sn}/{kind}", orjson.dumps(message), qos=1)
        return tid

    async def ask(self, kind: str, method: str, data: Any, *, within: float = 3, **more: Any) -> dict[str, Any]:
        """Publish and wait for the reply."""
        tid = str(uuid.uuid4())
        waiting = self.replies[tid] = asyncio.get_running_loop().create_future()
        await self.say(kind, data, method=method, tid=tid, **more)
        return await asyncio.wait_for(waiting, within)

    async def request(self, method: str, data: Any) -> dict[str, Any]:
        """The data of the reply, which must come within a second."""
        return (await self.ask("requests", method, data, within=1))["data"]  # type: ignore[no-any-return]

    async def topology(self, *, awake: bool = False, within: float = 3) -> dict[str, Any]:
        sub = {"sn": self.aircraft_sn, "domain": "0", "type": 100, "sub_type": 1, "index": "A"}
        data: dict[str, Any] = {"domain": "3", "type": 3, "sub_type": 0, "thing_version": "1.1.2"}
        data["sub_devices"] = [sub] if awake else []
        return await self.ask("status", "update_topo", data, root="sys", within=within)

    async def osd(self, **data: Any) -> None:
        await self.say("osd", data)

    async def state(self, **data: Any) -> None:
        await self.say("state", data)


@contextlib.asynccontextmanager
async def speaking(settings: Settings, sn: str | None = None) -> AsyncIterator[SpokenDock]:
    number = f"{next(serial):03d}{uuid.uuid4().hex[:6].upper()}"
    async with aiomqtt.Client(
        settings.mqtt_host,
        settings.mqtt_port,
        username=settings.mqtt_username,
        password=settings.mqtt_password.get_secret_value(),
        max_inflight_messages=1_000,
    ) as client:
        dock = SpokenDock(client, sn or f"DOCK{number}", f"AIR{number}")
        for kind in ("requests_reply", "events_reply"):
            await client.subscribe(f"thing/product/{dock.sn}/{kind}", qos=1)
        await client.subscribe(f"sys/product/{dock.sn}/status_reply", qos=1)
        listener = asyncio.create_task(dock.listen())
        try:
            yield dock
        finally:
            listener.cancel()
            await asyncio.gather(listener, return_exceptions=True)


@pytest.fixture
async def dock(settings: Settings) -> AsyncIterator[SpokenDock]:
    """A dock that is in no organisation."""
    async with speaking(settings) as dock:
        yield dock


@pytest.fixture(scope="session")
async def org(store: AsyncClient) -> Org:
    org = Org(id=f"org-{uuid.uuid4().hex[:8]}", name="Rescue North")
    await Orgs(store).put(org)
    return org


@pytest.fixture
async def bound(dock: SpokenDock, store: AsyncClient, org: Org) -> SpokenDock:
    """A dock that is bound and paired, with its aircraft."""
    await bind(dock, store, org)
    return dock


async def bind(dock: SpokenDock, store: AsyncClient, org: Org, **fields: Any) -> None:
    given = {"org_id": org.id, "display_name": "Roof", "pairing_id": "p", "paired_at": now()} | fields
    await Docks(store).put(Dock(sn=dock.sn, **given))
    await AircraftRepository(store).put(Aircraft(sn=dock.aircraft_sn, org_id=org.id))


async def told_of(store: AsyncClient, org: Org, events: str) -> Webhook:
    """An endpoint that is told of these: what is due for it is in the store."""
    hook = Webhook(
        id=uuid.uuid4().hex, org_id=org.id, url="https://desk.example", events=[events], secret_sealed="s",
        created_by="ann",
    )  # fmt: skip
    await Webhooks(store).put(hook)
    return hook
