"""kill -9 of the worker in the middle of a rollout: each dock is upgraded, and none twice."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack

import pytest
from pydantic import SecretStr
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter

from embedded import parts
from settings import Settings
from store.client import connect
from tests.workflows.rollouts import NEW, QUICK, Rolling
from tests.workflows.world import World, bridging, eventually
from worker.running import Parts

DOCKS, KILLS = 4, 2


class WorkerProcess:
    """`python -m worker`, which can be killed."""

    def __init__(self, settings: Settings) -> None:
        self._env = dict(os.environ)
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
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(signal.SIGKILL)
            await process.wait()


@pytest.mark.timeout(400)
async def test_a_killed_worker_leaves_no_dock_upgraded_twice(
    minio: parts.MinioServer, monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    async with AsyncExitStack() as stack:
        temporal = await stack.enter_async_context(parts.temporal())
        mosquitto = await stack.enter_async_context(parts.mosquitto())
        firestore = await stack.enter_async_context(parts.firestore())
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", firestore.address)
        settings = world.settings.model_copy(
            update={
                "temporal_address": temporal.address,
                "mqtt_host": mosquitto.host,
                "mqtt_port": mosquitto.port,
                "mqtt_username": mosquitto.username,
                "mqtt_password": SecretStr(mosquitto.password),
                "mqtt_admin_username": mosquitto.admin_username,
                "mqtt_admin_password": SecretStr(mosquitto.admin_password),
            }
        )
        client = await Client.connect(temporal.address, data_converter=pydantic_data_converter)
        store = connect(settings)
        own = World(settings, client, store, Parts(settings, client=client, firestore=store), firestore.address)
        await stack.enter_async_context(bridging(settings))
        worker = WorkerProcess(settings)
        await worker.start()
        stack.push_async_callback(worker.kill)
        rolling = Rolling(own, await own.org())
        slow = {"rules": [{"on": "event", "method": "ota_progress", "do": "delay", "seconds": 0.5, "times": None}]}
        docks = [await stack.enter_async_context(rolling.dock(scenario=slow)) for _ in range(DOCKS)]
        saga = await rolling.start(docks, await rolling.package(docks[0]), at_once=2, timings=QUICK)
        for number in range(KILLS):

            async def begun(least: int = 1 + 2 * number) -> bool:
                sent = [await own.sent(dock.sn, "ota_create") for dock in docks]
                return sum(len(commands) for commands in sent) >= least

            await eventually(begun, 90)
            await worker.kill()
            await worker.start()
        rollout = await rolling.until(saga, "completed", within=150)
        assert rollout.counts.succeeded == DOCKS
        assert [len(dock.firmware.history) for dock in docks] == [1] * DOCKS
        assert {dock.memory.dock_firmware for dock in docks} == {NEW["dock3"]}
