"""Events for webhooks: written to the store with what happened, then the endpoint's saga is called.

What wins, where the two aims meet, is that nothing is lost: an event is a write beside the write that it tells of, in
the same transaction where there is one, so a store that is away fails both and whoever called tries again. A fault of
ours in an event, or a Temporal that does not answer, fails and delays nothing: it is logged, and the saga looks by
itself. An organisation without an endpoint costs one read in `webhook_cache` seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import orjson
from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic_core import to_jsonable_python

from store.document import now
from store.webhooks import Deliveries, Delivery, Webhook, Webhooks
from timings import Timings

log = logging.getLogger(__name__)

T = TypeVar("T")
Wake = Callable[[str, str], Awaitable[None]]
"""Calls the saga of a webhook: its id, and its organisation's."""

MOST_BYTES: Final = 64 * 1024
"""Of one body. What a dock says may be of any length; nobody wants it all by webhook."""
LAST_CALLS: Final = 2.0  # s, when the process ends


def about(kind: str, key: str, **more: str | None) -> dict[str, str]:
    """What an event is about: its kind and id, and what that belongs to, under camelCase names."""
    return {"kind": kind, "id": key} | {name: value for name, value in more.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened once. `body` is what every endpoint is sent."""

    id: str
    org_id: str
    type: str
    subject: dict[str, str]
    body: str
    at: datetime
    order: int

    @classmethod
    def make(
        cls, org_id: str, kind: str, subject: dict[str, str], data: dict[str, Any], key: str, at: datetime
    ) -> Event:
        """`key` tells this time from the next time that the same happens to the same; the id is derived from it."""
        name = f"{org_id}\n{kind}\n{subject['kind']}\n{subject['id']}\n{key}"
        event_id = hashlib.sha256(name.encode()).hexdigest()[:32]
        body = {
            "id": event_id,
            "type": kind,
            "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "org": org_id,
            "subject": subject,
            "data": to_jsonable_python(data),
        }
        content = orjson.dumps(body)
        if len(content) > MOST_BYTES:
            content = orjson.dumps(body | {"data": {"leftOut": f"{len(content)} bytes, see the API"}})
        return cls(event_id, org_id, kind, subject, content.decode(), at, _order())

    def to(self, webhook_id: str) -> Delivery:
        return Delivery(
            event_id=self.id,
            webhook_id=webhook_id,
            org_id=self.org_id,
            type=self.type,
            subject=self.subject,
            line=f"{self.subject['kind']}/{self.subject['id']}",
            order=self.order,
            payload=self.body,
        )


class Events:
    """One for the process. An async context manager: what is due from before is seen to, calls are sent off at the end.

    Errors of the store come through `emit` and `transact`, no others.
    """

    def __init__(self, client: AsyncClient, wake: Wake, timings: Timings) -> None:
        self._webhooks, self._deliveries = Webhooks(client), Deliveries(client)
        self._wake = wake
        self._timings = timings
        self._known: dict[str, tuple[float, list[Webhook]]] = {}
        self._looking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._inside: dict[AsyncTransaction, dict[str, str]] = {}
        self._to_wake: dict[str, str] = {}
        self._calling: dict[str, asyncio.Task[None]] = {}
        self._closing = asyncio.Event()
        self._catching_up: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._catching_up = asyncio.create_task(self._catch_up(), name="events of before")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        if self._catching_up is not None:
            self._catching_up.cancel()
        if calls := list(self._calling.values()):
            _, late = await asyncio.wait(calls, timeout=LAST_CALLS)
            for task in late:
                task.cancel()

    async def emit(
        self,
        org_id: str | None,
        kind: str,
        subject: dict[str, str],
        data: dict[str, Any],
        *,
        key: str,
        at: datetime | None = None,
        within: AsyncTransaction | None = None,
    ) -> None:
        """Have the organisation's endpoints told. The same `key` of the same subject and type is one event.

        `at` is when it happened, if that was not now. `within` a transaction of `transact`, the event is kept exactly
        if that is; it is for what changes there.
        """
        moment = at or now()
        hooks = [hook for hook in await self._listening(org_id) if hook.wants(kind, moment)]
        if not hooks or org_id is None:
            return
        try:
            event = Event.make(org_id, kind, subject, data, key, moment)
        except Exception:
            log.exception("event %s of %s cannot be written down", kind, subject)
            return
        for hook in hooks:
            delivery = event.to(hook.id)
            if within is not None:
                within.set(self._deliveries.ref(delivery.key), delivery.to_fields())
                calls = self._inside.get(within)
                if calls is None:
                    self._call(hook.id, hook.org_id)  # a transaction of somebody else's: maybe too early
                else:
                    calls[hook.id] = hook.org_id
            elif await self._deliveries.create(delivery):
                self._call(hook.id, hook.org_id)

    async def transact(self, step: Callable[[AsyncTransaction], Awaitable[T]]) -> T:
        """As `Repository.transact`; the endpoints of what was emitted within it are called once it is over."""
        used: set[AsyncTransaction] = set()

        async def noting(transaction: AsyncTransaction) -> T:
            used.add(transaction)
            self._inside[transaction] = {}  # what an attempt emitted that was not kept has not happened
            return await step(transaction)

        try:
            return await self._deliveries.transact(noting)
        finally:
            for transaction in used:
                for webhook_id, org_id in self._inside.pop(transaction, {}).items():
                    self._call(webhook_id, org_id)

    async def _listening(self, org_id: str | None) -> list[Webhook]:
        """The organisation's enabled endpoints, as of `webhook_cache` seconds ago at most."""
        if org_id is None:
            return []
        async with self._looking[org_id]:
            until, hooks = self._known.get(org_id, (0.0, []))
            if time.monotonic() >= until:
                hooks = await self._webhooks.enabled_of(org_id)
                self._known[org_id] = (time.monotonic() + self._timings.webhook_cache, hooks)
            return hooks

    def _call(self, webhook_id: str, org_id: str) -> None:
        """Call its saga soon: at once where that was not done a moment ago."""
        self._to_wake[webhook_id] = org_id
        if webhook_id not in self._calling:
            task = asyncio.create_task(self._keep_calling(webhook_id), name=f"call webhook {webhook_id}")
            self._calling[webhook_id] = task

    async def _keep_calling(self, webhook_id: str) -> None:
        try:
            while (org_id := self._to_wake.pop(webhook_id, None)) is not None:
                try:
                    await self._wake(webhook_id, org_id)
                except Exception as error:
                    log.warning("webhook %s was not called, it looks by itself: %s", webhook_id, error)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._closing.wait(), self._timings.webhook_wake)
        finally:
            del self._calling[webhook_id]

    async def _catch_up(self) -> None:
        """A process that was killed may have written events down and called nobody."""
        try:
            for hook in await self._webhooks.find(enabled=True):
                if await self._deliveries.due_of(hook.id, limit=1):
                    self._call(hook.id, hook.org_id)
        except Exception as error:
            log.warning("what is due from before was not looked for, the sagas do: %s", error)


_last = 0


def _order() -> int:
    """Epoch ns, and never the same twice in a process."""
    global _last
    _last = max(_last + 1, time.time_ns())
    return _last
