"""One run of one part: started in its own process group, with its output in a log file, ended politely and then not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from embedded.part import Part, StackError

LAUNCH = Path(__file__).with_name("launch.py")
LOG_LIMIT = 20 * 1024 * 1024
PROBE_PAUSE = 0.05
PROBE_TIMEOUT = 3.0


class Child:
    """A running part. `start` and `stop` may each be called once."""

    def __init__(self, part: Part, log: Path, env: Mapping[str, str]) -> None:
        self.part = part
        self.log = log
        self._env = env
        self._process: asyncio.subprocess.Process | None = None

    @property
    def process(self) -> asyncio.subprocess.Process:
        """The process. Raises RuntimeError before `start`."""
        if self._process is None:
            raise RuntimeError(f"{self.part.name} was not started")
        return self._process

    @property
    def pid(self) -> int:
        """Its process id, which is also its group's: the launcher execs, so the id stays."""
        return self.process.pid

    async def start(self) -> None:
        """Start the process; its output is added to the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-S",
                str(LAUNCH),
                str(os.getpid()),
                *self.part.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self.part.cwd,
                env={**self._env, **self.part.env},
                start_new_session=True,
            )

    async def ready(self) -> float:
        """Wait until the probe passes; returns the seconds since the call.

        Raises StackError, with the end of the log, when the process ends before or the part's time is over.
        """
        began = time.monotonic()
        reason = "no answer"
        while time.monotonic() - began < self.part.ready_within:
            if self.process.returncode is not None:
                raise self._fault(f"ended at once (exit code {self.process.returncode})")
            try:
                await asyncio.wait_for(self.part.probe(), PROBE_TIMEOUT)
            except Exception as error:  # a probe may fail in as many ways as there are clients
                reason = f"{type(error).__name__}: {error}".strip().rstrip(":")
                await asyncio.sleep(PROBE_PAUSE)
            else:
                return time.monotonic() - began
        raise self._fault(f"was not ready within {self.part.ready_within:.0f} s ({reason})")

    def _fault(self, what: str) -> StackError:
        tail = "".join(f"\n  | {line}" for line in log_tail(self.log, 15))
        return StackError(f"{self.part.name} {what}. The end of {self.log}:{tail}")

    async def wait(self) -> int:
        """Wait for the end; the exit code, negative for a signal."""
        return await self.process.wait()

    def kill(self) -> None:
        """SIGKILL to the whole group, as a crash would look."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM, the part's grace, SIGKILL to what is left of the group. Does nothing when it has ended."""
        if self._process is None:
            return
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGTERM)
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._process.wait(), self.part.grace)
        self.kill()  # also what the process left behind in its group
        await self._process.wait()


def rotate(log: Path) -> None:
    """Move a log that has grown over LOG_LIMIT bytes to `NAME.1`, over the one before."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_name(log.name + ".1"))


def log_tail(log: Path, lines: int) -> list[str]:
    """The last lines of a log, without their ends; empty when there is none."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - lines * 400))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        return []
