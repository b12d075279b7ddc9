"""Saga `media/{flight}`: waits for the files of a flight until all are there, or the deadline names what is missing.

It counts nothing itself: files are counted in the store where they are taken in, and the saga is told when that may
have changed its mind. What a dock reported and the bucket does not hold is looked for again meanwhile; of files that
belong to no flight the saga is `media/{sn}`, and does only that.
"""

from __future__ import annotations

from temporalio import workflow

from activities.state.job import DebugRef, JobState
from activities.state.media import FirstAsked, MediaRef, MediaState, Stock
from dji.media import UploadFlighttaskMediaPrioritize
from store.facts import Ask, CommandReply, MediaNews
from workflows.answers import MediaAnswer
from workflows.commands import Commands
from workflows.details import Logbook
from workflows.errors import Failure, failure
from workflows.inputs import MediaInput
from workflows.names import Query, Saga, Signal, Update, Workflow
from workflows.policies import quick, waiting


@workflow.defn(name=Workflow.MEDIA)
class Media:
    """Looks when it is told to, when a file is looked for again, and at the deadline."""

    @workflow.init
    def __init__(self, given: MediaInput) -> None:
        self._given = given
        self._timings = given.timings
        self._news = False
        self._stock = Stock()
        self._ref = MediaRef(
            flight_id=given.flight_id, sn=given.sn, org_id=given.org_id, wait=given.timings.media_complete
        )
        self._commands = Commands(given.timings, given.sn, org=given.org_id, mission=given.mission_id)
        title = f"Media of flight {given.flight_id}" if given.flight_id else f"Media of dock {given.sn}, of no flight"
        self._log = Logbook(Saga.MEDIA, title, org=given.org_id, mission=given.mission_id, dock=given.sn)

    @workflow.run
    async def run(self, given: MediaInput) -> MediaAnswer:
        self._log.begin("waiting", "for files")
        pause, over = self._timings.media_retry_first, False
        while not over:
            waits = await self._take_stock()
            if workflow.info().get_current_history_length() >= self._timings.continue_as_new_events:
                await workflow.wait_condition(workflow.all_handlers_finished)
                workflow.continue_as_new(given)
            if waits and not self._news:
                pause = await self._wait(pause)
            elif not waits:
                await workflow.wait_condition(workflow.all_handlers_finished)
                over = not self._news
        self._log.enter(self._stock.status or "done", self._summary())
        return self.status()

    async def _take_stock(self) -> bool:
        """Whether there is something to wait for."""
        self._news = False
        self._stock = await workflow.execute_activity_method(
            MediaState.take_stock, self._ref, **quick(self._timings, "What has come, and what has not?")
        )
        self._log.fact("files", self._stock.files)
        self._log.fact("looked for", self._stock.looking_for or None)
        return self._stock.due is not None

    async def _wait(self, pause: float) -> float:
        """Until news, the deadline, or the next look for a file that was not there; the pause before the one after."""
        left = max(0.1, (self._stock.due or 0) - workflow.time())
        looks = self._stock.looking_for > 0
        try:
            await workflow.wait_condition(
                lambda: self._news,
                timeout=min(left, pause) if looks else left,
                timeout_summary="Look again for what was not there" if looks else "Until what is missing is named",
            )
        except TimeoutError:
            if looks:
                await workflow.execute_activity_method(
                    MediaState.look_again,
                    self._ref,
                    **waiting(self._timings, self._timings.activity_slow, "Look again for what was not there"),
                )
                return min(pause * 2, self._timings.media_retry_most)
        return pause

    def _summary(self) -> str:
        named = "; ".join(self._stock.missing)
        return f"**missing: {named}**" if named else f"{self._stock.files} files"

    @workflow.update(name=Update.PRIORITISE)
    async def prioritise(self, asked: Ask) -> MediaAnswer:
        """Have the dock upload this flight's files first; answers when it has taken the order. Whose it does upload
        first it says itself, by `highest_priority_upload_flighttask_media`.

        Raises DockUnknown, DockOffline, NoReply, or the dock's refusal.
        """
        given = self._given
        flight, order = given.flight_id, workflow.current_update_info()
        if flight is None or order is None:
            raise failure(Failure.FLIGHT_UNKNOWN, f"files of dock {given.sn} that are of no flight have no order")
        look = await workflow.execute_activity_method(
            JobState.look_at_dock,
            DebugRef(sn=given.sn, org_id=given.org_id),
            **quick(self._timings, "Is the dock there?"),
        )
        self._commands.product = look.product
        await self._commands.send(
            UploadFlighttaskMediaPrioritize(flight_id=flight),
            step=f"upload_flighttask_media_prioritize/{order.id}",
            actor=asked.actor,
        )
        self._log.note(f"asked for first by {asked.actor.user}")
        await workflow.execute_activity_method(
            MediaState.note_first,
            FirstAsked(flight_id=flight, actor=asked.actor),
            **quick(self._timings, "Note who asked for it"),
        )
        return self.status()

    @workflow.signal(name=Signal.MEDIA_NEWS)
    def media_news(self, fact: MediaNews) -> None:
        self._news = True

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.query(name=Query.STATUS)
    def status(self) -> MediaAnswer:
        given = self._given
        return MediaAnswer(
            flight_id=given.flight_id, sn=given.sn, status=self._stock.status, looking_for=self._stock.looking_for
        )
