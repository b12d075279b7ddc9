"""The bridge as a process of its own under osd of many docks, beside a bare aiomqtt loop that only receives.

    python -m bench.bridge [--docks 50] [--messages 20000]

Two figures each: messages a second when the broker pushes as fast as it can, and CPU seconds for a message; from these
the CPU that a dock costs at its own pace, three osd messages every two seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiomqtt
import httpx
import orjson
import psutil
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from embedded import parts, ports
from embedded.wiring import settings_of
from settings import Settings
from store.client import connect
from store.docks import Dock, Docks
from store.document import now

PACE = 1.5
"""Osd messages of a dock in a second."""


@dataclass(frozen=True)
class Figures:
    name: str
    seconds: float
    cpu: float
    messages: int

    @property
    def rate(self) -> float:
        return self.messages / self.seconds

    @property
    def per_message(self) -> float:
        """CPU microseconds."""
        return self.cpu / self.messages * 1e6

    @property
    def per_dock(self) -> float:
        """Percent of a core."""
        return self.per_message / 1e6 * PACE * 100


def osd(chance: random.Random) -> list[dict[str, Any]]:
    """What an idle dock says in two seconds, with sensors that tremble."""
    return [
        {
            "mode_code": 0,
            "cover_state": 0,
            "putter_state": 0,
            "supplement_light_state": 0,
            "rainfall": 0,
            "wind_speed": round(3 + chance.uniform(-1, 1), 1),
            "environment_temperature": round(18 + chance.uniform(-0.5, 0.5), 1),
            "temperature": round(24 + chance.uniform(-0.5, 0.5), 1),
            "humidity": 51 + chance.randint(-2, 2),
            "network_state": {"type": 2, "quality": 4, "rate": round(chance.uniform(2, 90), 1)},
            "drone_charge_state": {"state": 0, "capacity_percent": 100},
            "drone_in_dock": 1,
        },
        {
            "position_state": {"is_calibration": 1, "is_fixed": 2, "quality": 5, "gps_number": 20, "rtk_number": 28},
            "storage": {"total": 30_000_000, "used": 1_000_000},
            "latitude": 48.1,
            "longitude": 11.5,
            "height": 512.2,
            "job_number": 17,
            "first_power_on": 1_700_000_000_000,
            "alternate_land_point": {"latitude": 48.1, "longitude": 11.5, "safe_land_height": 30, "is_configured": 1},
        },
        {
            "working_voltage": 48_000 + chance.randint(-80, 80),
            "working_current": 900 + chance.randint(-50, 50),
            "backup_battery": {"switch": 1, "voltage": 27_000 + chance.randint(-9, 9), "temperature": 24.0},
            "wireless_link": {"sdr_quality": 4, "4g_quality": 4, "sdr_link_state": 1, "4g_link_state": 0},
            "drone_battery_maintenance_info": {"maintenance_state": 0, "maintenance_time_left": 0, "batteries": []},
        },
    ]


async def publish(settings: Settings, docks: list[str], count: int) -> None:
    """Send `count` osd messages, spread over the docks, as fast as the broker takes them."""
    chance = random.Random(1)
    async with aiomqtt.Client(
        settings.mqtt_host,
        settings.mqtt_port,
        username=settings.mqtt_username,
        password=settings.mqtt_password.get_secret_value(),
        max_inflight_messages=1_000,
    ) as client:
        client.pending_calls_threshold = 10_000
        room = asyncio.Semaphore(500)

        async def send(number: int) -> None:
            sn = docks[number // 3 % len(docks)]
            data = osd(chance)[number % 3]
            message = {"tid": "t", "bid": "b", "timestamp": time.time_ns() // 1_000_000, "gateway": sn, "data": data}
            async with room:
                await client.publish(f"thing/product/{sn}/osd", orjson.dumps(message), qos=1)

        await asyncio.gather(*(send(number) for number in range(count)))


async def measure(
    name: str, process: psutil.Process, settings: Settings, docks: list[str], count: int, seen: Any
) -> Figures:
    """Send, and wait until the receiver has seen all."""
    target = await seen() + count
    before, began = process.cpu_times(), time.perf_counter()
    sending = asyncio.create_task(publish(settings, docks, count))
    while await seen() < target:
        await asyncio.sleep(0.02)
    took = time.perf_counter() - began
    after = process.cpu_times()
    await sending
    return Figures(name, took, after.user + after.system - before.user - before.system, count)


def environment(settings: Settings, health_port: int) -> dict[str, str]:
    told = dict(os.environ)
    for name, value in settings.model_copy(update={"health_port": health_port}):
        if value is not None and not isinstance(value, bool):
            told[f"ARGUS_{name.upper()}"] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return told


@asynccontextmanager
async def bridge(settings: Settings) -> AsyncIterator[tuple[psutil.Process, Any]]:
    port = ports.free(1)[0]
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", "bridge", env=environment(settings, port))
    try:
        async with httpx.AsyncClient(trust_env=False, base_url=f"http://127.0.0.1:{port}") as http:

            async def seen() -> int:
                text = (await http.get("/metrics")).text
                lines = [line for line in text.splitlines() if line.startswith('bridge_acked_total{kind="osd"}')]
                return int(float(lines[0].split()[1])) if lines else 0

            async with asyncio.timeout(30):
                while True:
                    try:
                        if (await http.get("/health")).status_code == 200:
                            break
                    except httpx.HTTPError:
                        await asyncio.sleep(0.05)
            yield psutil.Process(child.pid), seen
    finally:
        child.terminate()
        await child.wait()


@asynccontextmanager
async def bare(settings: Settings) -> AsyncIterator[tuple[psutil.Process, Any]]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench._bare_receiver", env=environment(settings, 0), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    count = 0

    async def read() -> None:
        nonlocal count
        assert child.stdout is not None
        async for line in child.stdout:
            count = int(line)

    try:
        await child.stdout.readline()
        reading = asyncio.create_task(read())

        async def seen() -> int:
            return count

        yield psutil.Process(child.pid), seen
        reading.cancel()
    finally:
        child.terminate()
        await child.wait()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docks", type=int, default=50)
    parser.add_argument("--messages", type=int, default=20_000, help="a multiple of 1,000")
    given = parser.parse_args()
    async with parts.mosquitto() as broker, parts.temporal() as temporal, parts.firestore() as firestore:
        os.environ["FIRESTORE_EMULATOR_HOST"] = firestore.address
        settings = settings_of(broker, temporal, log_level="WARNING")
        docks = [f"BENCH{number:04d}" for number in range(given.docks)]
        repository = Docks(connect(settings))
        for sn in docks:
            await repository.put(Dock(sn=sn, org_id="bench", online=True, paired_at=now()))
        figures = []
        async with bare(settings) as (process, seen):
            await measure("warm-up", process, settings, docks, 1_000, seen)
            figures.append(await measure("bare aiomqtt loop", process, settings, docks, given.messages, seen))
        async with bridge(settings) as (process, seen):
            await measure("warm-up", process, settings, docks, 1_000, seen)
            figures.append(await measure("bridge", process, settings, docks, given.messages, seen))
    table = Table(title=f"osd of {given.docks} docks, {given.messages} messages at QoS 1, {os.cpu_count()} cores")
    for column in ("", "messages/s", "CPU µs a message", "% of a core for a dock", "docks on a core"):
        table.add_column(column, justify="right" if column else "left")
    for one in figures:
        table.add_row(
            one.name, f"{one.rate:,.0f}", f"{one.per_message:.0f}", f"{one.per_dock:.3f}", f"{100 / one.per_dock:,.0f}"
        )
    Console(width=110).print(table)


if __name__ == "__main__":
    asyncio.run(main())
