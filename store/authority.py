"""`dji_authority/{sn}`: who flies a dock's aircraft by hand, and who works its payload; one holder each.

Both are decided in transactions, so that two who ask at the same time cannot both get it, and whoever is asked later
tells the same. A holder lasts until `expires_at`, which the drc process puts off while the operator's connection lives:
without a process nobody holds anything for long. A document is there only while somebody holds something, or an account
of the live link has still to be removed.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final, Literal

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import Field

from store.audit import Audit, AuditEntry
from store.document import Document, Part, Repository, now
from store.events import Events, about

Kind = Literal["flight", "payload"]
Why = Literal["given back", "silence", "forced", "mission ended", "unpaired", "no longer allowed"]

KINDS: Final[tuple[Kind, ...]] = ("flight", "payload")


class Holder(Part):
    """Who holds it. Both kinds of one person share a `session`, which is one connection to the drc process."""

    user: str
    role: str
    session: str
    reason: str = ""
    since: datetime = Field(default_factory=now)
    expires_at: datetime


class DrcLink(Part):
    """The way that the dock was told to `drc/up` and `drc/down`: an account at the broker that is to be removed."""

    account: str
    since: datetime = Field(default_factory=now)


class Authority(Document):
    collection: ClassVar[str] = "dji_authority"

    sn: str
    org_id: str
    flight: Holder | None = None
    payload: Holder | None = None
    link: DrcLink | None = None

    @property
    def key(self) -> str:
        return self.sn

    def holder(self, kind: Kind, at: datetime | None = None) -> Holder | None:
        """Who holds it now; None also where its time is over and nobody has tidied up yet."""
        found = self.flight if kind == "flight" else self.payload
        return found if found is not None and found.expires_at > (at or now()) else None

    def kinds_of(self, session: str) -> frozenset[Kind]:
        """What a session holds now."""
        at = now()
        return frozenset(kind for kind in KINDS if (held := self.holder(kind, at)) and held.session == session)

    @property
    def empty(self) -> bool:
        return self.flight is None and self.payload is None and self.link is None


class Held(Exception):
    """Somebody else holds it."""

    def __init__(self, kind: Kind, holder: Holder) -> None:
        super().__init__(f"{kind} authority is held by {holder.user}")
        self.kind, self.holder = kind, holder


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and why."""

    user: str
    role: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Taking:
    """What came of taking: the document, the holder, and who lost it by force."""

    authority: Authority
    holder: Holder
    loser: Holder | None


class Authorities(Repository[Authority]):
    """Everything that changes a holder, with its audit entry and its event in the same transaction."""

    model = Authority

    def __init__(self, client: AsyncClient, events: Events) -> None:
        super().__init__(client)
        self._events = events
        self._audit = Audit(client)

    async def take(
        self, sn: str, org_id: str, kind: Kind, asker: Asker, *, until: datetime, force: bool = False
    ) -> Taking:
        """Become the holder until `until`. Who holds it already keeps session and time; `force` takes it from others.

        Raises Held.
        """

        async def step(transaction: AsyncTransaction) -> Taking:
            found = await self.get(sn, transaction) or Authority(sn=sn, org_id=org_id)
            at = now()
            before, loser = found.holder(kind, at), None
            if before is not None and before.user != asker.user:
                if not force:
                    raise Held(kind, before)
                loser = before
            if before is not None and loser is None:
                holder = before.model_copy(update={"expires_at": max(before.expires_at, until), "role": asker.role})
            else:
                holder = Holder(
                    user=asker.user, role=asker.role, session=_session(found, asker.user, at), reason=asker.reason,
                    since=at, expires_at=until,
                )  # fmt: skip
            setattr(found, kind, holder)
            transaction.set(self.ref(sn), found.to_fields())
            if before is None or loser is not None:
                await self._note(transaction, found, kind, "forced" if loser else "taken", holder, loser)
            return Taking(found, holder, loser)

        return await self._events.transact(step)

    async def renew(self, sn: str, session: str, until: datetime) -> frozenset[Kind]:
        """Put off the end of what a session holds; what that is: nothing, where it was taken or given back."""

        async def step(transaction: AsyncTransaction) -> frozenset[Kind]:
            found = await self.get(sn, transaction)
            held = frozenset(kind for kind in KINDS if found and (h := getattr(found, kind)) and h.session == session)
            if held:
                transaction.update(self.ref(sn), {f"{kind}.expiresAt": until for kind in held})
            return held

        return await self.transact(step)

    async def release(
        self, sn: str, session: str | None, kinds: Collection[Kind] = KINDS, *, why: Why, overdue: bool = False
    ) -> dict[Kind, Holder]:
        """End what a session holds, or everybody's (None); with `overdue` only what has passed its time."""

        async def step(transaction: AsyncTransaction) -> dict[Kind, Holder]:
            found = await self.get(sn, transaction)
            if found is None:
                return {}
            at, ended = now(), dict[Kind, Holder]()
            for kind in kinds:
                holder: Holder | None = getattr(found, kind)
                if holder is None or session not in (None, holder.session) or (overdue and holder.expires_at > at):
                    continue
                ended[kind] = holder
                setattr(found, kind, None)
                await self._note(transaction, found, kind, "released", holder, None, why)
            if ended:
                self._put(transaction, found)
            return ended

        return await self._events.transact(step)

    async def open_link(self, sn: str, account: str) -> str | None:
        """Note an account before it is made; the one of before that is still to be removed. None also without a holder.

        Raises LookupError where nobody holds anything any more.
        """

        async def step(transaction: AsyncTransaction) -> str | None:
            found = await self.get(sn, transaction)
            if found is None or not any(found.holder(kind) for kind in KINDS):
                raise LookupError(f"nobody holds {sn}")
            before = found.link.account if found.link is not None else None
            transaction.update(self.ref(sn), {"link": DrcLink(account=account).model_dump(by_alias=True)})
            return before if before != account else None

        return await self.transact(step)

    async def close_link(self, sn: str, account: str) -> None:
        """The account is gone."""

        async def step(transaction: AsyncTransaction) -> None:
            found = await self.get(sn, transaction)
            if found is not None and found.link is not None and found.link.account == account:
                found.link = None
                self._put(transaction, found)

        await self.transact(step)

    def _put(self, transaction: AsyncTransaction, authority: Authority) -> None:
        if authority.empty:
            transaction.delete(self.ref(authority.sn))
        else:
            transaction.set(self.ref(authority.sn), authority.to_fields())

    async def _note(
        self,
        transaction: AsyncTransaction,
        authority: Authority,
        kind: Kind,
        action: str,
        holder: Holder,
        loser: Holder | None,
        why: Why | None = None,
    ) -> None:
        """One change, for the log and for those who listen. Reads of the transaction come before."""
        said: dict[str, Any] = {"kind": kind, "session": holder.session, "user": holder.user}
        said |= {"loser": loser.user} if loser is not None else {}
        said |= {"why": why} if why is not None else {}
        key = f"{kind}-{holder.session}-{holder.since.isoformat()}-{action}"
        entry = AuditEntry(
            id=f"authority-{authority.sn}-{key}", org_id=authority.org_id, user=holder.user, role=holder.role,
            action=f"authority.{action}", target=authority.sn, reason=holder.reason, details=said,
        )  # fmt: skip
        transaction.set(self._audit.ref(entry.key), entry.to_fields())
        subject = about("dock", authority.sn)
        data = said | {"reason": holder.reason}
        await self._events.emit(authority.org_id, f"authority.{action}", subject, data, key=key, within=transaction)


def _session(found: Authority, user: str, at: datetime) -> str:
    """Of the other kind, where the same person holds that."""
    for kind in KINDS:
        other = found.holder(kind, at)
        if other is not None and other.user == user:
            return other.session
    return uuid.uuid4().hex
