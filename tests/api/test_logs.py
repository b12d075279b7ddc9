"""Logs by REST, with simulated docks: listed, chosen, uploaded, fetched, called off, and gone after their time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from api.security import Role
from dji.products import DOCK_MODELS
from simulator.dock import SimDock
from simulator.remote_log import BOOTS
from simulator.scenario import Rule
from store.audit import Audit
from store.document import now
from store.logs import LogUploads, prefix_of
from store.orgs import Org
from store.webhooks import Deliveries
from tests.served import Served
from tests.waiting import eventually
from tests.workflows.world import TIMINGS, World
from worker.schedules import see_to_schedules
from workflows.names import RETENTION, logs_id

Json = dict[str, Any]
OVER = ("ok", "partial", "failed", "refused", "cancelled")


def kind(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).rpartition("/")[2]


async def listed(http: httpx.AsyncClient, sn: str) -> dict[str, Json]:
    answer = await http.post(f"/v1/docks/{sn}/logs/refresh")
    assert answer.status_code == 200, answer.text
    return {each["device"]: each for each in answer.json()["devices"]}


async def begun(http: httpx.AsyncClient, sn: str, *devices: str, **more: Any) -> httpx.Response:
    """Ask for the newest two logs of each device; of the dock where none is named."""
    files = [{"device": device, "boots": [1003, 1004]} for device in devices or ("dock",)]
    return await http.post(f"/v1/docks/{sn}/logs/uploads", json={"files": files, **more})


async def uploading(http: httpx.AsyncClient, sn: str, *devices: str, **more: Any) -> Json:
    answer = await begun(http, sn, *devices, **more)
    assert answer.status_code == 201, answer.text
    found: Json = answer.json()
    return found


async def ended(http: httpx.AsyncClient, upload: Json) -> Json:
    async def over() -> Json | None:
        found: Json = (await http.get(f"/v1/logs/{upload['id']}")).json()
        return found if found["status"] in OVER else None

    found: Json = await eventually(over, 60)
    return found


def kept_for(upload: Json) -> timedelta:
    return datetime.fromisoformat(upload["keptUntil"]) - datetime.fromisoformat(upload["createdAt"])


def stalling(sim: SimDock) -> None:
    """From now on its uploads get stuck."""
    sim.scenario.logs = "stalls"


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_logs_of_dock_and_aircraft_are_listed_uploaded_and_fetched(
    world: World, crew: Org, http: httpx.AsyncClient, model: str
) -> None:
    await world.told_of(crew, "logs.*")
    async with world.paired(crew, model, speed=5, awake=True) as sim:
        before = (await http.get(f"/v1/docks/{sim.sn}/logs")).json()["devices"]
        assert [(each["device"], each["logs"], each["at"]) for each in before] == [
            ("aircraft", [], None), ("dock", [], None),
        ]  # fmt: skip
        lists = await listed(http, sim.sn)
        for each in lists.values():
            assert [log["bootIndex"] for log in each["logs"]] == [1004, 1003, 1002, 1001, 1000]
            newest = datetime.fromisoformat(each["logs"][0]["endsAt"])
            assert abs(newest - datetime.now(UTC)) < timedelta(hours=1), "seconds or milliseconds, by the dock"
        assert lists["aircraft"]["deviceSn"] == sim.aircraft_sn

        upload = await uploading(http, sim.sn, "dock", "aircraft", reason="It landed hard")
        done = await ended(http, upload)
        assert (done["status"], done["meaning"]) == ("ok", None)
        assert len(done["files"]) == 2
        for file in done["files"]:
            assert (file["status"], file["percent"], file["size"]) == ("ok", 100, file["listed"])
            link = (await http.get(f"/v1/logs/{upload['id']}/link", params={"device": file["device"]})).json()
            async with httpx.AsyncClient(trust_env=False) as outside:
                fetched = await outside.get(link["url"])
            assert fetched.content.startswith(sim.sn.encode())
            assert len(fetched.content) == file["size"]
            assert f"{sim.sn}-{file['device']}-" in fetched.headers["Content-Disposition"]
        await world.until_free(sim.sn)

        (start,) = await world.sent(sim.sn, "fileupload_start")
        assert (start.status, start.reason) == ("accepted", "It landed hard")
        assert start.data["credentials"] == "(credentials, made when it was sent)"
        history = await world.temporal.get_workflow_handle(logs_id(upload["id"])).fetch_history()
        assert "security_token" not in history.to_json()
        assert len(history.events) < 60, "no percentages"
        told = [each.type for each in await Deliveries(world.store).find(orgId=crew.id)]
        assert sorted(told) == ["logs.ok", "logs.uploading"]
        noted = {(each.action, each.reason) for each in await Audit(world.store).find(dockSn=sim.sn, kind="logs")}
        assert noted == {("logs.list", ""), ("logs.upload", "It landed hard"), ("logs.link", "")}
        items = (await http.get("/v1/logs", params={"dock": sim.sn, "status": "ok"})).json()["items"]
        assert [each["id"] for each in items] == [upload["id"]]


async def test_what_cannot_be_is_refused_before_anything_is_sent(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        assert kind(await begun(http, sim.sn)) == "logs-not-listed"
        lists = await listed(http, sim.sn)
        assert "324015" in lists["aircraft"]["error"], "it is off"
        assert (lists["aircraft"]["logs"], len(lists["dock"]["logs"])) == ([], BOOTS)
        answer = await begun(http, sim.sn, "aircraft")
        assert (answer.status_code, answer.json()["field"]) == (409, "files.0.device")
        assert "324015" in answer.json()["detail"]
        for files, refused, field in (
            ([{"device": "dock", "boots": [1004, 17]}], "no-such-log", "files.0.boots.1"),
            ([{"device": "dock", "boots": [1004]}] * 2, "device-twice", "files.1.device"),
            ([{"device": "camera", "boots": [1004]}], "bad-request", "files.0.device"),
            ([{"device": "dock", "boots": []}], "bad-request", "files.0.boots"),
        ):
            answer = await http.post(f"/v1/docks/{sim.sn}/logs/uploads", json={"files": files})
            assert (answer.status_code, kind(answer), answer.json()["field"]) == (422, refused, field)
            assert answer.json()["cure"]
        assert await world.sent(sim.sn, "fileupload_start") == []
        assert (await http.get(f"/v1/logs/{'0' * 32}")).status_code == 404
        await world.until_free(sim.sn)


async def test_a_dock_that_says_no_or_nothing_is_told_of_and_free_again(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await listed(http, sim.sn)
        sim.scenario.rules.append(Rule(on="command", method="fileupload_start", do="result", code=324016))
        answer = await begun(http, sim.sn)
        assert (answer.status_code, answer.json()["code"]) == (502, 324016)
        (refused,) = (await http.get("/v1/logs", params={"status": "refused"})).json()["items"]
        assert (refused["result"], refused["files"][0]["status"]) == (324016, "failed")
        assert refused["cure"]
        assert await world.sent(sim.sn, "fileupload_update") == [], "there is nothing to call off"
        await world.until_free(sim.sn)

        sim.scenario.rules.append(Rule(on="command", method="fileupload_*", do="silence", times=None))
        answer = await begun(http, sim.sn)
        assert (answer.status_code, kind(answer)) == (503, "no-reply")
        (failed,) = (await http.get("/v1/logs", params={"status": "failed"})).json()["items"]
        assert "did not answer" in failed["meaning"]
        assert len(await world.sent(sim.sn, "fileupload_update")) == 1, "it may have begun all the same"
        assert kind(await http.post(f"/v1/docks/{sim.sn}/logs/refresh")) == "no-reply"
        await world.until_free(sim.sn)
        sim.scenario.rules.clear()
        assert (await ended(http, await uploading(http, sim.sn)))["status"] == "ok"


async def test_one_upload_at_a_time_and_the_next_is_refused_or_waits_as_asked(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await listed(http, sim.sn)
        stalling(sim)
        first = await uploading(http, sim.sn)
        answer = await begun(http, sim.sn)
        assert (answer.status_code, kind(answer)) == (409, "dock-busy")
        assert logs_id(first["id"]) in answer.json()["detail"]
        waits, gives_up = [await uploading(http, sim.sn, queue=True) for _ in range(2)]
        assert (waits["status"], gives_up["status"]) == ("waiting", "waiting")
        answer = await http.post(f"/v1/logs/{gives_up['id']}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        assert len(await world.sent(sim.sn, "fileupload_start")) == 1

        assert (await http.get(f"/v1/logs/{waits['id']}")).json()["status"] == "waiting"
        sim.scenario.logs = "whole"
        assert (await ended(http, first))["status"] == "ok"
        assert (await ended(http, waits))["status"] == "ok"
        await world.until_free(sim.sn)
        assert len(sim.remote_log.uploaded) == 2


async def test_the_same_idempotency_key_is_one_upload(world: World, crew: Org, http: httpx.AsyncClient) -> None:
    async with world.paired(crew) as sim:
        await listed(http, sim.sn)
        http.headers["Idempotency-Key"] = sim.sn
        first = await uploading(http, sim.sn)
        await ended(http, first)
        assert (await uploading(http, sim.sn))["id"] == first["id"]
        assert len(await world.sent(sim.sn, "fileupload_start")) == 1


async def test_an_upload_is_called_off_once_the_dock_has_taken_that(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await listed(http, sim.sn)
        stalling(sim)
        upload = await uploading(http, sim.sn)
        deaf = Rule(on="command", method="fileupload_update", do="silence", times=None)
        sim.scenario.rules.append(deaf)
        answer = await http.post(f"/v1/logs/{upload['id']}/cancel")
        assert (answer.status_code, kind(answer)) == (503, "no-reply")
        assert (await http.get(f"/v1/logs/{upload['id']}")).json()["status"] == "uploading", "by the dock's word alone"
        sim.scenario.rules.remove(deaf)
        answer = await http.post(f"/v1/logs/{upload['id']}/cancel")
        assert answer.status_code == 200, answer.text
        assert (answer.json()["status"], answer.json()["files"][0]["status"]) == ("cancelled", "cancelled")
        assert sim.remote_log.shown() == {"uploading": False, "uploaded": []}
        again = await http.post(f"/v1/logs/{upload['id']}/cancel")
        assert (again.status_code, kind(again)) == (409, "logs-over")
        answer = await http.get(f"/v1/logs/{upload['id']}/link", params={"device": "dock"})
        assert (answer.status_code, answer.json()["field"]) == (409, "device")
        await world.until_free(sim.sn)


async def test_only_what_the_bucket_has_has_come(world: World, crew: Org, http: httpx.AsyncClient) -> None:
    async with world.paired(crew, awake=True) as sim:
        await listed(http, sim.sn)
        sim.scenario.logs = "half_fails"
        half = await ended(http, await uploading(http, sim.sn, "dock", "aircraft"))
        assert (half["status"], half["result"]) == ("partial", 324019)
        assert [(file["status"], file["result"]) for file in half["files"]] == [("ok", None), ("failed", 324019)]
        sim.scenario.logs = "claims"
        claimed = await ended(http, await uploading(http, sim.sn, "dock"))
        assert claimed["status"] == "failed"
        assert "the bucket does not have it" in claimed["files"][0]["meaning"]


async def test_a_flight_waits_for_the_logs_and_a_person_who_takes_the_dock_ends_them(
    world: World, crew: Org, api: Served, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        mission = await world.mission(crew, sim)
        wayline = await world.wayline(crew, sim.aircraft_key)
        await listed(http, sim.sn)
        stalling(sim)
        upload = await uploading(http, sim.sn)
        answer = await http.post("/v1/flights", json={"dockSn": sim.sn, "waylineId": wayline.id, "name": mission})
        assert (answer.status_code, kind(answer)) == (409, "dock-busy")
        async with api.client(crew.id, Role.commander) as commander:
            answer = await commander.post(f"/v1/docks/{sim.sn}/lease/take", json={"reason": "Person in the water"})
        assert answer.status_code in (200, 202), answer.text
        over = await ended(http, upload)
        assert over["status"] == "cancelled"
        assert "Person in the water" in over["meaning"]
        assert sim.remote_log.shown()["uploading"] is False


async def test_logs_are_gone_when_their_time_is_over(world: World, crew: Org, http: httpx.AsyncClient) -> None:
    """The schedule of 90 days, with a time that is over; what is younger stays."""
    async with world.paired(crew) as sim:
        await listed(http, sim.sn)
        old, young = [await ended(http, await uploading(http, sim.sn)) for _ in range(2)]
    uploads = LogUploads(world.store)
    await uploads.patch(old["id"], {"createdAt": now() - timedelta(days=90, minutes=1)})
    prefix = prefix_of(crew.id, sim.sn, old["id"])
    await world.objects.put(f"{prefix}late.log", b"came after its upload was given up")
    link = (await http.get(f"/v1/logs/{old['id']}/link", params={"device": "dock"})).json()["url"]
    await see_to_schedules(world.temporal, TIMINGS)
    schedule = world.temporal.get_schedule_handle(RETENTION)
    await schedule.trigger()

    async def gone() -> bool:
        return (await http.get(f"/v1/logs/{old['id']}")).status_code == 404

    await eventually(gone, 60)
    await schedule.delete()
    assert await world.objects.head(f"{prefix}dock.log") is None
    assert await world.objects.head(f"{prefix}late.log") is None
    async with httpx.AsyncClient(trust_env=False) as outside:
        assert (await outside.get(link)).status_code == 404
    left = (await http.get(f"/v1/logs/{young['id']}")).json()
    assert left["status"] == "ok"
    assert kept_for(left) == timedelta(days=90)
    await world.store.collection(Org.collection).document(crew.id).update({"retention.logs": 30})
    assert kept_for((await http.get(f"/v1/logs/{young['id']}")).json()) == timedelta(days=30)
    assert await world.objects.head(f"{prefix_of(crew.id, sim.sn, young['id'])}dock.log") is not None
