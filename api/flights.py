"""Flights: dispatch a wayline to a dock, pause, resume, stop, and follow what the dock says."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.pairing import Serial
from api.problems import Refused, not_found
from api.security import Principal
from api.waylines import wayline_of
from store.facts import Ask
from store.flights import FlightStatus, FlightTask, GateReading, Progress
from workflows import names
from workflows.inputs import FlightInput

router = APIRouter(prefix="/v1/flights", tags=["flights"])

LimitName = Literal["battery", "wind", "rain", "storage", "dock", "telemetry"]


class Dispatch(Body):
    dock_sn: Serial
    wayline_id: str
    name: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    rth_altitude: int = Field(100, ge=20, le=1500, description="Height of the way home, m above take-off")
    queue: bool = Field(False, description="Wait for a busy dock, instead of being refused")
    overrides: dict[LimitName, Annotated[str, StringConstraints(min_length=3, max_length=500)]] = Field(
        default_factory=dict, description="Limits of the gate to pass over, each with the reason",
        examples=[{"wind": "Person in the water, pilot in command accepts 14 m/s"}],
    )  # fmt: skip


class FlightView(View):
    id: str
    mission_id: str
    dock_sn: str
    aircraft_sn: str | None = None
    name: str
    wayline_id: str
    task_type: int
    status: FlightStatus
    phase: str
    reason: str | None = None
    error_code: int | None = None
    gate: list[GateReading]
    requested_by: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    progress: Progress | None = None
    saga: SagaLinks


def _view(parts: Parts, task: FlightTask) -> FlightView:
    workflow_id = names.flight_id(task.id)
    links = SagaLinks(workflow_id=workflow_id, temporal=parts.saga_link(workflow_id))
    return FlightView(**task.model_dump(), saga=links)


async def _flight_of(parts: Parts, caller: Principal, key: str) -> FlightTask:
    task = await parts.flights.get(key)
    if task is None or task.org_id != caller.org:
        raise not_found("flight", key, "id")
    return task


@router.post("", status_code=201)
async def dispatch(parts: PartsDep, caller: Operator, body: Dispatch, key: IdempotencyKey = None) -> FlightView:
    """Dispatch a wayline. Answers as soon as the dock is held for it; watch `status` for the rest."""
    dock = await parts.dock_of(caller, body.dock_sn, field="dockSn")
    wayline = await wayline_of(parts, caller, body.wayline_id, field="waylineId")
    if dock.mission_id is None:
        raise Refused(
            409, "dock-not-in-mission", f"Dock {dock.sn} is in no mission.", field="dockSn",
            cure="Assign it to a mission first.",
        )  # fmt: skip
    task_id = await resource_id(parts, caller, "flights", key, body.model_dump_json())
    given = FlightInput(
        task_id=task_id,
        org_id=caller.org,
        mission_id=dock.mission_id,
        dock_sn=dock.sn,
        wayline_id=wayline.id,
        name=body.name or wayline.name,
        task_type=0,
        rth_altitude=body.rth_altitude,
        queue=body.queue,
        overrides={str(name): reason for name, reason in body.overrides.items()},
        actor=actor(caller),
        timings=parts.timings,
    )
    begin: WithStartWorkflowOperation[object, object] = WithStartWorkflowOperation(
        names.Workflow.FLIGHT,
        given,
        id=names.flight_id(task_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        static_summary=f"Fly {given.name} from {dock.display_name or dock.sn}",
    )
    # Already started: the same Idempotency-Key, and the flight has ended; the document says how
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    await parts.note(
        caller, f"flight-{task_id}", "flight.dispatch", task_id, dock=dock.sn, overrides=given.overrides
    )  # fmt: skip
    return _view(parts, await _flight_of(parts, caller, task_id))


@router.get("")
async def flights(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    mission: str | None = None,
    dock: str | None = None,
    status: Annotated[FlightStatus | None, Query()] = None,
) -> Page[FlightView]:
    found, following = await page(
        parts.flights, limit, after, orgId=caller.org, missionId=mission, dockSn=dock, status=status
    )
    return Page(items=[_view(parts, task) for task in found], next=following)


@router.get("/{flight_id}")
async def flight(parts: PartsDep, caller: Viewer, flight_id: str) -> FlightView:
    return _view(parts, await _flight_of(parts, caller, flight_id))


async def _tell(parts: Parts, caller: Principal, flight_id: str, word: names.Update) -> FlightView:
    await _flight_of(parts, caller, flight_id)
    saga = parts.temporal.get_workflow_handle(names.flight_id(flight_id))
    await saga.execute_update(word, Ask(actor=actor(caller)))
    return _view(parts, await _flight_of(parts, caller, flight_id))


@router.post("/{flight_id}/pause")
async def pause(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    """The aircraft hovers; answers when the dock took the command."""
    return await _tell(parts, caller, flight_id, names.Update.PAUSE)


@router.post("/{flight_id}/resume")
async def resume(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    return await _tell(parts, caller, flight_id, names.Update.RESUME)


@router.post("/{flight_id}/stop")
async def stop(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    """Bring the aircraft home and drop the rest of the route; while preparing, cancel the take-off."""
    return await _tell(parts, caller, flight_id, names.Update.STOP)
