"""Remote debugging and FlySafe licences by REST, with simulated docks: what is shown is the dock's own word."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.jobs import methods_of
from dji import supports
from dji.model import REGISTRY
from dji.products import DOCK_MODELS
from dji.topics import Kind
from simulator.state import Cover, DockMode
from store.orgs import Org
from tests.served import Served
from tests.workflows.world import World, eventually
from workflows import names

Json = dict[str, Any]


@pytest.fixture
async def org(world: World) -> Org:
    return await world.org(seats=10)


@pytest.fixture
async def http(api: Served, org: Org) -> AsyncIterator[httpx.AsyncClient]:
    async with api.client(org.id) as http:
        yield http


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


async def until_free(world: World, sn: str) -> None:
    async def free() -> bool:
        dock = await world.docks.get(sn)
        return dock is not None and dock.lease is None

    await eventually(free, 30)


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_a_cover_is_opened_and_closed_and_the_dock_is_free_again(
    world: World, org: Org, http: httpx.AsyncClient, model: str
) -> None:
    async with world.paired(org, model, speed=4) as sim:
        job = await ordered(http, sim.sn, "cover_open")
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
        await until_free(world, sim.sn)
        assert sim.state.mode is DockMode.IDLE
        listed = (await http.get(f"/v1/docks/{sim.sn}/jobs")).json()["items"]
        assert [each["method"] for each in listed] == ["cover_close", "supplement_light_open", "cover_open"]
        await world.temporal.get_workflow_handle(names.debug_id(sim.sn)).result()
        assert (await http.delete(f"/v1/docks/{sim.sn}/debug")).status_code == 409


async def test_refusals_name_the_field_or_djis_code_and_leave_nothing_held(
    world: World, org: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(org) as sim:
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
        await until_free(world, sim.sn)


async def test_a_dock_that_flies_or_is_offline_is_not_debugged(world: World, org: Org, http: httpx.AsyncClient) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        saga = await world.fly(org, mission, sim, await world.wayline(org, sim.aircraft_key))
        answer = await http.post(f"/v1/docks/{sim.sn}/debug", json={"reason": "a look"})
        assert answer.status_code == 409
        assert answer.json()["type"].rpartition("/")[2] == "dock-busy"
        await world.until_flight(saga, "ok")
        await until_free(world, sim.sn)
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
        await until_free(world, sim.sn)
        answer = await http.post(f"/v1/docks/{sim.sn}/debug", json={"reason": "a look"})
        assert answer.json()["type"].rpartition("/")[2] == "dock-offline"


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_licences_are_what_the_dock_says_they_are(
    world: World, org: Org, http: httpx.AsyncClient, model: str
) -> None:
    async with world.paired(org, model, awake=True) as sim:
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
    world: World, org: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(org) as sim:
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
