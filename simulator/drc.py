"""Live flight controls: authorities, `drc_mode_enter`, and the second link with its sticks, heartbeats and pushes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import time
from typing import Any

import dji
from dji.topics import Kind, topic_of
from simulator import checks, flight, osd, spoiling
from simulator.connection import Connection, ConnectionFailed, NotAllowed
from simulator.envelope import Json, to_bytes
from simulator.feature import Answer, Call, Feature, Refused, drc, service
from simulator.motion import offset
from simulator.state import AircraftMode

log = logging.getLogger(__name__)

OFF, CONNECTING, CONNECTED = 0, 1, 2
TIMED_OUT, NO_CONTROL, UPGRADING = 325004, 319030, 514147
SILENT, NO_NETWORK, REJECTED = 514301, 514303, 514304  # why there is no link any more
OLD_SEQUENCE, LATE, PAUSED = 319033, 319034, 319045
HEARTBEAT_WITHIN = 60.0  # s
STICK_CENTRE, STICK_RANGE = 1024, 660
FASTEST, CLIMBS, SINKS, TURNS = 15.0, 6.0, 4.0, 90.0  # m/s up, down; degrees/s
STICKS_HOLD = 0.5  # s a stick position counts after it was sent
LATE_AFTER = 10_000  # ms
WAKE_WITHIN = 3.0  # s until a grab with the aircraft off fails


class Drc(Feature):
    """The link of the live flight controls, and who holds the aircraft."""

    def __init__(self, dock: Any) -> None:
        super().__init__(dock)
        self.has_flight_authority = False
        self.payload_authority: set[str] = set()
        self.link: Connection | None = None
        self.heard = self.sent = 0
        self.replies: list[Json] = []
        self._behind: list[bytes] = []  # reordered messages
        self._seq = 0
        self._last_seq = -1
        self._beat = 0.0
        self._sticks: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)  # forward, right, up, clockwise
        self._sticks_at = -math.inf
        self._left_homing = False
        self._tasks: list[asyncio.Task[Any]] = []

    # Authority

    @service("flight_authority_grab")
    async def grab_flight(self, call: Call) -> Answer:
        await self._awake()
        self.has_flight_authority = True
        self.dock.aircraft.control_source = "A"
        return Answer(then=self._told)

    @service("payload_authority_grab")
    async def grab_payload(self, call: Call) -> Answer:
        await self._awake()
        self.dock.camera.known(call.data["payload_index"])
        self.payload_authority.add(call.data["payload_index"])
        return Answer(then=self._told)

    async def _awake(self) -> None:
        if not self.dock.aircraft.on:
            await self.dock.clock.sleep(WAKE_WITHIN)
            raise Refused(TIMED_OUT, "the aircraft is off")
        if self.dock.aircraft.upgrading:
            raise Refused(UPGRADING, "the aircraft gets new firmware")

    async def _told(self) -> None:
        self.dock.device.aircraft_state({"control_source": self.dock.aircraft.control_source})

    # Mode

    @service("drc_mode_enter")
    async def enter(self, call: Call) -> Answer:
        if self.dock.state.upgrading:
            raise Refused(UPGRADING, "firmware is being updated")
        await self._close()
        self._become(CONNECTING)

        async def then() -> None:
            broker, data = call.data["mqtt_broker"], call.data
            self._tasks = [self.dock.spawn(self._hold(broker, data["osd_frequency"], data["hsi_frequency"]), "drc")]

        return Answer(then=then)

    @service("drc_mode_exit")
    async def exit(self, call: Call) -> Answer:
        async def then() -> None:
            await self._close()
            self._become(OFF)

        return Answer(then=then)

    async def _hold(self, broker: Json, osd_frequency: int, hsi_frequency: int) -> None:
        """The second connection, until it is lost or too quiet."""
        scheme = "ssl" if broker.get("enable_tls") else "tcp"
        self.link = Connection(
            f"{scheme}://{broker['address']}",
            client_id=broker["client_id"],
            username=broker.get("username"),
            password=broker.get("password"),
            on_message=self._heard,
        )
        try:
            if broker.get("expire_time", math.inf) < time.time():
                raise NotAllowed("the credentials have expired")
            await self.link.connect()
            await self.link.subscribe([topic_of(Kind.DRC_DOWN, self.dock.sn)], qos=0)
        except ConnectionFailed as error:
            log.info("%s: no DRC link: %s", self.dock.sn, error)
            self._become(OFF, REJECTED if isinstance(error, NotAllowed) else NO_NETWORK)
            return
        self._seq, self._last_seq, self._beat = 0, -1, time.monotonic()
        self._become(CONNECTED)
        pushes = [
            self.dock.spawn(self._push("osd_info_push", self._osd, osd_frequency), "drc osd"),
            self.dock.spawn(self._push("hsi_info_push", self._hsi, hsi_frequency), "drc hsi"),
            self.dock.spawn(self._push("delay_info_push", self._delays, 1), "drc delays"),
            self.dock.spawn(self._steer(), "sticks"),
            *self.dock.remote_control.pushes(),
        ]
        try:
            while not self.link.lost.done() and time.monotonic() - self._beat < HEARTBEAT_WITHIN:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(self.link.lost), 1)
            lost = self.link.lost.done()
        finally:
            for task in pushes:
                task.cancel()
        self._become(OFF, NO_NETWORK if lost else SILENT)
        await self._close()

    def _become(self, state: int, result: int = 0) -> None:
        if self.dock.state.drc_state == state:
            return
        self.dock.state.drc_state = state
        self.dock.link.event("drc_status_notify", {"result": result, "drc_state": state}, need_reply=1)
        if state == CONNECTED and self.dock.aircraft.flying and self.dock.wayline.running is None:
            self.dock.aircraft.mode = AircraftMode.LIVE_CONTROLS
        self.dock.touch()

    async def _close(self) -> None:
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            if task is not asyncio.current_task():
                task.cancel()
        link, self.link = self.link, None
        if link is not None:
            await link.close()

    async def powered_off(self) -> None:
        if self.link is not None:
            self.link.abort()
        self.link, self._tasks = None, []
        self.has_flight_authority = False
        self.payload_authority.clear()
        self.dock.state.drc_state = OFF

    # What arrives

    def _heard(self, topic: str, payload: bytes) -> None:
        self.heard += 1
        try:
            message = dji.decode(topic, payload, product=self.dock.model.key)
        except ValueError as error:
            self.dock.link.complain(topic, [str(error)])
            return
        wrong = checks.faults(message, self.dock.model.key)
        if wrong:
            self.dock.link.complain(f"drc {message.method}", wrong)
            return
        handler = self.dock.drc_services.get(message.method)
        if handler is None or not dji.supports(self.dock.model.key, message.method, Kind.DRC_DOWN):
            self.reply(message.method, {"result": 210003}, message.seq)
            return
        call = Call(message.method, message.tid, message.bid, message.data.present(), message.seq)
        self.dock.spawn(self._serve(handler, call), call.method)

    async def _serve(self, handler: Any, call: Call) -> None:
        try:
            spoiled = await spoiling.command(self.dock, call.method)
            answer = await handler(call) if spoiled is None else spoiled
        except Refused as refusal:
            log.info("%s refuses %s: %s", self.dock.sn, call.method, refusal)
            answer = Answer(refusal.code)
        if answer is not None and answer is not spoiling.UNANSWERED:
            self.reply(call.method, answer.data(), call.seq)
            if answer.then is not None:
                await answer.then()

    def reply(self, method: str, data: Json, seq: int | None) -> None:
        """Answer a command; with its own `seq`."""
        self._send(method, data, seq)

    def push(self, method: str, data: Json) -> None:
        """Say something unasked; pushes share one rising `seq`."""
        self._seq += 1
        self._send(method, data, self._seq)

    def _send(self, method: str, data: Json, seq: int | None) -> None:
        message: Json = {"method": method, "data": data, "timestamp": self.dock.clock.wall_ms()}
        if seq is not None and method not in ("osd_info_push", "hsi_info_push", "delay_info_push"):
            message["seq"] = seq
        rules = self.dock.scenario.rules
        if not rules:
            self._put(to_bytes(message))
            return
        spoiling.send(self.dock, self.dock.scenario.struck("drc", method), message, self._put, self._behind.append)

    def _put(self, payload: bytes) -> None:
        """Onto the wire, with what was held back behind it."""
        if self.link is not None:
            self.sent += self.link.publish(topic_of(Kind.DRC_UP, self.dock.sn), payload, 0)
        behind, self._behind = self._behind, []
        for later in behind:
            self._put(later)

    @drc("heart_beat")
    async def heart_beat(self, call: Call) -> Answer | None:
        """Echoed; a link that has none for a minute is dropped."""
        self._beat = time.monotonic()
        data = dict(call.data)
        if self.dock.model.drc_seq_in_data:
            data["seq"] = call.seq
        self._send("heart_beat", data, None if self.dock.model.drc_seq_in_data else call.seq)
        return None

    @drc("stick_control")
    async def sticks(self, call: Call) -> None:
        """Dock 2 and 3. Never answered."""
        if not self._may_steer() or self._is_old(call.seq):
            return
        axes = ("pitch", "roll", "throttle", "yaw")
        pitch, roll, throttle, yaw = ((call.data[name] - STICK_CENTRE) / STICK_RANGE for name in axes)
        vertical = throttle * (CLIMBS if throttle > 0 else SINKS)
        self._steered(pitch * FASTEST, roll * FASTEST, vertical, yaw * TURNS)

    @drc("drone_control")
    async def control(self, call: Call) -> Answer | None:
        """Speeds in m/s and degrees/s; answered only when it is wrong."""
        seq = call.data.get("seq", call.seq)
        output = {"seq": -1 if seq is None else seq}
        if not self._may_steer():
            return Answer(NO_CONTROL, output=output)
        if self.dock.wayline.running is not None and self.dock.wayline.running.paused:
            return Answer(PAUSED, output=output)
        if self._is_old(seq):
            return Answer(OLD_SEQUENCE, output=output)
        self._steered(*(float(call.data.get(name) or 0) for name in ("x", "y", "h", "w")))
        return None

    def _may_steer(self) -> bool:
        return self.has_flight_authority and self.dock.aircraft.flying

    def _is_old(self, seq: int | None) -> bool:
        """Numbers rise; 0 begins anew."""
        if seq is None or seq == 0 or seq > self._last_seq:
            self._last_seq = seq if seq is not None else self._last_seq
            return False
        return True

    @property
    def _on_wayline(self) -> bool:
        """It is flown, or paused; an aircraft whose way home was called off has left it."""
        return self.dock.wayline.running is not None and not self.dock.wayline.hovering

    def _steered(self, forward: float, right: float, up: float, turn: float) -> None:
        if not self._on_wayline and (forward or right or up or turn):
            if self.dock.aircraft.mode in (AircraftMode.RETURNING, AircraftMode.LANDING):
                self._leaves_homing(0 if up else 1)
            self.dock.command_flight.hover()
            self.dock.aircraft.mode = AircraftMode.VIRTUAL_STICK
        self._sticks, self._sticks_at = (forward, right, up, turn), time.monotonic()

    def _leaves_homing(self, reason: int) -> None:
        """Sticks take the aircraft off its way home: by the throttle (0) or by another stick (1)."""
        self._left_homing = True
        data = {"sn": self.dock.sn, "action": 1, "reason": reason}
        self.dock.link.event("device_exit_homing_notify", data, need_reply=1)

    def homing_again(self) -> None:
        """The aircraft turns for home; tell so if it had left its way there."""
        if self._left_homing:
            self._left_homing = False
            data = {"sn": self.dock.sn, "action": 0, "reason": 0}
            self.dock.link.event("device_exit_homing_notify", data, need_reply=1)

    async def _steer(self) -> None:
        """Move the aircraft by the sticks for as long as they are held."""
        dock = self.dock
        while True:
            seconds = await flight.tick(dock)
            held = time.monotonic() - self._sticks_at < STICKS_HOLD and any(self._sticks) and self._may_steer()
            if not held or self._on_wayline:
                continue
            forward, right, up, turn = self._sticks
            craft, nose = dock.aircraft, math.radians(dock.aircraft.heading)
            north = forward * math.cos(nose) - right * math.sin(nose)
            east = forward * math.sin(nose) + right * math.cos(nose)
            lowest = dock.home.height + 1.0
            moved = offset(craft.position, north * seconds, east * seconds, up * seconds)
            moved.height = max(lowest, moved.height)
            craft.position = moved
            craft.heading = (craft.heading + turn * seconds + 180) % 360 - 180
            craft.horizontal_speed, craft.vertical_speed = math.hypot(north, east), up

    @drc("drone_emergency_stop")
    async def emergency_stop(self, call: Call) -> Answer:
        """The aircraft hovers at once."""
        if not self.dock.aircraft.flying:
            return Answer(NO_CONTROL)
        self._sticks = (0.0, 0.0, 0.0, 0.0)
        if self.dock.wayline.running is not None:
            self.dock.wayline.running.paused = self.dock.motion.paused = True
        else:
            self.dock.command_flight.hover()
        return Answer()

    # Pushes

    async def _push(self, method: str, make: Any, frequency: int) -> None:
        """For as long as the link is there; a sleeping aircraft has nothing to say."""
        while True:
            if self.dock.aircraft.on:
                self.push(method, make())
            await asyncio.sleep(1 / frequency)

    def _osd(self) -> Json:
        craft, nose = self.dock.aircraft, math.radians(self.dock.aircraft.heading)
        return {
            "attitude_head": round(craft.heading, 1),
            "latitude": craft.position.latitude,
            "longitude": craft.position.longitude,
            "height": round(craft.position.height, 3),
            "speed_x": round(craft.horizontal_speed * math.cos(nose), 2),
            "speed_y": round(craft.horizontal_speed * math.sin(nose), 2),
            "speed_z": round(craft.vertical_speed, 2),
            "gimbal_pitch": craft.camera.pitch,
            "gimbal_roll": craft.camera.roll,
            "gimbal_yaw": round(craft.heading + craft.camera.yaw, 1),
        }

    def _hsi(self) -> Json:
        height = round(self.dock.aircraft.elevation * 1000)
        sides = ("up", "down", "left", "right", "front", "back", "vertical", "horizontal")
        works = {f"{side}_{what}": True for side in sides for what in ("enable", "work")}
        return {"up_distance": 60000, "down_distance": height, "around_distances": [60000] * 360, **works}

    def _delays(self) -> Json:
        videos = [push["video_id"] for push in self.dock.live.status()]
        return {
            "sdr_cmd_delay": 12 + self.dock.random.randrange(8),
            "liveview_delay_list": [{"video_id": video, "liveview_delay_time": 90} for video in videos],
        }

    def shown(self) -> Json:
        return {
            "state": self.dock.state.drc_state,
            "flight_authority": self.has_flight_authority,
            "payload_authority": sorted(self.payload_authority),
            "heard": self.heard,
            "sent": self.sent,
            "sticks": self._sticks if time.monotonic() - self._sticks_at < STICKS_HOLD else (0.0, 0.0, 0.0, 0.0),
            "index": osd.main_index(self.dock),
        }
