"""Webhooks: endpoints of the organisation's own that are told what happens, and the log of what they were told."""

from __future__ import annotations

import difflib
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, Final
from uuid import uuid4

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from activities.targets import TargetRefused, resolve
from api.body import Body, SagaLinks, View
from api.deps import Admin, Parts, PartsDep
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal
from store.document import now
from store.event_types import EVENTS, TEST
from store.events import Event, about
from store.webhooks import Attempt, Delivery, DeliveryStatus, Webhook, delivery_key, matches
from workflows import names
from workflows.waking import wake_webhook

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"])

MOST: Final = 20  # endpoints of an organisation: each is a request for each of its events
OVERLAP: Final = 86_400.0
LONGEST_OVERLAP: Final = 7 * 86_400.0

Url = Annotated[str, StringConstraints(min_length=8, max_length=2000, strip_whitespace=True)]
Pattern = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Patterns = Annotated[list[Pattern], Field(min_length=1, max_length=50)]
Description = Annotated[str, StringConstraints(max_length=200)]


class NewWebhook(Body):
    url: Url = Field(description="https; http is for endpoints on the machine itself")
    events: Patterns = Field(default_factory=lambda: ["*"], description="Types, or patterns like flight.*; * is all")
    description: Description = ""


class ChangeWebhook(Body):
    """What is left out stays as it is."""

    url: Url | None = None
    events: Patterns | None = None
    description: Description | None = None
    enabled: bool | None = None


class Rotate(Body):
    overlap: float = Field(
        OVERLAP, ge=0, le=LONGEST_OVERLAP, description="Seconds for which the old secret signs beside the new one"
    )


class WebhookView(View):
    id: str
    url: str
    events: list[str]
    description: str
    enabled: bool
    reason: str | None = Field(None, description="Why it was disabled, where nobody did it by hand")
    failing_since: datetime | None = Field(None, description="Null where the last attempt succeeded")
    previous_until: datetime | None = Field(None, description="Until then the secret before signs too")
    created_by: str
    created_at: datetime
    updated_at: datetime
    saga: SagaLinks


class WebhookSecret(WebhookView):
    secret: str = Field(description="Signs what is sent. It is not shown again")


class DeliveryView(View):
    """An event for an endpoint, and what came of it."""

    id: str
    event_id: str = Field(description="The `id` in the body: the same for all endpoints and attempts")
    type: str
    subject: dict[str, str]
    status: DeliveryStatus
    reason: str | None = None
    tries: int
    attempts: list[Attempt] = Field(description="The newest 20")
    payload: str = Field(description="The body, as it is sent and signed")
    created_at: datetime
    next_at: datetime | None = Field(None, description="Of one that is due")
    delivered_at: datetime | None = None


class EventType(View):
    type: str
    meaning: str


def _view(parts: Parts, hook: Webhook) -> WebhookView:
    links = parts.links(names.webhook_id(hook.id))
    return WebhookView(**hook.model_dump(), saga=links)


def _shown(delivery: Delivery) -> DeliveryView:
    found = delivery.model_dump() | {"next_at": delivery.next_at if delivery.status == "due" else None}
    return DeliveryView(id=delivery.key, **found)


async def _webhook_of(parts: Parts, caller: Principal, key: str) -> Webhook:
    hook = await parts.webhooks.get(key)
    if hook is None or hook.org_id != caller.org:
        raise not_found("webhook", key, "id")
    return hook


async def _delivery_of(parts: Parts, hook: Webhook, key: str) -> Delivery:
    """By its own id, or by that of its event."""
    delivery = await parts.deliveries.get(key if "." in key else delivery_key(key, hook.id))
    if delivery is None or delivery.webhook_id != hook.id:
        raise not_found("delivery", key, "id")
    return delivery


async def _check_url(parts: Parts, url: str) -> None:
    try:
        await resolve(url, parts.settings.webhook_targets)
    except TargetRefused as error:
        raise Refused(
            422, "webhook-url", f"The URL cannot be an endpoint: {error}.", field="url",
            cure="Give an https URL that is reached from the public network.",
        ) from None  # fmt: skip


def _check_events(patterns: list[str]) -> None:
    for number, pattern in enumerate(patterns):
        if "*" in pattern[:-1] or not any(matches(pattern, kind) for kind in EVENTS):
            near = difflib.get_close_matches(pattern, EVENTS, n=1)
            raise Refused(
                422, "webhook-events", f"There is no event {pattern}.", field=f"events.{number}",
                cure=f"Did you mean {near[0]}?" if near else "See GET /v1/webhooks/events; a * stands at the end only.",
            )  # fmt: skip


def _check_enabled(hook: Webhook) -> None:
    if not hook.enabled:
        raise Refused(
            409, "webhook-disabled", f"The webhook is disabled: {hook.reason or 'by hand'}.", field="enabled",
            cure="Enable it first.",
        )  # fmt: skip


async def _wake(parts: Parts, hook: Webhook) -> None:
    await wake_webhook(parts.temporal, hook.id, hook.org_id, parts.timings, now=True)


def _new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


@router.get("/events")
async def events(parts: PartsDep, caller: Admin) -> list[EventType]:
    """List the types of events, each with its meaning."""
    return [EventType(type=kind, meaning=meaning) for kind, meaning in EVENTS.items()]


@router.post("", status_code=201)
async def create(parts: PartsDep, caller: Admin, body: NewWebhook, key: IdempotencyKey = None) -> WebhookSecret:
    """Register an endpoint. The answer has the secret by which it knows us, and no later one has.

    It is told what happens from then on, within 10 s at the latest.
    """
    await _check_url(parts, body.url)
    _check_events(body.events)
    hook_id = await resource_id(parts, caller, "webhooks", key, body.model_dump_json())
    known = await parts.webhooks.find(orgId=caller.org)
    if len(known) >= MOST and all(hook.id != hook_id for hook in known):
        raise Refused(
            409, "too-many-webhooks", f"Your organisation has {MOST} webhooks already.", field="url",
            cure="Remove one that nobody needs.",
        )  # fmt: skip
    hook = Webhook(
        id=hook_id,
        org_id=caller.org,
        url=body.url,
        events=body.events,
        description=body.description,
        secret_sealed=parts.seal.close(_new_secret()),
        created_by=caller.user,
    )
    await parts.webhooks.create(hook)
    await parts.note(caller, f"webhook-{hook_id}", "webhook.create", hook_id, url=body.url, events=body.events)
    found = await _webhook_of(parts, caller, hook_id)
    return WebhookSecret(**_view(parts, found).model_dump(), secret=parts.seal.open(found.secret_sealed))


@router.get("")
async def webhooks(parts: PartsDep, caller: Admin, limit: Limit = 50, after: After = None) -> Page[WebhookView]:
    """List the organisation's endpoints, newest first."""
    found, following = await page(parts.webhooks, limit, after, orgId=caller.org)
    return Page(items=[_view(parts, hook) for hook in found], next=following)


@router.get("/{webhook_id}")
async def webhook(parts: PartsDep, caller: Admin, webhook_id: str) -> WebhookView:
    """Show one endpoint."""
    return _view(parts, await _webhook_of(parts, caller, webhook_id))


@router.patch("/{webhook_id}")
async def change(parts: PartsDep, caller: Admin, webhook_id: str, body: ChangeWebhook) -> WebhookView:
    """Change an endpoint, or disable and enable it. What is due goes to the new URL at once.

    Disabled, it is told nothing: what was due is cancelled, and what happens until it is enabled is not told later.
    """
    hook = await _webhook_of(parts, caller, webhook_id)
    changes: dict[str, Any] = body.model_dump(exclude_none=True)
    if body.url is not None:
        await _check_url(parts, body.url)
    if body.events is not None:
        _check_events(body.events)
    if body.enabled and not hook.enabled:
        changes |= {"reason": None, "failingSince": None, "since": now()}
    await parts.webhooks.patch(hook.id, changes | {"updatedAt": now()})
    await parts.note(caller, f"webhook-{hook.id}-{uuid4().hex}", "webhook.change", hook.id, **body.model_dump())
    await _wake(parts, hook)
    return _view(parts, await _webhook_of(parts, caller, webhook_id))


@router.delete("/{webhook_id}", status_code=204)
async def remove(parts: PartsDep, caller: Admin, webhook_id: str) -> Response:
    """Remove an endpoint. What was due is cancelled, its log can no longer be read, and its saga ends."""
    hook = await _webhook_of(parts, caller, webhook_id)
    await parts.webhooks.delete(hook.id)
    await parts.note(caller, f"webhook-{hook.id}-remove", "webhook.remove", hook.id, url=hook.url)
    await _wake(parts, hook)
    return Response(status_code=204)


@router.post("/{webhook_id}/rotate")
async def rotate(parts: PartsDep, caller: Admin, webhook_id: str, body: Rotate | None = None) -> WebhookSecret:
    """Make a new secret, which is shown once. For a while both sign, so that no event goes unrecognised meanwhile."""
    hook = await _webhook_of(parts, caller, webhook_id)
    secret, overlap = _new_secret(), (body or Rotate()).overlap
    changes = {
        "secretSealed": parts.seal.close(secret),
        "previousSealed": hook.secret_sealed if overlap else None,
        "previousUntil": now() + timedelta(seconds=overlap) if overlap else None,
        "updatedAt": now(),
    }
    await parts.webhooks.patch(hook.id, changes)
    await parts.note(caller, f"webhook-{hook.id}-{uuid4().hex}", "webhook.rotate", hook.id, overlap=overlap)
    found = await _webhook_of(parts, caller, webhook_id)
    return WebhookSecret(**_view(parts, found).model_dump(), secret=secret)


@router.post("/{webhook_id}/test", status_code=202)
async def test(parts: PartsDep, caller: Admin, webhook_id: str) -> DeliveryView:
    """Send the event `webhook.test` to this endpoint, whatever it listens to. What came of it is in its deliveries."""
    hook = await _webhook_of(parts, caller, webhook_id)
    _check_enabled(hook)
    subject, data = about("webhook", hook.id), {"by": caller.user}
    event = Event.make(caller.org, TEST, subject, data, uuid4().hex, now())
    delivery = event.to(hook.id)
    await parts.deliveries.create(delivery)
    await _wake(parts, hook)
    return _shown(delivery)


@router.get("/{webhook_id}/deliveries")
async def deliveries(
    parts: PartsDep,
    caller: Admin,
    webhook_id: str,
    limit: Limit = 50,
    after: After = None,
    status: DeliveryStatus | None = None,
    type: Annotated[str | None, Query(description="Events of this type, like flight.ok")] = None,
) -> Page[DeliveryView]:
    """List what an endpoint was told and is to be told, newest first; it is kept for 30 days."""
    hook = await _webhook_of(parts, caller, webhook_id)
    found, following = await page(parts.deliveries, limit, after, webhookId=hook.id, status=status, type=type)
    return Page(items=[_shown(delivery) for delivery in found], next=following)


@router.get("/{webhook_id}/deliveries/{delivery_id}")
async def delivery(parts: PartsDep, caller: Admin, webhook_id: str, delivery_id: str) -> DeliveryView:
    """Show one delivery with its attempts. The id of its event does as well."""
    hook = await _webhook_of(parts, caller, webhook_id)
    return _shown(await _delivery_of(parts, hook, delivery_id))


@router.post("/{webhook_id}/deliveries/{delivery_id}/retry", status_code=202)
async def retry(parts: PartsDep, caller: Admin, webhook_id: str, delivery_id: str) -> DeliveryView:
    """Send an event again, also one that was delivered: now, and then as often as a new one."""
    hook = await _webhook_of(parts, caller, webhook_id)
    found = await _delivery_of(parts, hook, delivery_id)
    _check_enabled(hook)
    again = {"status": "due", "reason": None, "nextAt": now(), "since": None, "deliveredAt": None}
    await parts.deliveries.patch(found.key, again)
    await parts.note(caller, f"delivery-{found.key}-{uuid4().hex}", "webhook.retry", hook.id, delivery=found.key)
    due = await _delivery_of(parts, hook, delivery_id)  # as it is before it is tried
    await _wake(parts, hook)
    return _shown(due)
