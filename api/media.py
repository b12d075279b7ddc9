"""Media: files that docks uploaded, and links to fetch them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from fastapi import APIRouter

from api.body import View
from api.deps import PartsDep, Viewer
from api.paging import After, Limit, Page, page
from api.problems import not_found
from store.document import now
from store.media import MediaKind

router = APIRouter(prefix="/v1/media", tags=["media"])

LINK_SECONDS: Final = 600  # long enough to begin a download, short enough to be useless in a log


class MediaView(View):
    id: str
    mission_id: str | None = None
    dock_sn: str
    flight_id: str | None = None
    kind: MediaKind
    name: str
    object_key: str
    size: int
    md5: str | None = None
    photo: str | None = None
    metadata: dict[str, Any]
    created_at: datetime


class Link(View):
    url: str
    expires_at: datetime


@router.get("")
async def media(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    mission: str | None = None,
    dock: str | None = None,
    flight: str | None = None,
    kind: MediaKind | None = None,
) -> Page[MediaView]:
    """List files that docks uploaded, newest first."""
    found, following = await page(
        parts.media, limit, after, orgId=caller.org, missionId=mission, dockSn=dock, flightId=flight, kind=kind
    )
    return Page(items=[MediaView(**item.model_dump()) for item in found], next=following)


@router.get("/{media_id}/link")
async def link(parts: PartsDep, caller: Viewer, media_id: str) -> Link:
    """Make a link that fetches the file, for ten minutes."""
    found = await parts.media.get(media_id)
    if found is None or found.org_id != caller.org:
        raise not_found("file", media_id, "id")
    url = parts.objects.presign_get(found.object_key, LINK_SECONDS)
    return Link(url=url, expires_at=now() + timedelta(seconds=LINK_SECONDS))
