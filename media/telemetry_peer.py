"""One dock's telemetry peer: a participant `dji-dock-{sn}` that speaks in the mission's room and comes back to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine
from typing import Any

from livekit import rtc

from media.livekit_sdk import hear_only, join
from media.rooms import DOCK_PREFIX, Rooms, RoomsUnavailable
from media.telemetry import Packet, Picture

log = logging.getLogger(__name__)

RETRY_FIRST, RETRY_MOST = 0.5, 5.0  # s; doubles in between
STAND_BY = 10.0  # s; another media process speaks for this dock, look again
SEND_WITHIN = 3.0  # s; a packet that takes longer is of no use any more
CONNECT_WITHIN = 5.0  # s; for each of the SDK's attempts
# LiveKit tells of a participant that publishes nothing up to 3 s late, so a viewer who comes cannot be greeted at once.
REPEAT_AFTER = 1.0  # s without a packet on a topic, until its picture is said again
WAITING_MOST = 64  # packets; while the room is away nothing is kept: the picture is sent whole on return


class TelemetryPeer:
    """Joins, tells the picture to whoever comes, and hands on packets, until stopped."""

    def __init__(self, rooms: Rooms, room: str, sn: str, model: str | None, media_id: str, picture: Picture) -> None:
        self.room, self.sn, self.model = room, sn, model
        self.identity = DOCK_PREFIX + sn
        self.connects = 0
        self._rooms = rooms
        self._media_id = media_id
        self._picture = picture
        self._metadata = {"source": "dji-cloud", "role": "telemetry", "dock": sn, "model": model, "media": media_id}
        self._waiting: asyncio.Queue[tuple[Packet, list[str]]] = asyncio.Queue(WAITING_MOST)
        self._said: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. Returns at once."""
        if self._task is None:
            self._task = asyncio.create_task(self._keep_speaking(), name=f"telemetry-{self.sn}")

    async def stop(self) -> None:
        """Leave the room. Safe to call twice."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def say(self, packet: Packet, to: str | None = None) -> None:
        """Hand a packet to the room, or to one participant of it. The oldest is dropped when the room is slow."""
        if to is None:
            self._said[packet.topic] = time.monotonic()
        if self._waiting.full():
            self._waiting.get_nowait()
        self._waiting.put_nowait((packet, [to] if to is not None else []))

    async def _keep_speaking(self) -> None:
        pause = RETRY_FIRST
        while True:
            connects = self.connects
            try:
                if await self._taken():
                    pause = STAND_BY
                else:
                    await self._speak_once()
                    pause = RETRY_FIRST
            except (rtc.ConnectError, RoomsUnavailable, TimeoutError) as error:
                pause = RETRY_FIRST if self.connects > connects else min(pause * 2, RETRY_MOST)
                log.warning("telemetry of %s: room away (%s), again in %.1f s", self.sn, error, pause)
            await asyncio.sleep(pause)

    async def _taken(self) -> bool:
        """Whether another media process speaks for this dock; what a dead one of our name left is taken over."""
        for participant in await self._rooms.list_participants(self.room):
            if participant.identity == self.identity:
                return f'"media":"{self._media_id}"' not in participant.metadata
        return False

    async def _speak_once(self) -> None:
        """One stay in the room. Returns when it has ended."""
        room = rtc.Room()
        ended = asyncio.Event()
        room.on("disconnected", lambda *_: ended.set())
        # The SDK would try for long to resume where a restarted server knows nothing of us: a fresh stay is quicker.
        room.on("reconnecting", lambda *_: ended.set())
        room.on("participant_active", self._greet)
        token = self._rooms.publisher_token(self.room, self.identity, self._metadata)
        options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=CONNECT_WITHIN)
        await join(room, self._rooms.ws_url, token, options)
        hear_only(room)
        self.connects += 1
        try:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            for packet in self._picture.packets():
                self.say(packet)
            await _first_of(ended.wait(), self._hand_on(room), self._repeat())
        finally:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(SEND_WITHIN):
                    await room.disconnect()

    def _greet(self, participant: rtc.RemoteParticipant) -> None:
        if not participant.identity.startswith(DOCK_PREFIX):
            for packet in self._picture.packets():
                self.say(packet, to=participant.identity)

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(REPEAT_AFTER / 2)
            for packet in self._picture.packets(reliable=False):
                if time.monotonic() - self._said.get(packet.topic, 0) >= REPEAT_AFTER:
                    self.say(packet)

    async def _hand_on(self, room: rtc.Room) -> None:
        while True:
            packet, to = await self._waiting.get()
            async with asyncio.timeout(SEND_WITHIN):
                await room.local_participant.publish_data(
                    packet.payload, reliable=packet.reliable, destination_identities=to, topic=packet.topic
                )


async def _first_of(*work: Coroutine[Any, Any, Any]) -> None:
    """Until one of them ends; the others are cancelled. Raises what that one raised."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
