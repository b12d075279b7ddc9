"""Flights: dispatch a wayline to a dock, pause, resume, stop, and follow what the dock says."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field, StringConstraints, ValidationInfo, field_validator, model_validator
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.areas import refuse_breach
from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.pairing import Serial
from api.problems import Refused, not_found
from api.security import Principal
from api.waylines import wayline_of
from store.facts import Ask, FlyTo, FlyWayline, GoHome
from store.flights import TERMINAL, FlightStatus, FlightTask, GateReading, InFlight, Progress
from store.geofence import Place
from workflows import names
from workflows.inputs import FlightInput, ReadyWhen, ResumeAt, TakeOffTo

router = APIRouter(prefix="/v1/flights", tags=["flights"])

LimitName = Literal[
    "battery", "wind", "rain", "storage", "dock", "telemetry",
    "landing_wind", "landing_rain", "landing_dock", "landing_telemetry",
]  # fmt: skip


Overrides = Annotated[
    dict[LimitName, Annotated[str, StringConstraints(min_length=3, max_length=500)]],
    Field(
        description="Limits of the gate to pass over, each with the reason",
        examples=[{"wind": "Person in the water, pilot in command accepts 14 m/s"}],
    ),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=128)]


class Conditions(Body):
    """When the dock is to call the flight ready. At most a day ahead."""

    begin: AwareDatetime
    end: AwareDatetime = Field(description="Not ready by then, the flight is missed")
    battery_least: int = Field(90, ge=0, le=100, description="per cent")


class Target(Body):
    """A point to take off to. The aircraft hovers there until it is sent on, or home."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    height: float = Field(ge=2, le=1500, description="m above the ellipsoid")
    climb: float = Field(40, ge=20, le=1500, description="Height to climb to first, m above take-off")
    max_speed: int = Field(10, ge=1, le=15, description="m/s")


class Pattern(Body):
    """What is flown, and how."""

    dock_sn: Serial
    wayline_id: str | None = None
    to: Target | None = Field(None, description="A point, in place of a wayline")
    name: Name | None = None
    rth_altitude: int = Field(100, ge=20, le=1500, description="Height of the way home, m above take-off")
    queue: bool = Field(False, description="Wait for a busy dock, instead of being refused")
    overrides: Overrides = Field(default_factory=dict)

    @model_validator(mode="after")
    def _one_of_both(self) -> Pattern:
        if (self.wayline_id is None) == (self.to is None):
            raise ValueError("give either waylineId or to")
        return self


class Dispatch(Pattern):
    execute_at: AwareDatetime | None = Field(None, description="Fly at that time, at most a day ahead; else at once")
    ready: Conditions | None = Field(None, description="Fly when the dock says that these are met")
    land_at: Serial | None = Field(None, description="Land at this other dock, which is empty (Dock 2 and 3)")

    @model_validator(mode="after")
    def _one_time(self) -> Dispatch:
        if self.execute_at is not None and self.ready is not None:
            raise ValueError("give either executeAt or ready")
        if self.ready is not None and self.to is not None:
            raise ValueError("only a wayline can wait for conditions")
        return self

    @field_validator("land_at")
    @classmethod
    def _at_once(cls, land_at: str | None, so_far: ValidationInfo) -> str | None:
        """The landing dock is held from the beginning, and DJI's task of two docks has no hour and no conditions."""
        if land_at is None:
            return None
        given = so_far.data
        for name, field in (("to", "to"), ("execute_at", "executeAt"), ("ready", "ready")):
            if given.get(name) is not None:
                raise ValueError(f"only a wayline that is flown at once ends at another dock; leave out {field}")
        if land_at == given.get("dock_sn"):
            raise ValueError("it takes off there; name another dock, or leave it out")
        return land_at


class Onward(Body):
    """A flight that goes on where another broke off."""

    name: Name | None = None
    queue: bool = False
    overrides: Overrides = Field(default_factory=dict)


class HomeOf(Body):
    dock_sn: Serial | None = Field(None, description="Another dock of the task, Dock 2 and 3; else its own")


class FlyOn(Body):
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    height: float = Field(ge=2, le=10000, description="m above the ellipsoid")
    max_speed: int = Field(10, ge=1, le=15, description="m/s")


class Another(Body):
    wayline_id: str


class FlightView(View):
    id: str
    mission_id: str
    dock_sn: str
    aircraft_sn: str | None = None
    name: str
    wayline_id: str | None = None
    target: dict[str, Any] | None = None
    landing_dock_sn: str | None = None
    task_type: int
    execute_at: datetime | None = None
    ready_from: datetime | None = None
    ready_until: datetime | None = None
    resumes: str | None = None
    schedule_id: str | None = None
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
    landing_progress: Progress | None = None
    break_point: dict[str, Any] | None = None
    in_flight_wayline_id: str | None = None
    in_flight: InFlight | None = None
    saga: SagaLinks


def _view(parts: Parts, task: FlightTask) -> FlightView:
    links = parts.links(names.flight_id(task.id))
    return FlightView(**task.model_dump(), saga=links)


async def _flight_of(parts: Parts, caller: Principal, key: str) -> FlightTask:
    task = await parts.flights.get(key)
    if task is None or task.org_id != caller.org:
        raise not_found("flight", key, "id")
    return task


async def planned(parts: Parts, caller: Principal, body: Pattern, task_id: str) -> FlightInput:
    """The flight at once that a pattern describes. Raises Refused where the dock or wayline is not to be had."""
    dock = await parts.dock_of(caller, body.dock_sn, field="dockSn")
    wayline = None
    if body.wayline_id is not None:
        wayline = await wayline_of(parts, caller, body.wayline_id, field="waylineId")
    if dock.mission_id is None:
        raise Refused(
            409, "dock-not-in-mission", f"Dock {dock.sn} is in no mission.", field="dockSn",
            cure="Assign it to a mission first.",
        )  # fmt: skip
    to = Place(body.to.longitude, body.to.latitude) if body.to is not None else None
    await refuse_breach(parts, dock.mission_id, wayline, to)
    return FlightInput(
        task_id=task_id,
        org_id=caller.org,
        mission_id=dock.mission_id,
        dock_sn=dock.sn,
        wayline_id=wayline.id if wayline is not None else None,
        to=TakeOffTo(**body.to.model_dump()) if body.to is not None else None,
        name=body.name or (wayline.name if wayline is not None else "To a point"),
        rth_altitude=body.rth_altitude,
        queue=body.queue,
        overrides={str(name): reason for name, reason in body.overrides.items()},
        actor=actor(caller),
        timings=parts.timings,
    )


async def _begin(parts: Parts, caller: Principal, given: FlightInput) -> FlightView:
    """Start the flight, and answer when it is accepted."""
    begin: WithStartWorkflowOperation[object, object] = WithStartWorkflowOperation(
        names.Workflow.FLIGHT,
        given,
        id=names.flight_id(given.task_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        static_summary=f"Fly {given.name} from {given.dock_sn}",
    )
    # Already started: the same Idempotency-Key, and the flight has ended; the document says how
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    await parts.note(
        caller, f"flight-{given.task_id}", "flight.dispatch", given.task_id, dock=given.dock_sn,
        mission=given.mission_id, overrides=given.overrides,
    )  # fmt: skip
    return _view(parts, await _flight_of(parts, caller, given.task_id))


@router.post("", status_code=201)
async def dispatch(parts: PartsDep, caller: Operator, body: Dispatch, key: IdempotencyKey = None) -> FlightView:
    """Fly a wayline, or to a point: at once, at a time, or when conditions are met.

    Answers as soon as the dock is held for it, or the time is noted; watch `status` for the rest.
    """
    # Before the key is used up: a refusal leaves it free
    given = await planned(parts, caller, body, "")
    if body.land_at is not None:
        given.landing_dock_sn = (await parts.dock_of(caller, body.land_at, field="landAt")).sn
    given.task_id = await resource_id(parts, caller, "flights", key, body.model_dump_json())
    if body.execute_at is not None:
        given.task_type, given.execute_at = 1, _ms(body.execute_at)
    if body.ready is not None:
        given.task_type = 2
        given.ready = ReadyWhen(
            begin=_ms(body.ready.begin), end=_ms(body.ready.end), battery_least=body.ready.battery_least
        )
    return await _begin(parts, caller, given)


@router.post("/{flight_id}/continue", status_code=201)
async def go_on(
    parts: PartsDep, caller: Operator, flight_id: str, body: Onward, key: IdempotencyKey = None
) -> FlightView:
    """Fly on, in a new flight, from where this one broke off.

    It was stopped, sent home, low on battery, or the dock restarted.
    """
    before = await _flight_of(parts, caller, flight_id)
    if before.status not in TERMINAL:
        raise Refused(
            409,
            "flight-under-way",
            f"The flight is {before.status}.",
            field="id",
            cure="Resume it, or wait for its end.",
        )
    if before.status == "ok" or before.break_point is None:
        raise Refused(
            409, "no-break-point", "The dock named no place where this flight broke off.", field="id",
            cure="Fly the wayline from its beginning.",
        )  # fmt: skip
    pattern = Pattern(
        dock_sn=before.dock_sn,
        wayline_id=before.wayline_id,
        name=body.name or before.name,
        rth_altitude=before.rth_altitude,
        queue=body.queue,
        overrides=body.overrides,
    )
    given = await planned(parts, caller, pattern, "")
    given.task_id = await resource_id(parts, caller, f"flights/{flight_id}/continue", key, body.model_dump_json())
    given.resumes = ResumeAt.model_validate({**before.break_point, "flight_id": before.id})
    return await _begin(parts, caller, given)


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


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
    """List flights, newest first."""
    found, following = await page(
        parts.flights, limit, after, orgId=caller.org, missionId=mission, dockSn=dock, status=status
    )
    return Page(items=[_view(parts, task) for task in found], next=following)


@router.get("/{flight_id}")
async def flight(parts: PartsDep, caller: Viewer, flight_id: str) -> FlightView:
    """Show one flight, with the readings of its gate."""
    return _view(parts, await _flight_of(parts, caller, flight_id))


async def _tell(
    parts: Parts, caller: Principal, flight_id: str, word: names.Update, ask: Ask | None = None
) -> FlightView:
    await _flight_of(parts, caller, flight_id)
    saga = parts.temporal.get_workflow_handle(names.flight_id(flight_id))
    await saga.execute_update(word, ask or Ask(actor=actor(caller)))
    return _view(parts, await _flight_of(parts, caller, flight_id))


@router.post("/{flight_id}/pause")
async def pause(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    """Pause: the aircraft hovers. Answers when the dock took the command."""
    return await _tell(parts, caller, flight_id, names.Update.PAUSE)


@router.post("/{flight_id}/resume")
async def resume(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    """Fly on after a pause."""
    return await _tell(parts, caller, flight_id, names.Update.RESUME)


@router.post("/{flight_id}/stop")
async def stop(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    """Bring the aircraft home and drop the rest.

    While the dock prepares, the take-off is cancelled.
    """
    return await _tell(parts, caller, flight_id, names.Update.STOP)


@router.post("/{flight_id}/home")
async def home(parts: PartsDep, caller: Operator, flight_id: str, body: HomeOf) -> FlightView:
    """Call the aircraft home; how the flight ends is the dock's word. To another dock where the task has two."""
    ask = GoHome(actor=actor(caller), home_dock_sn=body.dock_sn)
    return await _tell(parts, caller, flight_id, names.Update.GO_HOME, ask)


@router.post("/{flight_id}/home/cancel")
async def cancel_home(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    """Call the way home off: the aircraft hovers, has left its wayline, and waits for another word."""
    return await _tell(parts, caller, flight_id, names.Update.CANCEL_HOME)


@router.post("/{flight_id}/wayline")
async def fly_wayline(parts: PartsDep, caller: Operator, flight_id: str, body: Another) -> FlightView:
    """Give an aircraft that hovers another wayline (Dock 2 and 3). `pause` and `resume` are this wayline's until it
    ends; watch `inFlight`.
    """
    wayline = await wayline_of(parts, caller, body.wayline_id, field="waylineId")
    ask = FlyWayline(actor=actor(caller), wayline_id=wayline.id)
    return await _tell(parts, caller, flight_id, names.Update.FLY_WAYLINE, ask)


@router.post("/{flight_id}/wayline/cancel")
async def cancel_wayline(parts: PartsDep, caller: Operator, flight_id: str) -> FlightView:
    """Call the wayline off that was given in flight: the aircraft hovers."""
    return await _tell(parts, caller, flight_id, names.Update.CANCEL_WAYLINE)


@router.post("/{flight_id}/fly-to")
async def fly_to(parts: PartsDep, caller: Operator, flight_id: str, body: FlyOn) -> FlightView:
    """Send an aircraft that is in the air to a point, or to another one than before."""
    ask = FlyTo(actor=actor(caller), **body.model_dump())
    return await _tell(parts, caller, flight_id, names.Update.FLY_TO, ask)
