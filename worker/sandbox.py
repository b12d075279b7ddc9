"""How sagas run: in a worker without Temporal's sandbox, in tests also within it.

The sandbox keeps a saga from clocks, chance and files. It costs 10 ms of CPU to enter for each run, where a dock of a
rollout is a run, and a quarter of what a worker does after that (temporalio 1.35); what it finds is the same each time.
So it is used where all that the tests run, and the histories that were recorded, are replayed, and each run imports its
own saga's module anew. All other modules are shared, or a saga would take its own signals for strangers.
"""

from __future__ import annotations

import hashlib
import pkgutil
from functools import cache
from pathlib import Path
from typing import Final

from temporalio.worker import UnsandboxedWorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import workflows

OURS: Final = ("activities", "dji", "media", "settings", "store", "timings")
OTHERS: Final = ("google", "pydantic", "pydantic_core", "pydantic_settings")
SAGAS: Final = frozenset(
    {
        "areas",
        "auto_stream",
        "custom_data",
        "debug",
        "dock",
        "firmware",
        "firmware_rollout",
        "flight",
        "licences",
        "log_list",
        "logs",
        "media",
        "mission",
        "org_deletion",
        "org_export",
        "pairing",
        "property",
        "recurring",
        "relay",
        "retention",
        "webhook",
    }
)


def shared_modules() -> list[str]:
    """Everything but the sagas themselves."""
    beside = [
        f"workflows.{found.name}" for found in pkgutil.iter_modules(workflows.__path__) if found.name not in SAGAS
    ]
    return [*OURS, *OTHERS, *beside]


@cache
def build_id() -> str:
    """Of the sagas' code, as each history names it for each task. Without, Temporal reads and hashes all modules that
    are loaded: half a second of CPU for each process that starts.
    """
    files = sorted(file for folder in workflows.__path__ for file in Path(folder).glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:32]


def sandbox() -> SandboxedWorkflowRunner:
    """A runner for `Replayer`."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*shared_modules()))


def runner() -> UnsandboxedWorkflowRunner:
    """A runner for `Worker`."""
    return UnsandboxedWorkflowRunner()
