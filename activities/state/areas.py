"""A mission's flight areas in the store: the file that is made of them, and how far each dock has it."""

from __future__ import annotations

import hashlib
from typing import Final

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel, Field
from temporalio import activity

from activities.occasion import this_time
from store.areas import AreaFile, AreaSync, DockAreas, DockAreasRepository, MissionAreas, MissionAreasRepository
from store.docks import Docks
from store.document import now
from store.events import Events, about
from store.geofence import Space, file_of, name_of, place_of
from store.missions import Missions
from store.objects import Objects

OVER: Final = frozenset({"completed", "aborted"})


class AreasRef(BaseModel):
    mission_id: str


class DockNeed(BaseModel):
    """A dock that is in the mission, or has its areas. `unfit`: why it is not given them."""

    sn: str
    member: bool = True
    online: bool
    product: str | None = None
    unfit: str | None = None
    has: str | None = Field(None, description="Checksum of what it was given last; None: none of ours")


class AreasPlan(BaseModel):
    """What every dock of the mission is to have; `checksum` None: no areas."""

    checksum: str | None = None
    revision: int = 0
    over: bool = False
    docks: list[DockNeed] = Field(default_factory=list)


class DockSynced(AreasRef):
    sn: str
    org_id: str
    status: AreaSync
    checksum: str | None = None
    reason: int = 0
    error: str | None = None
    attempts: int = 0


class AreaState:
    """Activities on `mission_areas` and `dock_areas`."""

    def __init__(self, client: AsyncClient, objects: Objects, events: Events) -> None:
        self._areas = MissionAreasRepository(client)
        self._given = DockAreasRepository(client)
        self._docks = Docks(client)
        self._missions = Missions(client)
        self._objects = objects
        self._events = events

    @activity.defn
    async def publish_areas(self, given: AreasRef) -> AreasPlan:
        """Make the file of the areas as they are now, where it is another one, and say which docks need telling."""
        areas = await self._areas.get(given.mission_id)
        mission = await self._missions.get(given.mission_id)
        if areas is None:
            return AreasPlan(over=True)
        over = mission is None or mission.status in OVER
        wanted = [] if over else areas.areas
        file = await self._file(areas, over=over)
        space = Space(wanted)
        needs: dict[str, DockNeed] = {}
        members = [] if over else await self._docks.find(orgId=areas.org_id, missionId=given.mission_id)
        had = {each.sn: each for each in await self._given.find(missionId=given.mission_id)}
        for dock in members:
            place = place_of(dock.osd)
            unfit = space.unfit_for(place) if place is not None and wanted else None
            has = had[dock.sn].given if dock.sn in had else None
            needs[dock.sn] = DockNeed(sn=dock.sn, online=dock.online, product=dock.product, unfit=unfit, has=has)
        for sn, each in had.items():
            if sn in needs or each.given is None:
                continue
            left = await self._docks.get(sn)
            if left is not None and left.org_id == areas.org_id:
                needs[sn] = DockNeed(sn=sn, member=False, online=left.online, product=left.product, has=each.given)
        checksum = file.checksum if file is not None else None
        return AreasPlan(checksum=checksum, revision=areas.revision, over=over, docks=list(needs.values()))

    async def _file(self, areas: MissionAreas, *, over: bool) -> AreaFile | None:
        """The file that docks are to fetch now; None where they are to have no areas."""
        if over or not areas.areas:
            if areas.file is not None or areas.over != over:
                await self._areas.patch(areas.mission_id, {"file": None, "over": over})
            return None
        content = file_of(areas.areas)
        checksum = hashlib.sha256(content).hexdigest()
        if areas.file is not None and areas.file.checksum == checksum:
            return areas.file
        name = name_of(content)
        key = f"areas/{areas.org_id}/{areas.mission_id}/{name}"
        await self._objects.put(key, content, "application/geo+json")
        file = AreaFile(name=name, object_key=key, checksum=checksum, size=len(content))
        await self._areas.patch(areas.mission_id, {"file": file.model_dump(by_alias=True)})
        return file

    @activity.defn
    async def note_dock_areas(self, given: DockSynced) -> None:
        """Write how far a dock is; tell the organisation's endpoints."""
        document = DockAreas(**given.model_dump(), updated_at=now())
        await self._given.note(document)
        await self._events.emit(
            given.org_id,
            f"areas.{given.status}",
            about("dock", given.sn, missionId=given.mission_id),
            {"checksum": given.checksum, "reason": given.reason, "error": given.error, "attempts": given.attempts},
            key=this_time(),
        )
