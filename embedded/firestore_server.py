"""Our Firestore server (`embedded/firestore`) as a part, in place of Google Cloud Firestore."""

from __future__ import annotations

import sys
from pathlib import Path

from embedded import probes
from embedded.part import Part

ROOT = Path(__file__).resolve().parents[1]


def part(directory: Path, *, host: str, port: int) -> Part:
    """The server; the database is `directory/firestore.db`."""
    directory.mkdir(parents=True, exist_ok=True)
    return Part(
        name="firestore",
        argv=(
            *(sys.executable, "-m", "embedded.firestore"),
            *("--host", host, "--port", str(port), "--db", str(directory / "firestore.db")),
            *("--indexes", str(ROOT / "deploy" / "firestore.indexes.json")),
        ),
        cwd=ROOT,
        env={"PYTHONUNBUFFERED": "1"},
        probe=probes.tcp(host, port),
        ports={"firestore": port},
    )
