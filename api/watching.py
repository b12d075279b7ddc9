"""`/v1/live`: the picture of the organisation's docks as it changes, by WebSocket or server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final

import orjson
from fastapi import APIRouter, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from api.deps import Parts, PartsDep, Viewer
from api.live import Watcher
from api.problems import Refused
from api.security import Principal

router = APIRouter(prefix="/v1/live", tags=["live"])

FIRST_MESSAGE: Final = 10.0  # seconds a WebSocket may take to say who it is
KEEP_ALIVE: Final = 15.0  # seconds; proxies drop a silent stream after 30 to 60
POLICY_VIOLATION: Final = 1008

Sns = Annotated[tuple[str, ...], Query(description="Serials of docks; all of the organisation without it")]


async def _pictures(parts: Parts, watcher: Watcher, token: str) -> AsyncIterator[dict[str, Any] | None]:
    """News as it comes; None when there was none for a while.

    Raises Refused once the token no longer opens: at once where the desk says so, else within `KEEP_ALIVE`.
    """
    looked = time.monotonic()
    while True:
        news: list[dict[str, Any]] | None = None
        with contextlib.suppress(TimeoutError):
            news = await asyncio.wait_for(watcher.next(), KEEP_ALIVE)
        if watcher.look_again or time.monotonic() - looked >= KEEP_ALIVE:
            watcher.look_again = False
            await parts.access.check(token)
            looked = time.monotonic()
        if news is None:
            yield None
        for message in news or ():
            yield message


@router.get("/sse", response_class=StreamingResponse, responses={200: {"content": {"text/event-stream": {}}}})
async def events(parts: PartsDep, caller: Viewer, request: Request, sn: Sns = ()) -> StreamingResponse:
    """Watch docks by server-sent events.

    Each is `{sn, part, at, data}`; part is one of dock, aircraft, flight, presence, alert, alerts,
    custom, detections. It ends when the token does: expired, revoked, or its member removed.
    """
    token = request.headers["authorization"].partition(" ")[2]

    async def lines() -> AsyncIterator[bytes]:
        async with parts.live.watch(caller.org, frozenset(sn)) as watcher:
            yield b": connected\n\n"
            with contextlib.suppress(Refused):
                async for message in _pictures(parts, watcher, token):
                    yield b": still here\n\n" if message is None else b"data: " + orjson.dumps(message) + b"\n\n"

    return StreamingResponse(lines(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


async def _who(parts: Parts, socket: WebSocket) -> tuple[Principal, str] | None:
    """Caller and token, by `Authorization`, by subprotocols `bearer, TOKEN`, or by a first message `{"token": "..."}`.

    Never by the URL: URLs stand in logs. A socket that cannot say who it is gets the problem and is closed.
    """
    header = socket.headers.get("authorization", "")
    protocols = [item.strip() for item in socket.headers.get("sec-websocket-protocol", "").split(",")]
    by_protocol = len(protocols) > 1 and protocols[0].lower() == "bearer"
    await socket.accept(subprotocol="bearer" if by_protocol else None)
    try:
        if by_protocol:
            token = protocols[1]
        elif header.lower().startswith("bearer "):
            token = header[7:]
        else:
            token = str(orjson.loads(await asyncio.wait_for(socket.receive_text(), FIRST_MESSAGE))["token"])
        return await parts.access.check(token), token
    except (TimeoutError, orjson.JSONDecodeError, KeyError, TypeError):
        problem = {"title": "Token missing", "detail": 'The first message must be {"token": "..."}.'}
    except Refused as refused:
        problem = {"title": refused.kind, "detail": refused.detail}
    await _turn_away(socket, problem)
    return None


async def _turn_away(socket: WebSocket, problem: dict[str, str]) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        await socket.send_text(orjson.dumps(problem).decode())
        await socket.close(POLICY_VIOLATION, problem["detail"][:120])


@router.websocket("")
async def live(socket: WebSocket, sn: Sns = ()) -> None:
    """The same as the server-sent events, as text messages. A token that ends closes it, with the problem."""
    parts: Parts = socket.app.state.parts
    try:
        who = await _who(parts, socket)
    except WebSocketDisconnect:
        return
    if who is None:
        return
    caller, token = who

    async def send() -> None:
        async with parts.live.watch(caller.org, frozenset(sn)) as watcher:
            try:
                async for message in _pictures(parts, watcher, token):
                    if message is not None:
                        await socket.send_text(orjson.dumps(message).decode())
            except Refused as refused:
                await _turn_away(socket, {"title": refused.kind, "detail": refused.detail})

    async def until_gone() -> None:
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            while True:
                await socket.receive_text()

    sending, gone = asyncio.create_task(send()), asyncio.create_task(until_gone())
    await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
    for task in (sending, gone):
        task.cancel()
    results = await asyncio.gather(sending, gone, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, (WebSocketDisconnect, RuntimeError)):
            raise result
