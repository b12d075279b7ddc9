"""One dock that is worked by hand: its live link, its seats, what is seen of it, and the looks after all of them."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, Final

import aiomqtt
import orjson
from google.api_core.exceptions import GoogleAPIError

import dji
from dji import DecodeError, Message
from dji.topics import Kind as Topic
from dji.topics import topic_of
from drc import readiness
from drc.areas import UnreadableArea, areas_of
from drc.asking import Asking
from drc.brokers import Place
from drc.clip import Pose
from drc.helm import Helm
from drc.link import Link
from drc.orders import Orders
from drc.parts import Parts
from drc.readiness import Sight
from drc.seat import LOST, RELEASED, Seat
from store.access import member_id
from store.authority import Authority, Why
from store.docks import Dock as DockDocument
from store.document import now

log = logging.getLogger(__name__)

LOOK: Final = 0.1  # s between two looks at who is silent
STATE: Final = 1.0  # s between two states that operators are told, unless something changes
# How often one kind of push goes on to operators, in s: pictures are for people. Others go on as they come.
THINNED: Final = {"osd_info_push": 0.19, "hsi_info_push": 1.0, "drc_camera_osd_info_push": 0.5}
# Of events, those that somebody who flies by hand wants to hear of.
EVENTS: Final = (
    "drc_",
    "camera_",
    "speaker_",
    "psdk_",
    "joystick_",
    "obstacle_",
    "device_exit_",
    "takeoff_",
    "fly_to_",
)
RC_TOOK_CONTROL: Final = 4
# Google's client says ValueError where a transaction failed before it had begun.
STORE_ERRORS: Final = (GoogleAPIError, ValueError)


class Dock:
    """Lives as long as somebody holds something of it, in this process. `run` does all that is not asked for."""

    def __init__(self, parts: Parts, place: Place, document: DockDocument) -> None:
        assert document.org_id is not None, "bound"
        self.parts, self._wire = parts, place.wire
        self.sn, self.org_id = document.sn, document.org_id
        self.seats: dict[str, Seat] = {}
        self.authority: Authority | None = None
        self.sight = Sight()
        self.asking = Asking(parts, place.wire, self.sn, self.org_id)
        self.link = Link(parts, place, self.asking, self.sn, self._attended)
        self.helm = Helm(self.link, self.sight, parts.timings.drc_neutral)
        self.orders = Orders(parts, self.sn, self.org_id, self.link, self.helm, self.sight)
        self.link.on_opening = self.orders.anew
        self._live = f"argus/live/{self.org_id}/{self.sn}"
        self._topics = {
            topic_of(Topic.DRC_UP, self.sn): 0,
            topic_of(Topic.SERVICES_REPLY, self.sn): 1,
            topic_of(Topic.EVENTS, self.sn): 0,
        }
        self._told = {
            f"{self._live}/dock": 0,
            f"{self._live}/aircraft": 0,
            f"{self._live}/presence": 0,
            notice_topic(self.sn): 0,
        }
        self._shown_at: dict[str, float] = {}
        self._storing: set[asyncio.Task[None]] = set()
        self._delays: dict[str, Any] = {}
        self._awaited: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._recognised: dict[str, Any] = {}
        self._state_at = 0.0
        self._stale = asyncio.Event()
        self._know(document)

    # Life

    async def run(self, session: str) -> None:
        """Until nobody holds anything any more; then the dock has left the mode, and the account is gone."""
        await self._wire.follow(self._topics, self._heard)
        await self.parts.wire.follow(self._told, self._heard)
        tasks = [
            asyncio.create_task(work, name=f"{self.sn} {name}")
            for name, work in {
                "link": self.link.keep(session, self._no_link),
                "control": self._control(),
                "refresh": self._refresh(),
            }.items()
        ]
        try:
            while self.seats:
                self._look()
                await asyncio.sleep(LOOK)
            self.helm.let_go()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, *self._storing, return_exceptions=True)
            if not self.seats:  # else the process ends, and the holder may come back to another one
                await self.link.close()
            await self._wire.leave(self._topics)
            await self.parts.wire.leave(self._told)

    def _no_link(self) -> str | None:
        refusal = readiness.no_link(self.sight)
        return refusal.detail if refusal is not None else None

    def _attended(self) -> bool:
        return any(seat.attended for seat in self.seats.values())

    @property
    def pilot(self) -> Seat | None:
        """Who holds the flight, if that is somebody here."""
        return next((seat for seat in self.seats.values() if "flight" in seat.kinds), None)

    def _look(self) -> None:
        """Nothing is waited for here: a slow store must not keep sticks from being let go."""
        timings, at = self.parts.timings, time.monotonic()
        self.helm.look(self.pilot)
        for seat in list(self.seats.values()):
            if at - seat.heard >= timings.drc_release:
                self.release(seat, "silence")
            elif at - seat.renewed >= timings.drc_renew:
                seat.renewed = at
                self._store(self._renew(seat))
        if at - self._state_at >= STATE:
            self._tell_state()

    def release(self, seat: Seat, why: Why) -> None:
        """End what a seat holds: it was silent for too long, or gave it back. Here that is so at once."""
        detail = "You were silent for too long." if why == "silence" else "You gave it back."
        self._drop(seat, why, detail, RELEASED)
        self._store(self._release(seat, why))

    async def _release(self, seat: Seat, why: Why) -> None:
        try:
            await self.parts.authorities.release(self.sn, seat.session, why=why)
        except STORE_ERRORS as error:  # its time runs out by itself
            log.warning("%s: %s was not released in the store: %s", self.sn, seat.user, error)

    def _store(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"{self.sn} store")
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    def _drop(self, seat: Seat, reason: str, detail: str, code: int, **more: Any) -> None:
        """A seat holds nothing any more."""
        if "flight" in seat.kinds:
            self.helm.let_go()
        seat.lose(seat.kinds, reason, detail, code, **more)
        self.seats.pop(seat.session, None)

    async def _renew(self, seat: Seat) -> None:
        timings = self.parts.timings
        silent = time.monotonic() - seat.heard
        until = now() + timedelta(seconds=timings.drc_release - silent + timings.drc_renew)
        try:
            held = await self.parts.authorities.renew(self.sn, seat.session, until)
        except STORE_ERRORS as error:
            log.warning("%s: the end of %s was not put off: %s", self.sn, seat.user, error)
            return
        if held != seat.kinds:
            self._stale.set()

    # What the store says

    async def _refresh(self) -> None:
        """Authority, mission and areas: when told of a change, and now and then in case nobody told."""
        while True:
            try:
                await self.refresh()
            except STORE_ERRORS as error:
                log.warning("%s: the store: %s", self.sn, error)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stale.wait(), self.parts.timings.drc_look)
            self._stale.clear()

    async def refresh(self) -> None:
        """Read them now. Raises GoogleAPIError."""
        self.authority = await self.parts.authorities.get(self.sn)
        for seat in list(self.seats.values()):
            held = self.authority.kinds_of(seat.session) if self.authority is not None else frozenset()
            self._hold(seat, held)
            if seat.kinds and not await self._allowed(seat):
                self._drop(seat, "ended", "You may no longer fly for this organisation.", LOST)
                self._store(self._release(seat, "no longer allowed"))
        document = await self.parts.docks.get(self.sn)
        if document is None or document.org_id != self.org_id:
            return
        self._know(document)
        try:
            self.helm.areas = await areas_of(self.parts.firestore, document.mission_id)
        except UnreadableArea as error:
            log.warning("%s: areas of mission %s: %s", self.sn, document.mission_id, error)
            self.helm.areas = None
        if document.aircraft_sn is not None and self.sight.aircraft_mode is None:
            aircraft = await self.parts.aircraft.get(document.aircraft_sn)
            self.sight.aircraft_mode = _mode(aircraft.osd) if aircraft is not None else None
        self._tell_state()

    async def _allowed(self, seat: Seat) -> bool:
        """Whether the organisation's desk still lets them; of somebody whom it does not know the ticket is enough."""
        member = await self.parts.members.get(member_id(self.org_id, seat.user))
        return member is None or (member.here and member.role != "viewer")

    def _hold(self, seat: Seat, held: Any) -> None:
        """What a seat holds has changed: more, which the holder asked for, or less, since somebody took it."""
        gone = seat.kinds - held
        seat.kinds |= held
        if not gone:
            return
        taker = next((h for kind in gone if self.authority and (h := self.authority.holder(kind))), None)
        detail = f"{taker.user} took it: {taker.reason}" if taker is not None else "It was ended for you."
        more = {"by": taker.user} if taker is not None else {}
        if gone == seat.kinds:
            self._drop(seat, "forced" if taker else "ended", detail, LOST, **more)
        else:
            if "flight" in gone:
                self.helm.let_go()
            seat.lose(gone, "forced" if taker else "ended", detail, LOST, **more)

    def _know(self, document: DockDocument) -> None:
        self.link.product = document.product
        self.orders.mission_id = document.mission_id
        self.sight.online, self.sight.aircraft_online = document.online, document.aircraft_online
        if self.sight.dock_mode is None:
            self.sight.dock_mode = _mode(document.osd)

    # What is heard

    def _heard(self, topic: str, payload: bytes) -> None:
        if topic == notice_topic(self.sn):
            self._stale.set()
        elif topic.startswith(self._live):
            self._seen(topic.rsplit("/", 1)[1], orjson.loads(payload)["data"])
        else:
            try:
                message = dji.decode(topic, payload, product=self.link.product)
            except DecodeError as error:
                log.warning("%s: %s", self.sn, error)
                return
            if message.kind is Topic.SERVICES_REPLY:
                self.asking.services_reply(message)
            elif message.kind is Topic.EVENTS:
                self._event(message)
            elif not self.link.heard(message):
                self._push(message)
            elif message.method == "heart_beat":
                self._tell_delay()

    def _seen(self, part: str, data: dict[str, Any]) -> None:
        """A live picture of the bridge's."""
        if part == "presence":
            self.sight.online = bool(data.get("online"))
            self.sight.aircraft_online = bool(data.get("aircraft_online"))
        elif part == "dock":
            self.sight.dock_mode = _mode(data)
        else:
            self.sight.aircraft_mode = _mode(data)

    def _event(self, message: Message) -> None:
        if not message.method.startswith(EVENTS):
            return
        if message.method == "joystick_invalid_notify":
            if getattr(message.data, "reason", None) == RC_TOOK_CONTROL:
                self.helm.control, self.orders.left_to_rc = False, True
            self._tell(message, "alert")
        elif message.method == "device_exit_homing_notify":
            self._tell(message, "alert")
        else:
            self._push(message)

    def _push(self, message: Message) -> None:
        """Something of the aircraft: looked at here, and shown to operators."""
        at = time.monotonic()
        data = message.data
        if message.method == "osd_info_push":
            latitude, longitude = getattr(data, "latitude", None), getattr(data, "longitude", None)
            if latitude is not None and longitude is not None:
                self.helm.pose = Pose(latitude, longitude, getattr(data, "attitude_head", None) or 0.0)
                self.helm.pose_at = at
        elif message.method == "drc_drone_state_push" and getattr(data, "mode_code", None) is not None:
            self.sight.aircraft_mode = data.mode_code  # type: ignore[attr-defined]
        elif message.method == "delay_info_push":
            self._delays = data.present()
            return
        elif message.method == "drc_ai_info_push" and data.present() != self._recognised:
            self._recognised = data.present()
            self._store(self._keep_recognised(self._recognised))
        awaited = self._awaited.pop(message.method, None)
        if awaited is not None and not awaited.done():
            awaited.set_result(data.present())
        if at - self._shown_at.get(message.method, 0.0) >= THINNED.get(message.method, 0.0):
            self._shown_at[message.method] = at
            self._tell(message, "up")

    async def _keep_recognised(self, info: dict[str, Any]) -> None:
        try:
            await self.parts.recognitions.heard(self.sn, self.org_id, info)
        except STORE_ERRORS as error:
            self._recognised = {}  # said again in a moment, and kept then
            log.warning("%s: what its AI does was not kept: %s", self.sn, error)

    async def next_push(self, method: str, within: float) -> dict[str, Any] | None:
        """The data of the next push of this method; None where none comes in so many seconds."""
        awaited = self._awaited.setdefault(method, asyncio.get_running_loop().create_future())
        try:
            return await asyncio.wait_for(asyncio.shield(awaited), within)
        except TimeoutError:
            return None

    def _tell(self, message: Message, kind: str) -> None:
        told = {"type": kind, "method": message.method, "data": message.data.present(), "at": int(time.time() * 1000)}
        for seat in self.seats.values():
            if kind == "up":
                seat.show(f"up {message.method}", told)
            else:
                seat.say(told)

    def _tell_delay(self) -> None:
        """In ms: to the dock and back as its echo measures it, and on to the aircraft as the dock says."""
        told = {
            "type": "delay",
            "link": self.link.delay_ms,
            "command": self._delays.get("sdr_cmd_delay"),
            "video": self._delays.get("liveview_delay_list") or [],
        }
        for seat in self.seats.values():
            seat.show("delay", told)

    def _tell_state(self) -> None:
        self._state_at = time.monotonic()
        refusal = self.helm.why_not()
        held = {kind: self.authority.holder(kind) for kind in ("flight", "payload")} if self.authority else {}
        told = {
            "type": "state",
            "link": self.link.phase,
            "problem": self.link.problem,
            "delay": self.link.delay_ms,
            "control": self.helm.control,
            "sticks": {"allowed": refusal is None} | (refusal.told() if refusal is not None else {}),
            "dockMode": self.sight.dock_mode,
            "aircraftMode": self.sight.aircraft_mode,
            "aircraftOnline": self.sight.aircraft_online,
            **{kind: holder.user if holder else None for kind, holder in held.items()},
        }
        for seat in self.seats.values():
            seat.show("state", told | {"kinds": sorted(seat.kinds)})

    # Control

    async def _control(self) -> None:
        """Have the dock give control of the flight, once the aircraft is there to be flown.

        Source: `flight_authority_grab`; with the aircraft off it fails with 325004 after some seconds. What a person
        with a controller took is theirs, until an operator asks for it.
        """
        while True:
            pilot, wanted = self.pilot, self.sight.aircraft_online and not self.helm.control
            if pilot is not None and wanted and self.link.phase == "open" and not self.orders.left_to_rc:
                with contextlib.suppress(aiomqtt.MqttError, *STORE_ERRORS):
                    await self.orders.grab_flight(pilot.user)
                self._tell_state()
                if not self.helm.control:
                    await asyncio.sleep(self.parts.timings.drc_retry)
            await asyncio.sleep(LOOK)


def _mode(picture: dict[str, Any]) -> int | None:
    """`mode_code`, where it is one."""
    found = picture.get("mode_code")
    return found if isinstance(found, int) else None


def notice_topic(sn: str) -> str:
    """Our own topic on which a change of a dock's authority is told; the store says what it is."""
    return f"argus/drc/{sn}"
