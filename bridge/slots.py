"""Slots: slot `i` is a client id with a persistent session, leased in `bridge_slots/{i}` by one bridge at a time.

A bridge that finds a lease expired connects with that client id, and so takes over the session with everything that the
dead one had not acknowledged. On the same machine a dead process is seen at once, without waiting for the lease.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import psutil
from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import Field

from store.document import Document, Repository, now

LEASE = 6.0
"""Seconds a lease lasts: a bridge on another machine waits that long for a dead one's slot."""

RENEW = 2.0
"""Seconds between renewals: two may fail."""

SPARE_AFTER = 15.0
"""Seconds after which a bridge that has a slot takes another one that nobody wants."""


class Slot(Document):
    """One slot. `place` and `pid` tell a process on the same machine whether the owner still lives."""

    collection: ClassVar[str] = "bridge_slots"

    number: int
    broker: str | None = Field(None, description="The organisation at whose own broker this slot is")
    owner: str | None = None
    place: str = ""
    pid: int = 0
    leased_until: datetime = Field(default_factory=now)
    wanted_until: datetime | None = Field(None, description="A bridge without a slot waits; who has two gives one up")

    @property
    def key(self) -> str:
        return str(self.number) if self.broker is None else f"{self.broker}-{self.number}"


class Slots(Repository[Slot]):
    model = Slot


class Leases:
    """The slots as one process sees them. `owner` names the process, differently after each start."""

    def __init__(
        self,
        client: AsyncClient,
        count: int,
        alive: Callable[[int], bool] | None = None,
        *,
        broker: str | None = None,
    ) -> None:
        """`broker`: the organisation at whose own broker the slots are; None: at the shared one."""
        self._broker = broker
        self._slots = Slots(client)
        self._count = count
        self._alive = alive or runs
        self._place = place()
        self._pid = os.getpid()
        self.owner = f"{self._place}:{self._pid}:{os.urandom(4).hex()}"

    def _key(self, number: int) -> str:
        return Slot(number=number, broker=self._broker).key

    async def acquire(self, held: set[int]) -> int | None:
        """Lease a free slot, or one whose owner is gone; None when there is none. Says that one is wanted, if so."""
        for number in range(self._count):
            if number not in held and await self._take(number):
                return number
        if not held:
            for number in range(self._count):
                await self._want(number)
        return None

    async def _take(self, number: int) -> bool:
        async def step(transaction: AsyncTransaction) -> bool:
            slot = await self._slots.get(self._key(number), transaction)
            if slot is not None and slot.owner is not None and not self._abandoned(slot):
                return False
            leased = Slot(
                number=number,
                broker=self._broker,
                owner=self.owner,
                place=self._place,
                pid=self._pid,
                leased_until=now() + timedelta(seconds=LEASE),
            )
            transaction.set(self._slots.ref(self._key(number)), leased.to_fields())
            return True

        return await self._slots.transact(step)

    def _abandoned(self, slot: Slot) -> bool:
        if slot.leased_until <= now():
            return True
        if not slot.place or slot.place != self._place:
            return False
        return slot.pid != self._pid and not self._alive(slot.pid)

    async def _want(self, number: int) -> None:
        slot = await self._slots.get(self._key(number))
        if slot is not None:
            await self._slots.patch(self._key(number), {"wantedUntil": now() + timedelta(seconds=LEASE)})

    async def renew(self, number: int) -> Slot | None:
        """Go on holding a slot; None when another bridge has taken it. The caller may give it up when it is wanted."""

        async def step(transaction: AsyncTransaction) -> Slot | None:
            slot = await self._slots.get(self._key(number), transaction)
            if slot is None or slot.owner != self.owner:
                return None
            until = now() + timedelta(seconds=LEASE)
            transaction.update(self._slots.ref(self._key(number)), {"leasedUntil": until})
            return slot

        return await self._slots.transact(step)

    async def release(self, number: int) -> None:
        """Let another bridge have the slot at once."""

        async def step(transaction: AsyncTransaction) -> None:
            slot = await self._slots.get(self._key(number), transaction)
            if slot is not None and slot.owner == self.owner:
                transaction.update(self._slots.ref(self._key(number)), {"owner": None, "wantedUntil": None})

        await self._slots.transact(step)


def runs(pid: int) -> bool:
    """True where this process of this machine lives; one that nobody has reaped does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def place() -> str:
    """Where a pid means something: this boot of this machine, and the namespace of its pids. "" where unknown."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}:{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""
