"""The telemetry peers: one for each dock that is in a mission, fed by the bridge's live messages."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Protocol

import aiomqtt
from google.api_core.exceptions import GoogleAPICallError
from google.cloud.firestore_v1.base_query import FieldFilter

from media.live_feed import BROKER_RETRY, Feed
from media.rooms import Rooms
from media.telemetry import LIVE_TOPIC, NotTelemetry, Picture, read_live
from media.telemetry_peer import TelemetryPeer
from store.docks import Dock, Docks

log = logging.getLogger(__name__)

# Assignments are told by POST /peers/reconcile; this look is for the one that was not. A read costs money too.
RECONCILE_EVERY = 15.0  # s


@dataclass(frozen=True)
class Assignment:
    """A dock in a mission; the mission's id is the room's name."""

    org: str
    mission: str
    sn: str
    model: str | None


class Assignments(Protocol):
    """Which docks are in which missions now."""

    async def list(self) -> list[Assignment]: ...


class StoredAssignments:
    """By `missionId` of the docks' documents, which is empty outside a mission."""

    def __init__(self, docks: Docks) -> None:
        self._docks = docks

    async def list(self) -> list[Assignment]:
        query = self._docks.collection.where(filter=FieldFilter("missionId", ">", ""))
        found = []
        async for snapshot in query.stream():
            dock = Dock.from_fields(snapshot.to_dict() or {})
            if dock.mission_id and dock.org_id:
                found.append(Assignment(dock.org_id, dock.mission_id, dock.sn, dock.model))
        return found


class Peers:
    """Joins and leaves rooms as docks are assigned; `run` does it all until cancelled."""

    def __init__(self, rooms: Rooms, assignments: Assignments, feed: Feed, *, media_id: str) -> None:
        self._rooms, self._assignments, self._feed = rooms, assignments, feed
        self._media_id = media_id
        self._peers: dict[Assignment, TelemetryPeer] = {}
        self._pictures: dict[tuple[str, str], Picture] = {}
        self._turn = asyncio.Lock()

    async def run(self) -> None:
        """Listen, reconcile now and then, and leave all rooms in the end."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(), name="live-feed")
                tasks.create_task(self._keep_reconciled(), name="reconcile-peers")
        finally:
            await asyncio.gather(*(peer.stop() for peer in self._peers.values()))

    async def reconcile(self) -> list[str]:
        """Have a peer for each assigned dock and for no other. The identities that are then meant to be in rooms."""
        async with self._turn:
            wanted = set(await self._assignments.list())
            for gone in self._peers.keys() - wanted:
                await self._peers.pop(gone).stop()
            for new in wanted - self._peers.keys():
                picture = self._picture(new.org, new.sn)
                peer = TelemetryPeer(self._rooms, new.mission, new.sn, new.model, self._media_id, picture)
                self._peers[new] = peer
                peer.start()
            return sorted(peer.identity for peer in self._peers.values())

    def take(self, topic: str, payload: bytes) -> None:
        """One message of the live feed. Raises NotTelemetry."""
        live = read_live(topic, payload)
        packet = self._picture(live.org, live.sn).take(live)
        if packet is None:
            return
        for assignment, peer in self._peers.items():
            if (assignment.org, assignment.sn) == (live.org, live.sn):
                peer.say(packet)

    def _picture(self, org: str, sn: str) -> Picture:
        return self._pictures.setdefault((org, sn), Picture(sn))

    async def _keep_reconciled(self) -> None:
        while True:
            try:
                await self.reconcile()
            except GoogleAPICallError as error:
                log.warning("could not read which docks are assigned: %s", error)
            await asyncio.sleep(RECONCILE_EVERY)

    async def _listen(self) -> None:
        while True:
            try:
                async with self._feed() as client:
                    await client.subscribe(LIVE_TOPIC)
                    async for message in client.messages:
                        self._take_quietly(str(message.topic), message.payload)
            except aiomqtt.MqttError as error:
                log.warning("live feed: broker away (%s)", error)
                await asyncio.sleep(BROKER_RETRY)

    def _take_quietly(self, topic: str, payload: object) -> None:
        try:
            self.take(topic, payload if isinstance(payload, bytes) else b"")
        except NotTelemetry as error:
            log.warning("live feed: %s", error)
