"""The system's own Temporal Schedules: there once a worker starts, and as the newest one describes them."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import Client, ScheduleActionStartWorkflow

from embedded.parts import TemporalServer
from process import DATA_CONVERTER
from timings import Timings
from worker.schedules import see_to_schedules
from workflows.names import RETENTION, Workflow


async def test_the_retention_is_begun_by_a_schedule_that_a_restart_brings_up_to_date(temporal: TemporalServer) -> None:
    client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
    await see_to_schedules(client, Timings())
    schedule = client.get_schedule_handle(RETENTION)
    await schedule.pause(note="an audit")
    await see_to_schedules(client, Timings(retention_sweep=60))
    described = (await schedule.describe()).schedule
    assert isinstance(described.action, ScheduleActionStartWorkflow)
    assert described.action.workflow == Workflow.RETENTION
    assert [each.every for each in described.spec.intervals] == [timedelta(seconds=60)]
    assert described.state is not None
    assert described.state.paused, "a person's pause is left as it is"
    await schedule.delete()
