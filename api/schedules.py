"""Recurring flights: each is a Temporal Schedule, which goes on whatever else is restarted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final
from zoneinfo import available_timezones

from fastapi import APIRouter
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, field_validator
from temporalio.client import (
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleDescription,
    ScheduleHandle,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleState,
)
from temporalio.service import RPCError, RPCStatusCode

from api.body import Body, View
from api.deps import Operator, Parts, PartsDep, Viewer
from api.flights import Pattern, planned
from api.idempotency import IdempotencyKey, resource_id
from api.paging import Page
from api.problems import Refused, not_found
from api.security import Principal
from workflows import names
from workflows.inputs import RecurringInput
from workflows.search import attributes

router = APIRouter(prefix="/v1/schedules", tags=["recurring flights"])

# A turn whose time passed while Temporal was down is flown at most so late; later it counts as missed
LATE: Final = timedelta(seconds=60)


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("no such time zone; give one like Europe/Berlin")
    return name


class Turn(Pattern):
    """What each turn flies."""

    land_at: None = Field(None, description="Nothing: only a flight that is dispatched at once lands at another dock")

    @field_validator("land_at", mode="before")
    @classmethod
    def _at_its_dock(cls, land_at: object) -> None:
        if land_at is not None:
            raise ValueError("only a flight that is dispatched at once ends at another dock; leave it out")


class Recurring(Body):
    """A flight that is flown again and again."""

    flight: Turn
    cron: Annotated[str, StringConstraints(min_length=9, max_length=100)] = Field(
        description="Minute, hour, day of month, month, day of week", examples=["0 6,18 * * MON-FRI"]
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = "UTC"
    end_at: AwareDatetime | None = None
    when_busy: str = Field("skip", pattern="^(skip|wait)$", description="Skip a turn, or wait for the dock")


class RecurringView(View):
    id: str
    name: str
    dock_sn: str
    mission_id: str
    wayline_id: str | None = None
    cron: str
    time_zone: str
    end_at: datetime | None = None
    when_busy: str
    paused: bool
    note: str | None = None
    next: list[datetime]
    begun: int = Field(description="Turns so far")
    missed: int = Field(description="Turns whose time passed while nothing could begin them")
    skipped: int = Field(description="Turns that came while the one before had not ended")


@router.post("", status_code=201)
async def create(parts: PartsDep, caller: Operator, body: Recurring, key: IdempotencyKey = None) -> RecurringView:
    """Fly a pattern by the clock. Each turn is a flight, and passes the gate like any other."""
    flight = await planned(parts, caller, body.flight, "")
    flight.queue = body.when_busy == "wait"
    schedule = await resource_id(parts, caller, "schedules", key, body.model_dump_json())
    flight.schedule_id = schedule
    found = attributes(OrgId=caller.org, MissionId=flight.mission_id, DockSn=flight.dock_sn, Saga=names.Saga.RECURRING)
    wait = body.when_busy == "wait"
    try:
        handle = await parts.temporal.create_schedule(
            names.schedule_id(schedule),
            Schedule(
                action=ScheduleActionStartWorkflow(
                    names.Workflow.RECURRING,
                    RecurringInput(schedule_id=schedule, flight=flight, timings=parts.timings),
                    id=names.recurring_id(schedule),
                    task_queue=names.TASK_QUEUE,
                    typed_search_attributes=found,
                    static_summary=f"A turn of {flight.name} from {flight.dock_sn}",
                ),
                spec=ScheduleSpec(cron_expressions=[body.cron], time_zone_name=body.time_zone, end_at=body.end_at),
                policy=SchedulePolicy(
                    overlap=ScheduleOverlapPolicy.BUFFER_ONE if wait else ScheduleOverlapPolicy.SKIP,
                    catchup_window=LATE,
                ),
            ),
            search_attributes=found,
            memo={
                "org": caller.org,
                "name": flight.name,
                "dock_sn": flight.dock_sn,
                "mission_id": flight.mission_id,
                "wayline_id": flight.wayline_id,
                "cron": body.cron,
                "time_zone": body.time_zone,
                "when_busy": body.when_busy,
            },
        )
    except ScheduleAlreadyRunningError:
        handle = parts.temporal.get_schedule_handle(names.schedule_id(schedule))
    except RPCError as error:
        if error.status is RPCStatusCode.INVALID_ARGUMENT:
            raise Refused(
                422, "bad-cron", error.message, field="cron", cure="Give five fields, like 0 6 * * MON-FRI."
            ) from None
        raise
    await parts.note(caller, f"schedule-{schedule}", "schedule.create", schedule, dock=flight.dock_sn, cron=body.cron)
    return await _view(schedule, await handle.describe())


@router.get("")
async def schedules(parts: PartsDep, caller: Viewer) -> Page[RecurringView]:
    """List recurring flights of the organisation."""
    prefix = names.schedule_id("")
    listed = await parts.temporal.list_schedules(query=f"OrgId = '{caller.org}'")
    keys = [item.id.removeprefix(prefix) async for item in listed if item.id.startswith(prefix)]
    return Page(items=[await _found(parts, caller, key) for key in keys], next=None)


@router.get("/{schedule}")
async def show(parts: PartsDep, caller: Viewer, schedule: str) -> RecurringView:
    """Show one recurring flight."""
    return await _found(parts, caller, schedule)


@router.post("/{schedule}/pause")
async def pause(parts: PartsDep, caller: Operator, schedule: str) -> RecurringView:
    """Pause: begin no turn until it is resumed. A flight in the air is left alone."""
    handle = await _handle(parts, caller, schedule)
    await handle.pause(note=f"paused by {caller.user}")
    return await _found(parts, caller, schedule)


@router.post("/{schedule}/resume")
async def resume(parts: PartsDep, caller: Operator, schedule: str) -> RecurringView:
    """Begin turns again."""
    handle = await _handle(parts, caller, schedule)
    await handle.unpause(note=f"resumed by {caller.user}")
    return await _found(parts, caller, schedule)


@router.delete("/{schedule}", status_code=204)
async def delete(parts: PartsDep, caller: Operator, schedule: str) -> None:
    """End a recurring flight.

    A flight in the air is left alone, and those of the past stay in the list of flights.
    """
    handle = await _handle(parts, caller, schedule)
    await handle.delete()
    await parts.note(caller, f"schedule-end-{schedule}", "schedule.delete", schedule)


async def _handle(parts: Parts, caller: Principal, schedule: str) -> ScheduleHandle:
    await _found(parts, caller, schedule)
    return parts.temporal.get_schedule_handle(names.schedule_id(schedule))


async def _found(parts: Parts, caller: Principal, schedule: str) -> RecurringView:
    try:
        described = await parts.temporal.get_schedule_handle(names.schedule_id(schedule)).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise not_found("recurring flight", schedule, "id") from None
        raise
    if (await described.memo())["org"] != caller.org:
        raise not_found("recurring flight", schedule, "id")
    return await _view(schedule, described)


async def _view(schedule: str, described: ScheduleDescription) -> RecurringView:
    memo, info, state = await described.memo(), described.info, described.schedule.state or ScheduleState()
    return RecurringView(
        id=schedule,
        **{name: value for name, value in memo.items() if name != "org"},
        end_at=described.schedule.spec.end_at,
        paused=state.paused,
        note=state.note,
        next=list(info.next_action_times),
        begun=info.num_actions,
        missed=info.num_actions_missed_catchup_window,
        skipped=info.num_actions_skipped_overlap,
    )
