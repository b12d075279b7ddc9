"""Entity `webhook/{id}`: what happens reaches an endpoint, signed and in order; who takes nothing is asked no more."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.webhooks import DeliverDue, Endpoints
from store.audit import Audit
from store.document import now
from store.events import Events, about
from store.facts import EndMission
from store.orgs import Org
from store.seal import Seal
from store.webhooks import Deliveries, Delivery, Webhook, Webhooks
from tests.receiver import Receiver, receiving
from tests.waiting import eventually
from tests.workflows.world import ACTOR, TIMINGS, World
from timings import Timings
from workflows import names
from workflows.answers import WebhookState
from workflows.waking import wake_webhook

QUICK = TIMINGS.model_copy(
    update={"webhook_first": 0.1, "webhook_most": 0.4, "webhook_rest": 0.5, "webhook_answer": 2.0}
)
SECRET, FORMER = "whsec_now", "whsec_before"


@pytest.fixture(scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


@dataclass
class Hook:
    """An endpoint of a test, at a path of its own, and the way to write events down for it."""

    world: World
    receiver: Receiver
    org: Org
    timings: Timings = QUICK

    def __post_init__(self) -> None:
        self.id = uuid.uuid4().hex
        self.webhooks, self.deliveries = Webhooks(self.world.store), Deliveries(self.world.store)
        self.events = Events(self.world.store, self.wake, self.timings)

    async def wake(self, webhook: str, org_id: str) -> None:
        await wake_webhook(self.world.temporal, webhook, org_id, self.timings)

    async def register(self, **more: Any) -> Hook:
        seal = Seal.of(self.world.settings)
        given: dict[str, Any] = {"url": self.receiver.url(self.id), "events": ["*"], **more}
        await self.webhooks.put(
            Webhook(id=self.id, org_id=self.org.id, secret_sealed=seal.close(SECRET), created_by="tester", **given)
        )
        return self

    async def emit(self, number: int, subject: str = "a", kind: str = "flight.executing") -> None:
        await self.events.emit(self.org.id, kind, about("flight", subject), {"number": number}, key=str(number))

    async def now(self) -> None:
        await wake_webhook(self.world.temporal, self.id, self.org.id, self.timings, now=True)

    def numbers(self, subject: str = "a") -> list[int]:
        """The events of a subject that the endpoint took, in the order in which it did."""
        taken = [one.event for one in self.receiver.at(self.id)]
        return [event["data"]["number"] for event in taken if event["subject"]["id"] == subject]

    async def log(self) -> list[Delivery]:
        found = await self.deliveries.find(webhookId=self.id)
        return sorted(found, key=lambda delivery: delivery.order)

    async def until(self, *statuses: str, within: float = 45) -> list[Delivery]:
        """The log, once it is of these statuses."""

        log: list[Delivery] = []

        async def there() -> bool:
            nonlocal log
            log = await self.log()
            return [delivery.status for delivery in log] == list(statuses)

        await eventually(there, within)
        return log

    async def stored(self) -> Webhook:
        found = await self.webhooks.get(self.id)
        assert found is not None
        return found


@pytest.fixture
async def hook(world: World, receiver: Receiver, org: Org) -> AsyncIterator[Hook]:
    """Registered for everything; what a test leaves is not sent to its successors."""
    hook = await Hook(world, receiver, org).register()
    yield hook
    receiver.answer = lambda _path, _event: 200
    await hook.webhooks.delete(hook.id)
    await hook.now()


async def test_what_sagas_do_is_told_in_order_signed_and_logged(world: World, hook: Hook, receiver: Receiver) -> None:
    mission = await world.mission(hook.org)
    saga = world.temporal.get_workflow_handle(names.mission_id(mission))
    await saga.execute_update(names.Update.END, EndMission(outcome="completed", actor=ACTOR))
    log = await hook.until("delivered", "delivered")
    created, ended = receiver.at(hook.id)
    assert [created.type, ended.type] == ["mission.created", "mission.ended"]
    assert ended.event["subject"] == {"kind": "mission", "id": mission}
    assert ended.event["data"] == {"name": "Ridge", "outcome": "completed", "problems": [], "by": ACTOR.user}
    assert ended.event["org"] == hook.org.id
    for delivery, one in zip(log, (created, ended), strict=True):
        assert one.headers["argus-event"] == one.type == delivery.type
        assert one.headers["argus-delivery"] == delivery.key
        assert one.event["id"] == delivery.event_id
        assert one.signed_by(SECRET)
        assert not one.signed_by(FORMER)
        (attempt,) = delivery.attempts
        assert (attempt.status, attempt.response, attempt.error) == (200, "said 200", None)
        assert delivery.expires_at - delivery.created_at >= timedelta(days=29)


async def test_a_dock_that_is_paired_is_told_from_its_code_to_its_coming_online(world: World, hook: Hook) -> None:
    async with world.paired(hook.org) as dock:

        async def told() -> list[dict[str, Any]] | None:
            events = [one.event for one in hook.receiver.at(hook.id)]
            return events if len(events) >= 5 else None

        events = await eventually(told)
    by_subject: dict[str, list[str]] = {}
    for event in events:
        by_subject.setdefault(event["subject"]["kind"], []).append(event["type"])
    assert by_subject["pairing"] == ["pairing.waiting", "pairing.bound", "pairing.paired"]
    assert sorted(by_subject["dock"])[:2] == ["dock.online", "dock.paired"]
    assert {event["subject"]["id"] for event in events if event["subject"]["kind"] == "dock"} == {dock.sn}
    assert "password" not in str(events)


async def test_what_was_told_is_forgotten_after_its_time(hook: Hook) -> None:
    await hook.emit(1)
    (old,) = await hook.until("delivered")
    await hook.deliveries.patch(old.key, {"expiresAt": now() - timedelta(seconds=1)})
    await hook.now()
    await hook.until()


async def test_what_is_emitted_twice_is_told_once_and_only_to_who_asked(hook: Hook) -> None:
    other = await Hook(hook.world, hook.receiver, hook.org).register(events=["flight.*", "dock.online"])
    for _ in range(2):
        await hook.emit(1)
        await hook.emit(2, kind="mission.created")
        await hook.emit(3, kind="dock.online")
    await hook.until("delivered", "delivered", "delivered")
    await other.until("delivered", "delivered")
    assert (hook.numbers(), other.numbers()) == ([1, 2, 3], [1, 3])


async def test_an_event_is_kept_with_the_transaction_that_it_tells_of_or_not_at_all(hook: Hook) -> None:
    async def step(transaction: Any, *, fails: bool) -> None:
        transaction.update(hook.world.orgs.ref(hook.org.id), {"name": "Renamed"})
        data = {"number": 1 if fails else 2}
        subject = about("flight", "a")
        await hook.events.emit(hook.org.id, "flight.ok", subject, data, key="end", within=transaction)
        if fails:
            raise ValueError("after all, no")

    with pytest.raises(ValueError, match="after all"):
        await hook.events.transact(lambda transaction: step(transaction, fails=True))
    assert await hook.log() == []
    await hook.events.transact(lambda transaction: step(transaction, fails=False))
    await hook.until("delivered")
    assert hook.numbers() == [2]


async def test_a_failed_event_is_sent_again_before_later_ones_of_its_subject_and_holds_up_no_other(
    hook: Hook, receiver: Receiver
) -> None:
    refusals = iter([500, 302, 503])
    receiver.answer = lambda path, event: (
        next(refusals, 200) if path == hook.id and event["data"]["number"] == 1 else 200
    )
    for number in (1, 2, 3):
        await hook.emit(number)
        await hook.emit(number + 10, subject="b")
    log = await hook.until(*["delivered"] * 6)
    assert (hook.numbers("a"), hook.numbers("b")) == ([1, 2, 3], [11, 12, 13])
    taken = [one.event["data"]["number"] for one in receiver.at(hook.id)]
    assert taken.index(13) < taken.index(1)
    assert [attempt.status for attempt in log[0].attempts] == [500, 302, 503, 200]
    assert receiver.at("elsewhere") == []
    assert (await hook.stored()).failing_since is None


async def test_both_secrets_sign_until_the_old_one_ends(hook: Hook, receiver: Receiver) -> None:
    seal = Seal.of(hook.world.settings)
    until = now() + timedelta(minutes=5)
    await hook.webhooks.patch(hook.id, {"previousSealed": seal.close(FORMER), "previousUntil": until})
    await hook.emit(1)
    await hook.until("delivered")
    await hook.webhooks.patch(hook.id, {"previousUntil": now()})
    await hook.emit(2)
    await hook.until("delivered", "delivered")
    first, second = receiver.at(hook.id)
    assert first.signed_by(SECRET, FORMER)
    assert second.signed_by(SECRET)


async def test_an_endpoint_that_is_gone_is_disabled_and_its_saga_ends(hook: Hook, receiver: Receiver) -> None:
    receiver.answer = lambda path, _event: 410 if path == hook.id else 200
    await hook.emit(1)
    await hook.emit(2)
    log = await hook.until("failed", "cancelled")
    assert log[1].reason == "the endpoint was disabled: it answered 410 Gone"
    stored = await hook.stored()
    assert (stored.enabled, stored.reason) == (False, "it answered 410 Gone")
    state = await hook.world.temporal.get_workflow_handle(names.webhook_id(hook.id), result_type=WebhookState).result()
    assert state.state == "disabled"
    noted = await Audit(hook.world.store).find(orgId=hook.org.id, action="webhook.disabled")
    assert [entry.target for entry in noted] == [hook.id]
    hook.events = Events(hook.world.store, hook.wake, hook.timings)
    await hook.emit(3)
    assert len(await hook.log()) == 2


async def test_who_enables_it_again_at_that_moment_loses_nothing(hook: Hook, receiver: Receiver) -> None:
    """What they send anew, between that the endpoint is disabled and that what is due is cancelled, stays due."""

    class Slow(Endpoints):
        async def _cancel(self, webhook_id: str, reason: str) -> None:
            [failed] = await hook.log()
            await hook.webhooks.patch(hook.id, {"enabled": True, "reason": None})
            await hook.deliveries.patch(failed.key, {"status": "due"})
            await super()._cancel(webhook_id, reason)

    async def nobody(webhook: str, org_id: str) -> None:
        """No saga is called: the round below is the only one."""

    receiver.answer = lambda path, _event: 410 if path == hook.id else 200
    hook.events = Events(hook.world.store, nobody, hook.timings)
    await hook.emit(1)
    given = DeliverDue(
        webhook_id=hook.id, probe=False, seconds=5, answer=5, first=1, most=1, give_up=60, disable=60, at_once=1
    )
    done = await ActivityEnvironment().run(Slow(hook.world.store, hook.world.settings).deliver_due, given)
    assert done.state == "disabled"
    assert [delivery.status for delivery in await hook.log()] == ["due"]


async def test_what_is_not_taken_in_time_has_failed_and_who_takes_nothing_for_days_is_disabled(
    hook: Hook, receiver: Receiver
) -> None:
    hook.timings = QUICK.model_copy(update={"webhook_give_up": 0.3})
    receiver.answer = lambda path, _event: 500 if path == hook.id else 200
    await hook.emit(1)
    (given_up,) = await hook.until("failed")
    assert given_up.tries >= 2
    assert given_up.reason == "HTTP 500"
    stored = await hook.stored()
    assert stored.enabled
    assert stored.failing_since is not None
    await hook.webhooks.patch(hook.id, {"failingSince": stored.failing_since - timedelta(days=3)})
    await hook.emit(2)
    await hook.until("failed", "failed")
    disabled = await eventually(lambda: _disabled(hook))
    assert disabled.reason.startswith("it has taken nothing since ")


async def _disabled(hook: Hook) -> Webhook | None:
    stored = await hook.stored()
    return None if stored.enabled else stored


async def test_an_endpoint_that_is_away_is_probed_and_gets_all_in_order_when_it_is_back(
    world: World, receiver: Receiver, org: Org
) -> None:
    async with receiving() as away:
        pass
    hook = await Hook(world, receiver, org).register(url=away.url("hook"))
    for number in range(30):
        await hook.emit(number, subject=f"s{number % 15}")
    handle = world.temporal.get_workflow_handle(names.webhook_id(hook.id))

    async def resting() -> bool:
        state: WebhookState = await handle.query(names.Query.STATUS, result_type=WebhookState)
        return state.resting

    await eventually(resting)
    untried = [delivery for delivery in await hook.log() if delivery.tries == 0]
    assert len(untried) > 15
    async with receiving(away.port) as back:
        log = await hook.until(*["delivered"] * 30)
        order = [one.event["data"]["number"] for one in back.at("hook")]
        assert sorted(order) == list(range(30))
        assert all(order.index(number) < order.index(number + 15) for number in range(15))
        assert any("Connect" in (attempt.error or "") for delivery in log for attempt in delivery.attempts)
        history = await handle.fetch_history()
        assert len(history.events) < 200
        await hook.webhooks.delete(hook.id)
        await hook.now()
        ended: WebhookState = await world.temporal.get_workflow_handle(
            names.webhook_id(hook.id), result_type=WebhookState
        ).result()
        assert (ended.state, ended.delivered) == ("deleted", 30)
        assert await hook.log() == []


async def test_a_burst_is_few_history_events_and_a_long_saga_goes_on_as_a_new_run(hook: Hook) -> None:
    hook.timings = QUICK.model_copy(update={"continue_as_new_events": 60, "webhook_wake": 0.5})
    hook.events = Events(hook.world.store, hook.wake, hook.timings)
    handle = hook.world.temporal.get_workflow_handle(names.webhook_id(hook.id))
    await asyncio.gather(*(hook.emit(number, subject=f"s{number % 4}") for number in range(40)))
    await hook.until(*["delivered"] * 40)
    first = await handle.describe()
    history = await handle.fetch_history()
    assert len(history.events) <= 45
    number = 40

    async def renewed() -> bool:
        nonlocal number
        await hook.emit(number)
        number += 1
        await hook.until(*["delivered"] * number)
        return (await handle.describe()).run_id != first.run_id

    await eventually(renewed, 30)

    async def counted() -> bool:
        state: WebhookState = await handle.query(names.Query.STATUS, result_type=WebhookState)
        return state.delivered == number

    await eventually(counted)


async def test_an_event_that_cannot_be_written_down_fails_nobody(hook: Hook) -> None:
    subject = about("flight", "a")
    await hook.events.emit(hook.org.id, "flight.ok", subject, {"number": object()}, key="1")
    await hook.events.emit(hook.org.id, "flight.ok", subject, {"number": "n" * 100_000}, key="2")
    (delivery,) = await hook.until("delivered")
    assert len(delivery.payload) < 1000
    assert hook.receiver.at(hook.id)[0].event["data"]["leftOut"].endswith("bytes, see the API")


async def test_events_of_before_are_seen_to_by_the_next_process(hook: Hook) -> None:
    async def nobody(webhook: str, org_id: str) -> None:
        raise ConnectionError(f"Temporal is away: {webhook} {org_id}")

    silent = Events(hook.world.store, nobody, hook.timings)
    async with silent:
        await silent.emit(hook.org.id, "dock.offline", about("dock", "SN1"), {"number": 1}, key="1")
    assert [delivery.status for delivery in await hook.log()] == ["due"]
    async with hook.events:
        await hook.until("delivered")
