"""kill -9 while a property is set: one message under one id, the machine's word is waited for, and it is told once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from store.webhooks import Deliveries
from tests.waiting import eventually
from tests.workflows.killing import mortal
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names
from workflows.answers import PropertyAnswer
from workflows.inputs import PropertyInput

PATIENT = TIMINGS.model_copy(update={"activity_quick": 2.0, "command_reply": 5.0, "property_shown": 4.0})
LATE = [
    {"on": "reply", "do": "delay", "seconds": 1.5, "times": None},
    {"on": "state", "do": "delay", "seconds": 2.5, "times": None},
]


@pytest.mark.timeout(300)
async def test_a_property_is_set_once_though_processes_are_killed(world: World, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(mortal(world, tmp_path, timings_json=PATIENT.model_dump_json()))
        own = house.world
        org = await own.org()
        hook = await own.told_of(org, "property.*")
        sim = await stack.enter_async_context(own.paired(org, awake=True))
        broker = aiomqtt.Client(
            own.settings.mqtt_host, own.settings.mqtt_port, username=own.settings.mqtt_username,
            password=own.settings.mqtt_password.get_secret_value(),
        )  # fmt: skip
        await stack.enter_async_context(broker)
        await broker.subscribe(f"thing/product/{sim.sn}/property/set", qos=1)
        heard: list[dict[str, Any]] = []

        async def listen() -> None:
            async for message in broker.messages:
                assert isinstance(message.payload, bytes)
                heard.append(json.loads(message.payload))

        listening = asyncio.create_task(listen())
        stack.callback(listening.cancel)
        sim.scenario = sim.scenario.model_validate({"rules": LATE})

        async def accepted() -> bool:
            """The saga looks whether it is shown."""
            found = await own.commands.find(sn=sim.sn, status="accepted")
            return len(found) == len(steps)

        async def sent() -> bool:
            return bool(heard)

        steps: list[tuple[int, Callable[[], Awaitable[bool]], Callable[[], Awaitable[None]]]] = [
            (1, sent, house.bridge.again),
            (0, sent, house.temporal.again),
            (1, accepted, house.worker.again),
        ]
        for value, reached, kill in steps:
            heard.clear()
            begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
                names.Workflow.PROPERTY,
                PropertyInput(
                    sn=sim.sn, org_id=org.id, path="silent_mode", value=value, actor=ACTOR, timings=PATIENT
                ),
                id=names.property_id(sim.sn),
                task_queue=names.TASK_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
                result_type=PropertyAnswer,
            )  # fmt: skip
            asking = asyncio.create_task(
                own.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
            )
            saga = await begin.workflow_handle()
            await eventually(reached, 60)
            await kill()
            answer = await asyncio.wait_for(saga.result(), 90)
            await asyncio.gather(asking, return_exceptions=True)  # its connection may have died with Temporal
            assert (answer.done, answer.confirmed) == (True, True)
            assert len({each["tid"] for each in heard}) == 1, "however often it was sent"

        def told(payload: str) -> int:
            return int(json.loads(payload)["data"]["value"])

        deliveries = await Deliveries(own.store).find(webhookId=hook.id)
        assert [each.type for each in deliveries] == ["property.set"] * len(steps)
        assert sorted(told(each.payload) for each in deliveries) == [0, 1, 1]
        assert [command.status for command in await own.sent(sim.sn)] == ["accepted"] * len(steps)
