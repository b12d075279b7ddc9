"""Temporal's development server with a database file, in place of a cluster."""

from __future__ import annotations

from pathlib import Path

from embedded import probes
from embedded.part import Part
from embedded.tools import Tool

NAMESPACE = "default"
SEARCH_ATTRIBUTES = ("OrgId", "MissionId", "DockSn", "Saga", "Phase")

# WAL with FULL loses nothing that was acknowledged; the server's one shard polls its queues 20 times a second by
# default, so that each hop would wait for up to 50 ms.
TUNING = (
    *("--sqlite-pragma", "journal_mode=WAL"),
    *("--sqlite-pragma", "synchronous=FULL"),
    *("--dynamic-config-value", "history.transferProcessorMaxPollRPS=500"),
    *("--dynamic-config-value", "history.timerProcessorMaxPollRPS=200"),
)
# Percent by which the heap may grow between two collections, Go's own being 100. A sixth of the server's CPU goes to
# memory where sagas start by the second.
GOGC = "300"


def part(tool: Tool, directory: Path, *, host: str, port: int, ui_port: int) -> Part:
    """The server with its web UI; the database is `directory/temporal.db`."""
    directory.mkdir(parents=True, exist_ok=True)
    attributes = [word for name in SEARCH_ATTRIBUTES for word in ("--search-attribute", f"{name}=Keyword")]
    return Part(
        name="temporal",
        argv=(
            *(str(tool.path), "server", "start-dev"),
            *("--db-filename", str(directory / "temporal.db")),
            *("--ip", host, "--port", str(port), "--ui-port", str(ui_port)),
            *("--log-level", "warn"),
            *TUNING,
            *attributes,
        ),
        env={"GOGC": GOGC},
        probe=probes.temporal(f"{host}:{port}", NAMESPACE),
        ports={"temporal": port, "temporal_ui": ui_port},
        ready_within=30,
        grace=3,  # it waits for clients that are still connected, and what it has acknowledged is on disk
    )
