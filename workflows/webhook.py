"""Entity `webhook/{id}`: has what is due for one endpoint sent, for as long as there is the endpoint.

It holds no events: those are documents, written with what happened. A call that is lost costs a delay up to the next
look by itself, and a saga that is ended by hand begins again with the next event.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.webhooks import DeliverDue, Delivered, Endpoints
from store.facts import WebhookDue
from workflows.answers import WebhookState
from workflows.details import Logbook
from workflows.errors import root
from workflows.inputs import WebhookInput
from workflows.names import Query, Saga, Signal, Workflow
from workflows.policies import waiting

ROUND: Final = 30.0  # s, in which an activity begins deliveries; one that hangs is then known soon enough


@workflow.defn(name=Workflow.WEBHOOK)
class Webhook:
    """Waits for a call or for the next hour at which something is due, and has it delivered."""

    @workflow.init
    def __init__(self, given: WebhookInput) -> None:
        self._given = given
        self._timings = given.timings
        self._due = given.due
        self._now = False
        self._rests = given.rests
        self._look_at = given.look_at
        self._state = "open"
        self._delivered, self._failed = given.delivered, given.failed
        self._log = Logbook(Saga.WEBHOOK, f"Events for webhook {given.webhook_id}", org=given.org_id)

    @workflow.run
    async def run(self, given: WebhookInput) -> WebhookState:
        self._log.begin("resting" if self._rests else "open", "waits for events")
        while self._state == "open" or self._due:
            await self._wait()
            await self._deliver()
            if self._is_long():
                workflow.continue_as_new(self._carried())
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    def _is_long(self) -> bool:
        info = workflow.info()
        long = info.get_current_history_length() >= self._timings.continue_as_new_events
        return (long or info.is_continue_as_new_suggested()) and self._state == "open"

    def _carried(self) -> WebhookInput:
        state = {
            "due": self._due,
            "look_at": self._look_at,
            "rests": self._rests,
            "delivered": self._delivered,
            "failed": self._failed,
        }
        return self._given.model_copy(update=state)

    async def _wait(self) -> None:
        """Until there is something to do. An endpoint that takes nothing is not asked for each new event."""
        seconds = self._timings.webhook_sweep
        if self._look_at is not None:
            seconds = min(seconds, max(0.0, self._look_at - workflow.now().timestamp()))
        try:
            await workflow.wait_condition(
                lambda: self._now or (self._due and not self._rests),
                timeout=seconds,
                timeout_summary="Before another attempt" if self._look_at is not None else "A look by itself",
            )
        except TimeoutError:
            return

    async def _deliver(self) -> None:
        """One round, and what follows from it."""
        timings, probe = self._timings, self._rests > 0 and not self._now
        self._due = self._now = False
        try:
            done = await workflow.execute_activity_method(
                Endpoints.deliver_due,
                DeliverDue(
                    webhook_id=self._given.webhook_id,
                    probe=probe,
                    seconds=ROUND,
                    answer=timings.webhook_answer,
                    first=timings.webhook_first,
                    most=timings.webhook_most,
                    give_up=timings.webhook_give_up,
                    disable=timings.webhook_disable,
                    at_once=timings.webhook_at_once,
                ),
                **waiting(timings, ROUND + timings.webhook_answer, "Send what is due"),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            self._log.note(f"**could not be sent**: {root(error)}")
            self._rest(timings.webhook_sweep)
            return
        self._took(done)

    def _took(self, done: Delivered) -> None:
        self._state = done.state
        self._delivered += done.delivered
        self._failed += done.failed
        if done.down:
            self._rest(self._timings.webhook_rest)
        else:
            self._rests = 0
            self._look_at = None if done.next_in is None else workflow.now().timestamp() + done.next_in
        self._show(done)

    def _rest(self, longest: float) -> None:
        """Leave it alone for a while, each time for twice as long."""
        pause = min(longest, self._timings.webhook_first * 2 ** min(self._rests, 30))
        self._rests += 1
        self._look_at = workflow.now().timestamp() + pause * workflow.random().uniform(0.8, 1.2)

    def _show(self, done: Delivered) -> None:
        said = [
            f"{done.delivered} delivered" if done.delivered else "",
            f"{done.refused} not taken: {done.last}" if done.refused else "",
            f"**{done.failed} given up**" if done.failed else "",
            f"**{done.state}**: {done.reason or 'by hand'}" if done.state != "open" else "",
        ]
        phase = done.state if done.state != "open" else "resting" if done.down else "open"
        self._log.fact("delivered", self._delivered)
        self._log.fact("given up", self._failed or None)
        self._log.fact("next look", _hour(self._look_at) if self._look_at is not None else None)
        if any(said) or phase != self._log.phase:
            self._log.enter(phase, ", ".join(filter(None, said)) or "open again")

    @workflow.signal(name=Signal.WEBHOOK_DUE)
    def due(self, given: WebhookDue) -> None:
        self._due = True
        self._now = self._now or given.now

    @workflow.query(name=Query.STATUS)
    def status(self) -> WebhookState:
        return WebhookState(
            webhook_id=self._given.webhook_id,
            state=self._state,
            resting=self._rests > 0,
            delivered=self._delivered,
            failed=self._failed,
        )


def _hour(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"
