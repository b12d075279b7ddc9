"""Whether a route keeps to the flight areas of its mission."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from dji import wpml
from store.areas import MissionAreasRepository
from store.flights import Wayline
from store.geofence import Breach, Place, Space
from store.objects import Objects


class Limits:
    """The areas of missions, and the routes that are to keep to them."""

    def __init__(self, areas: MissionAreasRepository, objects: Objects) -> None:
        self._areas = areas
        self._objects = objects

    async def breached_by(
        self, mission_id: str, *, wayline: Wayline | None = None, route: Sequence[Place] = ()
    ) -> Breach | None:
        """Where a wayline, or a route, first leaves the mission's areas; None where it does not, or there are none.

        A wayline whose file is gone breaches nothing: it cannot be flown.
        """
        drawn = await self._areas.get(mission_id)
        if drawn is None or drawn.over or not drawn.areas:
            return None
        if wayline is not None and (content := await self._objects.get(wayline.object_key)) is not None:
            kmz = await asyncio.to_thread(wpml.read_kmz, content)
            route = [Place(point.lon, point.lat) for point in kmz.waypoints()]
        return await asyncio.to_thread(Space(drawn.areas).left_by, route)
