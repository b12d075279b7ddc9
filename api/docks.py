"""Docks and their aircraft: what is known of them now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints

from api.body import Body, SagaLinks, View
from api.deps import Admin, Operator, Parts, PartsDep, Viewer, actor
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal
from store.dock_status import Status
from store.docks import Aircraft, Dock, HeldBy, Stream
from store.facts import Ask, StreamWish
from workflows import names
from workflows.answers import Unpaired
from workflows.inputs import DockInput
from workflows.waking import ask_dock

router = APIRouter(prefix="/v1/docks", tags=["docks"])


class DockView(View):
    """A dock without its raw properties; `properties` of one dock has them."""

    sn: str
    display_name: str | None = None
    model: str | None = None
    product: str | None = None
    product_name: str | None = None
    firmware_version: str | None = None
    online: bool
    status: Status = Field(description="The first that is true, from offline to online")
    online_changed_at: datetime | None = None
    last_seen_at: datetime | None = None
    mission_id: str | None = None
    lease: HeldBy | None = None
    stream: Stream | None = None
    aircraft_sn: str | None = None
    aircraft_online: bool = False
    bound_at: datetime | None = None
    paired_at: datetime | None = None
    saga: SagaLinks


class DockDetails(DockView):
    osd: dict[str, Any] = Field(description="Properties that the dock sends every 2 s, merged")
    state: dict[str, Any] = Field(description="Properties that the dock sends on change, merged")
    osd_at: datetime | None = None
    state_at: datetime | None = None


class AircraftView(View):
    sn: str
    dock_sn: str | None = None
    model: str | None = None
    product: str | None = None
    product_name: str | None = None
    firmware_version: str | None = None
    online: bool
    last_seen_at: datetime | None = None
    osd: dict[str, Any]
    state: dict[str, Any]
    osd_at: datetime | None = None


class UnpairedView(View):
    """The dock is out: nothing of it is left but its saga's history."""

    sn: str
    saga: SagaLinks


VideoId = Annotated[str, StringConstraints(pattern=r"^[^/]{1,64}/\d+-\d+-\d+/[\w-]{1,32}$")]


class StreamChoice(Body):
    """What an operator wants of the dock's stream, until the dock is unassigned; a field left out stays as it is."""

    stopped: bool | None = None
    video_id: VideoId | None = Field(None, description="Pin this video, like SN/99-0-0/normal-0")
    also: list[VideoId] | None = Field(
        None, max_length=4, description="Videos to stream beside it, as far as the dock can; [] none"
    )
    protocol: Literal["auto", "whip", "rtmp"] | None = Field(
        None, description="auto: WHIP, and RTMP for a dock that cannot"
    )
    quality: int | None = Field(None, ge=0, le=4, description="0 adaptive, 1 smooth, 2 SD, 3 HD, 4 UHD")


def _links(parts: Parts, sn: str) -> SagaLinks:
    return parts.links(names.dock_id(sn))


def _view(parts: Parts, dock: Dock) -> DockView:
    return DockView(**dock.model_dump(exclude={"osd", "state"}), saga=_links(parts, dock.sn))


@router.get("")
async def docks(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    mission: str | None = Query(None, description="Only docks of this mission"),
    online: bool | None = None,
    status: Annotated[Status | None, Query(description="Only docks whose one word of status this is")] = None,
) -> Page[DockView]:
    """List docks of the organisation, newest first."""
    found, following = await page(
        parts.docks, limit, after, order="boundAt", orgId=caller.org, missionId=mission, online=online, status=status
    )
    return Page(items=[_view(parts, dock) for dock in found], next=following)


@router.get("/{sn}")
async def dock(parts: PartsDep, caller: Viewer, sn: str) -> DockDetails:
    """Show one dock, with its properties."""
    found = await parts.dock_of(caller, sn)
    return DockDetails(**found.model_dump(), saga=_links(parts, sn))


@router.get("/{sn}/aircraft")
async def aircraft(parts: PartsDep, caller: Viewer, sn: str) -> AircraftView:
    """Show the aircraft that belongs to the dock."""
    found = await parts.dock_of(caller, sn)
    machine: Aircraft | None = await parts.aircraft.get(found.aircraft_sn) if found.aircraft_sn else None
    if machine is None:
        raise not_found("aircraft of dock", sn, "sn")
    return AircraftView(**machine.model_dump())


@router.post("/{sn}/stream", status_code=202)
async def stream(parts: PartsDep, caller: Operator, sn: str, choice: StreamChoice) -> DockView:
    """Stop the dock's stream, start it again, pin a camera, or choose a quality."""
    found = await parts.dock_of(caller, sn)
    if found.mission_id is None:
        raise Refused(
            409, "dock-not-in-mission", f"Dock {sn} is in no mission, so it has no stream.", field="sn",
            cure="Assign it to a mission; its stream starts by itself.",
        )  # fmt: skip
    wish = StreamWish(**choice.model_dump(), actor=actor(caller))
    await parts.temporal.get_workflow_handle(names.auto_stream_id(sn)).signal(names.Signal.STREAM_WISH, wish)
    return _view(parts, found)


@router.delete("/{sn}")
async def unpair(parts: PartsDep, caller: Admin, sn: str) -> UnpairedView:
    """Take the dock out of the organisation.

    Its account is revoked, its seat freed and its sagas ended when this answers.
    """
    await unpair_dock(parts, caller, await parts.dock_of(caller, sn))
    return UnpairedView(sn=sn, saga=_links(parts, sn))


async def unpair_dock(parts: Parts, caller: Principal, dock: Dock) -> None:
    """Raises the entity's refusal: the dock is held, or in a mission."""
    given = DockInput(sn=dock.sn, org_id=caller.org, timings=parts.timings)
    await ask_dock(parts.temporal, given, names.Update.UNPAIR, Ask(actor=actor(caller)), Unpaired)
    await parts.note(caller, f"unpair-{dock.sn}-{dock.pairing_id}", "dock.unpair", dock.sn)
