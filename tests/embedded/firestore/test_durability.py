"""Acknowledged means on the disk: the server is killed at random moments of a mixed load and loses nothing.

FIRESTORE_KILLS sets how often (200 in the long form).
"""

import asyncio
import os
import random
import signal
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import psutil
import pytest

from embedded.firestore import wire
from embedded.firestore.schema import StorageError, open_writer
from embedded.firestore.server import Server
from tests.embedded.firestore.conftest import Raw
from tests.embedded.firestore.test_listen import QUERY_ALL, Listener

KILLS = int(os.environ.get("FIRESTORE_KILLS", "8"))
BACK_WITHIN_SECONDS = 2.0
WRITERS = 6
CHECKOUT = Path(__file__).parents[3]
DATABASE = "projects/p/databases/(default)"


@dataclass
class Process:
    """A server of its own process on one file."""

    file: Path
    process: asyncio.subprocess.Process | None = None
    address: str = ""
    seconds: float = 0.0

    async def start(self) -> None:
        """Start it and wait until it serves."""
        begun = time.monotonic()
        command = [sys.executable, "-m", "embedded.firestore", "--db", str(self.file), "--port", "0"]
        self.process = await asyncio.create_subprocess_exec(*command, cwd=CHECKOUT, stdout=subprocess.PIPE)
        assert self.process.stdout is not None
        line = (await self.process.stdout.readline()).decode()
        assert line.startswith("ready on ")
        self.address = line.removeprefix("ready on ").strip()
        self.seconds = time.monotonic() - begun

    async def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; returns the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return await self.process.wait()


@asynccontextmanager
async def serving(file: Path) -> AsyncIterator[Process]:
    """A process that is ended at the end."""
    process = Process(file)
    await process.start()
    try:
        yield process
    finally:
        if process.process is not None and process.process.returncode is None:
            await process.end(signal.SIGKILL)


@dataclass
class Load:
    """What was acknowledged, and what was begun."""

    pairs: dict[int, int] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    counter: int = 0
    counter_begun: int = 0

    async def pair(self, raw: Raw, writer: int) -> None:
        """Two documents that always hold the same number."""
        while True:
            number = self.pairs.get(writer, 0) + 1
            await raw.commit(raw.set(f"pairs/l{writer}", n=number), raw.set(f"pairs/r{writer}", n=number))
            self.pairs[writer] = number

    async def batches(self, raw: Raw, run: int) -> None:
        """New documents, and deletions of some."""
        for step in range(1_000_000):
            names = [f"made/{run}-{step}-{n}" for n in range(20)]
            await raw.commit(*(raw.set(name, n=n) for n, name in enumerate(names)))
            self.created.update(names)
            await raw.commit(wire.Write(delete=f"{raw.root}/{names[0]}"))
            self.deleted.add(names[0])

    async def transactions(self, raw: Raw) -> None:
        """A counter that only grows by one."""
        while True:
            token = await raw.begin()
            found = await raw.get("counter/c", token)
            number = found.fields["n"].integer_value + 1 if found else 1
            self.counter_begun = max(self.counter_begun, number)
            await raw.commit(raw.set("counter/c", n=number), transaction=token)
            self.counter = number

    async def verify(self, raw: Raw) -> None:
        """Nothing acknowledged is missing, nothing half-written is there."""
        for writer, number in self.pairs.items():
            left, right = await raw.get(f"pairs/l{writer}"), await raw.get(f"pairs/r{writer}")
            found = left.fields["n"].integer_value
            assert found == right.fields["n"].integer_value
            assert found in (number, number + 1)
            self.pairs[writer] = found
        query = wire.StructuredQuery(from_=[{"collection_id": "made"}])
        request = wire.RunQueryRequest(parent=raw.root, structured_query=query)
        answers = await raw.stream("RunQuery", request, wire.RunQueryResponse)
        there = {a.document.name.removeprefix(f"{raw.root}/") for a in answers if a.HasField("document")}
        # A deletion may have been stored without its answer getting through.
        assert all(name.endswith("-0") for name in self.created - there)
        assert not self.deleted & there
        sizes: dict[str, int] = {}
        for name in there - self.created:
            batch = name.rpartition("-")[0]
            sizes[batch] = sizes.get(batch, 0) + 1
        assert set(sizes.values()) <= {19, 20}
        counter = await raw.get("counter/c")
        assert self.counter <= (counter.fields["n"].integer_value if counter else 0) <= self.counter_begun


@pytest.mark.timeout(60 + 10 * KILLS)
async def test_kill_at_random_moments_loses_nothing_acknowledged(tmp_path: Path) -> None:
    dice = random.Random(5)
    load = Load()
    shown: dict[int, dict[str, dict[str, int]]] = {}
    token = b""
    restarts: list[float] = []
    async with serving(tmp_path / "own.db") as process:
        for run in range(KILLS):
            async with grpc.aio.insecure_channel(process.address) as channel:
                raw = Raw(channel, DATABASE)
                listener = Listener(raw)
                listener.shown = shown
                await listener.query(1, {"from_": [{"collection_id": "pairs"}]}, resume_token=token)
                token = listener.token
                work = [asyncio.ensure_future(load.pair(raw, writer)) for writer in range(WRITERS)]
                work += [asyncio.ensure_future(load.batches(raw, run)), asyncio.ensure_future(load.transactions(raw))]
                await asyncio.sleep(dice.uniform(0.02, 0.6))  # the moment is the test's subject: any will do
                await process.end(signal.SIGKILL)
                ends = await asyncio.gather(*work, return_exceptions=True)
                assert all(isinstance(end, grpc.aio.AioRpcError) for end in ends), ends
            await process.start()
            restarts.append(process.seconds)
            async with grpc.aio.insecure_channel(process.address) as channel:
                raw = Raw(channel, DATABASE)
                await load.verify(raw)
                listener = Listener(raw)
                listener.shown = shown
                await listener.query(1, {"from_": [{"collection_id": "pairs"}]}, resume_token=token)
                token = listener.token
                assert {name: fields["n"] for name, fields in shown[1].items()} == {
                    f"{side}{writer}": number for writer, number in load.pairs.items() for side in "lr"
                }
    assert sum(load.pairs.values()) > 0
    # The median, as a single start may have waited for its turn on a busy machine.
    assert statistics.median(restarts) < BACK_WITHIN_SECONDS, restarts
    check = sqlite3.connect(tmp_path / "own.db")
    assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()


async def test_it_ends_cleanly_and_keeps_everything(tmp_path: Path) -> None:
    async with serving(tmp_path / "own.db") as process:
        async with grpc.aio.insecure_channel(process.address) as channel:
            raw = Raw(channel, DATABASE)
            first = await raw.commit(raw.set("c/d", n=1))
            listener = Listener(raw)
            await listener.query(1, QUERY_ALL)
            assert await process.end(signal.SIGTERM) == 0
        await process.start()
        async with grpc.aio.insecure_channel(process.address) as channel:
            raw = Raw(channel, DATABASE)
            second = await raw.commit(raw.set("c/e", n=1))
            assert (await raw.get("c/d")).update_time == first.commit_time
            assert second.commit_time.ToMicroseconds() > first.commit_time.ToMicroseconds()
            with pytest.raises(grpc.aio.AioRpcError) as error:
                await raw.commit(raw.set("c/d", n=2), transaction=b"x" * 24)
            assert error.value.code() == grpc.StatusCode.ABORTED


def refused(file: Path, message: str) -> None:
    """Starting on the file fails with a sentence and leaves it as it is."""
    before = file.read_bytes()
    with pytest.raises(StorageError, match=message):
        Server(file)
    assert file.read_bytes() == before


def test_foreign_and_damaged_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Not a database at all, but a person's notes.\n" * 50)
    refused(text, "not a Firestore file")
    foreign = tmp_path / "foreign.db"
    other = sqlite3.connect(foreign)
    other.execute("CREATE TABLE people(name)")
    other.commit()
    other.close()
    refused(foreign, "another program")
    newer = tmp_path / "newer.db"
    open_writer(newer).close()
    made = sqlite3.connect(newer)
    made.execute("PRAGMA user_version = 99")
    made.close()
    refused(newer, "format 99")
    made = sqlite3.connect(newer)
    made.execute("PRAGMA user_version = 2")
    made.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()
    damaged = bytearray(newer.read_bytes())
    damaged[4096 * 2 : 4096 * 3] = b"\x5a" * 4096
    newer.write_bytes(damaged)
    refused(newer, "damaged|malformed|cannot be used")


async def test_a_file_is_served_by_one_server_only(tmp_path: Path) -> None:
    file = tmp_path / "own.db"
    server = Server(file)
    await server.start()
    with pytest.raises(StorageError, match="in use"):
        Server(file)
    await server.stop()
    command = [sys.executable, "-m", "embedded.firestore", "--db", str(tmp_path), "--port", "0"]
    process = await asyncio.create_subprocess_exec(*command, cwd=CHECKOUT, stderr=subprocess.PIPE)
    _, said = await process.communicate()
    assert process.returncode == 1
    assert b"Traceback" not in said


async def test_it_listens_on_loopback_unless_told_otherwise(tmp_path: Path) -> None:
    async with serving(tmp_path / "own.db") as process:
        assert process.process is not None
        heard = psutil.Process(process.process.pid).net_connections("inet")
        hosts = {connection.laddr[0] for connection in heard}
        assert {host.removeprefix("::ffff:") for host in hosts} == {"127.0.0.1"}


async def test_a_taken_port_is_named(tmp_path: Path, address: str) -> None:
    host, _, port = address.rpartition(":")
    server = Server(tmp_path / "own.db")
    with pytest.raises(OSError, match=port):
        await server.start(host, int(port))
    await server.stop()
