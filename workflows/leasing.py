"""A dock's lease, asked for and given back by the worker that runs the saga."""

from __future__ import annotations

from typing import Final

from temporalio import workflow

from activities.leases import Acquire, Leases, Release
from store.facts import LeaseAnswer, LeaseRequest
from timings import Timings
from workflows.here import here_first
from workflows.inputs import DockInput
from workflows.policies import waiting

LOCAL: Final = 5.0
"""Seconds. Where it takes longer the server asks, so that the entity which answers finds a worker even where all of
one's places are taken by sagas that ask."""


async def ask_for_lease(
    sn: str, org_id: str, request: LeaseRequest, timings: Timings, summary: str | None = None
) -> LeaseAnswer:
    """Ask for the dock, without waiting for who holds it."""
    summary = summary or f"Lease dock {sn}"
    return await here_first(
        Leases.acquire_lease,
        Acquire(dock=DockInput(sn=sn, org_id=org_id, timings=timings), request=request),
        timings,
        summary,
        here=LOCAL,
        there=waiting(timings, timings.activity_quick, summary),
    )


async def give_back(sn: str, timings: Timings, holder: str | None = None) -> None:
    """The dock is ours no longer, or that of `holder`, to whom we had lent it, once its entity has taken that up."""
    holder = holder or workflow.info().workflow_id
    await here_first(Leases.return_lease, Release(sn=sn, holder=holder), timings, f"Give dock {sn} back")
