"""The lease of a flight's dock."""

from __future__ import annotations

from temporalio import workflow

from activities.leases import Acquire, Leases, Release
from store.facts import LeaseRequest
from workflows.details import Logbook
from workflows.errors import dock_busy
from workflows.inputs import DockInput, FlightInput
from workflows.policies import quick, waiting


class Hold:
    """Takes the dock for the flight, and gives it back."""

    def __init__(self, given: FlightInput, log: Logbook, sn: str | None = None) -> None:
        """`sn`: another dock than the one that it takes off from."""
        self._given = given
        self._sn = sn or given.dock_sn
        self._log = log

    async def take(self, *, most: float | None = None, queue: bool | None = None) -> None:
        """Raises DockBusy where another holds it: at once, or after the wait of a flight that queues.

        `most`: seconds after which the dock would come too late. `queue`: otherwise than the flight was asked for.
        """
        given, timings = self._given, self._given.timings
        wait = min(timings.lease_wait, timings.lease_wait if most is None else max(0.0, most))
        queue = (given.queue if queue is None else queue) and wait > 0
        answer = await workflow.execute_activity_method(
            Leases.acquire_lease,
            Acquire(
                dock=DockInput(sn=self._sn, org_id=given.org_id, timings=timings),
                request=LeaseRequest(
                    holder=workflow.info().workflow_id,
                    kind="flight",
                    reason=f"flight {given.name}",
                    actor=given.actor,
                    queue=queue,
                    wait=wait,
                ),
            ),
            **waiting(timings, wait if queue else 0.0, f"Lease dock {self._sn}"),
        )
        if not answer.granted:
            raise dock_busy(self._sn, answer.lease, field="dock_sn")
        self._log.note(f"dock `{self._sn}` is ours")

    async def give_back(self) -> None:
        """Leave the queue, and give the dock back. Idempotent: nothing happens where the dock is not ours."""
        await workflow.execute_activity_method(
            Leases.release_lease,
            Release(sn=self._sn, holder=workflow.info().workflow_id),
            **quick(self._given.timings, f"Give dock {self._sn} back"),
        )
