"""Finds the outside programs: Temporal, LiveKit, MinIO and Mosquitto. `embedded.install` makes what is not found.

The order is: the path in ARGUS_TOOL_<NAME>, our cache, the PATH. Ours are kept outside the checkout, each beside the
version it was built from, so that a new version here builds it anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from embedded.part import StackError

Name = Literal["temporal", "livekit-server", "minio", "mosquitto"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a tool is recognised and made.

    `accepts` is a pattern that the first lines of `--version` must contain for one on the PATH to be used; `module` is
    what `go install` builds and `binary` the name it gives the result.
    """

    version: str
    accepts: str
    module: str | None = None
    binary: str | None = None
    purpose: str = ""


RECIPES: Mapping[Name, Recipe] = {
    "temporal": Recipe(
        version="v1.5.1",
        accepts=r"Server 1\.(29|[3-9]\d)",
        module="github.com/temporalio/cli/cmd/temporal",
        binary="temporal",
        purpose="durable sagas",
    ),
    "livekit-server": Recipe(
        version="v1.11.0",
        accepts=r"version (1\.(1[1-9]|[2-9]\d)|[2-9])",  # WHIP is in the server since 1.11
        module="github.com/livekit/livekit-server/cmd/server",
        binary="server",
        purpose="rooms",
    ),
    "minio": Recipe(
        version="v0.0.0-20260212201848-7aac2a2c5b7c",
        accepts=r"RELEASE\.202[5-9]|DEVELOPMENT",
        module="github.com/minio/minio",
        binary="minio",
        purpose="media, wayline and firmware files",
    ),
    "mosquitto": Recipe(version="2.0", accepts=r"mosquitto version (2\.|[3-9])", purpose="MQTT to the docks"),
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that can be started. `source` says where it was found: `ARGUS_TOOL_...`, `cache` or `PATH`."""

    name: Name
    path: Path
    source: str


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Where tools are kept: ARGUS_CACHE, else argus-dock in XDG's cache folder."""
    if explicit := environ.get("ARGUS_CACHE"):
        return Path(explicit)
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "argus-dock"


def variable(name: Name) -> str:
    """The environment variable that names a tool's path."""
    return "ARGUS_TOOL_" + name.upper().replace("-", "_")


def cached_path(name: Name, cache: Path) -> Path:
    """Where the cache keeps a tool. Mosquitto is unpacked as Debian lays it out, since it needs its libraries."""
    return cache / "mosquitto/usr/sbin/mosquitto" if name == "mosquitto" else cache / "bin" / name


def stamp(name: Name, cache: Path) -> Path:
    """The file beside a cached tool that holds the version it was made from."""
    return cached_path(name, cache).with_name(f"{name}.version")


def keep(name: Name, cache: Path, made: Path) -> None:
    """Move a program that was made into the cache, with its stamp."""
    target = cached_path(name, cache)
    target.parent.mkdir(parents=True, exist_ok=True)
    # The stamp goes first and comes last: a stop in between leaves a tool that is not taken for a finished one.
    stamp(name, cache).unlink(missing_ok=True)
    shutil.move(made, target)
    stamp(name, cache).write_text(RECIPES[name].version + "\n")


def find(name: Name, environ: Mapping[str, str] = os.environ) -> Tool | None:
    """The tool, or None where it has to be made. Raises StackError for an explicit path that cannot be run."""
    if explicit := environ.get(variable(name)):
        if not os.access(explicit, os.X_OK):
            raise StackError(f"{variable(name)}={explicit} is not a program that can be run")
        return Tool(name, Path(explicit).resolve(), variable(name))
    cache = cache_dir(environ)
    cached, mark = cached_path(name, cache), stamp(name, cache)
    if os.access(cached, os.X_OK) and mark.exists() and mark.read_text().strip() == RECIPES[name].version:
        return Tool(name, cached, "cache")
    # Debian keeps daemons in /usr/sbin, which is not on everybody's PATH.
    on_path = shutil.which(name, path=environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")
    if on_path and re.search(RECIPES[name].accepts, version_text(Path(on_path))):
        return Tool(name, Path(on_path).resolve(), "PATH")
    return None


def required(name: Name, environ: Mapping[str, str] = os.environ) -> Tool:
    """The tool. Raises StackError that says how to get it."""
    if tool := find(name, environ):
        return tool
    purpose = RECIPES[name].purpose
    raise StackError(f"{name} ({purpose}) is not here: `make setup` gets it, or set {variable(name)} to its path")


def version_text(path: Path) -> str:
    """What a program says of its version; empty when it says nothing within 10 s."""
    flag = "-h" if path.name == "mosquitto" else "--version"
    try:
        run = subprocess.run([path, flag], capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return (run.stdout + run.stderr)[:400]
