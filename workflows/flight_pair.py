"""DJI's task of two docks: one aircraft takes off at the first and lands at the second (Dock 2 and 3)."""

from __future__ import annotations

import contextlib
from typing import Any, Final

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.mqtt import ObjectLink
from activities.pair_task import PairTask
from activities.state.pair import GatewayQuery, PairState
from dji.model import Command
from dji.properties.setting import PropertySet
from dji.wayline import FlighttaskStop, FlighttaskUndo
from store.facts import Actor, CommandReply
from workflows.commands import Commands, Unless
from workflows.details import Logbook
from workflows.errors import Failure, failure
from workflows.flight_course import Course
from workflows.flight_hold import Hold
from workflows.here import here_first
from workflows.inputs import FlightInput

# What the docks are told as the keepers of a task; all else is for the aircraft, by the dock that hears it best
OF_THE_TASK: Final = frozenset({"flighttask_prepare", "flighttask_execute", "flighttask_stop", "flighttask_undo"})
AS_PLANNED, IN_TROUBLE = 0, 1  # reason of flighttask_stop


def commands_of(given: FlightInput) -> Commands:
    """Those of one dock, or of two."""
    if given.landing_dock_sn is not None:
        return PairCommands(given, given.landing_dock_sn)
    return Commands(given.timings, given.dock_sn, org=given.org_id, mission=given.mission_id, bid=given.task_id)


def hold_of(given: FlightInput, log: Logbook) -> Hold:
    """The lease of one dock, or of two."""
    return Hold(given, log) if given.landing_dock_sn is None else PairHold(given, given.landing_dock_sn, log)


class PairHold(Hold):
    """The leases of both docks, in the order of their serials, so that two flights never wait for each other."""

    def __init__(self, given: FlightInput, landing: str, log: Logbook) -> None:
        super().__init__(given, log)
        self._holds = [Hold(given, log, sn) for sn in sorted((given.dock_sn, landing))]

    async def take(self, *, most: float | None = None, queue: bool | None = None) -> None:
        """All or none. Raises DockBusy."""
        for hold in self._holds:
            try:
                await hold.take(most=most, queue=queue)
            except BaseException:
                await self.give_back()
                raise

    async def give_back(self) -> None:
        for hold in self._holds:
            await hold.give_back()


class PairCommands(Commands):
    """The commands of a flight of two docks: those of the task to both, the landing dock first, the aircraft's to the
    dock that hears it best.
    """

    def __init__(self, given: FlightInput, landing: str) -> None:
        super().__init__(given.timings, given.dock_sn, org=given.org_id, mission=given.mission_id, bid=given.task_id)
        self._given = given
        self.landing = Commands(given.timings, landing, org=given.org_id, mission=given.mission_id, bid=given.task_id)

    def took(self, reply: CommandReply) -> None:
        super().took(reply)
        self.landing.took(reply)

    async def send(
        self,
        body: Command | PropertySet,
        *,
        step: str,
        actor: Actor,
        object_links: list[ObjectLink] | None = None,
        unless: Unless = lambda: False,
        **more: Any,
    ) -> CommandReply:
        self.landing.product = self.product
        if body.method == "flighttask_execute":
            more["pair"] = PairTask(
                takeoff=self._given.dock_sn, landing=self._given.landing_dock_sn or "", aircraft=self.aircraft_sn or ""
            )
        if body.method in OF_THE_TASK:
            there = self._undo if isinstance(body, FlighttaskUndo) else self.landing.send
            await there(body, step=f"{step}/landing", actor=actor, object_links=object_links, unless=unless, **more)
            return await super().send(body, step=step, actor=actor, object_links=object_links, unless=unless, **more)
        heard_by = await here_first(
            PairState.best_gateway,
            GatewayQuery(aircraft_sn=self.aircraft_sn or "", dock_sn=self._given.dock_sn),
            self._given.timings,
            "Which dock hears the aircraft best?",
        )
        if heard_by == self._given.landing_dock_sn:
            return await self.landing.send(body, step=step, actor=actor, object_links=object_links, unless=unless)
        return await super().send(body, step=step, actor=actor, object_links=object_links, unless=unless)

    async def _undo(self, body: Command | PropertySet, *, step: str, actor: Actor, **more: Any) -> None:
        """At the landing dock, whose part may have begun already. It is told; what it makes of it keeps nobody."""
        try:
            await self.landing.send(body, step=step, actor=actor, unless=more["unless"])
        except ApplicationError:
            stop = FlighttaskStop(flight_id=self._given.task_id, reason=IN_TROUBLE)
            with contextlib.suppress(ApplicationError):
                await self.landing.send(stop, step=f"{step}/stop", actor=actor, unless=more["unless"])


class PairEnd:
    """The end of a task of two docks: when one has said its last word, the other is told, and says its own."""

    def __init__(self, given: FlightInput, course: Course, commands: PairCommands) -> None:
        self._given = given
        self._course = course
        self._commands = commands

    async def settle(self) -> None:
        """To be done when the aircraft is home, before the docks are given back. Raises FlightLost."""
        course, given = self._course, self._given
        last = course.progress
        if not course.executed or last is None or not course.ended:
            return
        other = given.dock_sn if last.sn == given.landing_dock_sn else given.landing_dock_sn or ""
        if course.has_ended(other):
            return
        stop = FlighttaskStop(flight_id=given.task_id, reason=AS_PLANNED if last.status == "ok" else IN_TROUBLE)
        step = "flighttask_stop/other"
        with contextlib.suppress(ApplicationError):  # it may have ended in this very moment: what it says counts
            if other == given.landing_dock_sn:
                await self._commands.landing.send(stop, step=step, actor=given.actor)
            else:
                await Commands.send(self._commands, stop, step=step, actor=given.actor)
        try:
            await workflow.wait_condition(
                lambda: course.has_ended(other),
                timeout=given.timings.landing,
                timeout_summary=f"The last word of dock {other}",
            )
        except TimeoutError:
            raise failure(Failure.FLIGHT_LOST, f"dock {other} has not said that its part is over") from None
