"""What an auto-stream needs of the store: its conditions, its ingress, and its face on the dock's document."""

from __future__ import annotations

import asyncio
from typing import Any

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.failures import Failure, failure
from activities.mqtt import stream_key
from activities.occasion import this_time
from dji.products import parse_video_id, product
from settings import Settings
from store.docks import AircraftRepository, Docks, Stream
from store.document import now
from store.events import Events, about
from store.facts import Camera, LiveCapacity, Video
from store.ingresses import Ingress, Ingresses, IngressState, key_hash
from store.orgs import Orgs

Json = dict[str, Any]


class StreamRef(BaseModel):
    sn: str
    mission_id: str


class StreamConditions(BaseModel):
    """What a saga that begins does not know yet. `assigned`: to this mission; `stale`: ways in that were left open."""

    online: bool
    assigned: bool
    aircraft_sn: str | None = None
    capacity: LiveCapacity | None = None
    stale: list[str] = Field(default_factory=list)


class NewIngress(StreamRef):
    ingress_id: str
    org_id: str
    video_id: str
    workflow_id: str


class StreamMirror(StreamRef):
    stream: Stream | None = None


class IngressRef(BaseModel):
    ingress_id: str


class IngressLook(BaseModel):
    """None for an ingress that is not there."""

    state: IngressState | None = None


class DockStreams(StreamRef):
    """All pushes of a dock into a mission."""


class IngressList(BaseModel):
    ingresses: list[str]


class IngressOpened(BaseModel):
    identity: str


class StreamState:
    """Activities on `ingresses` and on `stream` of `dji_docks`."""

    def __init__(self, client: AsyncClient, settings: Settings, events: Events) -> None:
        self._events = events
        self._docks = Docks(client)
        self._aircraft = AircraftRepository(client)
        self._ingresses = Ingresses(client)
        self._orgs = Orgs(client)
        self._settings = settings

    @activity.defn
    async def stream_conditions(self, given: StreamRef) -> StreamConditions:
        """The dock as the store has it: online, in this mission, and what it said it can stream."""
        dock = await self._docks.get(given.sn)
        if dock is None:
            return StreamConditions(online=False, assigned=False)
        raw = dock.state.get("live_capacity") or dock.osd.get("live_capacity")
        capacity = capacity_of(given.sn, raw) if isinstance(raw, dict) else None
        assigned = dock.mission_id == given.mission_id
        left = await self._ingresses.find(sn=given.sn)
        return StreamConditions(
            online=dock.online,
            assigned=assigned,
            aircraft_sn=dock.aircraft_sn,
            capacity=capacity,
            stale=sorted(ingress.id for ingress in left if ingress.state != "closed"),
        )

    @activity.defn
    async def open_ingress(self, given: NewIngress) -> IngressOpened:
        """Make a place for a push; its key is derived, only the hash is kept. Raises DockUnknown, OrgUnknown, or
        StreamsFull."""
        video = parse_video_id(given.video_id)
        dock, machine = await asyncio.gather(self._docks.get(given.sn), self._aircraft.get(video.sn))
        if dock is None:
            raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {given.sn}", field="sn")
        key = machine.product if machine is not None else dock.product
        identity = f"dji-dock-{given.sn}-{video.slug}"
        ingress = Ingress(
            id=given.ingress_id,
            key_hash=key_hash(stream_key(self._settings, given.ingress_id)),
            room=given.mission_id,
            identity=identity,
            metadata={
                "source": "dji-cloud",
                "role": "video",
                "dock": given.sn,
                "videoId": given.video_id,
                "model": product(key).name if key else None,
                "autopilot": "dji",
            },
            sn=given.sn,
            video_id=given.video_id,
            org_id=given.org_id,
            workflow_id=given.workflow_id,
        )
        org = await self._orgs.get(given.org_id)
        if org is None:
            raise failure(Failure.ORG_UNKNOWN, f"there is no organisation {given.org_id}")
        most = org.streams_most

        async def step(transaction: AsyncTransaction) -> None:
            opened = await self._ingresses.open(given.org_id, transaction)
            if any(each.id == ingress.id for each in opened):
                return
            if len(opened) >= most:
                raise failure(Failure.STREAMS_FULL, f"the organisation has {len(opened)} streams, {most} are allowed")
            transaction.create(self._ingresses.ref(ingress.id), ingress.to_fields())

        await self._ingresses.transact(step)
        return IngressOpened(identity=identity)

    @activity.defn
    async def retire_ingress(self, given: IngressRef) -> None:
        """Its key opens nothing from now on, whatever becomes of media."""

        async def step(transaction: AsyncTransaction) -> None:
            ingress = await self._ingresses.get(given.ingress_id, transaction)
            if ingress is not None and ingress.state != "closed":
                transaction.update(self._ingresses.ref(ingress.id), {"state": "closed", "closedAt": now()})

        await self._ingresses.transact(step)

    @activity.defn
    async def open_ingresses(self, given: DockStreams) -> IngressList:
        """Ingresses of a dock into a mission that are still open: none, unless something died half-way."""
        found = await self._ingresses.find(sn=given.sn, room=given.mission_id)
        return IngressList(ingresses=sorted(ingress.id for ingress in found if ingress.state != "closed"))

    @activity.defn
    async def look_at_ingress(self, given: IngressRef) -> IngressLook:
        """What media last wrote of it."""
        ingress = await self._ingresses.get(given.ingress_id)
        return IngressLook(state=ingress.state if ingress is not None else None)

    @activity.defn
    async def mirror_stream(self, given: StreamMirror) -> None:
        """Show the stream on the dock's document while the dock is in the mission."""

        async def step(transaction: AsyncTransaction) -> None:
            dock = await self._docks.get(given.sn, transaction)
            if dock is not None and dock.mission_id == given.mission_id:
                shown = given.stream.model_dump(by_alias=True) if given.stream is not None else None
                transaction.update(self._docks.ref(given.sn), {"stream": shown})
                if (kind := event_of(dock.stream, given.stream)) is not None:
                    await self._events.emit(
                        dock.org_id, kind, about("dock", dock.sn, mission=given.mission_id), shown or {},
                        key=this_time(), within=transaction,
                    )  # fmt: skip

        await self._events.transact(step)


def event_of(before: Stream | None, after: Stream | None) -> str | None:
    """The event in a change of what is shown of a stream; None where nobody has to be told."""
    was, live = before is not None and before.phase == "live", after is not None and after.phase == "live"
    if live:
        same = was and before is not None and after is not None and before.video_id == after.video_id
        return None if same else "stream.live"
    if not was:
        return None
    if after is None or after.phase in ("stopped", "waiting", "ended"):
        return "stream.stopped"
    switched = after.video_id is not None and before is not None and after.video_id != before.video_id
    return None if switched else "stream.lost"


def capacity_of(sn: str, raw: Json) -> LiveCapacity:
    """`live_capacity` of a dock's state as a fact; what cannot be read of it is left out."""
    cameras = []
    for device in _maps(raw.get("device_list")):
        for camera in _maps(device.get("camera_list")):
            videos = [
                Video(
                    index=str(video.get("video_index")),
                    type=video.get("video_type"),
                    switchable=[str(name) for name in video.get("switchable_video_types") or []],
                )
                for video in _maps(camera.get("video_list"))
            ]
            owner, index = str(device.get("sn", "")), str(camera.get("camera_index", ""))
            cameras.append(Camera(sn=owner, payload_index=index, videos=videos))
    most = raw.get("coexist_video_number_max")
    return LiveCapacity(sn=sn, cameras=cameras, coexist_most=most if isinstance(most, int) else 1)


def _maps(value: Any) -> list[Json]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
