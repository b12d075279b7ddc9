"""Media: files that docks uploaded, links to fetch them, and what of a flight's files has come."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import AwareDatetime as Instant
from pydantic import Field
from temporalio.client import WithStartWorkflowOperation
from temporalio.common import WorkflowIDConflictPolicy

from api.body import Body, SagaLinks, View
from api.deps import Operator, Parts, PartsDep, Viewer, actor
from api.jobs import Reason
from api.paging import After, Limit, Page, page
from api.problems import Refused, not_found
from api.security import Principal
from store.document import now
from store.facts import Ask
from store.flights import FlightTask
from store.media import Completeness, FlightMedia, FlightMediaRepository, MediaFile, MediaKind, MediaReports
from workflows import names
from workflows.inputs import MediaInput
from workflows.waking import media_summary

router = APIRouter(prefix="/v1", tags=["media"])

LINK_SECONDS: Final = 600  # long enough to begin a download, short enough to be useless in a log


class MediaView(View):
    id: str
    mission_id: str | None = None
    dock_sn: str
    flight_id: str | None = None
    kind: MediaKind
    name: str
    object_key: str
    size: int
    md5: str | None = None
    photo: str | None = Field(None, description="Of a side file: the photo or video it belongs to; null: its flight")
    taken_at: datetime = Field(description="By the dock; where it does not say, when the file came")
    latitude: float | None = None
    longitude: float | None = None
    altitude: float | None = Field(None, description="metres above the ellipsoid")
    height: float | None = Field(None, description="metres above take-off")
    gimbal_yaw: float | None = Field(None, description="degrees")
    metadata: dict[str, Any]
    created_at: datetime


class JoinedView(View):
    id: str
    kind: MediaKind
    name: str


class MediaDetails(MediaView):
    joined: list[JoinedView] = Field(
        description="Of a photo or video its side files, also those of its whole flight; of a side file its photos"
    )


class Link(View):
    url: str
    expires_at: datetime


class ReportView(View):
    """A file that a dock reported, and that is no media."""

    id: str
    dock_sn: str
    flight_id: str | None = None
    name: str
    object_key: str
    reason: str
    open: bool = Field(description="It is looked for again; false: it was, until the deadline")
    reports: int
    looks: int
    created_at: datetime
    last_at: datetime


class FlightMediaView(View):
    """`status` null: nothing was announced, and nothing came."""

    flight_id: str
    dock_sn: str
    status: Completeness | None = None
    announced: int | None = Field(description="Files, as the dock counted them after the flight")
    expected: int | None = Field(description="Files, as the dock said with its last report")
    photos: int
    videos: int
    side_files: int
    others: int
    bytes: int
    missing: list[str] = Field(description="What had not come by the deadline")
    due_at: datetime | None
    complete_at: datetime | None
    last_file_at: datetime | None
    first: bool = Field(description="The dock says that it uploads these first")
    first_at: datetime | None
    asked_first_by: str | None
    asked_first_at: datetime | None
    saga: SagaLinks


class UploadFirst(Body):
    reason: Reason = Field("", examples=["The search team waits for these"])


@router.get("/media")
async def media(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    mission: str | None = None,
    dock: str | None = None,
    flight: str | None = None,
    kind: MediaKind | None = None,
    since: Annotated[Instant | None, Query(description="Taken then or later; with its time zone")] = None,
    until: Annotated[Instant | None, Query(description="Taken before; with its time zone")] = None,
) -> Page[MediaView]:
    """List files that docks uploaded, the newest shot first."""
    found, following = await page(
        parts.media, limit, after, order="takenAt", since=since, until=until,
        orgId=caller.org, missionId=mission, dockSn=dock, flightId=flight, kind=kind,
    )  # fmt: skip
    return Page(items=[MediaView(**item.model_dump()) for item in found], next=following)


@router.get("/media/reports")
async def reports(
    parts: PartsDep,
    caller: Viewer,
    limit: Limit = 50,
    after: After = None,
    dock: str | None = None,
    flight: str | None = None,
) -> Page[ReportView]:
    """List files that docks reported and that the bucket does not hold, or holds otherwise. They are no media."""
    repository = MediaReports(parts.firestore)
    found, following = await page(repository, limit, after, orgId=caller.org, dockSn=dock, flightId=flight)
    return Page(items=[ReportView(**item.model_dump()) for item in found], next=following)


@router.get("/media/{media_id}")
async def file(parts: PartsDep, caller: Viewer, media_id: str) -> MediaDetails:
    """Show a file, and what belongs to it."""
    found = await _file_of(parts, caller, media_id)
    joined = []
    if found.flight_id is not None and found.kind != "other":
        files = await parts.media.of_flight(caller.org, found.flight_id)
        joined = [JoinedView(**other.model_dump()) for other in files if _belong(found, other)]
    return MediaDetails(**found.model_dump(), joined=joined)


@router.get("/media/{media_id}/link")
async def link(parts: PartsDep, caller: Viewer, media_id: str) -> Link:
    """Make a link that fetches the file under its name, for ten minutes."""
    found = await _file_of(parts, caller, media_id)
    url = parts.objects.presign_get(found.object_key, LINK_SECONDS, download_as=_safe(found.name))
    return Link(url=url, expires_at=now() + timedelta(seconds=LINK_SECONDS))


@router.get("/flights/{flight_id}/media")
async def flight_media(parts: PartsDep, caller: Viewer, flight_id: str) -> FlightMediaView:
    """Show what of a flight's files has come, and by when what is missing is named."""
    flight = await _flight_of(parts, caller, flight_id)
    found = await FlightMediaRepository(parts.firestore).get(flight_id)
    return _view(parts, found or _nothing(flight))


@router.post("/flights/{flight_id}/media/first", status_code=202)
async def upload_first(parts: PartsDep, caller: Operator, flight_id: str, body: UploadFirst) -> FlightMediaView:
    """Have the dock upload this flight's files before those of others. Answers when it has taken the order; `first`
    becomes true when it says that it does.
    """
    await _flight_of(parts, caller, flight_id)
    repository = FlightMediaRepository(parts.firestore)
    found = await repository.get(flight_id)
    if found is None:
        raise Refused(
            409, "media-none", "The dock has spoken of no files of this flight.", field="flightId",
            cure="Wait until the flight has ended; one that took no photos has none.",
        )  # fmt: skip
    if found.whole:
        raise Refused(
            409, "media-complete", "All files of this flight are there.", field="flightId",
            cure="Fetch them: nothing is left to upload.",
        )  # fmt: skip
    given = MediaInput(
        flight_id=flight_id, sn=found.dock_sn, org_id=caller.org, mission_id=found.mission_id, timings=parts.timings
    )
    begin: WithStartWorkflowOperation[Any, Any] = WithStartWorkflowOperation(
        names.Workflow.MEDIA,
        given,
        id=names.media_id(flight_id),
        task_queue=names.TASK_QUEUE,
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        static_summary=media_summary(given),
    )
    asked = Ask(actor=actor(caller, body.reason))
    await parts.temporal.execute_update_with_start_workflow(
        names.Update.PRIORITISE, asked, start_workflow_operation=begin
    )
    after = await repository.get(flight_id) or found
    key = f"media-first-{flight_id}-{after.asked_first_at or after.created_at}"
    await parts.note(caller, key, "media.first", flight_id, dock=found.dock_sn, reason=body.reason)
    return _view(parts, after)


async def _file_of(parts: Parts, caller: Principal, media_id: str) -> MediaFile:
    found = await parts.media.get(media_id)
    if found is None or found.org_id != caller.org:
        raise not_found("file", media_id, "id")
    return found


async def _flight_of(parts: Parts, caller: Principal, flight_id: str) -> FlightTask:
    flight = await parts.flights.get(flight_id)
    if flight is None or flight.org_id != caller.org:
        raise not_found("flight", flight_id, "flightId")
    return flight


def _belong(one: MediaFile, other: MediaFile) -> bool:
    """Whether they are a side file and a shot of its."""
    side, shot = (one, other) if one.kind == "ppk" else (other, one)
    return side.kind == "ppk" and shot.kind in ("photo", "video") and side.photo in (None, shot.name)


def _nothing(flight: FlightTask) -> FlightMedia:
    sn = flight.landing_dock_sn or flight.dock_sn
    return FlightMedia(flight_id=flight.id, org_id=flight.org_id, mission_id=flight.mission_id, dock_sn=sn)


def _view(parts: Parts, found: FlightMedia) -> FlightMediaView:
    return FlightMediaView(**found.model_dump(), saga=parts.links(names.media_id(found.flight_id)))


def _safe(name: str) -> str:
    """A dock's name for a file, as a browser may be told it."""
    return "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._- ") else "_" for letter in name)
