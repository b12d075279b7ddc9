"""Transactions are serialisable, and nobody waits for ever."""

import asyncio
import random
from collections.abc import Callable
from typing import Any

import grpc
import pytest
from google.cloud import firestore as google
from google.cloud.firestore_v1.base_query import FieldFilter

from embedded.firestore import wire
from tests.embedded.firestore.conftest import Raw

ACCOUNTS, CLIENTS, TRANSFERS, AMOUNT = 8, 12, 6, 1000


async def test_money_moves_between_documents_and_the_sum_never_changes(db: google.AsyncClient) -> None:
    accounts = [db.collection("accounts").document(f"a{number}") for number in range(ACCOUNTS)]
    for account in accounts:
        await account.set({"amount": AMOUNT})
    done = asyncio.Event()

    @google.async_transactional
    async def move(transaction: Any, origin: Any, to: Any, amount: int) -> None:
        left = (await origin.get(transaction=transaction)).get("amount")
        there = (await to.get(transaction=transaction)).get("amount")
        transaction.update(origin, {"amount": left - amount})
        transaction.update(to, {"amount": there + amount})

    async def work(number: int) -> None:
        dice = random.Random(number)
        for _ in range(TRANSFERS):
            origin, to = dice.sample(accounts, 2)
            await move(db.transaction(max_attempts=50), origin, to, dice.randint(1, 50))

    @google.async_transactional
    async def total(transaction: Any) -> int:
        return sum([s.get("amount") async for s in db.collection("accounts").stream(transaction=transaction)])

    async def watch() -> int:
        looks = 0
        while not done.is_set():
            found = [snapshot.get("amount") for snapshot in await db.collection("accounts").get()]
            assert sum(found) == ACCOUNTS * AMOUNT
            found = [snapshot.get("amount") async for snapshot in db.get_all(accounts)]
            assert sum(found) == ACCOUNTS * AMOUNT
            assert await total(db.transaction(read_only=True)) == ACCOUNTS * AMOUNT
            looks += 1
        return looks

    watcher = asyncio.create_task(watch())
    try:
        await asyncio.gather(*(work(number) for number in range(CLIENTS)))
    finally:
        done.set()
    assert await watcher > 0


async def test_of_two_transactions_that_read_the_same_document_the_older_commits(raw: Raw) -> None:
    await raw.commit(raw.set("c/d", n=0))
    first, second = await raw.begin(), await raw.begin()
    await raw.get("c/d", first)
    await raw.get("c/d", second)
    younger = asyncio.ensure_future(raw.commit(raw.set("c/d", n=2), transaction=second))
    await raw.commit(raw.set("c/d", n=1), transaction=first)
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await younger
    assert error.value.code() == grpc.StatusCode.ABORTED
    assert (await raw.get("c/d")).fields["n"].integer_value == 1


async def test_a_plain_write_makes_a_transaction_stale_and_its_reads_still_fit_together(raw: Raw) -> None:
    await raw.commit(raw.set("c/a", n=1), raw.set("c/b", n=1))
    token = await raw.begin()
    assert (await raw.get("c/a", token)).fields["n"].integer_value == 1
    await raw.commit(raw.set("c/a", n=2), raw.set("c/b", n=2))
    assert (await raw.get("c/b", token)).fields["n"].integer_value == 1
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.commit(raw.set("c/x", n=0), transaction=token)
    assert error.value.code() == grpc.StatusCode.ABORTED
    assert await raw.get("c/x") is None


@pytest.mark.parametrize("seen", [True, False])
async def test_a_write_that_a_query_would_have_found_conflicts_and_another_does_not(
    raw: Raw, db: google.AsyncClient, seen: bool
) -> None:
    query = db.collection("c").where(filter=FieldFilter("n", "==", 1))
    transaction = db.transaction()
    await transaction._begin()
    assert await query.get(transaction=transaction) == []
    await db.document("c/phantom").set({"n": 1 if seen else 2})
    transaction.set(db.document("c/result"), {"found": 0})
    if seen:
        with pytest.raises(Exception, match="contention"):
            await transaction._commit()
    else:
        await transaction._commit()
    assert (await db.document("c/result").get()).exists is not seen


async def test_an_abandoned_transaction_delays_a_younger_one_for_its_lock_time_only(raw: Raw) -> None:
    await raw.commit(raw.set("c/d", n=0))
    abandoned = await raw.begin()
    await raw.get("c/d", abandoned)
    await raw.commit(raw.set("c/d", n=1))  # a plain write waits for nobody
    again = await raw.begin()
    await raw.get("c/d", again)
    other = await raw.begin()
    await raw.get("c/d", other)
    async with asyncio.timeout(10):
        await raw.commit(raw.set("c/d", n=2), transaction=other)
    assert (await raw.get("c/d")).fields["n"].integer_value == 2
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.commit(raw.set("c/d", n=3), transaction=again)
    assert error.value.code() == grpc.StatusCode.ABORTED


async def test_a_retry_keeps_its_age_and_so_its_turn(raw: Raw) -> None:
    await raw.commit(raw.set("c/d", n=0))
    lost = await raw.begin()
    await raw.get("c/d", lost)
    newcomer = await raw.begin()
    await raw.get("c/d", newcomer)
    await raw.commit(raw.set("c/d", n=1))
    retry = await raw.begin(read_write={"retry_transaction": lost})
    newcomer = await raw.begin()
    await raw.get("c/d", newcomer)
    await raw.get("c/d", retry)
    waiting = asyncio.ensure_future(raw.commit(raw.set("c/d", n=2), transaction=newcomer))
    await raw.commit(raw.set("c/d", n=3), transaction=retry)
    with pytest.raises(grpc.aio.AioRpcError):
        await waiting
    assert (await raw.get("c/d")).fields["n"].integer_value == 3


async def test_a_read_only_transaction_reads_one_moment_and_writes_nothing(raw: Raw) -> None:
    first = await raw.commit(raw.set("c/d", n=1))
    token = await raw.begin(read_only={})
    await raw.commit(raw.set("c/d", n=2))
    assert (await raw.get("c/d", token)).fields["n"].integer_value == 1
    at_time = await raw.begin(read_only={"read_time": first.commit_time})
    assert (await raw.get("c/d", at_time)).fields["n"].integer_value == 1
    with pytest.raises(grpc.aio.AioRpcError, match="read-only"):
        await raw.commit(raw.set("c/d", n=3), transaction=token)


async def test_a_transaction_can_begin_with_its_first_read(raw: Raw) -> None:
    request = wire.BatchGetDocumentsRequest(
        database=raw.database, documents=[f"{raw.root}/c/d"], new_transaction={"read_write": {}}
    )
    answers = await raw.stream("BatchGetDocuments", request, wire.BatchGetDocumentsResponse)
    assert answers[0].transaction
    assert answers[1].missing == f"{raw.root}/c/d"
    await raw.commit(raw.set("c/d", n=1))
    with pytest.raises(grpc.aio.AioRpcError) as error:
        await raw.commit(raw.set("c/e", n=1), transaction=answers[0].transaction)
    assert error.value.code() == grpc.StatusCode.ABORTED


async def test_rolled_back_and_unknown_transactions_are_refused(raw: Raw) -> None:
    token = await raw.begin()
    request = wire.RollbackRequest(database=raw.database, transaction=token)
    await raw.unary("Rollback", request)
    await raw.unary("Rollback", request)
    for bad, code in ((token, grpc.StatusCode.ABORTED), (b"nonsense", grpc.StatusCode.INVALID_ARGUMENT)):
        with pytest.raises(grpc.aio.AioRpcError) as error:
            await raw.commit(raw.set("c/d", n=1), transaction=bad)
        assert error.value.code() == code


async def test_counters_of_many_clients_lose_no_step(
    address: str, project: str, connect: Callable[..., google.AsyncClient]
) -> None:
    clients = [connect(address, project) for _ in range(5)]
    counter = "counters/one"

    @google.async_transactional
    async def step(transaction: Any, document: Any) -> None:
        snapshot = await document.get(transaction=transaction)
        transaction.set(document, {"n": (snapshot.to_dict() or {"n": 0})["n"] + 1})

    async def work(client: google.AsyncClient) -> None:
        for _ in range(4):
            await step(client.transaction(max_attempts=50), client.document(counter))

    await asyncio.gather(*map(work, clients))
    assert (await clients[0].document(counter).get()).get("n") == 20
