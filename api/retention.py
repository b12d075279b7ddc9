"""How long the organisation keeps what it has: days by kind, within bounds; the next sweep goes by them."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter
from google.cloud.firestore import AsyncTransaction
from pydantic import Field
from pydantic.alias_generators import to_camel

from api.body import Body, View
from api.deps import Admin, Parts, PartsDep
from api.problems import not_found
from api.security import Principal
from store.audit import AuditEntry
from store.events import about
from store.orgs import Org, RetentionDays
from store.retention import DAY, KINDS, KindName

router = APIRouter(prefix="/v1/org/retention", tags=["organisation"])

_BOUNDS: Final = {kind.name: {"ge": kind.least, "le": kind.most} for kind in KINDS}

Media = Annotated[int, Field(**_BOUNDS["media"])]
Logs = Annotated[int, Field(**_BOUNDS["logs"])]
Alerts = Annotated[int, Field(**_BOUNDS["alerts"])]
CustomData = Annotated[int, Field(**_BOUNDS["custom_data"])]
Audit = Annotated[int, Field(**_BOUNDS["audit"])]


class RetentionChange(Body):
    """Days. What is left out stays; null is the system's own time again."""

    media: Media | None = None
    logs: Logs | None = None
    alerts: Alerts | None = None
    custom_data: CustomData | None = None
    audit: Audit | None = None


class KeptView(View):
    kind: KindName
    days: float = Field(description="What is older goes with the next sweep")
    own: bool = Field(description="Set by the organisation; false: the system's time")
    default: float = Field(description="The system's time, in days")
    least: int
    most: int
    what: str


class RetentionView(View):
    kinds: list[KeptView]
    swept_every: float = Field(description="Seconds between two looks for what is too old: it stays so much longer")


def _view(parts: Parts, days: RetentionDays) -> RetentionView:
    kinds = []
    for kind in KINDS:
        default, own = getattr(parts.timings, kind.kept) / DAY, days.of(kind.name)
        kinds.append(
            KeptView(
                kind=kind.name,
                days=default if own is None else own,
                own=own is not None,
                default=default,
                least=kind.least,
                most=kind.most,
                what=kind.what,
            )
        )
    return RetentionView(kinds=kinds, swept_every=parts.timings.retention_sweep)


async def kept_for(parts: Parts, org_id: str, name: KindName) -> timedelta:
    """How long an organisation keeps things of this kind."""
    org = await parts.orgs.get(org_id)
    days = org.retention.of(name) if org is not None else None
    if days is not None:
        return timedelta(days=days)
    kind = next(kind for kind in KINDS if kind.name == name)
    return timedelta(seconds=getattr(parts.timings, kind.kept))


@router.get("")
async def retention(parts: PartsDep, caller: Admin) -> RetentionView:
    """Show how many days each kind of thing is kept, with the bounds."""
    org = await parts.orgs.get(caller.org)
    if org is None:
        raise not_found("organisation", caller.org, "org")
    return _view(parts, org.retention)


@router.patch("")
async def change_retention(parts: PartsDep, caller: Admin, body: RetentionChange) -> RetentionView:
    """Change how many days a kind is kept. With fewer days, what is too old then goes with the next sweep, for good."""
    return _view(parts, await _change(parts, caller, {name: getattr(body, name) for name in body.model_fields_set}))


async def _change(parts: Parts, caller: Principal, asked: dict[str, int | None]) -> RetentionDays:
    async def step(transaction: AsyncTransaction) -> RetentionDays:
        org: Org | None = await parts.orgs.get(caller.org, transaction)
        if org is None:
            raise not_found("organisation", caller.org, "org")
        before = {name: days for name in asked if (days := org.retention.of(name)) != asked[name]}
        changed: dict[str, Any] = {name: asked[name] for name in before}
        if not changed:
            return org.retention
        entry = AuditEntry(
            id=uuid4().hex, org_id=org.id, user=caller.user, role=caller.role.name, action="org.retention",
            target=org.id, outcome="done", details={"days": changed, "before": before},
        )  # fmt: skip
        transaction.update(
            parts.orgs.ref(org.id), {f"retention.{to_camel(name)}": days for name, days in changed.items()}
        )
        transaction.set(parts.audit.ref(entry.id), entry.to_fields())
        data = {"days": changed, "before": before, "by": caller.user}
        await parts.events.emit(
            org.id, "org.retention", about("org", org.id), data, key=entry.id, within=transaction
        )  # fmt: skip
        return org.retention.model_copy(update=changed)

    return await parts.events.transact(step)
