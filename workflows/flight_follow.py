"""Following a flight by what the dock says, and by a look at the store where it says nothing for long."""

from __future__ import annotations

from temporalio import workflow

from dji.steps import Phase
from store.facts import FlightProgress
from store.flights import TERMINAL
from workflows.details import Logbook
from workflows.errors import Failure, failure
from workflows.flight_course import Course, Stop, status_of
from workflows.flight_home import look_at_flight, progress_of
from workflows.flight_record import Record
from workflows.inputs import FlightInput


class Follow:
    """Takes the dock's word as it comes, and writes down what it changes."""

    def __init__(self, given: FlightInput, record: Record, course: Course, stop: Stop, log: Logbook) -> None:
        self._given = given
        self._timings = given.timings
        self._record = record
        self._course = course
        self._stop = stop
        self._log = log

    async def to_the_end(self) -> None:
        """Raises FlightLost where no take-off, or no landing, is reported in time, and FlightStopped."""
        course, record, timings = self._course, self._record, self._timings
        take_off_by = workflow.time() + timings.preparation
        land_by = workflow.time() + timings.flight
        # Of a flight to a point a dock says how it arrives, not how it comes home: its osd shows that
        look_every = timings.flight_silence if self._given.to is None else timings.landing_look
        while not course.ended:
            self._stop.check()
            now = workflow.time()
            if now >= land_by or (not course.flies and record.on_the_ground and now >= take_off_by):
                raise failure(Failure.FLIGHT_LOST, "the dock has not said in time that it goes on")
            limit = land_by if course.flies else take_off_by
            try:
                await workflow.wait_condition(
                    lambda: course.news or self._stop.asked is not None,
                    timeout=max(0.01, min(look_every, limit - now)),
                    timeout_summary="Progress of the flight",
                )
            except TimeoutError:
                await self._look()
            await self.take_news()

    async def _look(self) -> None:
        """Nothing was signalled for long. The store says whether the dock still speaks, or a signal was lost."""
        given, record = self._given, self._record
        look = await look_at_flight(given, self._timings)
        known = self._course.progress
        at = int(workflow.time() * 1000)
        if given.to is not None:
            if self._course.flies and look.home and look.online:
                self._course.took(
                    FlightProgress(
                        flight_id=given.task_id, sn=given.dock_sn, status="ok", phase=Phase.WRAPPING_UP, at=at
                    )
                )
            return
        if known is None or (look.progress_status, look.progress_phase) != (known.status, known.phase):
            found = progress_of(given, look, at)
            if found is not None:
                self._course.took(found)
        silent = look.progress_age is None or look.progress_age >= self._timings.flight_silence
        if silent and record.status != "paused" and record.phase not in ("silent", "hovering"):
            self._log.note("**silence**: the dock says nothing of the flight")
            await record.advance(record.status, "silent")
            await record.alert("caution", "flight-silent", f"flight {given.name}: no progress for long")

    async def take_news(self) -> None:
        """Write a status that is new. A phase on the ground is noted here only: it decides nothing."""
        course, record = self._course, self._record
        if course.exited is not None:
            reason, course.exited = course.exited, None
            said = f"flight {self._given.name}: the aircraft has left its way home: {reason}"
            await record.alert("warning", "exit-homing", said)
        progress = course.progress
        if not course.news or progress is None:
            return
        course.news = False
        status = status_of(progress, record.status)
        phase = progress.phase.replace("_", " ")
        self._log.note(
            f"the dock says: `{progress.status}`, {phase}" + (f", result {progress.result}" if progress.result else "")
        )
        if progress.result:
            record.error_code = progress.result
        if status not in TERMINAL and (status != record.status or record.phase == "silent"):
            await record.advance(status, progress.phase)
