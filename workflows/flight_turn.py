"""When it is a flight's turn: the checks, the dock, and the wait for a busy one, for an hour or for conditions."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.state.flight import FlightCheck, FlightChecked, FlightState
from activities.state.pair import PairCheck, PairState
from workflows import gate
from workflows.compensation import Compensations
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, failure, root
from workflows.flight_course import Course, Stop
from workflows.flight_hold import Hold
from workflows.flight_plan import when
from workflows.flight_record import Record
from workflows.here import here_first
from workflows.inputs import FlightInput
from workflows.policies import quick

HandOver = Callable[[], Awaitable[None]]


class Turn:
    """Gets the dock for the flight when it is time. `checked` is what the last check found."""

    def __init__(
        self,
        given: FlightInput,
        record: Record,
        course: Course,
        hold: Hold,
        stop: Stop,
        undo: Compensations,
        log: Logbook,
    ) -> None:
        self.checked: FlightChecked | None = None
        self._given = given
        self._timings = given.timings
        self._record = record
        self._course = course
        self._hold = hold
        self._stop = stop
        self._undo = undo
        self._log = log

    async def check(self, *, online: bool = True) -> FlightChecked:
        """Raises what forbids the flight; where `online` is false the dock may be offline for now."""
        given = self._given
        self.checked = await workflow.execute_activity_method(
            FlightState.check_flight,
            self._question(online=online),
            **quick(self._timings, "May this dock fly this?"),
        )
        if given.landing_dock_sn is not None:
            await workflow.execute_activity_method(
                PairState.check_pair,
                PairCheck(
                    org_id=given.org_id,
                    mission_id=given.mission_id,
                    dock_sn=given.dock_sn,
                    landing_dock_sn=given.landing_dock_sn,
                ),
                **quick(self._timings, f"May it land at {given.landing_dock_sn}?"),
            )
        return self.checked

    def _question(self, *, online: bool) -> FlightCheck:
        given = self._given
        return FlightCheck(
            org_id=given.org_id,
            mission_id=given.mission_id,
            dock_sn=given.dock_sn,
            wayline_id=given.wayline_id,
            to=given.to,
            online=online,
        )

    # At once, or in the queue

    async def take(self) -> None:
        """The dock: at once, or for who queues when it is free, online and neither debugged nor upgraded, all within
        `lease_wait`. Raises DockBusy, DockOffline, FlightStopped.
        """
        self._undo.add("lease", self._hold.give_back)
        if not self._given.queue:
            await self._hold.take()
            return
        self._log.enter("queued")
        deadline = workflow.time() + self._timings.lease_wait
        while True:
            busy = await self._busy()
            if busy is None:
                await self._take_or_stop(deadline - workflow.time())
                busy = await self._busy()  # it may have been upgraded meanwhile, and be restarting
                if busy is None:
                    return
                await self._hold.give_back()
            left = deadline - workflow.time()
            if left <= 0:
                raise busy
            self._log.note(f"waits: {busy.message}")
            self._course.returned = False
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._stop.asked is not None or self._course.returned,
                    timeout=min(self._timings.queue_look, left),
                    timeout_summary="The next look at a busy dock",
                )
            self._stop.check()

    async def _busy(self) -> ApplicationError | None:
        """Why the dock cannot be had now, whoever holds it. A local activity: a look leaves little in the history."""
        given = self._given
        try:
            self.checked = await here_first(
                FlightState.check_flight, self._question(online=True), self._timings, "Is the dock to be had?"
            )
        except (ActivityError, ApplicationError) as error:
            cause = root(error)
            if isinstance(cause, ApplicationError) and cause.type == Failure.DOCK_OFFLINE:
                return cause
            raise
        mode = gate.mode_of(self.checked.readings)
        return failure(Failure.DOCK_BUSY, f"dock {given.dock_sn} is {mode}", field="dock_sn") if mode else None

    async def _take_or_stop(self, most: float) -> None:
        """The lease, unless the flight is stopped while it waits for it."""
        taking = asyncio.create_task(self._hold.take(most=most))
        taking.add_done_callback(lambda done: done.cancelled() or done.exception())  # taken note of
        try:
            await workflow.wait_condition(lambda: taking.done() or self._stop.asked is not None)
            self._stop.check()
            await taking
        finally:
            taking.cancel()

    # At an hour, or when conditions are met

    async def hour(self, hand_over: HandOver) -> None:
        """A timed flight goes on shortly before its hour; one whose hour passed unseen is not flown late.

        The dock gets the task at once where it is to be had, and is free for others until then.
        """
        given = self._given
        if given.execute_at is None or given.task_type != 1:
            return
        hour = given.execute_at / 1000
        until = hour - self._timings.timed_lead
        self._undo.add("lease", self._hold.give_back)
        if until > workflow.time():
            await self._ahead(hand_over)
            await self._wait(lambda: False, until, "Shortly before its hour", hand_over)
        self._stop.check()
        if self._course.ended:
            return
        self.check_hour()
        await self._take_at_its_time("at its hour", hour)

    async def ready(self, hand_over: HandOver) -> None:
        """A conditional flight waits for `flighttask_ready`, and lets others have the dock meanwhile."""
        given, course = self._given, self._course
        if given.task_type != 2 or given.ready is None:
            return
        await self._hold.give_back()  # its undo stays where it is: after the one that brings the aircraft home
        until = given.ready.end / 1000
        if not await self._wait(lambda: course.ready, until, "Until the conditions are met", hand_over):
            raise failure(Failure.FLIGHT_MISSED, "its conditions were not met in time")
        if course.ended:
            return
        if workflow.time() >= until:
            raise failure(Failure.FLIGHT_MISSED, "its time passed while nobody could see to it")
        await self._take_at_its_time("when it was ready", until)

    def check_hour(self) -> None:
        """Raises FlightMissed where the hour of a timed flight has passed."""
        given = self._given
        if given.task_type == 1 and given.execute_at is not None and workflow.time() >= given.execute_at / 1000:
            raise failure(Failure.FLIGHT_MISSED, "its hour passed while nobody could see to it")

    async def _wait(self, over: Callable[[], bool], until: float, summary: str, hand_over: HandOver) -> bool:
        """Whether `over` came true, or the task ended, before `until`. Raises FlightStopped.

        A dock that was away may have restarted, and a restarted dock knows no task: it gets it again.
        """
        course, given = self._course, self._given
        at = when(given.execute_at)
        await self._record.advance(self._record.status, "waiting")
        self._log.enter("waiting", f"for {at:%Y-%m-%d %H:%M:%S} UTC" if at else "for its conditions to be met")
        course.returned = False
        while not (over() or course.ended):
            self._stop.check()
            if course.returned:
                course.returned = False
                await self._ahead(hand_over)
                continue
            left = until - workflow.time()
            if left <= 0:
                return False
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: over() or course.ended or course.returned or self._stop.asked is not None,
                    timeout=left,
                    timeout_summary=summary,
                )
        self._stop.check()
        return True

    async def _ahead(self, hand_over: HandOver) -> None:
        """Hand the task over long before it is flown, where the dock can be had at once; else at its time.

        Raises what another try would not cure.
        """
        if self._given.to is not None:
            return
        try:
            await self._hold.take(queue=False)
            await hand_over()
        except (ApplicationError, ActivityError) as error:
            self._stop.check()
            cause = root(error)
            if isinstance(cause, ApplicationError) and cause.non_retryable and dji_code(cause) is not None:
                raise
            self._log.note(f"not handed over yet: {cause}")
        await self._hold.give_back()

    async def _take_at_its_time(self, said: str, until: float) -> None:
        """The checks again, and the dock. Raises FlightMissed where one of both is not to be had."""
        try:
            await self.check()
            await self._take_or_stop(until - workflow.time())
        except (ActivityError, ApplicationError) as error:
            self._stop.check()
            cause = root(error)
            raise failure(Failure.FLIGHT_MISSED, f"{said}: {getattr(cause, 'message', cause)}") from error
