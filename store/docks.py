"""`dji_docks/{sn}` and `dji_aircraft/{sn}`: what is known of each machine.

`osd`, `state`, presence and topology are written by the bridge; organisation, mission, lease, account and stream by
activities; never the same field by both.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import Field

from store.dock_status import Status
from store.document import Document, Part, Repository
from store.facts import Lease


class TakenBy(Part):
    """Who took the dock by force, and gets it when its holder has brought the aircraft home."""

    user: str
    reason: str
    since: datetime


class HeldBy(Part):
    """Who holds the dock: mirrors the lease that `dock/{sn}` decides on."""

    holder: str = Field(description="Workflow id of a saga, or `person/{user}`")
    kind: str
    reason: str
    user: str
    since: datetime
    lent: str | None = Field(None, description="Workflow id of the flight that a relay lends it to")
    expires_at: datetime | None = Field(None, description="When a person's lease ends; a saga's ends with the saga")
    taken: TakenBy | None = None

    @classmethod
    def of(cls, lease: Lease) -> HeldBy:
        taken = lease.taken
        return cls(
            holder=lease.holder,
            kind=lease.kind,
            reason=lease.reason,
            user=lease.user,
            since=_time(lease.since),
            lent=lease.lent,
            expires_at=_time(lease.expires) if lease.expires is not None else None,
            taken=TakenBy(user=taken.user, reason=taken.reason, since=_time(taken.since))
            if taken is not None
            else None,
        )


class OtherStream(Part):
    """A camera that is streamed beside the first one."""

    video_id: str
    ingress_id: str | None = None
    identity: str | None = None
    state: str = Field(description="starting, live or lost; waiting where it is not to be had")


class Stream(Part):
    """The dock's auto-stream as its saga sees it."""

    phase: str = "idle"
    video_id: str | None = None
    ingress_id: str | None = None
    identity: str | None = None
    quality: int | None = None
    protocol: str | None = Field(None, description="whip or rtmp")
    also: list[OtherStream] = Field(default_factory=list)
    since: datetime | None = None
    error: str | None = None


class DockHead(Document):
    """A dock without what it says of itself all the time: a tenth of the document."""

    collection: ClassVar[str] = "dji_docks"

    sn: str
    # activities: pairing
    org_id: str | None = None
    display_name: str | None = None
    pairing_id: str | None = None
    account: str | None = None
    bound_at: datetime | None = None
    paired_at: datetime | None = None
    # activities: mission, stream
    mission_id: str | None = None
    assigned_at: datetime | None = None
    stream: Stream | None = None
    # bridge
    product: str | None = None
    product_name: str | None = None
    model: str | None = Field(None, description="dock1, dock2, dock3; None for a product we do not know")
    firmware_version: str | None = None
    thing_version: str | None = None
    online: bool = False
    status: Status = Field("offline", description="By `store.dock_status`, the bridge's")
    online_changed_at: datetime | None = None
    presence_told: bool = Field(True, description="False until the sagas have heard of the last change of presence")
    last_seen_at: datetime | None = None
    aircraft_sn: str | None = None
    aircraft_online: bool = False

    @property
    def key(self) -> str:
        return self.sn


class Dock(DockHead):
    # activities: lease
    lease: HeldBy | None = None
    # bridge
    osd: dict[str, Any] = Field(default_factory=dict)
    state: dict[str, Any] = Field(default_factory=dict)
    osd_at: datetime | None = None
    state_at: datetime | None = None


class Aircraft(Document):
    collection: ClassVar[str] = "dji_aircraft"

    sn: str
    # activities: pairing
    org_id: str | None = None
    # bridge
    dock_sn: str | None = None
    product: str | None = None
    product_name: str | None = None
    model: str | None = None
    firmware_version: str | None = None
    online: bool = False
    online_changed_at: datetime | None = None
    last_seen_at: datetime | None = None
    osd: dict[str, Any] = Field(default_factory=dict)
    state: dict[str, Any] = Field(default_factory=dict)
    osd_at: datetime | None = None
    state_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.sn


def aircraft_product(dock: Dock, aircraft: Aircraft | None) -> str | None:
    """Product key of a dock's aircraft. One that sleeps says nothing; its dock names it all the same."""
    inside = dock.osd.get("sub_device")
    # Dock 1 has another key for it
    named = inside.get("device_model_key") or inside.get("product_type") if isinstance(inside, dict) else None
    found = named or (aircraft.product if aircraft is not None else None)
    return found if isinstance(found, str) else None


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


class Docks(Repository[Dock]):
    model = Dock

    async def head(self, sn: str) -> DockHead | None:
        """The dock without osd, state and lease."""
        return await self.glance(sn, DockHead)


class AircraftRepository(Repository[Aircraft]):
    model = Aircraft
