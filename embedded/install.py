"""`python -m embedded.install [NAME...]`: finds or makes the outside programs; quick when all are there."""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from embedded import builds, debian
from embedded.part import StackError
from embedded.tools import RECIPES, Name, Tool, cache_dir, find, keep, required

# Written by `make setup`: the seconds that the Python packages took, in the virtual environment they went into.
PYTHON_SECONDS = Path(sys.prefix) / ".setup-seconds"
# On a pipe, where no line can be redrawn, one is added this often (seconds).
LINE_EVERY = 15.0


def ensure(name: Name, say: Callable[[str], None]) -> Tool:
    """The tool, found or made. Raises StackError that says what to install.

    Making one takes minutes; another process that is at it is waited for.
    """
    if tool := find(name):
        return tool
    cache, began = cache_dir(), time.monotonic()
    with _alone(cache, say) as work:
        if tool := find(name):  # the one we waited for made it
            return tool
        if name == "mosquitto":
            debian.unpack_mosquitto(cache, work, say)
        elif name == "temporal" and os.environ.get("ARGUS_ALLOW_DOWNLOAD") == "1":
            say("downloading, as ARGUS_ALLOW_DOWNLOAD asks")
            asyncio.run(_download_temporal(work))
            keep(name, cache, next(work.glob("temporal*")))
        else:
            builds.build(name, cache, work, say)
    (cache / f"{name}.seconds").write_text(f"{time.monotonic() - began:.1f}\n")
    return required(name)


def seconds_taken() -> float | None:
    """What the set-up of this machine took, each part when it was last done; None where `make setup` did not do it."""
    if not PYTHON_SECONDS.exists():
        return None
    written = [PYTHON_SECONDS, *(cache_dir() / f"{name}.seconds" for name in RECIPES)]
    return sum(float(file.read_text()) for file in written if file.exists())


@contextmanager
def _alone(cache: Path, say: Callable[[str], None]) -> Iterator[Path]:
    """A folder to work in, for one process at a time; gone afterwards, with the gigabytes that a build leaves in it."""
    cache.mkdir(parents=True, exist_ok=True)
    work = cache / "build"
    with (cache / "build.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another set-up that is building")
            fcntl.flock(lock, fcntl.LOCK_EX)
        shutil.rmtree(work, ignore_errors=True)  # of one that was killed
        work.mkdir()
        try:
            yield work
        finally:
            shutil.rmtree(work, ignore_errors=True)


async def _download_temporal(work: Path) -> None:
    """The SDK fetches the server when it starts one."""
    from temporalio.testing import WorkflowEnvironment

    version = RECIPES["temporal"].version
    async with await WorkflowEnvironment.start_local(
        download_dest_dir=str(work), dev_server_download_version=version, dev_server_log_level="error"
    ):
        pass


class Show:
    """Progress of one tool at a time: a line redrawn on a terminal, and one every LINE_EVERY seconds elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._progress = Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=console, transient=True
        )

    @contextmanager
    def of(self, name: str) -> Iterator[Callable[[str], None]]:
        """A `say` for one tool. What it counts are Go's lines: modules fetched, packages compiled."""
        began = last = time.monotonic()
        counts = {"fetched": 0, "compiled": 0}
        task = self._progress.add_task(name, total=None)

        def say(line: str) -> None:
            nonlocal last
            if line.startswith("go: "):
                counts["fetched"] += 1
            elif "/" in line and " " not in line:
                counts["compiled"] += 1
            busy = f"{counts['fetched']} modules fetched, {counts['compiled']} packages compiled"
            text = f"{name}: {busy if any(counts.values()) else line}"
            self._progress.update(task, description=escape(text))
            if not self.console.is_terminal and (now := time.monotonic()) - last > LINE_EVERY:
                last = now
                self.console.print(f"  {text} ({now - began:.0f} s)", highlight=False)

        if self.console.is_terminal:
            with self._progress:
                yield say
        else:
            yield say
        self._progress.remove_task(task)


def main(names: Sequence[str] | None = None) -> int:
    """Ensure the named tools, or all. Returns the exit code: 1 when one could not be had."""
    console = Console()
    show = Show(console)
    faults = 0
    for name in RECIPES:
        if names and name not in names:
            continue
        began = time.monotonic()
        try:
            with show.of(name) as say:
                tool = ensure(name, say)
        except StackError as error:
            faults += 1
            console.print(f"[red]✗[/red] {name}: {escape(str(error))}", highlight=False)
        else:
            took = f" ({seconds:.0f} s)" if (seconds := time.monotonic() - began) > 1 else ""
            console.print(f"[green]✓[/green] {name}: {escape(str(tool.path))}{took}", highlight=False, soft_wrap=True)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
