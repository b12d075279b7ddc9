"""A flight at its dock: handed over, checked once more before the take-off, and begun."""

from __future__ import annotations

from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.mqtt import ObjectLink
from activities.state.flight import FlightState, GateQuery
from activities.state.pair import LandingQuery, PairState
from dji.model import Command
from dji.wayline import FlighttaskExecute
from workflows import gate
from workflows.commands import Commands
from workflows.compensation import Compensations
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, root
from workflows.flight_course import Course, Stop
from workflows.flight_home import WayHome
from workflows.flight_pair import PairCommands, PairEnd
from workflows.flight_plan import prepare_body, take_off_body
from workflows.flight_record import Record
from workflows.flight_turn import Turn
from workflows.inputs import FlightInput
from workflows.policies import waiting

# "Distribute the task again": what a dock says to `flighttask_execute` that lost its tasks by a restart
SEND_AGAIN: Final = frozenset({319003})


class Task:
    """The commands that make a dock fly: `flighttask_prepare` and `_execute`, or `takeoff_to_point`."""

    def __init__(
        self,
        given: FlightInput,
        turn: Turn,
        record: Record,
        course: Course,
        commands: Commands,
        home: WayHome,
        stop: Stop,
        undo: Compensations,
        log: Logbook,
    ) -> None:
        self._given = given
        self._timings = given.timings
        self._turn = turn
        self._record = record
        self._course = course
        self._commands = commands
        self._home = home
        self._stop = stop
        self._undo = undo
        self._log = log
        self._prepared = False
        self._prepares = 0
        self._executes = 0

    async def prepare(self) -> None:
        """Hand the task over, unless the dock has it."""
        if self._given.to is None and not self._prepared:
            await self.hand_over()

    async def hand_over(self) -> None:
        """`flighttask_prepare`, also to a dock that had it once and may have lost it."""
        checked = self._turn.checked
        assert checked is not None, "checked"
        self._stop.check()
        self._prepared = False
        await self._record.advance("preparing", "preparing")
        if isinstance(self._commands, PairCommands):
            self._undo.add("the other dock", PairEnd(self._given, self._course, self._commands).settle)
        self._undo.add("task at the dock", lambda: self._home.bring_home(self._record.by))
        self._prepares += 1
        await self._commands.send(
            prepare_body(self._given, checked, int(workflow.time() * 1000)),
            step=_nth("flighttask_prepare", self._prepares),
            actor=self._given.actor,
            object_links=[ObjectLink(path="file.url", object_key=checked.object_key)],
            unless=lambda: self._stop.asked is not None or self._course.ended,
        )
        self._prepared = True
        self._log.note("the dock took the task")

    async def pass_gate(self) -> None:
        """Raises GateFailed. Listens to the dock itself, whatever the store says of it."""
        self._stop.check()
        if self._course.ended:
            return
        self._log.enter("gate")
        given = self._given
        look = await workflow.execute_activity_method(
            FlightState.look_at_gate,
            GateQuery(org_id=given.org_id, dock_sn=given.dock_sn, listen=self._timings.gate_listen),
            **waiting(self._timings, self._timings.gate_listen, "Battery, wind, rain, storage, dock"),
        )
        fresh = self._timings.telemetry_fresh
        lines = gate.evaluate(look.readings, look.limits, given.overrides, fresh=fresh, prepared=given.to is None)
        if given.landing_dock_sn is not None:
            there = await workflow.execute_activity_method(
                PairState.look_at_landing,
                LandingQuery(org_id=given.org_id, dock_sn=given.landing_dock_sn, listen=self._timings.gate_listen),
                **waiting(self._timings, self._timings.gate_listen, "Wind, rain and room where it lands"),
            )
            lines += gate.evaluate_landing(there.readings, there.limits, given.overrides, fresh=fresh)
        self._record.judge(lines)
        await self._record.advance("ready", "gate passed")

    async def execute(self) -> None:
        """Begin. A dock that lost the task meanwhile gets it once more. Raises the dock's refusal, NoReply."""
        try:
            await self._execute()
        except ApplicationError as error:
            if self._given.to is not None or dji_code(error) not in SEND_AGAIN:
                raise
            self._log.note("the dock has lost the task, as by a restart, and gets it again")
            await self.hand_over()
            await self._execute()

    async def _execute(self) -> None:
        """The one command that must not be given up half-way: whether the dock took it has to be known."""
        checked = self._turn.checked
        assert checked is not None, "checked"
        self._stop.check()
        self._turn.check_hour()
        if self._course.ended:
            return
        body: Command = FlighttaskExecute(flight_id=self._given.task_id)
        if self._given.to is not None:
            body = take_off_body(self._given, checked)
            self._undo.add("flight", lambda: self._home.bring_home(self._record.by))
        self._course.executed = True
        self._executes += 1
        self._log.enter("executing")
        try:
            await self._commands.send(
                body,
                step=_nth(body.method, self._executes),
                actor=self._given.actor,
                unless=lambda: self._course.ended,
            )
        except (ApplicationError, ActivityError) as error:
            cause = root(error)
            if isinstance(cause, ApplicationError) and (
                dji_code(cause) is not None or cause.type == Failure.COMMAND_INVALID
            ):
                self._course.executed = False  # the dock said no, or was never asked: it stays on the ground
                self._undo.drop("flight")
            raise
        self._log.note("the dock goes to work")


def _nth(method: str, number: int) -> str:
    return method if number == 1 else f"{method}/{number}"
