"""Single documents, written and read many at a time; and that this says what Google's client would have said."""

from __future__ import annotations

import asyncio
import math
import uuid
from datetime import UTC, timedelta, timezone
from enum import StrEnum
from typing import Any, ClassVar

import pytest
from google.api_core.exceptions import NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud.firestore import AsyncClient, GeoPoint, Increment
from google.cloud.firestore_v1 import _helpers
from google.cloud.firestore_v1.field_path import FieldPath
from google.cloud.firestore_v1.vector import Vector
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import Field

from embedded.parts import FirestoreServer
from store import encoding
from store.calls import Calls
from store.client import LocalClient, emulator_at
from store.document import Document, Repository
from store.gathering import AT_ONCE, BUSY, FREE, PAUSE, Pacing
from tests.store.conftest import OwnServer

NAME = "projects/p/databases/(default)/documents/c/d"


class Thing(Document):
    collection: ClassVar[str] = "things"

    id: str
    count: int = 0
    inner: dict[str, Any] = Field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.id


class Things(Repository[Thing]):
    model = Thing


class Colour(StrEnum):
    RED = "red"


# What is written

TIMES = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=2)), None]))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
    | TIMES | st.just(Colour.RED),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.`-", min_size=1), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip
NAMES = st.text("abc", min_size=1, max_size=2)
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # others keep the machine busy


def same(one: Any, other: Any) -> bool:
    return bool(one.SerializeToString(deterministic=True) == other.SerializeToString(deterministic=True))


@PATIENT
@given(st.dictionaries(st.text("ab.`-", min_size=1), VALUES, max_size=4))
def test_a_whole_document_is_what_googles_client_would_write_and_reads_as_it_reads(fields: dict[str, Any]) -> None:
    (theirs,) = _helpers.pbs_for_set_no_merge(NAME, fields)
    assert same(encoding.whole(NAME, fields), theirs._pb)
    (theirs,) = _helpers.pbs_for_create(NAME, fields)
    assert same(encoding.whole(NAME, fields, new=True), theirs._pb)
    read = encoding.plain(theirs._pb.update.fields)
    expected = _helpers.decode_dict(theirs.update.fields, None)
    assert read == expected


@PATIENT
@given(st.dictionaries(NAMES | st.builds(lambda a, b: FieldPath(a, b).to_api_repr(), st.just("osd"), st.text("a-9", min_size=1)), VALUES, min_size=1, max_size=4))  # fmt: skip # noqa: E501
def test_an_update_is_what_googles_client_would_write(fields: dict[str, Any]) -> None:
    if any(isinstance(value, dict) and not value for value in fields.values()):
        return  # of an empty map it makes a present one, by another way
    (theirs,) = _helpers.pbs_for_update(NAME, fields, None)
    ours = encoding.update(NAME, fields)
    assert set(ours.update_mask.field_paths) == set(theirs._pb.update_mask.field_paths)
    ours.update_mask.field_paths.sort()
    theirs._pb.update_mask.field_paths.sort()
    assert same(ours, theirs._pb)


def test_what_is_no_number_stays_none() -> None:
    assert math.isnan(encoding.plain(encoding.whole(NAME, {"a": math.nan}).update.fields)["a"])


@pytest.mark.parametrize("value", [GeoPoint(1, 2), Vector([1.0]), [GeoPoint(1, 2)], object()])
def test_what_is_not_plain_is_left_to_the_client(value: Any) -> None:
    with pytest.raises(encoding.NotPlain):
        encoding.update(NAME, {"a": value})


# How it goes


@pytest.fixture
def things(client: AsyncClient) -> Things:
    made = Things(client)
    made.collection = client.collection(f"things-{uuid.uuid4().hex}")
    return made


def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many calls are made, from now on."""
    calls = {"batch_write": 0, "batch_get": 0}
    for name in calls:
        real = getattr(Calls, name)

        def counting(*args: Any, _name: str = name, _real: Any = real) -> Any:
            calls[_name] += 1
            return _real(*args)

        monkeypatch.setattr(Calls, name, counting)
    return calls


async def test_what_is_wanted_at_once_is_done_each_for_itself(things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch)
    assert await things.create(Thing(id="0"))
    made = await asyncio.gather(*(things.create(Thing(id=str(number), count=number)) for number in range(50)))
    assert made == [False, *[True] * 49]
    changed = await asyncio.gather(
        *(
            things.patch(str(number), {"inner.`x-y`": number} if number % 2 else {"count": Increment(1)})
            for number in range(60)
        ),
        return_exceptions=True,
    )
    assert changed[:50] == [None] * 50
    assert all(isinstance(error, NotFound) for error in changed[50:])
    assert calls["batch_write"] <= 1 + 2 * (AT_ONCE + 1)
    found = await asyncio.gather(*(things.get(str(number)) for number in range(60)))
    assert found[50:] == [None] * 10
    assert [thing.count for thing in found[:50] if thing] == [n if n % 2 else n + 1 for n in range(50)]
    assert found[7] == Thing(id="7", count=7, inner={"x-y": 7})
    assert calls["batch_get"] <= AT_ONCE + 1


def test_a_repository_can_be_made_before_there_is_a_loop(firestore: FirestoreServer) -> None:
    with emulator_at(firestore.address):
        things = Things(LocalClient(project="p", credentials=AnonymousCredentials()))  # type: ignore[no-untyped-call]
    assert asyncio.run(things.get("none")) is None


async def test_writes_of_one_document_keep_their_order(things: Things) -> None:
    await things.put(Thing(id="a"))
    await asyncio.gather(*(things.patch("a", {"count": number}) for number in range(30)))
    found = await things.get("a")
    assert found is not None
    assert found.count == 29


async def test_what_a_busy_process_wants_bit_by_bit_goes_together(
    things: Things, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(monkeypatch)

    async def step(number: int) -> None:
        assert await things.create(Thing(id=str(number)))
        found = await things.get(str(number))
        assert found is not None
        await things.patch(str(number), {"count": number})

    steps = []
    for number in range(100):
        steps.append(asyncio.create_task(step(number)))
        await asyncio.sleep(0.005)
    await asyncio.gather(*steps)
    assert calls["batch_write"] < 100
    assert calls["batch_get"] < 70
    assert [thing.count for thing in await asyncio.gather(*(things.get(str(n)) for n in range(100))) if thing] == [
        *range(100)
    ]


async def test_a_document_that_many_read_at_once_is_read_once(things: Things, monkeypatch: pytest.MonkeyPatch) -> None:
    await things.put(Thing(id="a", count=1))
    sent: list[list[str]] = []
    real = Calls.batch_get

    def noting(self: Calls, names: list[str], only: tuple[str, ...]) -> Any:
        sent.append(names)
        return real(self, names, only)

    monkeypatch.setattr(Calls, "batch_get", noting)
    found = await asyncio.gather(*(things.get("a") for _ in range(10)), things.get("none"), things.get("none"))
    assert [thing.count for thing in found if thing] == [1] * 10
    assert [len(names) for names in sent] == [2]


def ask(pacing: Pacing, now: float) -> float:
    pacing.wanted(now)
    return pacing.next(now)


def busy(pacing: Pacing, now: float) -> float:
    """Wants so much, with a call each, that the next one waits; the time when that is."""
    for _ in range(BUSY - 1):
        begin = ask(pacing, now)
        assert begin == now
        pacing.begun(begin)
        now += 0.9 / BUSY
    return now


def test_where_little_is_wanted_nobody_waits() -> None:
    pacing = Pacing()
    for number in range(3 * BUSY):
        now = number * 1.1 / (BUSY - 1)
        assert ask(pacing, now) == now
        pacing.begun(now)


def test_where_much_is_wanted_a_call_waits_for_more() -> None:
    pacing = Pacing()
    last = now = busy(pacing, 100.0)
    for _ in range(10):
        begin = ask(pacing, now)
        assert begin >= now
        pacing.wanted(begin - 0.002)
        pacing.begun(begin)
        last, now = begin, begin + 0.003
        pacing.wanted(now)
        assert pacing.next(now) == pytest.approx(last + PAUSE)
        pacing.wanted(now + 0.01)
        pacing.begun(last + PAUSE)
        now = last + PAUSE + 0.003
    later = now + 1.0
    assert ask(pacing, later) == later


def test_pauses_in_which_nothing_comes_become_rare() -> None:
    pacing = Pacing()
    now = busy(pacing, 100.0)
    waited = 0.0
    for _ in range(2000):
        begin = ask(pacing, now)
        waited += begin - now
        pacing.begun(begin)
        now = begin + 0.002
    assert waited <= PAUSE * (2000 / FREE + 10)
    # Others come: each pause is used again, once those are over that are free
    for _ in range(FREE):
        begin = ask(pacing, now)
        pacing.wanted(max(begin - 0.01, now))
        pacing.begun(begin)
        now = begin + 0.002
    assert ask(pacing, now) > now + PAUSE / 2


async def test_one_that_no_call_can_hold_spoils_nothing_for_others(things: Things) -> None:
    large = Thing(id="large", inner={"x": "x" * 1_100_000})
    made = await asyncio.gather(*(things.create(Thing(id=str(n))) for n in range(5)), things.create(large),
                                things.create(Thing(id="a/b/__bad__")), return_exceptions=True)  # fmt: skip
    assert made[:5] == [True] * 5
    assert all(isinstance(error, Exception) for error in made[5:])
    assert await things.get("large") is None


async def test_who_gave_up_waiting_stands_in_nobodys_way(things: Things) -> None:
    tasks = [asyncio.create_task(things.create(Thing(id=str(number)))) for number in range(10)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert [await things.get(str(number)) is not None for number in range(1, 10, 2)] == [True] * 5


async def test_a_server_that_is_away_for_a_moment_is_waited_for(own_server: OwnServer) -> None:
    things = Things(own_server.client)
    assert await things.create(Thing(id="a"))
    await own_server.go()
    waiting = [asyncio.create_task(things.patch("a", {"count": 1})), asyncio.create_task(things.get("a"))]
    await asyncio.sleep(0.3)
    await own_server.come_back()
    await asyncio.wait_for(asyncio.gather(*waiting), 20)
    found = await things.get("a")
    assert found is not None
    assert found.count == 1
