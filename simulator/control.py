"""The simulator's own small API, on the loopback: look at docks, make them misbehave, pull their plug.

| request | does |
|---|---|
| `GET /health` | `{"docks": n, "sent": messages, "cpu": s, "at": s}`: CPU and monotonic time of this moment |
| `GET /docks`, `GET /docks/{sn}` | what `SimDock.shown` says |
| `POST /docks` | adds a dock; body as `DockConfig` |
| `DELETE /docks/{sn}` | ends it |
| `POST /docks/{sn}/world` | what is true outside: `{"battery": 15, "wind_speed": 18}` (`simulator.world`) |
| `POST /docks/{sn}/scenario` | another scenario: `{"name": ...}` of a shipped one, or a whole scenario |
| `POST /docks/{sn}/rules` | one more rule |
| `POST /docks/{sn}/power` | `{"action": "cut"}`, `"on"`, `"reboot"` (`seconds`) |
| `POST /docks/{sn}/network` | `{"seconds": 3}`: the connection is lost for so long |
| `POST /docks/{sn}/aircraft` | `{"awake": true}` |
| `POST /docks/{sn}/notice` | `{"method": "airsense_warning", "data": {...}}`: something happens to it |
| `POST /docks/{sn}/speed` | `{"speed": 10, "osd_speed": 1}` |
| `GET /scenarios` | names of the shipped ones |
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from typing import Any, Literal, Self

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from simulator import scenario, world
from simulator.config import DockConfig
from simulator.dock import SimDock
from simulator.feature import Refused
from simulator.fleet import Fleet
from simulator.scenario import Rule, ScenarioError

HOST = "127.0.0.1"
Json = dict[str, Any]


class Body(BaseModel):
    """Unknown fields are refused: a misspelt one would do nothing, unseen."""

    model_config = ConfigDict(extra="forbid")


class Power(Body):
    action: Literal["cut", "on", "reboot"]
    seconds: float | None = Field(None, ge=0)


class Network(Body):
    seconds: float = Field(3.0, ge=0)


class Awake(Body):
    awake: bool


class Notice(Body):
    method: str
    data: Json = Field(default_factory=dict)


class Speed(Body):
    speed: float | None = Field(None, gt=0)
    osd_speed: float | None = Field(None, gt=0)


def application(fleet: Fleet) -> FastAPI:
    """The routes over a fleet."""
    app = FastAPI(title="ARGUS Dock simulator")

    def dock(sn: str) -> SimDock:
        if sn not in fleet.docks:
            raise HTTPException(404, f"no dock {sn}; there are {', '.join(fleet.docks) or 'none'}")
        return fleet.docks[sn]

    @app.get("/health")
    async def health() -> Json:
        sent = sum(dock.link.sent.total() for dock in fleet.docks.values())
        return {"docks": len(fleet.docks), "sent": sent, "cpu": time.process_time(), "at": time.monotonic()}

    @app.get("/scenarios")
    async def scenarios() -> list[str]:
        return scenario.names()

    @app.get("/docks")
    async def docks() -> list[Json]:
        return [dock.shown() for dock in fleet.docks.values()]

    @app.post("/docks", status_code=201)
    async def add(config: DockConfig) -> Json:
        try:
            added = await fleet.add(SimDock(config))
        except (ValueError, ScenarioError) as error:
            raise HTTPException(422, str(error)) from None
        return added.shown()

    @app.get("/docks/{sn}")
    async def one(sn: str) -> Json:
        return dock(sn).shown()

    @app.delete("/docks/{sn}", status_code=204)
    async def remove(sn: str) -> None:
        dock(sn)
        await fleet.remove(sn)

    @app.post("/docks/{sn}/world")
    async def change(sn: str, values: Json) -> Json:
        try:
            world.apply(dock(sn), values)
        except (ValueError, TypeError) as error:
            raise HTTPException(422, str(error)) from None
        return dock(sn).shown()

    @app.post("/docks/{sn}/scenario")
    async def misbehave(sn: str, content: Json) -> Json:
        found, named = dock(sn), set(content) == {"name"} and content["name"] in scenario.names()
        try:
            found.scenario = scenario.load(content["name"] if named else content)
            world.apply(found, found.scenario.world)
        except ValueError as error:
            raise HTTPException(422, str(error)) from None
        return found.shown()

    @app.post("/docks/{sn}/rules")
    async def rule(sn: str, rule: Rule) -> Json:
        dock(sn).scenario.rules.append(rule)
        return dock(sn).shown()

    @app.post("/docks/{sn}/power")
    async def power(sn: str, wanted: Power) -> Json:
        found = dock(sn)
        if wanted.action == "cut":
            await found.cut_power()
        elif wanted.action == "on":
            await found.start()
        else:
            found.reboot(wanted.seconds)
        return found.shown()

    @app.post("/docks/{sn}/network")
    async def network(sn: str, wanted: Network) -> Json:
        dock(sn).link.cut(wanted.seconds)
        return dock(sn).shown()

    @app.post("/docks/{sn}/aircraft")
    async def aircraft(sn: str, wanted: Awake) -> Json:
        device = dock(sn).device
        await (device.wake() if wanted.awake else device.sleep())
        return dock(sn).shown()

    @app.post("/docks/{sn}/notice")
    async def notice(sn: str, wanted: Notice) -> Json:
        try:
            dock(sn).hms.notice(wanted.method, wanted.data)
        except Refused as error:
            raise HTTPException(422, str(error)) from None
        return dock(sn).shown()

    @app.post("/docks/{sn}/speed")
    async def speed(sn: str, wanted: Speed) -> Json:
        clock = dock(sn).clock
        clock.set_speed(wanted.speed or clock.speed, wanted.osd_speed or clock.osd_speed)
        return dock(sn).shown()

    return app


class Server(uvicorn.Server):
    """uvicorn, without its own handling of signals: they are the process's."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Control:
    """Serves the API on the loopback for as long as it is entered; `url` is known from then on."""

    def __init__(self, fleet: Fleet, port: int = 0) -> None:
        self._server = Server(uvicorn.Config(application(fleet), log_level="warning", lifespan="off"))
        self._port = port
        self.url = ""

    async def __aenter__(self) -> Self:
        listener = socket.create_server((HOST, self._port))
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        self._task = asyncio.create_task(self._server.serve(sockets=[listener]), name="control")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        await self._task
