"""Orders of people to an aircraft in the air: one after the other, and answered when the dock has taken them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from temporalio.exceptions import ApplicationError

from dji.fly_to import FlyToPoint, FlyToPointStop, FlyToPointUpdate
from dji.model import Command
from dji.return_home import ReturnHome, ReturnSpecificHome
from dji.shared import TargetPoint
from dji.wayline import FlighttaskPause, FlighttaskRecovery
from store.facts import Ask, FlyTo, GoHome
from workflows.answers import FlightAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, failure
from workflows.flight_course import Course
from workflows.flight_record import Record
from workflows.inputs import FlightInput


class Orders:
    """The status changes when the dock's progress says so, never by an order."""

    def __init__(self, given: FlightInput, record: Record, course: Course, commands: Commands, log: Logbook) -> None:
        self._given = given
        self._record = record
        self._course = course
        self._commands = commands
        self._log = log
        self._count = 0
        self._to_point = False
        self._one_by_one = asyncio.Lock()

    async def pause(self, asked: Ask) -> FlightAnswer:
        """`flighttask_pause`; a flight to a point stops on its way: `fly_to_point_stop`. The aircraft hovers."""
        if self._given.to is not None:
            self._to_point = False
            return await self._give(FlyToPointStop(), asked)
        return await self._give(FlighttaskPause(), asked, unneeded=lambda: self._record.status == "paused")

    async def resume(self, asked: Ask) -> FlightAnswer:
        """`flighttask_recovery`: the aircraft goes on with its wayline. Raises CommandInvalid where it flies none."""
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
        return await self._give(body, asked)

    async def fly_to(self, asked: FlyTo) -> FlightAnswer:
        """`fly_to_point`, or its update while one is being flown to; a dock that has arrived by then refuses that."""
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

    async def _give(self, body: Command, asked: Ask, unneeded: Callable[[], bool] = lambda: False) -> FlightAnswer:
        """Raises FlightOver, FlightNotStarted, the dock's refusal, NoReply."""
        record, course = self._record, self._course
        async with self._one_by_one:
            if course.ended:
                raise failure(Failure.FLIGHT_OVER, f"flight {self._given.name} is {record.status}")
            if not course.flies:
                raise failure(Failure.FLIGHT_NOT_STARTED, f"flight {self._given.name} is {record.status}")
            if unneeded():
                return record.did("nothing: it is so already")
            self._count += 1
            await self._commands.send(body, step=f"{body.method}/{self._count}", actor=asked.actor)
            self._log.note(f"{asked.actor.user}: {body.method}")
            return record.did(body.method)
