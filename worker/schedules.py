"""Temporal Schedules that the system itself needs. Each worker that starts sees to it that they are as described."""

from __future__ import annotations

from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from timings import Timings
from workflows.inputs import RetentionInput
from workflows.names import RETENTION, TASK_QUEUE, Workflow


def retention(timings: Timings) -> Schedule:
    """Every `retention_sweep` seconds; what Temporal slept through is done once."""
    every = timedelta(seconds=timings.retention_sweep)
    return Schedule(
        action=ScheduleActionStartWorkflow(
            Workflow.RETENTION,
            RetentionInput(timings=timings),
            id=RETENTION,
            task_queue=TASK_QUEUE,
            static_summary="Remove what was kept long enough",
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every)]),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP, catchup_window=every),
    )


async def see_to_schedules(client: Client, timings: Timings) -> None:
    """Make what is not there, and bring what is there up to date. A person's pause is left as it is."""
    wanted = retention(timings)

    def renewed(given: ScheduleUpdateInput) -> ScheduleUpdate:
        schedule = given.description.schedule
        schedule.action, schedule.spec, schedule.policy = wanted.action, wanted.spec, wanted.policy
        return ScheduleUpdate(schedule=schedule)

    try:
        await client.create_schedule(RETENTION, wanted)
    except ScheduleAlreadyRunningError:
        await client.get_schedule_handle(RETENTION).update(renewed)
