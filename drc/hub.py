"""All docks that are worked by hand through this process, and the sweep after those of processes that are gone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import defaultdict

from google.api_core.exceptions import GoogleAPIError

from activities.broker import BrokerError
from dji.topics import Kind, topic_of
from drc.asking import Asking
from drc.dock import Dock
from drc.link import leave
from drc.outbox import Outbox
from drc.parts import Parts
from drc.seat import RESTARTING, Seat
from drc.ticket import Ticket
from store.authority import Authority

log = logging.getLogger(__name__)


class NotHeld(Exception):
    """A good ticket whose session holds nothing any more; the text is for people."""


class Hub:
    """`run` sweeps. A dock is made with the first operator who comes, and is gone some time after the last."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.docks: dict[str, Dock] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._joining: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def join(self, ticket: Ticket, outbox: Outbox) -> tuple[Dock, Seat]:
        """The operator's seat, with this connection. Raises NotHeld, GoogleAPIError."""
        dock, seat = await self.sit(ticket)
        seat.attach(outbox)
        return dock, seat

    async def sit(self, ticket: Ticket) -> tuple[Dock, Seat]:
        """The operator's seat, as it is or a new one. Raises NotHeld, GoogleAPIError."""
        sn = ticket.sn
        async with self._joining[sn]:
            authority = await self._parts.authorities.get(sn)
            kinds = authority.kinds_of(ticket.session) if authority is not None else frozenset()
            document = await self._parts.docks.get(sn)
            if not kinds or authority is None or document is None or document.org_id != ticket.org:
                raise NotHeld(f"You hold nothing of dock {sn} any more: POST /v1/docks/{{sn}}/authority first.")
            dock = self.docks.get(sn)
            if dock is not None and not dock.seats:  # the last one has just gone
                await asyncio.wait({self._running[sn]})
                dock = None
            if dock is None:
                place = await self._parts.brokers.of(ticket.org)
                dock = self.docks[sn] = Dock(self._parts, place, document)
            dock.authority = authority
            seat = dock.seats.setdefault(ticket.session, Seat(ticket, kinds))
            seat.kinds = kinds
            seat.heard = time.monotonic()
            if sn not in self._running:
                self._running[sn] = asyncio.create_task(self._run(dock, ticket.session), name=f"dock {sn}")
            return dock, seat

    async def _run(self, dock: Dock, session: str) -> None:
        try:
            await dock.run(session)
        except Exception:
            log.exception("dock %s", dock.sn)
            for seat in dock.seats.values():
                if seat.outbox is not None:
                    seat.outbox.close(RESTARTING, "Something went wrong here: connect again.")
        finally:
            del self.docks[dock.sn], self._running[dock.sn]

    async def run(self) -> None:
        """End what nobody holds any more, also where the process that knew of it was killed."""
        while True:
            try:
                async for authority in self._parts.authorities.stream():
                    if authority.sn not in self.docks:
                        await self._sweep(authority)
            except (GoogleAPIError, BrokerError, ValueError) as error:
                log.warning("sweep: %s; tried again", error)
            await asyncio.sleep(self._parts.timings.drc_look)

    async def _sweep(self, authority: Authority) -> None:
        """One document. A holder whose time is not over may still come back, here or to another process."""
        sn, authorities = authority.sn, self._parts.authorities
        ended = await authorities.release(sn, None, why="silence", overdue=True)
        for kind, holder in ended.items():
            log.info("%s: %s of %s is released, nobody came back", sn, kind, holder.user)
        found = await authorities.get(sn)
        if found is None or found.link is None or found.flight is not None or found.payload is not None:
            return
        document = await self._parts.docks.get(sn)
        place = await self._parts.brokers.of(found.org_id)
        asking = Asking(self._parts, place.wire, sn, found.org_id)
        topic = topic_of(Kind.SERVICES_REPLY, sn)
        await place.wire.follow({topic: 1}, asking.heard)
        try:
            product = document.product if document is not None else None
            await leave(self._parts, place, asking, sn, found.link.account, product)
        finally:
            await place.wire.leave([topic])

    async def close(self) -> None:
        """The process ends: sticks are let go, operators are told to come back; what they hold stays theirs."""
        for dock in self.docks.values():
            dock.helm.let_go()
            for seat in dock.seats.values():
                if seat.outbox is not None:
                    seat.outbox.close(RESTARTING, "The process restarts: connect again.")
        await asyncio.sleep(0.1 if self.docks else 0)  # for the last words
        for task in list(self._running.values()):
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        await self._parts.brokers.close()
