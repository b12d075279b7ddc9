"""What simulated docks cost: one process at 0.5 Hz each for a dock and a flying aircraft, on a real mosquitto.

    python -m bench simulator [--docks 100 300 1000] [--seconds 20]

The baseline of the same run sends the same bytes at the same pace from bare paho connections, one a dock, and works
nothing out. Figures are CPU seconds of the sending process alone; the broker has its own.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiomqtt
import httpx
import psutil
from rich.console import Console
from rich.table import Table

import dji
from dji.topics import Kind
from embedded import parts
from simulator.config import DockConfig

MODELS = ("dock1", "dock2", "dock3")
ONLINE_WITHIN = 180  # s


@dataclass(frozen=True)
class Figures:
    name: str
    docks: int
    seconds: float
    cpu: float
    messages: int
    megabytes: float

    @property
    def core(self) -> float:
        """Percent of one core, all docks together."""
        return self.cpu / self.seconds * 100

    @property
    def on_a_core(self) -> float:
        return self.docks * 100 / self.core


def cpu_of(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def memory_of(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 1e6


def configuration(broker: parts.MosquittoBroker, docks: int) -> list[dict[str, Any]]:
    qr = {
        "v": 1,
        "mqtt": f"tcp://{broker.host}:{broker.port}",
        "account": broker.username,
        "password": broker.password,
        "organization_id": "bench",
        "device_binding_code": "bench",
    }
    return [
        {"model": MODELS[n % 3], "seed": n + 1, "qr": json.dumps(qr), "bound": True, "flying": True, "video": False,
         "walks_always": False}
        for n in range(docks)
    ]  # fmt: skip


class Listener:
    """The cloud, as far as docks need it to go on; and an ear for one round of everybody's osd."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self.client = client
        self.topics: set[str] = set()
        self.samples: dict[str, dict[tuple[str, frozenset[str]], str]] = {}
        self.sampling = False

    async def answer(self) -> None:
        for topic in ("sys/product/+/status", "thing/product/+/requests", "thing/product/+/osd"):
            await self.client.subscribe(topic)
        async for message in self.client.messages:
            topic, payload = str(message.topic), message.payload
            assert isinstance(payload, bytes)
            if topic.endswith("/osd"):
                self.topics.add(topic)
                if self.sampling:
                    self._sample(topic, payload)
                continue
            heard = dji.decode(topic, payload)
            if heard.kind in (Kind.STATUS, Kind.REQUESTS):
                reply = dji.reply_to(heard, 0, timestamp=heard.timestamp or 0)
                await self.client.publish(*dji.encode(reply), qos=1)

    def _sample(self, topic: str, payload: bytes) -> None:
        # A dock says its osd in parts, of other keys each: of a round, each part once.
        said = json.loads(payload)
        self.samples.setdefault(said["gateway"], {})[topic, frozenset(said["data"])] = payload.decode()

    async def a_round(self) -> list[list[tuple[str, str]]]:
        """What each dock and its aircraft say in two seconds."""
        self.samples, self.sampling = {}, True
        await asyncio.sleep(4.0)
        self.sampling = False
        return [[(topic, payload) for (topic, _), payload in parts.items()] for parts in self.samples.values()]


@asynccontextmanager
async def simulator(
    folder: Path, docks: list[dict[str, Any]]
) -> AsyncIterator[tuple[psutil.Process, httpx.AsyncClient]]:
    file = folder / f"{len(docks)}.json"
    file.write_text(json.dumps({"docks": docks}))
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--config", str(file), "--log-level", "ERROR", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        url = (await child.stdout.readline()).decode().split()[-1]
        async with httpx.AsyncClient(base_url=url, timeout=60, trust_env=False) as http:
            yield psutil.Process(child.pid), http
    finally:
        child.terminate()
        await child.wait()


async def counted(http: httpx.AsyncClient) -> dict[str, Any]:
    """Messages, CPU and time of the process at one moment, however late the answer comes; `/docks` is more work."""
    counts: dict[str, Any] = (await http.get("/health")).json()
    return counts


async def measure_simulator(
    http: httpx.AsyncClient, process: psutil.Process, docks: list[dict[str, Any]], listener: Listener, seconds: float
) -> Figures:
    wanted = {name for dock in docks for name in serials(dock)}
    async with asyncio.timeout(ONLINE_WITHIN):
        while len(wanted & {topic.split("/")[2] for topic in listener.topics}) < len(wanted):
            await asyncio.sleep(0.2)
    before = await counted(http)
    await asyncio.sleep(seconds)
    after = await counted(http)
    took, cpu, count = (after[name] - before[name] for name in ("at", "cpu", "sent"))
    return Figures("simulator", len(docks), took, cpu, count, memory_of(process))


def serials(dock: dict[str, Any]) -> tuple[str, str]:
    config = DockConfig.model_validate(dock)
    return config.sn, config.aircraft_sn


async def measure_bare(broker: parts.MosquittoBroker, rounds: list[list[tuple[str, str]]], seconds: float) -> Figures:
    told = {
        "ARGUS_MQTT_HOST": broker.host,
        "ARGUS_MQTT_PORT": str(broker.port),
        "ARGUS_MQTT_USERNAME": broker.username,
        "ARGUS_MQTT_PASSWORD": broker.password,
    }
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench._bare_publisher",
        env=dict(os.environ) | told,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write("".join(json.dumps(one) + "\n" for one in rounds).encode())
        child.stdin.close()
        async with asyncio.timeout(ONLINE_WITHIN):
            await child.stdout.readline()
        process = psutil.Process(child.pid)
        first = int(await child.stdout.readline())
        before, began = cpu_of(process), asyncio.get_running_loop().time()
        last = first
        while asyncio.get_running_loop().time() - began < seconds:
            last = int(await child.stdout.readline())
        after, took = cpu_of(process), asyncio.get_running_loop().time() - began
        return Figures("bare paho", len(rounds), took, after - before, last - first, memory_of(process))
    finally:
        child.terminate()
        await child.wait()


def shown(figures: list[Figures]) -> Table:
    table = Table(title=f"docks at 0.5 Hz, each with a flying aircraft; {os.cpu_count()} cores")
    for column in ("", "docks", "messages/s", "% of a core", "CPU µs a message", "docks on a core", "MB"):
        table.add_column(column, justify="right" if column else "left")
    for one in figures:
        table.add_row(
            one.name,
            f"{one.docks:,}",
            f"{one.messages / one.seconds:,.0f}",
            f"{one.core:.1f}",
            f"{one.cpu / one.messages * 1e6:.0f}",
            f"{one.on_a_core:,.0f}",
            f"{one.megabytes:.0f}",
        )
    return table


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docks", type=int, nargs="+", default=[100, 1000])
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    figures: list[Figures] = []
    with tempfile.TemporaryDirectory(prefix="argus-bench-") as folder:
        for count in given.docks:
            async with (
                parts.mosquitto() as broker,
                aiomqtt.Client(broker.host, broker.port, username=broker.username, password=broker.password) as client,
            ):
                listener = Listener(client)
                answering = asyncio.create_task(listener.answer())
                docks = configuration(broker, count)
                async with simulator(Path(folder), docks) as (process, http):
                    figures.append(await measure_simulator(http, process, docks, listener, given.seconds))
                    rounds = await listener.a_round()
                    Console(width=120).print(shown(figures))
                figures.append(await measure_bare(broker, rounds, given.seconds))
                answering.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await answering
                Console(width=120).print(shown(figures))


if __name__ == "__main__":
    asyncio.run(main())
