"""The sandbox in which sagas run: each run imports its own saga's module anew, and shares all the others.

Models have to be shared, or a saga would take its own signals for strangers; and importing everything for each run
would cost more than the run.
"""

from __future__ import annotations

import pkgutil
from typing import Final

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

import workflows

OURS: Final = ("activities", "dji", "media", "settings", "store", "timings")
OTHERS: Final = ("google", "pydantic", "pydantic_core", "pydantic_settings")
SAGAS: Final = frozenset(
    {
        "areas",
        "auto_stream",
        "debug",
        "dock",
        "firmware",
        "firmware_rollout",
        "flight",
        "licences",
        "mission",
        "pairing",
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


def runner() -> SandboxedWorkflowRunner:
    """A runner for `Worker` and `Replayer`."""
    return SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*shared_modules()))
