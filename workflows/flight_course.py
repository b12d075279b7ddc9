"""How a flight stands, read from the dock's progress, and how it is ended from there. Pure."""

from __future__ import annotations

from typing import Final

from dji.break_reasons import BREAK_REASON
from dji.errors import lookup
from dji.in_flight_wayline import ENDED as WAYLINE_ENDED
from dji.model import Command
from dji.return_home import ReturnHome
from dji.steps import Phase
from dji.wayline import FlightSetupAbort, FlighttaskStop, FlighttaskUndo
from store.facts import Ask, BreakPoint, FlightProgress, InFlightWayline
from store.flights import TERMINAL, FlightStatus
from workflows.errors import Failure, failure

IN_THE_AIR: Final = frozenset({Phase.TAKING_OFF, Phase.EXECUTING, Phase.RETURNING, Phase.LANDING})
ON_THE_WAY_HOME: Final = frozenset({Phase.RETURNING, Phase.LANDING})
# What the second dock of a task says when the aircraft is above it
COMES_DOWN: Final = frozenset({Phase.LANDING, Phase.WRAPPING_UP, Phase.RECOVERING})
# After the landing, or in trouble of which the dock itself gets out
AFTERWARDS: Final = frozenset({Phase.WRAPPING_UP, Phase.RECOVERING})

_STATUS: Final[dict[str, FlightStatus]] = {
    **dict.fromkeys((Phase.TAKING_OFF, Phase.EXECUTING), "executing"),
    **dict.fromkeys((Phase.RETURNING, Phase.LANDING), "returning"),
}

_ENDS: Final[dict[str, FlightStatus]] = {
    Failure.FLIGHT_STOPPED: "canceled",
    Failure.FLIGHT_MISSED: "missed",
    Failure.FLIGHT_LOST: "timeout",
    Failure.GATE_FAILED: "rejected",
    Failure.DOCK_BUSY: "rejected",
    Failure.DOCK_OFFLINE: "rejected",
    Failure.DOCK_NOT_IN_MISSION: "rejected",
    Failure.DOCK_UNKNOWN: "rejected",
    Failure.MISSION_ENDED: "rejected",
    Failure.COMMAND_INVALID: "rejected",
}


def status_of(progress: FlightProgress, before: FlightStatus) -> FlightStatus:
    """The flight's status by the dock's word; `before` where it says nothing new."""
    if progress.status in TERMINAL:
        return progress.status  # type: ignore[return-value]  # a member of FlightStatus, as TERMINAL has it
    if progress.status == "paused":
        return "paused"
    return _STATUS.get(progress.phase, before)


def flies(progress: FlightProgress | None) -> bool:
    """Whether the aircraft is in the air, as far as the dock has said."""
    return progress is not None and (progress.phase in IN_THE_AIR or progress.status == "paused")


def ended(progress: FlightProgress | None) -> bool:
    return progress is not None and progress.status in TERMINAL


def words_of(progress: FlightProgress, break_point: BreakPoint | None) -> str | None:
    """Why the dock says that a flight ended, for people; None where all went well."""
    if not progress.result:
        return None
    said = f"the dock ended it with result {progress.result}: {lookup(progress.result).meaning}"
    broke = BREAK_REASON.get(break_point.break_reason or 0) if break_point is not None else None
    return f"{said}; the wayline broke off: {broke}" if broke and broke != BREAK_REASON[0] else said


def ways_home(
    flight_id: str, model: str | None, *, executed: bool, progress: FlightProgress | None, prepared: bool = True
) -> list[Command]:
    """Commands that end a flight from where it stands, the first that the dock takes is the one.

    Before `flighttask_execute` the task is undone. After it, on the ground, a dock may still undo it; else Dock 1
    aborts its set-up and the others stop the task. In the air the aircraft is told to return home. What the dock last
    said may be old, so that the way home from the air comes last everywhere. A flight to a point was never `prepared`:
    there is nothing to undo, and a dock would take that for done.
    """
    undo = FlighttaskUndo(flight_ids=[flight_id])
    if not executed:
        return [undo]
    if flies(progress):
        return [ReturnHome()]
    abort = FlightSetupAbort() if model == "dock1" else FlighttaskStop(flight_id=flight_id, reason=0)
    return [undo, abort, ReturnHome()] if prepared else [abort, ReturnHome()]


def end_of(kind: str | None, *, executed: bool) -> FlightStatus:
    """The status of a flight that ends by a failure of this type."""
    if kind in _ENDS:
        return _ENDS[kind]
    return "failed" if executed else "rejected"


class Stop:
    """Somebody's word that the flight is to end. `words`: why, where it was not a plain stop."""

    def __init__(self) -> None:
        self.asked: Ask | None = None
        self.words: str | None = None

    def check(self) -> None:
        """Raises FlightStopped once it was said."""
        if self.asked is not None:
            actor = self.asked.actor
            why = f": {actor.reason}" if actor.reason else ""
            raise failure(Failure.FLIGHT_STOPPED, self.words or f"stopped by {actor.user}{why}")


class Course:
    """What the dock has said of one flight so far. Its word counts in the order in which it was said.

    `returned`: the dock came back after it was away. `off_home`: the way home was called off, or left by the sticks.
    `wayline` is the one that was given in flight, until it ends. `landing`: the second dock of a task of two, which
    speaks for the aircraft once it comes down there; the first word of an end, by either dock, is the flight's.
    """

    def __init__(self, landing: str | None = None) -> None:
        self._landing = landing
        self._said: dict[str, FlightProgress] = {}
        self.executed = False
        self.online = True
        self.returned = False
        self.ready = False
        self.off_home = False
        self.exited: str | None = None
        self.progress: FlightProgress | None = None
        self.break_point: BreakPoint | None = None
        self.news = False
        self.wayline: str | None = None
        self.wayline_at = 0

    def took(self, fact: FlightProgress) -> None:
        """Take a progress, unless it is older than what is known, or comes after the end."""
        before = self._said.get(fact.sn)
        if before is not None and (ended(before) or (fact.at and before.at and fact.at < before.at)):
            return
        self._said[fact.sn] = fact
        known = self.progress
        if ended(known) or not self._has_the_aircraft(fact):
            return
        self.progress = fact
        if fact.break_point is not None:
            self.break_point = fact.break_point
        elif fact.status == "in_progress" and fact.phase == Phase.EXECUTING:
            self.break_point = None  # it goes on
        if known is None or (fact.status, fact.phase, fact.result) != (known.status, known.phase, known.result):
            self.news = True

    def _has_the_aircraft(self, fact: FlightProgress) -> bool:
        """Whether the dock that says this is the one to say how the flight stands."""
        if self._landing is None or ended(fact):
            return True
        there = self._said.get(self._landing)
        comes_down = there is not None and there.phase in COMES_DOWN
        return comes_down == (fact.sn == self._landing)

    def has_ended(self, sn: str) -> bool:
        """Whether this dock has said its last word."""
        return ended(self._said.get(sn))

    def took_wayline(self, fact: InFlightWayline) -> bool:
        """Whether this is news of the wayline that was given in flight."""
        if fact.wayline != self.wayline or (fact.at and fact.at < self.wayline_at):
            return False
        self.wayline_at = fact.at
        if fact.status in WAYLINE_ENDED:
            self.wayline = None
        return True

    def took_presence(self, online: bool) -> bool:
        """Whether this is news."""
        if self.online == online:
            return False
        self.online, self.returned = online, online
        return True

    @property
    def ended(self) -> bool:
        return ended(self.progress)

    @property
    def flies(self) -> bool:
        return flies(self.progress)

    @property
    def on_the_way_home(self) -> bool:
        return not self.off_home and self.progress is not None and self.progress.phase in ON_THE_WAY_HOME
