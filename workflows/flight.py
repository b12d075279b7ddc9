"""Saga `flight/{task_id}`: lease, checks, prepare, gate, execute, follow until the dock says how it ended.

Whatever goes wrong, the aircraft is brought home before the dock is given back.
"""

from __future__ import annotations

import asyncio
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from activities.objects import ObjectCheck, ObjectStore
from dji.in_flight_wayline import IN_FLIGHT_STATUS
from dji.return_home import EXIT_REASON
from store.facts import (
    Ask,
    CommandReply,
    ExitHoming,
    FlightProgress,
    FlightReady,
    FlyTo,
    FlyWayline,
    GoHome,
    InFlightWayline,
    LeaseTaken,
    Presence,
    ResourceAnswer,
    ResourceGet,
)
from workflows import gate
from workflows.answers import FlightAccepted, FlightAnswer
from workflows.answers import FlightState as State
from workflows.compensation import Compensations, shielded
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, failure, root
from workflows.flight_course import Course, Stop, end_of, status_of, words_of
from workflows.flight_follow import Follow
from workflows.flight_home import WayHome
from workflows.flight_orders import Orders
from workflows.flight_pair import commands_of, hold_of
from workflows.flight_plan import end_of_window, hour_of
from workflows.flight_record import Record
from workflows.flight_task import Task
from workflows.flight_turn import Turn
from workflows.inputs import FlightInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick

# Failures that leave it to the dock to say how the flight ended
OPEN_ENDS: Final = frozenset({Failure.FLIGHT_STOPPED, Failure.FLIGHT_LOST, Failure.NO_REPLY})


@workflow.defn(name=Workflow.FLIGHT)
class Flight:
    """One flight of one wayline, or to one point. What it knows of the aircraft is what the dock says."""

    @workflow.init
    def __init__(self, given: FlightInput) -> None:
        self._given = given
        self._timings = given.timings
        self._accepted: FlightAccepted | None = None
        self._refusal: BaseException | None = None
        self._over = False
        self._course = course = Course(given.landing_dock_sn)
        self._stop = stop = Stop()
        self._commands = commands = commands_of(given)
        self._log = log = Logbook(
            Saga.FLIGHT, f"Flight {given.name}", org=given.org_id, mission=given.mission_id, dock=given.dock_sn
        )
        self._undo = undo = Compensations(log.note)
        self._record = record = Record(given, log)
        self._orders = Orders(given, record, course, commands, stop, log)
        self._home = WayHome(given, course, commands, log)
        self._turn = Turn(given, record, course, hold_of(given, log), stop, undo, log)
        self._task = Task(given, self._turn, record, course, commands, self._home, stop, undo, log)
        self._follow = Follow(given, record, course, stop, log)
        self._home.on_news = self._follow.take_news

    @workflow.run
    async def run(self, given: FlightInput) -> State:
        try:
            await self._accept()
            await self._turn.hour(self._task.hand_over)
            await self._task.prepare()
            await self._turn.ready(self._task.hand_over)
            await self._task.pass_gate()
            await self._task.execute()
            await self._follow.to_the_end()
            await self._conclude()
        except (FailureError, asyncio.CancelledError) as error:
            stopped = failure(Failure.FLIGHT_STOPPED, "the saga was cancelled in Temporal")
            await shielded(self._give_up(stopped if is_cancelled_exception(error) else root(error)))
        self._over = True
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._accepted is None and self._refusal is not None:
            raise self._refusal
        return self.status()

    # The story

    async def _accept(self) -> None:
        """Checks that write nothing, the lease, the document: in this order, so that a refusal leaves nothing behind.

        Who queues, or flies later, is accepted before there is a lease; who queues, also while the dock is offline.
        """
        given = self._given
        self._log.enter("checking", f"asked for by {given.actor.user}")
        now = workflow.time()
        timed = hour_of(given, now) is not None or end_of_window(given, now) is not None
        checked = await self._turn.check(online=not given.queue)
        if given.to is None:
            await workflow.execute_activity_method(
                ObjectStore.check_object,
                ObjectCheck(object_key=checked.object_key, md5=checked.md5),
                **quick(self._timings, "Is the file in the bucket?"),
            )
        self._commands.product, self._home.model = checked.product, checked.model
        self._commands.aircraft_sn = checked.aircraft_sn
        if not (given.queue or timed):
            # Presence vouches for the readings here; the gate before the take-off listens to the dock itself
            online = checked.readings.model_copy(update={"age": 0.0 if checked.readings.online else None})
            self._record.judge(
                gate.evaluate(online, checked.limits, given.overrides, fresh=self._timings.telemetry_fresh)
            )
            await self._turn.take()
        await self._record.open(checked)
        self._accepted = FlightAccepted(
            task_id=given.task_id, dock_sn=given.dock_sn, aircraft_sn=checked.aircraft_sn, warnings=checked.warnings
        )
        if given.task_type == 2 or (given.queue and not timed):
            await self._turn.take()

    async def _conclude(self) -> None:
        """The dock has said the last word."""
        record, progress = self._record, self._course.progress
        assert progress is not None, "followed to the end"
        self._undo.drop("task at the dock")
        self._undo.drop("flight")
        problems = await self._undo.run()
        reason = words_of(progress, self._course.break_point)
        record.reason = "; ".join(filter(None, [reason, *problems])) or None
        record.error_code = progress.result or None
        record.break_point = self._course.break_point
        await record.advance(status_of(progress, record.status), "ended")

    async def _give_up(self, error: BaseException) -> None:
        """Undo everything, aircraft first. Unless the dock refused, its last word counts as the status."""
        record = self._record
        kind = error.type if isinstance(error, ApplicationError) else None
        reason = error.message if isinstance(error, ApplicationError) else str(error)
        record.reason = reason
        record.error_code = dji_code(error) if isinstance(error, ApplicationError) else None
        self._log.enter("ending", reason)
        problems = await self._undo.run()
        if problems:
            record.reason = reason = "; ".join([reason, *problems])
            await record.alert("warning", "flight-problem", f"flight {self._given.name}: {reason}")
        if self._accepted is None:
            self._refusal = error
            return
        progress = self._course.progress
        status = end_of(kind, executed=self._course.executed)
        if progress is not None and self._course.ended and kind in OPEN_ENDS:
            status = status_of(progress, status)
            record.error_code = progress.result or record.error_code
        record.break_point = self._course.break_point
        await record.advance(status, "ended")

    # What the dock, the API and the bridge say

    @workflow.update(name=Update.ACCEPTED)
    async def accepted(self) -> FlightAccepted:
        """When the flight goes on by itself. Raises why it does not."""
        await workflow.wait_condition(lambda: self._accepted is not None or self._refusal is not None)
        if self._accepted is None:
            assert self._refusal is not None, "one of the two"
            raise self._refusal
        return self._accepted

    @workflow.update(name=Update.RESOURCE)
    def resource(self, asked: ResourceGet) -> ResourceAnswer:
        """`flighttask_resource_get`: the object of this flight, for its own dock."""
        checked = self._turn.checked
        if checked is None or asked.sn not in (self._given.dock_sn, self._given.landing_dock_sn) or self._over:
            return ResourceAnswer(result=1)
        return ResourceAnswer(result=0, object_key=checked.object_key, fingerprint=checked.md5)

    @workflow.update(name=Update.PAUSE)
    async def pause(self, asked: Ask) -> FlightAnswer:
        """The aircraft hovers."""
        return await self._orders.pause(asked)

    @workflow.update(name=Update.RESUME)
    async def resume(self, asked: Ask) -> FlightAnswer:
        """The aircraft goes on with its wayline."""
        return await self._orders.resume(asked)

    @workflow.update(name=Update.GO_HOME)
    async def go_home(self, asked: GoHome) -> FlightAnswer:
        """Home, by the dock's own word on how the flight ends."""
        return await self._orders.go_home(asked)

    @workflow.update(name=Update.FLY_TO)
    async def fly_to(self, asked: FlyTo) -> FlightAnswer:
        """On to a point, or to another one."""
        return await self._orders.fly_to(asked)

    @workflow.update(name=Update.CANCEL_HOME)
    async def cancel_home(self, asked: Ask) -> FlightAnswer:
        """Off the way home: the aircraft hovers."""
        return await self._orders.cancel_home(asked)

    @workflow.update(name=Update.FLY_WAYLINE)
    async def fly_wayline(self, asked: FlyWayline) -> FlightAnswer:
        """Another wayline, given in flight (Dock 2 and 3)."""
        return await self._orders.fly_wayline(asked)

    @workflow.update(name=Update.CANCEL_WAYLINE)
    async def cancel_wayline(self, asked: Ask) -> FlightAnswer:
        """Off the wayline that was given in flight: the aircraft hovers."""
        return await self._orders.cancel_wayline(asked)

    @workflow.update(name=Update.STOP)
    async def stop(self, asked: Ask) -> FlightAnswer:
        """Call it off, or bring it home and drop the rest; answers when the dock has taken the order."""
        if self._over or self._course.ended:
            raise failure(Failure.FLIGHT_OVER, f"flight {self._given.name} is {self._record.status}")
        if self._stop.asked is None:
            self._stop.asked, self._record.by = asked, asked.actor
            self._log.note(f"**stop** by {asked.actor.user}")
        await workflow.wait_condition(lambda: self._home.did is not None or self._over)
        return self._record.did(self._home.did or "nothing had to be done")

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.signal(name=Signal.FLIGHT_PROGRESS)
    def flight_progress(self, fact: FlightProgress) -> None:
        self._course.took(fact)

    @workflow.signal(name=Signal.FLIGHT_READY)
    def flight_ready(self, fact: FlightReady) -> None:
        if not self._course.ready:
            self._course.ready = True
            self._log.note("the dock says that the conditions are met")

    @workflow.signal(name=Signal.LEASE_TAKEN)
    def lease_taken(self, fact: LeaseTaken) -> None:
        """As a stop: the aircraft comes home, then who took the dock has it."""
        if self._stop.asked is None and not self._over:
            self._stop.asked, self._stop.words = Ask(actor=fact.actor), fact.words
            self._record.by = fact.actor
            self._log.note(f"**{fact.words}**")

    @workflow.signal(name=Signal.IN_FLIGHT_WAYLINE)
    def in_flight_wayline(self, fact: InFlightWayline) -> None:
        if self._course.took_wayline(fact):
            said = IN_FLIGHT_STATUS.get(fact.status, fact.status)
            self._log.note(f"wayline given in flight: {said}" + (f", result {fact.result}" if fact.result else ""))

    @workflow.signal(name=Signal.EXIT_HOMING)
    def exit_homing(self, fact: ExitHoming) -> None:
        """People are told; the aircraft is not ordered home again, since a pilot may have taken it by the sticks."""
        reason = EXIT_REASON.get(fact.reason, str(fact.reason))
        self._course.off_home = fact.left
        if fact.left:
            self._course.exited, self._course.news = reason, True
        self._log.note(f"**the aircraft left its way home**: {reason}" if fact.left else "it is on its way home again")

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        if fact.sn == self._given.dock_sn and self._course.took_presence(fact.online):
            self._log.note("the dock is online" if fact.online else "**the dock is offline**")

    @workflow.query(name=Query.STATUS)
    def status(self) -> State:
        return self._record.state()
