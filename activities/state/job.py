"""Remote debugging in the store: may it begin, and what became of each job."""

from __future__ import annotations

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from store.docks import Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor, DebugOrder
from store.jobs import Job, Jobs, JobStatus


class DebugRef(BaseModel):
    sn: str
    org_id: str


class DebugLook(BaseModel):
    """What a session needs to know of its dock."""

    product: str | None = None
    mission_id: str | None = None


class JobNew(DebugRef):
    order: DebugOrder


class JobEnd(DebugRef):
    job_id: str
    method: str
    status: JobStatus
    result: int | None = None
    meaning: str | None = None
    cure: str | None = None
    actor: Actor


class JobState:
    """Activities on `dji_jobs`."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._docks = Docks(client)
        self._jobs = Jobs(client)
        self._events = events

    @activity.defn
    async def look_at_dock(self, given: DebugRef) -> DebugLook:
        """Raises DockUnknown or DockOffline."""
        dock = await self._docks.get(given.sn)
        if dock is None or dock.org_id != given.org_id:
            raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {given.sn} in this organisation", field="sn")
        if not dock.online:
            raise failure(Failure.DOCK_OFFLINE, f"dock {given.sn} is offline", field="sn")
        return DebugLook(product=dock.product, mission_id=dock.mission_id)

    @activity.defn
    async def begin_job(self, given: JobNew) -> None:
        """Write that it is asked for; the same one twice is one."""
        order = given.order
        await self._jobs.create(
            Job(
                id=order.job_id,
                org_id=given.org_id,
                sn=given.sn,
                method=order.method,
                data=order.data,
                user=order.actor.user,
                reason=order.actor.reason,
                status="running",
            )
        )

    @activity.defn
    async def end_job(self, given: JobEnd) -> None:
        """Write how it ended, and tell the organisation's endpoints."""
        fields = {"status": given.status, "result": given.result, "meaning": given.meaning, "cure": given.cure}
        if given.status == "ok":
            fields["percent"] = 100
        await self._jobs.patch(given.job_id, {**fields, "endedAt": now()})
        kind = "ok" if given.status == "ok" else "failed"
        subject = about("job", given.job_id, dock=given.sn)
        await self._events.emit(
            given.org_id, f"job.{kind}", subject, {"method": given.method, **fields, "by": given.actor.user},
            key=this_time(),
        )  # fmt: skip
