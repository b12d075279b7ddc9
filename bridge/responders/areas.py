"""`flight_areas_get` and `offline_map_get`: the file of the mission's flight areas; of maps there are none.

Both are answered at once, since silence costs 40 s before each take-off. A third party says that a reply without
`output` leaves the dock's areas as they are, and one without files clears them: only a dock that was given ours is told
to have none.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final

import structlog

from bridge.devices import Devices
from bridge.faults import passes
from bridge.responders import Answer
from bridge.sagas import Sagas
from dji import Message
from store.areas import AreaFile, DockAreas, DockAreasRepository, MissionAreas, MissionAreasRepository
from store.docks import Docks
from store.facts import AreasProgress
from store.objects import Objects
from timings import Timings
from workflows.names import Signal, areas_id

LINK_SECONDS = 3_600
SHARE: Final = 0.8
"""Of the time that a request may take."""

log = structlog.get_logger()


class AreaFiles:
    def __init__(
        self,
        areas: MissionAreasRepository,
        given: DockAreasRepository,
        docks: Docks,
        devices: Devices,
        sagas: Sagas,
        objects: Objects,
        timings: Timings,
    ) -> None:
        self._within = timings.request_answer * SHARE
        self._telling: set[asyncio.Task[bool]] = set()
        self._areas, self._given, self._docks = areas, given, docks
        self._devices = devices
        self._sagas = sagas
        self._objects = objects

    async def get(self, message: Message) -> Answer:
        """What this dock is to have now. Where the store cannot say in time, it keeps what it has."""
        try:
            async with asyncio.timeout(self._within):
                return await self._answer(message)
        except Exception as error:
            if not isinstance(error, TimeoutError) and not passes(error):
                raise
            log.warning("flight areas could not be looked up", sn=message.sn, error=str(error)[:300])
            return 0

    async def _answer(self, message: Message) -> Answer:
        known = await self._devices.dock(message.sn)
        dock = await self._docks.get(message.sn) if known is not None else None
        if dock is None or dock.org_id is None:
            return 0
        before = await self._given.get(dock.sn)
        areas = await self._areas.get(dock.mission_id) if dock.mission_id is not None else None
        file = _file_for(areas, before, dock.org_id)
        if areas is not None and file is not None:
            await self._given.was_given(dock.sn, dock.org_id, areas.mission_id, file.checksum)
            self._tell(areas.mission_id, dock.sn, file.checksum)
            link = self._objects.presign_get(file.object_key, LINK_SECONDS)
            shown = {"name": file.name, "url": link, "checksum": file.checksum, "size": file.size}
            return {"result": 0, "output": {"files": [shown]}}
        if before is None or before.given is None:
            return 0
        await self._given.was_given(dock.sn, dock.org_id, before.mission_id, None)
        self._tell(before.mission_id, dock.sn, None)
        return {"result": 0, "output": {"files": []}}

    async def close(self) -> None:
        """Give up what was not told yet: a saga asks again."""
        for task in list(self._telling):
            task.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    def _tell(self, mission: str, sn: str, checksum: str | None) -> None:
        """The saga hears of it, since a dock that clears its areas says nothing more. The dock does not wait for that:
        a word that is lost with this process costs another try."""
        fact = AreasProgress(sn=sn, status="asked", checksum=checksum, at=int(time.time() * 1000))
        task = asyncio.create_task(self._sagas.tell(areas_id(mission), Signal.AREAS_PROGRESS, fact))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)


def _file_for(areas: MissionAreas | None, before: DockAreas | None, org: str) -> AreaFile | None:
    if areas is None or areas.over or areas.org_id != org:
        return None
    unfit = before is not None and before.mission_id == areas.mission_id and before.status == "unfit"
    return None if unfit else areas.file


async def no_map(message: Message) -> Answer:
    """There is no offline map for the dock."""
    return 0
