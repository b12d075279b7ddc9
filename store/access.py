"""`members/{id}` and `tokens/{id}`: who belongs to an organisation in which role, and the tokens that open its API.

What changes a member is decided in a transaction that reads the organisation as well, so that two admins who remove
each other at the same moment cannot leave it without one. Audit entry and event are part of it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final, Literal, get_args

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field

from store.audit import Audit, AuditEntry
from store.document import Document, Repository, now
from store.events import Events, about

RoleName = Literal["viewer", "operator", "commander", "admin"]
ROLES: Final[tuple[RoleName, ...]] = get_args(RoleName)
"""Each may do what the ones before it may."""
MemberStatus = Literal["invited", "active", "removed"]

PREFIX: Final = "argus_"
"""A token of the organisation's begins with it: one that is found in a log or a repository can be told by it."""
USED_EVERY: Final = timedelta(minutes=10)
"""How exactly the last use of a token is known: a write for each request would cost more than it tells."""


def smaller(one: RoleName, other: RoleName) -> RoleName:
    """Whichever of the two may do less."""
    return min(one, other, key=ROLES.index)


def member_id(org_id: str, user: str) -> str:
    """The same person in the same organisation has one id, also removed and invited again."""
    return hashlib.sha256(f"{org_id}\n{user}".encode()).hexdigest()[:32]


class Member(Document):
    """`user` is the `sub` of their tokens. A removed one stays as a document: it keeps out what was signed before."""

    collection: ClassVar[str] = "members"

    id: str
    org_id: str
    user: str
    name: str = ""
    role: RoleName
    status: MemberStatus = "invited"
    added_by: str
    created_at: datetime = Field(default_factory=now)
    joined_at: datetime | None = Field(None, description="Their first request")
    changed_at: datetime | None = None
    removed_at: datetime | None = Field(None, description="No token that was signed before counts any more")
    removed_by: str | None = None

    @property
    def key(self) -> str:
        return self.id

    @property
    def here(self) -> bool:
        return self.status != "removed"


class Token(Document):
    """The secret itself is nowhere: `hash` is its SHA-256, which is enough for 256 random bits."""

    collection: ClassVar[str] = "tokens"

    id: str
    org_id: str
    user: str
    role: RoleName = Field(description="The most that it may do; never more than its member may")
    name: str
    hash: str
    created_by: str
    created_at: datetime = Field(default_factory=now)
    expires_at: datetime
    used_at: datetime | None = None
    revoked_at: datetime | None = None
    revoked_by: str | None = None

    @property
    def key(self) -> str:
        return self.id

    def opens(self, secret: str) -> bool:
        return secrets.compare_digest(self.hash, hash_of(secret))

    @property
    def open(self) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and self.expires_at > now()


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token(
    org_id: str, user: str, role: RoleName, name: str, lasts: timedelta, by: str, token_id: str | None = None
) -> tuple[Token, str]:
    """The document, and the text that is shown once."""
    token_id, secret = token_id or secrets.token_hex(16), secrets.token_urlsafe(32)
    document = Token(
        id=token_id, org_id=org_id, user=user, role=role, name=name, hash=hash_of(secret), created_by=by,
        expires_at=now() + lasts,
    )  # fmt: skip
    return document, f"{PREFIX}{token_id}_{secret}"


def parse(text: str) -> tuple[str, str] | None:
    """Id and secret of a token's text; None where it is none."""
    token_id, cut, secret = text.removeprefix(PREFIX).partition("_")
    return (token_id, secret) if text.startswith(PREFIX) and cut and token_id and secret else None


def desk_topic(org_id: str) -> str:
    """Where `DeskNotice` is published (MQTT, QoS 0, not retained): who has open connections looks again at once."""
    return f"argus/desk/{org_id}"


class DeskNotice(BaseModel):
    """Somebody's access has changed. The store is what counts: who missed this sees it there."""

    what: Literal["member.removed", "member.changed", "token.revoked", "org.closed"]
    user: str | None = None
    role: RoleName | None = Field(None, description="The member's role from now on; None: none")
    token_id: str | None = None


class LastAdmin(Exception):
    """Without this one the organisation would have no admin."""


class By(BaseModel):
    """Who does it."""

    user: str
    role: str


class MemberList(Repository[Member]):
    model = Member


class Members(MemberList):
    """Changes of members. Raises LookupError for one that is not there."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        super().__init__(client)
        self._events = events
        self._audit = Audit(client)
        self._tokens = Tokens(client)
        self._orgs = client.collection("orgs")

    async def add(self, member: Member, token: Token | None, by: By) -> Member | None:
        """Write a new member, with a first token; None where there is one already. A removed one is let in again."""

        async def step(transaction: AsyncTransaction) -> Member | None:
            before = await self.get(member.id, transaction)
            if before is not None and before.here:
                return None
            added = member.model_copy(update={"removed_at": before.removed_at if before is not None else None})
            transaction.set(self.ref(added.id), added.to_fields())
            if token is not None:
                transaction.set(self._tokens.ref(token.id), token.to_fields())
            await self._note(transaction, added, by, "added", role=added.role, token=token.id if token else None)
            return added

        return await self._events.transact(step)

    async def change(self, org_id: str, key: str, by: By, role: RoleName | None, name: str | None) -> Member:
        """Another role or name, from the next request on. Raises LastAdmin."""

        def changed(found: Member) -> dict[str, Any]:
            wanted = {"role": role or found.role, "name": found.name if name is None else name}
            return {field: value for field, value in wanted.items() if getattr(found, field) != value}

        return await self._alter(org_id, key, by, "changed", changed)

    async def remove(self, org_id: str, key: str, by: By) -> Member:
        """No token of theirs counts from now on. Removing who is removed already changes nothing. Raises LastAdmin."""

        def changed(found: Member) -> dict[str, Any]:
            return {"status": "removed", "removedAt": now(), "removedBy": by.user} if found.here else {}

        return await self._alter(org_id, key, by, "removed", changed)

    async def joined(self, member: Member) -> None:
        """Their first request."""

        async def step(transaction: AsyncTransaction) -> None:
            found = await self.get(member.id, transaction)
            if found is None or found.status != "invited":
                return
            transaction.update(self.ref(found.id), {"status": "active", "joinedAt": now()})
            await self._note(transaction, found, By(user=found.user, role=found.role), "joined")

        await self._events.transact(step)

    async def _alter(
        self, org_id: str, key: str, by: By, word: str, changed: Callable[[Member], dict[str, Any]]
    ) -> Member:
        async def step(transaction: AsyncTransaction) -> Member:
            await self._orgs.document(org_id).get(transaction=transaction)  # two changes at once: one is tried again
            found = await self.get(key, transaction)
            if found is None or found.org_id != org_id:
                raise LookupError(key)
            fields = changed(found)
            after = found.model_copy(update={_snake[name]: value for name, value in fields.items()})
            if found.here and found.role == "admin" and not (after.here and after.role == "admin"):
                admins = await self.find(orgId=org_id, role="admin", transaction=transaction)
                if not any(each.here and each.id != key for each in admins):
                    raise LastAdmin(found.user)
            open_tokens = await self._tokens.open_of(org_id, found.user, transaction) if not after.here else []
            if not fields:
                return found
            transaction.update(self.ref(key), fields | {"changedAt": now()})
            transaction.set(self._orgs.document(org_id), {"membersChangedAt": now()}, merge=True)
            for token in open_tokens:
                transaction.update(self._tokens.ref(token.id), {"revokedAt": now(), "revokedBy": by.user})
            await self._note(
                transaction,
                after,
                by,
                word,
                before=found.role,
                role=after.role,
                tokens=[each.id for each in open_tokens],
            )
            return after

        return await self._events.transact(step)

    async def _note(self, transaction: AsyncTransaction, member: Member, by: By, word: str, **details: Any) -> None:
        entry = AuditEntry(
            id=secrets.token_hex(16), org_id=member.org_id, user=by.user, role=by.role, action=f"member.{word}",
            target=member.user, outcome="done", details=details,
        )  # fmt: skip
        transaction.set(self._audit.ref(entry.id), entry.to_fields())
        data = {"user": member.user, "name": member.name, "role": member.role, "by": by.user}
        await self._events.emit(
            member.org_id, f"member.{word}", about("member", member.id), data, key=entry.id, within=transaction
        )


_snake: Final = {
    "role": "role", "name": "name", "status": "status", "removedAt": "removed_at", "removedBy": "removed_by"
}  # fmt: skip


class Tokens(Repository[Token]):
    model = Token

    async def open_of(self, org_id: str, user: str, transaction: AsyncTransaction | None = None) -> list[Token]:
        """Those of a person that open something."""
        return [token for token in await self.find(orgId=org_id, user=user, transaction=transaction) if token.open]
