"""An endpoint for webhooks: a real HTTP server on loopback that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    content: bytes
    at: float
    status: int

    @property
    def event(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.content)
        return body

    @property
    def type(self) -> str:
        return str(self.event["type"])

    def signed_by(self, *secrets: str) -> bool:
        """Whether each of these secrets, and no other, has signed."""
        stamp, *signs = self.headers["argus-signature"].split(",")
        signed = stamp.removeprefix("t=").encode() + b"." + self.content
        fresh = abs(time.time() - int(stamp.removeprefix("t="))) < 60
        expected = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
        return fresh and signs == [f"v1={sign}" for sign in expected]


@dataclass
class Receiver:
    """`answer` decides the status by path and event."""

    port: int
    received: list[Received] = field(default_factory=list)
    answer: Callable[[str, dict[str, Any]], int] = lambda _path, _event: 200
    say: str = "said {status}"
    before: Callable[[], Awaitable[None]] | None = None

    def url(self, path: str = "hook") -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def at(self, path: str, *, taken: bool = True) -> list[Received]:
        """What came in at a path, in the order in which it came; `taken`: and was answered with 200."""
        return [one for one in self.received if one.path == f"/{path}" and (one.status == 200 or not taken)]

    async def take(self, request: Request) -> Response:
        content = await request.body()
        if self.before is not None:
            await self.before()
        status = self.answer(request.url.path[1:], json.loads(content))
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.received.append(Received(request.url.path, headers, content, time.monotonic(), status))
        location = {"Location": self.url("elsewhere")} if 300 <= status < 400 else None
        return PlainTextResponse(self.say.format(status=status), status, headers=location)


@asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    listener = socket.create_server(("127.0.0.1", port))
    receiver = Receiver(listener.getsockname()[1])
    app = Starlette(routes=[Route("/{path:path}", receiver.take, methods=["POST"])])
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield receiver
    finally:
        server.should_exit = True
        await serving
        listener.close()
