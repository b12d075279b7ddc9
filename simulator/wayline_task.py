"""One wayline task as the dock has it: what was prepared, its file, and how its progress is told."""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import aiohttp
import httpx
from yarl import URL

from dji.wpml import FlightPoint, KmzError, read_kmz
from simulator.feature import Json, Refused
from simulator.link import NoAnswer
from simulator.models import Step

if TYPE_CHECKING:
    from simulator.dock import SimDock

NO_FILE, BAD_FILE, UNREADABLE_FILE = 314013, 314016, 321004
NO_WAYLINE = 65535
# s without a byte: a large file may take as long as it needs
DOWNLOAD_WITHIN = aiohttp.ClientTimeout(total=None, connect=30, sock_read=30)
MOST_BYTES = 64 * 1024 * 1024

Phase = Literal["prepared", "preparing", "flying", "returning", "landed", "done"]


class TaskFailed(Exception):
    """The task ends here; `code` goes into its last progress."""

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{code}: {why}")
        self.code = code


@dataclass
class Task:
    """What `flighttask_prepare` left behind, and how far it has come."""

    flight_id: str
    data: Json
    bid: str
    phase: Phase = "prepared"
    status: str = "sent"
    result: int = 0
    step: Step = "initial"
    percent: int = 0
    mission_state: int = 0
    points: list[FlightPoint] = field(default_factory=list)
    waypoint: int = 0
    wayline_id: int = NO_WAYLINE
    track_id: str = ""
    media_count: int = 0
    break_reason: int = 0
    breaks: bool = False
    leg_progress: float = 0.0
    paused: bool = False
    ending: int | None = None  # the result with which it ends early: it was stopped, or had to go home
    fetch: asyncio.Task[bytes | TaskFailed] | None = None
    partner: str | None = None  # the other dock of a task of two
    home_sn: str | None = None  # which of the two the aircraft was told to come home to
    told_to_end: bool = False  # by `flighttask_stop`, after the aircraft has landed at the other

    @property
    def fingerprint(self) -> str:
        return str(self.data["file"]["fingerprint"]).lower()

    @property
    def rth_altitude(self) -> float:
        return float(self.data["rth_altitude"])


class Files:
    """Route files that the dock holds, by MD5. They survive a restart."""

    def __init__(self, dock: SimDock) -> None:
        self._dock = dock
        self._held: dict[str, bytes] = {}

    async def fetch(self, task: Task) -> bytes | TaskFailed:
        """The task's file: held already, or asked for with `flighttask_resource_get`; or why it cannot be had."""
        try:
            return await self._fetch(task)
        except TaskFailed as failure:
            return failure

    async def _fetch(self, task: Task) -> bytes:
        held = self._held.get(task.fingerprint)
        if held is not None:
            return held
        try:
            reply = await self._dock.link.request(
                "flighttask_resource_get", {"flight_id": task.flight_id}, bid=task.bid
            )
        except NoAnswer as error:
            raise TaskFailed(NO_FILE, str(error)) from None
        output = reply.data.present().get("output") or {}
        file = output.get("file") or {}
        if reply.result != 0 or not file.get("url"):
            raise TaskFailed(NO_FILE, f"flighttask_resource_get: result {reply.result}")
        content = await download(file["url"])
        told = str(file.get("fingerprint") or "").lower()
        found = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if found != task.fingerprint or told not in ("", found):
            raise TaskFailed(BAD_FILE, f"MD5 is {found}, prepare said {task.fingerprint}, the resource {told}")
        self._held[found] = content
        return content

    def read(self, task: Task, content: bytes) -> list[FlightPoint]:
        """The waypoints that will be flown. Raises TaskFailed for a file that this aircraft does not fly."""
        try:
            kmz = read_kmz(content)
            points = kmz.waypoints()
        except KmzError as error:
            raise TaskFailed(UNREADABLE_FILE, str(error)) from None
        if kmz.aircraft_key not in (None, self._dock.aircraft_key):
            raise TaskFailed(
                BAD_FILE, f"the route is for {kmz.aircraft_key}, the aircraft is {self._dock.aircraft_key}"
            )
        if not points:
            raise TaskFailed(UNREADABLE_FILE, "no waypoints")
        if task.data["exit_wayline_when_rc_lost"] != kmz.exit_wayline_when_rc_lost:
            why = f"exit_wayline_when_rc_lost: the file says {kmz.exit_wayline_when_rc_lost}"
            self._dock.link.complain("services flighttask_prepare", [why])
        return points


@lru_cache
def _trust() -> ssl.SSLContext:
    """Read once for all docks: it takes 30 ms of CPU."""
    return httpx.create_ssl_context()


async def download(url: str) -> bytes:
    """Fetch a file that the cloud named, over a connection of its own. Raises TaskFailed (314013, 314016).

    By aiohttp, which takes a quarter of httpx's CPU for it: a thousand docks fetch their firmware in one process. Like
    MQTT it knows of no proxy.
    """
    content = bytearray()
    try:
        async with (
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=_trust()), timeout=DOWNLOAD_WITHIN) as http,
            http.get(URL(url, encoded=True), raise_for_status=True) as reply,  # as it is: it may be signed
        ):
            async for piece in reply.content.iter_any():
                content += piece
                if len(content) > MOST_BYTES:
                    raise TaskFailed(BAD_FILE, "too large")
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
        raise TaskFailed(NO_FILE, str(error) or "no answer in time") from None
    return bytes(content)


def ready(dock: SimDock, conditions: Json) -> bool:
    """True when the conditions of a conditional task are met."""
    now = dock.clock.wall_ms()
    if dock.aircraft.battery < float(conditions.get("battery_capacity") or 0):
        return False
    begin, end = conditions.get("begin_time"), conditions.get("end_time")
    return (begin is None or now >= begin) and (end is None or now <= end)


def tell(dock: SimDock, task: Task) -> None:
    """Send `flighttask_progress` as it is now."""
    number = dock.model.step(task.step)
    ext: Json = {
        "current_waypoint_index": task.waypoint,
        "wayline_mission_state": task.mission_state,
        "media_count": task.media_count,
        "track_id": task.track_id,
        "flight_id": task.flight_id,
        "wayline_id": task.wayline_id,
    }
    if task.breaks:
        place = dock.aircraft.position
        ext["break_point"] = {
            "index": task.waypoint,
            "state": 0,
            "progress": round(task.leg_progress, 3),
            "wayline_id": task.wayline_id if task.wayline_id != NO_WAYLINE else 0,
            "break_reason": task.break_reason,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "height": round(place.height, 3),
            "attitude_head": round(dock.aircraft.heading, 1),
        }
    data = {
        "result": task.result,
        "output": {
            "status": task.status,
            "progress": {"current_step": number if number is not None else 65534, "percent": task.percent},
            "ext": ext,
        },
    }
    names = [task.step, str(number), task.status]
    dock.link.event("flighttask_progress", data, bid=task.bid, need_reply=dock.model.progress_need_reply, names=names)


def check_ground(dock: SimDock) -> None:
    """What keeps a dock from working at all. Raises Refused with DJI's code."""
    state = dock.state
    if state.upgrading or dock.aircraft.upgrading:
        raise Refused(514147, "firmware is being updated")
    if state.mode == 2:
        raise Refused(514146, "remote debugging")
    if state.mode == 1:
        raise Refused(514145, "debugged on site")
    if state.emergency_stop:
        raise Refused(514121, "the emergency stop is pressed")
    if not state.calibrated:
        raise Refused(514168, "the dock is not calibrated")
    if state.battery_maintenance:
        raise Refused(514138, "the battery is being maintained")


def check_flight(dock: SimDock) -> None:
    """What keeps an aircraft on the ground. Raises Refused with DJI's code."""
    weather = dock.weather
    if not dock.state.aircraft_inside:
        raise Refused(514155, "the aircraft is not in the dock")
    if dock.aircraft.battery < LEAST_BATTERY:
        raise Refused(316009, f"battery {dock.aircraft.battery:.0f} %")
    if weather.wind_speed > MOST_WIND:
        raise Refused(514135, f"wind {weather.wind_speed} m/s")
    if weather.rainfall >= HEAVY_RAIN:
        raise Refused(514134, "heavy rain")
    if weather.temperature < 5 and weather.rainfall >= HEAVY_RAIN - 1:
        raise Refused(514173, "cold and wet")
    if weather.temperature < LEAST_TEMPERATURE:
        raise Refused(514137, f"{weather.temperature} degrees")
    if dock.aircraft.storage_used >= dock.aircraft.storage_total or dock.state.storage_used >= dock.state.storage_total:
        raise Refused(319027, "no room for media")


LEAST_BATTERY = 30.0  # %
MOST_WIND = 12.0  # m/s
HEAVY_RAIN = 3
LEAST_TEMPERATURE = -20.0
