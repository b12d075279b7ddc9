"""Failures as a saga and its callers see them: the types with their meanings, and what lies under Temporal's wrappers.

A dock's refusal has the type `DJI.{code}`, all others are a `Failure`.
"""

from __future__ import annotations

from typing import Final

from temporalio.exceptions import ActivityError, ApplicationError, ChildWorkflowError

from activities.failures import MEANINGS, Failure, FailureDetails, Meaning, failure
from store.facts import Lease

__all__ = [
    "DJI_PREFIX",
    "MEANINGS",
    "Failure",
    "FailureDetails",
    "Meaning",
    "details_of",
    "dji_code",
    "dock_busy",
    "failure",
    "root",
]

DJI_PREFIX: Final = "DJI."


def root(error: BaseException) -> BaseException:
    """What is under Temporal's wrappers of a failed activity or child."""
    while isinstance(error, ActivityError | ChildWorkflowError) and error.cause is not None:
        error = error.cause
    return error


def dock_busy(sn: str, held: Lease | None, field: str | None = None) -> ApplicationError:
    """For who asked for a dock and did not get it: `held` is the lease in force, None where others asked before."""
    by = f"held by {held.holder}: {held.reason}" if held is not None else "asked for by others before"
    return failure(Failure.DOCK_BUSY, f"dock {sn} is {by}", field=field, holder=held)


def details_of(error: ApplicationError) -> FailureDetails:
    """The details of a failure as it arrives at a caller; empty ones for an error that is not ours."""
    first = error.details[0] if error.details else None
    return FailureDetails.model_validate(first) if isinstance(first, dict) else FailureDetails()


def dji_code(error: ApplicationError) -> int | None:
    """DJI's code where a dock refused, else None."""
    kind = error.type or ""
    return int(kind.removeprefix(DJI_PREFIX)) if kind.startswith(DJI_PREFIX) else None
