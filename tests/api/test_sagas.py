"""`/v1/sagas` and `/v1/timings`: what runs, found in Temporal's own index, and never another organisation's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from api.security import Role
from embedded.parts import TemporalServer
from tests.api.conftest import As
from tests.waiting import eventually
from timings import Timings

Start = Callable[..., Awaitable[str]]


@pytest.fixture
async def start(temporal: TemporalServer, org: str) -> Start:
    """Starts a saga that no worker takes up: it stays as it began."""
    client = await Client.connect(temporal.address)

    async def begin(**attributes: str) -> str:
        pairs = [
            SearchAttributePair(SearchAttributeKey.for_keyword(name), value)
            for name, value in ({"OrgId": org, "Saga": "flight"} | attributes).items()
        ]
        saga = await client.start_workflow(
            "Flight",
            id=f"flight/{uuid4().hex}",
            task_queue=f"nobody-{org}",
            search_attributes=TypedSearchAttributes(pairs),
            static_summary="A survey",
        )
        return saga.id

    return begin


async def listed(http: httpx.AsyncClient, **asked: Any) -> set[str]:
    answer = await http.get("/v1/sagas", params=asked)
    assert answer.status_code == 200, answer.text
    return {item["workflowId"] for item in answer.json()["items"]}


async def test_sagas_are_found_by_mission_dock_kind_phase_and_status(as_role: As, start: Start) -> None:
    viewer = as_role(Role.viewer)
    one = await start(MissionId="m1", DockSn="D1", Phase="flying")
    two = await start(MissionId="m2", DockSn="D2", Phase="preparing", Saga="firmware")

    async def both() -> bool:
        return await listed(viewer) == {one, two}

    await eventually(both)
    assert await listed(viewer, mission="m1") == {one}
    assert await listed(viewer, dock="D2") == {two}
    assert await listed(viewer, saga="flight") == {one}
    assert await listed(viewer, phase="preparing") == {two}
    assert await listed(viewer, status="Running", dock="D1", phase="flying") == {one}
    assert await listed(viewer, status="Completed") == set()


async def test_sagas_come_in_pages(as_role: As, start: Start) -> None:
    viewer = as_role(Role.viewer)
    begun = {await start() for _ in range(3)}

    async def all_three() -> bool:
        return await listed(viewer) == begun

    await eventually(all_three)
    first = (await viewer.get("/v1/sagas", params={"limit": 2})).json()
    second = (await viewer.get("/v1/sagas", params={"limit": 2, "after": first["next"]})).json()
    assert len(first["items"]) == 2
    assert {item["workflowId"] for item in first["items"] + second["items"]} == begun


async def test_one_saga_has_its_summary_and_its_page_also_without_a_worker(as_role: As, start: Start) -> None:
    saga = await start(DockSn="D1", Phase="flying")
    answer = await as_role(Role.viewer).get(f"/v1/sagas/{saga}")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["summary"], found["phase"], found["dockSn"], found["status"]) == (
        "A survey",
        "flying",
        "D1",
        "Running",
    )
    assert found["temporal"].endswith(saga.replace("/", "%2F"))
    assert found["logbook"] is None


async def test_another_organisations_saga_looks_like_none(as_role: As, start: Start) -> None:
    saga = await start(OrgId="somebody-else")
    viewer = as_role(Role.viewer)
    theirs, none = await viewer.get(f"/v1/sagas/{saga}"), await viewer.get("/v1/sagas/flight/nothing")
    assert theirs.status_code == none.status_code == 404
    assert theirs.json()["type"] == none.json()["type"]
    assert theirs.json()["field"] == "workflowId"
    assert await listed(viewer) == set()


@pytest.mark.parametrize("typed", ["x' OR OrgId != 'x", "a\\'", "new\nline"])
async def test_a_filter_cannot_reach_out_of_the_organisation(as_role: As, typed: str) -> None:
    answer = await as_role(Role.viewer).get("/v1/sagas", params={"mission": typed})
    assert answer.status_code == 422
    assert answer.json()["cure"]


@pytest.mark.parametrize("typed", ["!", "no-cursor", "bm8gY3Vyc29y"])
async def test_a_wrong_cursor_is_named(as_role: As, typed: str) -> None:
    answer = await as_role(Role.viewer).get("/v1/sagas", params={"after": typed})
    assert (answer.status_code, answer.json()["field"]) == (422, "after"), answer.text


async def test_every_timing_has_name_default_and_reason(as_role: As) -> None:
    found = (await as_role(Role.viewer).get("/v1/timings")).json()
    assert [item["name"] for item in found] == list(Timings.model_fields)
    assert all(item["reason"] for item in found)
    assert next(item for item in found if item["name"] == "pairing_validity")["default"] == 900
