"""Masks, transforms and preconditions do what Firestore documents, and report it."""

import asyncio
import math
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.api_core import exceptions
from google.cloud import firestore as google
from google.cloud.firestore_v1.vector import Vector

from embedded.firestore import wire
from embedded.firestore.commits import Committed
from embedded.firestore.core import Core
from embedded.firestore.errors import FirestoreError
from embedded.firestore.names import parse_database, parse_document
from tests.embedded.firestore.conftest import Raw
from tests.embedded.firestore.test_durability import serving


async def fields(db: google.AsyncClient, path: str) -> dict[str, Any]:
    return (await db.document(path).get()).to_dict() or {}


async def test_update_masks_reach_nested_and_quoted_fields(db: google.AsyncClient) -> None:
    document: Any = db.document("c/d")
    await document.set({"a": {"b": {"c": 1, "d": 2}, "e": 3}, "odd.name": {"x y": 1, "`": 2, "\\": 3}})
    await document.update(
        {
            "a.b.c": 10,
            "a.e": google.DELETE_FIELD,
            "`odd.name`.`x y`": 5,
            "`odd.name`.`\\``": google.DELETE_FIELD,
            "new.deep.er": True,
        }
    )
    assert await fields(db, "c/d") == {
        "a": {"b": {"c": 10, "d": 2}},
        "odd.name": {"x y": 5, "\\": 3},
        "new": {"deep": {"er": True}},
    }
    await document.set({"a": {"b": {"c": 11}}, "z": 1}, merge=["a.b.c"])
    assert (await fields(db, "c/d"))["a"] == {"b": {"c": 11, "d": 2}}
    assert "z" not in await fields(db, "c/d")
    await document.set({"a": 1}, merge=True)
    assert (await fields(db, "c/d"))["a"] == 1
    await document.update({"a.b": 2})
    assert (await fields(db, "c/d"))["a"] == {"b": 2}
    await document.set({"only": 1})
    assert await fields(db, "c/d") == {"only": 1}


TRANSFORMS: list[tuple[str, Any, Any, Any, Any]] = [
    ("int and int", 5, google.Increment(3), 8, 8),
    ("int and double", 5, google.Increment(0.5), 5.5, 5.5),
    ("missing", None, google.Increment(3), 3, 3),
    ("no number", "x", google.Increment(3), 3, 3),
    ("overflow", 2**63 - 1, google.Increment(5), 2**63 - 1, 2**63 - 1),
    ("underflow", -(2**63), google.Increment(-5), -(2**63), -(2**63)),
    ("greater", 5, google.Maximum(7), 7, 7),
    ("not greater", 5, google.Maximum(4), 5, 5),
    ("mixed", 5, google.Maximum(5.5), 5.5, 5.5),
    ("equal keeps the stored", 5, google.Maximum(5.0), 5, 5),
    ("less", 5, google.Minimum(4.5), 4.5, 4.5),
    ("zero", 0, google.Minimum(-0.0), 0, 0),
    ("union", [1, "a"], google.ArrayUnion(["a", 1.0, 2, 2]), [1, "a", 2], None),
    ("union of no array", 7, google.ArrayUnion([1]), [1], None),
    ("remove", [1, 2.0, 1, None, "x"], google.ArrayRemove([1.0, 2, None]), ["x"], None),
    ("remove of none", "x", google.ArrayRemove([1]), [], None),
]


@pytest.mark.parametrize(
    ("stored", "transform", "value", "result"), [t[1:] for t in TRANSFORMS], ids=[t[0] for t in TRANSFORMS]
)
async def test_transforms(db: google.AsyncClient, stored: Any, transform: Any, value: Any, result: Any) -> None:
    await db.document("c/d").set({} if stored is None else {"v": stored})
    batch = db.batch()
    batch.update(db.document("c/d"), {"v": transform})
    results = await batch.commit()
    found = (await fields(db, "c/d"))["v"]
    assert (found, type(found)) == (value, type(value))
    reported = results[0].transform_results[0]
    if result is None:
        assert reported._pb.WhichOneof("value_type") == "null_value"
    else:
        name = "integer_value" if isinstance(result, int) else "double_value"
        assert getattr(reported, name) == result


async def test_nan_wins_maximum_and_minimum(db: google.AsyncClient) -> None:
    await db.document("c/d").set({"a": 1, "b": 1, "c": math.nan})
    await db.document("c/d").update(
        {"a": google.Maximum(math.nan), "b": google.Minimum(math.nan), "c": google.Increment(1)}
    )
    assert all(math.isnan(value) for value in (await fields(db, "c/d")).values())


async def test_server_timestamps_are_one_in_a_commit_and_rise_strictly_between(db: google.AsyncClient) -> None:
    seen: list[Any] = []
    for _ in range(20):
        batch = db.batch()
        batch.set(db.document("c/a"), {"t": google.SERVER_TIMESTAMP, "deep": {"t": google.SERVER_TIMESTAMP}})
        batch.set(db.document("c/b"), {"t": google.SERVER_TIMESTAMP})
        results = await batch.commit()
        a, b = await fields(db, "c/a"), await fields(db, "c/b")
        assert a["t"] == b["t"] == a["deep"]["t"] == results[0].update_time
        seen.append(a["t"])
    assert seen == sorted(set(seen))


async def test_concurrent_increments_are_all_counted(db: google.AsyncClient) -> None:
    await asyncio.gather(*(db.document("c/d").set({"n": google.Increment(1)}, merge=True) for _ in range(50)))
    assert await fields(db, "c/d") == {"n": 50}


async def test_thousands_of_commits_at_once_all_get_their_turn(tmp_path: Path) -> None:
    # In a process of its own: in this one the server would take each call as it is made.
    async with serving(tmp_path / "own.db") as process, grpc.aio.insecure_channel(process.address) as channel:
        raw = Raw(channel, "projects/p/databases/(default)")
        await asyncio.gather(*(raw.commit(raw.set(f"c/d{n}", n=n)) for n in range(2500)))
        query = wire.StructuredQuery(from_=[{"collection_id": "c"}])
        request = wire.RunQueryRequest(parent=raw.root, structured_query=query)
        assert len(await raw.stream("RunQuery", request, wire.RunQueryResponse)) == 2500


async def test_preconditions(db: google.AsyncClient) -> None:
    document: Any = db.document("c/d")
    with pytest.raises(exceptions.NotFound, match=r"No document to update: projects/.*/c/d"):
        await document.update({"a": 1})
    first = await document.create({"a": 1})
    with pytest.raises(exceptions.AlreadyExists, match=r"Document already exists: projects/.*/c/d"):
        await document.create({"a": 2})
    second = await document.update({"a": 2}, option=db.write_option(last_update_time=first.update_time))
    with pytest.raises(exceptions.FailedPrecondition, match="does not match the required base version"):
        await document.update({"a": 3}, option=db.write_option(last_update_time=first.update_time))
    with pytest.raises(exceptions.FailedPrecondition):
        await document.delete(option=db.write_option(last_update_time=first.update_time))
    await document.delete(option=db.write_option(last_update_time=second.update_time))
    with pytest.raises(exceptions.NotFound):
        await document.delete(option=db.write_option(exists=True))
    await document.delete()


async def test_a_commit_happens_whole_or_not_at_all(db: google.AsyncClient) -> None:
    batch = db.batch()
    batch.set(db.document("c/first"), {"a": 1})
    batch.update(db.document("c/missing"), {"a": 1})
    with pytest.raises(exceptions.NotFound):
        await batch.commit()
    assert not (await db.document("c/first").get()).exists


async def test_a_write_that_changes_nothing_keeps_the_update_time(db: google.AsyncClient) -> None:
    first: Any = await db.document("c/d").set({"a": 1, "b": {"c": [1]}})
    same: Any = await db.document("c/d").set({"b": {"c": [1]}, "a": 1})
    other: Any = await db.document("c/d").set({"a": 1.0, "b": {"c": [1]}})
    assert same.update_time == first.update_time
    assert other.update_time > first.update_time


async def test_several_writes_to_one_document_in_a_commit_follow_each_other(raw: Raw) -> None:
    name = f"{raw.root}/c/d"
    increment = {"field_path": "n", "increment": {"integer_value": 1}}
    answer = await raw.commit(
        raw.set("c/d", n=1),
        wire.Write(transform={"document": name, "field_transforms": [increment]}),
        wire.Write(delete=name),
        wire.Write(update={"name": name}, update_transforms=[increment], current_document={"exists": False}),
    )
    assert [r.integer_value for result in answer.write_results for r in result.transform_results] == [2, 1]
    assert (await raw.get("c/d")).fields["n"].integer_value == 1


async def test_batch_write_lets_each_write_stand_alone(raw: Raw) -> None:
    good, bad = raw.set("c/good", n=1), raw.set("c/bad", n=1)
    bad.current_document.exists = True
    request = wire.BatchWriteRequest(database=raw.database, writes=[bad, good])
    answer = await raw.unary("BatchWrite", request, wire.BatchWriteResponse)
    assert [status.code for status in answer.status] == [grpc.StatusCode.NOT_FOUND.value[0], 0]
    assert await raw.get("c/good") is not None
    request = wire.BatchWriteRequest(database=raw.database, writes=[good, good])
    with pytest.raises(grpc.aio.AioRpcError, match="only once"):
        await raw.unary("BatchWrite", request, wire.BatchWriteResponse)


async def test_a_write_stream_answers_each_message_in_order(raw: Raw) -> None:
    call = raw.both("Write", wire.WriteResponse)
    await call.write(wire.WriteRequest(database=raw.database))
    hello = await call.read()
    assert hello.stream_id
    token = hello.stream_token
    for number in range(3):
        await call.write(wire.WriteRequest(stream_token=token, writes=[raw.set("c/d", n=number)]))
        answer = await call.read()
        assert answer.commit_time.seconds
        assert len(answer.write_results) == 1
        token = answer.stream_token
    await call.done_writing()
    assert await call.read() is grpc.aio.EOF
    assert (await raw.get("c/d")).fields["n"].integer_value == 2


async def test_vectors_are_stored_and_the_nearest_found(db: google.AsyncClient) -> None:
    from google.cloud.firestore_v1.base_vector_query import DistanceMeasure

    for name, numbers in (("a", [1.0, 0.0]), ("b", [0.0, 1.0]), ("c", [3.0, 3.0])):
        await db.document("c", name).set({"v": Vector(numbers)})
    await db.document("c/other").set({"v": Vector([1.0, 2.0, 3.0])})
    nearest: Any = db.collection("c").find_nearest(
        vector_field="v", query_vector=Vector([1.0, 0.1]), distance_measure=DistanceMeasure.EUCLIDEAN, limit=2,
        distance_result_field="far",
    )  # fmt: skip
    found = await nearest.get()
    assert [snapshot.id for snapshot in found] == ["a", "b"]
    assert found[0].get("far") == pytest.approx(0.1)
    dot: Any = db.collection("c").find_nearest(
        vector_field="v", query_vector=Vector([1.0, 0.1]), distance_measure=DistanceMeasure.DOT_PRODUCT, limit=1
    )
    assert [snapshot.id for snapshot in await dot.get()] == ["c"]


async def test_projects_and_databases_are_apart(db: google.AsyncClient, address: str, project: str) -> None:
    from tests.embedded.firestore.conftest import client

    other, named = client(address, project + "-x"), client(address, project, "named-db")
    for number, store in enumerate((db, other, named)):
        await store.document("c/d").set({"n": number})
    assert [(await fields(store, "c/d"))["n"] for store in (db, other, named)] == [0, 1, 2]
    assert [len(await store.collection_group("c").get()) for store in (db, other, named)] == [1, 1, 1]


async def test_missing_documents_are_listed_where_something_is_below_them(db: google.AsyncClient) -> None:
    for path in ("c/a", "c/b/sub/x", "c/d/sub/y/deep/z"):
        await db.document(path).set({})
    assert [d.id async for d in db.collection("c").list_documents()] == ["a", "b", "d"]
    assert [s.id async for s in db.collection("c").stream()] == ["a"]
    assert [c.id async for c in db.document("c/d").collections()] == ["sub"]
    await db.document("c/b/sub/x").delete()
    assert [d.id async for d in db.collection("c").list_documents()] == ["a", "d"]


async def test_where_the_disk_is_full_everybody_is_told_and_later_writes_are_done(tmp_path: Path) -> None:
    core = Core(tmp_path / "firestore.db")
    database = parse_database("projects/p/databases/(default)")

    def write(name: str, size: int) -> Any:
        return wire.Write(update={"name": f"{database.root}/c/{name}", "fields": {"x": {"bytes_value": b"x" * size}}})

    def commit(name: str, size: int) -> asyncio.Future[Committed]:
        return core.committer.commit(database, [write(name, size)])

    await commit("first", 10)
    (pages,) = core.store.writer.execute("PRAGMA page_count").fetchone()
    core.store.writer.execute(f"PRAGMA max_page_count = {pages + 20}")
    refused = await asyncio.wait_for(
        asyncio.gather(*(commit(f"d{n}", 50_000) for n in range(5)), return_exceptions=True), 30
    )
    assert [error.code for error in refused if isinstance(error, FirestoreError)] == [grpc.StatusCode.UNAVAILABLE] * 5
    core.store.writer.execute("PRAGMA max_page_count = 1000000")
    await asyncio.wait_for(asyncio.gather(*(commit(f"d{n}", 50_000) for n in range(5))), 30)
    with core.newest() as reading:
        assert reading.document(parse_document(f"{database.root}/c/d4")) is not None
    await core.close()
