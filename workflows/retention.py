"""Saga `retention-{time}`: what was kept long enough is removed, documents and objects; begun by a Temporal Schedule.

The rules are the table in `store.retention`. A collection that fails does not stop the others; the next turn tries it
again.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.retention import Sweep, Sweeper
from store.retention import RULES
from workflows.answers import RetentionAnswer
from workflows.details import Logbook
from workflows.errors import root
from workflows.inputs import RetentionInput
from workflows.names import Saga, Workflow
from workflows.policies import waiting


@workflow.defn(name=Workflow.RETENTION)
class Retention:
    """One collection after the other."""

    @workflow.run
    async def run(self, given: RetentionInput) -> RetentionAnswer:
        timings, removed, left = given.timings, {}, {}
        log = Logbook(Saga.RETENTION, "What was kept long enough", org=None)
        log.enter("sweeping")
        for rule in RULES:
            kept: float = getattr(timings, rule.kept)
            called = waiting(timings, timings.retention_sweep, f"Remove {rule.collection} older than {kept:g} s")
            called["schedule_to_close_timeout"] = timedelta(seconds=timings.retention_sweep)
            try:
                swept = await workflow.execute_activity_method(
                    Sweeper.remove_old, Sweep(collection=rule.collection, kept=kept), **called
                )
            except ActivityError as error:
                if is_cancelled_exception(error):
                    raise
                log.note(f"**{rule.collection}**: {root(error)}")
                continue
            removed[rule.collection], left[rule.collection] = swept.removed, swept.left
            log.note(f"{rule.collection}: {swept.removed} removed, {swept.left} left")
        log.enter("done")
        return RetentionAnswer(removed=removed, left=left)
