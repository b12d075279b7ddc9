"""All ingresses of this process: opened by a stream key, watched for silence, closed for good by the control API."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import httpx

from media.detections import Detections
from media.dock_peer import OfferRefused
from media.ingress import NO_FRAME_WITHIN, LiveIngress, MakeSource
from media.listing import IngressStore
from media.live_feed import Tell
from media.room_push import RoomPush
from media.rooms import Rooms
from store.ingresses import Ingress as Spec
from store.ingresses import IngressState, key_hash

log = logging.getLogger(__name__)

SWEEP_EVERY = 0.5  # s


class UnknownKey(Exception):
    """A stream key that opens nothing: never given out, or retired."""


class Notifier(Protocol):
    """Tells the saga that asked for a push what became of it. Takes its time to get through; raises nothing."""

    async def push_state(self, spec: Spec, state: IngressState, at: float) -> None: ...


class Registry:
    """The ingresses. An async task `run` watches them; everything else may be called from requests."""

    def __init__(
        self,
        store: IngressStore,
        rooms: Rooms,
        notifier: Notifier,
        http: httpx.AsyncClient,
        tell: Tell,
        *,
        media_id: str,
        frames_lost: float = 3.0,
        ice_servers: tuple[str, ...] = (),
    ) -> None:
        self._store, self._rooms, self._notifier, self._http = store, rooms, notifier, http
        self._tell = tell
        self._media_id = media_id
        self._frames_lost = frames_lost
        self._ice_servers = ice_servers
        self._open: dict[str, LiveIngress] = {}
        self._opened = asyncio.Condition()
        self._turns: dict[str, asyncio.Lock] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def ingresses(self) -> list[LiveIngress]:
        return list(self._open.values())

    def get(self, ingress_id: str) -> LiveIngress | None:
        return self._open.get(ingress_id)

    async def push(self, stream_key: str, offer: str) -> tuple[str, str]:
        """A dock's offer for the ingress of its key: resource id and SDP answer. Raises UnknownKey or OfferRefused."""
        ingress = await self._ingress_of(stream_key)
        try:
            return await ingress.accept(offer, self._ice_servers)
        except OfferRefused:
            if ingress.stats.pushes == 0:
                self._open.pop(ingress.spec.id, None)
            raise

    async def publish(self, stream_key: str, make: MakeSource) -> LiveIngress:
        """A dock's push by another protocol than WHIP. Raises UnknownKey."""
        ingress = await self._ingress_of(stream_key)
        await ingress.take(make)
        return ingress

    async def _ingress_of(self, stream_key: str) -> LiveIngress:
        spec = await self._store.by_key_hash(key_hash(stream_key))
        if spec is None:
            raise UnknownKey
        ingress = self._open.get(spec.id)
        if ingress is None:
            ingress = LiveIngress(spec, self._push_for(spec), self, Detections(spec, self._tell))
            self._open[spec.id] = ingress
            async with self._opened:
                self._opened.notify_all()
        return ingress

    async def hang_up(self, resource: str) -> bool:
        """End the push of a WHIP resource, as its dock asks. False where there is none of that id."""
        for ingress in self.ingresses:
            if ingress.resource == resource:
                await ingress.lose("the dock stopped")
                return True
        return False

    async def close(self, ingress_id: str) -> None:
        """Retire an ingress: its key opens nothing any more, its push ends and its participant leaves. May be repeated.

        Raises RoomsUnavailable when the room server could not be told; the rest is done by then.
        """
        spec = await self._store.get(ingress_id)
        await self._store.mark(ingress_id, "closed", self._fields(self._open.get(ingress_id)))
        ingress = self._open.pop(ingress_id, None)
        if ingress is not None:
            await ingress.close()
            spec = ingress.spec
        if spec is not None:
            await self._rooms.remove_participant(spec.room, spec.identity)

    async def wait_for_first_frame(self, ingress_id: str, timeout: float) -> LiveIngress | None:
        """The ingress once frames of its push go into the room; None when they do not within `timeout` seconds."""
        try:
            async with asyncio.timeout(timeout):
                while (ingress := self._open.get(ingress_id)) is None:
                    async with self._opened:
                        await self._opened.wait_for(lambda: ingress_id in self._open)
                await ingress.first_frame.wait()
                return ingress
        except TimeoutError:
            return None

    async def recover(self) -> None:
        """Say of all that a process of this name had live before us that it is lost, unless it is back already."""
        for spec in await self._store.list_live(self._media_id):
            if spec.id in self._open:
                continue
            if await self._store.mark(spec.id, "lost"):
                self._spawn(self._notifier.push_state(spec, "lost", time.time()))
            if spec.id not in self._open:
                self._spawn(self._remove_quietly(spec))

    async def run(self) -> None:
        """Watch for pushes that have fallen silent, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            for ingress in self.ingresses:
                silence = ingress.silence()
                limit = self._frames_lost if ingress.state == "live" else NO_FRAME_WITHIN
                if silence is not None and silence > limit:
                    await ingress.lose(f"no frame for {silence:.1f} s")

    async def shut_down(self) -> None:
        """End all pushes, as lost: their docks come back to the next process."""
        await asyncio.gather(*(ingress.lose("media stops") for ingress in self.ingresses))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=5)

    def first_frame(self, ingress: LiveIngress) -> None:
        """The listener's part: write that it is live, and tell."""
        fields = {"mediaId": self._media_id, "firstFrameAt": ingress.first_frame_time}
        self._report(ingress, "live", fields)

    def lost(self, ingress: LiveIngress, reason: str) -> None:
        """The listener's part: write that it is lost, and tell."""
        log.warning("push of %s (%s) lost: %s", ingress.spec.sn, ingress.spec.id, reason)
        self._report(ingress, "lost", self._fields(ingress))

    def _report(self, ingress: LiveIngress, state: IngressState, fields: dict[str, Any]) -> None:
        self._spawn(self._write_and_tell(ingress, state, fields, time.time()))

    async def _write_and_tell(
        self, ingress: LiveIngress, state: IngressState, fields: dict[str, Any], at: float
    ) -> None:
        """In the order of what happened: a live that overtakes a lost would leave a dead push called live."""
        async with self._turns.setdefault(ingress.spec.id, asyncio.Lock()):
            if not await self._store.mark(ingress.spec.id, state, fields):
                self._open.pop(ingress.spec.id, None)
                await ingress.close()
                return
            await self._notifier.push_state(ingress.spec, state, at)

    async def _remove_quietly(self, spec: Spec) -> None:
        try:
            await self._rooms.remove_participant(spec.room, spec.identity)
        except Exception as error:
            log.warning("could not take %s out of its room: %s", spec.identity, error)

    def _push_for(self, spec: Spec) -> Callable[[Callable[[], None]], RoomPush]:
        def token() -> str:
            return self._rooms.publisher_token(spec.room, spec.identity, spec.metadata)

        return lambda on_wanted: RoomPush(self._rooms.http_url, self._http, token, on_wanted)

    @staticmethod
    def _fields(ingress: LiveIngress | None) -> dict[str, Any]:
        if ingress is None:
            return {}
        return {"frames": ingress.stats.frames, "lastFrameAt": ingress.last_frame_time}

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("could not report a push: %s", error, exc_info=error)
