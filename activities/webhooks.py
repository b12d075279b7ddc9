"""What is due for an endpoint: sent, in the order of events of each subject, and followed until taken or given up.

A delivery that was sent by a worker that then died is sent again: endpoints tell by the event's id that they have it.
"""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final, Literal

import httpx
from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.beating import heartbeating
from activities.posting import Poster
from activities.state.audit import note
from settings import Settings
from store.audit import Audit
from store.document import now
from store.facts import Actor
from store.seal import Seal
from store.webhooks import ATTEMPTS_SHOWN, Attempt, Deliveries, Delivery, Webhook, Webhooks

LISTED: Final = 500  # deliveries that are looked at together; later ones have to wait for those
GONE: Final = 410
SYSTEM: Final = Actor(user="webhook", reason="its endpoint")


class DeliverDue(BaseModel):
    """One round. Seconds as in `timings`; `probe`: the endpoint did not answer lately, so one delivery goes first."""

    webhook_id: str
    probe: bool
    seconds: float = Field(description="How long a round begins new deliveries")
    answer: float
    first: float
    most: float
    give_up: float
    disable: float
    at_once: int


class Delivered(BaseModel):
    """What came of a round. `down`: the endpoint takes nothing at all. `next_in`: seconds until more is due."""

    state: Literal["open", "disabled", "deleted"] = "open"
    reason: str | None = None
    delivered: int = 0
    refused: int = Field(0, description="Attempts that did not succeed")
    failed: int = Field(0, description="Deliveries that were given up")
    down: bool = False
    next_in: float | None = None
    last: str | None = Field(None, description="The endpoint's last word, where it was not a success")


class Endpoints:
    """Activities on endpoints."""

    def __init__(self, client: AsyncClient, settings: Settings) -> None:
        self._webhooks, self._deliveries, self._audit = Webhooks(client), Deliveries(client), Audit(client)
        self._seal = Seal.of(settings)
        self._targets = settings.webhook_targets
        self._trust: ssl.SSLContext = httpx.create_ssl_context()

    @activity.defn
    async def deliver_due(self, given: DeliverDue) -> Delivered:
        """Send what is due, until nothing is, the endpoint takes nothing, or the round is over."""
        hook = await self._webhooks.get(given.webhook_id)
        if hook is None:
            await self._deliveries.forget(given.webhook_id)
            return Delivered(state="deleted")
        if not hook.enabled:
            await self._cancel(hook.id, "the endpoint was disabled")
            return Delivered(state="disabled", reason=hook.reason)
        secrets = [self._seal.open(sealed) for sealed in hook.sealed(now())]
        async with (
            heartbeating(),
            Poster(hook.url, secrets, self._targets, given.answer, self._trust) as poster,
        ):
            done = await _Round(given, hook, poster, self._webhooks, self._deliveries).run()
        if done.reason is not None:
            await self._disable(hook, done.reason)
        if not done.delivered and not done.refused:
            await self._deliveries.forget(hook.id, before=now())  # there is time for it
        return done

    async def _disable(self, hook: Webhook, reason: str) -> None:
        async def step(transaction: AsyncTransaction) -> None:
            found = await self._webhooks.get(hook.id, transaction)
            if found is None or not found.enabled:
                return
            transaction.update(self._webhooks.ref(hook.id), {"enabled": False, "reason": reason, "updatedAt": now()})
            note(
                self._audit, transaction, org_id=hook.org_id, actor=SYSTEM, action="webhook.disabled", target=hook.id,
                occasion=str(hook.updated_at.timestamp()), outcome="disabled", reason=reason,
            )  # fmt: skip

        await self._webhooks.transact(step)
        await self._cancel(hook.id, f"the endpoint was disabled: {reason}")

    async def _cancel(self, webhook_id: str, reason: str) -> None:
        """What is due has nobody to go to any more; unless people have enabled it again by now, and sent it anew."""

        async def step(transaction: AsyncTransaction) -> bool:
            hook = await self._webhooks.get(webhook_id, transaction)
            if hook is not None and hook.enabled:
                return False
            due = await self._deliveries.due_of(webhook_id, LISTED, transaction)
            for delivery in due:
                transaction.update(self._deliveries.ref(delivery.key), {"status": "cancelled", "reason": reason})
            return bool(due)

        while await self._webhooks.transact(step):
            activity.heartbeat()


class _Round:
    """A round over what is due: lines side by side, `at_once` of them, each in its order up to what is not taken."""

    def __init__(
        self, given: DeliverDue, hook: Webhook, poster: Poster, webhooks: Webhooks, deliveries: Deliveries
    ) -> None:
        self._given = given
        self._hook = hook
        self._poster = poster
        self._webhooks = webhooks
        self._deliveries = deliveries
        self._failing_since = hook.failing_since
        self._room = asyncio.Semaphore(given.at_once)
        self._in_a_row = 0
        self._probe = given.probe
        self._until = time.monotonic() + given.seconds
        self.done = Delivered()

    async def run(self) -> Delivered:
        while True:
            lines = lines_of(await self._deliveries.due_of(self._hook.id, LISTED))
            ready = [line for line in lines if line[0].next_at <= now()]
            if not ready or self._ends():
                break
            if self._probe:
                # What has been tried least: one event that is not taken does not speak for the endpoint
                await self._one(min(ready, key=lambda line: line[0].tries)[0])
                continue
            await asyncio.gather(*(self._line(line) for line in ready))
        if lines and self._probe and not self.done.refused:
            self.done.down = True  # nothing of it may be tried yet, so nothing is known that was not before
        waits = [line[0].next_at for line in lines]
        self.done.next_in = max(0.0, (min(waits) - now()).total_seconds()) if waits else None
        return self.done

    def _ends(self) -> bool:
        return self.done.down or self.done.reason is not None or time.monotonic() > self._until

    async def _line(self, line: list[Delivery]) -> None:
        async with self._room:
            for delivery in line:
                if self._ends() or not await self._one(delivery):
                    return

    async def _one(self, delivery: Delivery) -> bool:
        """Send one and write what came of it. False where it was not taken."""
        attempt = await self._poster.post(delivery)
        changes: dict[str, Any] = {
            "tries": delivery.tries + 1,
            "since": delivery.since or attempt.at,
            "attempts": [entry.model_dump(by_alias=True) for entry in [*delivery.attempts, attempt][-ATTEMPTS_SHOWN:]],
        }
        if attempt.succeeded:
            changes |= {"status": "delivered", "deliveredAt": now(), "reason": None}
        else:
            changes |= self._not_taken(delivery, attempt)
        await self._deliveries.patch(delivery.key, changes)
        await self._count(attempt)
        return attempt.succeeded

    def _not_taken(self, delivery: Delivery, attempt: Attempt) -> dict[str, Any]:
        given, at, words = self._given, now(), attempt.words()
        if attempt.status == GONE:
            self.done.state, self.done.reason = "disabled", "it answered 410 Gone"
            return {"status": "failed", "reason": words}
        last = (delivery.since or attempt.at) + timedelta(seconds=given.give_up)
        if attempt.at < last:  # else it was the last one
            pause = pause_after(delivery.tries + 1, given.first, given.most)
            return {"nextAt": min(at + timedelta(seconds=pause), last), "reason": words}
        self.done.failed += 1
        since = self._failing_since
        if since is not None and at - since >= timedelta(seconds=given.disable):
            self.done.state = "disabled"
            self.done.reason = f"it has taken nothing since {since:%Y-%m-%d %H:%M} UTC; last: {words}"
        return {"status": "failed", "reason": words}

    async def _count(self, attempt: Attempt) -> None:
        """What the attempt says of the endpoint as a whole."""
        if attempt.succeeded:
            self.done.delivered += 1
            self.done.down, self._probe, self._in_a_row = False, False, 0
        else:
            self.done.refused += 1
            self.done.last = attempt.words()
            self._in_a_row += 1
            self.done.down = self._probe or self._in_a_row >= max(self._given.at_once, 2)
        failing = None if attempt.succeeded else self._failing_since or attempt.at
        if failing != self._failing_since:
            self._failing_since = failing
            if await self._webhooks.get(self._hook.id) is not None:
                await self._webhooks.patch(self._hook.id, {"failingSince": failing})


def lines_of(due: Iterable[Delivery]) -> list[list[Delivery]]:
    """Deliveries by what they are about, each line in its order."""
    lines: dict[str, list[Delivery]] = {}
    for delivery in due:
        lines.setdefault(delivery.line, []).append(delivery)
    return list(lines.values())


def pause_after(tries: int, first: float, most: float) -> float:
    """Seconds before another attempt: `first`, doubling, at most `most`, and a fifth up or down, so that what failed
    together does not come back together.
    """
    doublings = min(tries - 1, 30)  # beyond that any `most` is reached, and a float would overflow
    return float(min(most, first * 2**doublings) * random.uniform(0.8, 1.2))  # noqa: S311
