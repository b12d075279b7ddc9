"""A leg of a relay that failed: its neighbours take its part where they reach it, else a person decides."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception

from store.facts import Actor, Ask, Decide
from store.relays import Question
from workflows.answers import RelayAnswer
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.inputs import RelayInput
from workflows.relay_crew import Crew
from workflows.relay_flights import Flights
from workflows.relay_record import Record


class Gaps:
    """Closes them one after the other. Nothing new takes off meanwhile, what flies goes on."""

    def __init__(self, given: RelayInput, record: Record, crew: Crew, flights: Flights, log: Logbook) -> None:
        self._given = given
        self._record = record
        self._crew = crew
        self._flights = flights
        self._log = log
        self._decision: Decide | None = None
        self._declined: dict[float, set[str]] = {}
        """Docks whose aircraft stayed inside, by the metre from which they were to fly, until a person has it tried."""

    async def settle(self, index: int) -> None:
        """Give the part of a dock that never flew to its neighbours; else ask a person."""
        reason = self._record.legs[index].reason or "failed"
        if index in self._flights.grounded and await self._give_to_neighbours(index):
            return
        await self._ask(index, reason)

    async def _give_to_neighbours(self, index: int) -> bool:
        """First those that are still to fly; then also the one before, with the battery that it has left.

        Each is asked for this part once: what keeps all of them inside (rain, an area that was drawn) is for a person.
        """
        legs = self._record.legs
        declined = self._declined.setdefault(legs[index].start, set())
        declined.add(legs[index].dock_sn)
        later = [sn for sn in self._crew.after(legs[index].dock_sn) if sn not in declined]
        if later and await self._replace(index, later):
            return True
        await workflow.wait_condition(lambda: not self._flights.flying or self._record.abort is not None)
        before = next((one.dock_sn for one in reversed(legs[:index]) if one.status == "done"), None)
        if before is None or before in declined or self._record.abort is not None:
            return False
        return await self._replace(index, [before, *later])

    async def _replace(self, index: int, docks: list[str]) -> bool:
        """Plan the rest of the route anew, from where this leg began, for these docks."""
        leg = self._record.legs[index]
        try:
            planned = await self._crew.plan(docks, leg.start, strict=False)
            for sn in sorted({new.dock_sn for new in planned.legs}):
                await self._crew.lease(sn)
            await self._crew.upload(planned.legs, after=index + 1)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._log.note(f"without dock `{leg.dock_sn}`: {root(error)}")
            return False
        leg.status = "replaced"
        self._record.legs[index + 1 :] = planned.legs
        taken = ", ".join(f"`{new.dock_sn}`" for new in planned.legs)
        await self._record.note(f"dock `{leg.dock_sn}` is skipped ({leg.reason}); its part goes to {taken}")
        return True

    async def _ask(self, index: int, reason: str) -> None:
        """Wait for a decision until the deadline."""
        record, timings = self._record, self._given.timings
        leg = record.legs[index]
        until = workflow.time() + timings.relay_decision
        self._decision = None
        record.question = Question(leg=index, dock_sn=leg.dock_sn, reason=reason, until=int(until * 1000))
        record.status = "deciding"
        await record.note(f"**decide**: leg {index + 1} of dock `{leg.dock_sn}`: {reason}")
        await record.alert(leg.dock_sn, f"relay {self._given.name}: leg {index + 1} failed ({reason}); decide")
        try:
            await workflow.wait_condition(
                lambda: self._decision is not None or record.abort is not None,
                timeout=timings.relay_decision,
                timeout_summary=f"Decide on leg {index + 1}",
            )
        except TimeoutError:
            record.abort = Ask(actor=Actor(user="relay", reason=f"nobody decided on leg {index + 1} in time"))
        record.question = None
        if record.abort is not None:
            return
        decided = self._decision
        assert decided is not None, "waited for"
        record.status = "paused" if record.paused else "running"
        if decided.decision == "retry":
            leg.status = "waiting"
            self._declined.pop(leg.start, None)
        else:
            leg.status = "skipped"
            record.gap += leg.end - leg.start
        await record.note(f"{decided.actor.user}: {decided.decision} leg {index + 1}")

    async def decide(self, asked: Decide) -> RelayAnswer:
        """Answer the question. Raises RelayNotAsking where there is none."""
        record = self._record
        if record.question is None or self._decision is not None:
            raise failure(Failure.RELAY_NOT_ASKING, f"relay {self._given.name} waits for no decision", field="decision")
        if asked.decision == "abort":
            record.abort = asked
        else:
            self._decision = asked
            await workflow.wait_condition(lambda: record.question is None)
        return record.did(asked.decision)
