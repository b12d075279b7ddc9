"""Who one is, as the API sees it."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from api.body import View
from api.deps import PartsDep, Viewer
from store.access import RoleName

router = APIRouter(prefix="/v1/me", tags=["organisation"])


class MeView(View):
    user: str
    org: str
    role: RoleName = Field(description="What may be done now: the smaller of the token's role and the member's")
    member: bool = Field(description="Whether the organisation's desk knows this person")
    token_id: str | None = Field(description="Null for a signed token")


@router.get("")
async def me(parts: PartsDep, caller: Viewer) -> MeView:
    """Say who the token belongs to, and what it may do now."""
    known = await parts.access.member(caller) is not None
    return MeView(user=caller.user, org=caller.org, role=caller.role.name, member=known, token_id=caller.token_id)
