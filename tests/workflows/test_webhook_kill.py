"""kill -9 of the worker while it delivers: every event arrives, in order, and what arrives twice has the same id."""

from __future__ import annotations

from contextlib import AsyncExitStack

from temporalio.client import Client

from embedded import parts
from process import DATA_CONVERTER
from store.client import connect, emulator_at
from tests.receiver import receiving
from tests.workflows.killing import WorkerProcess
from tests.workflows.test_webhook import QUICK, SECRET, Hook
from tests.workflows.world import World
from worker.running import Parts

EVENTS, SUBJECTS = 15, 3
KILLED_AT = (5,)  # requests


async def test_a_killed_worker_loses_no_event_and_changes_no_order(world: World) -> None:
    async with AsyncExitStack() as stack:
        temporal = await stack.enter_async_context(parts.temporal())
        firestore = await stack.enter_async_context(parts.firestore())
        receiver = await stack.enter_async_context(receiving())
        settings = world.settings.model_copy(update={"temporal_address": temporal.address})
        client = await Client.connect(temporal.address, data_converter=DATA_CONVERTER)
        with emulator_at(firestore.address):
            store = connect(settings)
            own = World(settings, client, store, Parts(settings, client=client, firestore=store), firestore.address)
        worker = WorkerProcess(settings, firestore.address)
        stack.push_async_callback(worker.kill)
        timings = QUICK.model_copy(update={"webhook_first": 0.5})
        hook = await Hook(own, receiver, await own.org(), timings).register()
        for number in range(EVENTS):
            await hook.emit(number, subject=f"s{number % SUBJECTS}")
        left = list(KILLED_AT)

        async def kill_it() -> None:
            """While this request, and others beside it, are not answered."""
            if left and len(receiver.received) >= left[0]:
                del left[0]
                await worker.again()

        receiver.before = kill_it
        await worker.start()
        await hook.until(*["delivered"] * EVENTS, within=90)
        assert not left
        ids: dict[int, str] = {}
        order: dict[str, list[int]] = {}
        for one in receiver.at(hook.id):
            event = one.event
            number = event["data"]["number"]
            assert one.signed_by(SECRET)
            if number not in ids:
                order.setdefault(event["subject"]["id"], []).append(number)
            assert ids.setdefault(number, event["id"]) == event["id"]
        assert len(ids) == EVENTS
        assert all(numbers == sorted(numbers) for numbers in order.values())
        # One of each subject may have been under way at each kill
        assert len(receiver.at(hook.id)) <= EVENTS + SUBJECTS * len(KILLED_AT)
