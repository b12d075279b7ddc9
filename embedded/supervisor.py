"""Keeps parts running: starts them in order of readiness, restarts what dies, ends all of it in reverse."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embedded.child import Child, rotate
from embedded.environment import inherited
from embedded.part import Part, StackError

BACKOFF_FIRST = 0.2
BACKOFF_MOST = 5.0
# A part that ran this long was healthy: its next death is a new one, not the same fault again.
HEALTHY_AFTER = 30.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something to show: a part's name, what became of it, how long that took in seconds, and a word about it."""

    part: str
    kind: Literal["starting", "ready", "died", "stopped"]
    seconds: float = 0.0
    text: str = ""


Report = Callable[[Event], None]


class Keeper:
    """Keeps one part running, from `start` to `stop`."""

    def __init__(self, part: Part, logs: Path, report: Report, changed: Callable[[], None]) -> None:
        self.part = part
        self.log = logs / f"{part.name}.log"
        self.restarts = 0
        self.is_ready = asyncio.Event()
        self._report = report
        self._changed = changed
        self._child: Child | None = None
        self._task: asyncio.Task[None] | None = None
        self._may_run = asyncio.Event()
        self._may_run.set()

    @property
    def pid(self) -> int | None:
        """The process id of the run that is on; None between two."""
        return self._child.pid if self._child else None

    async def start(self) -> None:
        """Start the part and wait until it is ready. Raises StackError when its first run does not get there."""
        await asyncio.to_thread(rotate, self.log)
        child = await self._begin()
        try:
            await self._await_ready(child)
        except BaseException:
            await child.stop()
            raise
        self._task = asyncio.create_task(self._keep(child), name=f"keep-{self.part.name}")

    async def _begin(self) -> Child:
        self._report(Event(self.part.name, "starting"))
        child = Child(self.part, self.log, inherited())
        await child.start()
        self._child = child
        self._changed()
        return child

    async def _await_ready(self, child: Child) -> None:
        seconds = await child.ready()
        self.is_ready.set()
        self._changed()
        self._report(Event(self.part.name, "ready", seconds))

    async def _keep(self, child: Child) -> None:
        pause = BACKOFF_FIRST
        while True:
            began = time.monotonic()
            fault = ""
            if not self.is_ready.is_set():
                try:
                    await self._await_ready(child)
                except StackError as error:
                    fault = str(error)
                    await child.stop()  # it runs, but does not answer
            code = await child.wait()
            child.kill()  # what it left in its group would hold its ports
            self.is_ready.clear()
            self._child = None
            lasted = time.monotonic() - began
            pause = BACKOFF_FIRST if lasted > HEALTHY_AFTER else pause
            self._changed()
            self._report(Event(self.part.name, "died", lasted, fault or f"{_ending(code)}; restarted in {pause:.1f} s"))
            child = await self._begin_again(pause)
            pause = min(pause * 2, BACKOFF_MOST)
            self.restarts += 1

    async def _begin_again(self, pause: float) -> Child:
        while True:
            await asyncio.sleep(pause)
            await self._may_run.wait()
            try:
                return await self._begin()
            except OSError as error:  # no memory, no descriptors: the next try may find some
                self._report(Event(self.part.name, "died", 0.0, f"could not be started: {error}"))
                pause = BACKOFF_MOST

    async def kill(self) -> None:
        """SIGKILL; returns when the process has ended. It is restarted by itself: `is_ready` is set when it is back."""
        if self._child is None:
            return
        child = self._child
        self.is_ready.clear()
        child.kill()
        await child.wait()

    def hold(self) -> None:
        """Do not restart the part until `release`."""
        self._may_run.clear()

    def release(self) -> None:
        """Restart the part again when it is down."""
        self._may_run.set()

    async def stop(self) -> None:
        """End the part for good."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
        if self._child is not None:
            began = time.monotonic()
            await self._child.stop()
            self._child = None
            self._report(Event(self.part.name, "stopped", time.monotonic() - began))


class Supervisor:
    """Runs phases of parts: those of a phase start together, a phase begins when the one before is ready."""

    def __init__(self, logs: Path, report: Report, changed: Callable[[], None]) -> None:
        self.keepers: dict[str, Keeper] = {}
        self._logs = logs
        self._report = report
        self._changed = changed
        self._phases: list[list[Keeper]] = []

    async def start(self, parts: Sequence[Part]) -> None:
        """Start one phase. Raises the StackError of the first part that fails; what has started is ended by `stop`."""
        keepers = [Keeper(part, self._logs, self._report, self._changed) for part in parts]
        self._phases.append(keepers)
        self.keepers |= {keeper.part.name: keeper for keeper in keepers}
        try:
            async with asyncio.TaskGroup() as group:
                for keeper in keepers:
                    group.create_task(keeper.start())
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def stop(self) -> None:
        """End all parts, the last phase first. Never raises for a part."""
        while self._phases:
            await asyncio.gather(*(keeper.stop() for keeper in self._phases.pop()), return_exceptions=True)

    @asynccontextmanager
    async def down(self, name: str) -> AsyncIterator[None]:
        """A part killed and kept down for the length of the block, restarted and ready after it."""
        keeper = self.keepers[name]
        keeper.hold()
        try:
            await keeper.kill()
            yield
        finally:
            keeper.release()
            await keeper.is_ready.wait()


def _ending(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
