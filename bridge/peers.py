"""What bridges tell each other when there are several: which docks they hear, and who came or went.

A dock's messages may come to one slot today and to another tomorrow, so silence in one slot is no silence, and what one
slot knows of a dock's presence is not to be made good by another from an older picture. All of it is at QoS 0: what is
lost is said again in a moment, or read from the store within a minute.
"""

from __future__ import annotations

import asyncio
from typing import Final

import aiomqtt
import orjson

from bridge.devices import Devices
from bridge.live import Publisher
from bridge.projection import Clock

SEEN: Final = "argus/bridge/seen"
INTERVAL: Final = 2.0
"""Seconds between two lists: the pace of osd, well under `timings.osd_silence`."""


class Peers:
    def __init__(self, devices: Devices, publisher: Publisher, clock: Clock) -> None:
        self._devices = devices
        self._publisher = publisher
        self._clock = clock
        self._since = clock()

    async def run(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            await self.say()

    async def say(self) -> None:
        """Name the docks that were heard since the last time."""
        since, self._since = self._since, self._clock()
        docks = [dock for dock in self._devices.held() if dock.heard_here >= since]
        said = {
            "docks": [dock.sn for dock in docks],
            "aircraft": [dock.sn for dock in docks if (dock.aircraft_seen or 0) >= since],
        }
        try:
            await self._publisher.publish(SEEN, orjson.dumps(said), 0)
        except aiomqtt.MqttError:
            return

    def take(self, topic: str, payload: bytes) -> None:
        """What another bridge, or this one, said. Nonsense is left alone: these topics are our own."""
        try:
            said = orjson.loads(payload)
            if topic == SEEN:
                self._seen(said)
            else:
                self._came_or_went(said["sn"], said["data"])
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            return

    def _seen(self, said: dict[str, list[str]]) -> None:
        at = self._clock()
        awake = set(said["aircraft"])
        for sn in said["docks"]:
            dock = self._devices.held_dock(sn)
            if dock is not None:
                dock.seen = at
                if sn in awake:
                    dock.aircraft_seen = at

    def _came_or_went(self, sn: str, said: dict[str, object]) -> None:
        dock = self._devices.held_dock(sn)
        aircraft_sn = said["aircraft_sn"]
        here = (
            bool(said["online"]),
            bool(said["aircraft_online"]),
            aircraft_sn if isinstance(aircraft_sn, str) else None,
        )
        if dock is None or here == (dock.online, dock.aircraft_online, dock.aircraft_sn):
            return  # our own word, or no news
        dock.projection.drop_later()  # it was told of what was before; of this the other bridge sees to it
        if not dock.told:
            # Something changed here as well: the store will say what came of it.
            self._devices.forget(sn)
            return
        dock.online, dock.aircraft_online, dock.aircraft_sn = here
