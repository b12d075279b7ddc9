"""A world whose worker is a process of its own, on its own Temporal, broker and store: for tests that kill it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from pydantic import SecretStr
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from embedded import parts
from settings import Settings
from store.client import connect, emulator_at
from tests.workflows.world import World, bridging
from worker.running import Parts


class WorkerProcess:
    """`python -m worker`, which can be killed."""

    def __init__(self, settings: Settings, emulator: str) -> None:
        self._env = dict(os.environ) | {"FIRESTORE_EMULATOR_HOST": emulator}
        for name, value in settings:
            if value is not None and not isinstance(value, bool):
                told = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
                self._env[f"ARGUS_{name.upper()}"] = told
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "worker", env=self._env, stdout=asyncio.subprocess.DEVNULL
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
        settings = world.settings.model_copy(
            update={
                "temporal_address": temporal.address,
                "mqtt_host": mosquitto.host,
                "mqtt_port": mosquitto.port,
                "mqtt_username": mosquitto.username,
                "mqtt_password": SecretStr(mosquitto.password),
                "mqtt_admin_username": mosquitto.admin_username,
                "mqtt_admin_password": SecretStr(mosquitto.admin_password),
                **more,
            }
        )
        client = await Client.connect(temporal.address, data_converter=pydantic_data_converter)
        with emulator_at(firestore.address):
            store = connect(settings)
            await stack.enter_async_context(bridging(settings))
            own = World(settings, client, store, Parts(settings, client=client, firestore=store), firestore.address)
        worker = WorkerProcess(settings, firestore.address)
        await worker.start()
        stack.push_async_callback(worker.kill)
        yield own, worker
