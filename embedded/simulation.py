"""The simulator as a part: home of the demo dock, which an admin switches on and off by the API."""

from __future__ import annotations

import sys
from pathlib import Path

from embedded import probes
from embedded.ours import ROOT
from embedded.part import Part

NAME = "simulator"


def part(directory: Path, *, host: str, port: int) -> Part:
    """`python -m simulator`, empty at first, on the loopback; `directory` keeps what was switched on."""
    return Part(
        name=NAME,
        argv=(
            *(sys.executable, "-m", "simulator", "--control-port", str(port)),
            *("--keep", str(directory / "docks.json"), "--log-level", "WARNING"),
        ),
        cwd=ROOT,
        probe=probes.http(f"http://{host}:{port}/health"),
        ports={NAME: port},
        ready_within=90.0,
    )
