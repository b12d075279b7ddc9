"""Relays: one route over several docks. Plan it, start it, see who flies, and say what shall become of it."""

from __future__ import annotations

import contextlib
from datetime import datetime
from typing import Annotated, Final, Literal, Self

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints, ValidationError, model_validator
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError, WorkflowAlreadyStartedError

from activities.state.relay import RelayPlanned, RelayQuery, RelayState
from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.flights import LimitName
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.pairing import Serial
from api.problems import Refused, failed, not_found
from api.security import Principal
from api.waylines import wayline_of
from dji import wpml
from store.facts import Ask, Decide
from store.relays import CraftLimits, Question, Relay, RelayLeg, Relays, RelayStatus, RoutePoint
from workflows import names
from workflows.inputs import DockModel, RelayInput

router = APIRouter(prefix="/v1/relays", tags=["relays"])

MOST_POINTS: Final = 1000  # they are in the saga's history
MOST_DOCKS: Final = 50

HeightMode = Literal["relativeToStartPoint", "WGS84"]
HEIGHT_MODES: Final[dict[str, HeightMode]] = {"relativeToStartPoint": "relativeToStartPoint", "WGS84": "WGS84"}


class Point(RoutePoint, extra="forbid"):
    """A waypoint of the whole route."""


class Craft(CraftLimits, extra="forbid"):
    """What to plan with for a model's aircraft, in place of what we know of it."""


class RelayPlanBody(Body):
    """A route, as waypoints or as an uploaded wayline, and the docks in the order in which they fly it."""

    docks: list[Serial] = Field(min_length=2, max_length=MOST_DOCKS)
    route: list[Point] | None = Field(None, min_length=2, max_length=MOST_POINTS)
    wayline_id: str | None = Field(
        None, description="Take the route of this KMZ, in place of `route`: its waypoints, with photos and hovering"
    )
    height_mode: HeightMode = Field(
        "relativeToStartPoint",
        description="Heights of `route` above the dock that flies the leg, or above the ellipsoid: where docks lie at "
        "different heights, give WGS84",
    )
    speed: float = Field(10, ge=1, le=15, description="m/s")
    reserve: float = Field(25, ge=15, le=80, description="Per cent of battery left after each landing")
    rth_altitude: int = Field(100, ge=20, le=1450, description="Height of the way home, m above take-off")
    separation: int = Field(
        15, ge=0, le=50, description="m that the way home of a dock is higher that is sent while another flies"
    )
    crafts: dict[DockModel, Craft] = Field(
        default_factory=dict, description="By model of the dock: an old battery, a hill before the antenna"
    )

    @model_validator(mode="after")
    def _one_route(self) -> Self:
        if (self.route is None) == (self.wayline_id is None):
            raise ValueError("give either `route` or `waylineId`")
        if len(set(self.docks)) < len(self.docks):
            raise ValueError("a dock is named twice in `docks`")
        return self


class StartRelay(RelayPlanBody):
    name: Annotated[str, StringConstraints(min_length=1, max_length=128)] = "Relay"
    overlap: int | None = Field(
        None, ge=5, le=100, description="Per cent of a leg after which the next dock is sent; null: when it has landed"
    )
    overrides: dict[LimitName, Annotated[str, StringConstraints(min_length=3, max_length=500)]] = Field(
        default_factory=dict, description="Limits of the gate to pass over, each with the reason"
    )


class Answered(Body):
    decision: Literal["retry", "skip", "abort"]
    reason: str = Field("", max_length=500)


class PlanView(View):
    length_m: float
    legs: list[RelayLeg]
    skippable: list[str]


class RelayView(View):
    id: str
    mission_id: str
    name: str
    docks: list[str]
    length_m: float
    overlap: int | None
    status: RelayStatus
    reason: str | None = None
    legs: list[RelayLeg]
    question: Question | None = None
    covered_m: float
    gap_m: float
    requested_by: str
    created_at: datetime
    updated_at: datetime
    ended_at: datetime | None = None
    saga: SagaLinks


def _view(parts: Parts, relay: Relay) -> RelayView:
    links = parts.links(names.relay_id(relay.id))
    return RelayView(**relay.model_dump(), saga=links)


async def _relay_of(parts: Parts, caller: Principal, key: str) -> Relay:
    relay = await Relays(parts.firestore).get(key)
    if relay is None or relay.org_id != caller.org:
        raise not_found("relay", key, "id")
    return relay


async def _route(parts: Parts, caller: Principal, body: RelayPlanBody) -> tuple[list[RoutePoint], HeightMode]:
    """The route's points and the mode of their heights."""
    if body.route is not None:
        return list(body.route), body.height_mode
    wayline = await wayline_of(parts, caller, body.wayline_id or "", field="waylineId")
    data = await parts.objects.get(wayline.object_key)
    if data is None:
        raise not_found("file of wayline", wayline.id, "waylineId")
    points = wpml.read_kmz(data).waypoints()
    if len(points) > MOST_POINTS:
        raise Refused(
            422, "route-too-long", f"The wayline has {len(points)} waypoints, a relay takes {MOST_POINTS}.",
            field="waylineId", cure="Thin it out, or fly it as several relays.",
        )  # fmt: skip
    modes = {point.height_mode for point in points}
    if len(modes) != 1 or (mode := HEIGHT_MODES.get(modes.pop())) is None:
        raise Refused(
            422, "route-heights", "Its heights are not all above the take-off point, or all above the ellipsoid.",
            field="waylineId", cure="Export it with relative or WGS84 heights.",
        )  # fmt: skip
    try:
        route = [
            RoutePoint(lat=p.lat, lon=p.lon, height=p.height, speed=p.speed, photo=p.photos > 0, hover=p.hover_s)
            for p in points
        ]
    except ValidationError as error:
        first = error.errors()[0]
        raise Refused(
            422, "route-unfit", f"A waypoint of it is no waypoint of a relay: {first['loc'][0]}: {first['msg']}.",
            field="waylineId", cure="Change that waypoint.",
        ) from None  # fmt: skip
    return route, mode


async def _mission(parts: Parts, caller: Principal, docks: list[str]) -> str:
    """The one mission that all docks are in."""
    missions: dict[str, str] = {}
    for number, sn in enumerate(docks):
        dock = await parts.dock_of(caller, sn, field=f"docks[{number}]")
        if dock.mission_id is None or (missions and dock.mission_id not in missions):
            raise Refused(
                409, "dock-not-in-mission", f"Dock {sn} is not in the mission of the others.",
                field=f"docks[{number}]", cure="Assign all docks of the relay to one mission.",
            )  # fmt: skip
        missions[dock.mission_id] = sn
    return next(iter(missions))


@router.post("/plan")
async def plan(parts: PartsDep, caller: Operator, body: RelayPlanBody) -> PlanView:
    """Plan a relay: who would fly what if it began now. Starts nothing."""
    route, _ = await _route(parts, caller, body)
    query = RelayQuery(
        org_id=caller.org, mission_id=await _mission(parts, caller, body.docks), docks=body.docks, route=route,
        speed=body.speed, reserve=body.reserve, rth_altitude=body.rth_altitude + body.separation,
        crafts=dict(body.crafts),
    )  # fmt: skip
    try:
        planned: RelayPlanned = await RelayState(parts.firestore, parts.events, parts.objects).plan_relay(query)
    except ApplicationError as error:
        raise failed(error) from None
    return PlanView(**planned.model_dump())


@router.post("", status_code=201)
async def start(parts: PartsDep, caller: Operator, body: StartRelay, key: IdempotencyKey = None) -> RelayView:
    """Start a relay. Answers when all docks are leased and all files uploaded, or says why not: then nothing is."""
    relay_id = await resource_id(parts, caller, "relays", key, body.model_dump_json())
    if (known := await Relays(parts.firestore).get(relay_id)) is not None:
        return _view(parts, known)  # the same Idempotency-Key, whatever has become of the docks since
    route, height_mode = await _route(parts, caller, body)
    mission_id = await _mission(parts, caller, body.docks)
    given = RelayInput(
        relay_id=relay_id,
        org_id=caller.org,
        mission_id=mission_id,
        name=body.name,
        docks=body.docks,
        route=route,
        height_mode=height_mode,
        speed=body.speed,
        reserve=body.reserve,
        crafts=dict(body.crafts),
        rth_altitude=body.rth_altitude,
        separation=body.separation,
        overlap=body.overlap,
        overrides={str(name): reason for name, reason in body.overrides.items()},
        actor=actor(caller),
        timings=parts.timings,
    )
    begin: WithStartWorkflowOperation[object, object] = WithStartWorkflowOperation(
        names.Workflow.RELAY,
        given,
        id=names.relay_id(relay_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
        static_summary=f"Relay {body.name} over {len(body.docks)} docks",
    )
    # Already started: the same Idempotency-Key, and the relay has ended; the document says how
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    await parts.note(caller, f"relay-{relay_id}", "relay.start", relay_id, docks=body.docks, mission=mission_id)
    return _view(parts, await _relay_of(parts, caller, relay_id))


@router.get("")
async def relays(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    mission: str | None = None,
    status: Annotated[RelayStatus | None, Query()] = None,
) -> Page[RelayView]:
    """List relays, newest first."""
    found, following = await page(
        Relays(parts.firestore), limit, after, orgId=caller.org, missionId=mission, status=status
    )
    return Page(items=[_view(parts, relay) for relay in found], next=following)


@router.get("/{relay_id}")
async def relay(parts: PartsDep, caller: Viewer, relay_id: str) -> RelayView:
    """Show one relay: who flies, waits and is done."""
    return _view(parts, await _relay_of(parts, caller, relay_id))


async def _tell(parts: Parts, caller: Principal, relay_id: str, word: names.Update, said: Ask) -> RelayView:
    await _relay_of(parts, caller, relay_id)
    await parts.temporal.get_workflow_handle(names.relay_id(relay_id)).execute_update(word, said)
    return _view(parts, await _relay_of(parts, caller, relay_id))


@router.post("/{relay_id}/pause")
async def pause(parts: PartsDep, caller: Operator, relay_id: str) -> RelayView:
    """Pause: what flies hovers, nothing takes off.

    Who hovers for too long comes home, and flies its leg again later."""
    return await _tell(parts, caller, relay_id, names.Update.PAUSE, Ask(actor=actor(caller)))


@router.post("/{relay_id}/resume")
async def resume(parts: PartsDep, caller: Operator, relay_id: str) -> RelayView:
    """Go on after a pause."""
    return await _tell(parts, caller, relay_id, names.Update.RESUME, Ask(actor=actor(caller)))


@router.post("/{relay_id}/abort", status_code=202)
async def abort(parts: PartsDep, caller: Operator, relay_id: str) -> RelayView:
    """Abort: every aircraft comes home, every dock is given back. Watch `status`."""
    return await _tell(parts, caller, relay_id, names.Update.ABORT, Ask(actor=actor(caller)))


@router.post("/{relay_id}/decide")
async def decide(parts: PartsDep, caller: Operator, relay_id: str, body: Answered) -> RelayView:
    """Answer the relay's `question`: fly the leg again, accept the gap, or abort."""
    said = Decide(actor=actor(caller, body.reason), decision=body.decision)
    return await _tell(parts, caller, relay_id, names.Update.DECIDE, said)
