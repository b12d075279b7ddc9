"""A dock's status, looked at whenever something of it changes: into its document and its live picture."""

from __future__ import annotations

from typing import Any

from bridge.devices import Devices, KnownDock
from bridge.live import Live
from bridge.projection import Projector
from store.dock_status import Said, status_of


class Statuses:
    """One for all docks. The field `status` is written here and nowhere else."""

    def __init__(self, devices: Devices, projector: Projector, live: Live) -> None:
        self._devices = devices
        self._projector = projector
        self._live = live

    def look(self, dock: KnownDock) -> None:
        """Something of dock or aircraft may have changed."""
        picture = dock.projection.picture
        awake = self._devices.aircraft_at_hand(dock.aircraft_sn) if dock.aircraft_online and dock.aircraft_sn else None
        aircraft = awake.projection.picture.whole() if awake is not None else {}
        status = status_of(Said(dock.online, picture.whole(), aircraft))
        if status == dock.status:
            return
        dock.status = status
        dock.projection.change(status=status)
        self._projector.touch(dock.projection)
        self._live.changed(dock.org_id, dock.sn, "presence", lambda: as_seen(dock))


def as_seen(dock: KnownDock) -> dict[str, Any]:
    """The live picture of a dock's presence."""
    return {
        "online": dock.online,
        "status": dock.status,
        "aircraft_sn": dock.aircraft_sn,
        "aircraft_online": dock.aircraft_online,
        "product": dock.product,
    }
