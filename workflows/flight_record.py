"""How one flight stands: its status, told to the store and to people. It never runs ahead of the dock."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.notify import Alert, Notify
from activities.state.flight import FlightChecked, FlightState, FlightStep, NewFlight
from store.facts import Actor, BreakPoint
from store.flights import FlightStatus, GateReading
from workflows import gate
from workflows.answers import FlightAnswer
from workflows.answers import FlightState as State
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.flight_plan import when
from workflows.here import here_first
from workflows.inputs import FlightInput
from workflows.policies import quick


class Record:
    """Status, phase and reason of a flight, and the readings of its gate."""

    def __init__(self, given: FlightInput, log: Logbook) -> None:
        self.status: FlightStatus = "created"
        self.phase = "checking"
        self.reason: str | None = None
        self.error_code: int | None = None
        self.break_point: BreakPoint | None = None
        self.by: Actor = given.actor
        self._gate: list[GateReading] = []
        self._wayline_id: str | None = None
        self._given = given
        self._log = log

    @property
    def on_the_ground(self) -> bool:
        """Not taken off yet, as opposed to landed: after a flight the dock tidies up for as long as it needs."""
        return self.status in ("created", "preparing", "ready")

    async def open(self, checked: FlightChecked) -> None:
        """Write the flight's document."""
        given = self._given
        await here_first(
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
                execute_at=when(given.execute_at),
                ready_from=when(given.ready.begin) if given.ready is not None else None,
                ready_until=when(given.ready.end) if given.ready is not None else None,
                target=given.to.model_dump() if given.to is not None else None,
                landing_dock_sn=given.landing_dock_sn,
                resumes=given.resumes.flight_id if given.resumes is not None else None,
                schedule_id=given.schedule_id,
                rth_altitude=given.rth_altitude,
                actor=given.actor,
            ),
            given.timings,
            "Write the flight",
        )

    async def advance(self, status: FlightStatus, phase: str) -> None:
        """Write a status; one that is further on in the store already stays."""
        self.status = await here_first(
            FlightState.advance_flight,
            FlightStep(
                task_id=self._given.task_id,
                status=status,
                phase=phase,
                reason=self.reason,
                error_code=self.error_code,
                gate=self._gate or None,
                break_point=self.break_point,
                in_flight_wayline_id=self._wayline_id,
                actor=self.by,
            ),
            self._given.timings,
            f"The flight is {status}",
        )
        self.phase = phase
        self._log.enter(self.status if phase != "silent" else "silent")

    async def flies_wayline(self, wayline_id: str) -> None:
        """Write which wayline it was given in flight."""
        self._wayline_id = wayline_id
        await self.advance(self.status, self.phase)

    def judge(self, lines: list[GateReading]) -> None:
        """Keep the gate's readings. Raises GateFailed where they forbid the take-off."""
        self._gate = lines
        for line in lines:
            self._log.fact(f"gate: {line.name}", gate.words(line))
        refused = gate.failures(lines)
        if refused:
            raise failure(
                Failure.GATE_FAILED,
                gate.explain(lines),
                field=f"overrides.{refused[0].name}",
                limits=[line.model_dump() for line in refused],
            )

    async def alert(self, level: str, code: str, text: str) -> None:
        """Tell whoever watches the dock; the flight goes on where nobody can be told."""
        given = self._given
        alert = Alert(
            org_id=given.org_id,
            sn=given.dock_sn,
            level="warning" if level == "warning" else "caution",
            code=code,
            text=text,
            saga=workflow.info().workflow_id,
        )
        try:
            await workflow.execute_activity_method(
                Notify.alert, alert, **quick(given.timings, text[:120], within=given.timings.activity_quick)
            )
        except ActivityError as error:
            self._log.note(f"nobody was told: {root(error)}")

    def did(self, what: str) -> FlightAnswer:
        return FlightAnswer(task_id=self._given.task_id, status=self.status, did=what)

    def state(self) -> State:
        return State(
            task_id=self._given.task_id,
            dock_sn=self._given.dock_sn,
            status=self.status,
            phase=self.phase,
            reason=self.reason,
            error_code=self.error_code,
            gate=self._gate,
        )
