"""FlySafe licences: what dock and aircraft hold, by the dock's own word; switched, and brought to the aircraft."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, File, UploadFile
from pydantic import Field
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.problems import Refused
from api.security import Principal
from dji.flysafe import LICENSE_TYPE
from store.licences import Held, Licences, LicencesRepository
from workflows import names
from workflows.inputs import LicencesInput

router = APIRouter(prefix="/v1/docks/{sn}/licences", tags=["licences"])

MOST_BYTES: Final = 5 * 1024 * 1024  # a licence file has some kB


class SwitchLicence(Body):
    enabled: bool


class LicenceView(View):
    """One licence. `dji` is all that the dock said of it, under DJI's names."""

    id: int | None
    name: str | None
    kind: str | None
    enabled: bool | None
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    dji: dict[str, Any]


class HeldView(View):
    device: Literal["aircraft", "dock"]
    licences: list[LicenceView]
    at: datetime | None = Field(description="When the dock said so; null: it never did")
    error: str | None = Field(description="Why it could not say, the last time that it was asked")


class LicencesView(View):
    sn: str
    held: list[HeldView]
    consistent: bool | None = Field(description="Whether both hold the same, by the dock's word")
    saga: SagaLinks


@router.get("")
async def licences(parts: PartsDep, caller: Viewer, sn: str) -> LicencesView:
    """Show the licences of dock and aircraft, as the dock last said."""
    await parts.dock_of(caller, sn)
    return await _view(parts, caller, sn)


@router.post("/refresh")
async def refresh_licences(parts: PartsDep, caller: Operator, sn: str) -> LicencesView:
    """Ask the dock what it and its aircraft hold. An aircraft that is off cannot be asked."""
    return await _order(parts, caller, sn, order="list")


@router.patch("/{licence_id}")
async def switch_licence(
    parts: PartsDep, caller: Operator, sn: str, licence_id: int, body: SwitchLicence
) -> LicencesView:
    """Switch a licence on or off. Answers with what the dock holds then."""
    return await _order(parts, caller, sn, order="switch", licence_id=licence_id, enable=body.enabled)


@router.post("/update")
async def update_licences(
    parts: PartsDep,
    caller: Operator,
    sn: str,
    file: Annotated[
        UploadFile | None, File(description="Of DJI's FlySafe page; without one the dock asks there")
    ] = None,
) -> LicencesView:
    """Bring licences to the aircraft: those of a file, or what DJI's FlySafe server has for it."""
    await parts.dock_of(caller, sn)
    if file is None:
        return await _order(parts, caller, sn, order="update")
    content = await file.read(MOST_BYTES + 1)
    if not 0 < len(content) <= MOST_BYTES:
        raise Refused(
            422, "licence-file", "The file is empty, or over 5 MiB.", field="file",
            cure="Give the file of licences as DJI's FlySafe page gives it.",
        )  # fmt: skip
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    key = f"licences/{caller.org}/{sn}/{md5}"
    await parts.objects.put(key, content)
    return await _order(parts, caller, sn, order="update", object_key=key, fingerprint=md5)


async def _order(parts: Parts, caller: Principal, sn: str, **what: Any) -> LicencesView:
    """Have it done; answers when the dock has said what it holds now."""
    await parts.dock_of(caller, sn)
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.LICENCES,
        LicencesInput(sn=sn, org_id=caller.org, actor=actor(caller), timings=parts.timings, **what),
        id=names.licences_id(sn),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.FAIL,
        static_summary=f"FlySafe licences of dock {sn}: {what['order']}",
    )
    try:
        await parts.temporal.execute_update_with_start_workflow(names.Update.ACCEPTED, start_workflow_operation=begin)
    except WorkflowAlreadyStartedError:
        raise Refused(
            409, "licences-busy", f"Dock {sn} is asked about its licences already.", field="sn",
            cure="Try again in a moment.",
        ) from None  # fmt: skip
    run = (await begin.workflow_handle()).first_execution_run_id
    await parts.note(caller, f"licences-{run}", f"licences.{what['order']}", sn, licence=what.get("licence_id"))
    return await _view(parts, caller, sn)


async def _view(parts: Parts, caller: Principal, sn: str) -> LicencesView:
    found = await LicencesRepository(parts.firestore).get(sn)
    if found is None or found.org_id != caller.org:
        found = Licences(sn=sn, org_id=caller.org)
    return LicencesView(
        sn=sn,
        held=[_held("aircraft", found.aircraft), _held("dock", found.dock)],
        consistent=found.consistent,
        saga=parts.links(names.licences_id(sn)),
    )


def _held(device: Literal["aircraft", "dock"], held: Held) -> HeldView:
    return HeldView(device=device, licences=[_licence(each) for each in held.licences], at=held.at, error=held.error)


def _licence(said: dict[str, Any]) -> LicenceView:
    common = said.get("common_fields")
    common = common if isinstance(common, dict) else {}
    kind = common.get("type")
    return LicenceView(
        id=common.get("license_id"),
        name=common.get("name"),
        kind=LICENSE_TYPE.get(kind, f"type {kind}") if isinstance(kind, int) else None,
        enabled=common.get("enabled"),
        begins_at=common.get("begin_time"),
        ends_at=common.get("end_time"),
        dji=said,
    )
