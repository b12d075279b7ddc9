"""Upgrades: whose they are, and which of a dock's words are written when."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from bridge import metrics
from store.commands import Command, Commands
from store.firmware import OtaState, Push, Pushes
from store.orgs import Org
from tests.bridge.conftest import SpokenDock, heard, listening
from tests.waiting import eventually
from workflows.names import firmware_id

pytestmark = pytest.mark.usefixtures("bridge")


async def push_of(store: AsyncClient, dock: SpokenDock, org: Org, *, active: bool) -> Push:
    push = Push(rollout_id=uuid.uuid4().hex, org_id=org.id, dock_sn=dock.sn, status="running", active=active)
    await Pushes(store).put(push)
    return push


async def order(store: AsyncClient, dock: SpokenDock, push: Push) -> str:
    """Have the dock take an order of this push; its bid."""
    command = Command(
        tid=uuid.uuid4().hex,
        bid=uuid.uuid4().hex,
        sn=dock.sn,
        method="ota_create",
        workflow_id=firmware_id(push.rollout_id, dock.sn),
        step="ota_create/1",
        user="anna",
        refusals_only=True,
    )
    await Commands(store).put(command)
    await dock.say("services_reply", {"result": 0}, method="ota_create", tid=command.tid, bid=command.bid)
    return command.bid


async def says(dock: SpokenDock, status: str, step: str, percent: int, bid: str = "") -> None:
    output = {"status": status, "progress": {"percent": percent, "current_step": step}}
    await dock.say("events", {"result": 0, "output": output}, method="ota_progress", **({"bid": bid} if bid else {}))


async def kept(store: AsyncClient, push: Push) -> OtaState:
    found = await Pushes(store).get(push.key)
    assert found is not None
    return found.progress or OtaState()


async def test_an_upgrade_is_known_by_its_order_without_asking_the_store(
    bound: SpokenDock, store: AsyncClient, sagas: Client, org: Org
) -> None:
    # Neither is to be found in the store, so that what is kept is kept by the order
    first, second = [await push_of(store, bound, org, active=False) for _ in range(2)]
    saga = await listening(sagas, firmware_id(second.rollout_id, bound.sn))
    for push, step in ((first, "download_firmware"), (second, "upgrade_firmware")):
        bid = await order(store, bound, push)
        await says(bound, "in_progress", step, 10, bid)

        async def there(push: Push = push, step: str = step) -> bool:
            return (await kept(store, push)).step == step

        await eventually(there)
    await says(bound, "ok", "upgrade_firmware", 100, bid)
    await bound.state(firmware_version="17.01.20.01")
    (fact,) = await eventually(lambda: heard(saga, "firmware_version"))
    assert (fact["version"], fact["last"]["status"], fact["order"]) == ("17.01.20.01", "ok", bid)
    assert (await kept(store, first)).step == "download_firmware"


async def test_an_upgrade_whose_order_another_bridge_heard_is_found_in_the_store(
    bound: SpokenDock, store: AsyncClient, org: Org
) -> None:
    push = await push_of(store, bound, org, active=True)
    await says(bound, "in_progress", "download_firmware", 10)

    async def there() -> bool:
        return (await kept(store, push)).step == "download_firmware"

    await eventually(there)


async def test_a_step_is_written_by_and_by_and_the_last_word_at_once(
    bound: SpokenDock, store: AsyncClient, org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bridge.firmware.STEP_PAUSE", 3.0)
    push = await push_of(store, bound, org, active=True)
    bid = await order(store, bound, push)
    writes = metrics.WRITES.labels("firmware_pushes")._value
    before = writes.get()

    async def written(status: str, step: str, percent: int) -> bool:
        found = await kept(store, push)
        return (found.status, found.step, found.percent) == (status, step, percent)

    for step, percent in (("download_firmware", 0), ("upgrade_firmware", 0), ("upgrade_firmware", 20)):
        await says(bound, "in_progress", step, percent, bid)
    await eventually(lambda: written("in_progress", "upgrade_firmware", 20))  # although nothing follows
    assert writes.get() - before == 2, "the first at once, then the newest"
    await says(bound, "in_progress", "upgrade_firmware", 40, bid)
    await says(bound, "ok", "upgrade_firmware", 100, bid)
    await eventually(lambda: written("ok", "upgrade_firmware", 100))
    await asyncio.sleep(3.5)
    assert await written("ok", "upgrade_firmware", 100), "nothing that was said before is written over it"
    assert writes.get() - before == 3
