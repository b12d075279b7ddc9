"""Events of jobs in remote debugging: steps into the job's document, its end to the saga of the session."""

from __future__ import annotations

import contextlib
from collections import OrderedDict
from typing import Any, Final

from google.api_core.exceptions import NotFound

from bridge.faults import until_done
from bridge.projection import Clock
from bridge.sagas import Sagas
from dji import Message
from dji.commands import TERMINAL_STATUSES
from dji.jobs import JobEvent
from dji.model import REGISTRY
from dji.topics import Kind
from store.facts import JobEnded
from store.jobs import Jobs as Documents
from workflows.names import Signal, debug_id

METHODS: Final = frozenset(
    method for (kind, method), model in REGISTRY.items() if kind is Kind.EVENTS and issubclass(model, JobEvent)
) - {"ota_progress"}
PERCENT_PAUSE: Final = 2.0
"""Seconds between two writes for nothing but a percentage."""
MOST_IN_MIND: Final = 500


class Jobs:
    def __init__(self, documents: Documents, sagas: Sagas, clock: Clock) -> None:
        self._documents = documents
        self._sagas = sagas
        self._clock = clock
        self._written: OrderedDict[str, tuple[str | None, float]] = OrderedDict()

    async def take(self, message: Message) -> str | None:
        """One event. Returns once what matters is kept; a sentence where it is of no job of ours."""
        data: Any = message.data
        job, status, result = message.bid or "", data.status or "", data.result or 0
        if not job:
            return "a job's event without a bid"
        if status in TERMINAL_STATUSES or result != 0:
            fact = JobEnded(
                sn=message.sn, job_id=job, status=status or "failed", result=result, at=message.timestamp or 0
            )
            self._written.pop(job, None)
            taken = await self._sagas.tell(debug_id(message.sn), Signal.JOB_ENDED, fact)
            return None if taken else "the end of a job that nobody waits for"
        step, at = self._written.get(job, (None, float("-inf")))
        if data.step == step and self._clock() - at < PERCENT_PAUSE:
            return None
        self._written[job] = (data.step, self._clock())
        if len(self._written) > MOST_IN_MIND:
            self._written.popitem(last=False)
        fields = {"percent": data.percent, "step": data.step}
        with contextlib.suppress(NotFound):
            await until_done(lambda: self._documents.patch(job, fields))
        return None
