"""`argus doctor`: what this machine has of what is needed, and what to do about the rest."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib import metadata

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from cli.context import wants_json
from cli.output import as_json, console
from embedded import builds, mosquitto, ports
from embedded.part import StackError
from embedded.tools import RECIPES, Name, cache_dir, find, variable, version_text
from settings import unknown_variables

PYTHON_NEEDED = (3, 11)
DISK_TO_RUN = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: `ok` says that nothing has to be done; `cure` says what to do where it is not."""

    name: str
    ok: bool
    version: str = ""
    where: str = ""
    cure: str = ""


def doctor(
    context: typer.Context,
) -> None:
    """Look for everything that a machine needs. Exit code 1 when something is missing."""
    findings = examine()
    if wants_json(context):
        as_json([asdict(finding) for finding in findings])
    else:
        console.print(_table(findings))
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


def examine() -> list[Finding]:
    """All findings: Python and packages, the outside programs, Go where one is to be built, disk, ports, settings."""
    tools = [_tool(name) for name in RECIPES]
    to_build = any(not tool.ok and RECIPES[name].module for name, tool in zip(RECIPES, tools, strict=True))
    return [_python(), _packages(), *tools, *([_go()] if to_build else []), _disk(to_build), _ports(), _settings()]


def _python() -> Finding:
    ok = sys.version_info[:2] >= PYTHON_NEEDED
    return Finding(
        "Python", ok, platform.python_version(), sys.executable, "" if ok else "install Python 3.11 or later"
    )


def _packages() -> Finding:
    wanted = metadata.requires("argus-dock") if _installed("argus-dock") else None
    if wanted is None:
        return Finding("Python packages", False, cure="`make setup` installs them into .venv")
    names = [word.split(">")[0].split("<")[0].split("=")[0].split("[")[0].strip() for word in wanted]
    missing = [name for name in names if not _installed(name)]
    return Finding(
        "Python packages",
        not missing,
        f"{len(names) - len(missing)} of {len(names)}",
        sys.prefix,
        f"`make setup` installs {', '.join(missing)}" if missing else "",
    )


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _tool(name: Name) -> Finding:
    try:
        tool = find(name)
        if tool is None:
            return Finding(name, False, cure=f"`make setup` gets it, or set {variable(name)}")
        if name == "mosquitto":
            mosquitto.plugin(tool)
    except StackError as error:
        return Finding(name, False, cure=str(error))
    said = (version_text(tool.path).splitlines() or [""])[0]
    version = RECIPES[name].version if tool.source == "cache" else said
    return Finding(name, True, version, f"{tool.path} ({tool.source})")


def _go() -> Finding:
    go = shutil.which("go")
    if go and builds.go_version(go) >= builds.GO_NEEDED:
        return Finding("Go", True, ".".join(map(str, builds.go_version(go))), go)
    return Finding("Go", True, builds.GO_PACKAGE, "PyPI: fetched for the build and removed after it")


def _disk(to_build: bool) -> Finding:
    cache = cache_dir()
    nearest = next(folder for folder in (cache, *cache.parents) if folder.exists())
    free = shutil.disk_usage(nearest).free
    needed = builds.DISK_NEEDED if to_build else DISK_TO_RUN
    gigabytes = f"{free / 1024**3:.0f} GB free"
    cure = "" if free >= needed else f"free {needed / 1024**3:.0f} GB, or set ARGUS_CACHE to a roomier place"
    return Finding("disk", free >= needed, gigabytes, str(nearest), cure)


def _ports() -> Finding:
    taken = [
        f"{name} {port} by {ports.holder(port)}" for name, port in ports.DEFAULTS.items() if not ports.is_free(port)
    ]
    cure = f"taken: {'; '.join(taken)}. Is `argus up` running already? Else use --ports auto, or --port NAME=NUMBER"
    return Finding(
        "ports",
        not taken,
        f"{len(ports.DEFAULTS) - len(taken)} of {len(ports.DEFAULTS)} free",
        cure=cure if taken else "",
    )


def _settings() -> Finding:
    faults = unknown_variables(dict(os.environ))
    return Finding("ARGUS_ variables", not faults, cure="; ".join(faults))


def _table(findings: list[Finding]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("", "what", "version and place", "what to do"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        mark = "[green]✓[/green]" if finding.ok else "[red]✗[/red]"
        found = escape(f"{finding.version}  {finding.where}".strip())
        table.add_row(mark, finding.name, found, escape(finding.cure))
    return table
