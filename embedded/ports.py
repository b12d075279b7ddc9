"""Which port each part listens on: fixed and documented ones for people, free ones for tests."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress

import psutil

from embedded.part import StackError

DEFAULTS: Mapping[str, int] = {
    "api": 8700,
    "media": 8701,
    "rtmp": 1935,
    "firestore": 8702,
    "worker_health": 8703,
    "bridge_health": 8704,
    "simulator": 8705,
    "drc": 8706,
    "temporal": 7233,
    "temporal_ui": 8233,
    "mqtt": 1883,
    "objects": 9000,
    "livekit": 7880,
    "livekit_tcp": 7881,
    "livekit_udp": 7882,
}
# Below Linux's range for outgoing connections (32768 to 60999), so that nobody's connection takes one in the meantime.
FREE_RANGE = range(20000, 32000)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether TCP and UDP can both be bound there now."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as sock:
            if kind == socket.SOCK_STREAM:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind((host, port))
            except OSError:
                return False
    return True


def free(count: int) -> list[int]:
    """That many different ports that are free now, at random, since others on the machine choose at the same time."""
    found: list[int] = []
    for port in random.sample(FREE_RANGE, k=len(FREE_RANGE)):
        if is_free(port):
            found.append(port)
        if len(found) == count:
            return found
    raise StackError(f"fewer than {count} free ports between {FREE_RANGE.start} and {FREE_RANGE.stop}")


def choose(auto: bool, given: Mapping[str, int]) -> dict[str, int]:
    """A port for every name: the given one, else a free one (`auto`) or the default.

    Raises StackError for a name that is not one of DEFAULTS or a port that is none.
    """
    for name, port in given.items():
        if name not in DEFAULTS:
            raise StackError(f"no port is called {name!r}; there are {', '.join(sorted(DEFAULTS))}")
        if not 1 <= port <= 65535:
            raise StackError(f"port {name}={port} is not between 1 and 65535")
    names = [name for name in DEFAULTS if name not in given]
    chosen = dict(zip(names, free(len(names)), strict=True)) if auto else {name: DEFAULTS[name] for name in names}
    return {**chosen, **given}


def holder(port: int) -> str:
    """Who listens on the port, for a sentence: `python (pid 12)`; `another process` when it cannot be seen."""
    with suppress(psutil.AccessDenied):
        for connection in psutil.net_connections("inet"):
            if (
                connection.laddr
                and connection.laddr.port == port
                and connection.status in ("LISTEN", "NONE")
                and connection.pid
            ):
                with suppress(psutil.Error):
                    return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return "another process"


def refuse_taken(ports: Mapping[str, int], names: Iterable[str], host: str) -> None:
    """Raise StackError that names every taken port, who has it, and how to move ours."""
    lines = [
        f"port {ports[name]} ({name}) is taken by {holder(ports[name])}; "
        f"free it, or choose another with --port {name}=NUMBER"
        for name in names
        if not is_free(ports[name], host)
    ]
    if lines:
        raise StackError("\n".join(lines) + "\n(--ports auto takes free ones for all)")
