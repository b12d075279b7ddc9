"""Tokens of the organisation's own: made, shown once, listed, revoked at once."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Annotated, Final, cast

from fastapi import APIRouter
from google.cloud.firestore import AsyncTransaction
from pydantic import Field, StringConstraints

from api.body import Body, View
from api.deps import Parts, PartsDep, Viewer
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal, Role, role_too_small
from store.access import DeskNotice, RoleName, Token, desk_topic, member_id, new_token
from store.audit import AuditEntry
from store.document import now
from store.events import about

router = APIRouter(prefix="/v1/org/tokens", tags=["organisation"])

MOST: Final = 50  # of one person that open something


class NewToken(Body):
    name: Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=True)] = Field(
        description="What it is for", examples=["Dispatch desk"]
    )
    role: RoleName | None = Field(None, description="The most that it may do; without it, what its member may")
    days: int = Field(90, ge=1, le=365, description="How long it lasts")
    user: str | None = Field(None, max_length=256, description="Whose it is; another's only by an admin")


class TokenView(View):
    id: str
    user: str
    name: str
    role: RoleName
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = Field(description="To ten minutes")
    revoked_at: datetime | None
    revoked_by: str | None


class TokenMade(TokenView):
    token: str = Field(description="The token itself: no later answer has it")


@router.get("")
async def tokens(
    parts: PartsDep, caller: Viewer, limit: Limit = 50, after: After = None, user: str | None = None
) -> Page[TokenView]:
    """List tokens, newest first: an admin sees all, others their own."""
    whose = user if caller.role is Role.admin else caller.user
    found, following = await page(parts.org_tokens, limit, after, orgId=caller.org, user=whose)
    return Page(items=[TokenView(**token.model_dump()) for token in found], next=following)


@router.post("", status_code=201)
async def make(parts: PartsDep, caller: Viewer, body: NewToken) -> TokenMade:
    """Make a token, for oneself or, as an admin, for another member. It is in this answer and in no later one."""
    user = body.user or caller.user
    if user != caller.user and caller.role is not Role.admin:
        raise role_too_small(Role.admin, caller.role)
    member = await parts.members.get(member_id(caller.org, user))
    if member is None or not member.here:
        raise Refused(
            409, "not-a-member", f"{user} is no member of your organisation.", field="user", cure="Add them first."
        )
    most = min(Role[member.role], caller.role)
    role = Role[body.role] if body.role is not None else most
    if role > most:
        raise Refused(
            422, "role-too-great", f"The token would be {role.name}, and {user} may be {most.name} at most by you.",
            field="role", cure=f"Ask for {most.name} or less.",
        )  # fmt: skip
    if len(await parts.org_tokens.open_of(caller.org, user)) >= MOST:
        raise Refused(
            409, "too-many-tokens", f"{user} has {MOST} tokens already.", field="user", cure="Revoke what is not used."
        )
    token, text = new_token(
        caller.org, user, cast(RoleName, role.name), body.name, timedelta(days=body.days), caller.user
    )
    await _change(parts, caller, token, "made")
    return TokenMade(**token.model_dump(), token=text)


@router.get("/{token_id}")
async def token(parts: PartsDep, caller: Viewer, token_id: str) -> TokenView:
    """Show one token, without itself."""
    return TokenView(**(await _token_of(parts, caller, token_id)).model_dump())


@router.delete("/{token_id}")
async def revoke(parts: PartsDep, caller: Viewer, token_id: str) -> TokenView:
    """Revoke a token: one's own or, as an admin, any. The next request with it is refused, connections are closed."""
    found = await _token_of(parts, caller, token_id)
    if found.revoked_at is None:
        found = found.model_copy(update={"revoked_at": now(), "revoked_by": caller.user})
        await _change(parts, caller, found, "revoked")
    notice = DeskNotice(what="token.revoked", user=found.user, role=found.role, token_id=found.id)
    await parts.live.tell(desk_topic(caller.org), notice.model_dump_json().encode())
    return TokenView(**found.model_dump())


async def _token_of(parts: Parts, caller: Principal, key: str) -> Token:
    found = await parts.org_tokens.get(key)
    if found is None or found.org_id != caller.org or (caller.role is not Role.admin and found.user != caller.user):
        raise not_found("token", key, "id")
    return found


async def _change(parts: Parts, caller: Principal, token: Token, word: str) -> None:
    """Write it, with audit entry and event."""
    said = {"name": token.name, "role": token.role, "user": token.user}
    entry = AuditEntry(
        id=secrets.token_hex(16), org_id=caller.org, user=caller.user, role=caller.role.name, action=f"token.{word}",
        target=token.id, outcome="done", details=said,
    )  # fmt: skip

    async def step(transaction: AsyncTransaction) -> None:
        transaction.set(parts.org_tokens.ref(token.id), token.to_fields())
        transaction.set(parts.audit.ref(entry.id), entry.to_fields())
        await parts.events.emit(
            caller.org, f"token.{word}", about("token", token.id), said | {"by": caller.user}, key=entry.id,
            within=transaction,
        )  # fmt: skip

    await parts.events.transact(step)
