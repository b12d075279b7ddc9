"""Waylines: KMZ files, checked when they are uploaded, so that a dock never gets one that cannot be flown."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, File, Form, Response, UploadFile
from pydantic import Field, StringConstraints

from api.body import View
from api.deps import Operator, Parts, PartsDep, Viewer
from api.idempotency import IdempotencyKey, resource_id
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal
from dji import wpml
from store.flights import KMZ, Wayline, kmz_key

router = APIRouter(prefix="/v1/waylines", tags=["waylines"])

MOST_BYTES: Final = 20 * 1024 * 1024  # a KMZ with its reference photos; routes alone are a few kB


class WaylineView(View):
    id: str
    name: str
    md5: str
    size: int
    aircraft: str
    waypoints: int
    length_m: float
    exit_wayline_when_rc_lost: int = Field(
        description="What the file says of a lost link: 0 fly on without one, 1 leave the route and come home"
    )
    problems: list[str]
    uploaded_by: str
    created_at: datetime


class PointView(View):
    """A waypoint as it is flown."""

    latitude: float
    longitude: float
    height: float = Field(description="m above what `heightMode` says")
    height_mode: str = Field(description="relativeToStartPoint: above the dock; WGS84: above the ellipsoid")
    speed: float = Field(description="m/s, towards the next one")
    heading: float | None = Field(None, description="Degrees from north, where the route sets one")
    hover: float = Field(description="seconds")
    photos: int = Field(description="Taken at the point")


class RouteView(View):
    finish_action: str | None = Field(description="What the file says of the end, in DJI's words: goHome, noAction ...")
    points: list[PointView]


def _view(wayline: Wayline) -> WaylineView:
    return WaylineView(**wayline.model_dump())


async def wayline_of(parts: Parts, caller: Principal, key: str, field: str = "id") -> Wayline:
    wayline = await parts.waylines.get(key)
    if wayline is None or wayline.org_id != caller.org:
        raise not_found("wayline", key, field)
    return wayline


def checked(data: bytes, aircraft: str | None) -> dict[str, Any]:
    """What a KMZ is and says of itself, as fields of `Wayline`. Raises Refused 422 for what could not be flown."""
    try:
        kmz = wpml.read_kmz(data)
    except wpml.KmzError as error:
        raise Refused(
            422, f"kmz-{error.code.replace('_', '-')}", f"{error.element}: {error.message}" if error.element else
            error.message, field="file", cure=error.cure,
        ) from None  # fmt: skip
    problems = wpml.check(kmz, aircraft=aircraft)
    faults = [problem for problem in problems if problem.severity == "error"]
    if faults:
        first = faults[0]
        raise Refused(
            422, "kmz-invalid", "; ".join(f"{fault.element}: {fault.message}" for fault in faults[:10]), field="file",
            cure=first.cure,
        )  # fmt: skip
    return {
        "md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "size": len(data),
        "aircraft": kmz.aircraft_key,
        "waypoints": len(kmz.waypoints()),
        "length_m": round(kmz.length_m(), 1),
        "exit_wayline_when_rc_lost": kmz.exit_wayline_when_rc_lost,
        "problems": [f"{problem.element}: {problem.message}" for problem in problems],
    }


@router.post("", status_code=201)
async def upload(
    parts: PartsDep,
    caller: Operator,
    file: Annotated[UploadFile, File(description="A KMZ in DJI's WPML format, at most 20 MiB")],
    name: Annotated[str | None, StringConstraints(min_length=1, max_length=128), Form()] = None,
    aircraft: Annotated[str | None, Form(description="Refuse a file for another product, like 0-100-1")] = None,
    key: IdempotencyKey = None,
) -> WaylineView:
    """Upload a wayline; it is read and checked first, and kept only when it can be flown."""
    data = await file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(
            413, "kmz-too-large", f"The file is over {MOST_BYTES // 1024 // 1024} MiB.", field="file",
            cure="Leave out reference photos, or split the route.",
        )  # fmt: skip
    found = await asyncio.to_thread(checked, data, aircraft)
    wayline_id = await resource_id(parts, caller, "waylines", key, f"{found['md5']}|{name}|{aircraft}")
    named = name or (file.filename or "wayline").removesuffix(".kmz")
    return await keep(parts, caller, wayline_id, named, data, found, "wayline.upload")


async def keep(
    parts: Parts, caller: Principal, wayline_id: str, name: str, data: bytes, found: dict[str, Any], action: str
) -> WaylineView:
    """Keep a KMZ as that wayline; `found` is what `checked` made of it."""
    wayline = Wayline(
        id=wayline_id,
        org_id=caller.org,
        name=name,
        object_key=kmz_key(caller.org, wayline_id),
        uploaded_by=caller.user,
        **found,
    )
    # The object first: a document always has its file
    await parts.objects.put(wayline.object_key, data, KMZ)
    await parts.waylines.create(wayline)
    await parts.note(caller, f"wayline-{wayline_id}", action, wayline_id, name=wayline.name)
    return _view(await wayline_of(parts, caller, wayline_id))


@router.get("")
async def waylines(parts: PartsDep, caller: Viewer, limit: Limit = 50, after: After = None) -> Page[WaylineView]:
    """List waylines, newest first."""
    found, following = await page(parts.waylines, limit, after, orgId=caller.org)
    return Page(items=[_view(wayline) for wayline in found], next=following)


@router.get("/{wayline_id}")
async def wayline(parts: PartsDep, caller: Viewer, wayline_id: str) -> WaylineView:
    """Show one wayline."""
    return _view(await wayline_of(parts, caller, wayline_id))


@router.get("/{wayline_id}/file", responses={200: {"content": {KMZ: {}}}}, response_class=Response)
async def file(parts: PartsDep, caller: Viewer, wayline_id: str) -> Response:
    """Fetch the KMZ itself."""
    return Response(await _file_of(parts, caller, wayline_id), media_type=KMZ)


@router.get("/{wayline_id}/route")
async def route(parts: PartsDep, caller: Viewer, wayline_id: str) -> RouteView:
    """Show where a wayline leads: its waypoints in order, with what is done at each."""
    kmz = await asyncio.to_thread(wpml.read_kmz, await _file_of(parts, caller, wayline_id))
    return RouteView(
        finish_action=kmz.mission.finish_action,
        points=[
            PointView(
                latitude=point.lat,
                longitude=point.lon,
                height=point.height,
                height_mode=point.height_mode,
                speed=point.speed,
                heading=point.heading,
                hover=point.hover_s,
                photos=point.photos,
            )
            for point in kmz.waypoints()
        ],
    )


async def _file_of(parts: Parts, caller: Principal, wayline_id: str) -> bytes:
    data = await parts.objects.get((await wayline_of(parts, caller, wayline_id)).object_key)
    if data is None:
        raise not_found("file of wayline", wayline_id, "id")
    return data
