"""Worlds whose worker, and bridge, are processes of their own, on their own Temporal, broker and store: for tests that
kill them.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr
from temporalio.client import Client

from embedded import parts, ports
from process import DATA_CONVERTER
from settings import Settings
from store.client import connect, emulator_at
from tests.waiting import eventually
from tests.workflows.world import World, bridging
from worker.running import Parts


class WorkerProcess:
    """`python -m worker`, or another `module`, which can be killed."""

    def __init__(self, settings: Settings, emulator: str, module: str = "worker") -> None:
        self._module = module
        self._env = dict(os.environ) | {"FIRESTORE_EMULATOR_HOST": emulator}
        for name, value in settings:
            if value is not None and not isinstance(value, bool):
                told = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
                self._env[f"ARGUS_{name.upper()}"] = told
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", self._module, env=self._env, stdout=asyncio.subprocess.DEVNULL
        )

    async def kill(self) -> None:
        """kill -9."""
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGKILL)
            await process.wait()

    async def again(self) -> None:
        """Killed, and another one in its place."""
        await self.kill()
        await self.start()


@asynccontextmanager
async def apart(world: World, **more: Any) -> AsyncIterator[tuple[World, WorkerProcess]]:
    """Beside the shared `world`, whose bucket and rooms it uses. `more` are settings that differ."""
    async with AsyncExitStack() as stack:
        temporal = await stack.enter_async_context(parts.temporal())
        mosquitto = await stack.enter_async_context(parts.mosquitto())
        firestore = await stack.enter_async_context(parts.firestore())
        settings = _on(world.settings, temporal, mosquitto, more)
        client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
        with emulator_at(firestore.address):
            store = connect(settings)
            await stack.enter_async_context(bridging(settings))
            own = World(settings, client, store, Parts(settings, client=client, firestore=store), firestore.address)
        worker = WorkerProcess(settings, firestore.address)
        await worker.start()
        stack.push_async_callback(worker.kill)
        yield own, worker


def _on(
    settings: Settings, temporal: parts.TemporalServer, mosquitto: parts.MosquittoBroker, more: dict[str, Any]
) -> Settings:
    return settings.model_copy(
        update={
            "temporal_address": temporal.address,
            "mqtt_host": mosquitto.host,
            "mqtt_port": mosquitto.port,
            "mqtt_public_address": f"tcp://{mosquitto.host}:{mosquitto.port}",
            "mqtt_username": mosquitto.username,
            "mqtt_password": SecretStr(mosquitto.password),
            "mqtt_admin_username": mosquitto.admin_username,
            "mqtt_admin_password": SecretStr(mosquitto.admin_password),
            **more,
        }
    )


@dataclass
class Mortal:
    """A world of which worker, bridge and Temporal can be killed."""

    world: World
    worker: WorkerProcess
    bridge: WorkerProcess
    temporal: TemporalAgain


class TemporalAgain:
    """Temporal, which can be killed, and comes back with what it had written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = AsyncExitStack()

    async def start(self, port: int | None = None) -> parts.TemporalServer:
        self._server = await self._stack.enter_async_context(parts.temporal(self._folder, port))
        return self._server

    async def again(self) -> None:
        self._server.child.process.kill()
        await self._server.child.process.wait()
        await self.start(int(self._server.address.rsplit(":", 1)[1]))

    async def end(self) -> None:
        await self._stack.aclose()


@asynccontextmanager
async def mortal(world: World, folder: Path, **more: Any) -> AsyncIterator[Mortal]:
    """As `apart`, with the bridge a process too."""
    async with AsyncExitStack() as stack:
        server = TemporalAgain(folder)
        stack.push_async_callback(server.end)
        temporal = await server.start()
        mosquitto = await stack.enter_async_context(parts.mosquitto())
        firestore = await stack.enter_async_context(parts.firestore())
        settings = _on(world.settings, temporal, mosquitto, more)
        client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
        with emulator_at(firestore.address):
            store = connect(settings)
            own = World(settings, client, store, Parts(settings, client=client, firestore=store), firestore.address)
        health = ports.free(2)
        worker, bridge = (
            WorkerProcess(settings.model_copy(update={"health_port": port}), firestore.address, module)
            for module, port in zip(("worker", "bridge"), health, strict=True)
        )
        for process in (worker, bridge):
            await process.start()
            stack.push_async_callback(process.kill)
        for port in health:
            await eventually(partial(_is_well, port), 60)
        yield Mortal(own, worker, bridge, server)


async def _is_well(port: int) -> bool:
    with contextlib.suppress(httpx.HTTPError):
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.get(f"http://127.0.0.1:{port}/health")).status_code == 200
    return False
