"""Listeners see every change once, in consistent snapshots, and find their way back after a break."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from embedded.firestore import wire
from embedded.firestore.server import Server
from tests.embedded.firestore.conftest import Raw, sync_client

QUERY_ALL = {"from_": [{"collection_id": "c"}]}


def equal(field: str, value: int) -> Any:
    """A filter."""
    return {"field_filter": {"field": {"field_path": field}, "op": 5, "value": {"integer_value": value}}}


class Listener:
    """A listen stream that keeps, for each target, what a client would show."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.call = raw.both("Listen", wire.ListenResponse)
        self.shown: dict[int, dict[str, dict[str, int]]] = {}
        self.messages: list[Any] = []
        self.token = b""

    async def query(self, target: int, query: Any, **options: Any) -> None:
        """Add a query."""
        parent = {"parent": self.raw.root, "structured_query": query}
        await self._add({"target_id": target, "query": parent, **options})

    async def documents(self, target: int, *paths: str, **options: Any) -> None:
        """Add documents."""
        names = [f"{self.raw.root}/{path}" for path in paths]
        await self._add({"target_id": target, "documents": {"documents": names}, **options})

    async def _add(self, target: Any) -> None:
        self.shown.setdefault(target["target_id"], {})
        await self.call.write(wire.ListenRequest(database=self.raw.database, add_target=target))
        await self.settled()

    async def settled(self) -> int:
        """Read up to the end of the next consistent snapshot; returns how many documents were sent."""
        count = 0
        while True:
            async with asyncio.timeout(10):
                message = await self.call.read()
            assert message is not grpc.aio.EOF
            self.messages.append(message)
            kind = message.WhichOneof("response_type")
            if kind == "target_change":
                change = message.target_change
                if change.target_change_type == 4:
                    for target in change.target_ids:
                        self.shown[target].clear()
                if change.target_change_type == 2 or (change.target_change_type == 0 and not change.target_ids):
                    if change.resume_token:
                        self.token = change.resume_token
                    return count
            elif kind == "filter":
                assert message.filter.count == len(self.shown[message.filter.target_id])
            else:
                count += 1
                self._take(getattr(message, kind), kind)

    def _take(self, message: Any, kind: str) -> None:
        name = (message.document.name if kind == "document_change" else message.document).rpartition("/")[2]
        for target in getattr(message, "target_ids", ()):
            values = {field: value.integer_value for field, value in message.document.fields.items()}
            self.shown[target][name] = values
        for target in message.removed_target_ids:
            self.shown[target].pop(name, None)


@asynccontextmanager
async def listening(raw: Raw) -> AsyncIterator[Listener]:
    """A listener, hung up at the end."""
    listener = Listener(raw)
    try:
        yield listener
    finally:
        listener.call.cancel()


async def test_a_query_sees_documents_come_change_and_go(raw: Raw) -> None:
    await raw.commit(raw.set("c/a", n=1, v=1), raw.set("c/b", n=2, v=1))
    async with listening(raw) as listener:
        await listener.query(7, {**QUERY_ALL, "where": equal("n", 1)})
        assert listener.shown[7] == {"a": {"n": 1, "v": 1}}
        steps: tuple[tuple[Any, dict[str, dict[str, int]]], ...] = (
            (raw.set("c/b", n=1, v=2), {"a": {"n": 1, "v": 1}, "b": {"n": 1, "v": 2}}),
            (raw.set("c/a", n=3, v=1), {"b": {"n": 1, "v": 2}}),
            (wire.Write(delete=f"{raw.root}/c/b"), {}),
        )
        for write, shown in steps:
            await raw.commit(write)
            await listener.settled()
            while listener.shown[7] != shown:
                await listener.settled()
        kinds = [message.WhichOneof("response_type") for message in listener.messages]
        assert "document_remove" in kinds
        assert "document_delete" in kinds
        await raw.commit(raw.set("c/c", n=9))  # no concern of the listener's
        await raw.commit(raw.set("c/d", n=1))
        await listener.settled()
        assert list(listener.shown[7]) == ["d"]


async def test_several_targets_share_a_stream(raw: Raw) -> None:
    async with listening(raw) as listener:
        await listener.query(2, QUERY_ALL)
        await listener.query(4, {**QUERY_ALL, "where": equal("n", 1)})
        await listener.documents(6, "c/a", "c/missing")
        await raw.commit(raw.set("c/a", n=1))
        while not all(listener.shown[target] for target in (2, 4, 6)):
            await listener.settled()
        changes = [m for m in listener.messages if m.HasField("document_change")]
        assert [sorted(m.document_change.target_ids) for m in changes] == [[2, 4, 6]]
        await listener.call.write(wire.ListenRequest(database=raw.database, remove_target=2))
        await raw.commit(raw.set("c/a", n=2))
        while listener.shown[6] != {"a": {"n": 2}}:
            await listener.settled()
        assert listener.shown[4] == {}
        assert listener.shown[2] in ({"a": {"n": 1}}, {"a": {"n": 2}})


async def test_a_query_with_a_limit_shows_who_moves_up(raw: Raw) -> None:
    await raw.commit(*(raw.set(f"c/d{n}", n=n) for n in range(5)))
    query = {**QUERY_ALL, "order_by": [{"field": {"field_path": "n"}}], "limit": {"value": 2}}
    async with listening(raw) as listener:
        await listener.query(1, query)
        assert list(listener.shown[1]) == ["d0", "d1"]
        await raw.commit(wire.Write(delete=f"{raw.root}/c/d0"))
        await listener.settled()
        assert set(listener.shown[1]) == {"d1", "d2"}
        await raw.commit(raw.set("c/new", n=-1))
        await listener.settled()
        assert set(listener.shown[1]) == {"new", "d1"}


async def test_a_commit_is_never_shown_in_parts(raw: Raw) -> None:
    done = asyncio.Event()

    async def write() -> None:
        for number in range(60):
            await raw.commit(*(raw.set(f"c/d{n}", v=number) for n in range(5)))
        done.set()

    async with listening(raw) as listener:
        await listener.query(1, QUERY_ALL)
        writer = asyncio.create_task(write())
        while {fields["v"] for fields in listener.shown[1].values()} != {59}:
            await listener.settled()
            assert len({fields["v"] for fields in listener.shown[1].values()}) <= 1
        await writer


async def test_a_token_brings_the_difference_only(raw: Raw) -> None:
    await raw.commit(*(raw.set(f"c/d{n}", n=1) for n in range(10)))
    async with listening(raw) as listener:
        await listener.query(1, {**QUERY_ALL, "where": equal("n", 1)})
        shown, token = listener.shown, listener.token
    await raw.commit(raw.set("c/d0", n=2), wire.Write(delete=f"{raw.root}/c/d1"), raw.set("c/new", n=1))
    await raw.commit(raw.set("c/d2", n=1, v=1), raw.set("c/elsewhere", n=5))
    async with listening(raw) as listener:
        listener.shown = shown
        await listener.query(1, {**QUERY_ALL, "where": equal("n", 1)}, resume_token=token)
        assert set(shown[1]) == {"new", *(f"d{n}" for n in range(2, 10))}
        assert shown[1]["d2"] == {"n": 1, "v": 1}
        sent = [m for m in listener.messages if m.WhichOneof("response_type").startswith("document_")]
        assert len(sent) == 4
        assert any(m.HasField("filter") for m in listener.messages)


async def test_a_token_from_before_what_is_kept_brings_everything_anew(raw: Raw) -> None:
    await raw.commit(raw.set("c/a", n=1))
    async with listening(raw) as listener:
        listener.shown = {1: {"gone": {"n": 1}}}
        await listener.query(1, QUERY_ALL, resume_token=b"t" + (1).to_bytes(8, "big"))
        assert listener.shown[1] == {"a": {"n": 1}}


async def test_a_target_for_once_ends_by_itself(raw: Raw) -> None:
    await raw.commit(raw.set("c/a", n=1))
    async with listening(raw) as listener:
        await listener.query(1, QUERY_ALL, once=True)
        assert listener.shown[1] == {"a": {"n": 1}}
        message = await listener.call.read()
        assert (message.target_change.target_change_type, list(message.target_change.target_ids)) == (2, [1])


@pytest.mark.parametrize("limit", [None, 3])
async def test_listeners_resume_over_a_restart(tmp_path: Path, limit: int | None) -> None:
    file = tmp_path / "own.db"
    query: dict[str, Any] = dict(QUERY_ALL)
    if limit:
        query["limit"] = {"value": limit}
    server = Server(file)
    async with grpc.aio.insecure_channel(await server.start()) as channel:
        raw = Raw(channel, "projects/p/databases/(default)")
        await raw.commit(*(raw.set(f"c/d{n}", n=n) for n in range(3)))
        async with listening(raw) as listener:
            await listener.query(1, query)
            shown, token = listener.shown, listener.token
        await raw.commit(wire.Write(delete=f"{raw.root}/c/d0"))
    await server.stop()
    server = Server(file)
    async with grpc.aio.insecure_channel(await server.start()) as channel:
        raw = Raw(channel, "projects/p/databases/(default)")
        await raw.commit(raw.set("c/d1", n=11))
        async with listening(raw) as listener:
            listener.shown = shown
            await listener.query(1, query, resume_token=token)
            assert shown[1] == {"d1": {"n": 11}, "d2": {"n": 2}}
            sent = [m for m in listener.messages if m.WhichOneof("response_type").startswith("document_")]
            assert len(sent) == 2
    await server.stop()


async def test_the_clients_watch_works(address: str, project: str) -> None:
    def work() -> list[list[int]]:
        client = sync_client(address, project)
        seen: list[list[int]] = []
        came = threading.Condition()

        def on_snapshot(documents: Any, changes: Any, time: Any) -> None:
            with came:
                seen.append([snapshot.get("n") for snapshot in documents])
                came.notify_all()

        def wait_for(last: list[int]) -> None:
            with came:
                assert came.wait_for(lambda: bool(seen) and seen[-1] == last, 10), seen

        query = client.collection("c").where(filter=FieldFilter("n", ">", 0)).order_by("n")
        watch = query.on_snapshot(on_snapshot)
        wait_for([])
        client.document("c/a").set({"n": 2})
        wait_for([2])
        client.document("c/b").set({"n": 1})
        wait_for([1, 2])
        client.document("c/a").set({"n": 0})
        wait_for([1])
        client.document("c/b").delete()
        wait_for([])
        watch.unsubscribe()  # type: ignore[no-untyped-call]
        return seen

    assert len(await asyncio.to_thread(work)) == 5
