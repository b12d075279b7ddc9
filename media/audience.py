"""Which rooms somebody watches: the telemetry of all others is nobody's business, and costs nothing.

LiveKit is asked for its rooms, one call however many there are, and for the participants of those that are not empty.
Who asks the API for a token is expected: the room is ready when they come.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import Final

from livekit import api

from media.rooms import DOCK_PREFIX, Rooms, user_of
from store.document import now
from store.room_bars import RoomBar

EXPECTED_FOR: Final = 60.0  # s from a token to the person: a page is loaded, a microphone asked for
LINGER: Final = 30.0  # s after the last person: a phone that changes its network, a LiveKit that restarts


class Audience:
    """The rooms with a person in them, or with one who is about to come or may come back."""

    def __init__(self, rooms: Rooms, clock: Callable[[], float] = time.monotonic) -> None:
        self._rooms, self._clock = rooms, clock
        self._until: dict[str, float] = {}
        self._barred: dict[tuple[str, str], RoomBar] = {}
        self.bare: set[str] = set()
        """Rooms that say nothing of themselves: made by whoever came in first, since LiveKit had restarted."""

    def expect(self, room: str) -> None:
        """Somebody has got a token."""
        self._keep(room, EXPECTED_FOR)

    def bar(self, bars: Iterable[RoomBar]) -> None:
        """These people are sent out wherever they are seen; who is not among them is not."""
        self._barred = {(bar.room, bar.user): bar for bar in bars}

    async def look(self) -> set[str]:
        """The rooms that are watched now. Raises RoomsUnavailable."""
        rooms = await self._rooms.list_rooms()
        self.bare = {room.name for room in rooms if not room.metadata}
        looked = {room.name for room in rooms if room.num_participants} | self.watched
        for room, people in await asyncio.gather(*(self._people(room) for room in looked)):
            if people:
                self._keep(room, LINGER)
        return self.watched

    @property
    def watched(self) -> set[str]:
        """As of the last look."""
        at = self._clock()
        self._until = {room: until for room, until in self._until.items() if until > at}
        return set(self._until)

    async def _people(self, room: str) -> tuple[str, list[str]]:
        """Who is in it, without those who are sent out."""
        inside = _people(await self._rooms.list_participants(room))
        barred = [identity for identity in inside if self._is_barred(room, identity)]
        for identity in barred:
            await self._rooms.remove_participant(room, identity)
        return room, [identity for identity in inside if identity not in barred]

    def _is_barred(self, room: str, identity: str) -> bool:
        found = self._barred.get((room, user_of(identity)))
        return found is not None and found.until > now()

    def _keep(self, room: str, seconds: float) -> None:
        self._until[room] = max(self._until.get(room, 0.0), self._clock() + seconds)


def _people(participants: Iterable[api.ParticipantInfo]) -> list[str]:
    return [each.identity for each in participants if not each.identity.startswith(DOCK_PREFIX)]
