"""Ending a flight: what has not taken off is called off, what flies comes home, and the saga waits for it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.state.flight import FlightLook, FlightQuery, FlightState
from dji.return_home import ReturnHome
from store.facts import Actor, FlightProgress
from timings import Timings
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import Failure, failure
from workflows.flight_course import Course, ways_home
from workflows.here import here_first
from workflows.inputs import FlightInput


class WayHome:
    """The way home of one flight. `did` names what the dock took, once it has."""

    def __init__(self, given: FlightInput, course: Course, commands: Commands, log: Logbook) -> None:
        self.did: str | None = None
        self.model: str | None = None
        self._given = given
        self._course = course
        self._commands = commands
        self._timings = given.timings
        self._log = log
        self.on_news: Callable[[], Awaitable[None]] = _ignore
        self._orders = 0

    async def bring_home(self, actor: Actor) -> None:
        """Order it, and wait for it. Raises FlightLost when it is not home within `timings.landing`.

        A dock that refuses or is silent is asked again, with what the dock has said by then: an aircraft in the air is
        not given up because of one lost message. A task that was not begun is called off once: without the word to
        execute it no dock flies it.
        """
        course, deadline, tries = self._course, workflow.time() + self._timings.landing, 0
        while not course.ended:
            if self.did is None:
                await self._order(actor)
                tries += 1
            if not course.executed:
                self.did = self.did or "the dock could not be told, but nothing makes it fly"
                return
            if workflow.time() > deadline:
                raise failure(
                    Failure.FLIGHT_LOST,
                    f"no landing was reported within {self._timings.landing:.0f} s of the order home",
                )
            await self.on_news()
            try:
                await workflow.wait_condition(
                    lambda: course.news,
                    timeout=self._pause(tries),
                    timeout_summary="Next look at the aircraft",
                )
            except TimeoutError:
                if self._is_home(await look_at_flight(self._given, self._timings)):
                    self._log.note("the dock reports the aircraft inside")
                    return

    def _pause(self, tries: int) -> float:
        """Seconds to the next look; an order that was not taken is given again sooner."""
        look = self._timings.landing_look
        return look if self.did is not None else min(look, self._timings.home_again * 2.0 ** min(tries - 1, 10))

    async def _order(self, actor: Actor) -> None:
        course, given = self._course, self._given
        if course.on_the_way_home:
            self.did = "it is on its way home already"
            return
        ways = ways_home(
            given.task_id, self.model, executed=course.executed, progress=course.progress, prepared=given.to is None
        )
        for body in ways:
            self._orders += 1
            try:
                await self._commands.send(
                    body, step=f"{body.method}/home/{self._orders}", actor=actor, unless=lambda: course.ended
                )
            except ApplicationError as error:
                self._log.note(f"{body.method}: {error.message}")
                continue
            self.did = body.method
            if isinstance(body, ReturnHome):
                course.off_home = False
            self._log.note(f"the dock took {body.method}")
            return

    def _is_home(self, look: FlightLook) -> bool:
        """By the dock's own osd, and only after it took the order: osd of before the take-off looks the same."""
        return look.home and look.online and self.did is not None


async def _ignore() -> None:
    """Nobody wants the news."""


async def look_at_flight(given: FlightInput, timings: Timings) -> FlightLook:
    """The bridge's last word. A local activity: a look that finds nothing new leaves little in the history."""
    return await here_first(
        FlightState.look_at_flight,
        FlightQuery(task_id=given.task_id, dock_sn=given.dock_sn, landing_dock_sn=given.landing_dock_sn),
        timings,
        "A look at the store",
    )


def progress_of(given: FlightInput, look: FlightLook, at: int) -> FlightProgress | None:
    """A look as a progress, for a signal that never came."""
    if look.progress_status is None:
        return None
    phase = look.progress_phase or ""
    return FlightProgress(flight_id=given.task_id, sn=given.dock_sn, status=look.progress_status, phase=phase, at=at)
