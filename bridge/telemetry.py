"""osd and state: into the merged picture, from there to the document and the live picture; and the facts in them.

Osd is acknowledged once merged, since the next one comes in two seconds. State comes once, when something changes: it
is acknowledged once written, and what sagas need of it once Temporal has it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from bridge import metrics
from bridge.delivery import Delivery
from bridge.devices import Devices, KnownAircraft, KnownDock
from bridge.faults import until_done
from bridge.firmware import Firmware, Tell
from bridge.lanes import Lanes
from bridge.live import Live
from bridge.live_facts import LiveFacts
from bridge.presence import Presence
from bridge.projection import Projection, Projector
from bridge.status import Statuses
from dji import Kind, Message

MOST_HELD = 200
"""Messages of one device that wait for the store to say whose it is; of osd, the newest count."""

Waiting = deque[tuple[Delivery, Message]]


class Telemetry:
    def __init__(
        self,
        devices: Devices,
        projector: Projector,
        presence: Presence,
        statuses: Statuses,
        live: Live,
        live_facts: LiveFacts,
        firmware: Firmware,
        lanes: Lanes,
    ) -> None:
        self._devices = devices
        self._projector = projector
        self._presence = presence
        self._statuses = statuses
        self._live = live
        self._live_facts = live_facts
        self._firmware = firmware
        self._lanes = lanes
        self._waiting: dict[str, Waiting] = {}

    def take(self, delivery: Delivery, message: Message) -> None:
        """One osd or state message."""
        waiting = self._waiting.get(message.sn)
        if waiting is not None:
            self._wait(waiting, delivery, message)
            return
        dock = self._devices.dock_at_hand(message.sn)
        if dock is not None:
            self._of_dock(dock, delivery, message)
            return
        aircraft = self._devices.aircraft_at_hand(message.sn)
        if aircraft is not None and message.gateway in (None, message.sn, aircraft.dock.sn):
            self._of_aircraft(aircraft, delivery, message)
        elif self._devices.is_unknown(message.sn):
            _nobodys(delivery)
        else:
            self._waiting[message.sn] = deque([(delivery, message)])
            self._lanes.put(("look up", message.sn), lambda: self._look_up(message.sn, message.gateway))

    def _wait(self, waiting: Waiting, delivery: Delivery, message: Message) -> None:
        waiting.append((delivery, message))
        if len(waiting) > MOST_HELD:
            for index, (old, said) in enumerate(waiting):
                if said.kind is Kind.OSD:
                    metrics.DROPPED.inc()
                    old.ack()
                    del waiting[index]
                    return

    async def _look_up(self, sn: str, gateway: str | None) -> None:
        """Find out whose this device is, and go through what it said meanwhile."""
        behind = gateway if gateway != sn else None
        dock: KnownDock | None = None
        aircraft: KnownAircraft | None = None
        if behind is None:
            dock = await until_done(lambda: self._devices.dock(sn))
        if dock is None:
            aircraft = await until_done(lambda: self._devices.aircraft(sn, behind))
        for delivery, message in self._waiting.pop(sn):
            if dock is not None:
                self._of_dock(dock, delivery, message)
            elif aircraft is not None:
                self._of_aircraft(aircraft, delivery, message)
            else:
                _nobodys(delivery)

    def _of_dock(self, dock: KnownDock, delivery: Delivery, message: Message) -> None:
        data = message.data.present()
        if message.kind is Kind.OSD:
            self._presence.heard(dock)
            self._aircraft_inside(dock, data)
        changed = dock.projection.picture.take("osd" if message.kind is Kind.OSD else "state", data)
        if "firmware_version" in changed:
            dock.projection.change(firmwareVersion=data["firmware_version"])
        if changed:
            self._statuses.look(dock)
            self._live.changed(dock.org_id, dock.sn, "dock", dock.projection.picture.whole)
            self._projector.touch(dock.projection)
        facts = [self._live_facts.of(dock, data, message.timestamp), self._version(dock, dock.sn, message, changed)]
        self._tell_then_ack(dock, dock.projection, facts, delivery, message, changed)

    def _version(self, dock: KnownDock, device: str, message: Message, changed: list[str]) -> Tell | None:
        """A version in a state message is news also when it is the old one; in osd, which repeats itself, a new one."""
        if message.kind is Kind.OSD and "firmware_version" not in changed:
            return None
        return self._firmware.version_of(dock, device, message.data.present(), message.timestamp)

    def _tell_then_ack(
        self,
        dock: KnownDock,
        projection: Projection,
        facts: list[Tell | None],
        delivery: Delivery,
        message: Message,
        changed: list[str],
    ) -> None:
        """The document first, since a saga that starts in between reads it there; then the sagas; then the ack."""
        tells = [tell for tell in facts if tell is not None]
        if not tells:
            self._settle(projection, message, changed, delivery.ack)
            return

        async def tell_all() -> None:
            for tell in tells:
                await tell()
            delivery.ack()

        projection.after_write(lambda: self._lanes.put(("facts", dock.sn), tell_all))
        self._projector.touch(projection)

    def _of_aircraft(self, aircraft: KnownAircraft, delivery: Delivery, message: Message) -> None:
        data = message.data.present()
        dock, projection = aircraft.dock, aircraft.projection
        if message.kind is Kind.OSD:
            self._presence.heard_aircraft(dock, aircraft.sn, message.timestamp)
        changed = projection.picture.take("osd" if message.kind is Kind.OSD else "state", data)
        if "firmware_version" in changed:
            projection.change(firmwareVersion=data["firmware_version"])
        if changed:
            self._statuses.look(dock)
            self._live.changed(
                dock.org_id, dock.sn, "aircraft", lambda: {**projection.picture.whole(), "aircraft_sn": aircraft.sn}
            )
            self._projector.touch(projection)
        version = self._version(dock, aircraft.sn, message, changed)
        self._tell_then_ack(dock, projection, [version], delivery, message, changed)

    def _settle(self, projection: Projection, message: Message, changed: list[str], ack: Callable[[], None]) -> None:
        if message.kind is Kind.OSD or not changed:
            ack()
        else:
            projection.after_write(ack)

    def _aircraft_inside(self, dock: KnownDock, data: dict[str, Any]) -> None:
        """A sleeping aircraft is known from the dock's own osd."""
        inside = data.get("sub_device")
        if dock.aircraft_sn is None and isinstance(inside, dict) and isinstance(inside.get("device_sn"), str):
            dock.aircraft_sn = inside["device_sn"] or None
            if dock.aircraft_sn is not None:
                dock.projection.change(aircraftSn=dock.aircraft_sn)
                self._projector.touch(dock.projection)


def _nobodys(delivery: Delivery) -> None:
    metrics.UNBOUND.inc()
    delivery.ack()
