"""`GET /health`: 200 while the worker polls and the broker is connected, 503 else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final

State = Callable[[], tuple[bool, dict[str, Any]]]
LINE_WITHIN: Final = 5.0  # s


def response(request_line: str, state: State) -> bytes:
    """The whole HTTP response to a request that begins with this line."""
    method, _, rest = request_line.partition(" ")
    path = rest.partition(" ")[0]
    if method not in ("GET", "HEAD") or path != "/health":
        status, body = "404 Not Found", {"status": "GET /health is all there is"}
    else:
        well, said = state()
        status = "200 OK" if well else "503 Service Unavailable"
        body = {"status": "ok" if well else "not ready", **said}
    content = json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"Connection: close\r\n\r\n" + (b"" if method == "HEAD" else content)


@asynccontextmanager
async def serve(port: int | None, state: State) -> AsyncIterator[int | None]:
    """Serve on all interfaces while the block runs; nothing without a port. Gives the port, also for port 0."""
    if port is None:
        yield None
        return

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(LINE_WITHIN):
                line = (await reader.readline()).decode("latin-1").strip()
                while (await reader.readline()).strip():
                    pass
            writer.write(response(line, state))
            await writer.drain()
        except (TimeoutError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "0.0.0.0", port)
    async with server:
        yield server.sockets[0].getsockname()[1]
