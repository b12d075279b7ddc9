"""What happens while a part is away: what can be answered is answered, what is acknowledged is kept."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from embedded import parts
from process import DATA_CONVERTER
from settings import Settings
from store.client import connect
from store.commands import Commands
from store.docks import Docks
from store.orgs import Org
from tests.bridge.conftest import SpokenDock, bind, heard, listening, on, running, speaking
from tests.bridge.recorder import DockRecorder, Recorder
from tests.bridge.test_facts import answered, command_of
from tests.waiting import eventually
from workflows.names import TASK_QUEUE

pytestmark = pytest.mark.chaos


async def test_without_temporal_docks_are_answered_and_facts_wait_in_order(
    settings: Settings, org: Org, tmp_path: Any
) -> None:
    workflow_id = f"saga-{uuid.uuid4().hex}"
    async with parts.mosquitto() as broker:
        async with parts.temporal(tmp_path) as first:
            port = int(first.address.rsplit(":", 1)[1])
            client = await Client.connect(first.address, data_converter=DATA_CONVERTER)
            await listening(client, workflow_id)
        alone = on(settings, broker, temporal_address=first.address)
        store = connect(alone)
        async with speaking(alone) as dock, speaking(alone) as other, running(alone) as bridge:
            await bind(dock, store, org)
            await bind(other, store, org)
            commands = [await command_of(store, dock, workflow_id, method) for method in ("cover_open", "cover_close")]
            for command in commands:
                await dock.say("services_reply", {"result": 0}, method=command.method, tid=command.tid)

            # All that needs no saga goes on, for the same dock and for another.
            await dock.request("config", {})
            await dock.request("airport_bind_status", {"devices": [{"sn": dock.sn}]})
            assert (await dock.request("storage_config_get", {"module": 0}))["result"] == 0
            assert (await dock.request("flight_areas_get", None))["result"] == 0
            assert (await dock.request("flighttask_resource_get", {"flight_id": "f"}))["result"] == 299999
            await dock.topology()
            for speaker in (dock, other):
                await speaker.osd(mode_code=4)
                await eventually(lambda speaker=speaker: mode(store, speaker, 4))  # type: ignore[misc]
            assert await answered(store, commands[0].tid) is None
            assert bridge.lanes, "the replies wait"

            async with (
                parts.temporal(tmp_path, port=port) as second,
                worker(await Client.connect(second.address, data_converter=DATA_CONVERTER)) as client,
            ):
                for command in commands:
                    await eventually(lambda tid=command.tid: answered(store, tid), within=30)  # type: ignore[misc]
                facts = await heard(client.get_workflow_handle(workflow_id), "command_reply")
                assert [fact["tid"] for fact in facts] == [command.tid for command in commands]

                async def told() -> bool:
                    found = await Docks(store).get(dock.sn)
                    return found is not None and found.presence_told

                await eventually(told, within=30)


def worker(client: Client) -> Any:
    class Running(Worker):
        async def __aenter__(self) -> Any:
            await super().__aenter__()
            return client

    return Running(
        client,
        task_queue=TASK_QUEUE,
        workflows=[Recorder, DockRecorder],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )


async def mode(store: AsyncClient, dock: SpokenDock, code: int) -> bool:
    found = await Docks(store).get(dock.sn)
    return found is not None and found.osd.get("mode_code") == code


async def test_without_the_store_requests_fail_in_time_and_state_is_kept_for_later(
    settings: Settings, org: Org, sagas: Client, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with parts.mosquitto() as broker, parts.firestore(tmp_path) as first:
        port = int(first.address.rsplit(":", 1)[1])
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", first.address)
        alone = on(settings, broker)
        store = connect(alone)
        async with speaking(alone) as dock, running(alone):
            await bind(dock, store, org)
            saga = await listening(sagas, f"saga-{uuid.uuid4().hex}")
            command = await command_of(store, dock, saga.id)
            await dock.osd(mode_code=0)
            await eventually(lambda: mode(store, dock, 0))
            first.child.process.kill()
            await first.child.process.wait()
            answer = await dock.request("airport_bind_status", {"devices": [{"sn": dock.sn}]})
            assert answer["result"] != 0
            assert (await dock.request("flight_areas_get", None))["result"] == 0
            await dock.state(silent_mode=1)
            await dock.osd(mode_code=4)
            await dock.say("services_reply", {"result": 0}, method="cover_open", tid=command.tid)
            async with parts.firestore(tmp_path, port=port):
                await eventually(lambda: mode(store, dock, 4), within=20)
                found = await Docks(store).get(dock.sn)
                assert found is not None
                assert found.state == {"silent_mode": 1}
                await eventually(lambda: answered(store, command.tid), within=20)
                assert await Commands(store).get(command.tid)


async def test_a_lost_broker_is_found_again(settings: Settings, org: Org, sagas: Client, tmp_path: Any) -> None:
    async with parts.mosquitto(tmp_path) as broker:
        alone = on(settings, broker)
        store = connect(alone)
        async with running(alone) as bridge:
            broker.child.process.kill()
            await broker.child.process.wait()

            async def connected(yes: bool) -> bool:
                return bool(bridge.intake.connected) is yes

            await eventually(lambda: connected(False))
            async with parts.running(broker.child.part, tmp_path), speaking(alone) as dock:
                await eventually(lambda: connected(True))
                await bind(dock, store, org)
                await asyncio.wait_for(dock.topology(), 2)
