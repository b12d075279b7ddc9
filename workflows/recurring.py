"""Saga `recurring/{schedule}-{time}`: one turn of a recurring flight, begun by its Temporal Schedule.

The flight itself is a `flight/{id}` like any other. What this adds is that a turn which could not be flown, since the
dock was offline, busy or no longer in the mission, has a document that says so.
"""

from __future__ import annotations

import uuid

from temporalio import workflow
from temporalio.exceptions import ChildWorkflowError
from temporalio.workflow import ParentClosePolicy

from activities.state.flight import FlightState, MissedFlight
from workflows.commands import NAMESPACE
from workflows.details import Logbook
from workflows.errors import root
from workflows.inputs import RecurringInput
from workflows.names import Saga, Workflow, flight_id
from workflows.policies import quick


@workflow.defn(name=Workflow.RECURRING)
class Recurring:
    """Flies once, and says where it could not."""

    @workflow.run
    async def run(self, given: RecurringInput) -> str:
        """The flight's status."""
        flight, me = given.flight, workflow.info()
        task_id = uuid.uuid5(NAMESPACE, f"{me.workflow_id}|{me.run_id}").hex
        log = Logbook(
            Saga.RECURRING,
            f"A turn of {flight.name}",
            org=flight.org_id,
            mission=flight.mission_id,
            dock=flight.dock_sn,
        )
        log.enter("flying", f"flight `{task_id}`")
        try:
            ended = await workflow.execute_child_workflow(
                Workflow.FLIGHT,
                flight.model_copy(update={"task_id": task_id}),
                id=flight_id(task_id),
                # A turn that is ended by hand leaves its aircraft to the flight, which brings it home
                parent_close_policy=ParentClosePolicy.ABANDON,
                static_summary=f"Fly {flight.name} from {flight.dock_sn}",
            )
        except ChildWorkflowError as error:
            reason = str(root(error))
            await workflow.execute_activity_method(
                FlightState.miss_flight,
                MissedFlight(
                    task_id=task_id,
                    org_id=flight.org_id,
                    mission_id=flight.mission_id,
                    dock_sn=flight.dock_sn,
                    wayline_id=flight.wayline_id,
                    name=flight.name,
                    schedule_id=given.schedule_id,
                    reason=reason,
                    actor=flight.actor,
                ),
                **quick(given.timings, "Say that it was not flown"),
            )
            log.enter("missed", reason)
            return "missed"
        status = str(ended["status"]) if isinstance(ended, dict) else "unknown"
        log.enter(status)
        return status
