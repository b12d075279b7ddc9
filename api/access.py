"""Who asks: a token of the organisation's, or a signed one, and what its desk says of the person now.

Both are read for each request, and nothing is remembered: a token that is revoked, or a member who is removed or gets
another role, is so with the next request, whichever process it comes to. Only that an organisation is not being deleted
is remembered for seconds.
"""

from __future__ import annotations

import time
from typing import Final

from api.problems import Refused
from api.security import Principal, Role, unauthorised
from api.security import Tokens as Signed
from store.access import PREFIX, USED_EVERY, Member, Members, Token, Tokens, member_id, parse
from store.deletions import SHUT, OrgDeletion, OrgDeletions
from store.document import now

AGAIN: Final = "Get a new token."
OPEN_FOR: Final = 5.0  # s
MOST_OPEN: Final = 10_000  # organisations


class Access:
    """Checks tokens. A signed one of somebody whom the desk does not know counts as it says."""

    def __init__(self, signed: Signed, members: Members, tokens: Tokens, deletions: OrgDeletions) -> None:
        self._signed = signed
        self._members = members
        self._tokens = tokens
        self._deletions = deletions
        self._open: dict[str, float] = {}

    async def check(self, text: str) -> Principal:
        """Whose token this is, and what they may do now. Raises Refused 401 with the reason; 403 for an organisation
        that is being deleted, or was.
        """
        found = await self._check(text)
        await self._see_whether_open(found.org)
        return found

    async def _see_whether_open(self, org_id: str) -> None:
        """That it is was looked at `OPEN_FOR` seconds ago at most: the deletion waits for longer."""
        if time.monotonic() < self._open.get(org_id, 0.0):
            return
        deletion = await self._deletions.get(org_id)
        if deletion is not None and deletion.status in SHUT:
            self._open.pop(org_id, None)
            raise closed(deletion)
        if len(self._open) > MOST_OPEN:
            self._open.clear()
        self._open[org_id] = time.monotonic() + OPEN_FOR

    async def _check(self, text: str) -> Principal:
        if text.startswith(PREFIX):
            token = await self._own(text)
            member = await self._members.get(member_id(token.org_id, token.user))
            if member is None or not member.here:
                raise removed(token.user)
            await self._used(token)
            role = min(Role[token.role], Role[member.role])
            found = Principal(user=token.user, org=token.org_id, role=role, token_id=token.id)
        else:
            found = await self._signed.check(text)
            member = await self._members.get(member_id(found.org, found.user))
            if member is None:
                return found
            before = member.removed_at is not None and (found.issued_at is None or found.issued_at <= member.removed_at)
            if not member.here or before:
                raise removed(found.user)
            found.role = min(found.role, Role[member.role])
        if member.status == "invited":
            await self._members.joined(member)
        return found

    async def member(self, caller: Principal) -> Member | None:
        return await self._members.get(member_id(caller.org, caller.user))

    async def _own(self, text: str) -> Token:
        named = parse(text)
        token = await self._tokens.get(named[0]) if named is not None else None
        if named is None or token is None or not token.opens(named[1]):
            raise unauthorised("token-invalid", "The token is not valid: nobody was given it.", AGAIN)
        if token.revoked_at is not None:
            raise unauthorised("token-revoked", f"The token was revoked by {token.revoked_by}.", AGAIN)
        if not token.open:
            raise unauthorised("token-expired", "The token has expired.", AGAIN)
        return token

    async def _used(self, token: Token) -> None:
        if token.used_at is None or now() - token.used_at > USED_EVERY:
            await self._tokens.patch(token.id, {"usedAt": now()})


def removed(user: str) -> Refused:
    return unauthorised("member-removed", f"{user} is no longer a member.", "Have an admin add you again.")


def closed(deletion: OrgDeletion) -> Refused:
    """For everybody of an organisation that ends."""
    said = "was deleted" if deletion.status == "deleted" else "is being deleted"
    return Refused(
        403, "org-closed", f"The organisation {said}, by {deletion.requested_by}.", field="org",
        cure="Nothing of it is left; have another one made.",
    )  # fmt: skip
