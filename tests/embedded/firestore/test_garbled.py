"""Requests with bytes knocked out of place: the server refuses or obeys them, and breaks over none."""

import asyncio
import os
import random
from contextlib import suppress
from typing import Any

import grpc
import pytest

from embedded.firestore import wire
from tests.embedded.firestore.conftest import SERVICE, Raw

ROUNDS = int(os.environ.get("FIRESTORE_GARBLED", "150"))
BREAKDOWNS = (grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.UNAVAILABLE)


def requests(raw: Raw) -> dict[str, Any]:
    """A whole request of every method."""
    name, root = f"{raw.root}/c/d", raw.root
    value = {"map_value": {"fields": {"a": {"array_value": {"values": [{"integer_value": 1}, {"null_value": 0}]}}}}}
    transforms = [{"field_path": "n", "increment": {"integer_value": 2}}, {"field_path": "t", "set_to_server_value": 1}]
    write = {
        "update": {"name": name, "fields": {"f": value, "g": {"geo_point_value": {"latitude": 1}}}},
        "update_mask": {"field_paths": ["f", "`g`.h"]},
        "update_transforms": transforms,
        "current_document": {"exists": True},
    }
    one = {"values": [{"integer_value": 1}]}
    query = {
        "from_": [{"collection_id": "c", "all_descendants": True}],
        "where": {"field_filter": {"field": {"field_path": "f.a"}, "op": 9, "value": {"array_value": one}}},
        "order_by": [{"field": {"field_path": "f"}, "direction": 2}, {"field": {"field_path": "__name__"}}],
        "start_at": {"values": [value, {"reference_value": name}], "before": True},
        "limit": {"value": 3},
        "select": {"fields": [{"field_path": "f"}]},
    }
    aggregated = {"structured_query": query, "aggregations": [{"alias": "s", "sum": {"field": {"field_path": "f"}}}]}
    plain = {"from_": [{"collection_id": "c", "all_descendants": True}]}
    time = {"seconds": 1_800_000_000, "nanos": 5000}
    return {
        "GetDocument": wire.GetDocumentRequest(name=name, mask={"field_paths": ["f"]}),
        "ListDocuments": wire.ListDocumentsRequest(parent=root, collection_id="c", page_size=2, page_token="bm9uZQ=="),
        "ListCollectionIds": wire.ListCollectionIdsRequest(parent=root, page_size=2, page_token="bm9uZQ=="),
        "CreateDocument": wire.CreateDocumentRequest(parent=root, collection_id="c", document={"fields": {"f": value}}),
        "UpdateDocument": wire.UpdateDocumentRequest(document=write["update"], update_mask={"field_paths": ["f"]}),
        "DeleteDocument": wire.DeleteDocumentRequest(name=name, current_document={"update_time": time}),
        "BeginTransaction": wire.BeginTransactionRequest(
            database=raw.database, options={"read_only": {"read_time": time}}
        ),
        "Commit": wire.CommitRequest(database=raw.database, writes=[write]),
        "Rollback": wire.RollbackRequest(database=raw.database, transaction=b"x" * 24),
        "BatchWrite": wire.BatchWriteRequest(database=raw.database, writes=[write, {"delete": name}]),
        "PartitionQuery": wire.PartitionQueryRequest(parent=root, structured_query=plain, partition_count=3),
        "BatchGetDocuments": wire.BatchGetDocumentsRequest(
            database=raw.database, documents=[name, f"{root}/c/e"], new_transaction={"read_write": {}}
        ),
        "RunQuery": wire.RunQueryRequest(parent=root, structured_query=query, explain_options={"analyze": True}),
        "RunAggregationQuery": wire.RunAggregationQueryRequest(parent=root, structured_aggregation_query=aggregated),
        "Write": wire.WriteRequest(database=raw.database, stream_id="s"),
        "Listen": wire.ListenRequest(
            database=raw.database,
            add_target={"target_id": 1, "query": {"parent": root, "structured_query": plain}, "resume_token": b"t" * 9},
        ),
    }


def garbled(data: bytes, dice: random.Random) -> bytes:
    """The bytes of a message with one to three changed, left out or put in."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 3)):
        at = dice.randrange(len(changed))
        kind = dice.randrange(3)
        if kind == 0:
            changed[at] = dice.randrange(256)
        elif kind == 1 and len(changed) > 1:
            del changed[at]
        else:
            changed.insert(at, dice.randrange(256))
    return bytes(changed)


async def outcome(raw: Raw, method: str, data: bytes) -> tuple[grpc.StatusCode, str]:
    """The status that a request ends with, and its sentence; a stream of two ways is closed behind it."""
    call = raw.channel.stream_stream(SERVICE + method, None, None)()
    # Whatever is raised (refused before all was written, say) the call knows how it ended.
    with suppress(grpc.aio.AioRpcError, asyncio.InvalidStateError):
        await call.write(data)
        await call.done_writing()
        async with asyncio.timeout(30):
            async for _ in call:
                pass
    return await call.code(), await call.details()


@pytest.mark.parametrize("method", requests(Raw(None, "projects/p/databases/(default)")))
async def test_no_garbled_request_breaks_the_server(raw: Raw, method: str) -> None:
    await raw.commit(raw.set("c/d", n=1), raw.set("c/e", n=1))
    whole = requests(raw)[method].SerializeToString()
    dice = random.Random(method)
    seen: dict[grpc.StatusCode, int] = {}
    for _ in range(ROUNDS):
        data = garbled(whole, dice)
        code, sentence = await outcome(raw, method, data)
        assert code not in BREAKDOWNS, (method, data, sentence)
        assert code == grpc.StatusCode.OK or sentence, (method, data)
        seen[code] = seen.get(code, 0) + 1
    assert seen.get(grpc.StatusCode.INVALID_ARGUMENT), seen


async def test_bytes_that_are_no_message_are_refused_with_a_sentence(raw: Raw) -> None:
    call = raw.channel.unary_unary(SERVICE + "Commit", None, None)
    with pytest.raises(grpc.aio.AioRpcError, match="cannot be read") as error:
        await call(b"\xff\xff\xff")
    assert error.value.code() == grpc.StatusCode.INVALID_ARGUMENT
