"""Streams and commands: what was made for a dock's video, and what docks were told, by whom and with what outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime as Instant

from api.body import View
from api.deps import PartsDep, Viewer
from api.paging import After, Limit, Page, page
from store.commands import CommandStatus
from store.ingresses import IngressState

router = APIRouter(prefix="/v1", tags=["streams", "commands"])


class StreamView(View):
    """An ingress. Its key is not shown: only its hash is kept."""

    id: str
    sn: str
    video_id: str
    room: str
    identity: str
    metadata: dict[str, Any]
    state: IngressState
    frames: int
    created_at: datetime
    first_frame_at: datetime | None = None
    last_frame_at: datetime | None = None
    closed_at: datetime | None = None


class CommandView(View):
    tid: str
    bid: str
    sn: str
    method: str
    mission_id: str | None = None
    workflow_id: str
    step: str
    data: Any = None
    user: str
    reason: str
    status: CommandStatus
    sends: int
    result: int | None = None
    meaning: str | None = None
    mismatch: str | None = None
    replies: int
    sent_at: datetime
    replied_at: datetime | None = None


@router.get("/streams")
async def streams(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    dock: str | None = None,
    state: IngressState | None = None,
) -> Page[StreamView]:
    """List streams, newest first: what was made for docks' video."""
    found, following = await page(parts.ingresses, limit, after, orgId=caller.org, sn=dock, state=state)
    return Page(items=[StreamView(**item.model_dump()) for item in found], next=following)


@router.get("/commands")
async def commands(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    dock: str | None = None,
    method: str | None = None,
    mission: str | None = None,
    flight: Annotated[str | None, Query(description="Commands of this flight, whose `bid` they carry")] = None,
    status: CommandStatus | None = None,
    since: Annotated[Instant | None, Query(description="Sent then or later; with its time zone")] = None,
    until: Annotated[Instant | None, Query(description="Sent before; with its time zone")] = None,
) -> Page[CommandView]:
    """What docks were told, by whom, why and with what outcome, newest first."""
    found, following = await page(
        parts.commands, limit, after, order="sentAt", since=since, until=until,
        orgId=caller.org, sn=dock, method=method, missionId=mission, bid=flight, status=status,
    )  # fmt: skip
    return Page(items=[CommandView(**item.model_dump()) for item in found], next=following)
