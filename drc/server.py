"""The drc process put together: operators' WebSockets on a port, one connection to the broker, the hub between them."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Any

import uvicorn
from fastapi import Depends, FastAPI, HTTPException, WebSocket
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from google.api_core.exceptions import GoogleAPIError
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from drc import operator, requests
from drc.hub import Hub, NotHeld
from drc.parts import Parts
from drc.ticket import BadTicket, check
from drc.wire import Wire
from process import HttpServer
from settings import Settings
from store.events import Events
from timings import Timings
from workflows.waking import wake_webhook

STARTED_WITHIN = 10.0  # s


def application(settings: Settings, hub: Hub, wire: Wire) -> FastAPI:
    app = FastAPI(title="ARGUS Dock manual flight", openapi_url=None)

    @app.get("/health")
    async def health() -> JSONResponse:
        """200 while there is a broker to fly by."""
        said = {"broker": wire.connected, "docks": len(hub.docks)}
        return JSONResponse(said, status_code=200 if wire.connected else 503)

    @app.post("/v1/drc/{sn}/commands")
    async def commands(
        sn: str, request: requests.Request, bearer: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
    ) -> dict[str, Any]:
        """Commands without a connection; 401 for a bad ticket, 409 where its session holds nothing."""
        try:
            ticket = check(settings, bearer.credentials)
            if ticket.sn != sn:
                raise BadTicket(f"The ticket is for dock {ticket.sn}.")
            return await requests.carry_out(hub, ticket, request)
        except BadTicket as error:
            raise HTTPException(401, str(error)) from None
        except NotHeld as error:
            raise HTTPException(409, str(error)) from None
        except (GoogleAPIError, ValueError) as error:
            raise HTTPException(503, f"This cannot be done now: {error}") from None

    @app.websocket("/v1/drc/{sn}")
    async def connect(socket: WebSocket, sn: str) -> None:
        await operator.serve(socket, sn, settings, hub)

    return app


@contextlib.asynccontextmanager
async def serving(settings: Settings, firestore: AsyncClient, temporal: Client) -> AsyncIterator[str]:
    """Everything, running; gives its `ws://` URL. `temporal` only calls the sagas of webhooks, and may be lazy.

    Raises ValueError where the settings of the broker's accounts are incomplete, OSError where the port is taken.
    """
    wire = Wire(settings)
    async with contextlib.AsyncExitStack() as stack:
        timings = Timings.of(settings.timings_json)
        events = Events(firestore, lambda hook, org: wake_webhook(temporal, hook, org, timings), timings)
        parts = Parts(settings, firestore, events, wire)
        await stack.enter_async_context(events)
        hub = Hub(parts)
        config = uvicorn.Config(
            application(settings, hub, wire),
            host=settings.drc_host,
            port=settings.drc_port,
            access_log=False,
            log_config=None,
            lifespan="off",
            ws_per_message_deflate=False,  # a stick is smaller than what deflating it costs
            ws_max_size=64 * 1024,
            timeout_graceful_shutdown=2,
        )
        server = HttpServer(config)
        tasks = [
            asyncio.create_task(work, name=name)
            for name, work in {"http": server.serve(), "wire": wire.run(), "sweep": hub.run()}.items()
        ]
        try:
            async with asyncio.timeout(STARTED_WITHIN):
                host, port = await server.address(tasks[0])
            yield f"ws://{host}:{port}"
        finally:
            await hub.close()
            server.should_exit = True
            await asyncio.wait(tasks[:1])
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
