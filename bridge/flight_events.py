"""What docks say of flights beside `flighttask_progress`: flights to a point, waylines that are given in flight, ready
conditions, the way home left.
"""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from google.api_core.exceptions import NotFound

from bridge.devices import Devices
from bridge.faults import until_done
from bridge.flights import MOST_FLIGHTS_IN_MIND, PERCENT_PAUSE, Flights
from bridge.projection import Clock
from bridge.sagas import Sagas
from dji import Message
from dji.in_flight_wayline import IN_FLIGHT_STATUS
from dji.steps import Phase
from store.facts import ExitHoming, FlightProgress, FlightReady, InFlightWayline
from store.flights import FlightTasks, InFlight, Progress
from workflows.names import Signal, flight_id

# A dock says how the aircraft arrives; it hovers then, until somebody orders it home. So no status is the flight's end.
_PHASES: Final = {"task_ready": Phase.PREPARING, "wayline_progress": Phase.EXECUTING}


@dataclass(frozen=True, slots=True)
class Shown:
    """A wayline in flight as it was last written."""

    new: InFlight
    wrote_at: float


class FlightEvents:
    """Handlers of events; each returns what was wrong with one, if anything."""

    def __init__(self, tasks: FlightTasks, flights: Flights, devices: Devices, sagas: Sagas, clock: Clock) -> None:
        self._tasks = tasks
        self._flights = flights
        self._devices = devices
        self._sagas = sagas
        self._clock = clock
        self._in_flight: OrderedDict[str, Shown] = OrderedDict()

    async def to_point(self, message: Message) -> str | None:
        """`takeoff_to_point_progress`, as the progress of its flight; a percentage is not told."""
        data: Any = message.data
        if not data.flight_id:
            return "progress without a flight's id"
        dock = await until_done(lambda: self._devices.dock(message.sn))
        phase, at = _PHASES.get(data.status, Phase.EXECUTING), message.timestamp or 0
        fact = FlightProgress(
            flight_id=data.flight_id, sn=message.sn, status="in_progress", phase=phase, result=data.result or 0, at=at
        )
        progress = Progress(
            status="in_progress",
            step_name=data.status,
            phase=phase,
            waypoint=data.way_point_index,
            track_id=data.track_id,
            at=datetime.fromtimestamp(at / 1000, UTC) if at else None,
        )
        await self._flights.keep(data.flight_id, fact, progress, dock)
        return None

    async def in_flight(self, message: Message) -> str | None:
        """`in_flight_wayline_progress`: its status to the saga, and all of it into the flight's document."""
        data: Any = message.data
        flight = flight_of_wayline(data.in_flight_wayline_id or "")
        if flight is None or data.status is None:
            return "progress of a wayline in flight that is none of ours"
        percent = data.progress.percent if data.progress is not None else None
        at = message.timestamp or 0
        new = InFlight(
            id=data.in_flight_wayline_id,
            status=IN_FLIGHT_STATUS.get(data.status, str(data.status)),
            percent=percent,
            waypoint=data.way_point_index,
            result=data.result or 0,
            at=datetime.fromtimestamp(at / 1000, UTC) if at else None,
        )
        known = self._in_flight.get(flight)
        if known is None or (known.new.id, known.new.status) != (new.id, new.status):
            fact = InFlightWayline(
                flight_id=flight, sn=message.sn, wayline=new.id, status=data.status, result=new.result, at=at
            )
            await self._sagas.tell(flight_id(flight), Signal.IN_FLIGHT_WAYLINE, fact)
        elif self._clock() - known.wrote_at < PERCENT_PAUSE or known.new.percent == new.percent:
            return None
        self._in_flight[flight] = Shown(new, self._clock())
        if len(self._in_flight) > MOST_FLIGHTS_IN_MIND:
            self._in_flight.popitem(last=False)
        with contextlib.suppress(NotFound):
            await until_done(lambda: self._tasks.patch(flight, {"inFlight": new.model_dump(by_alias=True)}))
        return None

    async def ready(self, message: Message) -> str | None:
        """`flighttask_ready`: the conditions of these flights are met."""
        data: Any = message.data
        for flight in data.flight_ids or []:
            fact = FlightReady(flight_id=flight, sn=message.sn, at=message.timestamp or 0)
            await self._sagas.tell(flight_id(flight), Signal.FLIGHT_READY, fact)
        return None

    async def exit_homing(self, message: Message) -> str | None:
        """`device_exit_homing_notify`, to the dock's flights under way; `action` 1 enters the state of having left."""
        data: Any = message.data
        left, at = data.action == 1, message.timestamp or 0
        fact = ExitHoming(sn=message.sn, left=left, reason=_number(data.reason), at=at)
        for flight in await until_done(lambda: self._tasks.under_way(message.sn)):
            await self._sagas.tell(flight_id(flight.id), Signal.EXIT_HOMING, fact)
        return None


def flight_of_wayline(wayline: str) -> str | None:
    """The flight in the id that its saga gave a wayline: `{flight}-{number}`."""
    flight, _, number = wayline.rpartition("-")
    return flight if flight and number.isdigit() else None


def _number(said: Any) -> int:
    """A number, which the example has as text."""
    try:
        return int(said)
    except (TypeError, ValueError):
        return 0
