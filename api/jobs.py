"""Remote debugging: what a person has a dock do, one job at a time, while nothing flies from it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID, uuid5

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal
from dji import supports
from dji.commands import all_specs
from dji.encoding import EncodeError, command, encode
from dji.model import REGISTRY, Model
from dji.schema import table
from dji.topics import Kind
from store.docks import Dock
from store.facts import Close, DebugOrder
from store.jobs import Job, Jobs, JobStatus
from workflows import names
from workflows.inputs import DebugInput

router = APIRouter(prefix="/v1", tags=["debug"])

# What a person may have a dock do; flights, video, firmware and the live link have routes and sagas of their own
METHODS: Final = (
    "cover_open", "cover_close", "cover_force_close", "drone_open", "drone_close", "charge_open", "charge_close",
    "putter_open", "putter_close", "device_reboot", "device_format", "drone_format", "supplement_light_open",
    "supplement_light_close", "alarm_state_switch", "battery_store_mode_switch", "battery_maintenance_switch",
    "air_conditioner_mode_switch", "sdr_workmode_switch", "esim_activate", "esim_operator_switch", "sim_slot_switch",
    "rtk_calibration",
)  # fmt: skip
NAMESPACE: Final = UUID("6d9c2c0e-51a5-4d0a-9a55-6a6a1f0c7a11")
Reason = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]


class OpenDebug(Body):
    reason: Reason = Field("", examples=["Ice on the cover"])


class OrderJob(Body):
    method: str = Field(description="One of the dock's methods of remote debugging, as DJI names it")
    data: dict[str, Any] = Field(default_factory=dict, description="As DJI documents it for the method")
    reason: Reason = ""


class DebugView(View):
    """`phase` as the saga has it: opening, open, closing, closed."""

    sn: str
    phase: str
    methods: list[str] = Field(description="What this dock can be told")
    saga: SagaLinks


class JobField(View):
    """A field of a job's data, under DJI's name. `fields`: it is an object of these, or with `many` a list of such."""

    name: str
    meaning: str
    type: str = Field(description="integer, number, text, boolean, object or any")
    unit: str = ""
    low: float | None = None
    high: float | None = None
    values: dict[str, str] = Field(description="What each value means, where they are counted")
    required: bool
    many: bool
    fields: list[JobField] = Field(default_factory=list)


class JobKind(View):
    """Something that the dock can be told."""

    method: str
    meaning: str
    fields: list[JobField] = Field(description="What its data may say; none: it takes no data")


class DebugDetails(DebugView):
    """`phase`: open while remote debugging holds the dock, else closed."""

    jobs: list[JobKind] = Field(description="The same with what each does and takes")


class JobView(View):
    id: str
    sn: str
    method: str
    data: dict[str, Any]
    user: str
    reason: str
    status: JobStatus
    percent: int | None = None
    step: str | None = None
    result: int | None = None
    meaning: str | None = None
    cure: str | None = None
    created_at: datetime
    ended_at: datetime | None = None
    saga: SagaLinks


def _links(parts: Parts, sn: str) -> SagaLinks:
    return parts.links(names.debug_id(sn))


def _view(parts: Parts, job: Job) -> JobView:
    return JobView(**job.model_dump(exclude={"org_id"}), saga=_links(parts, job.sn))


def methods_of(product: str | None) -> list[str]:
    """What a dock of this product can be told here; all for one that has not said what it is."""
    return [method for method in METHODS if method in all_specs() and (product is None or supports(product, method))]


def _kind_of(method: str) -> JobKind:
    model = REGISTRY[Kind.SERVICES, method]
    return JobKind(method=method, meaning=(model.__doc__ or "").strip(), fields=_fields(model))


def _fields(model: type[Model]) -> list[JobField]:
    found = {leaf.wire: leaf for leaf in table(model).values()}
    return [
        JobField(
            name=name, meaning=leaf.spec.doc, type=leaf.type, unit=leaf.spec.unit or "", low=leaf.spec.low,
            high=leaf.spec.high, values={str(value): text for value, text in leaf.spec.values.items()},
            required=leaf.spec.required, many=leaf.many, fields=_fields(leaf.model) if leaf.model is not None else [],
        )
        for name, leaf in found.items()
    ]  # fmt: skip


def _begin(parts: Parts, caller: Principal, sn: str, reason: str) -> WithStartWorkflowOperation[Any, Any]:
    return WithStartWorkflowOperation(
        names.Workflow.DEBUG,
        DebugInput(sn=sn, org_id=caller.org, actor=actor(caller, reason), timings=parts.timings),
        id=names.debug_id(sn),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=f"Remote debugging of dock {sn}",
    )


@router.get("/docks/{sn}/debug")
async def show_debug(parts: PartsDep, caller: Viewer, sn: str) -> DebugDetails:
    """Show whether the dock is held for remote debugging, and what its model can be told there."""
    dock = await parts.dock_of(caller, sn)
    able = methods_of(dock.product)
    held = dock.lease is not None and dock.lease.holder == names.debug_id(sn)
    return DebugDetails(
        sn=sn,
        phase="open" if held else "closed",
        methods=able,
        jobs=[_kind_of(method) for method in able],
        saga=_links(parts, sn),
    )


@router.post("/docks/{sn}/debug", status_code=201)
async def open_debug(parts: PartsDep, caller: Operator, sn: str, body: OpenDebug) -> DebugView:
    """Have the dock enter remote debugging. It is held for that, and flies nothing until it is closed."""
    dock = await parts.dock_of(caller, sn)
    begin = _begin(parts, caller, sn, body.reason)
    await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    handle = await begin.workflow_handle()
    await parts.note(caller, f"debug-{handle.first_execution_run_id}", "debug.open", sn, reason=body.reason)
    return DebugView(sn=sn, phase="open", methods=methods_of(dock.product), saga=_links(parts, sn))


@router.delete("/docks/{sn}/debug", status_code=202)
async def close_debug(parts: PartsDep, caller: Operator, sn: str) -> DebugView:
    """Have the dock leave remote debugging, once a job that runs has ended. It is free then."""
    dock = await parts.dock_of(caller, sn)
    saga = parts.temporal.get_workflow_handle(names.debug_id(sn))
    await saga.signal(names.Signal.CLOSE, Close(reason="closed", actor=actor(caller)))
    return DebugView(sn=sn, phase="closing", methods=methods_of(dock.product), saga=_links(parts, sn))


@router.post("/docks/{sn}/jobs", status_code=202)
async def order(parts: PartsDep, caller: Operator, sn: str, body: OrderJob, key: IdempotencyKey = None) -> JobView:
    """Have the dock do something, in remote debugging, which is opened where it is not. Follow the job to its end."""
    dock = await parts.dock_of(caller, sn)
    able = methods_of(dock.product)
    if body.method not in able:
        raise Refused(
            422, "job-unknown", f"{body.method} is nothing that dock {sn} can be told here.", field="method",
            cure=f"Give one of {', '.join(able)}.",
        )  # fmt: skip
    _check(dock, body)
    job_id = str(uuid5(NAMESPACE, await resource_id(parts, caller, "jobs", key, f"{sn}|{body.model_dump_json()}")))
    asked = DebugOrder(job_id=job_id, method=body.method, data=body.data, actor=actor(caller, body.reason))
    before = await Jobs(parts.firestore).get(job_id)
    if before is None:
        await parts.temporal.execute_update_with_start_workflow(
            names.Update.ORDER, asked, id=job_id, start_workflow_operation=_begin(parts, caller, sn, body.reason)
        )
        await parts.note(caller, f"job-{job_id}", f"debug.{body.method}", sn, data=body.data, reason=body.reason)
    return await job(parts, caller, job_id)


@router.get("/docks/{sn}/jobs")
async def jobs(parts: PartsDep, caller: Viewer, sn: str, limit: Limit = 50, after: After = None) -> Page[JobView]:
    """List what the dock was told in remote debugging, newest first."""
    await parts.dock_of(caller, sn)
    found, following = await page(Jobs(parts.firestore), limit, after, orgId=caller.org, sn=sn)
    return Page(items=[_view(parts, each) for each in found], next=following)


@router.get("/jobs/{job_id}")
async def job(parts: PartsDep, caller: Viewer, job_id: str) -> JobView:
    """Show one job: how far it is, or how it ended."""
    found = await Jobs(parts.firestore).get(job_id)
    if found is None or found.org_id != caller.org:
        raise not_found("job", job_id, "id")
    return _view(parts, found)


def _check(dock: Dock, body: OrderJob) -> None:
    """Raises Refused 422, which names the field, for data that the protocol does not have."""
    try:
        encode(command(dock.sn, body.method, body.data, tid="-", bid="-", timestamp=0, product=dock.product))
    except EncodeError as error:
        raise Refused(
            422, "job-data", f"{body.method}: {error}.", field=error.field,
            cure=f"See `argus dji methods {body.method}`.",
        ) from None  # fmt: skip
