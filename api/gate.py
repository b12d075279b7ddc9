"""The gate of a dock as it stands now, before anybody asks for a take-off."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final

from fastapi import APIRouter
from pydantic import Field

from activities.state.readings import read_gate
from api.body import View
from api.deps import Parts, PartsDep, Viewer
from store.docks import Dock
from store.document import now
from store.flights import GateReading
from store.orgs import GateLimits
from workflows import gate as limits

router = APIRouter(prefix="/v1/docks", tags=["flights"])

LISTEN: Final = 2.5  # seconds: a dock that is online tells its properties within 2 s


class GateView(View):
    open: bool = Field(description="Whether a take-off would pass now, without an override")
    readings: list[GateReading] = Field(description="One for each limit, in words that an override uses")


@router.get("/{sn}/gate")
async def gate(parts: PartsDep, caller: Viewer, sn: str) -> GateView:
    """Show each limit of the gate before a take-off, with what the dock says now.

    The dock is listened to for a moment, so this takes up to 3 s. A flight looks again before it takes off.
    """
    dock = await parts.dock_of(caller, sn)
    aircraft = await parts.aircraft.get(dock.aircraft_sn) if dock.aircraft_sn is not None else None
    org = await parts.orgs.get(caller.org)
    heard = await _hear(parts, caller.org, dock) if dock.online else None
    lines = limits.evaluate(
        read_gate(dock, aircraft, now(), heard),
        org.gate if org is not None else GateLimits(),
        {},
        fresh=parts.timings.telemetry_fresh,
    )
    return GateView(open=not limits.failures(lines), readings=lines)


async def _hear(parts: Parts, org: str, dock: Dock) -> dict[str, Any] | None:
    """The dock's properties of this moment; None where it does not speak."""
    async with parts.live.watch(org, frozenset({dock.sn})) as watcher:
        try:
            async with asyncio.timeout(LISTEN):
                while True:
                    for message in await watcher.next():
                        # A watcher begins with the latest picture, which may be of a dock that fell silent
                        if message["part"] == "dock" and time.time() - message["at"] / 1000 < LISTEN:
                            return dict(message["data"])
        except TimeoutError:
            return None
