"""The whole run: stack, simulator, three docks at once, report."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from demo.life import Life, World, run_step
from demo.proof import NotProven, Outside
from demo.report import DockReport, Report
from demo.routes import Place
from demo.simulation import SPEED, Simulation, dock_configs
from demo.watch import Live
from embedded.install import seconds_taken
from embedded.lock import LOCK, only_one
from embedded.part import StackError
from embedded.stack import Stack
from simulator.config import DockConfig
from simulator.models import MODELS
from simulator.video.viewer import RoomViewer

MARK: Final = "demonstration"
SOLO: Final = ("pair", "online", "state", "assign", "auto-stream", "video", "fly", "media")

Changed = Callable[[], None]


def fresh(directory: Path) -> None:
    """Empty the folder of an earlier demonstration: its docks were paired then, and these are new.

    Raises StackError for a folder in use, or with anything in it that is not of a demonstration.
    """
    mark = directory / MARK
    if directory.exists() and any(entry.name != LOCK for entry in directory.iterdir()) and not mark.exists():
        raise StackError(
            f"{directory} holds something else than a demonstration, which would be lost; choose another with --data"
        )
    with only_one(directory):
        for entry in directory.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name not in (MARK, LOCK):
                entry.unlink()
        mark.write_text("This folder belongs to `argus demo`, which empties it at each start.\n")


@asynccontextmanager
async def stage(directory: Path, report: Report, stack: Stack, docks: Simulation | None = None) -> AsyncIterator[World]:
    """The stack, a simulator with docks that know nothing (three, if not given), and everybody who watches."""
    async with AsyncExitStack() as held:
        await held.enter_async_context(stack)
        report.startup_seconds = round(stack.seconds_to_start, 1)
        endpoints = stack.endpoints
        report.endpoints = {name: endpoints[name] for name in ("api", "temporal_ui", "media", "livekit", "mqtt")}
        outside = await held.enter_async_context(Outside(endpoints).opened())
        simulation = await held.enter_async_context((docks or Simulation(directory / "simulator")).running())
        live = await held.enter_async_context(Live(endpoints["api"], endpoints["admin_token"]).watching())
        yield World(outside, simulation, live)


async def prove(world: World, report: Report, changed: Changed) -> None:
    """The life cycle of all docks at once; what is not proven is said in the report."""
    lives = [_life(world, report, config) for config in world.simulation.configs.values()]
    changed()
    mission = await world.outside.call("POST", "/v1/missions", json={"name": "Demo: missing hiker, north ridge"})
    world.mission = mission["id"]
    room = await world.outside.call("POST", f"/v1/missions/{world.mission}/room-token")
    async with RoomViewer(room["url"], room["token"]) as viewer:
        world.viewer = viewer
        await asyncio.gather(*(_alone(life, changed) for life in lives))
    try:
        await world.outside.call("POST", f"/v1/missions/{world.mission}/end", json={"outcome": "completed"})
    except NotProven as reason:
        for life in lives:
            life.report.step("end").reason = str(reason)
        return
    await asyncio.gather(*(run_step(life, "end", changed) for life in lives if life.seen.get("ingress")))


def _life(world: World, report: Report, config: DockConfig) -> Life:
    dock = DockReport(model=config.model, sn=config.sn, aircraft_sn=config.aircraft_sn)
    report.docks.append(dock)
    home = Place(config.latitude, config.longitude)
    return Life(world, dock, home, config.aircraft or MODELS[config.model].aircraft)


async def _alone(life: Life, changed: Changed) -> None:
    for name in SOLO:
        if not await run_step(life, name, changed):
            return


async def run(
    directory: Path,
    report: Report,
    changed: Changed,
    stay: Callable[[World], Any] | None,
    ports: Any = "fixed",
    stack_report: Any = None,
    on_qr: Callable[[str], None] | None = None,
    speed: float | None = None,
) -> None:
    """Everything, into `report`; `stay` is awaited at the end with the stack still up. `speed` is that of the docks:
    simulated seconds in a real one, if not `demo.simulation.SPEED`.
    """
    began = time.monotonic()
    report.setup_seconds = seconds_taken()
    fresh(directory)
    stack = Stack(directory, ports=ports, **({"report": stack_report} if stack_report else {}))
    speed = speed or SPEED
    # Also faster, docks say as often on their way where they are: the track is compared with the file
    configs = dock_configs(speed=speed, osd_speed=max(1.0, speed / SPEED))
    docks = Simulation(directory / "simulator", configs)
    async with stage(directory, report, stack, docks) as world:
        world.on_qr = on_qr
        await prove(world, report, changed)
        report.run_seconds = round(time.monotonic() - began, 1)
        report.judge()
        changed()
        if stay is not None:
            await stay(world)
