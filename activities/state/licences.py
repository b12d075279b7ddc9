"""FlySafe licences in the store: only what the dock has said."""

from __future__ import annotations

from typing import Any

from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.occasion import this_time
from store.document import now
from store.events import Events, about
from store.facts import Actor
from store.licences import Held, Licences, LicencesRepository


class DomainSaid(BaseModel):
    """What the dock answered for one domain; `licences` None: it could not say, for `error`."""

    licences: list[dict[str, Any]] | None = None
    error: str | None = None


class LicencesSaid(BaseModel):
    sn: str
    org_id: str
    aircraft: DomainSaid
    dock: DomainSaid
    consistent: bool | None = None
    changed: str | None = Field(None, description="What was changed, where something was: switched or updated")
    actor: Actor


class LicenceState:
    """Activities on `dji_licences`."""

    def __init__(self, client: AsyncClient, events: Events) -> None:
        self._licences = LicencesRepository(client)
        self._events = events

    @activity.defn
    async def note_licences(self, given: LicencesSaid) -> None:
        """Write what the dock said; where it could not say, what it said before stays, with the reason."""

        async def step(transaction: AsyncTransaction) -> None:
            before = await self._licences.get(given.sn, transaction)
            if before is None or before.org_id != given.org_id:
                before = Licences(sn=given.sn, org_id=given.org_id)
            after = before.model_copy(
                update={
                    "aircraft": _held(before.aircraft, given.aircraft),
                    "dock": _held(before.dock, given.dock),
                    "consistent": given.consistent if given.consistent is not None else before.consistent,
                }
            )
            transaction.set(self._licences.ref(given.sn), after.to_fields())
            if given.changed is not None:
                await self._events.emit(
                    given.org_id, f"licences.{given.changed}", about("dock", given.sn),
                    {"by": given.actor.user, "reason": given.actor.reason}, key=this_time(), within=transaction,
                )  # fmt: skip

        await self._events.transact(step)


def _held(before: Held, said: DomainSaid) -> Held:
    if said.licences is None:
        return before.model_copy(update={"error": said.error})
    return Held(licences=said.licences, at=now())
