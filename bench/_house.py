"""Worker, bridge and simulated docks as processes of their own, for benches of many docks, and what each costs."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import psutil
from pydantic import SecretStr

from embedded import parts, ports
from embedded.wiring import settings_of
from settings import Settings
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from timings import Timings


async def outside(stack: AsyncExitStack, timings: Timings) -> tuple[Settings, parts.MosquittoBroker]:
    """Broker, Temporal, Firestore and MinIO until `stack` ends, and the settings of what is to run on them."""
    broker = await stack.enter_async_context(parts.mosquitto())
    temporal = await stack.enter_async_context(parts.temporal())
    firestore = await stack.enter_async_context(parts.firestore())
    minio = await stack.enter_async_context(parts.minio())
    os.environ["FIRESTORE_EMULATOR_HOST"] = firestore.address
    return settings_of(broker, temporal, minio, timings_json=timings.model_dump_json(), log_level="WARNING"), broker


def environment(settings: Settings) -> dict[str, str]:
    told = dict(os.environ)
    for name, value in settings:
        if value is not None and not isinstance(value, bool):
            told[f"ARGUS_{name.upper()}"] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return told


@asynccontextmanager
async def process(settings: Settings, *words: str) -> AsyncIterator[Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *words, env=environment(settings), stdin=PIPE, stdout=PIPE, limit=1 << 24
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.terminate()
            await child.wait()


async def line(child: Process) -> str:
    assert child.stdout is not None
    return (await child.stdout.readline()).decode()


async def drained(child: Process) -> None:
    """Read what it says, so that it can go on saying it."""
    while await line(child):
        pass


async def go(child: Process) -> None:
    assert child.stdin is not None
    child.stdin.write(b"\n")
    await child.stdin.drain()


async def until_well(port: int) -> None:
    async with asyncio.timeout(120), httpx.AsyncClient(trust_env=False) as http:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await http.get(f"http://127.0.0.1:{port}/health")).status_code == 200:
                    return
            await asyncio.sleep(0.2)


async def well(stack: AsyncExitStack, settings: Settings, name: str) -> None:
    """Our worker or bridge, once it is well: what a dock says of itself once, before anybody listens, is lost."""
    port = ports.free(1)[0]
    child = await stack.enter_async_context(process(settings.model_copy(update={"health_port": port}), name))
    stack.callback(asyncio.create_task(drained(child)).cancel)
    await until_well(port)


def code(broker: parts.MosquittoBroker, org: str) -> str:
    """For docks that were paired long ago: by our own account."""
    qr = {
        "v": 1, "mqtt": f"tcp://{broker.host}:{broker.port}", "account": broker.username,
        "password": broker.password, "organization_id": org, "device_binding_code": "bench",
    }  # fmt: skip
    return json.dumps(qr)


async def known(docks: Docks, aircraft: AircraftRepository, org: str, fleet: list[list[str]]) -> None:
    """Docks as they are once they have been paired; `fleet` is what `_rollout_docks` prints."""
    at = now()
    for sn, product, aircraft_sn, key in fleet:
        await docks.put(Dock(sn=sn, org_id=org, product=product, aircraft_sn=aircraft_sn, bound_at=at, paired_at=at))
        await aircraft.put(Aircraft(sn=aircraft_sn, org_id=org, dock_sn=sn, product=key))


async def until_online(docks: Docks, org: str, count: int, within: float) -> None:
    end = time.monotonic() + within
    while time.monotonic() < end:
        there = [dock async for dock in docks.stream(orgId=org, online=True)]
        ready = [d for d in there if d.firmware_version and {"mode_code", "drone_in_dock"} <= d.osd.keys()]
        if len(ready) == count:
            return
        await asyncio.sleep(2)
    raise TimeoutError(f"{len(ready)} of {count} docks are online")


def cpu() -> dict[str, float]:
    """CPU seconds so far of each part of this bench: on a busy machine they say more than its rates."""
    whole = psutil.Process()
    used: defaultdict[str, float] = defaultdict(float)
    for one in (whole, *whole.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times, words = one.cpu_times(), one.cmdline()
            name = words[2] if words[1:2] == ["-m"] else Path(words[0]).name
            used["bench" if one == whole else name.removeprefix("bench._")] += times.user + times.system
    return used


def spent(before: dict[str, float]) -> dict[str, float]:
    """CPU seconds since then, the dearest part first."""
    used = {name: now - before.get(name, 0.0) for name, now in cpu().items()}
    return dict(sorted(used.items(), key=lambda item: -item[1]))
