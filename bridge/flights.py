"""`flighttask_progress`: into the flight's document, to its saga where a decision may change, and live."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from google.api_core.exceptions import NotFound

from bridge import metrics
from bridge.devices import Devices, KnownDock
from bridge.faults import until_done
from bridge.live import Live
from bridge.media import MediaFiles
from bridge.projection import Clock
from bridge.sagas import Sagas
from dji import Message
from dji.steps import Phase, flighttask_step
from store.facts import BreakPoint, FlightProgress
from store.flights import TERMINAL, FlightTasks, Progress
from timings import Timings
from workflows.names import Signal, flight_id

MOST_FLIGHTS_IN_MIND = 500
PERCENT_NOTICED = 5
PERCENT_PAUSE = 5.0
"""Seconds between two writes for nothing but a waypoint or a percentage."""


# Before take-off a dock goes to and fro between these, and a saga does the same in all of them; so on the way down.
_STAGES: Final[dict[str, str]] = {
    Phase.IDLE: "ground",
    Phase.CHECKING: "ground",
    Phase.PREPARING: "ground",
    Phase.RETURNING: "home",
    Phase.LANDING: "home",
}


@dataclass(slots=True)
class Followed:
    """What one dock says of a flight, as it was last told and written.

    `field` of the document: a task of two docks has two that report.
    """

    told: FlightProgress | None
    written: Progress | None
    wrote_at: float = float("-inf")
    known: bool = True
    field: str = "progress"


class Flights:
    def __init__(
        self,
        flights: FlightTasks,
        devices: Devices,
        sagas: Sagas,
        media: MediaFiles,
        live: Live,
        timings: Timings,
        clock: Clock,
    ) -> None:
        self._flights = flights
        self._devices = devices
        self._sagas = sagas
        self._media = media
        self._live = live
        self._timings = timings
        self._clock = clock
        self._followed: OrderedDict[tuple[str, str], Followed] = OrderedDict()

    async def take(self, message: Message) -> str | None:
        """One progress message. Returns once what matters of it is kept; a sentence where it is of no flight."""
        dock = await until_done(lambda: self._devices.dock(message.sn))
        flight = await self._flight_of(message)
        if flight is None:
            return "progress without a flight's id, and the dock has no flight of ours"
        fact, progress = read(message, flight, dock.product if dock is not None else None)
        await self.keep(flight, fact, progress, dock)
        return None

    async def keep(self, flight: str, fact: FlightProgress, progress: Progress, dock: KnownDock | None) -> None:
        """Tell the saga, write, and show it to who watches the dock."""
        followed = await self._follow(flight, fact.sn)
        if fact_changed(fact, followed.told):
            # The saga first: one told twice is not harmed, one not told would wait.
            await self._sagas.tell(flight_id(flight), Signal.FLIGHT_PROGRESS, fact)
            if fact.status in TERMINAL and fact.media_count:
                await self._media.flight_ended(flight, fact.sn, fact.media_count)
            followed.told = fact
        if followed.known and self._worth_a_write(progress, followed):
            await self._write(flight, progress, followed)
        if dock is not None:
            shown = {"flight_id": flight} | progress.model_dump(mode="json", exclude_none=True)
            self._live.changed(dock.org_id, dock.sn, "flight", lambda: shown)

    async def _flight_of(self, message: Message) -> str | None:
        data: Any = message.data
        said = data.ext.flight_id if data.ext is not None else None
        if said:
            return str(said)
        if (message.bid or "", message.sn) in self._followed:
            return message.bid
        under_way = await until_done(lambda: self._flights.under_way(message.sn))
        return under_way[0].id if len(under_way) == 1 else message.bid or None

    async def _follow(self, flight: str, sn: str) -> Followed:
        followed = self._followed.get((flight, sn))
        if followed is None:
            # After a restart the document says what was kept; whether the saga was told it, too, is not known: tell.
            document = await until_done(lambda: self._flights.get(flight))
            lands = document is not None and document.landing_dock_sn == sn
            written = (document.landing_progress if lands else document.progress) if document is not None else None
            followed = Followed(
                None, written, known=document is not None, field="landingProgress" if lands else "progress"
            )
            self._followed[flight, sn] = followed
            if len(self._followed) > MOST_FLIGHTS_IN_MIND:
                self._followed.popitem(last=False)
        self._followed.move_to_end((flight, sn))
        return followed

    def _worth_a_write(self, new: Progress, followed: Followed) -> bool:
        old = followed.written
        since = self._clock() - followed.wrote_at
        if old is None or new.status != old.status or new.break_point != old.break_point:
            return True
        if since < self._timings.write_interval:
            return False
        if (new.step, new.mission_state, new.media_count) != (old.step, old.mission_state, old.media_count):
            return True
        far = abs((new.percent or 0) - (old.percent or 0)) >= PERCENT_NOTICED or new.waypoint != old.waypoint
        if far and since >= PERCENT_PAUSE:
            return True
        at_all = new.percent != old.percent or new.waypoint != old.waypoint
        return at_all and since >= self._timings.write_at_least

    async def _write(self, flight: str, progress: Progress, followed: Followed) -> None:
        followed.wrote_at = self._clock()
        fields = {followed.field: progress.model_dump(by_alias=True)}
        try:
            await until_done(lambda: self._flights.patch(flight, fields))
        except NotFound:
            followed.known = False
            return
        followed.written = progress
        metrics.WRITES.labels("dji_flight_tasks").inc()


def read(message: Message, flight: str, product: str | None) -> tuple[FlightProgress, Progress]:
    """What a `flighttask_progress` says, its step by the dock's own numbers, as fact and as part of the document."""
    data: Any = message.data
    ext, said = data.ext, data.progress
    step = flighttask_step(product, said.current_step if said is not None else None)
    status = data.status or "in_progress"
    break_point = ext.break_point.present() if ext is not None and ext.break_point is not None else None
    media_count = ext.media_count if ext is not None else None
    fact = FlightProgress(
        flight_id=flight,
        sn=message.sn,
        status=status,
        phase=step.phase,
        step=step.code,
        result=data.result or 0,
        break_point=_break_point(break_point),
        media_count=media_count,
        at=message.timestamp or 0,
    )
    progress = Progress(
        status=status,
        step=step.code,
        step_name=step.name,
        phase=step.phase,
        percent=said.percent if said is not None else None,
        waypoint=ext.current_waypoint_index if ext is not None else None,
        mission_state=ext.wayline_mission_state if ext is not None else None,
        media_count=media_count,
        track_id=ext.track_id if ext is not None else None,
        break_point=break_point,
        at=datetime.fromtimestamp(message.timestamp / 1000, UTC) if message.timestamp else None,
    )
    return fact, progress


def fact_changed(new: FlightProgress, told: FlightProgress | None) -> bool:
    """True where a decision may change: status, stage, result or break point; not each step, not percentages."""
    if told is None:
        return True
    if new.status in TERMINAL and new.media_count != told.media_count:
        return True
    return _decisive(new) != _decisive(told)


def _decisive(fact: FlightProgress) -> tuple[Any, ...]:
    return fact.status, _STAGES.get(fact.phase, fact.phase), fact.result, fact.break_point


def _break_point(said: dict[str, Any] | None) -> BreakPoint | None:
    if said is None or not isinstance(said.get("index"), int):
        return None
    return BreakPoint.model_validate({name: value for name, value in said.items() if value is not None})
