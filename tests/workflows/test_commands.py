"""Commands while the broker is away: waited for by the server, for as long as somebody expects them."""

from __future__ import annotations

import uuid
from contextlib import AsyncExitStack

import pytest
from temporalio import workflow
from temporalio.client import WorkflowFailureError
from temporalio.exceptions import ApplicationError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.brokers import Brokers
from activities.connection import MqttConnection
from activities.mqtt import Mqtt
from dji.wayline import FlighttaskPause
from store.orgs import Orgs
from tests.workflows.world import ACTOR, World
from timings import Timings
from worker.sandbox import build_id
from workflows.commands import Commands
from workflows.errors import Failure

EXPIRES = 1.5  # s


@workflow.defn
class OneCommand:
    """Sends one command."""

    @workflow.run
    async def run(self, sn: str) -> None:
        commands = Commands(Timings(command_expires=EXPIRES), sn, org="org")
        await commands.send(FlighttaskPause(), step="pause", actor=ACTOR)


async def test_a_command_that_no_broker_takes_in_time_is_dropped_and_said_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("activities.connection.PUBACK_WITHIN", 0.1)
    name = f"one-command-{uuid.uuid4().hex[:8]}"
    nowhere = MqttConnection(world.settings, "test")  # not entered: it never connects
    brokers = Brokers(world.settings, Orgs(world.store), nowhere, AsyncExitStack())
    mqtt = Mqtt(world.settings, brokers, world.commands, world.objects)
    async with Worker(
        world.temporal,
        task_queue=name,
        workflows=[OneCommand],
        activities=[mqtt.send_command, mqtt.mark_unanswered],
        workflow_runner=UnsandboxedWorkflowRunner(),
        build_id=build_id(),
    ):
        handle = await world.temporal.start_workflow(OneCommand.run, name, id=name, task_queue=name)
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result()
    cause = failed.value.cause
    assert isinstance(cause, ApplicationError)
    assert cause.type == Failure.NO_REPLY
    assert "broker" in cause.message
    (kept,) = await world.sent(name, "flighttask_pause")
    assert kept.sends > 1
    events = (await handle.fetch_history()).events
    assert len(events) < 15  # however often it was tried
