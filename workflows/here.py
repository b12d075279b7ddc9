"""Steps that are done by the worker that runs the saga: one event and no round by the server while somebody waits.

Only once: a local activity that fails would be tried again in the saga's workflow task, which holds up its signals,
adds events all the while and minds no deadline of all attempts (seen with SDK 1.35). The server waits for what is away.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from timings import Timings
from workflows.errors import root
from workflows.policies import FAULTS_OF_OURS, local, quick

Given = TypeVar("Given")
Result = TypeVar("Result")


async def here_first(
    method: Callable[[Any, Given], Awaitable[Result]],
    given: Given,
    timings: Timings,
    summary: str,
    *,
    within: float | None = None,
) -> Result:
    """Run an activity here, and where that fails for a reason that may pass, as `quick` does.

    It has to be idempotent, as any. `within`: seconds that all attempts by the server may take. Raises ActivityError,
    or what would be under it: the SDK does not wrap what a local activity raises.
    """
    once = local(timings, summary)
    once["retry_policy"] = RetryPolicy(maximum_attempts=1)
    try:
        return await workflow.execute_local_activity_method(method, given, **once)
    except FailureError as error:
        if is_cancelled_exception(error) or _is_final(root(error)):
            raise
    return await workflow.execute_activity_method(method, given, **quick(timings, summary, within=within))


def _is_final(cause: BaseException) -> bool:
    """A business failure, or a fault of ours: another try cannot cure it."""
    return isinstance(cause, ApplicationError) and (cause.non_retryable or cause.type in FAULTS_OF_OURS)
