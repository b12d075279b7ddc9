"""The operator's page as the API serves it, and docks that tell their pictures by its `/v1/live`, without the rest.

Answers are made of the API's own models, pictures of the simulator's own properties: what the browser gets is what it
gets of a stack, and no stack takes the cores that are measured.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from fastapi import FastAPI, WebSocket, WebSocketDisconnect
from fastapi.responses import Response

from api import page
from api.body import SagaLinks
from api.docks import AircraftView, DockDetails, DockView
from api.me import MeView
from settings import Settings
from simulator import osd
from simulator.dock import SimDock

FLYING: Final = 5  # `mode_code` of an aircraft on a route
DEGREE: Final = 111_320.0  # m of latitude
APART: Final = 600.0  # m between docks


class Docks:
    """So many docks, each with an aircraft on a round; the picture of any moment."""

    def __init__(self, count: int) -> None:
        self.views: list[DockView] = []
        self._dock: list[dict[str, Any]] = []
        self._aircraft: list[dict[str, Any]] = []
        now = datetime.now(UTC)
        side = max(1, math.isqrt(count))
        for number in range(count):
            sim = SimDock(
                model=f"dock{number % 3 + 1}", seed=number, awake=True,
                latitude=47.0 + number // side * APART / DEGREE, longitude=8.3 + number % side * APART / 76_000,
            )  # fmt: skip
            self._dock.append(_merged(*osd.dock_state(sim), *osd.dock_osd(sim)))
            self._aircraft.append(_merged(osd.aircraft_state(sim), osd.aircraft_osd(sim)))
            self.views.append(
                DockView(
                    sn=sim.sn, display_name=f"Roof {number + 1}", model=sim.config.model, product=sim.model.key,
                    product_name=f"Dock {number % 3 + 1}", online=True, status="flying", online_changed_at=now,
                    last_seen_at=now, aircraft_sn=sim.aircraft_sn, aircraft_online=True, bound_at=now, paired_at=now,
                    saga=SagaLinks(workflow_id=f"dock/{sim.sn}", temporal="http://127.0.0.1/"),
                )
            )  # fmt: skip

    def pictures(self, number: int) -> list[bytes]:
        """Messages of dock and aircraft as they are now: each has moved, and measured anew."""
        at, turn = time.time(), time.time() / 30 + number
        sn = self.views[number].sn
        dock = {**self._dock[number], "wind_speed": round(3 + random.random(), 1)}
        aircraft = {
            **self._aircraft[number],
            "mode_code": FLYING,
            "latitude": dock["latitude"] + 150 / DEGREE * math.sin(turn),
            "longitude": dock["longitude"] + 150 / 76_000 * math.cos(turn),
            "attitude_head": round(-math.degrees(turn) % 360 - 180),
            "height": round(560 + 10 * math.sin(turn), 1),
            "horizontal_speed": round(8 + random.random(), 1),
        }
        told = (("dock", dock), ("aircraft", aircraft))
        return [orjson.dumps({"sn": sn, "part": part, "at": int(at * 1000), "data": data}) for part, data in told]

    def details(self, sn: str) -> DockDetails:
        number = self._number(sn)
        return DockDetails(**self.views[number].model_dump(), osd=self._dock[number], state={})

    def aircraft(self, sn: str) -> AircraftView:
        number = self._number(sn)
        return AircraftView(sn=str(self.views[number].aircraft_sn), online=True, osd=self._aircraft[number], state={})

    def _number(self, sn: str) -> int:
        return next(number for number, view in enumerate(self.views) if view.sn == sn)


def _merged(*messages: dict[str, Any]) -> dict[str, Any]:
    return {name: value for message in messages for name, value in message.items()}


class Feed:
    """Which docks there are, and how many pictures they have told."""

    def __init__(self) -> None:
        self.docks = Docks(0)
        self.told = 0

    async def tell(self, socket: WebSocket, every: float) -> None:
        """Spread over each `every` seconds, as docks that know nothing of one another."""
        while True:
            docks = self.docks
            began = time.monotonic()
            for number in range(len(docks.views)):
                await asyncio.sleep(max(0.0, began + every * number / len(docks.views) - time.monotonic()))
                for message in docks.pictures(number):
                    await socket.send_text(message.decode())
                    self.told += 1
            await asyncio.sleep(max(0.0, began + every - time.monotonic()))


def _page(items: list[DockView]) -> Response:
    shown = [item.model_dump(mode="json", by_alias=True) for item in items]
    return Response(orjson.dumps({"items": shown, "next": None}), media_type="application/json")


def app_of(feed: Feed, every: float) -> FastAPI:
    """The routes that the view of all docks asks, and the page."""
    app = FastAPI()

    @app.get("/v1/me")
    async def me() -> MeView:
        return MeView(user="bench", org="bench", role="admin", member=True, token_id=None)

    @app.get("/v1/docks")
    async def docks() -> Response:
        return _page(feed.docks.views)

    @app.get("/v1/docks/{sn}")
    async def dock(sn: str) -> DockDetails:
        return feed.docks.details(sn)

    @app.get("/v1/docks/{sn}/aircraft")
    async def aircraft(sn: str) -> AircraftView:
        return feed.docks.aircraft(sn)

    @app.get("/v1/alerts")
    @app.get("/v1/missions")
    @app.get("/v1/flights")
    @app.get("/v1/relays")
    async def nothing() -> Response:
        return _page([])

    @app.websocket("/v1/live")
    async def live(socket: WebSocket) -> None:
        await socket.accept(subprotocol="bearer")
        telling = asyncio.create_task(feed.tell(socket, every))
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            telling.cancel()

    page.install(app, _settings())
    return app


def _settings() -> Settings:
    """What must be there, though nothing here asks for it."""
    must = [name for name, field in Settings.model_fields.items() if field.is_required()]
    return Settings.model_validate(dict.fromkeys(must, "unused"))
