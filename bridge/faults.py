"""Which failures pass by themselves, and waiting until they have."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiomqtt
import grpc
import structlog
from botocore.exceptions import ConnectionError as ObjectsUnreachable
from botocore.exceptions import HTTPClientError
from google.api_core import exceptions as google
from temporalio.service import RPCError, RPCStatusCode
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, wait_random_exponential

from bridge import metrics

T = TypeVar("T")
log = structlog.get_logger()

LONGEST_PAUSE = 3.0
"""Seconds between two attempts at most: the time it takes a part to be of use again after it is back."""


class Unavailable(Exception):
    """A part that is needed cannot be reached now."""


_PASSING: tuple[type[BaseException], ...] = (
    Unavailable,
    google.ServerError,
    google.Aborted,
    google.TooManyRequests,
    google.Cancelled,
    google.RetryError,
    grpc.RpcError,
    aiomqtt.MqttError,
    ObjectsUnreachable,
    HTTPClientError,
    OSError,
    TimeoutError,
)
_PASSING_RPC = frozenset(
    {
        RPCStatusCode.UNAVAILABLE,
        RPCStatusCode.DEADLINE_EXCEEDED,
        RPCStatusCode.RESOURCE_EXHAUSTED,
        RPCStatusCode.ABORTED,
        RPCStatusCode.INTERNAL,
        RPCStatusCode.UNKNOWN,
        RPCStatusCode.CANCELLED,
    }
)


def passes(error: BaseException) -> bool:
    """True for a failure that another try, later, can cure: a part is away, slow, or was in another's way."""
    if isinstance(error, RPCError):
        return error.status in _PASSING_RPC
    return isinstance(error, _PASSING)


async def until_done(step: Callable[[], Awaitable[T]]) -> T:
    """Run `step` again, with growing pauses, for as long as it fails for a reason that passes. Others are raised."""
    retrying = AsyncRetrying(
        wait=wait_random_exponential(multiplier=0.1, max=LONGEST_PAUSE),
        retry=retry_if_exception(passes),
        before_sleep=_say,
    )
    async for attempt in retrying:
        with attempt:
            return await step()
    raise AssertionError("it is tried until it is done")


def _say(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    metrics.RETRIES.labels(type(error).__name__).inc()
    # The first one and then each tenth: an outage of an hour is no reason for a thousand lines.
    if state.attempt_number % 10 == 1:
        log.warning("waiting for a part to come back", attempt=state.attempt_number, error=str(error)[:200])
