"""The lease of a dock: who holds it and why, taken by force where it must be, and given back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from api.body import Body, SagaLinks, View
from api.deps import Commander, Parts, PartsDep, Viewer, actor
from api.problems import Refused
from api.security import Principal, Role
from store.docks import Dock, HeldBy, TakenBy
from store.facts import Lease, LeaseAnswer, LeaseRelease, LeaseTake
from workflows import names
from workflows.dock_lease import PERSON, person
from workflows.inputs import DockInput
from workflows.waking import ask_dock

router = APIRouter(prefix="/v1/docks/{sn}/lease", tags=["docks"])


class TakeLease(Body):
    """The reason goes to the loser's document, to the audit log, and to whoever asks for the dock next."""

    reason: Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)] = Field(
        examples=["Person in the water, 400 m east of the dock"]
    )
    seconds: float | None = Field(
        None, ge=30, le=14_400, description="How long it is held for you once it is free; else as in /v1/timings"
    )


class LeaseView(View):
    """All but the serial is null for a dock that is free."""

    sn: str = Field(examples=["7CTDM3D00A1234"])
    holder: str | None = Field(None, description="Saga, or `person/{user}`", examples=["person/cleo@example"])
    kind: str | None = Field(None, examples=["person"])
    reason: str | None = Field(None, examples=["Person in the water, 400 m east of the dock"])
    user: str | None = Field(None, examples=["cleo@example"])
    since: datetime | None = None
    expires_at: datetime | None = Field(None, description="Of a person's lease; a saga's ends with the saga")
    lent: str | None = Field(None, description="The flight that a relay lends the dock to")
    taken: TakenBy | None = Field(None, description="Who gets the dock once its holder's aircraft is home")
    saga: SagaLinks | None = Field(None, description="The holder, where that is a saga")


def _view(parts: Parts, sn: str, held: HeldBy | None) -> LeaseView:
    if held is None:
        return LeaseView(sn=sn)
    links = None
    if held.kind != PERSON:
        links = parts.links(held.holder)
    return LeaseView(sn=sn, **held.model_dump(), saga=links)


def _answered(parts: Parts, sn: str, lease: Lease | None) -> LeaseView:
    return _view(parts, sn, HeldBy.of(lease) if lease is not None else None)


@router.get("")
async def lease(parts: PartsDep, caller: Viewer, sn: str) -> LeaseView:
    """Who holds the dock, why, since when, and until when where that is known."""
    found = await parts.dock_of(caller, sn)
    return _view(parts, sn, found.lease)


@router.post("/take")
async def take(parts: PartsDep, caller: Commander, sn: str, body: TakeLease) -> LeaseView:
    """Take the dock by force. What flies comes home first: until then `taken` names you, and nobody else gets it.

    Then you hold it for a while: what you start meanwhile gets it. A dock that is being upgraded is not taken.
    """
    await parts.dock_of(caller, sn)
    asked = LeaseTake(actor=actor(caller, body.reason), seconds=body.seconds or parts.timings.lease_held)
    dock = DockInput(sn=sn, org_id=caller.org, timings=parts.timings)
    answer = await ask_dock(parts.temporal, dock, names.Update.TAKE, asked, LeaseAnswer)
    return _answered(parts, sn, answer.lease)


@router.delete("")
async def release(parts: PartsDep, caller: Commander, sn: str) -> LeaseView:
    """Give back a dock that you took; an admin may give back what another person took."""
    found = await parts.dock_of(caller, sn)
    holder = _person_of(found, caller)
    if holder is None:
        return _view(parts, sn, None)
    answer: LeaseAnswer = await parts.temporal.get_workflow_handle(names.dock_id(sn)).execute_update(
        names.Update.RELEASE, LeaseRelease(holder=holder), result_type=LeaseAnswer
    )
    await parts.note(caller, f"lease-{sn}-{found.lease and found.lease.since}", "dock.lease.release", sn, holder=holder)
    return _answered(parts, sn, answer.lease)


def _person_of(dock: Dock, caller: Principal) -> str | None:
    """Whose lease is to end; None where there is none. Raises Refused 409 for a saga's, 403 for another person's."""
    held = dock.lease
    if held is None:
        return None
    user = held.user if held.kind == PERSON else held.taken.user if held.taken is not None else None
    if user is None:
        raise Refused(
            409, "held-by-saga", f"Dock {dock.sn} is held by {held.holder}: {held.reason}.", field="sn",
            cure="End what holds it, or take the dock.",
        )  # fmt: skip
    if user != caller.user and caller.role < Role.admin:
        raise Refused(
            403, "lease-of-another", f"{user} has taken dock {dock.sn}: {held.reason}.", field="sn",
            cure="Ask them, or an admin; or take it yourself.",
        )  # fmt: skip
    return person(user)
