"""LiveKit's server on loopback, in place of a LiveKit cluster or Cloud."""

from __future__ import annotations

import json
from pathlib import Path

from embedded import probes
from embedded.part import Part
from embedded.tools import Tool


def part(
    tool: Tool,
    directory: Path,
    *,
    host: str,
    port: int,
    tcp_port: int,
    udp_port: int,
    api_key: str,
    api_secret: str,
    node_ip: str = "127.0.0.1",
) -> Part:
    """The server with one account. `api_secret` has 32 characters or more, or it refuses to start."""
    directory.mkdir(parents=True, exist_ok=True)
    config = directory / "livekit.yaml"
    config.touch(mode=0o600)
    settings = {
        "port": port,
        "bind_addresses": [host],
        "keys": {api_key: api_secret},
        "logging": {"level": "info", "pion_level": "error"},
        "rtc": {
            "node_ip": node_ip,
            "tcp_port": tcp_port,
            "udp_port": udp_port,
            "use_external_ip": False,
            "enable_loopback_candidate": True,
        },
        # A room waits for its dock: missions are longer than the pauses between flights.
        "room": {"auto_create": True, "empty_timeout": 300, "departure_timeout": 60},
    }
    config.write_text(json.dumps(settings, indent=1))  # JSON is YAML
    return Part(
        name="livekit",
        argv=(str(tool.path), "--config", str(config), "--bind", host, "--node-ip", node_ip),
        probe=probes.http(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"),
        ports={"livekit": port, "livekit_tcp": tcp_port, "livekit_udp": udp_port},
    )
