"""Media by REST, with simulated docks: what is there, what is missing and why, and the files themselves."""

from __future__ import annotations

import asyncio
import io
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from PIL import Image
from typer.testing import CliRunner

from api.security import Role
from cli.main import app
from cli.output import console
from simulator.dock import SimDock
from store.document import now
from store.media import FlightMediaRepository
from store.orgs import Org
from store.retention import Retention, rule_of
from store.webhooks import Deliveries, Webhook, Webhooks
from tests.served import Served
from tests.waiting import eventually
from tests.workflows.world import TIMINGS, World
from workflows.inputs import MediaInput
from workflows.waking import wake_media

Json = dict[str, Any]
SHOTS = 3


async def flown(world: World, crew: Org, sim: SimDock) -> str:
    """A flight with three photos that has landed."""
    mission = await world.mission(crew, sim)
    saga = await world.fly(crew, mission, sim, await world.wayline(crew, sim.aircraft_key, points=SHOTS))
    await world.until_flight(saga, "ok", within=120)
    return saga.id.removeprefix("flight/")


async def media_of(http: httpx.AsyncClient, flight: str) -> Json:
    found: Json = (await http.get(f"/v1/flights/{flight}/media")).json()
    return found


async def until(http: httpx.AsyncClient, flight: str, **wanted: Any) -> Json:
    async def there() -> Json | None:
        found = await media_of(http, flight)
        return found if {name: found[name] for name in wanted} == wanted else None

    try:
        return await eventually(there, 90)  # type: ignore[no-any-return]
    except AssertionError:
        raise AssertionError(await media_of(http, flight)) from None


async def files(http: httpx.AsyncClient, **where: str) -> list[Json]:
    answer = await http.get("/v1/media", params=where)
    assert answer.status_code == 200, answer.text
    found: list[Json] = answer.json()["items"]
    return found


async def deadline_in(world: World, crew: Org, flight: str, seconds: float) -> None:
    """The flight has ended so long ago that what is missing is named in so many seconds."""
    repository = FlightMediaRepository(world.store)
    ended = now() + timedelta(seconds=seconds - TIMINGS.media_complete)
    await repository.patch(flight, {"endedAt": ended})
    media = await repository.get(flight)
    assert media is not None
    await wake_media(world.temporal, MediaInput(flight_id=flight, sn=media.dock_sn, org_id=crew.id, timings=TIMINGS))


async def told(world: World, hook: Webhook, kind: str) -> list[Any]:
    return await Deliveries(world.store).find(webhookId=hook.id, type=kind)


async def argus(api: Served, crew: Org, *words: str) -> str:
    """What the command line prints."""
    shared = ["--api", api.url, "--token", api.token(crew.id)]
    said = io.StringIO()
    console.file = said
    try:
        result = await asyncio.to_thread(CliRunner().invoke, app, [*shared, *words])
    finally:
        console.file = None  # type: ignore[assignment]  # rich's own word for stdout
    assert result.exit_code == 0, (words, said.getvalue(), result.output, result.exception)
    return said.getvalue()


async def test_a_flight_is_complete_when_all_is_there_and_each_file_is_fetched(
    world: World, crew: Org, api: Served, http: httpx.AsyncClient, tmp_path: Path
) -> None:
    hook = await world.told_of(crew, "media.*")
    async with world.paired(crew, "dock3", speed=20, scenario={"side_files": "photo", "callback_repeats": 1}) as sim:
        flight = await flown(world, crew, sim)
        found = await until(http, flight, status="complete")
    every = 2 * SHOTS + 1  # with a video
    assert (found["photos"], found["videos"], found["sideFiles"], found["missing"]) == (SHOTS, 1, SHOTS, [])
    assert found["announced"] == found["expected"] == every
    photos = await files(http, flight=flight, kind="photo")
    assert len(photos) == SHOTS
    assert [photo["takenAt"] for photo in photos] == sorted((p["takenAt"] for p in photos), reverse=True)
    newest = photos[0]
    assert abs(newest["latitude"] - 22.9) < 0.1
    assert newest["height"] > 10
    for side in await files(http, flight=flight, kind="ppk"):
        shown = (await http.get(f"/v1/media/{side['id']}")).json()
        (photo,) = shown["joined"]
        assert photo["name"] == side["photo"]
        back = (await http.get(f"/v1/media/{photo['id']}")).json()
        assert side["id"] in {each["id"] for each in back["joined"]}
    link = (await http.get(f"/v1/media/{newest['id']}/link")).json()
    async with httpx.AsyncClient(trust_env=False) as anybody:
        got = await anybody.get(link["url"])
    assert len(got.content) == newest["size"]
    assert newest["name"] in got.headers["content-disposition"]
    with Image.open(io.BytesIO(got.content)) as image:
        assert image.format == "JPEG"
    await argus(api, crew, "media", "get", flight, "--to", str(tmp_path))
    fetched = {entry.name: entry.stat().st_size for entry in os.scandir(tmp_path)}
    assert fetched == {each["name"]: each["size"] for each in await files(http, flight=flight)}
    said = await argus(api, crew, "media", "flight", flight)
    assert "complete" in said
    assert f"{every} of {every} files: {SHOTS} photos, 1 videos, {SHOTS} side files" in said
    assert newest["photo"] is None
    assert newest["name"] in await argus(api, crew, "media", "show", newest["id"])
    # Filters, one after the other and together, and pages
    assert await files(http, dock="other") == []
    assert await files(http, mission=newest["missionId"], dock=sim.sn, flight=flight, kind="other") == []
    since = await files(http, flight=flight, kind="photo", since=newest["takenAt"])
    before = await files(http, flight=flight, kind="photo", until=newest["takenAt"])
    assert {each["id"] for each in since + before} == {each["id"] for each in photos}
    assert newest["id"] not in {each["id"] for each in before}
    page = (await http.get("/v1/media", params={"flight": flight, "limit": 2})).json()
    rest = (await http.get("/v1/media", params={"flight": flight, "limit": 50, "after": page["next"]})).json()
    assert len(page["items"]) + len(rest["items"]) == every
    # What was said twice was told once
    assert len(await told(world, hook, "media.complete")) == 1
    assert len(await told(world, hook, "media.new")) == every
    await Webhooks(world.store).delete(hook.id)
    refused = await http.post(f"/v1/flights/{flight}/media/first", json={})
    assert (refused.status_code, refused.json()["type"].rsplit("/", 1)[-1]) == (409, "media-complete")


async def test_what_was_cut_off_comes_again_and_what_never_comes_is_named(
    world: World, crew: Org, api: Served, http: httpx.AsyncClient
) -> None:
    hook = await world.told_of(crew, "media.*")
    async with world.paired(crew, "dock2", speed=20, scenario="lossy_upload") as sim:
        flight = await flown(world, crew, sim)
        await eventually(lambda: _no_more(sim), 120)
        found = await media_of(http, flight)
        lost = next(report for report in await _reports(http, flight) if "does not hold" in report["reason"])
        assert (found["status"], lost["open"]) == ("waiting", True)
        # The photo that was cut off was sent again; the one that was forgotten, and the lost one, are not there
        assert found["photos"] + found["videos"] == SHOTS + 1 - 2
        assert found["expected"] == found["photos"] + found["videos"] + found["sideFiles"] + 2
        await deadline_in(world, crew, flight, 2)
        found = await until(http, flight, status="incomplete")
        assert found["missing"][0] == f"2 of {found['expected']} files"
        assert f"{lost['name']}: the bucket does not hold it" in found["missing"]
        assert [report["open"] for report in await _reports(http, flight)] == [False]
        assert len(await told(world, hook, "media.incomplete")) == 1
        assert len(await told(world, hook, "media.missing")) >= 1
        async with api.client(crew.id, Role.viewer) as viewer:
            assert (await viewer.post(f"/v1/flights/{flight}/media/first", json={})).status_code == 403
    await Webhooks(world.store).delete(hook.id)


async def _no_more(sim: SimDock) -> bool:
    return sim.wayline.running is None and not sim.media.waiting and bool(sim.media.expected)


async def _reports(http: httpx.AsyncClient, flight: str) -> list[Json]:
    found: list[Json] = (await http.get("/v1/media/reports", params={"flight": flight})).json()["items"]
    return found


async def test_a_lost_file_that_turns_up_is_media_and_completes_its_flight(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew, "dock1", speed=20, scenario={"uploads_lost": 1, "side_files": "none"}) as sim:
        flight = await flown(world, crew, sim)

        async def reported() -> Json | None:
            return next(iter(await _reports(http, flight)), None)

        lost: Json = await eventually(reported, 60)
        content = sim.media.lost[0].content()
        await world.objects.put(lost["objectKey"], content)
        await until(http, flight, status="complete", photos=SHOTS)
        assert await _reports(http, flight) == []
        (one,) = [file for file in await files(http, flight=flight) if file["name"] == lost["name"]]
        assert one["size"] == len(content)


async def test_a_flights_files_go_first_by_the_docks_own_word(world: World, crew: Org, http: httpx.AsyncClient) -> None:
    scenario = {"upload_breaks_after": 1, "side_files": "none"}
    async with world.paired(crew, "dock3", speed=20, scenario=scenario) as sim:
        mission = await world.mission(crew, sim)
        flights = []
        for _ in range(2):
            saga = await world.fly(crew, mission, sim, await world.wayline(crew, sim.aircraft_key, points=SHOTS))
            await world.until_flight(saga, "ok", within=120)
            flights.append(saga.id.removeprefix("flight/"))
        earlier, later = flights
        await until(http, later, status="waiting", announced=SHOTS + 1)
        await until(http, earlier, first=True)
        asked = await http.post(f"/v1/flights/{later}/media/first", json={"reason": "They wait for these"})
        assert asked.status_code == 202, asked.text
        assert asked.json()["askedFirstBy"] == "pilot@example"
        (sent,) = await world.sent(sim.sn, "upload_flighttask_media_prioritize")
        assert (sent.status, sent.data, sent.reason) == ("accepted", {"flight_id": later}, "They wait for these")
        sim.scenario.upload_breaks_after = None
        done = [await until(http, each, status="complete") for each in (later, earlier)]
    assert done[0]["firstAt"] is not None
    assert done[0]["completeAt"] <= done[1]["completeAt"]
    nothing = await http.post("/v1/flights/nothing/media/first", json={})
    assert nothing.status_code == 404


async def test_nobody_sees_the_files_of_others_and_nobody_at_all_what_is_too_old(
    world: World, api: Served, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew, "dock3", speed=20, scenario={"side_files": "none"}) as sim:
        flight = await flown(world, crew, sim)
        await until(http, flight, status="complete")
        (one, *_) = await files(http, flight=flight)
    async with api.client((await world.org()).id, Role.admin) as stranger:
        assert await files(stranger, flight=flight) == []
        for path in (f"/v1/media/{one['id']}", f"/v1/media/{one['id']}/link", f"/v1/flights/{flight}/media"):
            assert (await stranger.get(path)).status_code == 404
    retention = Retention(world.store, world.objects)
    await world.store.collection("dji_media").document(one["id"]).update({"createdAt": now() - timedelta(days=91)})
    swept = await retention.sweep(rule_of("dji_media"), TIMINGS.media_kept)
    assert (swept.removed, swept.left) == (1, 0)
    assert await world.objects.head(one["objectKey"]) is None
    assert (await http.get(f"/v1/media/{one['id']}")).status_code == 404
    assert len(await files(http, flight=flight)) == SHOTS + 1 - 1
