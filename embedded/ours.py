"""Our own processes as parts: the worker, the bridge, the media ingress, manual flight and the API."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from embedded import probes
from embedded.environment import Place
from embedded.part import Part

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("worker", "bridge", "media", "drc", "api")
WITH_A_PORT = ("media", "drc", "api")  # the others have one for their health only

# The worker lets running activities end, and ingress, manual flight and API their connections; the bridge has nothing
# to finish, since what it has not acknowledged comes again.
GRACE = {"worker": 12.0, "bridge": 5.0, "media": 5.0, "drc": 5.0, "api": 5.0}


def part(name: str, place: Place, env: Mapping[str, str]) -> Part:
    """The process `python -m NAME`, ready when its GET /health says so."""
    has_own_port = name in WITH_A_PORT
    port_name = name if has_own_port else f"{name}_health"
    port = place.ports[port_name]
    own = {} if has_own_port else {"ARGUS_HEALTH_PORT": str(port)}
    return Part(
        name=name,
        argv=(sys.executable, "-m", name),
        cwd=ROOT,
        env={**env, **own},
        probe=probes.http(f"http://{place.local if has_own_port else '127.0.0.1'}:{port}/health"),
        ports={port_name: port} | ({"rtmp": place.ports["rtmp"]} if name == "media" else {}),
        ready_within=90.0,
        grace=GRACE[name],
    )
