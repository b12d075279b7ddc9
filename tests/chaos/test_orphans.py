"""Whatever ends a stack, nothing of it runs on: a signal, Ctrl-C at a terminal, or kill -9 of what started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from embedded import ports
from embedded.catalogue import ALL

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(400)]  # two starts of everything, on a loaded machine

ARGUS = str(Path(sys.executable).with_name("argus"))
# Of the polite ending: the parts' graces one after the other; a stack that was killed has none
END_MOST, GONE_MOST = 60.0, 10.0


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    """`argus ...` as the foreground of a terminal: a process group of its own."""
    process = subprocess.Popen(
        [ARGUS, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()  # the kernel ends its parts
        assert process.stdout is not None
        process.stdout.close()
        process.wait(END_MOST)


def wait_for(process: subprocess.Popen[str], text: str) -> list[psutil.Process]:
    """Read until it says this; everything that it has started by then, over all generations."""
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if text in line:
            return psutil.Process(process.pid).children(recursive=True)
    raise AssertionError(f"it ended without saying {text!r}:\n{''.join(said)}")


def assert_gone(family: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(family, timeout=GONE_MOST)
    assert [process.cmdline() for process in alive if process.is_running()] == []


def end_politely(process: subprocess.Popen[str], number: int) -> int:
    """As a terminal does it: to the whole group. The exit code."""
    os.killpg(process.pid, number)
    assert process.stdout is not None
    process.stdout.read()
    return process.wait(END_MOST)


def test_ctrl_c_while_the_stack_starts(tmp_path: Path) -> None:
    with started("up", "--data", str(tmp_path / "data"), "--ports", "auto") as up:
        family = wait_for(up, "ready")
        assert end_politely(up, signal.SIGINT) == 0
        assert_gone(family)
    assert processes_of(tmp_path) == []


def test_a_killed_stack_leaves_nothing_and_starts_again_on_the_same_ports(tmp_path: Path) -> None:
    numbers = zip(ports.DEFAULTS, ports.free(len(ports.DEFAULTS)), strict=True)
    words = [
        *("up", "--data", str(tmp_path / "data")),
        *(word for name, number in numbers for word in ("--port", f"{name}={number}")),
    ]
    with started(*words) as up:
        family = wait_for(up, "everything is ready")
        assert len(family) >= len(ALL)
        up.kill()
        up.wait(END_MOST)
        assert_gone(family)
    with started(*words) as again:
        family = wait_for(again, "everything is ready")
        assert end_politely(again, signal.SIGINT) == 0
        assert_gone(family)
    assert processes_of(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "moment", "code"),
    [
        pytest.param(signal.SIGINT, "dock2 pair: ", 130, id="ctrl-c"),
        pytest.param(signal.SIGTERM, "ready", 130, id="terminated-while-it-starts"),
        pytest.param(signal.SIGKILL, "dock2 pair: ", -signal.SIGKILL, id="killed"),
    ],
)
def test_a_demonstration_that_is_cut_short_leaves_nothing(tmp_path: Path, number: int, moment: str, code: int) -> None:
    with started("demo", "--data", str(tmp_path / "data"), "--ports", "auto") as demo:
        family = wait_for(demo, moment)
        assert end_politely(demo, number) == code
        assert_gone(family)
    assert processes_of(tmp_path) == []


def processes_of(place: Path) -> list[list[str]]:
    """Command lines of all processes that name a folder, or have it in their environment."""
    found = []
    for process in psutil.process_iter():
        try:
            words = [*process.cmdline(), *process.environ().values()]
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
        if any(str(place) in word for word in words):
            found.append(process.cmdline())
    return found
