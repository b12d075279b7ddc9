"""kill -9 of the worker while a flight's files are waited for: the deadline holds, and says what is missing once."""

from __future__ import annotations

import uuid
from datetime import timedelta

from store.document import now
from store.flights import FlightTask
from store.media import FlightMedia, FlightMediaRepository, Media, MediaReport, MediaReports, media_id
from store.webhooks import Deliveries
from tests.waiting import eventually
from tests.workflows.killing import apart
from tests.workflows.world import TIMINGS, World
from workflows.inputs import MediaInput
from workflows.waking import wake_media


async def test_a_killed_worker_forgets_no_deadline_and_finds_what_comes_late(world: World) -> None:
    timings = TIMINGS.model_copy(update={"media_complete": 15.0, "media_retry_most": 0.5})
    async with apart(world) as (own, worker):
        org, flight = await own.org(), uuid.uuid4().hex
        hook = await own.told_of(org, "media.*")
        await own.flights.put(
            FlightTask(id=flight, org_id=org.id, mission_id="m", dock_sn="D", name="Ridge", requested_by="ann")
        )
        media = FlightMediaRepository(own.store)
        await media.put(FlightMedia(flight_id=flight, org_id=org.id, dock_sn="D", announced=2, ended_at=now()))
        key = f"media/{org.id}/D/{flight}/DJI_0001_V.jpg"
        report = MediaReport(
            id=media_id("D", key), org_id=org.id, dock_sn="D", flight_id=flight, name="DJI_0001_V.jpg", object_key=key,
            reason="the bucket does not hold it", said={"name": "DJI_0001_V.jpg", "ext": {"flight_id": flight}},
        )  # fmt: skip
        await MediaReports(own.store).put(report)
        await wake_media(own.temporal, MediaInput(flight_id=flight, sn="D", org_id=org.id, timings=timings))

        async def waits() -> FlightMedia | None:
            found = await media.get(flight)
            return found if found is not None and found.status == "waiting" else None

        waiting: FlightMedia = await eventually(waits, 30)
        assert waiting.ended_at is not None
        await worker.kill()
        await own.objects.put(key, b"late")
        await worker.start()

        async def over() -> FlightMedia | None:
            found = await media.get(flight)
            return found if found is not None and found.status != "waiting" else None

        found: FlightMedia = await eventually(over, 60)
        assert (found.status, found.photos, found.missing) == ("incomplete", 1, ["1 of 2 files"])
        assert now() - waiting.ended_at >= timedelta(seconds=timings.media_complete)
        kept = await Media(own.store).get(report.id)
        assert kept is not None
        assert kept.size == 4
        assert await MediaReports(own.store).get(report.id) is None
        told = [delivery.type for delivery in await Deliveries(own.store).find(webhookId=hook.id)]
        assert sorted(told) == ["media.incomplete", "media.new"]
