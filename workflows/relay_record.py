"""How one relay stands: its legs, its question and its status, told to the store, to people and to Temporal's UI."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from activities.notify import Alert, Notify
from activities.state.relay import NewRelay, RelayNote, RelayState
from store.facts import Ask
from store.relays import Question, RelayLeg, RelayStatus
from workflows.answers import RelayAnswer
from workflows.answers import RelayState as State
from workflows.details import Logbook
from workflows.errors import root
from workflows.here import here_first
from workflows.inputs import RelayInput
from workflows.relay_details import table


class Record:
    """What is known of the relay. `abort` and `paused` are the words of people that all its parts heed."""

    def __init__(self, given: RelayInput, log: Logbook) -> None:
        self.status: RelayStatus = "starting"
        self.reason: str | None = None
        self.legs: list[RelayLeg] = []
        self.question: Question | None = None
        self.length = 0.0
        self.gap = 0.0
        self.abort: Ask | None = None
        self.paused = False
        self._given = given
        self._log = log
        self._noting = asyncio.Lock()

    def following(self) -> int | None:
        """The next leg in the order of the route."""
        return next((index for index, leg in enumerate(self.legs) if leg.status == "waiting"), None)

    async def open(self) -> None:
        """Write the relay's document. Raises MissionEnded."""
        given = self._given
        await here_first(
            RelayState.open_relay,
            NewRelay(
                relay_id=given.relay_id,
                org_id=given.org_id,
                mission_id=given.mission_id,
                name=given.name,
                docks=given.docks,
                length_m=self.length,
                overlap=given.overlap,
                rth_altitude=given.rth_altitude,
                legs=self.legs,
                actor=given.actor,
            ),
            given.timings,
            "Write the relay",
        )

    async def note(self, text: str) -> None:
        """Write what the relay is at, in the store and in Temporal: one writer at a time, each with the newest."""
        self._log.enter(self.status, text)
        self._log.table(table(self.legs, self.question))
        async with self._noting:
            actor = self.abort.actor if self.abort is not None else self._given.actor
            note = RelayNote(**self.state().model_dump(), actor=actor)
            await here_first(RelayState.note_relay, note, self._given.timings, text[:120])

    async def alert(self, sn: str, text: str) -> None:
        """Tell people; that nobody could be told holds nothing up."""
        given = self._given
        alert = Alert(
            org_id=given.org_id, sn=sn, level="warning", code="relay-decision", text=text,
            saga=workflow.info().workflow_id,
        )  # fmt: skip
        try:
            await here_first(Notify.alert, alert, given.timings, text[:120], within=given.timings.activity_quick)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._log.note(f"nobody was told: {root(error)}")

    def did(self, what: str) -> RelayAnswer:
        return RelayAnswer(relay_id=self._given.relay_id, status=self.status, did=what)

    def state(self) -> State:
        covered = sum(leg.end - leg.start for leg in self.legs if leg.status == "done")
        return State(
            relay_id=self._given.relay_id,
            status=self.status,
            legs=self.legs,
            question=self.question,
            reason=self.reason,
            covered_m=round(covered, 1),
            gap_m=round(self.gap, 1),
        )
