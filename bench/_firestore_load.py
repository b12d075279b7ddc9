"""Load for a Firestore server over the bare protocol: what is measured is the server, as far as one can."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

import grpc

from embedded.firestore import wire

DATABASE = "projects/bench/databases/(default)"
ROOT = f"{DATABASE}/documents"
SERVICE = "/google.firestore.v1.Firestore/"
WRITERS = 50
BATCH = 500


@dataclass(frozen=True)
class Sizes:
    """How much of everything."""

    writes: int = 500
    concurrent: int = 3000
    batches: int = 10
    reads: int = 2000
    documents: int = 100_000
    queries: int = 300
    listeners: int = 500
    rate: int = 1000
    seconds: float = 5.0


def fields(number: int) -> dict[str, Any]:
    """A document like those of a dock: numbers, texts, a nested map, a list."""
    return {
        "number": {"integer_value": number},
        "group": {"integer_value": number % 1000},
        "even": {"boolean_value": number % 2 == 0},
        "name": {"string_value": f"document {number}"},
        "height": {"double_value": number / 7},
        "place": {"map_value": {"fields": {"lat": {"double_value": 47.1}, "lng": {"double_value": 8.5}}}},
        "tags": {"array_value": {"values": [{"string_value": "a"}, {"string_value": "b"}]}},
    }


def write(path: str, number: int) -> Any:
    """A write of such a document."""
    return wire.Write(update={"name": f"{ROOT}/{path}", "fields": fields(number)})


def field_query(collection: str, field: str, value: Any, limit: int | None = None) -> Any:
    """An equality."""
    query = wire.StructuredQuery(from_=[{"collection_id": collection}])
    query.where.field_filter.field.field_path = field
    query.where.field_filter.op = 5
    query.where.field_filter.value.CopyFrom(wire.Value(**value))
    if limit is not None:
        query.limit.value = limit
    return query


class Load:
    """One channel to a server."""

    def __init__(self, address: str, sizes: Sizes) -> None:
        self.sizes = sizes
        self._channel = grpc.aio.insecure_channel(address)
        self._listening = [
            grpc.aio.insecure_channel(address, [("grpc.use_local_subchannel_pool", 1)]) for _ in range(6)
        ]
        self._commit = self._channel.unary_unary(SERVICE + "Commit", wire.serialize, None)
        self._get = self._channel.unary_stream(SERVICE + "BatchGetDocuments", wire.serialize, None)
        self._query = self._channel.unary_stream(SERVICE + "RunQuery", wire.serialize, None)

    async def close(self) -> None:
        """Hang up."""
        for channel in (self._channel, *self._listening):
            await channel.close()

    async def commit(self, *writes: Any) -> None:
        """One commit."""
        await self._commit(wire.CommitRequest(database=DATABASE, writes=writes))

    async def get(self, path: str) -> None:
        """One document."""
        request = wire.BatchGetDocumentsRequest(database=DATABASE, documents=[f"{ROOT}/{path}"])
        async for _ in self._get(request):
            pass

    async def query(self, query: Any) -> int:
        """All results of a query; returns how many messages came."""
        count = 0
        async for _ in self._query(wire.RunQueryRequest(parent=ROOT, structured_query=query)):
            count += 1
        return count

    async def one_after_another(self, count: int, call: Callable[[int], Awaitable[Any]]) -> float:
        """Calls a second of one caller."""
        begun = time.perf_counter()
        for number in range(count):
            await call(number)
        return count / (time.perf_counter() - begun)

    async def at_once(self, count: int, call: Callable[[int], Awaitable[Any]], callers: int = WRITERS) -> float:
        """Calls a second of many callers."""
        numbers = iter(range(count))

        async def work() -> None:
            for number in numbers:
                await call(number)

        begun = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(callers)))
        return count / (time.perf_counter() - begun)

    async def within(self, count: int, call: Callable[[int], Awaitable[Any]], seconds: float = 15.0) -> float:
        """Calls a second of one caller, who stops after a while if they take long."""
        begun = time.perf_counter()
        done = 0
        while done < count and time.perf_counter() - begun < seconds:
            await call(done)
            done += 1
        return done / (time.perf_counter() - begun)

    async def fill(self, documents: int, seconds: float) -> int:
        """Fill the collection `big`, for so long at most; returns how many documents it has."""
        begun = time.perf_counter()
        for first in range(0, documents, BATCH):
            if time.perf_counter() - begun > seconds:
                return first
            await self.commit(*(write(f"big/d{n:06}", n) for n in range(first, min(first + BATCH, documents))))
        return documents

    async def listen(self) -> tuple[float, float, float]:
        """Listeners on a group of documents each, and changes at a steady rate.

        Returns changes delivered a second, and the median and 99th percentile of the milliseconds from the begin of a
        commit to the arrival of the change.
        """
        sizes = self.sizes
        sent: dict[int, float] = {}
        delays: list[float] = []
        ready = asyncio.Semaphore(0)

        async def hear(number: int) -> None:
            channel = self._listening[number % len(self._listening)]
            call = channel.stream_stream(SERVICE + "Listen", wire.serialize, wire.ListenResponse.FromString)()
            query = field_query("live", "group", {"integer_value": number})
            target = {"target_id": 1, "query": {"parent": ROOT, "structured_query": query}}
            await call.write(wire.ListenRequest(database=DATABASE, add_target=target))
            async for message in call:
                if message.HasField("document_change"):
                    delays.append(
                        time.perf_counter() - sent[message.document_change.document.fields["n"].integer_value]
                    )
                elif message.target_change.target_change_type == 3:
                    ready.release()

        hearers = [asyncio.create_task(hear(number)) for number in range(sizes.listeners)]
        for _ in hearers:
            await ready.acquire()
        total = int(sizes.rate * sizes.seconds)
        begun = time.perf_counter()
        pending: set[asyncio.Task[None]] = set()
        for number in range(total):
            wait = begun + number / sizes.rate - time.perf_counter()
            if wait > 0:
                await asyncio.sleep(wait)
            group = number % sizes.listeners
            values = {"n": {"integer_value": number}, "group": {"integer_value": group}}
            sent[number] = time.perf_counter()
            change = wire.Write(update={"name": f"{ROOT}/live/d{group}", "fields": values})
            task = asyncio.create_task(self.commit(change))
            pending.add(task)
            task.add_done_callback(pending.discard)
        if pending:
            await asyncio.wait(pending, timeout=30)
        late = list(pending)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        last = time.perf_counter() + 5
        while len(delays) < total and time.perf_counter() < last:
            await asyncio.sleep(0.02)
        taken = time.perf_counter() - begun
        for hearer in hearers:
            hearer.cancel()
        await asyncio.gather(*hearers, return_exceptions=True)
        cuts = quantiles(delays, n=100) if len(delays) > 1 else [0.0] * 99
        return len(delays) / taken, cuts[49] * 1000, cuts[98] * 1000
