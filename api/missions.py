"""Missions: what docks are assigned to; the room that carries their video; the end that tidies up."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.body import Body, SagaLinks, View
from api.deps import Commander, Parts, PartsDep, Viewer, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.pairing import Serial
from store.facts import AssignDock, EndMission
from store.missions import Mission, MissionStatus
from workflows import names
from workflows.inputs import MissionInput

router = APIRouter(prefix="/v1/missions", tags=["missions"])


class CreateMission(Body):
    name: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)] = Field(
        examples=["Missing hiker, north ridge"]
    )


class Assign(Body):
    sn: Serial = Field(description="Serial of the dock")


class End(Body):
    outcome: Literal["completed", "aborted"] = "completed"


class MissionView(View):
    id: str
    name: str
    status: MissionStatus
    dock_sns: list[str]
    room: str
    created_by: str
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    problems: list[str]
    saga: SagaLinks


def _view(parts: Parts, mission: Mission) -> MissionView:
    links = parts.links(names.mission_id(mission.id))
    return MissionView(**mission.model_dump(), saga=links)


@router.post("", status_code=201)
async def create(parts: PartsDep, caller: Commander, body: CreateMission, key: IdempotencyKey = None) -> MissionView:
    """Create a mission."""
    mission_id = await resource_id(parts, caller, "missions", key, body.model_dump_json())
    mission = Mission(id=mission_id, org_id=caller.org, name=body.name, room=mission_id, created_by=caller.user)
    # The document first: a saga without its document could not be found, a document without its saga is started again
    await parts.missions.create(mission)
    given = MissionInput(
        mission_id=mission_id, org_id=caller.org, name=body.name, actor=actor(caller), timings=parts.timings
    )
    # Already started: the same Idempotency-Key, and the mission has ended; the document says how
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await parts.temporal.start_workflow(
            names.Workflow.MISSION,
            given,
            id=names.mission_id(mission_id),
            task_queue=names.TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            static_summary=f"Mission {body.name}",
        )
    await parts.note(caller, f"mission-{mission_id}", "mission.create", mission_id, name=body.name)
    return _view(parts, await parts.mission_of(caller, mission_id))


@router.get("")
async def missions(
    parts: PartsDep, caller: Viewer, limit: Limit = 50, after: After = None, status: MissionStatus | None = None
) -> Page[MissionView]:
    """List missions, newest first."""
    found, following = await page(parts.missions, limit, after, orgId=caller.org, status=status)
    return Page(items=[_view(parts, mission) for mission in found], next=following)


@router.get("/{mission_id}")
async def mission(parts: PartsDep, caller: Viewer, mission_id: str) -> MissionView:
    """Show one mission."""
    return _view(parts, await parts.mission_of(caller, mission_id))


@router.post("/{mission_id}/docks")
async def assign(parts: PartsDep, caller: Commander, mission_id: str, body: Assign) -> MissionView:
    """Assign a dock; its stream starts by itself as soon as its aircraft's camera is there."""
    await asyncio.gather(parts.mission_of(caller, mission_id), parts.dock_of(caller, body.sn))
    saga = parts.temporal.get_workflow_handle(names.mission_id(mission_id))
    await saga.execute_update(names.Update.ASSIGN, AssignDock(sn=body.sn, actor=actor(caller)))
    return _view(parts, await parts.mission_of(caller, mission_id))


@router.delete("/{mission_id}/docks/{sn}")
async def unassign(parts: PartsDep, caller: Commander, mission_id: str, sn: str) -> MissionView:
    """Take a dock out of the mission; its stream ends."""
    await parts.mission_of(caller, mission_id)
    await parts.dock_of(caller, sn)
    saga = parts.temporal.get_workflow_handle(names.mission_id(mission_id))
    await saga.execute_update(names.Update.UNASSIGN, AssignDock(sn=sn, actor=actor(caller)))
    return _view(parts, await parts.mission_of(caller, mission_id))


@router.post("/{mission_id}/end", status_code=202)
async def end(parts: PartsDep, caller: Commander, mission_id: str, body: End) -> MissionView:
    """End the mission: what flies is brought home, streams and leases end, docks are free. Watch `status`."""
    await parts.mission_of(caller, mission_id)
    saga = parts.temporal.get_workflow_handle(names.mission_id(mission_id))
    await saga.execute_update(names.Update.END, EndMission(outcome=body.outcome, actor=actor(caller)))
    await parts.note(caller, f"mission-{mission_id}-end", "mission.end", mission_id, outcome=body.outcome)
    return _view(parts, await parts.mission_of(caller, mission_id))
