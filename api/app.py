"""The application: its parts, its routes, its errors."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.types import Lifespan

from api import (
    alerts,
    areas,
    audit,
    authority,
    custom_data,
    deletion,
    demo_dock,
    docks,
    drawn,
    exports,
    firmware,
    flights,
    gate,
    jobs,
    leases,
    licences,
    logs,
    me,
    media,
    members,
    missions,
    org,
    page,
    pairing,
    problems,
    properties,
    recognition,
    relays,
    retention,
    rollouts,
    rooms,
    sagas,
    schedules,
    streams,
    tokens,
    waits,
    watching,
    waylines,
    webhooks,
)
from api.body import View
from api.deps import Parts
from api.live import LiveFeed
from api.openapi import DescribedApi, operation_id
from api.security import Tokens
from process import temporal_client
from settings import Settings
from store.client import connect
from store.objects import Objects
from store.seal import Seal
from timings import Timings

ROUTERS = (
    pairing,
    docks,
    jobs,
    leases,
    licences,
    properties,
    custom_data,
    logs,
    authority,
    recognition,
    demo_dock,
    me,
    org,
    retention,
    exports,
    deletion,
    members,
    tokens,
    audit,
    missions,
    rooms,
    areas,
    streams,
    waylines,
    drawn,
    gate,
    flights,
    schedules,
    media,
    alerts,
    watching,
    firmware,
    rollouts,
    relays,
    webhooks,
    sagas,
    waits,
)


async def make_parts(settings: Settings) -> Parts:
    """Connect to what the API needs. Raises when Temporal cannot be reached."""
    temporal = await temporal_client(settings)
    return Parts(
        settings=settings,
        timings=Timings.of(settings.timings_json),
        temporal=temporal,
        firestore=connect(settings),
        objects=Objects.of(settings),
        tokens=Tokens(settings),
        seal=Seal.of(settings),
        live=LiveFeed(settings),
    )


class Health(View):
    ok: bool
    reason: str | None = None


def create_app(settings: Settings) -> FastAPI:
    """The API for these settings. A wrong key in them raises ValueError here, before anything listens."""
    Tokens(settings)
    Seal.of(settings)
    Timings.of(settings.timings_json)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.parts = await make_parts(settings)
        feed = asyncio.create_task(app.state.parts.live.run(), name="live feed")
        yield
        feed.cancel()
        await asyncio.gather(feed, return_exceptions=True)

    app = routes(lifespan)
    page.install(app, settings)
    return app


def routes(lifespan: Lifespan[FastAPI] | None = None) -> DescribedApi:
    """All routes; without a lifespan they have nothing to work with, and can be described."""
    app = DescribedApi(
        title="ARGUS Dock",
        version="1",
        summary="Pair docks, assign them to missions, watch them, fly them.",
        lifespan=lifespan,
        openapi_url="/v1/openapi.json",
        docs_url="/v1/docs",
        redoc_url=None,
        generate_unique_id_function=operation_id,
    )
    problems.install(app)
    for module in ROUTERS:
        app.include_router(module.router)

    @app.get("/health", tags=["health"], response_model=Health)
    async def health() -> JSONResponse:
        """Whether the API can start sagas: 200, or 503 with the reason."""
        parts: Parts = app.state.parts
        try:
            serving = await asyncio.wait_for(parts.temporal.service_client.check_health(), 2)
        except Exception as error:
            return JSONResponse({"ok": False, "reason": f"Temporal: {error}"}, status_code=503)
        return JSONResponse({"ok": bool(serving)}, status_code=200 if serving else 503)

    return app
