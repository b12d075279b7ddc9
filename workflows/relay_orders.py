"""Pause and resume of a relay: what flies hovers, for as long as its battery should be asked to; then it comes home."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.legs import FlightWord, Legs
from store.facts import Actor, Ask
from store.relays import RelayLeg
from workflows.answers import RelayAnswer
from workflows.details import Logbook
from workflows.errors import root
from workflows.inputs import RelayInput
from workflows.policies import waiting
from workflows.relay_flights import Flights
from workflows.relay_record import Record


class Orders:
    """One after the other. Who does not take an order comes home, and flies its leg again later."""

    def __init__(self, given: RelayInput, record: Record, flights: Flights, log: Logbook) -> None:
        self._timings = given.timings
        self._record = record
        self._flights = flights
        self._log = log
        self._pauses = 0
        self._limit: asyncio.Task[None] | None = None
        self._one_by_one = asyncio.Lock()

    async def pause(self, asked: Ask) -> RelayAnswer:
        """What flies hovers, what is on the ground stays there. Who hovers for too long comes home for the while."""
        record = self._record
        async with self._one_by_one:
            if record.paused:
                return record.did("nothing: it is paused already")
            record.paused = True
            self._pauses += 1
            record.status = "paused" if record.question is None else record.status
            await asyncio.gather(*(self._hover(index, asked.actor) for index in sorted(self._flights.flying)))
            await record.note(f"paused by {asked.actor.user}")
        if any(leg.status == "hovering" for leg in record.legs):
            self._limit = asyncio.create_task(self._limit_hover(self._pauses, asked.actor))
        return record.did("paused")

    async def resume(self, asked: Ask) -> RelayAnswer:
        """Who hovers flies on; who came home flies its leg again."""
        record = self._record
        async with self._one_by_one:
            if not record.paused:
                return record.did("nothing: it is not paused")
            for index, leg in enumerate(record.legs):
                if leg.status != "hovering":
                    continue
                if not await self._tell(leg, "resume", asked.actor):
                    await self._flights.recall(index, asked.actor)
                elif leg.status == "hovering":
                    leg.status = "flying"
            record.paused = False
            record.status = "running" if record.question is None else record.status
            await record.note(f"resumed by {asked.actor.user}")
        return record.did("resumed")

    async def _hover(self, index: int, actor: Actor) -> None:
        leg = self._record.legs[index]
        if leg.status == "flying" and await self._tell(leg, "pause", actor):
            leg.status = "hovering"
        elif index in self._flights.flying:
            await self._flights.recall(index, actor)

    async def _limit_hover(self, pause: int, actor: Actor) -> None:
        """An aircraft cannot hover for as long as people may think."""
        record, flights = self._record, self._flights
        try:
            await workflow.wait_condition(
                lambda: self._pauses != pause or not record.paused or record.abort is not None,
                timeout=self._timings.relay_hover,
                timeout_summary="How long aircraft may hover",
            )
        except TimeoutError:
            async with self._one_by_one:
                hovering = [index for index in flights.flying if record.legs[index].status == "hovering"]
                await asyncio.gather(*(flights.recall(index, actor) for index in hovering))

    async def _tell(self, leg: RelayLeg, word: str, actor: Actor) -> bool:
        """Whether the flight took it."""
        assert leg.flight_id is not None, "flies"
        try:
            await workflow.execute_activity_method(
                Legs.tell_flight,
                FlightWord(flight_id=leg.flight_id, word="pause" if word == "pause" else "resume", actor=actor),
                **waiting(self._timings, 3 * self._timings.command_reply, f"Dock {leg.dock_sn}: {word}"),
            )
        except FailureError as error:
            self._log.note(f"dock `{leg.dock_sn}` did not {word}: {root(error)}")
            return False
        return True
