"""What the store says of missions' rooms: their docks, the present picture of each, who was sent out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from google.cloud.firestore import AsyncClient
from google.cloud.firestore_v1.base_query import FieldFilter

from media.telemetry import Live
from store.alerts import Alerts
from store.docks import Aircraft, AircraftRepository, Dock, Docks
from store.document import now
from store.flights import FlightTasks
from store.missions import Missions
from store.room_bars import RoomBar, RoomBars

AT_ONCE: Final = 30  # values of one `in` query; Firestore's limit


@dataclass(frozen=True)
class Assignment:
    """A dock in a mission; the mission's id is the room's name."""

    org: str
    mission: str
    sn: str
    model: str | None


class Assignments(Protocol):
    """Asked of rooms that somebody watches, and of no others."""

    async def of(self, missions: Collection[str]) -> list[Assignment]:
        """The docks that are in these missions now."""

    async def picture(self, dock: Assignment) -> list[Live]:
        """What is known of a dock, as the live feed would tell it: nothing has to happen until somebody sees it."""

    async def metadata(self, mission: str) -> dict[str, Any] | None:
        """What the room says of itself; None where there is no such mission."""

    async def bars(self) -> list[RoomBar]:
        """Who was sent out, and may not come back yet; who may be less than older tokens say."""


class StoredAssignments:
    """By the documents of docks, aircraft, flights, alerts and missions."""

    def __init__(self, client: AsyncClient) -> None:
        self._docks, self._aircraft = Docks(client), AircraftRepository(client)
        self._flights, self._alerts = FlightTasks(client), Alerts(client)
        self._missions, self._bars = Missions(client), RoomBars(client)

    async def of(self, missions: Collection[str]) -> list[Assignment]:
        names, found = sorted(missions), []
        for begin in range(0, len(names), AT_ONCE):
            some = FieldFilter("missionId", "in", names[begin : begin + AT_ONCE])
            async for snapshot in self._docks.collection.where(filter=some).stream():
                dock = Dock.from_fields(snapshot.to_dict() or {})
                if dock.mission_id and dock.org_id:
                    found.append(Assignment(dock.org_id, dock.mission_id, dock.sn, dock.model))
        return found

    async def picture(self, dock: Assignment) -> list[Live]:
        document = await self._docks.get(dock.sn)
        if document is None or document.org_id != dock.org:
            return []
        aircraft = await self._aircraft.get(document.aircraft_sn) if document.aircraft_sn is not None else None
        flights = await self._flights.under_way(dock.sn)
        told = [*_of_dock(document), *(_of_aircraft(aircraft) if aircraft is not None else ())]
        for flight in flights:
            if flight.progress is not None:
                data = flight.progress.model_dump(mode="json") | {"flight_id": flight.id}
                told.append(("flight", flight.started_at or flight.created_at, data))
        told.append(("alerts", now(), await self._alerts.picture(dock.sn, dock.org)))
        return [Live(dock.org, dock.sn, part, _ms(at), data) for part, at, data in told]

    async def metadata(self, mission: str) -> dict[str, Any] | None:
        found = await self._missions.get(mission)
        return None if found is None else {"source": "argus", "mission": found.id, "name": found.name}

    async def bars(self) -> list[RoomBar]:
        return await self._bars.current()


def _of_dock(dock: Dock) -> Iterator[tuple[str, datetime | None, dict[str, Any]]]:
    """As the bridge tells it: the picture, and presence beside it."""
    if dock.osd or dock.state:
        yield "dock", dock.osd_at or dock.state_at, {**dock.state, **dock.osd}
    presence = {
        "online": dock.online, "aircraft_sn": dock.aircraft_sn, "aircraft_online": dock.aircraft_online,
        "product": dock.product,
    }  # fmt: skip
    yield "presence", dock.online_changed_at, presence


def _of_aircraft(aircraft: Aircraft) -> Iterator[tuple[str, datetime | None, dict[str, Any]]]:
    if aircraft.osd or aircraft.state:
        picture = {**aircraft.state, **aircraft.osd, "aircraft_sn": aircraft.sn}
        yield "aircraft", aircraft.osd_at or aircraft.state_at, picture


def _ms(at: datetime | None) -> int:
    return int((at or now()).timestamp() * 1000)
