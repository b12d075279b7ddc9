"""Topology, osd, state and settable properties: `update_topo`, `osd`, `state`, `property/set`."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

from dji.topics import Kind
from simulator import flight, osd
from simulator.envelope import envelope, new_id
from simulator.feature import Feature, Json
from simulator.link import NoAnswer
from simulator.settable import SETTABLE
from simulator.state import AircraftMode

THING_VERSION = "1.2.0"
CHARGE_RATE = 100 / 2700  # % a second: from empty to full in three quarters of an hour
FAILED = 1  # of one property in set_reply


class Device(Feature):
    """What the dock says of itself and its aircraft without being asked."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self._osd: asyncio.Task[None] | None = None
        self._at = dock.clock.now()

    # Topology

    async def booted(self) -> None:
        """The aircraft sleeps after a boot, unless it flies or the dock is to keep it awake."""
        if self.dock.aircraft.flying:
            return
        if not self.dock.has_aircraft:
            self.dock.state.aircraft_inside = self.dock.state.charging = False
            return
        self._power(self.dock.config.awake or self.dock.config.flying)
        if self.dock.config.flying:
            flight.fly_rounds(self.dock)

    async def announce(self) -> bool:
        """Send the topology. Docks go on without an answer; one that refuses keeps them offline."""
        try:
            reply = await self.dock.link.status(self.topology())
        except NoAnswer as silence:
            self.dock.problem = str(silence)
            return True
        if reply.result not in (0, None):
            self.dock.problem = f"update_topo: result {reply.result}"
            return False
        return True

    def topology(self) -> Json:
        """The data of `update_topo`: the dock and, when it is awake, its aircraft."""
        dock = self.dock
        device = {"domain": "3", "type": dock.model.type, "sub_type": 0, **_secrets(dock.sn), "sub_devices": []}
        if dock.aircraft.on:
            domain, type_, sub_type = dock.aircraft_key.split("-")
            device["sub_devices"] = [
                {
                    "sn": dock.aircraft_sn,
                    "domain": domain,
                    "type": int(type_),
                    "sub_type": int(sub_type),
                    "index": "A",
                    **_secrets(dock.aircraft_sn),
                }
            ]
        return device

    async def wake(self) -> None:
        """Power the aircraft on and tell everybody: topology, the aircraft's state, and what can be streamed now."""
        if self.dock.aircraft.on or not self.dock.has_aircraft:
            return
        self._power(True)
        await self.tell_power()

    async def sleep(self) -> None:
        """Power the aircraft off."""
        if not self.dock.aircraft.on or self.dock.aircraft.flying:
            return
        self._power(False)
        await self.dock.live.aircraft_slept()
        await self.tell_power()

    def _power(self, on: bool) -> None:
        self.dock.aircraft.on = on
        self.dock.aircraft.mode = AircraftMode.STANDBY if on else AircraftMode.DISCONNECTED
        self.dock.aircraft.control_source = ""
        self.dock.touch()

    async def tell_power(self) -> None:
        """Topology, the aircraft's state, and what can be streamed."""
        if not self.dock.online:
            return
        await self.announce()
        if self.dock.aircraft.on:
            self.aircraft_state(osd.aircraft_state(self.dock))
        self.dock_state({"live_capacity": osd.live_capacity(self.dock)})

    # Osd and state

    async def came_online(self) -> None:
        """State once, then osd every 2 s."""
        dock = self.dock
        for part in osd.dock_state(dock):
            self.dock_state(part)
        if dock.aircraft.on:
            self.aircraft_state(osd.aircraft_state(dock))
        if self._osd is not None:
            self._osd.cancel()
        self._osd = dock.spawn(self._push_osd(), "osd")

    async def powered_off(self) -> None:
        self._osd = None

    async def _push_osd(self) -> None:
        dock, loop = self.dock, asyncio.get_running_loop()
        due = loop.time() + dock.random.random() * dock.clock.osd_interval
        while True:
            await asyncio.sleep(due - loop.time())
            due += dock.clock.osd_interval
            if not dock.online:
                return
            self.move()
            self.push_osd()
            self.dock.hms.look()

    def move(self) -> None:
        """Let the aircraft be where it is by now."""
        now = self.dock.clock.now()
        if now > self._at:
            self.dock.motion.advance(now - self._at)
            if self.dock.config.flying and self.dock.motion.arrived:
                flight.fly_rounds(self.dock)
            if self.dock.state.charging:
                craft = self.dock.aircraft
                craft.battery = min(100.0, craft.battery + (now - self._at) * CHARGE_RATE)
        self._at = now

    def push_osd(self) -> None:
        """One round of osd: several messages of the dock, one of an aircraft that is awake."""
        dock = self.dock
        for data in osd.dock_osd(dock):
            self._push(Kind.OSD, dock.sn, data, 0)
        if dock.aircraft.on:
            self._push(Kind.OSD, dock.aircraft_sn, osd.aircraft_osd(dock), 0)

    def dock_state(self, data: Json) -> None:
        """A state message of the dock; what is not told now is told when it goes online."""
        if self.dock.online:
            self._push(Kind.STATE, self.dock.sn, data, None)

    def aircraft_state(self, data: Json) -> None:
        """A state message of the aircraft."""
        if self.dock.online and self.dock.aircraft.on:
            self._push(Kind.STATE, self.dock.aircraft_sn, data, None)

    def _push(self, kind: Kind, sn: str, data: Json, qos: int | None) -> None:
        dock = self.dock
        message = envelope(
            at=dock.clock.wall_ms(), data=data, tid=new_id(dock.random), bid=new_id(dock.random), gateway=dock.sn
        )
        dock.link.send(kind, message, sn=sn, qos=qos)

    # Property set

    async def set_property(self, data: Json, *, refuse: bool) -> Json:
        """Set the one property of the message; the mirror of it with a result in place of the value."""
        (path, value), *more = _leaves(data) or [((), None)]
        known = SETTABLE.get(".".join(path))
        if refuse or more or known is None or self.dock.model.name not in known.models:
            return _mirror(data, FAILED)
        if known.of_aircraft and not self.dock.aircraft.on:
            return _mirror(data, FAILED)
        known.store(self.dock, path, value)
        self.dock.memory.settings[".".join(path)] = value
        self.dock.memory.save()
        self.dock.touch()
        if known.in_state:
            tell = self.aircraft_state if known.of_aircraft else self.dock_state
            tell(data)
        return _mirror(data, 0)


def _secrets(sn: str) -> Json:
    digest = hashlib.md5(sn.encode(), usedforsecurity=False).hexdigest()
    return {"device_secret": digest, "nonce": digest[::-1], "thing_version": THING_VERSION}


def _leaves(data: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(data, dict):
        return [leaf for key, value in data.items() for leaf in _leaves(value, (*path, key))]
    return [(path, data)]


def _mirror(data: Any, result: int) -> Json:
    if isinstance(data, dict):
        return {key: _mirror(value, result) for key, value in data.items()}
    return {"result": result}
