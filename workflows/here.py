"""Steps that are done by the worker that runs the saga: one event and no round by the server while somebody waits.

Only once: a local activity that fails would be tried again in the saga's workflow task, which holds up its signals,
adds events all the while and minds no deadline of all attempts (seen with SDK 1.35). The server waits for what is away.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception
from temporalio.workflow import ActivityConfig

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
    here: float | None = None,
    there: ActivityConfig | None = None,
) -> Result:
    """Run an activity here, and where that fails for a reason that may pass, by the server.

    It has to be idempotent, as any. `within`: seconds that all attempts by the server may take; `here`: seconds that
    the one here may, its wait for a place included; `there`: how the server calls it, where not as `quick`. Raises
    ActivityError, or what would be under it: the SDK does not wrap what a local activity raises.
    """
    try:
        return await workflow.execute_local_activity_method(method, given, **local(timings, summary, within=here))
    except FailureError as error:
        if is_cancelled_exception(error) or _is_final(root(error)):
            raise
    if there is None:
        there = quick(timings, summary, within=within)
    return await workflow.execute_activity_method(method, given, **there)


def _is_final(cause: BaseException) -> bool:
    """A business failure, or a fault of ours: another try cannot cure it."""
    return isinstance(cause, ApplicationError) and (cause.non_retryable or cause.type in FAULTS_OF_OURS)
