"""What a cloud does to get a task flown, for tests that are about something else."""

from __future__ import annotations

import uuid
from typing import Any

import dji
from dji.topics import Kind
from dji.wpml import Kmz
from simulator.dock import SimDock
from tests.simulator.cloud import Cloud, now_ms
from tests.simulator.routes import FileServer


def offer(cloud: Cloud, files: FileServer, kmz: Kmz) -> None:
    """Answer `flighttask_resource_get` with this file."""
    url = files.url(f"{kmz.md5}.kmz", kmz.content)
    cloud.answers["flighttask_resource_get"] = lambda message: {"file": {"url": url, "fingerprint": kmz.md5}}


def prepared(flight_id: str, kmz: Kmz, **changes: Any) -> dict[str, Any]:
    """The data of `flighttask_prepare`."""
    return {
        "flight_id": flight_id,
        "task_type": 0,
        "execute_time": now_ms(),
        "file": {"url": "", "fingerprint": kmz.md5},
        "rth_altitude": 60,
        "out_of_control_action": 0,
        "exit_wayline_when_rc_lost": kmz.exit_wayline_when_rc_lost,
    } | changes


async def fly(cloud: Cloud, dock: SimDock, kmz: Kmz, **changes: Any) -> str:
    """Prepare and execute; the flight's id."""
    flight_id = uuid.uuid4().hex
    assert await cloud.result(dock.sn, "flighttask_prepare", prepared(flight_id, kmz, **changes), bid=flight_id) == 0
    assert await cloud.result(dock.sn, "flighttask_execute", {"flight_id": flight_id}, bid=flight_id) == 0
    return flight_id


async def progress(
    cloud: Cloud, flight_id: str, *statuses: str, where: dict[str, Any] | None = None, timeout: float = 60
) -> dji.Message:
    """The first progress of the flight with one of these statuses, and with these values in `ext`."""
    return await cloud.hear(
        lambda m: (
            m.kind is Kind.EVENTS
            and m.method == "flighttask_progress"
            and m.raw["output"]["ext"]["flight_id"] == flight_id
            and m.raw["output"]["status"] in statuses
            and (where or {}).items() <= m.raw["output"]["ext"].items()
        ),
        timeout,
    )


def steps(cloud: Cloud, flight_id: str) -> list[int]:
    """The steps told, without repetitions."""
    found: list[int] = []
    for m in cloud.heard:
        if (
            m.kind is Kind.EVENTS
            and m.method == "flighttask_progress"
            and m.raw["output"]["ext"]["flight_id"] == flight_id
        ):
            step = m.raw["output"]["progress"]["current_step"]
            if not found or found[-1] != step:
                found.append(step)
    return found
