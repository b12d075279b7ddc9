"""The organisation's members: who belongs to it in which role. What changes here holds from the next request on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field, StringConstraints

from api.body import Body, View
from api.deps import Admin, Parts, PartsDep, Viewer
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.rooms import hold_to_role, send_member_out
from api.security import Principal, Role
from drc.dock import notice_topic
from store.access import (
    By,
    DeskNotice,
    LastAdmin,
    Member,
    MemberStatus,
    RoleName,
    desk_topic,
    member_id,
    new_token,
)

router = APIRouter(prefix="/v1/org/members", tags=["organisation"])

INVITATION: Final = "invitation"

User = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
Name = Annotated[str, StringConstraints(max_length=128, strip_whitespace=True)]


class NewMember(Body):
    user: User = Field(
        description="Who they are: the `sub` of their tokens, where they sign in at an issuer",
        examples=["cleo@alpine-rescue.example"],
    )
    role: RoleName
    name: Name = ""
    invitation_days: int = Field(
        7, ge=0, le=30, description="How long the first token lasts, with which they make their own; 0: none is made"
    )


class ChangeMember(Body):
    """What is left out stays as it is."""

    role: RoleName | None = None
    name: Name | None = None


class MemberView(View):
    id: str
    user: str
    name: str
    role: RoleName
    status: MemberStatus = Field(description="invited: nothing was heard of them yet")
    added_by: str
    created_at: datetime
    joined_at: datetime | None
    removed_at: datetime | None
    removed_by: str | None


class MemberAdded(MemberView):
    token: str | None = Field(description="The first token, for them: no later answer has it")
    token_expires_at: datetime | None


@router.get("")
async def members(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    status: MemberStatus | None = None,
    role: RoleName | None = None,
) -> Page[MemberView]:
    """List the members, newest first; removed ones too, unless `status` says otherwise."""
    found, following = await page(parts.members, limit, after, orgId=caller.org, status=status, role=role)
    return Page(items=[MemberView(**member.model_dump()) for member in found], next=following)


@router.post("", status_code=201)
async def add(parts: PartsDep, caller: Admin, body: NewMember) -> MemberAdded:
    """Add a member, with a first token to hand on to them. Who was removed is let in again by this."""
    member = Member(
        id=member_id(caller.org, body.user), org_id=caller.org, user=body.user, name=body.name, role=body.role,
        added_by=caller.user,
    )  # fmt: skip
    token, text = None, None
    if body.invitation_days:
        lasts = timedelta(days=body.invitation_days)
        token, text = new_token(caller.org, body.user, body.role, INVITATION, lasts, caller.user)
    added = await parts.members.add(member, token, by(caller))
    if added is None:
        raise Refused(
            409, "member-exists", f"{body.user} is a member already.", field="user",
            cure="Change the role by PATCH, or make a token for them.",
        )  # fmt: skip
    return MemberAdded(
        **added.model_dump(), token=text, token_expires_at=token.expires_at if token is not None else None
    )


@router.get("/{member_id}")
async def member(parts: PartsDep, caller: Viewer, member_id: str) -> MemberView:
    """Show one member, by id or by the user's name."""
    return MemberView(**(await _member_of(parts, caller, member_id)).model_dump())


@router.patch("/{member_id}")
async def change(parts: PartsDep, caller: Admin, member_id: str, body: ChangeMember) -> MemberView:
    """Change role or name. A smaller role holds at once, also for tokens, connections and rooms that are there.

    Again it does no harm, and ends what a process that died in the middle had left.
    """
    found = await _member_of(parts, caller, member_id)
    if not found.here:
        raise Refused(409, "member-removed", f"{found.user} is no longer a member.", field="id", cure="Add them again.")
    try:
        changed = await parts.members.change(caller.org, found.id, by(caller), body.role, body.name)
    except LastAdmin:
        raise _last_admin(found.user) from None
    if Role[changed.role] < Role.operator:
        await _take_sticks(parts, changed)
    if body.role is not None:
        await hold_to_role(parts, caller, changed.user, changed.role)
    notice = DeskNotice(what="member.changed", user=changed.user, role=changed.role)
    await parts.live.tell(desk_topic(caller.org), notice.model_dump_json().encode())
    return MemberView(**changed.model_dump())


@router.delete("/{member_id}")
async def remove(parts: PartsDep, caller: Admin, member_id: str) -> MemberView:
    """Remove a member: tokens, connections, rooms, what they fly by hand end. The last admin cannot be removed.

    Again it does no harm, and ends what a process that died in the middle had left.
    """
    found = await _member_of(parts, caller, member_id)
    try:
        gone = await parts.members.remove(caller.org, found.id, by(caller))
    except LastAdmin:
        raise _last_admin(found.user) from None
    await _take_sticks(parts, gone)
    await send_member_out(parts, caller, gone.user)
    notice = DeskNotice(what="member.removed", user=gone.user)
    await parts.live.tell(desk_topic(caller.org), notice.model_dump_json().encode())
    return MemberView(**gone.model_dump())


async def _take_sticks(parts: Parts, member: Member) -> None:
    """End what a person holds of docks by hand. The drc process looks by itself too, if a little later."""
    for authority in await parts.authorities.find(orgId=member.org_id):
        held = [kind.session for kind in (authority.flight, authority.payload) if kind and kind.user == member.user]
        for session in set(held):
            await parts.authorities.release(authority.sn, session, why="no longer allowed")
            await parts.live.tell(notice_topic(authority.sn))


async def _member_of(parts: Parts, caller: Principal, key: str) -> Member:
    found = await parts.members.get(key) or await parts.members.get(member_id(caller.org, key))
    if found is None or found.org_id != caller.org:
        raise not_found("member", key, "id")
    return found


def by(caller: Principal) -> By:
    return By(user=caller.user, role=caller.role.name)


def _last_admin(user: str) -> Refused:
    return Refused(
        409, "last-admin", f"{user} is the only admin.", field="id",
        cure="Make another member an admin first.",
    )  # fmt: skip
