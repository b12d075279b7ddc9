"""One dock of the demonstration on the whole stack, paired and online, for benches that go from end to end."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.life import Life, World
from demo.report import DockReport, Report
from demo.routes import Place
from demo.run import stage
from demo.simulation import Simulation, dock_configs
from embedded.stack import Stack
from simulator.models import MODELS


@dataclass
class Crew:
    """A running stack, a dock that is online in it, and a mission."""

    world: World
    life: Life
    mission: str

    async def call(self, method: str, path: str, **given: Any) -> Any:
        """What the API answers. Raises NotProven."""
        return await self.world.outside.call(method, path, **given)

    async def assign(self) -> None:
        await self.call("POST", f"/v1/missions/{self.mission}/docks", json={"sn": self.life.sn})

    async def unassign(self) -> None:
        await self.call("DELETE", f"/v1/missions/{self.mission}/docks/{self.life.sn}")


@asynccontextmanager
async def crew(model: str = "dock3", speed: float = 1.0, env: dict[str, str] | None = None) -> AsyncIterator[Crew]:
    """The stack on free ports with one dock, whose clock runs `speed` times as fast as ours."""
    config = next(config for config in dock_configs(speed=speed) if config.model == model)
    with tempfile.TemporaryDirectory(prefix="argus-bench-") as folder:
        stack = Stack(Path(folder) / "data", ports="auto", env=env)
        async with stage(Path(folder), Report(), stack, Simulation(Path(folder) / "docks", [config])) as world:
            report = DockReport(model=model, sn=config.sn, aircraft_sn=config.aircraft_sn)
            home = Place(config.latitude, config.longitude)
            life = Life(world, report, home, config.aircraft or MODELS[config.model].aircraft)
            await life.pair()
            await life.online()
            await life.state()
            world.mission = (await world.outside.call("POST", "/v1/missions", json={"name": "Bench"}))["id"]
            yield Crew(world, life, world.mission)
