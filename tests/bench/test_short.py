"""Every benchmark runs to its end, in its shortest form, and prints figures. How large they are is not asked here."""

from __future__ import annotations

import asyncio
import math
import re
import sys
from collections.abc import AsyncIterator

import pytest

from bench import auto_stream, command, history, opening, startup
from bench.__main__ import names
from bench._crew import Crew, crew
from demo.proof import until

# The options of the shortest form, and what stands in its output
SHORT: dict[str, tuple[str, tuple[str, ...]]] = {
    "bridge": ("--docks 5 --messages 1000", ("bare aiomqtt loop", "bridge")),
    "console": ("--docks 6 --seconds 2 --rounds 1", ("6 docks", "no dock", "pictures a second")),
    "dji_decode": ("--rounds 20", ("dock", "aircraft", "both")),
    "drc": ("--docks 2 --sessions 1 --seconds 3", ("1 flown by hand of 2 docks", "p99")),
    "firestore": ("--tiny", ("writes/s, 50 writers at once", "documents/s, no filter, all")),
    "firmware_rollout": ("--docks 3 --at-once 3", ("3 succeeded, 0 failed", "docks not upgraded exactly once")),
    "ingress": ("--streams 1 --seconds 1", ("ours", "decode + encode", "CPU per frame")),
    "flights": ("--docks 2 --speed 30", ("ended ok", "ms of a command, p50", "events of a flight, mean")),
    "relay": ("--docks 2 --speed 30", ("relay", "flights alone", "relay against flights alone")),
    "scale": ("--few 2 --many 8 --seconds 4", ("bridge", "a dock of 8 against one of 2")),
    "sei": ("--streams 1 --seconds 1 --rounds 1", ("without AI", "with AI", "CPU per frame")),
    "store": ("--calls 50 --seconds 1", ("read, one after another", "query, 50 at once", "changes a call")),
    "simulator": ("--docks 60 --seconds 3", ("simulator", "bare paho")),
}
ONE_STACK = {"auto_stream", "command", "history", "opening"}  # they take turns with the dock of one stack
AT_ONCE = 1


def figures(said: str, *rows: str) -> None:
    """Each row is there, and each that is has a figure; all of them are numbers that one can speak of."""
    for row in rows:
        (*_, line) = [line for line in said.splitlines() if row in line]
        assert re.search(r"\d", line), line
    found = [float(word.replace(",", "")) for word in re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?|\bnan\b|\binf\b", said)]
    assert found
    assert all(map(math.isfinite, found)), said


@pytest.fixture(scope="module")
async def runs() -> AsyncIterator[dict[str, asyncio.Task[tuple[int, str]]]]:
    """Exit code and output of each, `AT_ONCE` at once: other tests keep the machine busy."""
    room = asyncio.Semaphore(AT_ONCE)

    async def run(name: str, options: str) -> tuple[int, str]:
        async with room:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bench", name, *options.split()),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            said, _ = await child.communicate()
            assert child.returncode is not None
            return child.returncode, said.decode()

    running = {name: asyncio.create_task(run(name, options)) for name, (options, _) in SHORT.items()}
    yield running
    await asyncio.gather(*running.values())


@pytest.mark.parametrize("name", sorted(SHORT.keys() & set(names())))
async def test_a_bench_runs_to_its_end(runs: dict[str, asyncio.Task[tuple[int, str]]], name: str) -> None:
    code, said = await runs[name]
    assert code == 0, said
    figures(said, *SHORT[name][1])


@pytest.fixture(scope="module")
async def dock() -> AsyncIterator[Crew]:
    async with crew(speed=20) as dock:
        yield dock


async def test_those_of_one_stack_one_after_another(dock: Crew, capsys: pytest.CaptureFixture[str]) -> None:
    await opening.measure(dock, 1)
    figures(capsys.readouterr().out, "the dock's tile", "with what is kept", "the map", "page.json")
    await auto_stream.measure(dock, 1)
    figures(capsys.readouterr().out, "assigned, to the first frame seen", "bare publisher", "of the bare publisher's")
    await dock.assign()
    await dock.life.auto_stream()
    await command.measure(dock, 2)
    figures(capsys.readouterr().out, "REST to the dock and back", "one activity and one signal")

    async def idle() -> bool:
        shown = await dock.call("GET", f"/v1/docks/{dock.life.sn}")
        return shown["lease"] is None and shown["osd"]["mode_code"] == 0

    await until("dock idle", idle, 60)
    await history.measure(dock, 0.5, 20)
    said = capsys.readouterr().out
    figures(said, "pairing", "mission", "auto-stream", "flight")
    assert "ended ok" in said


async def test_startup(capsys: pytest.CaptureFixture[str]) -> None:
    await startup.measure(1, ("temporal", "firestore"))
    figures(capsys.readouterr().out, "first start", "warm start of all parts", "Temporal alone")


def test_every_bench_has_a_short_form() -> None:
    assert set(names()) <= {*SHORT, *ONE_STACK, "startup"}
