"""The legs of a relay: their files in the bucket, and words to the flights that fly them."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Final, Literal

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel, Field
from temporalio import activity
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from activities.beating import heartbeating
from activities.failures import Failure, failure
from dji.wpml import KmzError, Waypoint, build_kmz, hover, take_photo, write_kmz
from store.docks import AircraftRepository, Docks, aircraft_product
from store.facts import Actor, Ask
from store.flights import KMZ, TERMINAL, FlightTasks, Wayline, Waylines, kmz_key
from store.objects import Objects
from store.relays import RelayLeg, RoutePoint
from workflows.names import Update, flight_id
from workflows.relay_plan import Route

LOOK: Final = 0.3  # s between looks at a flight that is about to hand over


class LegFiles(BaseModel):
    """Legs whose files are to be made; each has its `wayline_id`."""

    relay_id: str
    org_id: str
    name: str
    route: list[RoutePoint]
    height_mode: str
    speed: float
    rth_altitude: int
    legs: list[RelayLeg]
    first: int = Field(1, description="Number of the first of them")
    actor: Actor


class FlightWord(BaseModel):
    flight_id: str
    word: Literal["pause", "resume"]
    actor: Actor


class HandOver(BaseModel):
    """`percent` of the flight at which the next one may begin."""

    flight_id: str
    percent: int


class Legs:
    """Activities on the legs of relays."""

    def __init__(self, client: Client, firestore: AsyncClient, objects: Objects) -> None:
        self._client, self._objects = client, objects
        self._waylines, self._flights = Waylines(firestore), FlightTasks(firestore)
        self._docks, self._aircraft = Docks(firestore), AircraftRepository(firestore)

    @activity.defn
    async def upload_legs(self, given: LegFiles) -> None:
        """Build each leg's KMZ for its dock's aircraft, upload it as a wayline with its MD5. Raises RouteInvalid."""
        route = Route(given.route, given.speed)
        for number, leg in enumerate(given.legs, start=given.first):
            wayline = await self._wayline(given, leg, route, number)
            await self._waylines.create(wayline)

    async def _wayline(self, given: LegFiles, leg: RelayLeg, route: Route, number: int) -> Wayline:
        assert leg.wayline_id is not None, "named by the saga"
        product = await self._product(leg.dock_sn)
        points = [
            Waypoint(p.lat, p.lon, p.height, speed=p.speed, actions=[*([hover(p.hover)] if p.hover else []),
                                                                      *([take_photo()] if p.photo else [])])
            for p in route.part(leg.start, leg.end)
        ]  # fmt: skip
        name = f"{given.name} {number}"
        try:
            kmz = build_kmz(
                points, aircraft_key=product, name=name, speed=given.speed, height_mode=given.height_mode,
                rth_height=float(given.rth_altitude), created_ms=0,
            )  # fmt: skip
        except KmzError as error:
            raise failure(
                Failure.ROUTE_INVALID, f"leg {number} of dock {leg.dock_sn}: {error.message}", field="route"
            ) from None
        content = await asyncio.to_thread(write_kmz, kmz)
        key = kmz_key(given.org_id, leg.wayline_id)
        await self._objects.put(key, content, KMZ)
        return Wayline(
            id=leg.wayline_id, org_id=given.org_id, name=name, object_key=key,
            md5=hashlib.md5(content, usedforsecurity=False).hexdigest(), size=len(content), aircraft=product,
            waypoints=len(points), length_m=round(leg.end - leg.start, 1),
            exit_wayline_when_rc_lost=kmz.exit_wayline_when_rc_lost, uploaded_by=given.actor.user,
        )  # fmt: skip

    async def _product(self, sn: str) -> str:
        """Product key of the aircraft in a dock, as the dock says. Raises RouteInvalid where it has not."""
        dock = await self._docks.get(sn)
        if dock is None:
            raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {sn}", field="docks")
        found = aircraft_product(dock, await self._aircraft.get(dock.aircraft_sn) if dock.aircraft_sn else None)
        if found is None:
            raise failure(Failure.ROUTE_INVALID, f"the aircraft of dock {sn} is not known", field="docks")
        return found

    @activity.defn
    async def tell_flight(self, given: FlightWord) -> None:
        """`pause` or `resume` a flight. Raises what it answers: FlightNotStarted, FlightOver, a dock's refusal."""
        update = Update.PAUSE if given.word == "pause" else Update.RESUME
        try:
            async with heartbeating():
                await self._client.get_workflow_handle(flight_id(given.flight_id)).execute_update(
                    update, Ask(actor=given.actor)
                )
        except WorkflowUpdateFailedError as error:
            raise (error.cause if isinstance(error.cause, ApplicationError) else error) from None
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            raise failure(Failure.FLIGHT_OVER, f"flight {given.flight_id} is over") from None

    @activity.defn
    async def watch_hand_over(self, given: HandOver) -> bool:
        """Wait until the flight has come so far that the next may begin: True; False where it ended before."""
        async with heartbeating():
            while True:
                task = await self._flights.get(given.flight_id)
                if task is not None and task.status in TERMINAL:
                    return task.status == "ok"
                far = task.progress.percent if task is not None and task.progress is not None else None
                if task is not None and (task.status == "returning" or (far is not None and far >= given.percent)):
                    return True
                await asyncio.sleep(LOOK)
