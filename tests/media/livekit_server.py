"""A real LiveKit server of a test's own, on free ports, that can be killed and started again where it was."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import socket
from pathlib import Path

import httpx

KEY, SECRET = "test-key", "test-secret-of-at-least-thirty-two-characters"


def binary() -> Path | None:
    """Where the server is: named, on the PATH, or in the installer's cache."""
    named = os.environ.get("ARGUS_TOOL_LIVEKIT_SERVER")
    cache = Path(os.environ.get("ARGUS_CACHE", Path.home() / ".cache" / "argus-dock"))
    for candidate in (named, shutil.which("livekit-server"), str(cache / "bin" / "livekit-server")):
        if candidate and os.access(candidate, os.X_OK):
            return Path(candidate)
    return None


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class LiveKitServer:
    """Started and stopped by a test; its ports stay the same over restarts."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        self.http_url = f"http://127.0.0.1:{self.port}"
        self._config = directory / "livekit.yaml"
        self._log = directory / "livekit.log"
        self._process: asyncio.subprocess.Process | None = None
        settings = {
            "port": self.port,
            "bind_addresses": ["127.0.0.1"],
            "keys": {KEY: SECRET},
            "logging": {"level": "info", "pion_level": "error"},
            "rtc": {
                "tcp_port": free_port(),
                "udp_port": free_port(socket.SOCK_DGRAM),
                "use_external_ip": False,
                "enable_loopback_candidate": True,
            },
        }
        self._config.write_text(json.dumps(settings))  # JSON is YAML

    async def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                str(binary()),
                *("--config", str(self._config), "--bind", "127.0.0.1", "--node-ip", "127.0.0.1"),
                stdout=log,
                stderr=log,
            )
        async with asyncio.timeout(20), httpx.AsyncClient() as http:
            while True:
                try:
                    await http.get(self.http_url)
                except httpx.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return

    async def kill(self) -> None:
        """End it without a word, as a crash does."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()
