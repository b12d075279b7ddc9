"""Who flies a dock by hand, and who works its payload: taken, given back, taken by force; and the way to the sticks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints, model_validator

import dji
from api.body import Body, View
from api.deps import Operator, Parts, PartsDep, Viewer
from api.problems import Refused
from api.security import Principal, Role, role_too_small
from dji.topics import Kind as Topic
from drc.dock import notice_topic
from drc.ticket import Ticket, issue
from store.authority import KINDS, Asker, Authority, Held, Holder, Kind
from store.docks import Dock
from store.document import now

router = APIRouter(prefix="/v1/docks/{sn}/authority", tags=["manual flight"])

Reason = Annotated[str, StringConstraints(min_length=3, max_length=500, strip_whitespace=True)]


class TakeAuthority(Body):
    """Whoever asks twice has it once: the same session, with a new ticket."""

    kind: Kind
    force: bool = Field(False, description="Take it from another person; commanders and admins, with a reason")
    reason: Reason | None = Field(None, description="Told to who loses it, and kept", examples=["Pilot is ill"])

    @model_validator(mode="after")
    def _reasoned(self) -> TakeAuthority:
        if self.force and self.reason is None:
            raise ValueError("force needs a reason: the loser is told, and it is kept")
        return self


class HolderView(View):
    user: str
    since: datetime
    expires_at: datetime = Field(description="Put off for as long as the connection lives")
    reason: str = ""


class AuthorityView(View):
    """Null: nobody has it."""

    sn: str
    flight: HolderView | None = None
    payload: HolderView | None = None


class SessionView(AuthorityView):
    """What was taken, and how to connect: the ticket goes into the first message or a subprotocol, not into the URL."""

    session: str
    url: str = Field(description="WebSocket of the drc process; its messages are in docs/drc.md")
    ticket: str
    ticket_expires_at: datetime


def _views(authority: Authority | None) -> dict[str, HolderView | None]:
    held = {kind: authority.holder(kind) for kind in KINDS} if authority is not None else {}
    return {kind: HolderView(**holder.model_dump()) if holder else None for kind, holder in held.items()}


@router.get("")
async def authority(parts: PartsDep, caller: Viewer, sn: str) -> AuthorityView:
    """Who has the sticks and who has the payload, since when, and until when if nothing is heard."""
    await parts.dock_of(caller, sn)
    return AuthorityView(sn=sn, **_views(await parts.authorities.get(sn)))


@router.post("")
async def take_authority(parts: PartsDep, caller: Operator, sn: str, body: TakeAuthority) -> SessionView:
    """Take the flight or the payload, and get the way to the sticks. It ends when nobody connects, or falls silent.

    A dock that a flight has leased may be taken too: the lease says which saga gives orders, this which person has the
    sticks. They are held back for as long as a wayline is flown.
    """
    dock = await parts.dock_of(caller, sn)
    if body.force and caller.role < Role.commander:
        raise role_too_small(Role.commander, caller.role)
    _refuse(dock)
    asker = Asker(caller.user, caller.role.name, body.reason or "")
    timings = parts.timings
    # Until the connection is there, which then puts it off.
    until = now() + timedelta(seconds=timings.drc_release + timings.drc_renew)
    try:
        taking = await parts.authorities.take(sn, caller.org, body.kind, asker, until=until, force=body.force)
    except Held as error:
        raise held_by_another(sn, error.kind, error.holder) from None
    await parts.live.tell(notice_topic(sn))
    return _session(parts, caller, sn, taking.authority, taking.holder)


@router.delete("")
async def release_authority(
    parts: PartsDep,
    caller: Operator,
    sn: str,
    kind: Annotated[Kind | None, Query(description="One of them; both without it")] = None,
) -> AuthorityView:
    """Give back what you have. The aircraft hovers; the dock leaves the mode when nobody has anything."""
    await parts.dock_of(caller, sn)
    found = await parts.authorities.get(sn)
    for each in KINDS if kind is None else (kind,):
        holder = found.holder(each) if found is not None else None
        if holder is None:
            continue
        if holder.user == caller.user:
            await parts.authorities.release(sn, holder.session, (each,), why="given back")
        elif kind is not None:
            raise held_by_another(sn, each, holder)
    await parts.live.tell(notice_topic(sn))
    return AuthorityView(sn=sn, **_views(await parts.authorities.get(sn)))


def _session(parts: Parts, caller: Principal, sn: str, authority: Authority, holder: Holder) -> SessionView:
    ticket = Ticket(sn=sn, org=caller.org, user=caller.user, role=caller.role.name, session=holder.session)
    text, until = issue(parts.settings, ticket, parts.timings.drc_ticket)
    url = f"{parts.settings.drc_public_url.rstrip('/')}/v1/drc/{sn}"
    return SessionView(
        sn=sn, **_views(authority), session=holder.session, url=url, ticket=text, ticket_expires_at=until
    )


def _refuse(dock: Dock) -> None:
    """Raises Refused for a dock that nobody could fly by hand now."""
    if not dji.supports(dock.product, "drc_mode_enter", Topic.SERVICES):
        raise Refused(
            409, "not-supported", f"{dock.product_name or dock.product} has no live flight controls.", field="sn",
            cure="Use a dock of DJI's.",
        )  # fmt: skip
    if not dock.online:
        raise Refused(409, "dock-offline", f"Dock {dock.sn} is offline.", field="sn", cure="Wait until it is online.")


def held_by_another(sn: str, kind: Kind, holder: Holder) -> Refused:
    """The refusal where another person holds it."""
    return Refused(
        409, "authority-held", f"{holder.user} has the {kind} of dock {sn} since {holder.since:%H:%M:%S} UTC.",
        field="kind", cure="Ask them to give it back; a commander may take it by force.",
    )  # fmt: skip
