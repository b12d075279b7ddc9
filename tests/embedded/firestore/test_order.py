"""Values sort as Firestore documents, and queries agree with a plain reading of the rules."""

import datetime
import itertools
import math
from typing import Any

import pytest
from google.cloud import firestore as google
from google.cloud.firestore_v1._helpers import encode_value
from google.cloud.firestore_v1.base_query import And, FieldFilter, Or
from google.cloud.firestore_v1.field_path import FieldPath
from google.cloud.firestore_v1.vector import Vector
from hypothesis import given
from hypothesis import strategies as st

from embedded.firestore.values import sort_key
from embedded.firestore.wire import Value

UTC = datetime.UTC
# One group of equal values after the other, in the documented order.
ORDERED: list[list[Any]] = [
    [None],
    [False],
    [True],
    [math.nan],
    [-math.inf],
    [-(2**63), -(2.0**63)],
    [-(2**63) + 1],
    [-1.5],
    [-1, -1.0],
    [0, 0.0, -0.0],
    [5e-324],
    [1, 1.0],
    [2**53, 2.0**53],
    [2**53 + 1],
    [2**53 + 2, 2.0**53 + 2],
    [2**63 - 1],
    [2.0**63],
    [math.inf],
    [datetime.datetime(1, 1, 1, tzinfo=UTC)],
    [datetime.datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)],
    [datetime.datetime(1970, 1, 1, tzinfo=UTC)],
    [""],
    ["\0"],
    ["a"],
    ["a\0"],
    ["a\0b"],
    ["a\x01"],
    ["ab"],
    ["b"],
    ["é"],
    ["\uffff"],
    ["😀"],
    [b""],
    [b"\0"],
    [b"\0\xff"],
    [b"\x01"],
    [b"\xff"],
    [google.GeoPoint(-90, 0)],
    [google.GeoPoint(0, -180)],
    [google.GeoPoint(0, 180)],
    [google.GeoPoint(90, 0)],
    [[]],
    [[None]],
    [[1]],
    [[1, 2], [1.0, 2.0]],
    [[1, "a"]],
    [[2]],
    [Vector([9.0])],
    [Vector([1.0, 2.0])],
    [Vector([1.0, 3.0])],
    [{}],
    [{"a": 1}],
    [{"a": 1, "b": 0}],
    [{"a": 2}],
    [{"aa": 0}],
    [{"b": 0}],
]


def key(value: Any) -> bytes:
    return sort_key(encode_value(value)._pb)


def test_keys_sort_as_values_do() -> None:
    keys = [[key(value) for value in group] for group in ORDERED]
    assert all(len(set(group)) == 1 for group in keys)
    flat = [group[0] for group in keys]
    assert flat == sorted(flat)
    assert len(set(flat)) == len(flat)


def test_no_key_is_the_beginning_of_another() -> None:
    flat = [key(group[0]) for group in ORDERED]
    assert not any(b.startswith(a) for a, b in itertools.permutations(flat, 2))


@given(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
def test_an_integer_and_a_double_compare_as_the_numbers_they_are(whole: int, real: float) -> None:
    a, b = sort_key(Value(integer_value=whole)), sort_key(Value(double_value=real))
    assert (a < b, a == b) == (whole < real, whole == real)


@given(st.text(), st.text())
def test_texts_compare_by_their_utf8(a: str, b: str) -> None:
    assert (sort_key(Value(string_value=a)) < sort_key(Value(string_value=b))) == (a.encode() < b.encode())


@given(st.lists(st.integers(-2, 2)), st.lists(st.integers(-2, 2)))
def test_arrays_compare_element_by_element(a: list[int], b: list[int]) -> None:
    assert (key(a) < key(b)) == (a < b)


async def test_every_type_is_ordered_by_the_server(db: google.AsyncClient) -> None:
    flat = [group[0] for group in ORDERED]
    batch = db.batch()
    for position, value in reversed(list(enumerate(flat))):
        batch.set(db.document(f"c/{position:03}"), {"v": value})
    await batch.commit()
    expected = [f"{position:03}" for position in range(len(flat))]
    assert [s.id async for s in db.collection("c").order_by("v").stream()] == expected
    down = db.collection("c").order_by("v", direction="DESCENDING")
    assert [s.id async for s in down.stream()] == expected[::-1]


async def test_references_and_names_sort_by_segment_and_numeric_ids_by_number(db: google.AsyncClient) -> None:
    names = ["__id-5__", "__id7__", "__id10__", "A", "a", "a-b", "aa"]
    for name in names:
        await db.document("c", name).set({"r": db.document("c", name)})
    assert [s.id async for s in db.collection("c").stream()] == names
    assert [s.id async for s in db.collection("c").order_by("r").stream()] == names
    assert [d.id async for d in db.collection("c").list_documents(page_size=2)] == names


DOCUMENTS: list[dict[str, Any]] = [
    {"a": a, "b": b, "tags": tags}
    for a in (None, math.nan, 1, 1.0, 2, "x", [1], {"k": 1})
    for b in (0, 1, 2)
    for tags in ([], ["red"], ["red", "blue", 1])
] + [{"b": 1}, {"a": 3}, {"tags": "red"}, {}]


@pytest.fixture(scope="module")
async def filled(address: str) -> google.AsyncClient:
    from tests.embedded.firestore.conftest import client

    db = client(address, "order-filled")
    batch = db.batch()
    for position, fields in enumerate(DOCUMENTS):
        batch.set(db.document(f"c/{position:03}"), fields)
    await batch.commit()
    return db


def is_nan(value: Any) -> bool:
    return isinstance(value, float) and math.isnan(value)


def number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


FILTERS: dict[str, tuple[Any, Any]] = {
    "equal": (FieldFilter("a", "==", 1), lambda d: number(d.get("a")) and d["a"] == 1),
    "null": (FieldFilter("a", "==", None), lambda d: "a" in d and d["a"] is None),
    "nan": (FieldFilter("a", "==", math.nan), lambda d: is_nan(d.get("a"))),
    "not null": (FieldFilter("a", "!=", None), lambda d: d.get("a") is not None),
    "not nan": (FieldFilter("a", "!=", math.nan), lambda d: d.get("a") is not None and not is_nan(d["a"])),
    "not equal": (FieldFilter("a", "!=", 1), lambda d: d.get("a") is not None and d["a"] != 1),
    "greater": (FieldFilter("a", ">", 1), lambda d: number(d.get("a")) and d["a"] > 1),
    "at least": (FieldFilter("a", ">=", 1), lambda d: number(d.get("a")) and d["a"] >= 1),
    "text range": (FieldFilter("a", "<=", "z"), lambda d: isinstance(d.get("a"), str)),
    "in": (FieldFilter("a", "in", [2, "x"]), lambda d: d.get("a") in (2, "x")),
    "in an array": (FieldFilter("a", "in", [[1]]), lambda d: d.get("a") == [1]),
    "not in": (
        FieldFilter("a", "not-in", [1, "x"]),
        lambda d: d.get("a") is not None and d["a"] not in (1, "x"),
    ),
    "nested": (FieldFilter("a.k", "==", 1), lambda d: d.get("a") == {"k": 1}),
    "contains": (
        FieldFilter("tags", "array_contains", "red"),
        lambda d: isinstance(d.get("tags"), list) and "red" in d["tags"],
    ),
    "contains any": (
        FieldFilter("tags", "array_contains_any", ["blue", 1.0]),
        lambda d: isinstance(d.get("tags"), list) and "blue" in d["tags"],
    ),
    "and": (
        And([FieldFilter("a", "==", 2), FieldFilter("b", "<", 2), FieldFilter("tags", "array_contains", "red")]),
        lambda d: d.get("a") == 2 and d["b"] < 2 and "red" in d["tags"],
    ),
    "or": (
        Or([FieldFilter("a", "==", 2), FieldFilter("b", "==", 0)]),
        lambda d: d.get("a") == 2 or d.get("b") == 0,
    ),
    "or of ands": (
        Or([And([FieldFilter("a", "==", "x"), FieldFilter("b", ">", 0)]), FieldFilter("tags", "==", [])]),
        lambda d: (d.get("a") == "x" and d["b"] > 0) or d.get("tags") == [],
    ),
    "two inequalities": (
        And([FieldFilter("a", ">", 1), FieldFilter("b", "<", 2)]),
        lambda d: number(d.get("a")) and d["a"] > 1 and d.get("b", 9) < 2,
    ),
    "name": (FieldFilter("__name__", ">=", "070"), None),
}


@pytest.mark.parametrize("name", FILTERS)
async def test_filters_find_what_the_rules_say(filled: google.AsyncClient, name: str) -> None:
    collection = filled.collection("c")
    wanted, rule = FILTERS[name]
    if rule is None:
        found = [s.id async for s in collection.where(
            filter=FieldFilter(FieldPath.document_id(), ">=", collection.document("070"))).stream()]  # fmt: skip
        assert found == [f"{n:03}" for n in range(70, len(DOCUMENTS))]
        return
    expected = [f"{n:03}" for n, fields in enumerate(DOCUMENTS) if rule(fields)]
    assert expected
    query: Any = collection.where(filter=wanted)
    assert sorted([s.id async for s in query.stream()]) == expected
    # The same through other ways to the documents: limits, other orders, counting, an earlier time.
    assert sorted([s.id async for s in query.limit(1000).stream()]) == expected
    assert (await query.count().get())[0][0].value == len(expected)
    by_b = [s async for s in query.order_by("b", direction="DESCENDING").limit(7).stream()]
    with_b = sorted(DOCUMENTS[int(i)]["b"] for i in expected if "b" in DOCUMENTS[int(i)])
    assert [s.get("b") for s in by_b] == with_b[::-1][:7]
    past = by_b[0].read_time
    assert sorted([s.id async for s in query.stream(read_time=past)]) == expected


async def test_cursors_of_every_form_and_limit_to_last(db: google.AsyncClient) -> None:
    batch = db.batch()
    for n in range(20):
        batch.set(db.document(f"c/{n:02}"), {"n": n // 2, "m": n % 3})
    await batch.commit()
    by_n = db.collection("c").order_by("n")

    async def ids(query: Any) -> list[int]:
        return [int(s.id) for s in await query.get()]

    assert await ids(by_n.start_at({"n": 3}).end_before({"n": 5})) == [6, 7, 8, 9]
    assert await ids(by_n.start_after({"n": 3}).end_at({"n": 5})) == [8, 9, 10, 11]
    snapshot = await db.document("c/07").get()
    assert await ids(by_n.start_at(snapshot).limit(2)) == [7, 8]
    assert await ids(by_n.start_after(snapshot).limit(2)) == [8, 9]
    assert await ids(by_n.end_at(snapshot).offset(6)) == [6, 7]
    assert await ids(db.collection("c").order_by("n").limit_to_last(2)) == [18, 19]
    down = db.collection("c").order_by("n", direction="DESCENDING")
    assert await ids(down.start_after({"n": 8}).limit(3)) == [15, 14, 13]
    assert await ids(down.start_at(snapshot).limit(3)) == [7, 6, 5]
    both = db.collection("c").order_by("m").order_by("n", direction="DESCENDING")
    assert await ids(both.start_at({"m": 1, "n": 3}).limit(3)) == [7, 4, 1]
    assert await ids(both.limit_to_last(2)) == [5, 2]
    assert await ids(by_n.offset(5).limit(3)) == [5, 6, 7]
    by_name = db.collection("c").order_by("__name__").start_at({"__name__": "17"})
    assert await ids(by_name) == [17, 18, 19]


async def test_projections_and_collection_groups(db: google.AsyncClient) -> None:
    for path in ("g/a", "x/1/g/b", "x/1/y/2/g/c", "z/1/h/d"):
        await db.document(path).set({"n": len(path), "deep": {"p": 1, "q": 2}, "odd name": 3})
    group = db.collection_group("g")
    assert [s.reference.path async for s in group.order_by("n").stream()] == ["g/a", "x/1/g/b", "x/1/y/2/g/c"]
    assert [s.id async for s in group.where(filter=FieldFilter("n", ">", 3)).limit(1).stream()] == ["b"]
    first = await group.select(["deep.p", "`odd name`"]).limit(1).get()
    assert first[0].to_dict() == {"deep": {"p": 1}, "odd name": 3}
    names = [s async for s in group.select([FieldPath.document_id()]).stream()]
    assert [s.to_dict() for s in names] == [{}, {}, {}]
    recursive = db.collection("x").recursive()
    assert [s.reference.path async for s in recursive.stream()] == ["x/1/g/b", "x/1/y/2/g/c"]


async def test_aggregations(db: google.AsyncClient) -> None:
    for n, value in enumerate([1, 2, 2.5, "no", None]):
        await db.document(f"c/{n}").set({"v": value})
    await db.document("c/without").set({})
    collection: Any = db.collection("c")
    assert (await collection.count().get())[0][0].value == 6
    assert (await collection.sum("v").get())[0][0].value == 5.5
    assert (await collection.avg("v").get())[0][0].value == pytest.approx(5.5 / 3)
    assert (await collection.where(filter=FieldFilter("v", "==", 7)).avg("v").get())[0][0].value in (None, 0.0)
    assert (await collection.where(filter=FieldFilter("v", "==", 7)).sum("v").get())[0][0].value == 0
