"""Orders of people to an aircraft in the air: one after the other, and answered when the dock has taken them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.mqtt import ObjectLink
from activities.objects import ObjectCheck, ObjectStore
from activities.state.flight import FlightCheck, FlightState, PointCheck
from dji.fly_to import FlyToPoint, FlyToPointStop, FlyToPointUpdate
from dji.in_flight_wayline import InFlightWaylineCancel, InFlightWaylineRecover, InFlightWaylineStop
from dji.model import Command
from dji.return_home import ReturnHome, ReturnHomeCancel, ReturnSpecificHome
from dji.shared import TargetPoint
from dji.wayline import FlighttaskPause, FlighttaskRecovery
from store.facts import Ask, FlyTo, FlyWayline, GoHome
from workflows.answers import FlightAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, failure, root
from workflows.flight_course import Course, Stop
from workflows.flight_plan import deliver_body
from workflows.flight_record import Record
from workflows.here import here_first
from workflows.inputs import FlightInput
from workflows.policies import quick


class Orders:
    """The status changes when the dock's progress says so, never by an order."""

    def __init__(
        self, given: FlightInput, record: Record, course: Course, commands: Commands, stop: Stop, log: Logbook
    ) -> None:
        self._given = given
        self._record = record
        self._course = course
        self._commands = commands
        self._stop = stop
        self._log = log
        self._count = 0
        self._to_point = False
        self._one_by_one = asyncio.Lock()

    async def pause(self, asked: Ask) -> FlightAnswer:
        """`flighttask_pause`; on the way to a point `fly_to_point_stop`, on a wayline that was given in flight
        `in_flight_wayline_stop`. The aircraft hovers.
        """
        if self._course.wayline is not None:
            return await self._give(InFlightWaylineStop(in_flight_wayline_id=self._course.wayline), asked)
        if self._given.to is not None:
            self._to_point = False
            return await self._give(FlyToPointStop(), asked)
        return await self._give(FlighttaskPause(), asked, unneeded=lambda: self._record.status == "paused")

    async def resume(self, asked: Ask) -> FlightAnswer:
        """`in_flight_wayline_recover` or `flighttask_recovery`: the aircraft goes on with its wayline.

        Raises CommandInvalid where it flies none.
        """
        if self._course.wayline is not None:
            return await self._give(InFlightWaylineRecover(in_flight_wayline_id=self._course.wayline), asked)
        if self._given.to is not None:
            raise failure(
                Failure.COMMAND_INVALID, "a flight to a point has no wayline to go on with", cure="Send it to a point"
            )
        return await self._give(FlighttaskRecovery(), asked)

    async def go_home(self, asked: GoHome) -> FlightAnswer:
        """`return_home`, or `return_specific_home` to a dock of the task."""
        self._to_point = False
        body: Command = ReturnHome()
        if asked.home_dock_sn is not None:
            body = ReturnSpecificHome(home_dock_sn=asked.home_dock_sn)
        elif self._course.on_the_way_home:
            return self._record.did("nothing: it is on its way home already")
        did = await self._give(body, asked, homeward=True)
        self._course.off_home = False
        if self._record.phase == "hovering":
            await self._record.advance(self._record.status, "returning")
        return did

    async def cancel_home(self, asked: Ask) -> FlightAnswer:
        """`return_home_cancel`: the aircraft hovers where it is, and has left its wayline."""
        did = await self._give(ReturnHomeCancel(), asked)
        self._course.off_home = True
        await self._record.advance(self._record.status, "hovering")
        return did

    async def fly_to(self, asked: FlyTo) -> FlightAnswer:
        """`fly_to_point`, or its update while one is being flown to; a dock that has arrived by then refuses that.

        Raises AreasBreached for a point that the mission's areas forbid.
        """
        self._check_flies()
        if workflow.patched("fly-to-within-areas"):
            await self._check_point(asked)
        points = [TargetPoint(latitude=asked.latitude, longitude=asked.longitude, height=asked.height)]
        if self._to_point:
            try:
                return await self._give(FlyToPointUpdate(max_speed=asked.max_speed, points=points), asked)
            except ApplicationError as error:
                if dji_code(error) is None:
                    raise
                self._log.note(f"{error.message}: begins anew")
        fly_to_id = f"{self._given.task_id}-{self._count + 1}"
        did = await self._give(FlyToPoint(fly_to_id=fly_to_id, max_speed=asked.max_speed, points=points), asked)
        self._to_point = True
        return did

    async def _check_point(self, asked: FlyTo) -> None:
        given = self._given
        try:
            await here_first(
                FlightState.check_point,
                PointCheck(mission_id=given.mission_id, latitude=asked.latitude, longitude=asked.longitude),
                given.timings,
                "May it fly to this point?",
            )
        except ActivityError as error:
            raise root(error) from error

    # Waylines that are given in flight (Dock 2 and 3)

    async def fly_wayline(self, asked: FlyWayline) -> FlightAnswer:
        """`in_flight_wayline_deliver`, to an aircraft that hovers. Raises FlightBusy while it flies a wayline."""
        given, course = self._given, self._course
        self._check_free()
        try:
            checked = await workflow.execute_activity_method(
                FlightState.check_flight,
                FlightCheck(
                    org_id=given.org_id,
                    mission_id=given.mission_id,
                    dock_sn=given.dock_sn,
                    wayline_id=asked.wayline_id,
                ),
                **quick(given.timings, "May it fly this wayline?"),
            )
            await workflow.execute_activity_method(
                ObjectStore.check_object,
                ObjectCheck(object_key=checked.object_key, md5=checked.md5),
                **quick(given.timings, "Is the file in the bucket?"),
            )
        except ActivityError as error:
            raise root(error) from error
        self._check_free()
        wayline = f"{given.task_id}-{self._count + 1}"
        course.wayline, course.wayline_at = wayline, 0
        self._to_point = False
        try:
            did = await self._give(
                deliver_body(given, checked, wayline),
                asked,
                [ObjectLink(path="file.url", object_key=checked.object_key)],
            )
        except ApplicationError as error:
            if error.type != Failure.NO_REPLY:
                course.wayline = None
            raise
        await self._record.flies_wayline(asked.wayline_id)
        return did

    def _check_free(self) -> None:
        """What it flies now has to be paused or called off first; a second wayline at once would be nobody's."""
        record, name = self._record, self._given.name
        self._check_flies()
        if self._course.wayline is not None:
            raise failure(Failure.FLIGHT_BUSY, f"flight {name} flies a wayline that was given in flight")
        if self._given.to is None and record.status != "paused" and record.phase != "hovering":
            raise failure(Failure.FLIGHT_BUSY, f"flight {name} flies its wayline", cure="Pause it first")

    async def cancel_wayline(self, asked: Ask) -> FlightAnswer:
        """`in_flight_wayline_cancel`: the aircraft hovers. Raises CommandInvalid where it flies no such wayline."""
        if self._course.wayline is None:
            raise failure(
                Failure.COMMAND_INVALID, f"flight {self._given.name} flies no wayline that was given in flight",
                cure="Pause the flight, or call it home",
            )  # fmt: skip
        return await self._give(InFlightWaylineCancel(), asked)

    async def _give(
        self,
        body: Command,
        asked: Ask,
        links: list[ObjectLink] | None = None,
        *,
        unneeded: Callable[[], bool] = lambda: False,
        homeward: bool = False,
    ) -> FlightAnswer:
        """Raises FlightOver, FlightNotStarted, FlightStopped, the dock's refusal, NoReply."""
        record = self._record
        async with self._one_by_one:
            self._check_flies()
            if not homeward:
                self._stop.check()
            if unneeded():
                return record.did("nothing: it is so already")
            self._count += 1
            await self._commands.send(body, step=f"{body.method}/{self._count}", actor=asked.actor, object_links=links)
            self._log.note(f"{asked.actor.user}: {body.method}")
            return record.did(body.method)

    def _check_flies(self) -> None:
        course, record = self._course, self._record
        if course.ended:
            raise failure(Failure.FLIGHT_OVER, f"flight {self._given.name} is {record.status}")
        if not course.flies:
            raise failure(Failure.FLIGHT_NOT_STARTED, f"flight {self._given.name} is {record.status}")
