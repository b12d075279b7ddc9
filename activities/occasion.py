"""What tells one time from the next in the names of things that an activity writes down once."""

from __future__ import annotations

from temporalio import activity


def this_time() -> str:
    """This run of the activity, whatever attempt of it: the same after a worker has died in it, another ever after."""
    info = activity.info()
    return f"{info.workflow_run_id}|{info.activity_id}"
