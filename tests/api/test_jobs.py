"""Remote debugging and FlySafe licences by REST, with simulated docks: what is shown is the dock's own word."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
import websockets
from temporalio.client import WorkflowUpdateFailedError

from api.jobs import methods_of
from dji import supports
from dji.model import REGISTRY
from dji.products import DOCK_MODELS
from dji.topics import Kind
from simulator.state import Cover, DockMode
from store.facts import Actor, DebugOrder
from store.orgs import Org
from store.webhooks import Deliveries
from tests.served import Served
from tests.waiting import eventually
from tests.workflows.world import World
from workflows import names

Json = dict[str, Any]


async def ordered(http: httpx.AsyncClient, sn: str, method: str, status: int = 202, **data: Any) -> Json:
    answer = await http.post(f"/v1/docks/{sn}/jobs", json={"method": method, "data": data})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def ended(http: httpx.AsyncClient, job: Json) -> Json:
    async def over() -> Json | None:
        now: Json = (await http.get(f"/v1/jobs/{job['id']}")).json()
        return now if now["status"] in ("ok", "failed", "refused", "silent") else None

    found: Json = await eventually(over, 60)
    return found


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_a_cover_is_opened_and_closed_and_the_dock_is_free_again(
    world: World, crew: Org, http: httpx.AsyncClient, model: str
) -> None:
    async with world.paired(crew, model, speed=4) as sim:
        shown = (await http.get(f"/v1/docks/{sim.sn}/debug")).json()
        assert shown["phase"] == "closed"
        assert [kind["method"] for kind in shown["jobs"]] == shown["methods"]
        switch = next(kind for kind in shown["jobs"] if kind["method"] == "air_conditioner_mode_switch")
        (action,) = switch["fields"]
        assert (action["name"], action["required"], action["values"]["1"]) == ("action", True, "cool")
        assert ("putter_open" in shown["methods"]) is (model == "dock1")
        job = await ordered(http, sim.sn, "cover_open")
        assert (await http.get(f"/v1/docks/{sim.sn}/debug")).json()["phase"] == "open"
        dock = await world.docks.get(sim.sn)
        assert dock is not None
        assert dock.lease is not None
        assert dock.lease.kind == "debug"
        second = await http.post(f"/v1/docks/{sim.sn}/jobs", json={"method": "cover_close"})
        assert second.json()["type"].rpartition("/")[2] == "job-runs"
        assert (await ended(http, job))["status"] == "ok"
        assert sim.state.cover is Cover.OPEN
        assert (await ended(http, await ordered(http, sim.sn, "supplement_light_open")))["status"] == "ok"
        assert (await ended(http, await ordered(http, sim.sn, "cover_close")))["status"] == "ok"
        assert (await http.delete(f"/v1/docks/{sim.sn}/debug")).status_code == 202
        await world.until_free(sim.sn)
        assert sim.state.mode is DockMode.IDLE
        assert (await http.get(f"/v1/docks/{sim.sn}/debug")).json()["phase"] == "closed"
        listed = (await http.get(f"/v1/docks/{sim.sn}/jobs")).json()["items"]
        assert [each["method"] for each in listed] == ["cover_close", "supplement_light_open", "cover_open"]
        await world.temporal.get_workflow_handle(names.debug_id(sim.sn)).result()
        assert (await http.delete(f"/v1/docks/{sim.sn}/debug")).status_code == 409


async def test_refusals_name_the_field_or_djis_code_and_leave_nothing_held(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        for method, data, field in (
            ("flighttask_execute", {}, "method"),
            ("air_conditioner_mode_switch", {"action": 9}, "data.action"),
            ("air_conditioner_mode_switch", {}, "data.action"),
        ):
            problem = await ordered(http, sim.sn, method, 422, **data)
            assert problem["field"] == field, problem
            assert problem["cure"]
        assert await world.sent(sim.sn, "debug_mode_open") == []

        sim.state.emergency_stop = True
        problem = await ordered(http, sim.sn, "cover_open", 502)
        assert problem["code"] == 514121
        sim.state.emergency_stop = False
        (job,) = (await http.get(f"/v1/docks/{sim.sn}/jobs")).json()["items"]
        assert (job["status"], job["result"]) == ("refused", 514121)
        assert job["meaning"]
        await http.delete(f"/v1/docks/{sim.sn}/debug")
        await world.until_free(sim.sn)


async def test_an_order_that_cannot_be_written_fails_and_is_in_nobodys_way(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        await ordered(http, sim.sn, "supplement_light_open")
        debug = world.temporal.get_workflow_handle(names.debug_id(sim.sn))
        nameless = DebugOrder(job_id="no/name", method="cover_open", actor=Actor(user="temporal"))
        with pytest.raises(WorkflowUpdateFailedError):
            await asyncio.wait_for(debug.execute_update(names.Update.ORDER, nameless), 30)
        assert (await ended(http, await ordered(http, sim.sn, "supplement_light_close")))["status"] == "ok"
        await http.delete(f"/v1/docks/{sim.sn}/debug")
        await world.until_free(sim.sn)


async def test_a_dock_that_flies_or_is_offline_is_not_debugged(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        mission = await world.mission(crew, sim)
        saga = await world.fly(crew, mission, sim, await world.wayline(crew, sim.aircraft_key))
        answer = await http.post(f"/v1/docks/{sim.sn}/debug", json={"reason": "a look"})
        assert answer.status_code == 409
        assert answer.json()["type"].rpartition("/")[2] == "dock-busy"
        await world.until_flight(saga, "ok")
        await world.until_free(sim.sn)
        assert (await http.post(f"/v1/docks/{sim.sn}/debug", json={"reason": "a look"})).status_code == 201
        assert sim.state.mode is DockMode.REMOTE_DEBUG
        await sim.cut_power()

        async def away() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and not dock.online

        await eventually(away, 30)
        session = world.temporal.get_workflow_handle(names.debug_id(sim.sn))
        await session.cancel()
        await session.result()
        await world.until_free(sim.sn)
        answer = await http.post(f"/v1/docks/{sim.sn}/debug", json={"reason": "a look"})
        assert answer.json()["type"].rpartition("/")[2] == "dock-offline"


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_licences_are_what_the_dock_says_they_are(
    world: World, crew: Org, http: httpx.AsyncClient, model: str
) -> None:
    async with world.paired(crew, model, awake=True) as sim:
        url = f"/v1/docks/{sim.sn}/licences"
        empty = (await http.get(url)).json()
        assert [(held["device"], held["licences"], held["at"]) for held in empty["held"]] == [
            ("aircraft", [], None), ("dock", [], None),
        ]  # fmt: skip
        answer = await http.post(f"{url}/refresh")
        assert answer.status_code == 200, answer.text
        aircraft, dock = answer.json()["held"]
        assert [each["enabled"] for each in aircraft["licences"]] == [True, False]
        assert len(dock["licences"]) == 2
        assert answer.json()["consistent"] is True
        off = aircraft["licences"][1]
        answer = await http.patch(f"{url}/{off['id']}", json={"enabled": True})
        assert [each["enabled"] for each in answer.json()["held"][0]["licences"]] == [True, True]
        asked = [command.data["device_model_domain"] for command in await world.sent(sim.sn, "unlock_license_list")]
        assert asked == [0, 3, 0, 3]

        answer = await http.post(f"{url}/update", files={"file": ("licences.json", b"{}")})
        assert len(answer.json()["held"][0]["licences"]) == 3, answer.text
        assert len((await http.post(f"{url}/update")).json()["held"][0]["licences"]) == 4
        unknown = await http.patch(f"{url}/1", json={"enabled": True})
        assert (unknown.status_code, unknown.json()["code"]) == (502, 325001)
        assert [each["enabled"] for each in (await http.get(url)).json()["held"][0]["licences"]][:2] == [True, True]


async def test_an_aircraft_that_is_off_cannot_be_asked_and_that_is_said(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        aircraft, dock = (await http.post(f"/v1/docks/{sim.sn}/licences/refresh")).json()["held"]
        assert (aircraft["licences"], aircraft["at"]) == ([], None)
        assert "325012" in aircraft["error"]
        assert len(dock["licences"]) == 2
        assert dock["error"] is None
        refused = await http.post(f"/v1/docks/{sim.sn}/licences/update")
        assert (refused.status_code, refused.json()["code"]) == (502, 325012)


@pytest.mark.parametrize(("product", "count"), [("3-1-0", 21), ("3-2-0", 22), ("3-3-0", 23)])
def test_a_dock_can_be_told_all_that_its_pages_have_of_remote_debugging(product: str, count: int) -> None:
    of_debugging = {
        method for (kind, method), model in REGISTRY.items()
        if kind is Kind.SERVICES and model.__module__.startswith("dji.remote_debug") and supports(product, method)
    }  # fmt: skip
    assert len(of_debugging) == count, "as many as DJI's pages of this dock have"
    assert {*methods_of(product), "debug_mode_open", "debug_mode_close"} == of_debugging


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_custom_data_goes_to_payload_and_dock_and_what_they_send_is_kept_shown_and_told(
    world: World, api: Served, crew: Org, http: httpx.AsyncClient, model: str
) -> None:
    """The simulated programs send back what they are sent."""
    hook = await world.told_of(crew, "custom.*")
    async with world.paired(crew, model, awake=True) as sim:
        url = f"{api.url.replace('http', 'ws')}/v1/live?sn={sim.sn}"
        async with websockets.connect(
            url, additional_headers={"Authorization": f"Bearer {api.token(crew.id)}"}
        ) as watching:
            for body in (
                {"to": "psdk", "value": "ventil öffnen", "reason": "line"},
                {"to": "esdk", "value": "x" * 255},
            ):
                for _ in range(2):  # the same key: sent once
                    answer = await http.post(f"/v1/docks/{sim.sn}/custom-data", json=body,
                                             headers={"Idempotency-Key": f"{sim.sn}-{body['to']}"})  # fmt: skip
                    assert answer.status_code == 201, answer.text
            assert sim.psdk.received == [
                ("custom_data_transmission_to_psdk", "ventil öffnen"), ("custom_data_transmission_to_esdk", "x" * 255),
            ]  # fmt: skip

            async def received() -> list[Json]:
                items = (await http.get(f"/v1/docks/{sim.sn}/custom-data")).json()["items"]
                return items if len(items) == 2 else []

            assert [(e["end"], e["value"], e["length"]) for e in await eventually(received)] == [
                ("esdk", "x" * 255, 255), ("psdk", "ventil öffnen", 14),
            ]  # fmt: skip
            (one,) = (await http.get(f"/v1/docks/{sim.sn}/custom-data", params={"end": "psdk"})).json()["items"]
            assert one["value"] == "ventil öffnen"
            async with asyncio.timeout(15):
                while True:
                    part = json.loads(await watching.recv())
                    if part["part"] == "custom" and len(part["data"]["newest"]) == 2:
                        break
        sent = await world.sent(sim.sn, "custom_data_transmission_to_psdk")
        assert [(each.user, each.reason, each.status) for each in sent] == [("pilot@example", "line", "accepted")]
        told = await Deliveries(world.store).find(webhookId=hook.id)
        assert sorted(json.loads(each.payload)["data"]["from"] for each in told) == ["esdk", "psdk"]


async def test_custom_data_is_refused_before_it_is_sent_or_by_the_dock_with_its_code(
    world: World, crew: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(crew) as sim:
        url = f"/v1/docks/{sim.sn}/custom-data"
        for body, field in (
            ({"to": "psdk", "value": "ö" * 128}, "value"),
            ({"to": "psdk", "value": ""}, "value"),
            ({"to": "payload", "value": "x"}, "to"),
        ):
            refused = await http.post(url, json=body)
            assert (refused.status_code, refused.json()["field"]) == (422, field)
        await world.docks.patch(sim.sn, {"product": "2-119-0"})
        lacking = await http.post(url, json={"to": "psdk", "value": "x"})
        assert (lacking.status_code, lacking.json()["type"].rpartition("/")[2]) == (409, "not-supported")
        assert lacking.json()["field"] == "to"
        assert not await world.sent(sim.sn, "custom_data_transmission_to_psdk")
        await world.docks.patch(sim.sn, {"product": "3-9-0"})  # nobody knows what that has: it is the dock's to say
        assert (await http.post(url, json={"to": "esdk", "value": "x"})).status_code == 201
        await world.docks.patch(sim.sn, {"product": "3-3-0"})
        for _ in range(2):  # the aircraft sleeps; the same key gets the same answer, and nothing is sent again
            off = await http.post(url, json={"to": "psdk", "value": "x"}, headers={"Idempotency-Key": sim.sn})
            assert (off.status_code, off.json()["code"]) == (502, 327050)
        assert len(await world.sent(sim.sn, "custom_data_transmission_to_psdk")) == 1
        assert [value for _, value in sim.psdk.received] == ["x"]
        await sim.cut_power()

        async def away() -> bool:
            dock = await world.docks.get(sim.sn)
            return dock is not None and not dock.online

        await eventually(away, 30)
        offline = await http.post(url, json={"to": "esdk", "value": "x"})
        assert (offline.status_code, offline.json()["type"].rpartition("/")[2]) == (409, "dock-offline")
