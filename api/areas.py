"""Flight areas of a mission: drawn as GeoJSON, checked, and on their way into its docks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final, Literal
from uuid import uuid4

from fastapi import APIRouter
from google.cloud.firestore import AsyncTransaction
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from api.body import Body, SagaLinks, View
from api.deps import Commander, Operator, Parts, PartsDep, Viewer, actor
from api.problems import Refused
from store.areas import Area, AreaKind, AreaSync, Corner, DockAreas, MissionAreas
from store.breach import Limits
from store.document import now
from store.flights import Wayline
from store.geofence import MOST_CORNERS, Place, faults, place_of
from store.missions import Mission
from workflows import names
from workflows.waking import wake_areas

router = APIRouter(prefix="/v1/missions/{mission_id}/areas", tags=["areas"])

MOST: Final = 100  # areas of a mission: each is looked at for each leg of each route
# DJI's names, ours in words, and what ARGUS's pages write
KINDS: Final[dict[str, AreaKind]] = {
    "dfence": "dfence", "keep-in": "dfence", "gfz": "dfence", "nfz": "nfz", "keep-out": "nfz", "dnfz": "nfz",
}  # fmt: skip
OPEN: Final = frozenset({"planning", "ready", "active"})
Degrees = tuple[float, float] | tuple[float, float, float]


class Geo(BaseModel):
    """GeoJSON has its own names, and may hold more than is used here."""

    model_config = ConfigDict(extra="ignore")


class PointGeometry(Geo):
    type: Literal["Point"]
    coordinates: Degrees = Field(description="Longitude, latitude, WGS84; a height is not used")


class PolygonGeometry(Geo):
    type: Literal["Polygon"]
    coordinates: list[Annotated[list[Degrees], Field(min_length=4)]] = Field(
        min_length=1,
        max_length=1,
        description=f"One ring of at most {MOST_CORNERS} corners, whose first is repeated at its end",
    )

    @field_validator("coordinates")
    @classmethod
    def _closed(cls, rings: list[list[Degrees]]) -> list[list[Degrees]]:
        if rings[0][0][:2] != rings[0][-1][:2]:
            raise ValueError("the ring is not closed; repeat its first corner at its end")
        return rings


class AreaProperties(Geo):
    kind: str = Field(description="keep-in or keep-out; DJI's dfence and nfz are understood as well")
    name: Annotated[str, StringConstraints(max_length=64)] = ""
    enabled: bool = True
    radius: float = Field(0, ge=0, description="m; of a circle around a point, 10 or more")

    @field_validator("kind")
    @classmethod
    def _known(cls, kind: str) -> str:
        if kind not in KINDS:
            raise ValueError(f"{kind!r} is no kind of area; give one of {', '.join(KINDS)}")
        return "keep-in" if KINDS[kind] == "dfence" else "keep-out"


class AreaFeature(Geo):
    type: Literal["Feature"] = "Feature"
    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = Field(
        default_factory=lambda: str(uuid4()), description="Made where it is left out"
    )
    geometry: PointGeometry | PolygonGeometry = Field(discriminator="type")
    properties: AreaProperties


class DrawAreas(Body):
    """All areas of the mission; what was there before is replaced."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature] = Field(max_length=MOST)


class DockAreasView(View):
    """One dock of the mission. `synchronized` and `cleared` by its own word."""

    sn: str
    status: AreaSync
    checksum: str | None
    error: str | None
    reason: int
    attempts: int
    updated_at: datetime | None


class AreasView(View):
    """GeoJSON, with how far each dock has it."""

    type: Literal["FeatureCollection"] = "FeatureCollection"
    features: list[AreaFeature]
    revision: int
    checksum: str | None = Field(description="SHA-256 of the file that docks fetch; null while it is being made")
    docks: list[DockAreasView]
    updated_by: str | None
    updated_at: datetime | None
    saga: SagaLinks


@router.get("")
async def areas(parts: PartsDep, caller: Viewer, mission_id: str) -> AreasView:
    """Show the flight areas of a mission, and how far each of its docks has them."""
    return await _view(parts, await parts.mission_of(caller, mission_id))


@router.put("")
async def draw(parts: PartsDep, caller: Operator, mission_id: str, body: DrawAreas) -> AreasView:
    """Draw the flight areas of a mission anew. Docks are told once nobody has drawn for a moment."""
    mission = await parts.mission_of(caller, mission_id)
    _open(mission)
    drawn = [_area(feature) for feature in body.features]
    ids = [area.id for area in drawn]
    if len(set(ids)) < len(ids):
        twice = next(number for number, key in enumerate(ids) if key in ids[:number])
        raise _refused(twice, "id", f"the id {ids[twice]} is there twice", "Give each area an id of its own")
    docks = {}
    for sn in mission.dock_sns:
        dock = await parts.docks.get(sn)
        place = place_of(dock.osd) if dock is not None else None
        if place is not None:
            docks[sn] = place
    if found := faults(drawn, docks):
        first = found[0]
        raise _refused(first.index, first.where, first.why, first.cure, len(found))

    async def step(transaction: AsyncTransaction) -> MissionAreas:
        before = await parts.areas.get(mission_id, transaction)
        after = MissionAreas(
            mission_id=mission_id,
            org_id=caller.org,
            areas=drawn,
            revision=before.revision + 1 if before is not None else 1,
            file=before.file if before is not None else None,
            updated_by=caller.user,
        )
        transaction.set(parts.areas.ref(mission_id), after.to_fields())
        return after

    after = await parts.areas.transact(step)
    await wake_areas(parts.temporal, mission_id, caller.org, parts.timings, actor=actor(caller))
    await parts.note(
        caller, f"areas-{mission_id}-{after.revision}", "areas.draw", mission_id,
        revision=after.revision, areas=len(drawn),
    )  # fmt: skip
    return await _view(parts, mission)


@router.delete("")
async def clear(parts: PartsDep, caller: Operator, mission_id: str) -> AreasView:
    """Remove all flight areas of a mission; its docks are told to have none."""
    return await draw(parts, caller, mission_id, DrawAreas(features=[]))


@router.post("/send", status_code=202)
async def send(parts: PartsDep, caller: Commander, mission_id: str) -> AreasView:
    """Tell all docks of the mission again, also those that have the areas already."""
    mission = await parts.mission_of(caller, mission_id)
    _open(mission)
    await wake_areas(parts.temporal, mission_id, caller.org, parts.timings, actor=actor(caller), again=True)
    at = now()
    await parts.note(caller, f"areas-{mission_id}-send-{at.isoformat()}", "areas.send", mission_id)
    return await _view(parts, mission)


async def refuse_breach(parts: Parts, mission_id: str, wayline: Wayline | None, to: Place | None) -> None:
    """Refuse a wayline, or a flight to a point, that leaves the areas of its mission. Raises Refused 422."""
    route = [to] if to is not None else []
    breach = await Limits(parts.areas, parts.objects).breached_by(mission_id, wayline=wayline, route=route)
    if breach is not None:
        where = f"The way to waypoint {breach.number + 1}" if wayline is not None else "The point"
        raise Refused(
            422, "areas-breached", f"{where} {breach.why}.", field="waylineId" if wayline is not None else "to",
            cure="Plan the flight inside of the mission's flight areas, or change these.",
        )  # fmt: skip


def _open(mission: Mission) -> None:
    if mission.status not in OPEN:
        raise Refused(
            409, "mission-ended", f"Mission {mission.name} is {mission.status}.", field="mission_id",
            cure="Create a new mission.",
        )  # fmt: skip


def _refused(index: int, where: str, why: str, cure: str, count: int = 1) -> Refused:
    more = f" ({count - 1} more of the areas have faults.)" if count > 1 else ""
    return Refused(
        422, "areas-invalid", f"Area number {index + 1}: {why}.{more}", field=f"features.{index}.{where}",
        cure=f"{cure}.",
    )  # fmt: skip


def _area(feature: AreaFeature) -> Area:
    geometry, properties = feature.geometry, feature.properties
    if isinstance(geometry, PointGeometry):
        ring: list[Degrees] = [geometry.coordinates]
    else:
        ring = geometry.coordinates[0][:-1]
    return Area(
        id=feature.id,
        kind=KINDS[properties.kind],
        name=properties.name,
        enabled=properties.enabled,
        corners=[Corner(longitude=each[0], latitude=each[1]) for each in ring],
        radius=properties.radius if isinstance(geometry, PointGeometry) else 0,
    )


def _feature(area: Area) -> AreaFeature:
    ring: list[Degrees] = [(corner.longitude, corner.latitude) for corner in area.corners]
    geometry = (
        PointGeometry(type="Point", coordinates=ring[0])
        if len(ring) == 1
        else PolygonGeometry(type="Polygon", coordinates=[[*ring, ring[0]]])
    )
    properties = AreaProperties(kind=area.kind, name=area.name, enabled=area.enabled, radius=area.radius)
    return AreaFeature(id=area.id, geometry=geometry, properties=properties)


async def _view(parts: Parts, mission: Mission) -> AreasView:
    drawn = await parts.areas.get(mission.id)
    known = {each.sn: each for each in await parts.dock_areas.find(missionId=mission.id)}
    docks = [_dock(sn, known.get(sn)) for sn in mission.dock_sns] if drawn is not None else []
    file = drawn.file if drawn is not None else None
    return AreasView(
        features=[_feature(area) for area in drawn.areas] if drawn is not None else [],
        revision=drawn.revision if drawn is not None else 0,
        checksum=file.checksum if file is not None else None,
        docks=docks,
        updated_by=drawn.updated_by if drawn is not None else None,
        updated_at=drawn.updated_at if drawn is not None else None,
        saga=parts.links(names.areas_id(mission.id)),
    )


def _dock(sn: str, known: DockAreas | None) -> DockAreasView:
    if known is None:
        return DockAreasView(sn=sn, status="waiting", checksum=None, error=None, reason=0, attempts=0, updated_at=None)
    return DockAreasView(**known.model_dump())
