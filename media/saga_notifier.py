"""Tells the saga that asked for a push, by signal, what became of it."""

from __future__ import annotations

import logging

import tenacity
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from store.facts import PushState
from store.ingresses import Ingress, IngressState
from workflows.names import Signal

log = logging.getLogger(__name__)

# The saga itself looks at a stream now and then, so that a signal which never gets through is made good.
GIVE_UP_AFTER = 300  # s
PUSH_STATES = ("live", "lost", "closed")


class SagaNotifier:
    """Signals `push_state` to the ingress's workflow, again and again while Temporal is away."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def push_state(self, spec: Ingress, state: IngressState, at: float) -> None:
        """`at` is epoch seconds. Raises nothing: a saga that is over needs no news, and one that misses them looks."""
        if state not in PUSH_STATES:
            return
        fact = PushState(
            sn=spec.sn, video_id=spec.video_id, state=state, source="media", ingress_id=spec.id, at=round(at * 1000)
        )
        handle = self._client.get_workflow_handle(spec.workflow_id)
        try:
            async for attempt in tenacity.AsyncRetrying(
                stop=tenacity.stop_after_delay(GIVE_UP_AFTER),
                wait=tenacity.wait_exponential(multiplier=0.2, max=10),
                retry=tenacity.retry_if_exception(_worth_another_try),
                reraise=True,
            ):
                with attempt:
                    await handle.signal(Signal.PUSH_STATE.value, fact)
        except RPCError as error:
            level = logging.INFO if error.status == RPCStatusCode.NOT_FOUND else logging.ERROR
            log.log(level, "%s was not told that the push of %s is %s: %s", spec.workflow_id, spec.sn, state, error)

    async def runs(self, spec: Ingress) -> bool:
        """Whether the saga that owns an ingress is there. Raises RPCError while Temporal is away."""
        try:
            found = await self._client.get_workflow_handle(spec.workflow_id).describe()
        except RPCError as error:
            if error.status == RPCStatusCode.NOT_FOUND:
                return False
            raise
        return found.close_time is None


def _worth_another_try(error: BaseException) -> bool:
    return isinstance(error, RPCError) and error.status not in (
        RPCStatusCode.NOT_FOUND,
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.PERMISSION_DENIED,
    )
