"""Who is online: by topology, by osd, by last will and by silence; told to the document at once and to the sagas.

The document says `presenceTold` false until the sagas have taken a change, so that a bridge that dies in between leaves
the telling to its successor. That it is true goes with the next write, seconds later at most: the successor of a bridge
that dies before tells the sagas once more, which changes nothing. A topology that changes nothing is acknowledged once
the sagas have taken it, and needs no word in the document.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import structlog
from pydantic.alias_generators import to_snake

from bridge.alerts import DockAlerts
from bridge.devices import Devices, KnownDock, streams
from bridge.faults import until_done
from bridge.live import Live
from bridge.own_broker import OwnBrokers
from bridge.projection import Clock, Projector
from bridge.sagas import Sagas
from bridge.status import Statuses, as_seen
from dji import Message
from dji.products import dock_model, model_key, product
from store.docks import DockHead, Docks
from store.document import now
from store.events import Events, about
from store.facts import Presence as PresenceFact
from store.firmware import Pushes
from store.flights import FlightTask, FlightTasks
from timings import Timings
from workflows.names import Signal, areas_id, auto_stream_id, firmware_rollout_id, flight_id, pairing_id

log = structlog.get_logger()
DOCK_DOMAIN = 3
AIRCRAFT_DOMAIN = 0


class Presence:
    """Decides on presence and tells of it. One for all docks."""

    def __init__(
        self,
        devices: Devices,
        docks: Docks,
        brokers: OwnBrokers,
        flights: FlightTasks,
        pushes: Pushes,
        projector: Projector,
        statuses: Statuses,
        sagas: Sagas,
        events: Events,
        alerts: DockAlerts,
        live: Live,
        timings: Timings,
        clock: Clock,
    ) -> None:
        self._devices = devices
        self._docks = docks
        self._brokers = brokers
        self._flights = flights
        self._pushes = pushes
        self._projector = projector
        self._statuses = statuses
        self._sagas = sagas
        self._events = events
        self._alerts = alerts
        self._live = live
        self._timings = timings
        self._clock = clock
        self._telling: dict[str, asyncio.Task[None]] = {}
        self._listening = False

    # What makes a dock present

    def heard(self, dock: KnownDock) -> None:
        """The dock itself spoke."""
        dock.seen = dock.heard_here = self._clock()
        if not dock.online:
            self._change(dock, online=True)

    def heard_aircraft(self, dock: KnownDock, sn: str, timestamp: int | None) -> None:
        """Its aircraft spoke: it is awake, unless this was said before the dock saw it fall asleep."""
        if timestamp is not None and timestamp <= dock.asleep_since:
            return
        dock.aircraft_seen = self._clock()
        if not dock.aircraft_online or dock.aircraft_sn != sn:
            self._change(dock, aircraft_sn=sn, aircraft_online=True)

    async def topology(self, dock: KnownDock, message: Message, ack: Callable[[], None]) -> None:
        """`update_topo`: the dock is here, and its aircraft is when it is listed. Acknowledged once the store has it.

        The sagas hear how the dock is also when it was so before: a pairing may wait for a dock that was online all the
        time. Nothing is written then, unless the document, which is read for the telling, says something else.
        """
        dock.seen = dock.heard_here = self._clock()
        data: Any = message.data
        key = _key(data, DOCK_DOMAIN)
        described: dict[str, Any] = {}
        if key is not None:
            dock.product = key
            named = product(key)
            described = {
                "product": key,
                "productName": named.name,
                "model": dock_model(key),
                "thingVersion": data.thing_version,
            }
        listed = next((sub for sub in data.sub_devices or () if sub.sn), None)
        if listed is not None:
            await self._describe_aircraft(dock, listed)
        settled = dock.told and dock.projection.settled
        dock.described = described
        if listed is None:
            dock.asleep_since = message.timestamp or 0
            news = self._change(dock, online=True, aircraft_online=False)
        else:
            news = self._change(dock, online=True, aircraft_sn=listed.sn, aircraft_online=True)
        if settled and not news:
            dock.told = False
            dock.unacknowledged.append(ack)
            self.tell(dock)
            return
        if not news:
            self._write_and_tell(dock)
        dock.projection.change(**described)
        await self._projector.written(dock.projection)
        ack()

    async def _describe_aircraft(self, dock: KnownDock, listed: Any) -> None:
        aircraft = await self._devices.aircraft(listed.sn, dock.sn)
        if aircraft is None:
            return
        self._take_from_others(dock, listed.sn)
        key = _key(listed, AIRCRAFT_DOMAIN)
        if key is not None:
            named = product(key)
            aircraft.projection.change(product=key, productName=named.name, model=named.key)
        aircraft.projection.change(online=True, onlineChangedAt=now(), dockSn=dock.sn)
        self._projector.touch(aircraft.projection)

    def _take_from_others(self, dock: KnownDock, aircraft_sn: str) -> None:
        """An aircraft that took off elsewhere, and landed here, is the other dock's no longer."""
        for other in self._devices.held():
            if other is not dock and other.aircraft_sn == aircraft_sn and other.org_id == dock.org_id:
                self._change(other, aircraft_sn=None, aircraft_online=False)

    async def left(self, dock: KnownDock, why: str) -> None:
        """The dock is gone: last will, or silence. Returns once the store has it."""
        if dock.online:
            log.info("a dock went offline", sn=dock.sn, why=why)
            self._change(dock, online=False, aircraft_online=False)
            await self._projector.written(dock.projection)

    def _change(self, dock: KnownDock, **changes: Any) -> bool:
        """Take note of how the dock is; True where that is a change."""
        before = (dock.online, dock.aircraft_online, dock.aircraft_sn)
        was_awake, aircraft_sn = dock.aircraft_online, dock.aircraft_sn
        for name, value in changes.items():
            setattr(dock, name, value)
        self._statuses.look(dock)
        if (dock.online, dock.aircraft_online, dock.aircraft_sn) == before:
            return False
        if dock.online != before[0]:
            self._came_or_went(dock)
        self._write_and_tell(dock)
        if was_awake and not dock.aircraft_online and aircraft_sn is not None:
            self._aircraft_slept(aircraft_sn)
        self._live.changed(dock.org_id, dock.sn, "presence", lambda: as_seen(dock))
        return True

    def _came_or_went(self, dock: KnownDock) -> None:
        dock.came = dock.online
        dock.changed_at = now()
        dock.projection.change(onlineChangedAt=dock.changed_at)

    def _write_and_tell(self, dock: KnownDock) -> None:
        dock.told = dock.told_in_store = False
        dock.changed = True
        dock.projection.change(**_presence(dock), presenceTold=False)
        dock.projection.after_write(lambda: self.tell(dock))
        self._projector.touch(dock.projection)

    def _aircraft_slept(self, sn: str) -> None:
        aircraft = self._devices.aircraft_at_hand(sn)
        if aircraft is not None:
            aircraft.projection.change(online=False, onlineChangedAt=now())
            self._projector.touch(aircraft.projection)

    # Telling the sagas

    def tell(self, dock: KnownDock) -> None:
        """Tell the sagas how the dock is now. While Temporal is away this waits, and then tells the newest only."""
        if dock.sn not in self._telling and not dock.told:
            task = asyncio.create_task(self._tell(dock), name=f"tell presence of {dock.sn}")
            self._telling[dock.sn] = task
            task.add_done_callback(lambda _: self._telling.pop(dock.sn, None))

    async def _tell(self, dock: KnownDock) -> None:
        looked = False
        while not dock.told:
            heard = len(dock.unacknowledged)
            said = (dock.online, dock.aircraft_online, dock.aircraft_sn)
            document, sagas = await until_done(lambda: self._who_listens(dock))
            if document is None:
                dock.projection.close()  # unpaired: there is nothing to write to any more
            elif heard and not looked:
                looked = True
                if await self._put_right(dock, document):
                    continue
            fact = PresenceFact(
                sn=dock.sn,
                online=dock.online,
                aircraft_sn=dock.aircraft_sn,
                aircraft_online=dock.aircraft_online,
                product=dock.product,
                at=int(time.time() * 1000),
            )
            for saga in sagas:
                taken = await self._sagas.tell(saga, Signal.PRESENCE, fact)
                if saga == auto_stream_id(dock.sn):
                    dock.may_stream = taken or document is None or streams(document)
            if document is None or pairs(document) or dock.told_entity != fact.online:
                await self._sagas.tell_dock(dock.sn, dock.org_id, Signal.PRESENCE, fact)
                dock.told_entity = fact.online
            if document is not None:
                await self._announce(dock, document)
            acks, dock.unacknowledged = dock.unacknowledged[:heard], dock.unacknowledged[heard:]
            for ack in acks:
                ack()
            if said == (dock.online, dock.aircraft_online, dock.aircraft_sn) and not dock.unacknowledged:
                dock.told, dock.changed = True, False
        if not dock.told_in_store:
            dock.told_in_store = True
            dock.projection.change_later(self._clock(), presenceTold=True)
            self._projector.touch(dock.projection)

    async def _put_right(self, dock: KnownDock, document: DockHead) -> bool:
        """Write what the document has otherwise than the dock's topology said it; False where it has it all."""
        wanted = _presence(dock) | dock.described
        if all(getattr(document, to_snake(name)) == value for name, value in wanted.items()):
            return False
        if document.online != dock.online:
            self._came_or_went(dock)
        dock.changed = True
        dock.projection.change(**wanted)
        await self._projector.written(dock.projection)
        return True

    async def _announce(self, dock: KnownDock, document: DockHead | None) -> None:
        """Have webhooks told of a dock that came or went, by the moment of it: once, whoever tells. What was wrong with
        a dock that comes has to be said anew."""
        online, at = dock.online, dock.changed_at
        change = f"{online}|{at}"
        if document is None or at is None or change == dock.announced:
            return
        if online:
            await until_done(lambda: self._alerts.came_back(dock.sn, dock.org_id, at))
        kind = "dock.online" if online else "dock.offline"
        data = {"displayName": document.display_name, "product": dock.product}
        subject = about("dock", dock.sn, mission=document.mission_id)
        await until_done(lambda: self._events.emit(dock.org_id, kind, subject, data, key=change, at=at))
        dock.announced = change

    async def _who_listens(self, dock: KnownDock) -> tuple[DockHead | None, list[str]]:
        # A flight goes by changes, all of which it was told; that a dock is where it was is no news to it
        flying = self._flights.under_way(dock.sn) if dock.changed else _none()
        document, under_way = await asyncio.gather(self._docks.head(dock.sn), flying)
        sagas = [flight_id(flight.id) for flight in under_way]
        # Not by `missionId` alone: a stream that winds down after its dock was unassigned still wants to know. So it is
        # told until none was there to be told; one that has begun since shows in the document or in what the dock says.
        if dock.may_stream or document is None or streams(document):
            sagas.insert(0, auto_stream_id(dock.sn))
        if document is not None and document.mission_id is not None:
            sagas.append(areas_id(document.mission_id))
        if document is not None and document.pairing_id is not None and pairs(document):
            sagas.append(pairing_id(document.pairing_id))
        if dock.came:
            # A rollout that waits for the dock to come; nobody waits for one that was here all the time
            waiting = await self._pushes.waiting_of(dock.sn)
            sagas += [firmware_rollout_id(push.rollout_id) for push in waiting]
            dock.came = False
        return document, sagas

    # Silence

    def start_listening(self) -> None:
        """There is a connection: from now on, silence is the docks'."""
        self._listening = True
        at = self._clock()
        for dock in self._devices.held():
            dock.seen = at
            dock.aircraft_seen = at if dock.aircraft_seen is not None else None

    def stop_listening(self) -> None:
        """There is no connection: nobody can be heard."""
        self._listening = False

    async def take_over(self) -> None:
        """Hold the docks that are online by the store, so that their silence is noticed, and tell what was not told."""
        here = await self._brokers.docks_here()
        for online in await self._docks.find(online=True):
            if here(online):
                self._devices.hold(online.sn, online)
        for untold in filter(here, await self._docks.find(presenceTold=False)):
            dock = self._devices.hold(untold.sn, untold)
            if dock is not None:
                self.tell(dock)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._timings.presence_sweep)
            self.sweep()

    def sweep(self) -> None:
        """Find docks and aircraft that fell silent."""
        if not self._listening:
            return
        silent_since = self._clock() - self._timings.osd_silence
        for dock in self._devices.held():
            if dock.online and dock.seen < silent_since:
                log.info("a dock went offline", sn=dock.sn, why="silence")
                self._change(dock, online=False, aircraft_online=False)
            elif dock.aircraft_online and dock.aircraft_seen is not None and dock.aircraft_seen < silent_since:
                dock.aircraft_seen = None
                self._change(dock, aircraft_online=False)

    async def close(self) -> None:
        tasks = list(self._telling.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def pairs(dock: DockHead) -> bool:
    """True between a bind and the end of its pairing, also where the dock was paired before."""
    return dock.paired_at is None or (dock.bound_at is not None and dock.paired_at < dock.bound_at)


async def _none() -> list[FlightTask]:
    return []


def _presence(dock: KnownDock) -> dict[str, Any]:
    return {"online": dock.online, "aircraftOnline": dock.aircraft_online, "aircraftSn": dock.aircraft_sn}


def _key(device: Any, domain: int) -> str | None:
    """Model key of what `update_topo` says; the domain is left out by some docks."""
    if device.type is None:
        return None
    said = device.domain if str(device.domain or "").isdigit() else domain
    return model_key(said, device.type, device.sub_type or 0)
