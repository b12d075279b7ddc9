"""kill -9 of the bridge with messages in flight: nothing that the broker took from a dock is missing afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from embedded import parts, ports
from settings import Settings
from store.client import connect
from store.commands import Command, Commands
from store.custom_data import CustomDataRepository
from store.docks import Docks
from store.flights import FlightTasks
from store.media import FlightMediaRepository, Media
from store.objects import Objects
from store.orgs import Org
from store.webhooks import Deliveries
from tests.bridge.conftest import SpokenDock, bind, heard, listening, on, speaking, told_of
from tests.bridge.test_facts import callback, command_of, flight_of, progress
from tests.waiting import eventually
from workflows.names import flight_id

pytestmark = pytest.mark.chaos

ROOT = Path(__file__).parents[2]
REPLIES = 80
SAYINGS = 40
PHOTOS = 25
FILES = 10


def environment(settings: Settings, health_port: int) -> dict[str, str]:
    """The settings as a process is told them."""
    told = {}
    for name, value in settings.model_copy(update={"health_port": health_port}):
        if value is not None:
            told[f"ARGUS_{name.upper()}"] = (
                value.get_secret_value() if hasattr(value, "get_secret_value") else str(value)
            )
    own = {name: value for name, value in os.environ.items() if not name.startswith("ARGUS_")}
    return own | told | {"ARGUS_MQTT_TLS": "false", "ARGUS_TEMPORAL_TLS": "false"}


@contextlib.asynccontextmanager
async def process(settings: Settings, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m bridge`, once its health page says that it is connected."""
    port = ports.free(1)[0]
    with log.open("ab") as output:
        running = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bridge", cwd=ROOT, env=environment(settings, port), stdout=output, stderr=output
        )
    try:
        async with httpx.AsyncClient(trust_env=False) as http:

            async def well() -> bool:
                assert running.returncode is None, f"it ended: see {log}"
                try:
                    answer = await http.get(f"http://127.0.0.1:{port}/health")
                except httpx.HTTPError:
                    return False
                return answer.status_code == 200 and json.loads(answer.text)["connected"] == [0]

            await eventually(well, within=30)
        yield running
    finally:
        if running.returncode is None:
            running.terminate()
            await running.wait()


@contextlib.asynccontextmanager
async def apart(settings: Settings, org: Org) -> AsyncIterator[tuple[Settings, AsyncClient, SpokenDock]]:
    """Settings of a broker and a store that outlive the bridge, that store, and a dock which speaks at that broker."""
    async with parts.mosquitto() as broker:
        alone = on(settings, broker)
        store = connect(alone)
        async with speaking(alone) as dock:
            await bind(dock, store, org, product="3-3-0")
            yield alone, store, dock


async def test_nothing_acknowledged_is_missing_after_a_kill(
    settings: Settings, org: Org, sagas: Client, tmp_path: Path
) -> None:
    log = tmp_path / "bridge.log"
    async with apart(settings, org) as (alone, store, dock):
        flight = await flight_of(store, dock, org)
        following = await listening(sagas, flight_id(flight.id))
        saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
        commands = [await command_of(store, dock, saga.id) for _ in range(REPLIES)]
        keys = [f"media/{org.id}/{dock.sn}/DJI_{number:04d}.jpg" for number in range(FILES)]
        for key in keys:
            await Objects.of(settings).put(key, b"x")

        async def talk(some: list[Command], files: list[str]) -> None:
            for number, command in enumerate(some):
                await dock.say("services_reply", {"result": 0}, method=command.method, tid=command.tid)
                if number % 5 == 0:
                    await dock.osd(job_number=number)
            for key in files:
                await dock.say("events", callback(key, flight.id), method="file_upload_callback")

        half = REPLIES // 2
        async with process(alone, log) as first:
            talking = asyncio.create_task(talk(commands[:half], keys[: FILES // 2]))

            async def some_are_kept() -> bool:
                kept = await Commands(store).find(workflowId=saga.id, status="accepted")
                return len(kept) > half // 10

            await eventually(some_are_kept, within=30)
            first.kill()
            await first.wait()
            kept = await Commands(store).find(workflowId=saga.id, status="accepted")
            assert len(kept) < half, "killed with messages in flight"
            await talking
        # Nobody listens, and the dock talks on.
        await talk(commands[half:], keys[FILES // 2 :])
        await dock.say("events", progress(flight.id, 33, 100, "ok"), method="flighttask_progress")
        await dock.state(silent_mode=1)

        async with process(alone, log):

            async def all_are_kept() -> bool:
                return len(await Commands(store).find(workflowId=saga.id, status="accepted")) == REPLIES

            await eventually(all_are_kept, within=60)
            told = [fact["tid"] for fact in await heard(saga, "command_reply")]
            assert set(told) == {command.tid for command in commands}
            first_told = list(dict.fromkeys(told))
            assert first_told == [command.tid for command in commands], "in the order in which the dock said them"

            async def files_are_kept() -> bool:
                return len(await Media(store).find(flightId=flight.id)) == FILES

            await eventually(files_are_kept, within=30)

            async def flight_and_state_are_kept() -> bool:
                task, found = await FlightTasks(store).get(flight.id), await Docks(store).get(dock.sn)
                assert task is not None
                assert found is not None
                ended = task.progress is not None and task.progress.status == "ok"
                return ended and found.state.get("silent_mode") == 1

            await eventually(flight_and_state_are_kept, within=30)
            assert (await heard(following, "flight_progress"))[-1]["status"] == "ok"


async def test_what_programs_on_payloads_say_is_kept_and_told_once_though_the_bridge_is_killed(
    settings: Settings, org: Org, sagas: Client, tmp_path: Path
) -> None:
    log = tmp_path / "bridge.log"
    async with apart(settings, org) as (alone, store, dock):
        kept = CustomDataRepository(store)
        hook = await told_of(store, org, "custom.*")

        async def say(number: int) -> None:
            await dock.say(
                "events", {"value": f"reading {number}"}, method="custom_data_transmission_from_psdk",
                tid=f"{dock.sn}-{number}", timestamp=1_777_882_000_000 + number,
            )  # fmt: skip

        async with process(alone, log) as first:
            for number in range(SAYINGS):
                await say(number)

            async def some_are_kept() -> bool:
                return bool(await kept.find(sn=dock.sn))

            await eventually(some_are_kept, within=30)
            first.kill()
            await first.wait()
            assert len(await kept.find(sn=dock.sn)) < SAYINGS, "killed amid them"
        await say(SAYINGS - 1)  # a dock that has heard no answer says it again
        async with process(alone, log):

            async def all_are_kept() -> bool:
                return len(await kept.find(sn=dock.sn)) >= SAYINGS

            await eventually(all_are_kept, within=60)
            await say(SAYINGS)  # the last to be taken: all before it was
            values = {f"reading {number}" for number in range(SAYINGS + 1)}

            async def the_last_is_told() -> bool:
                told = await Deliveries(store).find(webhookId=hook.id)
                return f"reading {SAYINGS}" in {json.loads(each.payload)["data"]["value"] for each in told}

            await eventually(the_last_is_told, within=30)
            found = await kept.find(sn=dock.sn)
            told = await Deliveries(store).find(webhookId=hook.id)
            assert sorted(each.value for each in found) == sorted(values), "each once"
            assert sorted(json.loads(each.payload)["data"]["value"] for each in told) == sorted(values)


async def test_files_that_are_reported_while_the_bridge_is_killed_are_kept_counted_and_told_once(
    settings: Settings, org: Org, sagas: Client, tmp_path: Path
) -> None:
    log = tmp_path / "bridge.log"
    async with apart(settings, org) as (alone, store, dock):
        hook = await told_of(store, org, "media.*")
        flight = await flight_of(store, dock, org)
        keys = [f"media/{org.id}/{dock.sn}/DJI_{number:04d}.jpg" for number in range(PHOTOS)]
        for number, key in enumerate(keys):
            await Objects.of(settings).put(key, b"x" * (number + 1))

        async def kept() -> list[str]:
            return [each.object_key for each in await Media(store).find(flightId=flight.id)]

        async def report(key: str) -> int:
            said = callback(key, flight.id)
            answer = await dock.ask("events", "file_upload_callback", said, within=90, need_reply=1)
            return int(answer["data"]["result"])

        async with process(alone, log) as first:
            reporting = [asyncio.create_task(report(key)) for key in keys]
            await eventually(kept, within=30)
            first.kill()
            await first.wait()
            assert len(await kept()) < PHOTOS, "killed amid them"
        async with process(alone, log):
            assert await asyncio.gather(*reporting) == [0] * PHOTOS, "the dock has heard of each that it is kept"
            assert await asyncio.gather(*(report(key) for key in keys[:3])) == [0] * 3, "what it says again, too"
            assert sorted(await kept()) == keys
            counted = await FlightMediaRepository(store).get(flight.id)
            assert counted is not None
            assert (counted.photos, counted.files, counted.bytes) == (PHOTOS, PHOTOS, PHOTOS * (PHOTOS + 1) // 2)
            told = [json.loads(each.payload) for each in await Deliveries(store).find(webhookId=hook.id)]
            assert {each["type"] for each in told} == {"media.new"}
            assert sorted(each["data"]["name"] for each in told) == [key.rsplit("/", 1)[1] for key in keys]
