"""The telemetry peers: one for each dock of the missions that somebody watches, fed by the bridge's live messages.

Of docks that nobody watches nothing is read, heard or kept here, however many there are.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import Any, Final

import aiomqtt
from google.api_core.exceptions import GoogleAPICallError

from media.assignments import Assignment, Assignments
from media.audience import Audience
from media.live_feed import BROKER_RETRY, Feed
from media.rooms import Rooms, RoomsUnavailable
from media.telemetry import NotTelemetry, Picture, read_live
from media.telemetry_peer import TelemetryPeer

log = logging.getLogger(__name__)

LOOK_EVERY: Final = 2.0  # s; a person whose token we did not hear of waits so long for the telemetry
# Assignments are told by POST /peers/reconcile; this look is for the one that was not. A read costs money too.
RECONCILE_EVERY: Final = 15.0  # s


class Peers:
    """Joins and leaves rooms as people come and docks are assigned; `run` does it all until cancelled."""

    def __init__(
        self,
        rooms: Rooms,
        assignments: Assignments,
        feed: Feed,
        *,
        media_id: str,
        look_every: float = LOOK_EVERY,
        audience: Audience | None = None,
    ) -> None:
        self._rooms, self._assignments, self._feed = rooms, assignments, feed
        self._media_id, self._look_every = media_id, look_every
        self._audience = audience or Audience(rooms)
        self._peers: dict[Assignment, TelemetryPeer] = {}
        self._pictures: dict[tuple[str, str], Picture] = {}
        self._watched: set[str] = set()
        self._nameless: set[str] = set()
        self._read_at = float("-inf")
        self._client: aiomqtt.Client | None = None
        self._turn = asyncio.Lock()
        self._heard = 0

    async def run(self) -> None:
        """Listen, look who watches, and leave all rooms in the end."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._listen(), name="live-feed")
                tasks.create_task(self._keep_looking(), name="look-who-watches")
        finally:
            await asyncio.gather(*(peer.stop() for peer in self._peers.values()))

    async def expect(self, room: str) -> list[str]:
        """Somebody is about to come into this room: be there. The identities as of `reconcile`."""
        self._audience.expect(room)
        return await self.reconcile()

    async def reconcile(self) -> list[str]:
        """Have a peer for each dock of a watched room and for no other. The identities that are then meant to be there.

        Raises GoogleAPICallError.
        """
        async with self._turn:
            await self._look()
            await self._settle()
            return sorted(peer.identity for peer in self._peers.values())

    def take(self, topic: str, payload: bytes) -> None:
        """One message of the live feed. Raises NotTelemetry."""
        self._heard += 1
        live = read_live(topic, payload)
        picture = self._pictures.get((live.org, live.sn))
        packet = picture.take(live) if picture is not None else None
        if packet is None:
            return
        for assignment, peer in self._peers.items():
            if (assignment.org, assignment.sn) == (live.org, live.sn):
                peer.say(packet)

    def snapshot(self) -> dict[str, Any]:
        """What the watching costs: rooms, peers, docks that are listened to, messages heard since the start."""
        return {
            "rooms": sorted(self._watched),
            "peers": sorted(peer.identity for peer in self._peers.values()),
            "followed": len(self._pictures),
            "heard": self._heard,
        }

    async def _keep_looking(self) -> None:
        while True:
            try:
                async with self._turn:
                    if await self._look() or time.monotonic() - self._read_at >= RECONCILE_EVERY:
                        await self._settle()
            except GoogleAPICallError as error:
                log.warning("could not read which docks are assigned: %s", error)
            await asyncio.sleep(self._look_every)

    async def _look(self) -> bool:
        """See who watches; whether that has changed. While LiveKit is away it is as it was."""
        try:
            watched = await self._audience.look()
        except RoomsUnavailable as error:
            log.info("could not see who watches: %s", error)
            return False
        changed, self._watched = watched != self._watched, watched
        return changed or bool(self._audience.bare & watched - self._nameless)

    async def _settle(self) -> None:
        """Make peers and rooms as they are to be."""
        self._read_at = time.monotonic()
        self._audience.bar(await self._assignments.bars())
        wanted = set(await self._assignments.of(self._watched)) if self._watched else set()
        for gone in self._peers.keys() - wanted:
            await self._leave(gone)
        for new in wanted - self._peers.keys():
            await self._join(new)
        for room in self._audience.bare & self._watched - self._nameless:
            await self._name(room)

    async def _join(self, new: Assignment) -> None:
        picture = self._pictures[new.org, new.sn] = Picture(new.sn)
        await self._tell_broker("subscribe", new)
        for known in await self._assignments.picture(new):
            picture.begin(known)
        peer = TelemetryPeer(self._rooms, new.mission, new.sn, new.model, self._media_id, picture)
        self._peers[new] = peer
        peer.start()

    async def _leave(self, gone: Assignment) -> None:
        await self._peers.pop(gone).stop()
        if self._pictures.pop((gone.org, gone.sn), None) is not None:
            await self._tell_broker("unsubscribe", gone)

    async def _name(self, room: str) -> None:
        """Have the room say what it is."""
        metadata = await self._assignments.metadata(room)
        if metadata is None:
            self._nameless.add(room)
            return
        with contextlib.suppress(RoomsUnavailable):  # the next look sees it bare again
            await self._rooms.ensure_room(room, metadata)

    async def _tell_broker(self, what: str, dock: Assignment) -> None:
        """Without a connection nothing has to be said: the next one follows all that is in the pictures."""
        if self._client is not None:
            with contextlib.suppress(aiomqtt.MqttError):
                await getattr(self._client, what)(_topic(dock.org, dock.sn))

    async def _listen(self) -> None:
        while True:
            try:
                async with self._feed() as client:
                    self._client = client
                    for org, sn in list(self._pictures):
                        await client.subscribe(_topic(org, sn))
                    async for message in client.messages:
                        self._take_quietly(str(message.topic), message.payload)
            except aiomqtt.MqttError as error:
                log.warning("live feed: broker away (%s)", error)
            finally:
                self._client = None
            await asyncio.sleep(BROKER_RETRY)

    def _take_quietly(self, topic: str, payload: object) -> None:
        try:
            self.take(topic, payload if isinstance(payload, bytes) else b"")
        except NotTelemetry as error:
            log.warning("live feed: %s", error)


def _topic(org: str, sn: str) -> str:
    return f"argus/live/{org}/{sn}/+"
