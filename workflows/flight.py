"""Saga `flight/{task_id}`: lease, checks, prepare, gate, execute, follow until the dock says how it ended.

Whatever goes wrong, the aircraft is brought home before the dock is given back.
"""

from __future__ import annotations

import asyncio
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.mqtt import ObjectLink
from activities.objects import ObjectCheck, ObjectStore
from activities.state.flight import FlightCheck, FlightChecked, FlightState, GateQuery
from dji.model import Command
from dji.return_home import EXIT_REASON
from dji.steps import Phase
from dji.wayline import FlighttaskExecute
from store.facts import (
    Ask,
    CommandReply,
    ExitHoming,
    FlightProgress,
    FlightReady,
    FlyTo,
    GoHome,
    LeaseTaken,
    Presence,
    ResourceAnswer,
    ResourceGet,
)
from store.flights import TERMINAL
from workflows import gate
from workflows.answers import FlightAccepted, FlightAnswer
from workflows.answers import FlightState as State
from workflows.commands import Commands
from workflows.compensation import Compensations, shielded
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, failure, root
from workflows.flight_course import Course, end_of, status_of, words_of
from workflows.flight_hold import Hold
from workflows.flight_home import WayHome, look_at_flight, progress_of
from workflows.flight_orders import Orders
from workflows.flight_plan import end_of_window, hour_of, prepare_body, take_off_body, when
from workflows.flight_record import Record
from workflows.inputs import FlightInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick, waiting

# Failures that leave it to the dock to say how the flight ended
OPEN_ENDS: Final = frozenset({Failure.FLIGHT_STOPPED, Failure.FLIGHT_LOST, Failure.NO_REPLY})


@workflow.defn(name=Workflow.FLIGHT)
class Flight:
    """One flight of one wayline, or to one point. What it knows of the aircraft is what the dock says."""

    @workflow.init
    def __init__(self, given: FlightInput) -> None:
        self._given = given
        self._timings = given.timings
        self._checked: FlightChecked | None = None
        self._accepted: FlightAccepted | None = None
        self._refusal: BaseException | None = None
        self._stop: Ask | None = None
        self._over = False
        self._course = Course()
        self._commands = Commands(
            given.timings, given.dock_sn, org=given.org_id, mission=given.mission_id, bid=given.task_id
        )
        self._log = Logbook(
            Saga.FLIGHT, f"Flight {given.name}", org=given.org_id, mission=given.mission_id, dock=given.dock_sn
        )
        self._record = Record(given, self._log)
        self._hold = Hold(given, self._log)
        self._orders = Orders(given, self._record, self._course, self._commands, self._log)
        self._home = WayHome(
            given.task_id, given.dock_sn, self._course, self._commands, given.timings, self._log,
            prepared=given.to is None,
        )  # fmt: skip
        self._home.on_news = self._take_news
        self._undo = Compensations(self._log.note)

    @workflow.run
    async def run(self, given: FlightInput) -> State:
        try:
            await self._accept()
            await self._wait_for_hour()
            if given.to is None:
                await self._prepare()
            await self._wait_until_ready()
            await self._pass_gate()
            await self._execute()
            await self._follow()
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

        Who queues, or flies later, is accepted before there is a lease.
        """
        given = self._given
        self._log.enter("checking", f"asked for by {given.actor.user}")
        now = workflow.time()
        timed = hour_of(given, now) is not None or end_of_window(given, now) is not None
        checked = await self._check()
        if given.to is None:
            await workflow.execute_activity_method(
                ObjectStore.check_object,
                ObjectCheck(object_key=checked.object_key, md5=checked.md5),
                **quick(self._timings, "Is the file in the bucket?"),
            )
        self._checked, self._commands.product, self._home.model = checked, checked.product, checked.model
        if not (given.queue or timed):
            # Presence vouches for the readings here; the gate before the take-off listens to the dock itself
            online = checked.readings.model_copy(update={"age": 0.0 if checked.readings.online else None})
            self._record.judge(
                gate.evaluate(online, checked.limits, given.overrides, fresh=self._timings.telemetry_fresh)
            )
            await self._lease()
        await self._record.open(checked)
        self._accepted = FlightAccepted(
            task_id=given.task_id, dock_sn=given.dock_sn, aircraft_sn=checked.aircraft_sn, warnings=checked.warnings
        )
        if given.task_type == 2 or (given.queue and not timed):
            self._log.enter("queued")
            await self._lease()

    async def _check(self) -> FlightChecked:
        given = self._given
        return await workflow.execute_activity_method(
            FlightState.check_flight,
            FlightCheck(
                org_id=given.org_id,
                mission_id=given.mission_id,
                dock_sn=given.dock_sn,
                wayline_id=given.wayline_id,
            ),
            **quick(self._timings, "May this dock fly this?"),
        )

    async def _lease(self) -> None:
        self._undo.add("lease", self._hold.give_back)
        await self._hold.take()

    async def _wait_for_hour(self) -> None:
        """A timed flight goes on shortly before its hour; one whose hour passed unseen is not flown late."""
        given = self._given
        if given.execute_at is None or given.task_type != 1:
            return
        hour = given.execute_at / 1000
        pause = hour - self._timings.timed_lead - workflow.time()
        self._log.enter("waiting", f"for {when(given.execute_at):%Y-%m-%d %H:%M:%S} UTC")
        if pause > 0:
            try:
                await workflow.wait_condition(
                    lambda: self._stop is not None, timeout=pause, timeout_summary="Shortly before its hour"
                )
            except TimeoutError:
                self._log.note("its hour is near")
        self._check_stop()
        self._check_hour()
        self._undo.add("lease", self._hold.give_back)
        await self._take_at_its_time("at its hour", hour)

    async def _take_at_its_time(self, said: str, until: float) -> None:
        """The checks again, and the dock. Raises FlightMissed where one of both is not to be had."""
        try:
            self._checked = await self._check()
            await self._hold.take(most=until - workflow.time())
        except ActivityError as error:
            raise failure(Failure.FLIGHT_MISSED, f"{said}: {root(error)}") from error
        except ApplicationError as error:
            raise failure(Failure.FLIGHT_MISSED, f"{said}: {error.message}") from error

    def _check_hour(self) -> None:
        given = self._given
        if given.task_type == 1 and given.execute_at is not None and workflow.time() >= given.execute_at / 1000:
            raise failure(Failure.FLIGHT_MISSED, "its hour passed while nobody could see to it")

    async def _prepare(self) -> None:
        assert self._checked is not None, "checked"
        self._check_stop()
        await self._record.advance("preparing", "preparing")
        body = prepare_body(self._given, self._checked, int(workflow.time() * 1000))
        self._undo.add("task at the dock", lambda: self._home.bring_home(self._record.by))
        await self._commands.send(
            body,
            step="flighttask_prepare",
            actor=self._given.actor,
            object_links=[ObjectLink(path="file.url", object_key=self._checked.object_key)],
            unless=lambda: self._stop is not None or self._course.ended,
        )
        self._log.note("the dock took the task")

    async def _wait_until_ready(self) -> None:
        """A conditional flight waits for `flighttask_ready`, and lets others have the dock meanwhile."""
        ready = self._given.ready
        if self._given.task_type != 2 or ready is None:
            return
        await self._hold.give_back()  # its undo stays where it is: after the one that brings the aircraft home
        self._log.enter("waiting", "until the dock says that the conditions are met")
        until = ready.end / 1000
        try:
            await workflow.wait_condition(
                lambda: self._course.ready or self._course.ended or self._stop is not None,
                timeout=max(0.01, until - workflow.time()),
                timeout_summary="Until the conditions are met",
            )
        except TimeoutError:
            raise failure(Failure.FLIGHT_MISSED, "its conditions were not met in time") from None
        self._check_stop()
        if self._course.ended:
            return
        if workflow.time() >= until:
            raise failure(Failure.FLIGHT_MISSED, "its time passed while nobody could see to it")
        await self._take_at_its_time("when it was ready", until)

    async def _pass_gate(self) -> None:
        self._check_stop()
        self._log.enter("gate")
        given = self._given
        look = await workflow.execute_activity_method(
            FlightState.look_at_gate,
            GateQuery(org_id=given.org_id, dock_sn=given.dock_sn, listen=self._timings.gate_listen),
            **waiting(self._timings, self._timings.gate_listen, "Battery, wind, rain, storage, dock"),
        )
        self._record.judge(
            gate.evaluate(
                look.readings,
                look.limits,
                given.overrides,
                fresh=self._timings.telemetry_fresh,
                prepared=given.to is None,
            )
        )
        await self._record.advance("ready", "gate passed")

    async def _execute(self) -> None:
        """The one command that must not be given up half-way: whether the dock took it has to be known."""
        assert self._checked is not None, "checked"
        self._check_stop()
        self._check_hour()
        if self._course.ended:
            return
        body: Command = FlighttaskExecute(flight_id=self._given.task_id)
        if self._given.to is not None:
            body = take_off_body(self._given, self._checked)
            self._undo.add("flight", lambda: self._home.bring_home(self._record.by))
        self._course.executed = True
        self._log.enter("executing")
        try:
            await self._commands.send(
                body, step=body.method, actor=self._given.actor, unless=lambda: self._course.ended
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

    async def _follow(self) -> None:
        """Take the dock's word as it comes, until it is the last one."""
        course, record, timings = self._course, self._record, self._timings
        take_off_by = workflow.time() + timings.preparation
        land_by = workflow.time() + timings.flight
        # Of a flight to a point a dock says how it arrives, not how it comes home: its osd shows that
        look_every = timings.flight_silence if self._given.to is None else timings.landing_look
        while not course.ended:
            self._check_stop()
            now = workflow.time()
            if now >= land_by or (not course.flies and record.on_the_ground and now >= take_off_by):
                raise failure(Failure.FLIGHT_LOST, "the dock has not said in time that it goes on")
            limit = land_by if course.flies else take_off_by
            try:
                await workflow.wait_condition(
                    lambda: course.news or self._stop is not None,
                    timeout=max(0.01, min(look_every, limit - now)),
                    timeout_summary="Progress of the flight",
                )
            except TimeoutError:
                await self._look()
            await self._take_news()

    async def _look(self) -> None:
        """Nothing was signalled for long. The store says whether the dock still speaks, or a signal was lost."""
        given, record = self._given, self._record
        look = await look_at_flight(given.task_id, given.dock_sn, self._timings)
        known = self._course.progress
        if given.to is not None:
            if self._course.flies and look.home and look.online:
                at = int(workflow.time() * 1000)
                self._course.took(
                    FlightProgress(
                        flight_id=given.task_id, sn=given.dock_sn, status="ok", phase=Phase.WRAPPING_UP, at=at
                    )
                )
            return
        if known is None or (look.progress_status, look.progress_phase) != (known.status, known.phase):
            found = progress_of(given.task_id, given.dock_sn, look, int(workflow.time() * 1000))
            if found is not None:
                self._course.took(found)
        silent = look.progress_age is None or look.progress_age >= self._timings.flight_silence
        if silent and record.status != "paused" and record.phase != "silent":
            self._log.note("**silence**: the dock says nothing of the flight")
            await record.advance(record.status, "silent")
            await record.alert("caution", "flight-silent", f"flight {given.name}: no progress for long")

    async def _take_news(self) -> None:
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
        self._log.note(
            f"{progress.status}: {progress.phase}" + (f", result {progress.result}" if progress.result else "")
        )
        if progress.result:
            record.error_code = progress.result
        if status not in TERMINAL and (status != record.status or record.phase == "silent"):
            await record.advance(status, progress.phase)

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

    def _check_stop(self) -> None:
        if self._stop is not None:
            actor = self._stop.actor
            said = f"stopped by {actor.user}" + (f": {actor.reason}" if actor.reason else "")
            raise failure(Failure.FLIGHT_STOPPED, self._hold.lost or said)

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
        if self._checked is None or asked.sn != self._given.dock_sn or self._over:
            return ResourceAnswer(result=1)
        return ResourceAnswer(result=0, object_key=self._checked.object_key, fingerprint=self._checked.md5)

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

    @workflow.update(name=Update.STOP)
    async def stop(self, asked: Ask) -> FlightAnswer:
        """Call it off, or bring it home and drop the rest; answers when the dock has taken the order."""
        if self._over or self._course.ended:
            raise failure(Failure.FLIGHT_OVER, f"flight {self._given.name} is {self._record.status}")
        if self._stop is None:
            self._stop, self._record.by = asked, asked.actor
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
        if self._stop is None and not self._over:
            self._hold.lost = fact.words
            self._stop, self._record.by = Ask(actor=fact.actor), fact.actor
            self._log.note(f"**{fact.words}**")

    @workflow.signal(name=Signal.EXIT_HOMING)
    def exit_homing(self, fact: ExitHoming) -> None:
        """People are told; the aircraft is not ordered home again, since a pilot may have taken it by the sticks."""
        reason = EXIT_REASON.get(fact.reason, str(fact.reason))
        if fact.left:
            self._course.exited, self._course.news = reason, True
        self._log.note(f"**the aircraft left its way home**: {reason}" if fact.left else "it is on its way home again")

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        if self._course.online != fact.online:
            self._course.online = fact.online
            self._log.note("the dock is online" if fact.online else "**the dock is offline**")

    @workflow.query(name=Query.STATUS)
    def status(self) -> State:
        return self._record.state()
