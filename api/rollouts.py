"""Firmware rollouts: started, watched, paused, resumed, cancelled, and retried dock by dock or all that failed."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.failures import Failure, failure
from api.body import Body, SagaLinks, View
from api.deps import Commander, Parts, PartsDep, Viewer, actor
from api.firmware import package_of
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.pairing import Serial
from api.problems import Refused, camel, failed, not_found
from api.security import Principal
from dji.firmware_name import is_older
from dji.products import dock_of_aircraft
from store.docks import Dock
from store.facts import RetryAsk, RolloutAsk
from store.firmware import (
    RETRIABLE,
    ROLLOUT_OVER,
    Counts,
    OtaState,
    PackageRef,
    Push,
    PushStatus,
    Rollout,
    RolloutPlan,
    RolloutStatus,
    Window,
    push_key,
)
from workflows import names
from workflows.inputs import FirmwareRolloutInput
from workflows.rollout_plan import faults
from workflows.search import attributes

router = APIRouter(prefix="/v1/firmware/rollouts", tags=["firmware"])

MOST_DOCKS: Final = 10_000
Reason = Annotated[str, StringConstraints(max_length=500)]


class DockFilter(Body):
    """Docks that a rollout is for; all that is given has to hold. Only docks of the packages' product are taken."""

    mission: str | None = Field(None, description="Id of a mission")
    online: bool | None = None
    version_below: str | None = Field(None, description="Docks whose firmware is lower than this version")


class Hours(Body):
    start: str = Field(examples=["22:00"])
    end: str = Field(examples=["05:00"])
    zone: str = Field("UTC", examples=["Europe/Berlin"])


class NewRollout(Body):
    packages: list[str] = Field(min_length=1, max_length=2, description="Ids: one for docks, one for aircraft, or both")
    name: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None
    docks: list[Serial] | None = Field(None, min_length=1, max_length=MOST_DOCKS, description="Serials, in their order")
    filter: DockFilter | None = None
    upgrade_type: Literal[2, 3] = Field(3, description="3 normal, 2 consistency upgrade (where the device asks for it)")
    canary: int | None = Field(None, ge=1, description="Docks of the first wave")
    canary_percent: int | None = Field(None, ge=1, le=100)
    steps: list[int] = Field(default_factory=list, max_length=20, description="Percent reached after each later wave")
    at_once: int = Field(10, ge=1, le=500)
    soak: float = Field(0, ge=0, le=2_592_000, description="Seconds between two waves")
    abort_after: int | None = Field(None, ge=0, description="More failed docks than this halt it")
    abort_percent: int | None = Field(20, ge=0, le=100, description="The same, in percent of all docks")
    window: Hours | None = Field(None, description="Hours in which upgrades may start")
    offline: Literal["wait", "skip"] = "wait"
    attempts: int = Field(3, ge=1, le=10)


class RolloutView(View):
    id: str
    name: str
    packages: list[PackageRef]
    upgrade_type: int
    docks: int = Field(description="How many; see /docks")
    plan: RolloutPlan
    status: RolloutStatus
    phase: str
    reason: str | None = None
    wave: int
    waves: int
    counts: Counts
    report: dict[str, Any] | None = None
    requested_by: str
    created_at: datetime
    updated_at: datetime | None = None
    ended_at: datetime | None = None
    saga: SagaLinks


class PushView(View):
    dock_sn: str
    wave: int
    status: PushStatus
    phase: str
    attempt: int
    reason: str | None = None
    cure: str | None = None
    error_code: int | None = None
    before: dict[str, str]
    after: dict[str, str]
    progress: OtaState | None = None
    next_try_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    saga: SagaLinks


class Word(Body):
    reason: Reason = ""


class RetryWord(Word):
    sn: Serial | None = Field(None, description="One dock; without it, all that have failed")


class Heard(View):
    """The rollout after a word, and the docks that the word changed."""

    rollout: RolloutView
    docks: list[str]


def _view(parts: Parts, rollout: Rollout) -> RolloutView:
    links = parts.links(names.firmware_rollout_id(rollout.id))
    return RolloutView(**(rollout.model_dump() | {"docks": len(rollout.docks)}), saga=links)


def _push_view(parts: Parts, push: Push) -> PushView:
    links = parts.links(names.firmware_id(push.rollout_id, push.dock_sn))
    return PushView(**push.model_dump(), saga=links)


async def _rollout_of(parts: Parts, caller: Principal, key: str) -> Rollout:
    rollout = await parts.rollouts.get(key)
    if rollout is None or rollout.org_id != caller.org:
        raise not_found("firmware rollout", key, "id")
    return rollout


# Start


async def _packages(parts: Parts, caller: Principal, keys: list[str]) -> list[PackageRef]:
    """Ready packages, at most one for the dock and one for its aircraft. Raises Refused."""
    found = [await package_of(parts, caller, key, field="packages") for key in keys]
    for package in found:
        if package.status != "ready":
            raise Refused(
                409, "firmware-not-ready", f"{package.file_name} is not uploaded yet.", field="packages",
                cure="Upload and complete it first.",
            )  # fmt: skip
    if len({package.target for package in found}) != len(found):
        raise Refused(
            422, "firmware-twice", f"Both packages are for the {found[0].target}.", field="packages",
            cure="Give one for the dock, one for the aircraft, or one of each.",
        )  # fmt: skip
    docks = {dock_of_aircraft(package.product) or package.product for package in found}
    if len(docks) > 1:
        raise Refused(
            422, "firmware-wrong-product", "The aircraft of one package does not live in the dock of the other: "
            + ", ".join(package.product for package in found), field="packages",
            cure="Give packages that belong together, or start two rollouts.",
        )  # fmt: skip
    return [PackageRef(firmware_id=package.id, **package.model_dump(exclude={"id"})) for package in found]


async def _aircraft_key(parts: Parts, dock: Dock) -> str | None:
    aircraft = await parts.aircraft.get(dock.aircraft_sn) if dock.aircraft_sn is not None else None
    return aircraft.product if aircraft is not None else None


async def _fits(parts: Parts, dock: Dock, packages: list[PackageRef]) -> bool:
    """Whether dock and aircraft are of the packages' products, as far as they have told."""
    for package in packages:
        house = dock_of_aircraft(package.product) or package.product
        if dock.product is not None and dock.product != house:
            return False
        if package.target == "aircraft":
            key = await _aircraft_key(parts, dock)
            if key is not None and key != package.product:
                return False
    return True


async def _chosen(parts: Parts, caller: Principal, body: NewRollout, packages: list[PackageRef]) -> list[str]:
    """Serials of the docks, in order. Raises Refused where one is not there, or is another product."""
    if (body.docks is None) == (body.filter is None):
        raise Refused(
            422, "rollout-docks", "Give either docks or filter.", field="docks",
            cure="Name serials in docks, or give a filter; an empty one takes all docks of the product.",
        )  # fmt: skip
    if body.docks is not None:
        found = await asyncio.gather(*(parts.dock_of(caller, sn, field="docks") for sn in dict.fromkeys(body.docks)))
        for dock in found:
            if not await _fits(parts, dock, packages):
                raise Refused(
                    422, "firmware-wrong-product", f"{', '.join(p.file_name for p in packages)} does not fit dock "
                    f"{dock.sn}, a {dock.product_name or dock.product}.", field="docks",
                    cure="Leave the dock out, or choose the package of its model.",
                )  # fmt: skip
        return [dock.sn for dock in found]
    wish = body.filter or DockFilter()
    equal: dict[str, Any] = {"missionId": wish.mission, "online": wish.online}
    every = await parts.docks.find(orgId=caller.org, **{name: said for name, said in equal.items() if said is not None})
    below = wish.version_below
    docks = [
        dock.sn
        for dock in every
        if (below is None or dock.firmware_version is None or is_older(dock.firmware_version, below))
        and await _fits(parts, dock, packages)
    ]
    if not docks:
        raise Refused(
            422, "rollout-empty", "No dock of your organisation matches the filter and the packages.", field="filter",
            cure="Widen the filter, or see GET /v1/docks.",
        )  # fmt: skip
    return sorted(docks)


def _plan(body: NewRollout) -> RolloutPlan:
    fields = body.model_dump(include=set(RolloutPlan.model_fields) - {"window"})
    plan = RolloutPlan(**fields, window=Window(**body.window.model_dump()) if body.window is not None else None)
    for field, fault in faults(plan):
        where = camel(field)
        raise Refused(422, "rollout-plan", f"{where}: {fault}.", field=where, cure="Correct the field.")
    return plan


@router.post("", status_code=201)
async def start(parts: PartsDep, caller: Commander, body: NewRollout, key: IdempotencyKey = None) -> RolloutView:
    """Start a rollout. It goes on by itself; watch `status` and `counts`."""
    plan = _plan(body)
    packages = await _packages(parts, caller, body.packages)
    docks = await _chosen(parts, caller, body, packages)
    rollout_id = await resource_id(parts, caller, "rollouts", key, body.model_dump_json())
    given = FirmwareRolloutInput(
        rollout_id=rollout_id,
        org_id=caller.org,
        name=body.name or ", ".join(package.file_name for package in packages),
        docks=docks,
        packages=packages,
        upgrade_type=body.upgrade_type,
        plan=plan,
        actor=actor(caller),
        timings=parts.timings,
    )
    begin = _begin(given, WorkflowIDReusePolicy.REJECT_DUPLICATE)
    # Already started: the same Idempotency-Key, and the rollout has ended; the document says how
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    await parts.note(caller, f"rollout-{rollout_id}", "firmware.rollout", rollout_id, docks=len(docks))
    return _view(parts, await _rollout_of(parts, caller, rollout_id))


def _begin(given: FirmwareRolloutInput, reuse: WorkflowIDReusePolicy) -> WithStartWorkflowOperation[object, object]:
    return WithStartWorkflowOperation(
        names.Workflow.FIRMWARE_ROLLOUT,
        given,
        id=names.firmware_rollout_id(given.rollout_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=reuse,
        search_attributes=attributes(OrgId=given.org_id, Saga=names.Saga.FIRMWARE_ROLLOUT),
        static_summary=f"Firmware {given.name} to {len(given.docks)} docks",
    )


# Watch


@router.get("")
async def rollouts(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    status: Annotated[RolloutStatus | None, Query()] = None,
) -> Page[RolloutView]:
    """List rollouts, newest first."""
    found, following = await page(parts.rollouts, limit, after, orgId=caller.org, status=status)
    return Page(items=[_view(parts, rollout) for rollout in found], next=following)


@router.get("/{rollout_id}")
async def rollout(parts: PartsDep, caller: Viewer, rollout_id: str) -> RolloutView:
    """Show one rollout; `report` is there once it has ended."""
    return _view(parts, await _rollout_of(parts, caller, rollout_id))


@router.get("/{rollout_id}/docks")
async def docks(
    parts: PartsDep,
    caller: Viewer,
    rollout_id: str,
    limit: Limit = 50,
    after: After = None,
    status: Annotated[PushStatus | None, Query()] = None,
) -> Page[PushView]:
    """List its docks, each with status, reason, cure and versions."""
    await _rollout_of(parts, caller, rollout_id)
    found, following = await page(parts.pushes, limit, after, rolloutId=rollout_id, status=status)
    return Page(items=[_push_view(parts, push) for push in found], next=following)


@router.get("/{rollout_id}/docks/{sn}")
async def dock(parts: PartsDep, caller: Viewer, rollout_id: str, sn: str) -> PushView:
    """Show one dock of a rollout."""
    await _rollout_of(parts, caller, rollout_id)
    push = await parts.pushes.get(push_key(rollout_id, sn))
    if push is None:
        raise not_found("dock in this rollout", sn, "sn")
    return _push_view(parts, push)


# Words


async def _tell(parts: Parts, caller: Principal, rollout_id: str, word: names.Update, reason: str) -> Heard:
    found = await _rollout_of(parts, caller, rollout_id)
    if found.status in ROLLOUT_OVER:
        raise Refused(
            409, "rollout-over", f"Rollout {found.name} is {found.status}.", field="id",
            cure="Retry its docks, or start a new one.",
        )  # fmt: skip
    saga = parts.temporal.get_workflow_handle(names.firmware_rollout_id(rollout_id))
    answer: Any = await saga.execute_update(word, RolloutAsk(actor=actor(caller, reason)))
    return Heard(rollout=_view(parts, await _rollout_of(parts, caller, rollout_id)), docks=answer["docks"])


@router.post("/{rollout_id}/pause")
async def pause(parts: PartsDep, caller: Commander, rollout_id: str, body: Word | None = None) -> Heard:
    """Pause: no dock is started any more; those that run go on."""
    return await _tell(parts, caller, rollout_id, names.Update.PAUSE, body.reason if body else "")


@router.post("/{rollout_id}/resume")
async def resume(parts: PartsDep, caller: Commander, rollout_id: str, body: Word | None = None) -> Heard:
    """Go on: after a pause, or after a halt, whose failures are then accepted."""
    return await _tell(parts, caller, rollout_id, names.Update.RESUME, body.reason if body else "")


@router.post("/{rollout_id}/cancel")
async def cancel(parts: PartsDep, caller: Commander, rollout_id: str, body: Word | None = None) -> Heard:
    """Drop what has not begun. A dock that has its order cannot be called back, and is followed to the end."""
    return await _tell(parts, caller, rollout_id, names.Update.CANCEL, body.reason if body else "")


@router.post("/{rollout_id}/retry")
async def retry(parts: PartsDep, caller: Commander, rollout_id: str, body: RetryWord | None = None) -> Heard:
    """Try one dock again, or all that have failed.

    As often as needed; a rollout that has ended is opened again. Docks that succeeded are left alone.
    """
    word = body or RetryWord()
    found = await _rollout_of(parts, caller, rollout_id)
    if found.status in ROLLOUT_OVER:
        await _check_retry(parts, found, word.sn)
    given = FirmwareRolloutInput(
        rollout_id=found.id,
        org_id=found.org_id,
        name=found.name,
        docks=found.docks,
        packages=found.packages,
        upgrade_type=2 if found.upgrade_type == 2 else 3,
        plan=found.plan,
        actor=actor(caller, word.reason),
        timings=parts.timings,
        reopened=True,
    )
    answer: Any = await parts.temporal.execute_update_with_start_workflow(
        names.Update.RETRY,
        RetryAsk(actor=actor(caller, word.reason), sn=word.sn),
        start_workflow_operation=_begin(given, WorkflowIDReusePolicy.ALLOW_DUPLICATE),
    )
    return Heard(rollout=_view(parts, await _rollout_of(parts, caller, rollout_id)), docks=answer["docks"])


async def _check_retry(parts: Parts, over: Rollout, sn: str | None) -> None:
    """A rollout that has ended is not opened again, with its events, for a retry that its saga would refuse."""
    if sn is None:
        if not over.counts.failed and not over.counts.running:
            raise failed(failure(Failure.NOTHING_TO_RETRY, "no dock has failed"))
        return
    push = await parts.pushes.get(push_key(over.id, sn))
    if push is None:
        raise failed(failure(Failure.NOT_IN_ROLLOUT, f"dock {sn} is not in this rollout", field="sn"))
    if push.status not in RETRIABLE | {"running"}:  # one that runs though its rollout ended has lost its saga
        raise failed(failure(Failure.NOTHING_TO_RETRY, f"dock {sn} is {push.status}", field="sn"))
