"""A deletion in the store: what stands in its way, where it is, and the line that is left of the organisation."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.failures import Failure, failure
from activities.occasion import this_time
from activities.state.audit import note
from store.audit import Audit
from store.authority import Authorities
from store.deletions import OPEN, SHUT, DeletionStatus, OrgDeletion, OrgDeletions
from store.docks import Docks
from store.document import now
from store.events import Events, about
from store.facts import Actor
from store.firmware import ROLLOUT_OVER, Rollouts
from store.flights import FlightTasks
from store.orgs import Orgs
from store.relays import RELAY_OVER, Relays

FLYING: Final = ["preparing", "executing", "paused", "returning"]
"""Of a flight. One that waits for its hour or its conditions is called off with its dock."""
BUSY: Final = ["flying", "in_operation", "upgrading"]
"""Of a dock."""


class DeletionRef(BaseModel):
    org_id: str


class InTheWay(BaseModel):
    """What flies or runs, each in words; nothing where the deletion may begin."""

    what: list[str] = Field(default_factory=list)


class ScheduleDeletion(DeletionRef):
    actor: Actor
    grace: float = Field(description="seconds")


class Scheduled(BaseModel):
    org_name: str
    due: float = Field(description="Epoch s")


class DeletionNote(DeletionRef):
    """None, or nothing, leaves a field as it is."""

    status: DeletionStatus
    in_the_way: list[str] | None = None
    problems: list[str] | None = None
    removed: dict[str, int] | None = None
    actor: Actor


class DeletionState:
    """Activities on `org_deletions`."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._events = events
        self._deletions, self._orgs, self._audit = OrgDeletions(client), Orgs(client), Audit(client)
        self._flights, self._relays, self._rollouts = FlightTasks(client), Relays(client), Rollouts(client)
        self._docks, self._authorities = Docks(client), Authorities(client, events)

    @activity.defn
    async def in_the_way(self, given: DeletionRef) -> InTheWay:
        """What of the organisation flies, and which rollouts run. Raises OrgUnknown."""
        org = given.org_id
        if await self._orgs.get(org) is None:
            raise failure(Failure.ORG_UNKNOWN, f"there is no organisation {org}")
        found = [f"dock {dock.sn} is {dock.status}" for dock in await self._docks.find(orgId=org, status=BUSY)]
        found += [
            f"flight {each.name} ({each.id}) is {each.status}"
            for each in await self._flights.find(orgId=org, status=FLYING)
        ]
        found += [
            f"{authority.flight.user} flies dock {authority.sn} by hand"
            for authority in await self._authorities.find(orgId=org)
            if authority.flight is not None and authority.holder("flight") is not None
        ]
        found += [
            f"relay {each.name} ({each.id}) is {each.status}"
            for each in await self._relays.find(orgId=org)
            if each.status not in RELAY_OVER
        ]
        found += [
            f"rollout {each.name} ({each.id}) is {each.status}"
            for each in await self._rollouts.find(orgId=org)
            if each.status not in ROLLOUT_OVER
        ]
        return InTheWay(what=found)

    @activity.defn
    async def schedule_deletion(self, given: ScheduleDeletion) -> Scheduled:
        """Write down that the organisation ends, and when. Raises OrgUnknown."""

        async def step(transaction: AsyncTransaction) -> OrgDeletion:
            org = await self._orgs.get(given.org_id, transaction)
            if org is None:
                raise failure(Failure.ORG_UNKNOWN, f"there is no organisation {given.org_id}")
            found = await self._deletions.get(org.id, transaction)
            if found is not None and found.status in OPEN | SHUT:
                return found
            deletion = OrgDeletion(
                org_id=org.id, org_name=org.name, requested_by=given.actor.user, reason=given.actor.reason,
                due_at=now() + timedelta(seconds=given.grace),
            )  # fmt: skip
            transaction.set(self._deletions.ref(org.id), deletion.to_fields())
            await self._tell(transaction, deletion, given.actor, "deletion_scheduled", dueAt=deletion.due_at)
            return deletion

        found = await self._events.transact(step)
        return Scheduled(org_name=found.org_name, due=found.due_at.timestamp())

    @activity.defn
    async def note_deletion(self, given: DeletionNote) -> None:
        """Where it is. From `closing` on nobody of the organisation gets in; `deleted` is the last word of it."""

        async def step(transaction: AsyncTransaction) -> None:
            found = await self._deletions.get(given.org_id, transaction)
            assert found is not None, "scheduled before"
            if found.status in ("deleted", "called_off"):
                return
            fields: dict[str, Any] = {"status": given.status}
            told = {"inTheWay": given.in_the_way, "problems": given.problems, "removed": given.removed}
            fields |= {name: value for name, value in told.items() if value is not None}
            began = given.status == "closing" and found.status in OPEN
            if began:
                fields["beganAt"] = now()
            if given.status in ("deleted", "called_off"):
                fields["endedAt"] = now()
            if given.status == "called_off":
                fields["calledOffBy"] = given.actor.user
            transaction.update(self._deletions.ref(found.key), fields)
            if given.status == "called_off":
                await self._tell(transaction, found, given.actor, "deletion_called_off")
            elif began:
                await self._tell(transaction, found, given.actor, "deletion_begun")

        await self._events.transact(step)

    async def _tell(
        self, transaction: AsyncTransaction, found: OrgDeletion, actor: Actor, what: str, **data: Any
    ) -> None:
        note(
            self._audit, transaction, org_id=found.org_id, actor=actor, action=f"org.{what}", target=found.org_id,
            occasion=this_time(), outcome="done", **data,
        )  # fmt: skip
        await self._events.emit(
            found.org_id, f"org.{what}", about("org", found.org_id), {"by": actor.user, "reason": actor.reason, **data},
            key=this_time(), within=transaction,
        )  # fmt: skip
