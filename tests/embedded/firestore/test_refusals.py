"""Bad input gets Google's code and a sentence, and nothing is written."""

from typing import Any

import grpc
import pytest

from embedded.firestore import wire
from tests.embedded.firestore.conftest import Raw

INVALID = grpc.StatusCode.INVALID_ARGUMENT
UNSET: Any = {}


def deep(levels: int) -> Any:
    value = wire.Value(integer_value=1)
    for _ in range(levels):
        value = wire.Value(map_value={"fields": {"m": value}})
    return value


VALUES: dict[str, tuple[Any, str]] = {
    "no type": (wire.Value(), "without a type"),
    "array in array": (
        wire.Value(array_value={"values": [{"array_value": {"values": []}}]}),
        "array directly inside an array",
    ),
    "too deep": (deep(20), "20 levels"),
    "reserved field": (wire.Value(map_value={"fields": {"__x__": {"integer_value": 1}}}), "reserved"),
    "empty field": (wire.Value(map_value={"fields": {"": {"integer_value": 1}}}), "empty"),
    "long field": (wire.Value(map_value={"fields": {"x" * 1501: {"integer_value": 1}}}), "1500 bytes"),
    "geo": (wire.Value(geo_point_value={"latitude": 91}), "geo point"),
    "time": (wire.Value(timestamp_value={"seconds": 10**12}), "timestamp"),
    "reference": (wire.Value(reference_value="a/b"), "reference"),
    "too large": (wire.Value(string_value="x" * 1_048_577), "1,048,576"),
}


@pytest.mark.parametrize("name", VALUES)
async def test_values_that_cannot_be_stored(raw: Raw, name: str) -> None:
    value, message = VALUES[name]
    write = wire.Write(update={"name": f"{raw.root}/c/d", "fields": {"f": value}})
    with pytest.raises(grpc.aio.AioRpcError, match=message) as error:
        await raw.commit(raw.set("c/other", n=1), write)
    assert error.value.code() == INVALID
    assert await raw.get("c/d") is None
    assert await raw.get("c/other") is None


async def test_a_value_at_the_limits_is_stored(raw: Raw) -> None:
    fields = {"deep": deep(19), "x" * 1500: wire.Value(integer_value=1)}
    await raw.commit(wire.Write(update={"name": f"{raw.root}/c/{'i' * 1500}", "fields": fields}))
    big = wire.Value(bytes_value=b"x" * (1_048_576 - 200))
    await raw.commit(wire.Write(update={"name": f"{raw.root}/c/big", "fields": {"f": big}}))
    assert await raw.get("c/big") is not None


@pytest.mark.parametrize("path", ["c", "c/d/e", "", "c//x", "c/.", "c/..", "c/__x__", "__y__/d", "c/" + "x" * 1501])
async def test_names_that_are_none(raw: Raw, path: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.commit(raw.set(path, n=1))
    assert error.value.code() == INVALID


@pytest.mark.parametrize(
    "database", ["", "projects/p", "projects/p/databases/", "projects//databases/x", "p/(default)"]
)
async def test_databases_that_are_none(raw: Raw, database: str) -> None:
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.unary("Commit", wire.CommitRequest(database=database))
    assert error.value.code() == INVALID


async def test_a_document_of_another_database(raw: Raw) -> None:
    write = wire.Write(delete="projects/elsewhere/databases/(default)/documents/c/d")
    with pytest.raises(grpc.aio.AioRpcError, match="not in the database") as error:
        await raw.commit(write)
    assert error.value.code() == INVALID


WRITES: dict[str, dict[str, Any]] = {
    "no operation": {},
    "mask on delete": {"delete": "@/c/d", "update_mask": {"field_paths": ["a"]}},
    "empty path in mask": {"update": {"name": "@/c/d"}, "update_mask": {"field_paths": [""]}},
    "bad path in mask": {"update": {"name": "@/c/d"}, "update_mask": {"field_paths": ["a..b"]}},
    "unclosed quote": {"update": {"name": "@/c/d"}, "update_mask": {"field_paths": ["`a"]}},
    "name in mask": {"update": {"name": "@/c/d"}, "update_mask": {"field_paths": ["__name__"]}},
    "empty precondition": {"update": {"name": "@/c/d"}, "current_document": {}},
    "transform of nothing": {"transform": {"document": "@/c/d"}},
    "transform without a kind": {"transform": {"document": "@/c/d", "field_transforms": [{"field_path": "a"}]}},
    "unknown server value": {
        "transform": {"document": "@/c/d", "field_transforms": [{"field_path": "a", "set_to_server_value": 7}]}
    },
    "increment by text": {
        "update": {"name": "@/c/d"},
        "update_transforms": [{"field_path": "a", "increment": {"string_value": "x"}}],
    },
    "too many transforms": {
        "update": {"name": "@/c/d"},
        "update_transforms": [{"field_path": "a", "increment": {"integer_value": 1}}] * 501,
    },
}


@pytest.mark.parametrize("name", WRITES)
async def test_malformed_writes(raw: Raw, name: str) -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: filled(inner) for key, inner in value.items()}
        return value.replace("@", raw.root) if isinstance(value, str) else value

    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.commit(raw.set("c/other", n=1), wire.Write(**filled(WRITES[name])))
    assert error.value.code() == INVALID
    assert len(error.value.details() or "") > 10
    assert await raw.get("c/d") is None
    assert await raw.get("c/other") is None


COLLECTION = [{"collection_id": "c"}]
A = {"field_path": "a"}
ONE = {"integer_value": 1}
QUERIES: dict[str, dict[str, Any]] = {
    "no collection": {},
    "two collections": {"from_": COLLECTION * 2},
    "unknown operator": {"from_": COLLECTION, "where": {"field_filter": {"field": A, "op": 77, "value": ONE}}},
    "no operator": {"from_": COLLECTION, "where": {"field_filter": {"field": A, "value": ONE}}},
    "no value": {"from_": COLLECTION, "where": {"field_filter": {"field": A, "op": 5}}},
    "unknown unary": {"from_": COLLECTION, "where": {"unary_filter": {"field": A, "op": 9}}},
    "empty composite": {"from_": COLLECTION, "where": {"composite_filter": {"op": 1}}},
    "in without array": {"from_": COLLECTION, "where": {"field_filter": {"field": A, "op": 8, "value": ONE}}},
    "in with 31": {
        "from_": COLLECTION,
        "where": {"field_filter": {"field": A, "op": 8, "value": {"array_value": {"values": [ONE] * 31}}}},
    },
    "not in with 11": {
        "from_": COLLECTION,
        "where": {"field_filter": {"field": A, "op": 10, "value": {"array_value": {"values": [ONE] * 11}}}},
    },
    "name against a number": {
        "from_": COLLECTION,
        "where": {"field_filter": {"field": {"field_path": "__name__"}, "op": 5, "value": ONE}},
    },
    "negative limit": {"from_": COLLECTION, "limit": {"value": -1}},
    "negative offset": {"from_": COLLECTION, "offset": -1},
    "ordered twice": {"from_": COLLECTION, "order_by": [{"field": A}, {"field": A}]},
    "unknown direction": {"from_": COLLECTION, "order_by": [{"field": A, "direction": 9}]},
    "long cursor": {"from_": COLLECTION, "order_by": [{"field": A}], "start_at": {"values": [ONE] * 3}},
    "empty cursor": {"from_": COLLECTION, "order_by": [{"field": A}], "start_at": {"before": True}},
    "cursor that is no name": {"from_": COLLECTION, "start_at": {"values": [ONE]}},
    "bad field": {"from_": COLLECTION, "order_by": [{"field": {"field_path": "a."}}]},
    "nearest without vector": {
        "from_": COLLECTION,
        "find_nearest": {"vector_field": A, "query_vector": ONE, "distance_measure": 1, "limit": {"value": 1}},
    },
}


@pytest.mark.parametrize("name", QUERIES)
async def test_malformed_queries(raw: Raw, name: str) -> None:
    query = wire.StructuredQuery(**QUERIES[name])
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.stream(
            "RunQuery", wire.RunQueryRequest(parent=raw.root, structured_query=query), wire.RunQueryResponse
        )
    assert error.value.code() == INVALID
    assert len(error.value.details() or "") > 10


async def test_read_times_outside_of_what_is_kept(raw: Raw) -> None:
    for seconds, code in ((2**33, INVALID), (1_500_000_000, grpc.StatusCode.FAILED_PRECONDITION)):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await raw.get("c/d", read_time={"seconds": seconds})
        assert error.value.code() == code


async def test_a_request_over_ten_mebibytes(raw: Raw) -> None:
    writes = [
        wire.Write(update={"name": f"{raw.root}/c/d{n}", "fields": {"f": wire.Value(bytes_value=b"x" * 1_000_000)}})
        for n in range(11)
    ]
    with pytest.raises(grpc.aio.AioRpcError, match=r"10485760|too large|10 MiB") as error:
        await raw.commit(*writes)
    assert error.value.code() == INVALID
    assert await raw.get("c/d0") is None


async def test_pipelines_are_refused_with_a_sentence(raw: Raw) -> None:
    request = wire.ExecutePipelineRequest(database=raw.database)
    with pytest.raises(grpc.aio.AioRpcError, match="enterprise edition") as error:
        await raw.stream("ExecutePipeline", request, wire.RunQueryResponse)
    assert error.value.code() == grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize(
    "request_",
    [
        {"add_target": {"target_id": 1}},
        {"remove_target": 5},
        {},
        {"add_target": {"documents": {"documents": ["@/c/d"]}, "resume_token": b"nonsense"}},
    ],
)
async def test_malformed_listens(raw: Raw, request_: dict[str, Any]) -> None:
    if documents := request_.get("add_target", {}).get("documents"):
        documents["documents"] = [f"{raw.root}/c/d"]
    call = raw.both("Listen", wire.ListenResponse)
    await call.write(wire.ListenRequest(database=raw.database, **request_))
    try:
        cause = (await call.read()).target_change.cause
        refusal = (cause.code, cause.message)
        call.cancel()
    except grpc.aio.AioRpcError as error:
        refusal = (error.code().value[0], error.details())
    assert refusal[0] == INVALID.value[0]
    assert refusal[1]


async def test_half_open_streams_end_and_leave_nothing(raw: Raw) -> None:
    for method, answer in (("Listen", wire.ListenResponse), ("Write", wire.WriteResponse)):
        call = raw.both(method, answer)
        await call.done_writing()
        assert await call.read() is grpc.aio.EOF


@pytest.mark.parametrize("token", ["x", "!!", "bm9uZQ=="])
async def test_page_tokens_that_are_none(raw: Raw, token: str) -> None:
    request = wire.ListDocumentsRequest(parent=raw.root, collection_id="c", page_token=token)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.unary("ListDocuments", request, wire.ListDocumentsResponse)
    assert error.value.code() == INVALID
