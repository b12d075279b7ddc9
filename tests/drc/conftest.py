"""The process of manual flight, an API and a bridge over real parts, and simulated docks whose aircraft hover."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiomqtt
import httpx
import orjson
import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.security import Role
from bench.bridge import environment
from dji.topics import Kind as Topic
from dji.topics import topic_of
from drc.server import serving as serving_drc
from embedded import parts
from embedded.wiring import settings_of
from process import DATA_CONVERTER, trust
from settings import Settings
from simulator import flight
from simulator.clock import SimClock
from simulator.dock import SimDock
from simulator.motion import ground_distance, offset
from simulator.state import AircraftMode, DockMode
from store.audit import Audit, AuditEntry
from store.authority import Authorities, Authority
from store.client import connect as store_of
from store.client import emulator_at
from store.commands import Command, Commands
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.events import Events
from store.orgs import Org, Orgs
from tests.served import Served
from tests.served import serving as serving_api
from tests.waiting import eventually
from tests.workflows.world import bridging
from timings import Timings

TIMINGS = Timings(
    drc_neutral=0.4,
    drc_release=2.5,
    drc_renew=0.5,
    drc_heartbeat=0.3,
    drc_reply=2,
    drc_link_lost=2,
    drc_retry=0.3,
    drc_look=0.4,
    command_reply=2,
    write_interval=0.1,
    write_at_least=0.5,
    webhook_cache=0.1,
    osd_silence=30,
)
HIGH = 60.0  # m above the dock

Json = dict[str, Any]


class Operator:
    """A person at the sticks: a connection that keeps all that it is told."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.heard: list[Json] = []
        self.closed: tuple[int, str] | None = None
        self._news = asyncio.Condition()
        self._sticking: asyncio.Task[None] | None = None

    async def listen(self) -> None:
        try:
            async for text in self.socket:
                async with self._news:
                    self.heard.append(orjson.loads(text))
                    self._news.notify_all()
        except ConnectionClosed:
            pass
        async with self._news:
            self.closed = (self.socket.close_code or 0, self.socket.close_reason or "")
            self._news.notify_all()

    async def say(self, **message: Any) -> None:
        await self.socket.send(orjson.dumps(message).decode())

    async def hear(self, kind: str, within: float = 8, **wanted: Any) -> Json:
        """The first message of this type, also of before, with these values."""

        def found() -> Json | None:
            return next((m for m in self.heard if m["type"] == kind and wanted.items() <= m.items()), None)

        try:
            async with asyncio.timeout(within), self._news:
                await self._news.wait_for(found)
        except TimeoutError:
            raise AssertionError(f"no {kind} {wanted}: {[m for m in self.heard if m['type'] != 'up'][-5:]}") from None
        message = found()
        assert message is not None
        return message

    async def until_closed(self, within: float = 8) -> tuple[int, str]:
        async with asyncio.timeout(within), self._news:
            await self._news.wait_for(lambda: self.closed)
        assert self.closed is not None
        return self.closed

    async def ready(self) -> None:
        """The sticks count."""

        async def allowed() -> bool:
            states = [m for m in self.heard if m["type"] == "state"]
            await self.say(type="ping")
            return bool(states) and states[-1]["sticks"]["allowed"]

        await eventually(allowed, 10)

    async def command(self, method: str, **data: Any) -> Json:
        """The answer to a command: `ack` or `refused`."""
        number = uuid.uuid4().hex
        await self.say(type="command", id=number, method=method, data=data)
        async with asyncio.timeout(8), self._news:
            await self._news.wait_for(lambda: any(m.get("id") == number for m in self.heard))
        return next(m for m in self.heard if m.get("id") == number)

    async def fly(self, sim: SimDock, metres: float = 1.0, **sticks: int) -> None:
        """Hold the sticks until the aircraft has moved so far."""
        before = sim.aircraft.position
        async with asyncio.timeout(8):
            while ground_distance(before, sim.aircraft.position) < metres:
                await self.say(type="sticks", **sticks)
                await asyncio.sleep(0.1)

    async def hold(self, seconds: float, **sticks: int) -> None:
        """Sticks, ten times a second."""
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            await self.say(type="sticks", **sticks)
            await asyncio.sleep(0.1)


@dataclass
class House:
    """All that a test of manual flight touches."""

    settings: Settings
    store: AsyncClient
    api: Served
    emulator: str
    org: str = field(default_factory=lambda: f"org-{uuid.uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        self.docks, self.aircraft = Docks(self.store), AircraftRepository(self.store)
        self.authorities = Authorities(self.store, Events(self.store, nobody, TIMINGS))

    @asynccontextmanager
    async def dock(self, model: str = "dock3", *, flying: bool = True) -> AsyncIterator[SimDock]:
        """A dock that is online; its aircraft hovers 60 m above it."""
        qr = {
            "v": 1,
            "mqtt": f"tcp://{self.settings.mqtt_host}:{self.settings.mqtt_port}",
            "account": self.settings.mqtt_username,
            "password": self.settings.mqtt_password.get_secret_value(),
            "organization_id": self.org,
            "device_binding_code": "used",
        }
        options: Json = {"video": False, "bound": True, "walks_always": False, "boot_seconds": 0.1, "awake": flying}
        sim = SimDock(model=model, seed=uuid.uuid4().int % 10**9, qr=json.dumps(qr), clock=SimClock(1, 8), **options)
        at = now()
        await self.docks.put(
            Dock(sn=sim.sn, org_id=self.org, product=sim.model.key, model=model, aircraft_sn=sim.aircraft_sn,
                 bound_at=at, paired_at=at)
        )  # fmt: skip
        await self.aircraft.put(Aircraft(sn=sim.aircraft_sn, org_id=self.org, dock_sn=sim.sn, product=sim.aircraft_key))
        await sim.start()
        try:
            await sim.wait_for(lambda dock: dock.online)
            if flying:
                sim.state.mode = DockMode.WORKING
                flight.take_off(sim, HIGH)
                sim.motion.fly()
                sim.aircraft.position, sim.aircraft.elevation = offset(sim.home, 0, 0, HIGH), HIGH
                sim.aircraft.mode, sim.aircraft.heading = AircraftMode.LIVE_CONTROLS, 0.0

            async def known() -> bool:
                dock = await self.docks.get(sim.sn)
                aircraft = await self.aircraft.get(sim.aircraft_sn)
                seen = dock is not None and dock.online and "mode_code" in dock.osd
                return seen and (not flying or (aircraft is not None and aircraft.osd.get("mode_code") == 17))

            await eventually(known)
            yield sim
        finally:
            await sim.stop()
        assert not sim.complaints, f"{sim.sn} was sent what the protocol does not know: {sim.complaints}"
        assert not sim.crashes, sim.crashes

    async def call(self, method: str, sn: str, user: str = "ann", role: Role = Role.operator, **given: Any) -> Json:
        """The API's route of a dock's authority; what it says, with `status`."""
        headers = {"Authorization": f"Bearer {self.api.token(self.org, role, user)}"}
        async with httpx.AsyncClient(base_url=self.api.url, headers=headers, trust_env=False, verify=trust()) as http:
            answer = await http.request(method, f"/v1/docks/{sn}/authority", **given)
        return dict(answer.json()) | {"httpStatus": answer.status_code}

    async def take(
        self, sn: str, user: str = "ann", kind: str = "flight", role: Role = Role.operator, **more: Any
    ) -> Json:
        return await self.call("POST", sn, user, role, json={"kind": kind, **more})

    @asynccontextmanager
    async def operator(self, sn: str, user: str = "ann", kind: str = "flight", **more: Any) -> AsyncIterator[Operator]:
        """Somebody who takes it and connects."""
        taken = await self.take(sn, user, kind, **more)
        assert taken["httpStatus"] == 200, taken
        async with connected(taken) as operator:
            yield operator

    @asynccontextmanager
    async def down(self, sn: str) -> AsyncIterator[list[Json]]:
        """All that is sent to the dock on its live link from here on."""
        told = self.settings
        sent: list[Json] = []

        take = sent.append

        async def listen(client: aiomqtt.Client) -> None:
            async for message in client.messages:
                take(orjson.loads(message.payload))

        async with aiomqtt.Client(
            told.mqtt_host, told.mqtt_port, username=told.mqtt_username, password=told.mqtt_password.get_secret_value()
        ) as client:
            await client.subscribe(topic_of(Topic.DRC_DOWN, sn))
            listening = asyncio.create_task(listen(client))
            try:
                yield sent
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def authority(self, sn: str) -> Authority:
        return await self.authorities.get(sn) or Authority(sn=sn, org_id=self.org)

    async def commands(self, sn: str) -> list[Command]:
        """Commands on services, in order."""
        return sorted(await Commands(self.store).find(sn=sn), key=lambda command: command.sent_at)

    async def audited(self, sn: str) -> AsyncIterator[AuditEntry]:
        async for entry in Audit(self.store).stream(target=sn):
            yield entry

    async def until_free(self, sn: str, within: float = 8) -> None:
        """Nobody holds anything, and no account is left."""

        async def free() -> bool:
            return (await self.authority(sn)).empty

        await eventually(free, within)


async def nobody(webhook: str, org: str) -> None:
    """There are no webhooks here."""


def bearer(ticket: str) -> list[Subprotocol]:
    return [Subprotocol("bearer"), Subprotocol(ticket)]


@asynccontextmanager
async def connected(taken: Json) -> AsyncIterator[Operator]:
    async with connect(taken["url"], subprotocols=bearer(taken["ticket"]), proxy=None) as socket:
        operator = Operator(socket)
        listening = asyncio.create_task(operator.listen())
        try:
            yield operator
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


class Process:
    """`python -m drc`, which can be killed."""

    def __init__(self, settings: Settings, emulator: str) -> None:
        self._env = environment(settings, 0) | {"FIRESTORE_EMULATOR_HOST": emulator}
        self._env.pop("ARGUS_HEALTH_PORT")
        self._url = f"http://127.0.0.1:{settings.drc_port}/health"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(sys.executable, "-m", "drc", env=self._env)

        async def healthy() -> bool:
            assert self._process is not None
            assert self._process.returncode is None
            async with httpx.AsyncClient(trust_env=False) as http:
                try:
                    return (await http.get(self._url)).status_code == 200
                except httpx.HTTPError:
                    return False

        await eventually(healthy, 90)

    async def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            await process.wait()


@pytest.fixture(scope="session")
async def house(temporal: parts.TemporalServer) -> AsyncIterator[House]:
    """The parts, a bridge and an API; no drc process yet."""
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(parts.mosquitto())
        firestore = await stack.enter_async_context(parts.firestore())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings = settings_of(
            temporal,
            broker,
            drc_port=port,
            drc_public_url=f"ws://127.0.0.1:{port}",
            timings_json=TIMINGS.model_dump_json(),
        )
        with emulator_at(firestore.address):
            store = store_of(settings)
            await stack.enter_async_context(bridging(settings))
        world = _World(settings, firestore.address)
        api = await stack.enter_async_context(serving_api(world))  # type: ignore[arg-type]
        made = House(settings, store, api, firestore.address)
        await Orgs(store).put(Org(id=made.org, name="Rescue"))
        yield made


@dataclass
class _World:
    """As much of a world of sagas as the API's server asks for."""

    settings: Settings
    emulator: str


@pytest.fixture(scope="session")
async def drc(house: House) -> AsyncIterator[House]:
    """The same, with a drc process in this one."""
    client = await Client.connect(house.settings.temporal_address, data_converter=DATA_CONVERTER, lazy=True)
    with emulator_at(house.emulator):
        store = store_of(house.settings)
    async with serving_drc(house.settings, store, client):
        yield house
