"""The supervisor keeps parts running and leaves nothing behind."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from embedded.part import Part, StackError
from embedded.supervisor import Event, Supervisor
from tests.embedded.conftest import MakePart

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
WITH_CHILD = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"


class Events(list[Event]):
    """What was reported, and a wait for the next report of a kind."""

    def __init__(self) -> None:
        super().__init__()
        self._news = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()

    def __call__(self, event: Event) -> None:
        self.append(event)
        task = asyncio.ensure_future(self._tell())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell(self) -> None:
        async with self._news:
            self._news.notify_all()

    def count(self, kind: object) -> int:
        return sum(event.kind == kind for event in self)

    async def until(self, kind: str, count: int) -> None:
        async with asyncio.timeout(20), self._news:
            await self._news.wait_for(lambda: self.count(kind) >= count)


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
async def supervisor(tmp_path: Path, events: Events) -> AsyncIterator[Supervisor]:
    one = Supervisor(tmp_path / "logs", events, lambda: None)
    yield one
    await one.stop()


async def test_a_killed_part_comes_back_as_another_process(
    supervisor: Supervisor, web_part: MakePart, events: Events
) -> None:
    await supervisor.start([web_part("web")])
    keeper = supervisor.keepers["web"]
    first = keeper.pid
    await keeper.kill()
    await asyncio.wait_for(keeper.is_ready.wait(), 20)
    assert keeper.restarts == 1
    assert keeper.pid not in (first, None)
    died = next(event for event in events if event.kind == "died")
    assert died.text == "killed by signal 9; restarted in 0.2 s"


async def test_pauses_between_restarts_grow(supervisor: Supervisor, web_part: MakePart, events: Events) -> None:
    await supervisor.start([web_part("web")])
    for times in (1, 2, 3):
        await supervisor.keepers["web"].kill()
        await events.until("ready", times + 1)
    pauses = [event.text.rpartition("restarted in ")[2] for event in events if event.kind == "died"]
    assert pauses == ["0.2 s", "0.4 s", "0.8 s"]


async def test_a_part_held_down_stays_down_until_released(
    supervisor: Supervisor, web_part: MakePart, events: Events
) -> None:
    await supervisor.start([web_part("web")])
    async with supervisor.down("web"):
        await events.until("died", 1)
        assert supervisor.keepers["web"].pid is None
        assert events.count("starting") == 1
    assert supervisor.keepers["web"].pid is not None


async def test_stop_ends_a_part_that_ignores_it_and_what_it_started(
    supervisor: Supervisor, web_part: MakePart, tmp_path: Path
) -> None:
    async def at_once() -> None:
        return

    stubborn = Part(name="stubborn", argv=(sys.executable, "-c", f"{WITH_CHILD}\n{STUBBORN}"), probe=at_once, grace=0.3)
    await supervisor.start([stubborn, web_part("web")])
    pids = [keeper.pid for keeper in supervisor.keepers.values()]
    await supervisor.stop()
    left = [process for process in psutil.process_iter() if _group(process) in pids and process.status() != "zombie"]
    assert left == []


def _group(process: psutil.Process) -> int | None:
    try:
        return int(Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[2])
    except OSError:
        return None


async def test_a_part_that_ends_at_once_is_named_with_its_last_words(supervisor: Supervisor) -> None:
    async def never() -> None:
        raise ConnectionError("no answer")

    broken = Part(name="broken", argv=(sys.executable, "-c", "raise SystemExit('ARGUS_X is wrong')"), probe=never)
    with pytest.raises(StackError, match=r"broken ended at once \(exit code 1\)") as raised:
        await supervisor.start([broken])
    assert "ARGUS_X is wrong" in str(raised.value)


async def test_a_part_that_does_not_answer_in_time_is_named(supervisor: Supervisor, web_part: MakePart) -> None:
    async def never() -> None:
        raise ConnectionError("no answer")

    with pytest.raises(StackError, match=r"web was not ready within 0 s \(ConnectionError: no answer\)"):
        await supervisor.start([replace(web_part("web"), probe=never, ready_within=0.4)])


async def test_a_program_that_is_not_there_is_named(supervisor: Supervisor, web_part: MakePart) -> None:
    with pytest.raises(StackError, match="cannot run /no/such/program: No such file"):
        await supervisor.start([replace(web_part("web"), argv=("/no/such/program",))])


SUPERVISE = """
import asyncio, sys
from pathlib import Path
from embedded.part import Part
from embedded.supervisor import Supervisor

async def main():
    async def at_once(): pass
    supervisor = Supervisor(Path(sys.argv[1]), lambda event: None, lambda: None)
    sleep = (sys.executable, "-c", "import time; time.sleep(600)")
    await supervisor.start([Part(name="sleeper", argv=sleep, probe=at_once)])
    print(supervisor.keepers["sleeper"].pid, flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


def test_parts_end_when_the_supervisor_is_killed(tmp_path: Path) -> None:
    supervising = subprocess.Popen([sys.executable, "-c", SUPERVISE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with supervising:
        assert supervising.stdout is not None
        part = psutil.Process(int(supervising.stdout.readline()))
        supervising.send_signal(signal.SIGKILL)
        assert part.wait(10) is None  # gone; nobody's child any more, so there is no exit code
