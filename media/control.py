"""What the system asks of media: see the pushes, wait for one, end one. Bearer `ARGUS_MEDIA_CONTROL_TOKEN`."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from media.peers import Peers
from media.registry import Registry
from media.rooms import RoomsUnavailable
from media.whip import problem
from media.whip import router as whip_router

bearer = HTTPBearer(auto_error=False)


async def authorized(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> None:
    """Raises 401 unless the request carries the control token."""
    expected: str = request.app.state.control_token
    given = credentials.credentials if credentials is not None else ""
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise HTTPException(401, "The control token is missing or wrong", {"WWW-Authenticate": "Bearer"})


async def _registry(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


TheRegistry = Annotated[Registry, Depends(_registry)]

health_router = APIRouter(tags=["control"])
router = APIRouter(tags=["control"], dependencies=[Depends(authorized)])


@health_router.get("/health")
async def health(registry: TheRegistry) -> dict[str, Any]:
    """200 once pushes are taken."""
    live = sum(ingress.state == "live" for ingress in registry.ingresses)
    return {"status": "ok", "ingresses": len(registry.ingresses), "live": live}


@router.get("/ingresses")
async def list_ingresses(registry: TheRegistry) -> list[dict[str, object]]:
    """All ingresses that a dock has pushed to in this process, with their counts."""
    return [ingress.snapshot() for ingress in registry.ingresses]


@router.get("/ingresses/{ingress_id}")
async def get_ingress(ingress_id: str, registry: TheRegistry) -> Response:
    """One of them; 404 where no dock has pushed to it here."""
    ingress = registry.get(ingress_id)
    if ingress is None:
        return problem(404, "No such ingress", "No dock has pushed to it in this process")
    return JSONResponse(ingress.snapshot())


@router.get("/ingresses/{ingress_id}/first-frame")
async def first_frame(
    ingress_id: str, registry: TheRegistry, timeout: Annotated[float, Query(gt=0, le=120)] = 15
) -> Response:
    """Wait until its frames go into the room: 200 with its counts, 408 when they have not within `timeout` seconds."""
    ingress = await registry.wait_for_first_frame(ingress_id, timeout)
    if ingress is None:
        return problem(408, "No frame", f"No frame has gone into the room within {timeout:g} s")
    return JSONResponse(ingress.snapshot())


@router.delete("/ingresses/{ingress_id}")
async def close_ingress(ingress_id: str, registry: TheRegistry) -> Response:
    """Retire it: the key opens nothing, the push ends, the participant leaves. 204, however often it is asked."""
    try:
        await registry.close(ingress_id)
    except RoomsUnavailable as error:
        return problem(503, "Room not told", f"The push has ended, but its participant could not be removed: {error}")
    return Response(status_code=204)


@router.post("/rooms/{room}/expect")
async def expect(request: Request, room: str) -> dict[str, list[str]]:
    """Somebody is about to come into this room: its docks' telemetry peers are there when they do."""
    peers: Peers = request.app.state.peers
    return {"peers": await peers.expect(room)}


@router.get("/peers")
async def watched(request: Request) -> dict[str, Any]:
    """Rooms that somebody watches, telemetry peers in them, docks that are listened to, and messages heard."""
    peers: Peers = request.app.state.peers
    return peers.snapshot()


@router.post("/peers/reconcile")
async def reconcile(request: Request) -> dict[str, list[str]]:
    """Look now who watches and which docks are there; telemetry peers join and leave, who was sent out leaves."""
    peers: Peers = request.app.state.peers
    return {"peers": await peers.reconcile()}


def build_app(registry: Registry, peers: Peers, control_token: str) -> FastAPI:
    """Both faces of media, WHIP for docks and control for us, on one port."""
    app = FastAPI(title="ARGUS media", docs_url=None, redoc_url=None)
    app.state.registry, app.state.peers, app.state.control_token = registry, peers, control_token
    for part in (whip_router, health_router, router):
        app.include_router(part)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        reply = problem(error.status_code, HTTPStatus(error.status_code).phrase, str(error.detail))
        reply.headers.update(error.headers or {})
        return reply

    return app
