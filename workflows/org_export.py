"""Saga `org-export/{id}`: all that an organisation owns becomes one archive in the bucket, without its secrets.

Documents first, one collection after the other, put aside as lines; then these and all files go into the archive, part
by part. A worker that dies costs the part it was at. Called off or failed, it leaves nothing but its document.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import FailureError, is_cancelled_exception
from temporalio.workflow import ActivityConfig

from activities.exports import ClearExport, Exporter, GatherCollection, PackArchive, Packed
from activities.state.export import ExportNote, ExportState
from store.exports import EXPORT_OVER, ExportStatus
from store.facts import Actor, Ask
from workflows.answers import ExportAnswer
from workflows.compensation import shielded
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.inputs import OrgExportInput
from workflows.names import Query, Saga, Update, Workflow
from workflows.policies import quick, waiting


@workflow.defn(name=Workflow.ORG_EXPORT)
class OrgExport:
    """Gathers, packs, tidies up."""

    @workflow.init
    def __init__(self, given: OrgExportInput) -> None:
        self._given = given
        self._timings = given.timings
        self._status: ExportStatus = "starting"
        self._documents: dict[str, int] = {}
        self._work: asyncio.Task[Packed] | None = None
        self._caller_off: Actor | None = None
        self._log = Logbook(Saga.ORG_EXPORT, f"Export of {given.org_id}", org=given.org_id)

    @workflow.run
    async def run(self, given: OrgExportInput) -> ExportAnswer:
        self._work = asyncio.create_task(self._export())
        packed: Packed | None = None
        error: str | None = None
        ended: ExportStatus = "ready"
        try:
            if self._caller_off is not None:
                self._work.cancel()
            packed = await self._work
            if self._caller_off is not None:  # it was through before the word reached it
                packed, ended, error = None, "cancelled", self._why_not()
        except (FailureError, asyncio.CancelledError) as fault:
            cancelled = is_cancelled_exception(fault)
            ended = "cancelled" if cancelled else "failed"
            error = self._why_not() if cancelled else str(root(fault))
        await shielded(self._end(ended, packed, error))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    async def _export(self) -> Packed:
        given = self._given
        self._log.enter("gathering", f"asked for by {given.actor.user}")
        await self._note("gathering")
        for collection in given.collections:
            done = await workflow.execute_activity_method(
                Exporter.gather_documents,
                GatherCollection(export_id=given.export_id, org_id=given.org_id, collection=collection),
                **self._long(f"Documents of {collection}"),
            )
            self._documents[collection] = done.documents
            self._log.note(f"{collection}: {done.documents}")
        self._log.enter("packing", f"{sum(self._documents.values())} documents")
        await self._note("packing")
        return await workflow.execute_activity_method(
            Exporter.pack_archive,
            PackArchive(
                export_id=given.export_id, org_id=given.org_id, documents=self._documents, user=given.actor.user
            ),
            **self._long("Documents and files into the archive"),
        )

    async def _end(self, ended: ExportStatus, packed: Packed | None, error: str | None) -> None:
        given = self._given
        self._log.note("tidies up")
        await workflow.execute_activity_method(
            Exporter.clear_export,
            ClearExport(export_id=given.export_id, org_id=given.org_id, archive=packed is None),
            **self._long("Remove what the archive was put together from"),
        )
        counts = packed.model_dump() if packed is not None else {}
        await self._note(ended, error=error, **counts)
        self._log.enter(ended, error or f"{counts.get('files')} files, {counts.get('bytes')} bytes")

    async def _note(self, status: ExportStatus, error: str | None = None, **counts: Any) -> None:
        given = self._given
        self._status = status
        said = ExportNote(
            export_id=given.export_id,
            org_id=given.org_id,
            status=status,
            documents=sum(self._documents.values()),
            error=error,
            actor=self._caller_off or given.actor,
            **counts,
        )
        await workflow.execute_activity_method(
            ExportState.note_export, said, **quick(self._timings, f"The export is {status}")
        )

    def _long(self, summary: str) -> ActivityConfig:
        """Beats, and takes as long as it takes; a worker that died is noticed, and the work goes on elsewhere."""
        config = waiting(self._timings, self._timings.export_step, summary)
        config["schedule_to_close_timeout"] = timedelta(seconds=2 * self._timings.export_step)
        config["cancellation_type"] = workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
        return config

    def _why_not(self) -> str:
        if self._caller_off is None:
            return "the saga was cancelled in Temporal"
        return f"called off by {self._caller_off.user}" + (
            f": {self._caller_off.reason}" if self._caller_off.reason else ""
        )

    @workflow.update(name=Update.CANCEL)
    def cancel(self, asked: Ask) -> ExportAnswer:
        """Call it off: what is there of the archive goes. Again it changes nothing. Raises ExportOver."""
        if self._status in EXPORT_OVER or (self._work is not None and self._work.done()):
            raise failure(Failure.EXPORT_OVER, f"export {self._given.export_id} is {self._status}")
        if self._caller_off is None:
            self._caller_off = asked.actor
            self._log.note(f"**called off by {asked.actor.user}**")
            if self._work is not None:
                self._work.cancel()
        return self.status()

    @workflow.query(name=Query.STATUS)
    def status(self) -> ExportAnswer:
        return ExportAnswer(export_id=self._given.export_id, status=self._status, documents=self._documents)
