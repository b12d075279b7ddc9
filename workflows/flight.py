"""Saga `flight/{task_id}`: lease, checks, prepare, gate, execute, follow until the dock says how it ended.

Whatever goes wrong, the aircraft is brought home before the dock is given back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.leases import Acquire, Leases, Release
from activities.mqtt import ObjectLink
from activities.notify import Alert, Notify
from activities.objects import ObjectCheck, ObjectStore
from activities.state.flight import (
    FlightCheck,
    FlightChecked,
    FlightState,
    FlightStep,
    GateQuery,
    NewFlight,
)
from dji.model import Command
from dji.wayline import FlighttaskExecute, FlighttaskPause, FlighttaskRecovery
from store.facts import Actor, Ask, CommandReply, FlightProgress, LeaseRequest, Presence, ResourceAnswer, ResourceGet
from store.flights import TERMINAL, FlightStatus, GateReading
from workflows import gate
from workflows.answers import FlightAccepted, FlightAnswer
from workflows.answers import FlightState as State
from workflows.commands import Commands
from workflows.compensation import Compensations, shielded
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, failure, root
from workflows.flight_course import Course, end_of, status_of
from workflows.flight_home import WayHome, look_at_flight, progress_of
from workflows.flight_plan import hour_of, prepare_body
from workflows.inputs import DockInput, FlightInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick, waiting

# Failures that leave it to the dock to say how the flight ended
OPEN_ENDS: Final = frozenset({Failure.FLIGHT_STOPPED, Failure.FLIGHT_LOST, Failure.NO_REPLY})


@workflow.defn(name=Workflow.FLIGHT)
class Flight:
    """One flight of one wayline. What it knows of the aircraft is what the dock says."""

    @workflow.init
    def __init__(self, given: FlightInput) -> None:
        self._given = given
        self._timings = given.timings
        self._status: FlightStatus = "created"
        self._phase = "checking"
        self._reason: str | None = None
        self._error_code: int | None = None
        self._gate: list[GateReading] = []
        self._checked: FlightChecked | None = None
        self._accepted: FlightAccepted | None = None
        self._refusal: BaseException | None = None
        self._stop: Ask | None = None
        self._over = False
        self._orders = 0
        self._ordering = asyncio.Lock()
        self._course = Course()
        self._commands = Commands(
            given.timings, given.dock_sn, org=given.org_id, mission=given.mission_id, bid=given.task_id
        )
        self._log = Logbook(
            Saga.FLIGHT, f"Flight {given.name}", org=given.org_id, mission=given.mission_id, dock=given.dock_sn
        )
        self._home = WayHome(given.task_id, given.dock_sn, self._course, self._commands, given.timings, self._log)
        self._home.on_news = self._take_news
        self._undo = Compensations(self._log.note)

    @workflow.run
    async def run(self, given: FlightInput) -> State:
        try:
            await self._accept()
            await self._wait_for_hour()
            await self._prepare()
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
        hour = hour_of(given, workflow.time())
        checked = await self._check()
        await workflow.execute_activity_method(
            ObjectStore.check_object,
            ObjectCheck(object_key=checked.object_key, md5=checked.md5),
            **quick(self._timings, "Is the file in the bucket?"),
        )
        self._checked, self._commands.product, self._home.model = checked, checked.product, checked.model
        later = given.queue or hour is not None
        if not later:
            # Presence vouches for the readings here; the gate before the take-off listens to the dock itself
            online = checked.readings.model_copy(update={"age": 0.0 if checked.readings.online else None})
            self._judge(gate.evaluate(online, checked.limits, given.overrides, fresh=self._timings.telemetry_fresh))
            await self._lease()
        await self._open(checked)
        self._accepted = FlightAccepted(
            task_id=given.task_id, dock_sn=given.dock_sn, aircraft_sn=checked.aircraft_sn, warnings=checked.warnings
        )
        if given.queue and hour is None:
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
            **quick(self._timings, "May this dock fly this wayline?"),
        )

    async def _lease(self) -> None:
        given, me = self._given, workflow.info().workflow_id
        wait = self._timings.lease_wait if given.queue else 0.0
        self._undo.add("lease", self._release)
        answer = await workflow.execute_activity_method(
            Leases.acquire_lease,
            Acquire(
                dock=DockInput(sn=given.dock_sn, org_id=given.org_id, timings=self._timings),
                request=LeaseRequest(
                    holder=me,
                    kind="flight",
                    reason=f"flight {given.name}",
                    actor=given.actor,
                    queue=given.queue,
                    wait=self._timings.lease_wait,
                ),
            ),
            **waiting(self._timings, wait, f"Lease dock {given.dock_sn}"),
        )
        if not answer.granted:
            held = answer.lease
            by = f"held by {held.holder}: {held.reason}" if held is not None else "asked for by others before"
            raise failure(Failure.DOCK_BUSY, f"dock {given.dock_sn} is {by}", field="dock_sn", holder=held)
        self._log.note("the dock is ours")

    async def _open(self, checked: FlightChecked) -> None:
        given = self._given
        at = datetime.fromtimestamp(given.execute_at / 1000, UTC) if given.execute_at is not None else None
        await workflow.execute_activity_method(
            FlightState.open_flight,
            NewFlight(
                task_id=given.task_id,
                org_id=given.org_id,
                mission_id=given.mission_id,
                dock_sn=given.dock_sn,
                aircraft_sn=checked.aircraft_sn,
                name=given.name,
                wayline_id=given.wayline_id,
                object_key=checked.object_key,
                md5=checked.md5,
                task_type=given.task_type,
                execute_at=at,
                rth_altitude=given.rth_altitude,
                actor=given.actor,
            ),
            **quick(self._timings, "Write the flight"),
        )

    async def _wait_for_hour(self) -> None:
        """A timed flight goes on shortly before its hour; one whose hour passed unseen is not flown late."""
        given = self._given
        if given.execute_at is None:
            return
        hour = given.execute_at / 1000
        pause = hour - self._timings.timed_lead - workflow.time()
        self._log.enter("waiting", f"for {datetime.fromtimestamp(hour, UTC):%Y-%m-%d %H:%M:%S} UTC")
        if pause > 0:
            try:
                await workflow.wait_condition(
                    lambda: self._stop is not None, timeout=pause, timeout_summary="Shortly before its hour"
                )
            except TimeoutError:
                self._log.note("its hour is near")
        self._check_stop()
        if workflow.time() >= hour:
            raise failure(Failure.FLIGHT_MISSED, "its hour passed while nobody could see to it")
        try:
            self._checked = await self._check()
            await self._lease()
        except ActivityError as error:
            raise failure(Failure.FLIGHT_MISSED, f"at its hour: {root(error)}") from error
        except ApplicationError as error:
            raise failure(Failure.FLIGHT_MISSED, f"at its hour: {error.message}") from error

    async def _prepare(self) -> None:
        assert self._checked is not None, "checked"
        self._check_stop()
        await self._advance("preparing", "preparing")
        body = prepare_body(self._given, self._checked, int(workflow.time() * 1000))
        self._undo.add("task at the dock", lambda: self._home.bring_home(self._ender()))
        await self._commands.send(
            body,
            step="flighttask_prepare",
            actor=self._given.actor,
            object_links=[ObjectLink(path="file.url", object_key=self._checked.object_key)],
            unless=lambda: self._stop is not None or self._course.ended,
        )
        self._log.note("the dock took the task")

    async def _pass_gate(self) -> None:
        self._check_stop()
        self._log.enter("gate")
        given = self._given
        look = await workflow.execute_activity_method(
            FlightState.look_at_gate,
            GateQuery(org_id=given.org_id, dock_sn=given.dock_sn, listen=self._timings.gate_listen),
            **waiting(self._timings, self._timings.gate_listen, "Battery, wind, rain, storage, dock"),
        )
        lines = gate.evaluate(
            look.readings, look.limits, given.overrides, fresh=self._timings.telemetry_fresh, prepared=True
        )
        self._judge(lines)
        await self._advance("ready", "gate passed")

    def _judge(self, lines: list[GateReading]) -> None:
        self._gate = lines
        for line in lines:
            self._log.fact(f"gate: {line.name}", f"{line.value} (limit {line.limit}) {line.note}".rstrip())
        refused = gate.failures(lines)
        if refused:
            raise failure(
                Failure.GATE_FAILED,
                gate.explain(lines),
                field=f"overrides.{refused[0].name}",
                limits=[line.model_dump() for line in refused],
            )

    async def _execute(self) -> None:
        """The one command that must not be given up half-way: whether the dock took it has to be known."""
        self._check_stop()
        if self._course.ended:
            return
        self._course.executed = True
        self._log.enter("executing")
        try:
            await self._commands.send(
                FlighttaskExecute(flight_id=self._given.task_id),
                step="flighttask_execute",
                actor=self._given.actor,
                unless=lambda: self._course.ended,
            )
        except ApplicationError as error:
            if dji_code(error) is not None:
                self._course.executed = False  # the dock said no: it stays on the ground
            raise
        self._log.note("the dock goes to work")

    async def _follow(self) -> None:
        """Take the dock's word as it comes, until it is the last one."""
        course, timings = self._course, self._timings
        take_off_by = workflow.time() + timings.preparation
        land_by = workflow.time() + timings.flight
        while not course.ended:
            self._check_stop()
            now = workflow.time()
            if now >= land_by or (not course.flies and self._rank_ground() and now >= take_off_by):
                raise failure(Failure.FLIGHT_LOST, "the dock has not said in time that it goes on")
            limit = land_by if course.flies else take_off_by
            try:
                await workflow.wait_condition(
                    lambda: course.news or self._stop is not None,
                    timeout=max(0.01, min(timings.flight_silence, limit - now)),
                    timeout_summary="Progress of the flight",
                )
            except TimeoutError:
                await self._look()
            await self._take_news()

    def _rank_ground(self) -> bool:
        """Not taken off yet, as opposed to landed: after a flight the dock tidies up for as long as it needs."""
        return self._status in ("created", "preparing", "ready")

    async def _look(self) -> None:
        """Nothing was signalled for long. The store says whether the dock still speaks, or a signal was lost."""
        given = self._given
        look = await look_at_flight(given.task_id, given.dock_sn, self._timings)
        known = self._course.progress
        if known is None or (look.progress_status, look.progress_phase) != (known.status, known.phase):
            found = progress_of(given.task_id, given.dock_sn, look, int(workflow.time() * 1000))
            if found is not None:
                self._course.took(found)
        silent = look.progress_age is None or look.progress_age >= self._timings.flight_silence
        if silent and self._status != "paused" and self._phase != "silent":
            self._log.note("**silence**: the dock says nothing of the flight")
            await self._advance(self._status, "silent")
            await self._alert("caution", "flight-silent", f"flight {given.name}: no progress for long")

    async def _take_news(self) -> None:
        """Write a status that is new. A phase on the ground is noted here only: it decides nothing."""
        progress = self._course.progress
        if not self._course.news or progress is None:
            return
        self._course.news = False
        status = status_of(progress, self._status)
        self._log.note(
            f"{progress.status}: {progress.phase}" + (f", result {progress.result}" if progress.result else "")
        )
        if progress.result:
            self._error_code = progress.result
        if status not in TERMINAL and (status != self._status or self._phase == "silent"):
            await self._advance(status, progress.phase)

    async def _conclude(self) -> None:
        """The dock has said the last word."""
        progress = self._course.progress
        assert progress is not None, "followed to the end"
        self._undo.drop("task at the dock")
        problems = await self._undo.run()
        reason = f"the dock ended it with result {progress.result}" if progress.result else None
        self._reason = "; ".join(filter(None, [reason, *problems])) or None
        self._error_code = progress.result or None
        await self._advance(status_of(progress, self._status), "ended")

    async def _give_up(self, error: BaseException) -> None:
        """Undo everything, aircraft first. Unless the dock refused, its last word counts as the status."""
        kind = error.type if isinstance(error, ApplicationError) else None
        self._reason = error.message if isinstance(error, ApplicationError) else str(error)
        self._error_code = dji_code(error) if isinstance(error, ApplicationError) else None
        self._log.enter("ending", self._reason)
        problems = await self._undo.run()
        if problems:
            self._reason = "; ".join([self._reason, *problems])
            await self._alert("warning", "flight-problem", f"flight {self._given.name}: {self._reason}")
        if self._accepted is None:
            self._refusal = error
            return
        progress = self._course.progress
        status = end_of(kind, executed=self._course.executed)
        if progress is not None and self._course.ended and kind in OPEN_ENDS:
            status = status_of(progress, status)
            self._error_code = progress.result or self._error_code
        await self._advance(status, "ended")

    # Steps of the story

    def _check_stop(self) -> None:
        if self._stop is not None:
            actor = self._stop.actor
            raise failure(
                Failure.FLIGHT_STOPPED, f"stopped by {actor.user}" + (f": {actor.reason}" if actor.reason else "")
            )

    def _ender(self) -> Actor:
        return self._stop.actor if self._stop is not None else self._given.actor

    async def _advance(self, status: FlightStatus, phase: str) -> None:
        self._status = await workflow.execute_activity_method(
            FlightState.advance_flight,
            FlightStep(
                task_id=self._given.task_id,
                status=status,
                phase=phase,
                reason=self._reason,
                error_code=self._error_code,
                gate=self._gate or None,
                actor=self._ender(),
            ),
            **quick(self._timings, f"The flight is {status}"),
        )
        self._phase = phase
        self._log.enter(self._status if phase != "silent" else "silent")

    async def _release(self) -> None:
        await workflow.execute_activity_method(
            Leases.release_lease,
            Release(sn=self._given.dock_sn, holder=workflow.info().workflow_id),
            **quick(self._timings, f"Give dock {self._given.dock_sn} back"),
        )

    async def _alert(self, level: str, code: str, text: str) -> None:
        alert = Alert(
            org_id=self._given.org_id,
            sn=self._given.dock_sn,
            level="warning" if level == "warning" else "caution",
            code=code,
            text=text,
            saga=workflow.info().workflow_id,
        )
        try:
            await workflow.execute_activity_method(
                Notify.alert, alert, **quick(self._timings, text[:120], within=self._timings.activity_quick)
            )
        except ActivityError as error:
            self._log.note(f"nobody was told: {root(error)}")

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
        """`flighttask_pause`: the aircraft hovers."""
        return await self._order(FlighttaskPause(), asked, unneeded=lambda: self._status == "paused")

    @workflow.update(name=Update.RESUME)
    async def resume(self, asked: Ask) -> FlightAnswer:
        """`flighttask_recovery`: the aircraft goes on with its wayline."""
        return await self._order(FlighttaskRecovery(), asked, unneeded=lambda: False)

    async def _order(self, body: Command, asked: Ask, unneeded: Callable[[], bool]) -> FlightAnswer:
        async with self._ordering:
            if self._over or self._course.ended:
                raise failure(Failure.FLIGHT_OVER, f"flight {self._given.name} is {self._status}")
            if not self._course.flies:
                raise failure(Failure.FLIGHT_NOT_STARTED, f"flight {self._given.name} is {self._status}")
            if unneeded():
                return self._did("nothing: it is so already")
            self._orders += 1
            await self._commands.send(body, step=f"{body.method}/{self._orders}", actor=asked.actor)
            self._log.note(f"{asked.actor.user}: {body.method}")
            return self._did(body.method)

    @workflow.update(name=Update.STOP)
    async def stop(self, asked: Ask) -> FlightAnswer:
        """Call it off, or bring it home and drop the rest; answers when the dock has taken the order."""
        if self._over or self._course.ended:
            raise failure(Failure.FLIGHT_OVER, f"flight {self._given.name} is {self._status}")
        if self._stop is None:
            self._stop = asked
            self._log.note(f"**stop** by {asked.actor.user}")
        await workflow.wait_condition(lambda: self._home.did is not None or self._over)
        return self._did(self._home.did or "nothing had to be done")

    def _did(self, what: str) -> FlightAnswer:
        return FlightAnswer(task_id=self._given.task_id, status=self._status, did=what)

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.signal(name=Signal.FLIGHT_PROGRESS)
    def flight_progress(self, fact: FlightProgress) -> None:
        self._course.took(fact)

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        if self._course.online != fact.online:
            self._course.online = fact.online
            self._log.note("the dock is online" if fact.online else "**the dock is offline**")

    @workflow.query(name=Query.STATUS)
    def status(self) -> State:
        return State(
            task_id=self._given.task_id,
            dock_sn=self._given.dock_sn,
            status=self._status,
            phase=self._phase,
            reason=self._reason,
            error_code=self._error_code,
            gate=self._gate,
        )
