"""Unpacks Mosquitto from Debian's packages into the cache: needs no root, and starts no service that takes the port."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from embedded.part import StackError
from embedded.tools import RECIPES, cached_path, stamp

BY_HAND = "Install it by hand (Debian: apt-get install mosquitto) or set ARGUS_TOOL_MOSQUITTO to its path."
INSTALLED = re.compile(r"^Inst (mosquitto|lib\S+) ", re.MULTILINE)


def unpack_mosquitto(cache: Path, work: Path, say: Callable[[str], None]) -> Path:
    """Fetch and unpack the broker with the libraries that this machine lacks. Raises StackError with the cure."""
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise StackError(f"mosquitto is not here, nor apt-get to fetch it. {BY_HAND}")
    say("fetching mosquitto's packages")
    options: list[str] = []
    try:
        packages = _fetch(options, work)
    except StackError:
        say("fetching Debian's package lists")
        options = _private_lists(work)
        _apt([*options, "update"], work)
        packages = _fetch(options, work)
    root = cache / "mosquitto"
    shutil.rmtree(root, ignore_errors=True)
    for package in packages:
        _run(["dpkg", "-x", str(package), str(root)], work)
    stamp("mosquitto", cache).write_text(RECIPES["mosquitto"].version + "\n")
    return cached_path("mosquitto", cache)


def _fetch(options: Sequence[str], work: Path) -> list[Path]:
    planned = _apt([*options, "--simulate", "--no-install-recommends", "install", "mosquitto"], work)
    # Where it is installed, but too old, nothing would be: take it and its own library all the same.
    names = INSTALLED.findall(planned) or ["mosquitto", "libmosquitto1"]
    folder = work / "packages"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _apt([*options, "download", *names], folder)
    return sorted(folder.glob("*.deb"))


def _private_lists(work: Path) -> list[str]:
    """Options that keep lists and cache under `work`, so that an update needs no root."""
    for name in ("lists/partial", "archives/partial"):
        (work / "apt" / name).mkdir(parents=True, exist_ok=True)
    return [
        *("-o", f"Dir::State::Lists={work}/apt/lists"),
        *("-o", f"Dir::Cache={work}/apt"),
        *("-o", "Debug::NoLocking=1"),
        *("-o", "APT::Sandbox::User="),
    ]


def _apt(arguments: Sequence[str], folder: Path) -> str:
    return _run(["apt-get", "-q", *arguments], folder)


def _run(argv: Sequence[str], folder: Path) -> str:
    run = subprocess.run(
        argv,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )
    if run.returncode != 0:
        said = (run.stdout + run.stderr).strip().splitlines()[-5:]
        raise StackError(f"mosquitto could not be fetched. {BY_HAND}" + "".join(f"\n  | {line}" for line in said))
    return run.stdout
