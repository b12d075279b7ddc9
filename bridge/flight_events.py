"""What docks say of flights beside `flighttask_progress`: flights to a point, ready conditions, the way home left."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from bridge.devices import Devices
from bridge.faults import until_done
from bridge.flights import Flights
from bridge.sagas import Sagas
from dji import Message
from dji.steps import Phase
from store.facts import ExitHoming, FlightProgress, FlightReady
from store.flights import FlightTasks, Progress
from workflows.names import Signal, flight_id

# A dock says how the aircraft arrives; it hovers then, until somebody orders it home. So no status is the flight's end.
_PHASES: Final = {"task_ready": Phase.PREPARING, "wayline_progress": Phase.EXECUTING}


class FlightEvents:
    """Handlers of events; each returns what was wrong with one, if anything."""

    def __init__(self, tasks: FlightTasks, flights: Flights, devices: Devices, sagas: Sagas) -> None:
        self._tasks = tasks
        self._flights = flights
        self._devices = devices
        self._sagas = sagas

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


def _number(said: Any) -> int:
    """A number, which the example has as text."""
    try:
        return int(said)
    except (TypeError, ValueError):
        return 0
