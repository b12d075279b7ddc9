"""The end of an ingress: first its key opens nothing, then what is pushed to it is cut."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError

from activities.media import Media
from activities.state.stream import IngressRef, StreamState
from timings import Timings
from workflows.errors import root
from workflows.policies import quick


async def close_ingress(timings: Timings, ingress_id: str) -> str | None:
    """Close one for good. Returns what media could not do, if it is away: it sees the document when it is back."""
    ref = IngressRef(ingress_id=ingress_id)
    await workflow.execute_activity_method(
        StreamState.retire_ingress, ref, **quick(timings, f"The key of ingress {ingress_id} opens nothing")
    )
    try:
        await workflow.execute_activity_method(
            Media.close_push, ref, **quick(timings, f"Cut ingress {ingress_id}", within=timings.activity_slow)
        )
    except ActivityError as error:
        return f"ingress {ingress_id} was not cut: {root(error)}"
    return None
