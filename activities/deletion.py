"""An organisation ends: each activity ends or removes one kind of thing, and says how many there were.

Each looks for what is there, so that it may run any number of times, and another worker goes on where one died.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any, Final

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel
from temporalio import activity
from temporalio.client import (
    Client,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
)
from temporalio.service import RPCError, RPCStatusCode

from activities.beating import heartbeating
from activities.brokers import Brokers
from activities.sagas import ended_by
from media.rooms import Rooms
from store import belongings
from store.access import DeskNotice, desk_topic
from store.authority import Authorities
from store.belongings import BELONGINGS, EXPORT_PARTS, EXPORTS, KINDS, prefix_of
from store.docks import Dock, Docks
from store.events import Events
from store.facts import Actor, Ask, EndMission, LeaseRelease
from store.missions import Missions
from store.objects import Objects
from store.pairings import Pairings
from timings import Timings
from workflows.answers import DockState, Unpaired
from workflows.inputs import DockInput
from workflows.names import Query, Saga, Update, areas_id, dock_id, mission_id, pairing_id
from workflows.waking import ask_dock

AT_ONCE: Final = 10
ENDS_WITHIN: Final = 30.0
"""Seconds that a cancelled saga has to tidy up, before it is terminated."""
LIFE: Final = frozenset({Saga.DOCK, Saga.MISSION, Saga.PAIRING, Saga.AUTO_STREAM, Saga.WEBHOOK, Saga.ORG_DELETION})
"""Sagas that are ended by a word of their own."""
FIRMWARE: Final = "firmware"


class Remove(BaseModel):
    org_id: str
    actor: Actor


class Removed(BaseModel):
    """How many there were."""

    count: int


class StillHeld(Exception):
    """A dock cannot leave yet; another try helps."""


class Removal:
    """Activities of a deletion."""

    def __init__(
        self,
        temporal: Client,
        client: AsyncClient,
        objects: Objects,
        brokers: Brokers,
        rooms: Rooms,
        events: Events,
        timings: Timings,
    ) -> None:
        self._temporal = temporal
        self._timings = timings
        self._client = client
        self._objects = objects
        self._brokers = brokers
        self._rooms = rooms
        self._missions, self._pairings, self._docks = Missions(client), Pairings(client), Docks(client)
        self._authorities = Authorities(client, events)

    @activity.defn
    async def shut_out(self, given: Remove) -> None:
        """Have the API look again at all that people of the organisation have open."""
        notice = DeskNotice(what="org.closed")
        await self._brokers.publish(None, desk_topic(given.org_id), notice.model_dump_json().encode())

    @activity.defn
    async def end_schedules(self, given: Remove) -> Removed:
        """End recurring flights: no turn begins any more."""
        async with heartbeating():
            found = [each.id async for each in await self._temporal.list_schedules(query=_of(given.org_id))]
            for key in found:
                with _Gone():
                    await self._temporal.get_schedule_handle(key).delete()
            return Removed(count=len(found))

    @activity.defn
    async def end_missions(self, given: Remove) -> Removed:
        """End all missions: their streams, rooms and areas with them, and what came to fly meanwhile comes home."""
        async with heartbeating():
            found = await self._missions.find(orgId=given.org_id, status=["planning", "ready", "active", "ending"])
            asked = EndMission(outcome="aborted", actor=given.actor)
            await _all(self._ended(mission_id(mission.id), Update.END, asked) for mission in found)
            return Removed(count=len(found))

    @activity.defn
    async def cancel_pairings(self, given: Remove) -> Removed:
        """Nobody comes in by a QR code any more."""
        async with heartbeating():
            found = await self._pairings.find(orgId=given.org_id, status=["starting", "waiting", "bound"])
            asked = Ask(actor=given.actor)
            await _all(self._ended(pairing_id(pairing.id), Update.CANCEL, asked) for pairing in found)
            return Removed(count=len(found))

    @activity.defn
    async def end_work(self, given: Remove) -> Removed:
        """End the sagas that may hold docks or begin something: those that do not end when asked are terminated."""
        async with heartbeating():
            return Removed(count=await self._end_sagas(given.org_id, LIFE))

    @activity.defn
    async def unpair_docks(self, given: Remove) -> Removed:
        """Take all docks out: accounts revoked, sagas ended. Raises StillHeld, to be tried again."""
        async with heartbeating():
            found = await self._docks.find(orgId=given.org_id)
            await _all(self._unpair(dock, given) for dock in found)
            return Removed(count=len(found))

    async def _unpair(self, dock: Dock, given: Remove) -> None:
        handle = self._temporal.get_workflow_handle(dock_id(dock.sn))
        with _Gone():
            state: DockState = await handle.query(Query.STATUS, result_type=DockState)
            if state.lease is not None and state.lease.kind != FIRMWARE:
                await handle.execute_update(Update.RELEASE, LeaseRelease(holder=state.lease.holder))
        if dock.mission_id is not None:  # of a mission whose saga was ended by hand
            await self._docks.patch(dock.sn, {"missionId": None})
        leaving = DockInput(sn=dock.sn, org_id=given.org_id, timings=self._timings)
        try:
            await ask_dock(self._temporal, leaving, Update.UNPAIR, Ask(actor=given.actor), Unpaired)
        except WorkflowUpdateFailedError as error:
            raise StillHeld(f"dock {dock.sn}: {error.cause}") from None

    @activity.defn
    async def remove_accounts(self, given: Remove) -> Removed:
        """Delete at the broker what is left there: accounts of pairings, and of manual flights."""
        async with heartbeating():
            accounts = await self._brokers.accounts_of(given.org_id)
            count = 0
            for pairing in await self._pairings.find(orgId=given.org_id):
                if pairing.account is not None:
                    await accounts.delete(pairing.account, pairing.dock_sn)
                    count += 1
            for authority in await self._authorities.find(orgId=given.org_id):
                if authority.link is not None:
                    await accounts.delete_drc(authority.link.account)
                    count += 1
            return Removed(count=count)

    @activity.defn
    async def remove_rooms(self, given: Remove) -> Removed:
        """Send everyone out of the organisation's rooms, also where a mission ended long ago."""
        async with heartbeating():
            ours = {mission.room for mission in await self._missions.find(orgId=given.org_id)}
            found = [room.name for room in await self._rooms.list_rooms() if room.name in ours]
            for room in found:
                await self._rooms.delete_room(room)
            return Removed(count=len(found))

    @activity.defn
    async def end_sagas(self, given: Remove) -> Removed:
        """End all sagas that are left: of webhooks, media, docks that were never heard of again."""
        async with heartbeating():
            return Removed(count=await self._end_sagas(given.org_id, frozenset({Saga.ORG_DELETION})))

    async def _end_sagas(self, org_id: str, but: frozenset[Saga]) -> int:
        found = [
            self._temporal.get_workflow_handle(each.id)
            async for each in self._temporal.list_workflows(f"{_of(org_id)} AND ExecutionStatus = 'Running'")
            if each.id.partition("/")[0] not in but
        ]
        await _all(self._stop(handle) for handle in found)
        return len(found)

    async def _stop(self, handle: WorkflowHandle[Any, Any]) -> None:
        with _Gone():
            if handle.id.startswith(areas_id("")) and await _ends(handle, self._timings.areas_sync):
                return  # docks were told that they have no areas any more: nobody else would tell them
            await handle.cancel()
            if not await _ends(handle, ENDS_WITHIN):
                await handle.terminate("the organisation is deleted")

    @activity.defn
    async def remove_objects(self, given: Remove) -> Removed:
        """Remove all of the organisation's objects, archives and what was to become one included."""
        async with heartbeating():
            count = 0
            for kind in (*KINDS, EXPORTS, EXPORT_PARTS):
                prefix = prefix_of(kind, given.org_id)
                count += await self._objects.delete_under(prefix)
                await self._objects.drop_parts(prefix)
            return Removed(count=count)

    @activity.defn
    async def remove_documents(self, given: Remove) -> Removed:
        """Remove all of the organisation's documents, its own last."""
        async with heartbeating():
            count = 0
            for belonging in BELONGINGS:
                async for snapshots in belongings.documents(self._client, belonging, given.org_id):
                    batch = self._client.batch()
                    for snapshot in snapshots:
                        batch.delete(snapshot.reference)
                    await batch.commit()
                    count += len(snapshots)
            return Removed(count=count)

    async def _ended(self, saga: str, word: Update, asked: BaseModel) -> None:
        """Tell a saga to end, and wait until it has."""
        try:
            await ended_by(self._temporal, saga, word, asked)
        except WorkflowFailureError as error:
            activity.logger.warning("%s: %s", saga, error.cause)


class _Gone:
    """What Temporal does not know any more has ended."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> bool:
        return isinstance(error, RPCError) and error.status is RPCStatusCode.NOT_FOUND


async def _ends(handle: WorkflowHandle[Any, Any], within: float) -> bool:
    """Whether a saga ends within so many seconds, however it does."""
    try:
        async with asyncio.timeout(within):
            await handle.result()
    except WorkflowFailureError:
        return True
    except TimeoutError:
        return False
    return True


def _of(org_id: str) -> str:
    return f"OrgId = '{org_id}'"


async def _all(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Some at a time; the first failure is raised once all have ended."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(each: Coroutine[Any, Any, None]) -> None:
        async with places:
            await each

    failed = [error for error in await asyncio.gather(*map(one, work), return_exceptions=True) if error is not None]
    if failed:
        raise failed[0]
