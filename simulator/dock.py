"""A DJI dock in software, with its aircraft: powers on, connects, registers, serves. One object is one dock.

dock = SimDock(model="dock3", qr=text)
await dock.start()
await dock.wait_for(lambda d: d.phase == "online")
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from random import Random
from typing import Any

from simulator import scenario as scenarios
from simulator import settable, spoiling, two_docks, world
from simulator.ai import Ai
from simulator.camera import Camera
from simulator.clock import SimClock
from simulator.command_flight import CommandFlight
from simulator.config import DockConfig, QrCode
from simulator.device import Device
from simulator.drc import Drc
from simulator.feature import Answer, Call, Feature
from simulator.firmware import Firmware
from simulator.flight_area import FlightArea
from simulator.flysafe import FlySafe
from simulator.hms import Hms
from simulator.in_flight_wayline import InFlightWayline
from simulator.link import Link
from simulator.live import Live
from simulator.media import Media
from simulator.memory import Memory
from simulator.models import MODELS
from simulator.motion import Motion
from simulator.organization import Organization
from simulator.psdk import Psdk
from simulator.remote_control import RemoteControl
from simulator.remote_debug import RemoteDebug
from simulator.remote_log import RemoteLog
from simulator.scenario import Scenario
from simulator.state import AircraftState, DockState, Phase, Position, Weather
from simulator.tasks import ended
from simulator.wayline import Wayline

log = logging.getLogger(__name__)


class SimDock:
    """One dock. Options are those of `DockConfig`; `clock` and `scenario` may be objects that a test keeps hold of."""

    def __init__(
        self,
        config: DockConfig | None = None,
        *,
        clock: SimClock | None = None,
        scenario: Scenario | str | dict[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.config = config or DockConfig(**options)
        self.model = MODELS[self.config.model]
        self.sn: str = self.config.sn
        self.aircraft_sn: str = self.config.aircraft_sn
        self.aircraft_key = self.config.aircraft or self.model.aircraft
        self.random = Random(self.config.seed)
        self.clock = clock or SimClock(self.config.speed, self.config.osd_speed)
        self.scenario = scenarios.load(scenario or self.config.scenario)
        self.qr = QrCode.read(self.config.qr) if self.config.qr is not None else None
        self.memory = Memory.load(self.config.state_dir, self.sn)
        self.memory.bound = self.memory.bound or self.config.bound
        self.memory.dock_firmware = self.memory.dock_firmware or self.model.dock_firmware
        self.memory.aircraft_firmware = self.memory.aircraft_firmware or self.model.aircraft_firmware
        self.phase: Phase = "off"
        self.problem: str | None = None
        self.complaints: list[str] = []
        self.crashes: list[str] = []
        self.weather: Weather = Weather()
        self.home = Position(self.config.latitude, self.config.longitude, self.config.height)
        self.state: DockState = DockState()
        self.aircraft: AircraftState = AircraftState(
            self.home, battery=self.config.battery, settings=settable.defaults(self.model.name)
        )
        self.has_aircraft = not self.config.empty
        self.motion = Motion(self.aircraft, self.home, self.model.endurance)
        self._changed = asyncio.Condition()
        self._watched = 0  # by how many: of a thousand docks most are watched by nobody
        self._notices: set[asyncio.Task[None]] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._life: asyncio.Task[None] | None = None
        self._restart: asyncio.Task[None] | None = None
        self.link = Link(self)
        self.organization = Organization(self)
        self.device = Device(self)
        self.live = Live(self)
        self.wayline = Wayline(self)
        self.media = Media(self)
        self.flight_area = FlightArea(self)
        self.command_flight = CommandFlight(self)
        self.drc = Drc(self)
        self.camera = Camera(self)
        self.remote_debug = RemoteDebug(self)
        self.firmware = Firmware(self)
        self.remote_log = RemoteLog(self)
        self.flysafe = FlySafe(self)
        self.hms = Hms(self)
        self.psdk = Psdk(self)
        self.in_flight_wayline = InFlightWayline(self)
        self.remote_control = RemoteControl(self)
        self.ai = Ai(self)
        self.features: list[Feature] = [
            self.organization,
            self.device,
            self.live,
            self.wayline,
            self.media,
            self.flight_area,
            self.command_flight,
            self.drc,
            self.camera,
            self.remote_debug,
            self.firmware,
            self.remote_log,
            self.flysafe,
            self.hms,
            self.psdk,
            self.in_flight_wayline,
            self.remote_control,
            self.ai,
        ]
        self.services: dict[str, Callable[[Call], Awaitable[Answer | None]]] = {}
        self.drc_services: dict[str, Callable[[Call], Awaitable[Answer | None]]] = {}
        for feature in self.features:
            for link, method, handler in feature.handlers():
                (self.services if link == "services" else self.drc_services)[method] = handler
        world.apply(self, self.scenario.world)
        two_docks.register(self)

    # Life

    async def start(self) -> None:
        """Power on. Returns at once; `wait_for` says when the dock is where one wants it."""
        if self._life is None:
            self._life = asyncio.create_task(self._live(0.0), name=f"{self.sn} life")

    async def stop(self) -> None:
        """The end of the simulation: leave the broker politely, and nothing runs on."""
        if self._restart is not None:
            self._restart.cancel()
        await self._end()
        await self.link.close()

    async def cut_power(self) -> None:
        """As a pulled plug: the broker sees a dead socket, what was not kept is gone."""
        self.link.cut()
        await self._end()

    def reboot(self, seconds: float | None = None) -> None:
        """Lose power and come back after `seconds` (real; else `boot_seconds`)."""
        self._restart = asyncio.create_task(self._reboot(seconds), name=f"{self.sn} reboot")

    async def _reboot(self, seconds: float | None) -> None:
        await self.cut_power()
        pause = self.config.boot_seconds if seconds is None else seconds
        self._life = asyncio.create_task(self._live(pause), name=f"{self.sn} life")

    async def _live(self, boot_seconds: float) -> None:
        await asyncio.sleep(boot_seconds)
        self.memory.boots += 1
        self.memory.save()
        self.problem = None
        await self.device.booted()
        if self.qr is not None:
            await self.link.run()

    async def _end(self) -> None:
        self.set_phase("off")  # from the first moment: nobody is to take it for online while its tasks end
        life, self._life = self._life, None
        tasks = [task for task in (life, *self._tasks) if task is not None and task is not asyncio.current_task()]
        await ended(tasks)
        self.link.forget()
        for feature in self.features:
            await feature.powered_off()
        self.set_phase("off")

    async def came_up(self) -> None:
        """The connection is there: register, tell the topology, and be online."""
        self.set_phase("registering")
        if not await self.organization.register():
            self.set_phase("refused")
            return
        if not await self.device.announce():
            self.set_phase("refused")
            return
        self.set_phase("online")
        for feature in self.features:
            self.spawn(feature.came_online(), f"{type(feature).__name__} online")

    def went_down(self, why: str | None) -> None:
        """The connection is lost."""
        log.info("%s lost its connection: %s", self.sn, why)
        self.set_phase("connecting")
        self.touch()

    @property
    def online(self) -> bool:
        return self.phase == "online"

    def set_phase(self, phase: Phase) -> None:
        """What the dock is doing, for those who wait."""
        if phase != self.phase:
            log.info("%s is %s", self.sn, phase)
            self.phase = phase
            self.touch()

    # For features and tests

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run something for as long as the dock has power. A crash is recorded in `crashes`."""
        task = asyncio.create_task(work, name=f"{self.sn} {name}")
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("%s crashed", task.get_name(), exc_info=error)
            self.crashes.append(f"{task.get_name()}: {type(error).__name__}: {error}")

    def touch(self) -> None:
        """Something changed that somebody may wait for."""
        if not self._watched:
            return
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        notice = loop.create_task(self._notify())
        self._notices.add(notice)
        notice.add_done_callback(self._notices.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def wait_for(self, true: Callable[[SimDock], bool], timeout: float | None = 30) -> None:
        """Wait until it is true of this dock. Raises TimeoutError, which says what the dock was like."""
        self._watched += 1
        try:
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait_for(lambda: true(self))
        except TimeoutError:
            raise TimeoutError(f"not after {timeout} s: {self.shown()}") from None
        finally:
            self._watched -= 1

    def passed(self, *names: str) -> None:
        """A step of a flight was reached; a scenario may have plans for it."""
        for rule in self.scenario.struck("step", *names):
            spoiling.act(self, rule)

    def shown(self) -> dict[str, Any]:
        """A picture of the dock for people and tests."""
        return {
            "sn": self.sn,
            "aircraft_sn": self.aircraft_sn,
            "model": self.model.name,
            "product": self.model.key,
            "aircraft": self.aircraft_key,
            "phase": self.phase,
            "problem": self.problem,
            "bound": self.memory.bound,
            "boots": self.memory.boots,
            "connects": self.link.connects,
            "last_error": self.link.last_error,
            "mode": self.state.mode.name.lower(),
            "cover": self.state.cover.name.lower(),
            "aircraft_on": self.aircraft.on,
            "aircraft_inside": self.state.aircraft_inside,
            "aircraft_mode": self.aircraft.mode.name.lower(),
            "battery": round(self.aircraft.battery, 1),
            "elevation": round(self.aircraft.elevation, 1),
            "home_distance": round(self.aircraft.home_distance, 1),
            "scenario": self.scenario.name,
            "complaints": list(self.complaints),
            "crashes": list(self.crashes),
            "sent": dict(self.link.sent),
            "answered_after": {method: round(took, 4) for method, took in self.link.answered_after.items()},
            "unsent": self.link.unsent,
            "commands": [
                {"method": c.method, "tid": c.tid, "bid": c.bid, "at": c.at, "executed": self.link.executed[c.tid]}
                for c in self.link.commands
            ],
            **{type(feature).__name__.lower(): shown for feature in self.features if (shown := feature.shown())},
        }
