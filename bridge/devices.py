"""The devices that the bridge knows: docks of some organisation, and their aircraft, each with its projection.

A device is looked up in the store when it first speaks, and again after a while, since pairing and unpairing happen
elsewhere. One that is in no organisation is not held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bridge.projection import Clock, Projection, Projector
from store.docks import Aircraft, AircraftRepository, Dock, DockHead, Docks

RELOOK = 60.0
"""Seconds after which a device's organisation is looked up again: the price is a read a minute for each device."""

EARLY = 10.0
"""Seconds before that, from which on docks that speak are looked up together, a second's worth in one call."""

MOST_AT_ONCE = 50

UNKNOWN_FOR = 1.0
"""Seconds for which a serial that is in no organisation is not looked up again."""


@dataclass(eq=False, slots=True)
class KnownDock:
    """A dock of an organisation, as the bridge sees it now. `seen` and `looked_at` are on the bridge's clock."""

    sn: str
    org_id: str
    projection: Projection
    looked_at: float
    seen: float
    product: str | None = None
    online: bool = False
    told: bool = True
    changed: bool = True
    """It came or went, or its aircraft did, since the sagas were told. A restarted bridge does not know: so it has."""
    told_in_store: bool = True
    """Whether the document says so, or will with the next write."""
    unacknowledged: list[Callable[[], None]] = field(default_factory=list)
    """Acknowledgements of topologies that changed nothing: given once the sagas have heard how the dock is."""
    described: dict[str, Any] = field(default_factory=dict)
    """Fields of the document that its last topology spoke of: what it is, not whether it is there."""
    may_stream: bool = True
    """False where no auto-stream ran when it was last told of something, and nothing has shown one since."""
    told_entity: bool | None = None
    """How `dock/{sn}` was last told that it is; None: not by this bridge."""
    came: bool = True
    """It came online, and whoever waits for that has not been told. A restarted bridge does not know: so it has."""
    changed_at: datetime | None = None
    """When it came or went."""
    announced: str | None = None
    """The change of presence that webhooks were last told of."""
    status: str | None = None
    """As `store.dock_status` has it; the document has the same, or will have it with the next write."""
    aircraft_sn: str | None = None
    aircraft_online: bool = False
    aircraft_seen: float | None = field(default=None)
    heard_here: float = field(default=float("-inf"))
    """When it last spoke to this very bridge; `seen` counts what others heard."""
    asleep_since: int = field(default=0)
    """Timestamp (ms, the dock's clock) of the topology that said the aircraft is off: older osd of it means nothing."""


@dataclass(eq=False, slots=True)
class KnownAircraft:
    """An aircraft, always behind a dock."""

    sn: str
    dock: KnownDock
    projection: Projection


class Devices:
    """Look-ups by serial number. Errors of the store come through."""

    def __init__(self, docks: Docks, aircraft: AircraftRepository, projector: Projector, clock: Clock) -> None:
        self._dock_documents = docks
        self._aircraft_documents = aircraft
        self._projector = projector
        self._clock = clock
        self._docks: dict[str, KnownDock] = {}
        self._aircraft: dict[str, KnownAircraft] = {}
        self._unknown: dict[str, float] = {}
        self._looking = asyncio.Lock()

    def held(self) -> list[KnownDock]:
        return list(self._docks.values())

    def held_dock(self, sn: str) -> KnownDock | None:
        """A dock that is held, however long ago it was looked up."""
        return self._docks.get(sn)

    def dock_at_hand(self, sn: str) -> KnownDock | None:
        """A dock that is held and need not be looked up again."""
        known = self._docks.get(sn)
        if known is None or known.projection.gone or self._clock() - known.looked_at > RELOOK:
            return None
        return known

    def aircraft_at_hand(self, sn: str) -> KnownAircraft | None:
        known = self._aircraft.get(sn)
        if known is None or known.projection.gone or self.dock_at_hand(known.dock.sn) is not known.dock:
            return None
        return known

    def is_unknown(self, sn: str) -> bool:
        """True where this serial was looked up a moment ago and is in no organisation."""
        until = self._unknown.get(sn)
        if until is None:
            return False
        if self._clock() < until:
            return True
        del self._unknown[sn]
        return False

    def product_of(self, sn: str) -> str | None:
        """Model key of a dock that is held, for decoding."""
        known = self._docks.get(sn)
        return known.product if known is not None else None

    def forget(self, sn: str) -> None:
        """Look this device up afresh when it is next needed."""
        self._unknown.pop(sn, None)
        if sn in self._docks:
            self._docks[sn].looked_at = float("-inf")

    async def run(self) -> None:
        while True:
            await asyncio.sleep(1)
            await self.look_again()

    async def look_again(self) -> None:
        """Look up docks that will have to be soon, so that none of their messages waits for it. Where that fails, one
        does.
        """
        early = self._clock() - RELOOK + EARLY
        due = [known.sn for known in self._docks.values() if known.looked_at < min(early, known.heard_here)]
        due = due[:MOST_AT_ONCE]
        found = await asyncio.gather(*(self._dock_documents.head(sn) for sn in due), return_exceptions=True)
        read = [(sn, head) for sn, head in zip(due, found, strict=True) if not isinstance(head, BaseException)]
        others = [sn for sn, head in read if not self._renew(sn, head)]
        for sn in others:
            self.forget(sn)
        await asyncio.gather(*(self.dock(sn) for sn in others), return_exceptions=True)

    async def dock(self, sn: str) -> KnownDock | None:
        """The dock with this serial, as of a minute ago at most; None when it is in no organisation."""
        known = self.dock_at_hand(sn)
        if known is not None:
            return known
        async with self._looking:
            known = self.dock_at_hand(sn)
            if known is not None:
                return known
            return self.hold(sn, await self._dock_documents.get(sn))

    def hold(self, sn: str, document: Dock | None) -> KnownDock | None:
        """Take up what the store says of a dock."""
        if document is None or document.org_id is None:
            self._drop(sn)
            self._unknown[sn] = self._clock() + UNKNOWN_FOR
            return None
        if self._renew(sn, document):
            return self._docks[sn]
        self._drop(sn)
        picture = self._projector.new_picture()
        picture.start_from(document.osd, document.state)
        self._unknown.pop(sn, None)
        known = self._docks[sn] = KnownDock(
            sn=sn,
            org_id=document.org_id,
            projection=Projection(self._dock_documents, sn, picture),
            looked_at=self._clock(),
            seen=self._clock(),
            product=document.product,
            online=document.online,
            status=document.status,
            changed_at=document.online_changed_at,
            told=document.presence_told,
            told_in_store=document.presence_told,
            aircraft_sn=document.aircraft_sn,
            aircraft_online=document.aircraft_online,
        )
        return known

    def _renew(self, sn: str, head: DockHead | None) -> bool:
        """Go on with a dock that is held; False where it is not, is gone, or is another organisation's."""
        held = self._docks.get(sn)
        if held is None or head is None or held.org_id != head.org_id or held.projection.gone:
            return False
        held.looked_at = self._clock()
        if held.told and not held.projection.fields:
            # Another bridge may have seen it come or go.
            held.online, held.aircraft_online = head.online, head.aircraft_online
            held.changed_at = head.online_changed_at
            held.status = head.status
            held.may_stream = held.may_stream or streams(head)
            held.aircraft_sn = head.aircraft_sn
        return True

    async def aircraft(self, sn: str, gateway: str | None) -> KnownAircraft | None:
        """The aircraft with this serial behind the dock `gateway`, or the dock it was last behind."""
        known = self.aircraft_at_hand(sn)
        if known is not None and gateway in (None, known.dock.sn):
            return known
        document = await self._aircraft_documents.get(sn)
        dock_sn = gateway or (document.dock_sn if document is not None else None)
        dock = await self.dock(dock_sn) if dock_sn is not None else None
        if dock is None:
            self._unknown[sn] = self._clock() + UNKNOWN_FOR
            return None
        if document is not None and document.org_id not in (None, dock.org_id):
            # Another organisation's machine in this dock: theirs to see.
            self._unknown[sn] = self._clock() + UNKNOWN_FOR
            return None
        if document is None:
            document = Aircraft(sn=sn, org_id=dock.org_id, dock_sn=dock.sn)
            await self._aircraft_documents.create(document)
        held = self._aircraft.get(sn)
        if held is not None and not held.projection.gone:
            held.dock = dock
            return held
        picture = self._projector.new_picture()
        picture.start_from(document.osd, document.state)
        known = self._aircraft[sn] = KnownAircraft(sn, dock, Projection(self._aircraft_documents, sn, picture))
        if document.dock_sn != dock.sn:
            known.projection.change(dockSn=dock.sn)
        return known

    def _drop(self, sn: str) -> None:
        held = self._docks.pop(sn, None)
        if held is None:
            return
        held.projection.close()
        for aircraft_sn in [key for key, aircraft in self._aircraft.items() if aircraft.dock is held]:
            self._aircraft.pop(aircraft_sn).projection.close()


def streams(document: DockHead) -> bool:
    """True where the document shows that an auto-stream may run: it is assigned to a mission, or has a stream."""
    return document.mission_id is not None or document.stream is not None
