"""Flight areas: what docks say of the file's way, to its saga; and an aircraft that comes near an edge, to people."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Final

from bridge.alert_kinds import of_areas
from bridge.alerts import DockAlerts, occasion
from bridge.devices import Devices, KnownDock
from bridge.faults import until_done
from bridge.live import Live
from bridge.projection import Clock
from bridge.sagas import Sagas
from dji import Message
from store.areas import Area, DockAreasRepository, MissionAreasRepository
from store.facts import AreasProgress
from workflows.names import Signal, areas_id

Json = dict[str, Any]

NEAR: Final = 20.0
"""Metres to an edge, from which on people are told: at 15 m/s an aircraft is there in a second or two."""
RELOOK: Final = 15.0
"""Seconds for which a dock's areas are remembered."""
MOST_IN_MIND: Final = 2000


class Areas:
    """Handlers of events. Errors of the store come through."""

    def __init__(
        self,
        areas: MissionAreasRepository,
        given: DockAreasRepository,
        devices: Devices,
        sagas: Sagas,
        alerts: DockAlerts,
        live: Live,
        clock: Clock,
    ) -> None:
        self._areas, self._given = areas, given
        self._devices = devices
        self._sagas = sagas
        self._alerts = alerts
        self._live = live
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, dict[str, Area]]] = OrderedDict()

    async def progress(self, message: Message) -> str | None:
        """`flight_areas_sync_progress`. Returns once its saga has it; a sentence where the areas are none of ours."""
        data: Any = message.data
        given = await until_done(lambda: self._given.get(message.sn))
        if given is None:
            return "progress of flight areas that are none of ours"
        fact = AreasProgress(
            sn=message.sn,
            status=data.status or "",
            reason=data.reason or 0,
            checksum=data.file.checksum if data.file is not None else None,
            at=message.timestamp or 0,
        )
        await self._sagas.tell(areas_id(given.mission_id), Signal.AREAS_PROGRESS, fact)
        return None

    async def distances(self, message: Message) -> str | None:
        """`flight_areas_drone_location`: live, and as an alert when the aircraft comes near an edge, crosses it or is
        well again. Dock 3 may leave out which area it is: then its distance alone counts."""
        dock = await until_done(lambda: self._devices.dock(message.sn))
        if dock is None:
            return None
        data: Any = message.data
        locations = data.drone_locations or []
        areas = await until_done(lambda: self._areas_of(dock))
        found = [_seen(location, areas.get(location.area_id or "")) for location in locations]
        shown = {"method": message.method, "data": {"areas": found}}
        self._live.changed(dock.org_id, dock.sn, "alert", lambda: shown)
        await self._alerts.keep(dock, of_areas(found), occasion(message))
        return None

    async def _areas_of(self, dock: KnownDock) -> dict[str, Area]:
        """Those that the dock was given, by id."""
        looked_at, areas = self._known.get(dock.sn, (float("-inf"), {}))
        if self._clock() - looked_at > RELOOK:
            given = await self._given.get(dock.sn)
            drawn = await self._areas.get(given.mission_id) if given is not None else None
            areas = {area.id: area for area in drawn.areas} if drawn is not None else {}
            self._known[dock.sn] = (self._clock(), areas)
            self._known.move_to_end(dock.sn)
            if len(self._known) > MOST_IN_MIND:
                self._known.popitem(last=False)
        return areas


def _seen(location: Any, area: Area | None) -> Json:
    distance, inside = location.area_distance, bool(location.is_in_area)
    wrong = area is not None and inside == (area.kind == "nfz")
    near = distance is not None and distance <= NEAR
    return {
        "id": location.area_id,
        "name": area.name if area is not None else None,
        "kind": area.kind if area is not None else None,
        "distance": distance,
        "inside": inside,
        "state": "breached" if wrong else "near" if near else "clear",
    }
