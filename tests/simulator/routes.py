"""Route files for tests, and an HTTP server that docks fetch files from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from dji.wpml import Kmz, Waypoint, build_kmz
from dji.wpml.params import Hover, TakePhoto
from simulator.dock import SimDock
from simulator.motion import offset
from simulator.state import Position


def route(dock: SimDock, *, photos: bool = True, metres: float = 60, height: float = 30, speed: float = 10) -> Kmz:
    """Three waypoints east of the dock; a photo at the first and the last, a short hover at the second."""
    home = Position(dock.config.latitude, dock.config.longitude, 0)
    places = [offset(home, 10, metres * (number + 1) / 3) for number in range(3)]
    actions: list[list[Any]] = [[], [], []]
    if photos:
        shot = TakePhoto(payload_position_index=0, file_suffix="shot")
        actions = [[shot], [Hover(hover_time=1)], [shot]]
    points = [
        Waypoint(place.latitude, place.longitude, height + number, speed=speed, actions=acts)
        for number, (place, acts) in enumerate(zip(places, actions, strict=True))
    ]
    return build_kmz(points, aircraft_key=dock.aircraft_key, name="test")


class FileServer:
    """Serves bytes by path over HTTP on a free port of the loopback."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.port = 0

    def url(self, name: str, content: bytes) -> str:
        self.files[f"/{name}"] = content
        return f"http://127.0.0.1:{self.port}/{name}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        path = request.split(b" ")[1].decode()
        self.fetched.append(path)
        body = self.files.get(path)
        status = "404 Not Found" if body is None else "200 OK"
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body or b'')}\r\nConnection: close\r\n\r\n".encode())
        writer.write(body or b"")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def file_server() -> AsyncIterator[FileServer]:
    files = FileServer()
    server = await asyncio.start_server(files.serve, "127.0.0.1", 0)
    files.port = server.sockets[0].getsockname()[1]
    async with server:
        yield files
