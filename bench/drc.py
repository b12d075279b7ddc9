"""From an operator's socket to `drc/down`, while other docks send osd, against a bare MQTT publish in the same second.

    python -m bench.drc [--docks 50] [--sessions 1 50] [--seconds 20]

Processes of their own: broker, store, Temporal, bridge, drc, and the simulated docks, all of which fly and send osd; so
many of them are flown by hand. This process is the operators, ten sticks a second each, and a subscriber who sees what
the docks are sent. After each stick it publishes one message of the same size itself: that is the baseline. 1,000 docks
are the long form. Goal: p99 within 2 ms of the baseline's for one session, 6 ms for 50.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiomqtt
import httpx
import orjson
import psutil
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.bridge import bridge, environment
from bench.simulator import configuration, cpu_of, simulator
from dji.topics import Kind, topic_of
from drc.sticks import CENTRE
from drc.ticket import Ticket, issue
from drc.wire import NO_DELAY
from embedded import parts, ports
from embedded.wiring import settings_of
from process import mqtt_client
from settings import Settings
from simulator.config import DockConfig
from store.authority import Asker, Authorities
from store.client import connect as store_of
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.events import Events
from timings import Timings

ORG: Final = "bench"
PACE: Final = 0.1  # s between two sticks of one operator
GOALS: Final = {1: 2.0, 50: 6.0}  # ms
READY_WITHIN: Final = 240.0  # s
AT_ONCE: Final = 5  # people do not all come in the same second
HELD: Final = 120.0  # s, until all are connected
BARE: Final = "bench/bare"
SWAY: Final = 100  # of a stick; one and the same comes back after 20 s


@dataclass
class Ear:
    """When which message was sent, and how long it took until the subscriber had it, in ms."""

    sent: dict[tuple[str, int], float] = field(default_factory=dict)
    took: dict[str, list[float]] = field(default_factory=lambda: {"ours": [], "bare": []})
    cpu: float = 0.0  # of a core, of the drc process meanwhile

    def heard(self, topic: str, payload: bytes) -> None:
        at = time.perf_counter()
        said = orjson.loads(payload)
        data = said.get("data") or {}
        number = data.get("pitch", -1)
        began = self.sent.pop((topic, number), None)
        if began is not None:
            self.took["bare" if topic.startswith(BARE) else "ours"].append((at - began) * 1000)


class Operator:
    """One session: ten sticks a second, each with a number of its own in the pitch."""

    def __init__(self, socket: ClientConnection, sn: str, client: aiomqtt.Client, ear: Ear) -> None:
        self._socket, self._client, self._ear = socket, client, ear
        self._topic, self._bare = topic_of(Kind.DRC_DOWN, sn), f"{BARE}/{sn}"
        self.allowed = False
        self._number = 0

    async def read(self) -> None:
        async for text in self._socket:
            said = orjson.loads(text)
            if said["type"] == "state":
                self.allowed = said["sticks"]["allowed"]
                await self._socket.send('{"type":"ping"}')  # a sign of life, until all have a seat

    async def fly(self, until: float) -> None:
        """Around the middle, so that the aircraft stays about there."""
        while time.perf_counter() < until:
            self._number = (self._number + 1) % (2 * SWAY)
            pitch = CENTRE - SWAY + self._number
            stick = {"type": "sticks", "roll": CENTRE, "pitch": pitch, "throttle": CENTRE, "yaw": CENTRE}
            self._ear.sent[self._topic, pitch] = time.perf_counter()
            await self._socket.send(orjson.dumps(stick).decode())
            await asyncio.sleep(PACE / 2)
            self._ear.sent[self._bare, pitch] = time.perf_counter()
            bare = {"method": "stick_control", "seq": self._number, "data": stick}
            await self._client.publish(self._bare, orjson.dumps(bare), qos=0)
            await asyncio.sleep(PACE / 2)

    async def until_allowed(self) -> None:
        async with asyncio.timeout(READY_WITHIN):
            while not self.allowed:
                await asyncio.sleep(0.1)


@asynccontextmanager
async def drc(settings: Settings) -> AsyncIterator[psutil.Process]:
    """The process, healthy."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "drc", env=environment(settings, 0))
    try:
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.timeout(60):
            while True:
                try:
                    if (await http.get(f"http://127.0.0.1:{settings.drc_port}/health")).status_code == 200:
                        break
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)
        yield psutil.Process(child.pid)
    finally:
        child.terminate()
        await child.wait()


def client_of(settings: Settings) -> aiomqtt.Client:
    client = mqtt_client(
        settings, socket_options=NO_DELAY, max_queued_incoming_messages=10_000, max_inflight_messages=1_000
    )
    client.pending_calls_threshold = 1_000  # fifty at once are what is measured
    return client


async def nobody(webhook: str, org: str) -> None:
    """There are no webhooks here."""


async def seated(stack: AsyncExitStack, settings: Settings, sn: str, client: aiomqtt.Client, ear: Ear) -> Operator:
    """An operator who has taken a dock and is connected."""
    timings = Timings()
    authorities = Authorities(store_of(settings), Events(store_of(settings), nobody, timings))
    taking = await authorities.take(sn, ORG, "flight", Asker(sn, "operator"), until=now() + timedelta(seconds=HELD))
    claims = Ticket(sn=sn, org=ORG, user=sn, role="operator", session=taking.holder.session)
    ticket, _ = issue(settings, claims, HELD)
    url = f"ws://127.0.0.1:{settings.drc_port}/v1/drc/{sn}"
    subprotocols = [Subprotocol("bearer"), Subprotocol(ticket)]
    socket = await stack.enter_async_context(connect(url, subprotocols=subprotocols, proxy=None, compression=None))
    operator = Operator(socket, sn, client, ear)
    reading = asyncio.create_task(operator.read())
    stack.callback(reading.cancel)
    return operator


async def measure(settings: Settings, process: psutil.Process, sns: list[str], seconds: float) -> Ear:
    """So many sessions at once."""
    ear = Ear()

    async def listen(client: aiomqtt.Client) -> None:
        async for message in client.messages:
            ear.heard(message.topic.value, bytes(message.payload))

    async with AsyncExitStack() as stack:
        subscriber = await stack.enter_async_context(client_of(settings))
        publisher = await stack.enter_async_context(client_of(settings))
        await subscriber.subscribe([(topic_of(Kind.DRC_DOWN, sn), 0) for sn in sns])
        await subscriber.subscribe(f"{BARE}/#", 0)
        listening = asyncio.create_task(listen(subscriber))
        stack.callback(listening.cancel)
        operators: list[Operator] = []
        for first in range(0, len(sns), AT_ONCE):
            some = [await seated(stack, settings, sn, publisher, ear) for sn in sns[first : first + AT_ONCE]]
            await asyncio.gather(*(operator.until_allowed() for operator in some))
            operators += some
        await asyncio.gather(*(operator.fly(time.perf_counter() + 2) for operator in operators))  # warm
        ear.took = {"ours": [], "bare": []}
        before, began = cpu_of(process), time.perf_counter()
        await asyncio.gather(*(operator.fly(began + seconds) for operator in operators))
        ear.cpu = (cpu_of(process) - before) / (time.perf_counter() - began)
        await asyncio.sleep(0.2)
    return ear


def shown(name: str, found: list[float]) -> tuple[str, float]:
    cuts = statistics.quantiles(found, n=100)
    line = f"{name:<44}{len(found):>8}{cuts[49]:>9.2f}{cuts[98]:>9.2f}{max(found):>9.2f}\n"
    return line, cuts[98]


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docks", type=int, default=50)
    parser.add_argument("--sessions", type=int, nargs="+", default=[1, 50])
    parser.add_argument("--seconds", type=float, default=20)
    given = parser.parse_args()
    write = sys.stdout.write
    async with AsyncExitStack() as stack:
        broker = await stack.enter_async_context(parts.mosquitto())
        temporal = await stack.enter_async_context(parts.temporal())
        firestore = await stack.enter_async_context(parts.firestore())
        os.environ["FIRESTORE_EMULATOR_HOST"] = firestore.address
        settings = settings_of(broker, temporal, drc_port=ports.free(1)[0], log_level="WARNING")
        docks = [each | {"model": "dock3"} for each in configuration(broker, max(given.docks, *given.sessions))]
        sns = await know(settings, docks)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="argus-bench-")))
        await stack.enter_async_context(bridge(settings))
        await stack.enter_async_context(simulator(folder, docks))
        process = await stack.enter_async_context(drc(settings))
        for sessions in given.sessions:
            ear = await measure(settings, process, sns[:sessions], given.seconds)
            write(f"\n{sessions} flown by hand of {len(sns)} docks that send osd; ms{'':<14}{'n':>4}")
            write(f"{'p50':>9}{'p99':>9}{'most':>9}\n")
            ours, mine = shown("operator's socket to drc/down", ear.took["ours"])
            bare, other = shown("bare MQTT publish", ear.took["bare"])
            write(ours + bare)
            write(f"the process uses {ear.cpu * 100:.1f} % of a core\n")
            if sessions in GOALS:
                word = "ok" if mine - other <= GOALS[sessions] else "MISSED"
                write(f"p99 {mine - other:+.2f} ms (goal at most {GOALS[sessions]:+.0f}): {word}\n")


async def know(settings: Settings, docks: list[dict[str, Any]]) -> list[str]:
    """Their documents, as if they had been paired; their serials."""
    store, sns = store_of(settings), []
    for dock in docks:
        config = DockConfig.model_validate(dock)
        sns.append(config.sn)
        await Docks(store).put(
            Dock(sn=config.sn, org_id=ORG, product="3-3-0", model="dock3", aircraft_sn=config.aircraft_sn,
                 pairing_id=uuid.uuid4().hex, paired_at=now())
        )  # fmt: skip
        await AircraftRepository(store).put(Aircraft(sn=config.aircraft_sn, org_id=ORG, dock_sn=config.sn))
    return sns


if __name__ == "__main__":
    asyncio.run(main())
