"""Which failures pass by themselves, and waiting until they have."""

from __future__ import annotations

import asyncio
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

FIRST_PAUSE = 0.1
"""Seconds before the second attempt; before each further one up to twice as many as before."""

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
    try:
        return await step()  # nearly always enough; what repeats it costs more than many a step
    except Exception as error:
        if not passes(error):
            raise
        _say(error, 1)
    retrying = AsyncRetrying(
        wait=wait_random_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE),
        retry=retry_if_exception(passes),
        before_sleep=_say_again,
    )
    await asyncio.sleep(FIRST_PAUSE)
    async for attempt in retrying:
        with attempt:
            return await step()
    raise AssertionError("it is tried until it is done")


def _say_again(state: RetryCallState) -> None:
    _say(state.outcome.exception() if state.outcome else None, state.attempt_number + 1)


def _say(error: BaseException | None, attempt: int) -> None:
    metrics.RETRIES.labels(type(error).__name__).inc()
    # The first one and then each tenth: an outage of an hour is no reason for a thousand lines.
    if attempt % 10 == 1:
        log.warning("waiting for a part to come back", attempt=attempt, error=str(error)[:200])
