"""Queries by equality: that what is asked is what Google's client would ask, and what is found what it would find."""

from __future__ import annotations

import asyncio
import math
import uuid
from datetime import UTC, datetime
from typing import Any, ClassVar

import pytest
from google.api_core.exceptions import InvalidArgument
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient, AsyncTransaction, GeoPoint
from google.cloud.firestore_v1.base_query import FieldFilter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import encoding
from store.document import Document, Repository
from tests.store.conftest import OwnServer

CLIENT = AsyncClient(project="p", credentials=AnonymousCredentials())  # type: ignore[no-untyped-call]


class Thing(Document):
    collection: ClassVar[str] = "things"

    id: str
    colour: str = "red"
    size: Any = None
    place: Any = None

    @property
    def key(self) -> str:
        return self.id


class Things(Repository[Thing]):
    model = Thing


@pytest.fixture
def things(client: AsyncClient) -> Things:
    made = Things(client)
    made.collection = client.collection(f"things-{uuid.uuid4().hex}")
    return made


VALUE = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.text() | st.binary() | st.just(datetime(2026, 11, 27, 8, 1, 2, 3000, UTC))  # fmt: skip # noqa: E501


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.sampled_from(["orgId", "state", "osd.mode_code"]), VALUE | st.lists(VALUE, max_size=3)),
    st.sampled_from([None, "createdAt", "-createdAt"]),
    st.none() | st.integers(0, 500),
)
def test_a_query_is_what_googles_client_would_ask(equal: dict[str, Any], order: str | None, limit: int | None) -> None:
    theirs: Any = CLIENT.collection("things")._query()
    for name, value in equal.items():
        theirs = theirs.where(filter=FieldFilter(name, "in" if isinstance(value, list) else "==", value))
    if order is not None:
        theirs = theirs.order_by(order.lstrip("-"), direction="DESCENDING" if order[0] == "-" else "ASCENDING")
    if limit is not None:
        theirs = theirs.limit(limit)
    ours = encoding.query("things", equal, order, limit)
    assert ours.SerializeToString(deterministic=True) == theirs._to_protobuf()._pb.SerializeToString(deterministic=True)


async def test_what_is_found_is_in_order_and_within_the_limit(things: Things) -> None:
    for number in range(6):
        await things.put(Thing(id=f"t{number}", colour="red" if number % 2 else "blue", size=-number))
    assert [thing.id for thing in await things.find()] == ["t0", "t1", "t2", "t3", "t4", "t5"]
    assert [thing.id for thing in await things.find(colour="red")] == ["t1", "t3", "t5"]
    assert [thing.id for thing in await things.find(colour="red", size=-3)] == ["t3"]
    assert [thing.id for thing in await things.find(size=[-1, -4, 7])] == ["t1", "t4"]
    assert [thing.id for thing in await things.find(order_by="size", limit=2)] == ["t5", "t4"]
    assert [thing.id for thing in await things.find(order_by="-size", colour="blue")] == ["t0", "t2", "t4"]
    assert await things.find(colour="green") == []
    async for thing in things.stream(colour="red"):
        assert thing.id == "t1"
        break


async def test_values_that_equal_nothing_but_themselves_are_found(things: Things) -> None:
    await things.put(Thing(id="none"))
    await things.put(Thing(id="nan", size=math.nan))
    assert [thing.id for thing in await things.find(size=None)] == ["none"]
    assert [thing.id for thing in await things.find(size=math.nan)] == ["nan"]


async def test_what_is_not_plain_is_asked_and_read_by_the_client(things: Things) -> None:
    await things.put(Thing(id="a", place=GeoPoint(1, 2)))
    await things.put(Thing(id="b", place="elsewhere"))
    found = await things.find(colour="red")
    assert [thing.place for thing in found] == [GeoPoint(1, 2), "elsewhere"]
    assert [thing.id for thing in await things.find(place=GeoPoint(1, 2))] == ["a"]


async def test_a_query_that_is_refused_says_so_in_googles_words(things: Things) -> None:
    with pytest.raises(InvalidArgument, match="non-empty ArrayValue"):
        await things.find(colour=[])


async def test_a_server_that_is_away_for_a_moment_is_waited_for(own_server: OwnServer) -> None:
    things = Things(own_server.client)
    assert await things.create(Thing(id="a"))
    await own_server.go()
    waiting = asyncio.create_task(things.find(colour="red"))
    await asyncio.sleep(0.3)
    await own_server.come_back()
    assert [thing.id for thing in await asyncio.wait_for(waiting, 20)] == ["a"]


async def test_what_a_transaction_found_has_to_be_so_when_it_ends(things: Things) -> None:
    for number, colour in enumerate(("red", "red", "blue", "red")):
        await things.create(Thing(id=str(number), colour=colour, size=number))
    tries = 0

    async def step(transaction: AsyncTransaction) -> list[str]:
        nonlocal tries
        tries += 1
        found = await things.find(colour="red", order_by="-size", limit=2, transaction=transaction)
        if tries == 1:
            assert [thing.id for thing in found] == ["3", "1"]
            await things.patch("3", {"colour": "blue"})  # by somebody else
        transaction.update(things.ref("2"), {"size": tries})
        return [thing.id for thing in found]

    assert await things.transact(step) == ["1", "0"]
    assert tries == 2
