"""A whole stack in which processes may be killed, and what must hold of every dock afterwards."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
from google.api_core.exceptions import GoogleAPIError
from temporalio.service import RPCError

from demo.life import TERMINAL, Life, World
from demo.proof import NotProven, expect, until
from demo.report import DockReport, Report
from demo.routes import Place, kmz
from demo.run import stage
from embedded.stack import Stack
from simulator.models import MODELS
from timings import Timings

T = TypeVar("T")
Json = dict[str, Any]

SPEED: Final = 8.0  # simulated seconds in a real one: a flight of 20 s, so that there is a moment to kill in
# What a killed worker had begun is tried again when its time is over: most of what a kill costs
TIMINGS: Final = Timings(
    gate_listen=4,
    stream_debounce=0.5,
    stream_first_frame=8,
    stream_retry_first=0.5,
    stream_retry_most=2,
    stream_stop=3,
    activity_quick=5,
    activity_slow=10,
    peers_told=0.5,
    write_interval=0.2,
    write_at_least=5,
)
# Generous: the machine may be loaded, and a saga may have to wait for an activity of a dead worker first
SOON: Final = 90.0
FLOWN: Final = 180.0
AWAY: Final = (GoogleAPIError, httpx.TransportError, RPCError, NotProven)


async def patiently(what: str, look: Callable[[], Awaitable[T | None]], within: float = SOON) -> T:
    """`until`, where what is asked may itself be away for a while."""

    last: Exception | None = None

    async def looked() -> T | None:
        nonlocal last
        try:
            return await look()
        except AWAY as error:
            last = error
            return None

    try:
        return await until(what, looked, within)
    except NotProven as late:
        raise NotProven(f"{late}; the last that was seen: {last}") from last


@dataclass
class House:
    """The stack, its world, and the docks that were paired in it."""

    stack: Stack
    world: World
    waylines: dict[str, str] = field(default_factory=dict)

    async def pair(self, sn: str) -> None:
        """Have a dock paired and online, fast from then on, and its route uploaded."""
        life, outside = self._life(sn), self.world.outside
        started = await outside.call("POST", "/v1/pairings", json={"displayName": f"Survivor {sn}"})
        await self.world.simulation.show_qr(sn, started["qr"])

        async def paired() -> bool:
            pairing = await outside.document(f"pairings/{started['id']}")
            dock = await outside.document(f"dji_docks/{sn}") or {}
            return pairing is not None and pairing["status"] == "paired" and bool(dock.get("aircraftOnline"))

        await until("paired, and online with its aircraft", paired, SOON)
        await self.world.simulation.tell(sn, "speed", speed=SPEED)
        files = {"file": ("square.kmz", kmz(life.home, life.aircraft_key, "square"))}
        wayline = await outside.call("POST", "/v1/waylines", files=files, data={"aircraft": life.aircraft_key})
        self.waylines[sn] = wayline["id"]

    def _life(self, sn: str) -> Life:
        config = self.world.simulation.configs[sn]
        report = DockReport(model=config.model, sn=sn, aircraft_sn=config.aircraft_sn)
        home = Place(config.latitude, config.longitude)
        return Life(self.world, report, home, config.aircraft or MODELS[config.model].aircraft)

    @asynccontextmanager
    async def mission(self, sn: str) -> AsyncIterator[Flying]:
        """A mission with the dock in it and its video on. After the block: it ends as it would have, and all holds.

        What is asked of the API is asked again, under the same key, where a process that it needs is away.
        """
        mission = (await self.ask("/v1/missions", json={"name": "A mission that survives"}))["id"]
        self.world.mission = mission
        life = self._life(sn)
        await self.ask(f"/v1/missions/{mission}/docks", json={"sn": sn}, unless=lambda: self._assigned(sn, mission))
        await patiently("video", life.auto_stream)
        yield Flying(self, life)
        outcome = {"outcome": "completed"}
        await self.ask(f"/v1/missions/{mission}/end", json=outcome, unless=lambda: self._ends(mission))
        await patiently("the end", life.end)
        await self.world.simulation.expect_obedience(sn)
        await patiently("commands looked through", lambda: self.expect_no_command_under_two_ids(sn))

    async def _assigned(self, sn: str, mission: str) -> bool:
        dock = await self.world.outside.document(f"dji_docks/{sn}")
        return dock is not None and dock.get("missionId") == mission

    async def _ends(self, mission: str) -> bool:
        found = await self.world.outside.document(f"missions/{mission}")
        return found is not None and found["status"] in ("ending", "completed")

    async def ask(self, path: str, unless: Callable[[], Awaitable[bool]] | None = None, **given: Any) -> Json:
        """POST, until it is answered: with one key for all tries, so that it happens once.

        `unless`: it happened already, and only the answer was lost. Then there is none.
        """
        headers = {"Idempotency-Key": uuid.uuid4().hex}

        async def asked() -> Json:
            if unless is not None and await unless():
                return {}
            answer: Json = await self.world.outside.call("POST", path, headers=headers, **given)
            return answer

        return await patiently(f"POST {path}", asked)

    async def expect_no_command_under_two_ids(self, sn: str) -> int:
        """Each command that the dock saw is in the store, and each step of a saga gave one command.

        The number of commands that the dock saw.
        """
        seen = {command["tid"]: command for command in (await self.world.simulation.dock(sn))["commands"]}
        kept = {document["tid"]: document for document in await self.world.outside.documents("dji_commands", sn=sn)}
        expect(not seen.keys() - kept.keys(), f"commands that nobody has written down: {seen.keys() - kept.keys()}")
        by_step: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        for document in kept.values():
            saga = document["missionId"], document["workflowId"]  # a dock's video has one saga a mission
            by_step[*saga, document["step"]].add(document["tid"])
            if document["workflowId"].startswith("flight/"):
                by_step[*saga, document["method"]].add(document["tid"])
        several = {key: tids for key, tids in by_step.items() if len(tids) > 1}
        expect(not several, f"commands under several ids: {several}")
        return len(seen)


@dataclass
class Flying:
    """A dock in its mission."""

    house: House
    life: Life

    @property
    def sn(self) -> str:
        return self.life.sn

    async def shown(self) -> Json:
        return await self.house.world.simulation.dock(self.sn)

    async def dispatch(self) -> str:
        """Send the dock on its route; the flight's id."""
        body = {"dockSn": self.sn, "waylineId": self.house.waylines[self.sn], "rthAltitude": 80, "queue": True}
        self.life.seen["flight"] = (await self.house.ask("/v1/flights", json=body))["id"]
        flight: str = self.life.seen["flight"]
        return flight

    async def dock_is(self, what: str, true: Callable[[Json], object], within: float = FLOWN) -> Json:
        """Wait until it is so at the dock, asked of nobody else."""

        async def looked() -> Json | None:
            shown = await self.shown()
            return shown if true(shown) else None

        return await until(what, looked, within)

    async def in_the_air(self) -> Json:
        """Wait until the route is being flown."""
        flight = self.life.seen["flight"]

        def flies(shown: Json) -> bool:
            running = shown["wayline"]["running"]
            return bool(running and running["flight_id"] == flight and running["phase"] == "flying")

        return await self.dock_is("route under way", flies)

    async def flown(self) -> Json:
        """Wait for the end; the flight's document. It ended `ok`, the dock flew it once, and its media are there."""
        flight = self.life.seen["flight"]

        async def over() -> Json | None:
            task = await self.house.world.outside.document(f"dji_flight_tasks/{flight}")
            return task if task is not None and task["status"] in TERMINAL else None

        task = await patiently("flight over", over, FLOWN)
        expect(task["status"] == "ok", f"the flight ended {task['status']}: {task.get('reason')}")
        finished = [one for one in (await self.shown())["wayline"]["finished"] if one["flight_id"] == flight]
        expect(len(finished) == 1, f"the dock flew it {len(finished)} times")
        await patiently("media uploaded", lambda: self.house.world.simulation.uploads(self.sn, flight))
        await patiently("media kept", self.life.media)
        return task


@asynccontextmanager
async def house(directory: Path, docks: int) -> AsyncIterator[House]:
    """A stack with so many docks paired."""
    env = {"ARGUS_TIMINGS_JSON": TIMINGS.model_dump_json(exclude_defaults=True)}
    stack = Stack(directory, ports="auto", env=env)
    async with stage(directory, Report(), stack) as world:
        built = House(stack, world)
        configs = world.simulation.configs
        last = list(configs)[-1]  # it leaves a will, the others leave nothing
        configs[last] = configs[last].model_copy(update={"last_will": True})
        for sn in list(configs)[-docks:]:
            await built.pair(sn)
        yield built


def commands(shown: Json, method: str) -> list[Json]:
    """Those of a method that the dock has heard."""
    return [command for command in shown["commands"] if command["method"] == method]
