"""How activities are called: timeouts, retries and heartbeats, by how long the work takes.

Outages are waited for, since a saga outlives them: attempts are not counted. What another attempt cannot cure, a
business failure or a fault of our own, ends at once.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityConfig, LocalActivityConfig

from timings import Timings

FAULTS_OF_OURS: Final = [
    "AssertionError",
    "AttributeError",
    "EncodeError",
    "KeyError",
    "TypeError",
    "ValidationError",
    "ValueError",
]
RETRY: Final = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),
    backoff_coefficient=2,
    maximum_interval=timedelta(seconds=5),
    non_retryable_error_types=FAULTS_OF_OURS,
)
HEARTBEAT: Final = timedelta(seconds=10)


def quick(timings: Timings, summary: str, *, within: float | None = None) -> ActivityConfig:
    """One call to an outside system. With `within`, all attempts together may take that many seconds."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=timings.activity_quick),
        schedule_to_close_timeout=timedelta(seconds=within) if within is not None else None,
        retry_policy=RETRY,
        summary=summary,
    )


def local(timings: Timings, summary: str, *, within: float | None = None) -> LocalActivityConfig:
    """One try in the worker that runs the saga: see `workflows.here`, which is the way to call it. It is run again when
    that worker dies, so it has to be as idempotent as any.
    """
    return LocalActivityConfig(
        start_to_close_timeout=timedelta(seconds=timings.activity_quick),
        schedule_to_close_timeout=timedelta(seconds=within) if within is not None else None,
        retry_policy=RetryPolicy(maximum_attempts=1),
        summary=summary,
    )


def waiting(timings: Timings, seconds: float, summary: str) -> ActivityConfig:
    """An activity that waits up to `seconds` for something outside, and beats meanwhile."""
    return ActivityConfig(
        start_to_close_timeout=timedelta(seconds=seconds + timings.activity_quick),
        heartbeat_timeout=HEARTBEAT,
        retry_policy=RETRY,
        summary=summary,
    )
