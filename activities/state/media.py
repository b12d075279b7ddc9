"""The files of flights in the store: what has come, what is looked for again, and what is missing in the end."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError
from google.cloud.firestore import AsyncClient, AsyncTransaction
from pydantic import BaseModel, Field
from temporalio import activity

from activities.occasion import this_time
from store.document import now
from store.events import Events, about
from store.facts import Actor
from store.media import Completeness, FlightMedia, FlightMediaRepository, Media, MediaReport, MediaReports
from store.media_intake import Intake, Reported
from store.media_names import missing_of
from store.objects import ObjectInfo, Objects

LONGEST_LOOK: Final = 5.0  # s, for one object


class MediaRef(BaseModel):
    """A flight's files, or a dock's that are of no flight. `wait` in seconds: what has not come then is named."""

    flight_id: str | None
    sn: str
    org_id: str
    wait: float


class Stock(BaseModel):
    """How the files stand. `due` in epoch s; None: nothing is waited for any more."""

    status: Completeness | None = None
    files: int = 0
    due: float | None = None
    looking_for: int = Field(0, description="Files that were reported and that the bucket does not hold")
    missing: list[str] = Field(default_factory=list)


class FirstAsked(BaseModel):
    flight_id: str
    actor: Actor


class MediaState:
    """Activities on `flight_media` and `media_reports`."""

    def __init__(self, client: AsyncClient, objects: Objects, events: Events) -> None:
        self._media = Media(client)
        self._flight_media = FlightMediaRepository(client)
        self._reports = MediaReports(client)
        self._intake = Intake(client, objects, events)
        self._events = events

    @activity.defn
    async def take_stock(self, given: MediaRef) -> Stock:
        """Write how the files stand, and tell the organisation's endpoints where all are there, or time is up."""
        at = now()
        reports = await self._reports.open_of(given.org_id, given.sn, given.flight_id)
        before = await self._flight_media.get(given.flight_id) if given.flight_id is not None else None
        if before is None:
            waiting = await self._give_up([each for each in reports if due_of(each, given.wait) <= at], reports)
            due = max((due_of(each, given.wait) for each in waiting), default=None)
            return Stock(due=due.timestamp() if due is not None else None, looking_for=len(waiting))
        due = (before.ended_at or before.created_at) + timedelta(seconds=given.wait)
        late = due <= at or before.status == "incomplete"
        if late or before.whole:
            await self._intake.join(before.org_id, before.flight_id)
        named: list[str] = []
        if late and not before.whole:
            known = await self._reports.find(orgId=before.org_id, flightId=before.flight_id)
            named = missing_of(before, await self._media.of_flight(before.org_id, before.flight_id), known)
        after = await self._settle(before.flight_id, due, late, named, at)
        if late:
            reports = await self._give_up(reports, reports)
        waits = after.status == "waiting" or bool(reports)
        return Stock(
            status=after.status,
            files=after.files,
            due=due.timestamp() if waits else None,
            looking_for=len(reports),
            missing=after.missing,
        )

    async def _settle(self, flight_id: str, due: datetime, late: bool, named: list[str], at: datetime) -> FlightMedia:
        async def step(transaction: AsyncTransaction) -> FlightMedia:
            media = await self._flight_media.get(flight_id, transaction)
            assert media is not None, "it was there, and is deleted with its flight only"
            status: Completeness = "complete" if media.whole else "incomplete" if late else "waiting"
            missing = named if status == "incomplete" else []
            fields: dict[str, Any] = {"status": status, "missing": missing, "dueAt": due}
            if status == "complete" and media.status != "complete":
                fields["completeAt"] = at
            changed = media.to_fields() | fields
            if changed != media.to_fields():
                transaction.update(self._flight_media.ref(flight_id), fields)
            if status != media.status and status != "waiting":
                await self._events.emit(
                    media.org_id, f"media.{status}",
                    about("flight", media.flight_id, dock=media.dock_sn, mission=media.mission_id),
                    {"files": media.files, "announced": media.announced, "expected": media.expected}
                    | ({"missing": missing} if missing else {}),
                    key=this_time(), within=transaction,
                )  # fmt: skip
            return FlightMedia.from_fields(changed)

        return await self._events.transact(step)

    async def _give_up(self, over: list[MediaReport], reports: list[MediaReport]) -> list[MediaReport]:
        """These are looked for no more; what is left."""
        for report in over:
            await self._reports.patch(report.id, {"open": False})
        return [report for report in reports if report not in over]

    @activity.defn
    async def look_again(self, given: MediaRef) -> None:
        """Look for each file that was reported and was not there: what the bucket holds now is media."""
        for report in await self._reports.open_of(given.org_id, given.sn, given.flight_id):
            activity.heartbeat(report.name)
            file = Reported(report.org_id, report.dock_sn, report.object_key, report.said)
            try:
                found = await asyncio.wait_for(self._intake.look(file), LONGEST_LOOK)
            except (BotoCoreError, ClientError, OSError) as error:
                found = f"the bucket cannot be asked: {type(error).__name__}"
            if isinstance(found, ObjectInfo):
                await self._intake.keep(file, found)
            else:
                await self._reports.patch(report.id, {"looks": report.looks + 1, "reason": found})

    @activity.defn
    async def note_first(self, given: FirstAsked) -> None:
        """Write who asked for a flight's files first, once the dock has taken the order."""
        fields = {"askedFirstBy": given.actor.user, "askedFirstAt": now()}
        await self._flight_media.patch(given.flight_id, fields)


def due_of(report: MediaReport, wait: float) -> datetime:
    """When a file of no flight is looked for no more."""
    return report.created_at + timedelta(seconds=wait)
