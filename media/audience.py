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

from media.rooms import DOCK_PREFIX, Rooms, metadata_of, role_of, user_of
from store.access import RoleName, smaller
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
        self._held: dict[tuple[str, str], RoomBar] = {}
        self.bare: set[str] = set()
        """Rooms that say nothing of themselves: made by whoever came in first, since LiveKit had restarted."""

    def expect(self, room: str) -> None:
        """Somebody has got a token."""
        self._keep(room, self._clock() + EXPECTED_FOR)

    def bar(self, bars: Iterable[RoomBar]) -> None:
        """These people are sent out wherever they are seen, or held to a role; who is not among them is not."""
        self._barred, self._held = {}, {}
        for bar in bars:
            of = self._barred if bar.role is None else self._held
            of[bar.room, bar.user] = bar

    async def look(self) -> set[str]:
        """The rooms that are watched now. Raises RoomsUnavailable."""
        at = self._clock()  # who is seen may have left while LiveKit was being asked: they count from before
        rooms = await self._rooms.list_rooms()
        self.bare = {room.name for room in rooms if not room.metadata}
        looked = {room.name for room in rooms if room.num_participants} | self.watched
        for room, people in await asyncio.gather(*(self._people(room) for room in looked)):
            if people:
                self._keep(room, at + LINGER)
        return self.watched

    @property
    def watched(self) -> set[str]:
        """As of the last look."""
        at = self._clock()
        self._until = {room: until for room, until in self._until.items() if until > at}
        return set(self._until)

    async def _people(self, room: str) -> tuple[str, list[str]]:
        """Who is in it, without those who are sent out."""
        people = []
        for each in await self._rooms.list_participants(room):
            if each.identity.startswith(DOCK_PREFIX):
                continue
            if _current(self._barred.get((room, user_of(each.identity)))):
                await self._rooms.remove_participant(room, each.identity)
                continue
            people.append(each.identity)
            held = _current(self._held.get((room, user_of(each.identity))))
            if held is not None and held.role is not None:
                await self._hold(room, each, held.role)
        return room, people

    async def _hold(self, room: str, info: api.ParticipantInfo, most: RoleName) -> None:
        """To the smaller of what their token said and what they may be now."""
        came = role_of(info.identity)
        role = smaller(came, most) if came is not None else most
        if metadata_of(info).get("role") != role:
            await self._rooms.set_role(room, info.identity, role)

    def _keep(self, room: str, until: float) -> None:
        self._until[room] = max(self._until.get(room, 0.0), until)


def _current(bar: RoomBar | None) -> RoomBar | None:
    return bar if bar is not None and bar.until > now() else None
