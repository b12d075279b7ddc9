"""The mission's room: who is in it, a token to come in, and sending somebody out for good."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import Annotated, Final, Literal
from urllib.parse import quote

import httpx
from fastapi import APIRouter, Path, Query
from livekit.api import ParticipantInfo
from pydantic import Field, StringConstraints

from api.body import View
from api.deps import Admin, Commander, Parts, PartsDep, Viewer
from api.problems import Refused
from api.security import Principal, Role
from media.rooms import DOCK_PREFIX, VIEWER_TTL, Rooms, RoomsUnavailable, metadata_of, person, user_of
from process import trust
from store.access import RoleName
from store.document import now
from store.events import about
from store.missions import Mission
from store.room_bars import RoomBar, RoomBars

router = APIRouter(prefix="/v1", tags=["room"])

MEDIA_WITHIN: Final = 2.0  # s; media looks by itself too
LEFT: Final = "left the organisation"
LESS: Final = "has another role"
OVER: Final = frozenset({"completed", "aborted"})

Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]
User = Annotated[str, Path(min_length=1, max_length=200, description="Who: `user` of the participants")]


class RoomToken(View):
    url: str = Field(description="LiveKit server")
    token: str = Field(description="Opens the room for 15 minutes; who is inside stays")
    room: str
    identity: str


class ParticipantView(View):
    """A person, a dock's video, or a dock's telemetry."""

    identity: str
    kind: Literal["person", "video", "telemetry"]
    role: str | None = Field(None, description="Of a person: what they may be here now")
    user: str | None = Field(None, description="Of a person")
    dock: str | None = Field(None, description="Serial of the dock")
    video_id: str | None = None
    joined_at: datetime


class RoomView(View):
    room: str
    watched: bool = Field(description="Somebody is in it: its docks' telemetry is told there")
    participants: list[ParticipantView]


class RemovedView(View):
    """Sent out, wherever the person was; until then they cannot come back, whatever token they hold."""

    user: str
    rooms: list[str]
    until: datetime


@router.post("/missions/{mission_id}/room-token")
async def room_token(parts: PartsDep, caller: Viewer, mission_id: str) -> RoomToken:
    """Make a token for the mission's room: to see and hear, not to publish video."""
    found = await parts.mission_of(caller, mission_id)
    barred = await RoomBars(parts.firestore).of(found.room, caller.user)
    if barred is not None:
        raise Refused(
            403, "removed-from-room", f"{barred.by} sent you out of this room: {barred.reason}",
            cure=f"Ask them; you may come back at {barred.until:%H:%M} UTC.",
        )  # fmt: skip
    identity = person(caller.role.name, caller.user)
    rooms = _rooms(parts)
    await _tell_media(parts, f"/rooms/{quote(found.room)}/expect")
    return RoomToken(
        url=parts.settings.livekit_public_url or rooms.ws_url,
        token=rooms.viewer_token(found.room, identity, caller.role.name),
        room=found.room,
        identity=identity,
    )


@router.get("/missions/{mission_id}/room")
async def room(parts: PartsDep, caller: Viewer, mission_id: str) -> RoomView:
    """Show who is in the mission's room: people, videos, telemetry."""
    found = await parts.mission_of(caller, mission_id)
    try:
        async with _rooms(parts) as rooms:
            inside = [_participant(each) for each in await rooms.list_participants(found.room)]
    except RoomsUnavailable as error:
        raise _away(error) from None
    inside.sort(key=lambda each: (each.kind, each.identity))
    return RoomView(room=found.room, watched=any(each.kind == "person" for each in inside), participants=inside)


@router.delete("/missions/{mission_id}/room/people/{user}")
async def remove(
    parts: PartsDep, caller: Commander, mission_id: str, user: User, reason: Annotated[Reason, Query()]
) -> RemovedView:
    """Send a person out of the mission's room. They cannot come back until all tokens they hold have ended."""
    found = await parts.mission_of(caller, mission_id)
    return await _remove(parts, caller, user, [found], reason)


@router.delete("/rooms/people/{user}")
async def remove_member(
    parts: PartsDep, caller: Admin, user: User, reason: Annotated[Reason, Query()] = LEFT
) -> RemovedView:
    """Send a person out of all rooms of the organisation: its member no more, or their device is lost."""
    return await _remove(parts, caller, user, await _running(parts, caller.org), reason)


async def send_member_out(parts: Parts, caller: Principal, user: str) -> None:
    """Out of all rooms of the organisation. A room server that is away is told by media once it is back."""
    with contextlib.suppress(RoomsUnavailable):
        await _send_out(parts, caller, user, await _running(parts, caller.org), LEFT)


async def hold_to_role(parts: Parts, caller: Principal, user: str, role: RoleName) -> None:
    """In no room of the organisation the person is more than that, whatever token they hold. Who is less stays it.

    First the word for media, which sees who comes with an older token, then those who are inside.
    """
    missions, until, bars = await _running(parts, caller.org), now() + VIEWER_TTL, RoomBars(parts.firestore)
    for each in missions:
        await bars.put(
            RoomBar(room=each.room, org_id=caller.org, user=user, role=role, until=until, by=caller.user, reason=LESS)
        )
    await _tell_media(parts, "/peers/reconcile")
    greater = [each.name for each in Role if each > Role[role]]
    with contextlib.suppress(RoomsUnavailable):  # media does it as soon as it can
        async with _rooms(parts) as rooms:
            await asyncio.gather(
                *(rooms.set_role(each.room, person(was, user), role) for each in missions for was in greater)
            )


async def _running(parts: Parts, org: str) -> list[Mission]:
    return [each for each in await parts.missions.find(orgId=org) if each.status not in OVER]


async def _remove(parts: Parts, caller: Principal, user: str, missions: list[Mission], reason: str) -> RemovedView:
    """Raises Refused."""
    if user == caller.user:
        raise Refused(
            409, "yourself", "You cannot send yourself out.", field="user",
            cure="Leave the room, or have another do it.",
        )  # fmt: skip
    try:
        until = await _send_out(parts, caller, user, missions, reason)
    except RoomsUnavailable as error:
        raise _away(error) from None
    return RemovedView(user=user, rooms=[each.room for each in missions], until=until)


async def _send_out(parts: Parts, caller: Principal, user: str, missions: list[Mission], reason: str) -> datetime:
    """First the bar, so that nobody comes back in between; then the participants. Until when they are barred.

    Raises RoomsUnavailable once the bar is there: media sends them out as soon as it can.
    """
    at = now()
    until, bars = at + VIEWER_TTL, RoomBars(parts.firestore)
    for each in missions:
        bar = RoomBar(room=each.room, org_id=caller.org, user=user, until=until, by=caller.user, reason=reason)
        await bars.put(bar)
        subject = about("mission", each.id)
        data = {"user": user, "by": caller.user, "reason": reason}
        await parts.events.emit(caller.org, "room.removed", subject, data, key=f"{user}-{at.isoformat()}")
    await parts.note(
        caller, f"room-{user}-{at.timestamp():.3f}".replace("/", "_"), "room.remove", user,
        rooms=[each.room for each in missions], reason=reason,
    )  # fmt: skip
    await _tell_media(parts, "/peers/reconcile")  # reads the bars; whoever comes in from now on is sent out
    async with _rooms(parts) as rooms:
        await asyncio.gather(
            *(rooms.remove_participant(each.room, person(role.name, user)) for each in missions for role in Role)
        )
    return until


def _rooms(parts: Parts) -> Rooms:
    settings = parts.settings
    return Rooms(settings.livekit_url, settings.livekit_api_key, settings.livekit_api_secret.get_secret_value())


async def _tell_media(parts: Parts, path: str) -> None:
    """So that it happens now. A media that is away sees it by itself a little later."""
    settings = parts.settings
    token = settings.media_control_token.get_secret_value()
    with contextlib.suppress(httpx.HTTPError):
        async with httpx.AsyncClient(base_url=settings.media_url, timeout=MEDIA_WITHIN, verify=trust()) as http:
            await http.post(path, headers={"Authorization": f"Bearer {token}"})


def _participant(info: ParticipantInfo) -> ParticipantView:
    said = metadata_of(info)
    known = {"identity": info.identity, "joined_at": datetime.fromtimestamp(info.joined_at, UTC)}
    if not info.identity.startswith(DOCK_PREFIX):
        return ParticipantView(**known, kind="person", role=said.get("role"), user=user_of(info.identity))
    kind: Literal["video", "telemetry"] = "telemetry" if said.get("role") == "telemetry" else "video"
    return ParticipantView(**known, kind=kind, dock=said.get("dock"), video_id=said.get("videoId"))


def _away(error: RoomsUnavailable) -> Refused:
    return Refused(503, "rooms-unavailable", f"The room server does not answer: {error}", cure="Try again soon.")
