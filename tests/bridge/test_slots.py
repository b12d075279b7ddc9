"""Slots: who holds which, what happens to a dead bridge's, and two bridges that share the docks."""

from __future__ import annotations

import asyncio
import os
import uuid
from datetime import timedelta

import pytest
from google.cloud.firestore import AsyncClient
from temporalio.client import Client

from bridge.devices import KnownDock
from bridge.slots import Leases, Slots
from embedded import parts
from settings import Settings
from store.client import connect
from store.docks import Docks
from store.document import now
from store.orgs import Org
from tests.bridge.conftest import bind, on, running, speaking
from tests.waiting import eventually


@pytest.fixture
def own(settings: Settings) -> AsyncClient:
    """A store in which no bridge runs."""
    return connect(settings.model_copy(update={"firestore_database": f"slots-{uuid.uuid4().hex[:8]}"}))


async def test_a_slot_has_one_holder_until_it_is_given_back(own: AsyncClient) -> None:
    first, second = Leases(own, 1), Leases(own, 1)
    assert await first.acquire(set()) == 0
    assert await second.acquire(set()) is None
    assert await first.renew(0) is not None
    assert await second.renew(0) is None
    await first.release(0)
    assert await second.acquire(set()) == 0


async def test_an_expired_lease_is_taken_over_and_the_former_holder_notices(own: AsyncClient) -> None:
    first, second = Leases(own, 1), Leases(own, 1)
    assert await first.acquire(set()) == 0
    await Slots(own).patch("0", {"leasedUntil": now() - timedelta(seconds=1)})
    assert await second.acquire(set()) == 0
    assert await first.renew(0) is None


async def test_a_dead_process_of_this_machine_is_seen_without_waiting(own: AsyncClient) -> None:
    holder = Leases(own, 1)
    assert await holder.acquire(set()) == 0
    await Slots(own).patch("0", {"pid": os.getpid() + 1})
    assert await Leases(own, 1, alive=lambda pid: True).acquire(set()) is None
    assert await Leases(own, 1, alive=lambda pid: False).acquire(set()) == 0


async def test_a_process_of_another_machine_is_given_its_time(own: AsyncClient) -> None:
    holder = Leases(own, 1)
    assert await holder.acquire(set()) == 0
    await Slots(own).patch("0", {"pid": os.getpid() + 1, "place": "elsewhere"})
    assert await Leases(own, 1, alive=lambda pid: False).acquire(set()) is None


async def test_who_has_none_says_so_to_who_has_two(own: AsyncClient) -> None:
    first, second = Leases(own, 2), Leases(own, 2)
    assert await first.acquire(set()) == 0
    assert await first.acquire({0}) == 1
    assert await second.acquire(set()) is None
    slot = await first.renew(1)
    assert slot is not None
    assert slot.wanted_until is not None
    assert slot.wanted_until > now()


async def test_two_bridges_share_the_docks_and_know_who_is_there(settings: Settings, org: Org, sagas: Client) -> None:
    async with parts.mosquitto() as broker:
        alone = on(settings, broker, bridge_slots=2)
        store = connect(alone)
        async with running(alone) as first, running(alone) as second, speaking(alone) as dock:
            assert sorted(first.intake.slots + second.intake.slots) == [0, 1]
            await bind(dock, store, org)
            assert [await dock.request("flight_areas_get", None) for _ in range(6)] == [{"result": 0}] * 6

            both = []
            for bridge in (first, second):
                bridge.devices.hold(dock.sn, await Docks(store).get(dock.sn))
                known = bridge.devices.dock_at_hand(dock.sn)
                assert known is not None
                both.append(known)

            async def both_know(online: bool) -> bool:
                return all(known.online is online and known.told for known in both)

            await asyncio.wait_for(dock.topology(), 2)
            await eventually(lambda: both_know(True))

            # What one hears is no silence for the other.
            deaf = min(both, key=lambda known: known.heard_here)
            before = deaf.seen = deaf.seen - 5
            await eventually(lambda: later(deaf, before))

            await dock.client.publish(f"sys/product/{dock.sn}/status", b"", qos=1)
            await eventually(lambda: both_know(False))
            await asyncio.wait_for(dock.topology(), 2)
            await eventually(lambda: both_know(True))


async def later(dock: KnownDock, than: float) -> bool:
    return dock.seen > than
