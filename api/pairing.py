"""Pairing: an admin starts it, a person shows its QR code to the dock."""

from __future__ import annotations

import asyncio
import contextlib
import io
from datetime import datetime
from typing import Annotated, Literal

import orjson
import segno
from fastapi import APIRouter, Response
from pydantic import Field, StringConstraints
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from api.body import Body, SagaLinks, View
from api.deps import Admin, Parts, PartsDep, actor
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal
from store.facts import Ask
from store.pairings import Pairing, PairingStatus, Refusal
from workflows import names
from workflows.inputs import PairingInput

router = APIRouter(prefix="/v1/pairings", tags=["pairing"])

Serial = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{4,64}$")]


class StartPairing(Body):
    display_name: Annotated[str, StringConstraints(min_length=1, max_length=64, strip_whitespace=True)] = Field(
        examples=["North shore"]
    )
    expected_model: Literal["dock1", "dock2", "dock3"] | None = Field(None, description="Another model is then refused")
    expected_sn: Serial | None = Field(None, description="Another serial is then refused")


class PairingView(View):
    id: str
    display_name: str
    expected_model: str | None = None
    expected_sn: str | None = None
    status: PairingStatus
    requested_by: str
    created_at: datetime
    expires_at: datetime
    dock_sn: str | None = None
    aircraft_sn: str | None = None
    refusal: Refusal | None = Field(
        None, description="What a dock that showed this code was told last, with DJI's code"
    )
    error: str | None = None
    saga: SagaLinks


class PairingStarted(PairingView):
    qr: str = Field(description="Content of the QR code: what the dock must be told. A secret until it expires")


def _view(parts: Parts, pairing: Pairing) -> PairingView:
    links = parts.links(names.pairing_id(pairing.id))
    return PairingView(**pairing.model_dump(), saga=links)


def qr_content(parts: Parts, pairing: Pairing) -> str:
    """What the QR code says. Raises Refused 409 while or when there is nothing to say."""
    if pairing.status != "waiting" or pairing.password_sealed is None or pairing.binding_code_sealed is None:
        raise Refused(
            409, "pairing-not-waiting", f"This pairing is {pairing.status}.", cure="Start a new pairing.", field="id"
        )
    content = {
        "v": 1,
        "mqtt": pairing.mqtt or parts.settings.mqtt_public_address,
        "account": pairing.account,
        "password": parts.seal.open(pairing.password_sealed),
        "organization_id": pairing.org_id,
        "device_binding_code": parts.seal.open(pairing.binding_code_sealed),
    }
    return orjson.dumps(content).decode()


async def _pairing_of(parts: Parts, caller: Principal, key: str) -> Pairing:
    pairing = await parts.pairings.get(key)
    if pairing is None or pairing.org_id != caller.org:
        raise not_found("pairing", key, "id")
    return pairing


@router.post("", status_code=201)
async def start(parts: PartsDep, caller: Admin, body: StartPairing, key: IdempotencyKey = None) -> PairingStarted:
    """Start a pairing; the answer holds the QR code's content."""
    pairing_id = await resource_id(parts, caller, "pairings", key, body.model_dump_json())
    pairing = await begin_pairing(parts, caller, body, pairing_id)
    return PairingStarted(**_view(parts, pairing).model_dump(), qr=qr_content(parts, pairing))


async def begin_pairing(parts: Parts, caller: Principal, body: StartPairing, pairing_id: str) -> Pairing:
    """The pairing once its code may be shown; as it stands where it was started before. Raises the saga's refusal."""
    given = PairingInput(
        pairing_id=pairing_id,
        org_id=caller.org,
        display_name=body.display_name,
        expected_model=body.expected_model,
        expected_sn=body.expected_sn,
        actor=actor(caller),
        timings=parts.timings,
    )
    begin: WithStartWorkflowOperation[object, object] = WithStartWorkflowOperation(
        names.Workflow.PAIRING,
        given,
        id=names.pairing_id(pairing_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        static_summary=f"Pair {body.display_name}",
    )
    # Already started: the same Idempotency-Key, and the pairing has ended; the document says how
    with contextlib.suppress(WorkflowAlreadyStartedError):
        await parts.temporal.execute_update_with_start_workflow(
            names.Update.PAIRING_READY, start_workflow_operation=begin
        )
    await parts.note(caller, f"pairing-{pairing_id}", "pairing.start", pairing_id, displayName=body.display_name)
    return await _pairing_of(parts, caller, pairing_id)


@router.get("")
async def pairings(parts: PartsDep, caller: Admin, limit: Limit = 50, after: After = None) -> Page[PairingView]:
    """List pairings, newest first."""
    found, following = await page(parts.pairings, limit, after, orgId=caller.org)
    return Page(items=[_view(parts, pairing) for pairing in found], next=following)


@router.get("/{pairing_id}")
async def pairing(parts: PartsDep, caller: Admin, pairing_id: str) -> PairingView:
    """Show one pairing."""
    return _view(parts, await _pairing_of(parts, caller, pairing_id))


@router.get("/{pairing_id}/qr.png", responses={200: {"content": {"image/png": {}}}}, response_class=Response)
async def qr(parts: PartsDep, caller: Admin, pairing_id: str) -> Response:
    """Show the QR code as a picture."""
    content = qr_content(parts, await _pairing_of(parts, caller, pairing_id))
    return Response(
        await asyncio.to_thread(_png, content), media_type="image/png", headers={"Cache-Control": "no-store"}
    )


def _png(content: str) -> bytes:
    picture = io.BytesIO()
    segno.make(content, error="m").save(picture, kind="png", scale=6)
    return picture.getvalue()


@router.delete("/{pairing_id}")
async def cancel(parts: PartsDep, caller: Admin, pairing_id: str) -> PairingView:
    """End a pairing; its account and codes are gone when this returns. One that has ended stays as it is."""
    await cancel_pairing(parts, caller, pairing_id)
    await parts.note(caller, f"pairing-{pairing_id}-cancel", "pairing.cancel", pairing_id)
    return _view(parts, await _pairing_of(parts, caller, pairing_id))


async def cancel_pairing(parts: Parts, caller: Principal, pairing_id: str) -> None:
    """Raises Refused 404 where there is none."""
    pairing = await _pairing_of(parts, caller, pairing_id)
    if pairing.ended_at is not None:
        return
    saga = parts.temporal.get_workflow_handle(names.pairing_id(pairing_id))
    await saga.execute_update(names.Update.CANCEL, Ask(actor=actor(caller)))
