"""Flight areas: drawn by REST, brought into simulated docks, kept to by flights, and gone with their mission."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from api.security import Role
from dji.products import DOCK_MODELS
from simulator.dock import SimDock
from store.areas import DockAreas, DockAreasRepository
from store.facts import AssignDock, EndMission
from store.orgs import Org
from store.webhooks import Deliveries
from tests.served import Served
from tests.waiting import eventually
from tests.workflows.world import ACTOR, TIMINGS, World
from workflows import names
from workflows.inputs import FlightInput, RecurringInput

# Where the simulated docks stand, and where their test waylines lead
HOME = (113.7035, 22.9078)
BESIDE = (HOME[0] + 0.00074, HOME[1] + 0.0006)  # 76 m east of the second waypoint
Json = dict[str, Any]


@pytest.fixture
async def org(world: World) -> Org:
    return await world.org(seats=10)


@pytest.fixture
async def http(api: Served, org: Org) -> AsyncIterator[httpx.AsyncClient]:
    async with api.client(org.id, Role.commander) as http:
        yield http


def keep_in(half: float = 0.02, **more: Any) -> Json:
    """A square about home; `half` in degrees."""
    east, north = HOME
    corners = [(-half, -half), (half, -half), (half, half), (-half, half), (-half, -half)]
    ring = [[east + x, north + y] for x, y in corners]
    return {
        "type": "Feature",
        "id": "ridge",
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "properties": {"kind": "keep-in", "name": "Ridge", **more},
    }


def hut(north: float = 0.01, radius: float = 60) -> Json:
    return {
        "type": "Feature",
        "id": "hut",
        "geometry": {"type": "Point", "coordinates": [HOME[0], HOME[1] + north]},
        "properties": {"kind": "keep-out", "name": "Hut", "radius": radius},
    }


def drawn(*features: Json) -> Json:
    return {"type": "FeatureCollection", "features": list(features)}


async def put(http: httpx.AsyncClient, mission: str, *features: Json) -> Json:
    answer = await http.put(f"/v1/missions/{mission}/areas", json=drawn(*features))
    assert answer.status_code == 200, answer.text
    view: Json = answer.json()
    return view


async def until(http: httpx.AsyncClient, mission: str, **status: str) -> Json:
    """The areas once these docks (by serial) are so far."""

    async def there() -> Json | None:
        view: Json = (await http.get(f"/v1/missions/{mission}/areas")).json()
        now = {dock["sn"]: dock["status"] for dock in view["docks"]}
        return view if now.items() >= status.items() else None

    found: Json = await eventually(there, 30)
    return found


def names_of(sim: SimDock) -> set[str]:
    """What the dock itself has."""
    return {feature["id"] for feature in sim.flight_area.features}


@pytest.mark.parametrize("model", DOCK_MODELS)
async def test_areas_reach_the_dock_and_are_gone_with_the_mission(
    world: World, org: Org, http: httpx.AsyncClient, model: str
) -> None:
    async with world.paired(org, model) as sim:
        mission = await world.mission(org, sim)
        await put(http, mission, keep_in(half=0.03))
        view = await put(http, mission, keep_in(), hut())
        assert (view["revision"], view["docks"][0]["status"]) == (2, "waiting")
        view = await until(http, mission, **{sim.sn: "synchronized"})
        assert names_of(sim) == {"ridge", "hut"}
        assert view["checksum"] == view["docks"][0]["checksum"]
        assert len(await world.sent(sim.sn, "flight_areas_update")) == 1, "what was drawn in between was not sent"
        file = f"areas/{org.id}/{mission}/{sim.memory.areas[0]['name']}"
        content = await world.objects.get(file)
        assert content is not None
        assert hashlib.sha256(content).hexdigest() == view["checksum"]

        await put(http, mission, keep_in(), hut())  # the same areas again
        await put(http, mission, keep_in())
        await until_has(sim, {"ridge"})
        assert len(await world.sent(sim.sn, "flight_areas_update")) == 2

        await world.update(names.mission_id(mission), names.Update.END, EndMission(actor=ACTOR))
        await world.temporal.get_workflow_handle(names.mission_id(mission)).result()
        await until_has(sim, set())
        await world.temporal.get_workflow_handle(names.areas_id(mission)).result()
        given = await given_to(world, sim.sn)
        assert (given.status, given.given, given.checksum) == ("cleared", None, None)
        refused = await http.put(f"/v1/missions/{mission}/areas", json=drawn())
        assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "mission-ended")


async def until_has(sim: SimDock, features: set[str]) -> None:
    async def there() -> bool:
        return names_of(sim) == features

    await eventually(there, 30)


async def given_to(world: World, sn: str) -> DockAreas:
    given = await DockAreasRepository(world.store).get(sn)
    assert given is not None
    return given


async def test_a_dock_that_comes_later_gets_them_and_one_that_leaves_loses_them(
    world: World, org: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(org) as first, world.paired(org, "dock2") as second:
        mission = await world.mission(org, first)
        await put(http, mission, keep_in())
        await until(http, mission, **{first.sn: "synchronized"})
        assert names_of(second) == set()
        saga = names.mission_id(mission)
        await world.update(saga, names.Update.ASSIGN, AssignDock(sn=second.sn, actor=ACTOR))
        await until(http, mission, **{first.sn: "synchronized", second.sn: "synchronized"})
        await world.update(saga, names.Update.UNASSIGN, AssignDock(sn=first.sn, actor=ACTOR))
        await until_has(first, set())
        assert names_of(second) == {"ridge"}
        assert len(await world.sent(second.sn, "flight_areas_update")) == 1


async def test_a_dock_that_fails_is_told_again_and_one_that_is_away_when_it_comes(
    world: World, org: Org, http: httpx.AsyncClient
) -> None:
    rules = [
        {"on": "command", "method": "flight_areas_update", "do": "result", "code": 319999, "times": 1},
        {"on": "event", "method": "flight_areas_sync_progress", "do": "silence", "times": 2},
    ]
    async with world.paired(org, scenario={"name": "bad luck", "rules": rules}) as sim:
        mission = await world.mission(org, sim)
        await put(http, mission, keep_in())
        view = await until(http, mission, **{sim.sn: "failed"})
        assert "319999" in view["docks"][0]["error"]
        view = await until(http, mission, **{sim.sn: "synchronized"})
        assert view["docks"][0]["error"] is None

        await sim.cut_power()
        await until_offline(world, sim.sn)
        await put(http, mission, keep_in(), hut())
        await until(http, mission, **{sim.sn: "waiting"})
        await sim.start()
        await until(http, mission, **{sim.sn: "synchronized"})
        assert names_of(sim) == {"ridge", "hut"}
        assert (await http.post(f"/v1/missions/{mission}/areas/send")).status_code == 202
        before = len(await world.sent(sim.sn, "flight_areas_update"))

        async def told_again() -> bool:
            return len(await world.sent(sim.sn, "flight_areas_update")) > before

        await eventually(told_again)


async def until_offline(world: World, sn: str) -> None:
    async def away() -> bool:
        dock = await world.docks.get(sn)
        return dock is not None and not dock.online

    await eventually(away, 30)


async def test_areas_that_cannot_be_used_are_refused_and_nothing_is_changed(
    world: World, org: Org, http: httpx.AsyncClient
) -> None:
    async with world.paired(org) as sim:
        mission = await world.mission(org, sim)
        url = f"/v1/missions/{mission}/areas"
        open_ring = keep_in()
        open_ring["geometry"]["coordinates"][0].pop()
        crossed = keep_in()
        ring = crossed["geometry"]["coordinates"][0]
        ring[1], ring[2] = ring[2], ring[1]
        for body, field, word in (
            (drawn(keep_in(), hut(north=0)), "features.1.geometry", f"dock {sim.sn} stands in no-fly area Hut"),
            (drawn(keep_in(half=0.00002)), "features.0.geometry.coordinates.0", "100 are needed"),
            (drawn(crossed), "features.0.geometry.coordinates.0", "self-intersection"),
            (drawn(open_ring), "features.0.geometry.Polygon.coordinates", "not closed"),
            (drawn(keep_in(), hut(radius=5)), "features.1.properties.radius", "10 to"),
            (drawn(keep_in(), keep_in()), "features.1.id", "twice"),
            (drawn(keep_in(kind="fence")), "features.0.properties.kind", "no kind of area"),
            ({"type": "FeatureCollection"}, "features", "required"),
        ):
            answer = await http.put(url, json=body)
            problem = answer.json()
            assert answer.status_code == 422, problem
            assert problem["field"] == field, problem
            assert word in problem["detail"], problem
            assert problem["cure"]
        assert (await http.get(url)).json()["revision"] == 0
        assert await world.sent(sim.sn, "flight_areas_update") == []


async def test_a_flight_that_would_leave_them_is_refused(world: World, org: Org, http: httpx.AsyncClient) -> None:
    async with world.paired(org, "dock2") as sim:  # a Dock 3 does not say which area it is near
        mission = await world.mission(org, sim)
        wayline = await world.wayline(org, sim.aircraft_key)
        await put(http, mission, keep_in(half=0.0005))
        flight = {"dockSn": sim.sn, "waylineId": wayline.id}
        answer = await http.post("/v1/flights", json=flight)
        assert (answer.status_code, answer.json()["field"]) == (422, "waylineId")
        assert answer.json()["detail"] == "The way to waypoint 2 leaves the keep-in area."
        await world.told_of(org, "alert.area")
        to = {"latitude": HOME[1] + 0.001, "longitude": HOME[0], "height": 60}
        answer = await http.post("/v1/flights", json={"dockSn": sim.sn, "to": to})
        assert (answer.status_code, answer.json()["field"]) == (422, "to")
        # A turn of a recurring flight, too, which was planned before the areas were drawn
        schedule = RecurringInput(
            schedule_id="north", timings=TIMINGS,
            flight=FlightInput(
                task_id="", org_id=org.id, mission_id=mission, dock_sn=sim.sn, wayline_id=wayline.id, name="Fence",
                actor=ACTOR, timings=TIMINGS,
            ),
        )  # fmt: skip
        turn = await world.temporal.execute_workflow(
            names.Workflow.RECURRING, schedule, id=f"recurring/{uuid.uuid4().hex}", task_queue=names.TASK_QUEUE
        )
        assert turn == "missed"
        (missed,) = await world.flights.find(dockSn=sim.sn)
        assert (missed.status, missed.reason) == (
            "missed",
            "AreasBreached: the way to waypoint 2 leaves the keep-in area",
        )
        await put(http, mission, keep_in(), {**hut(), "geometry": {"type": "Point", "coordinates": BESIDE}})
        await until(http, mission, **{sim.sn: "synchronized"})
        answer = await http.post("/v1/flights", json=flight)
        assert answer.status_code == 201, answer.text
        saga = world.temporal.get_workflow_handle(names.flight_id(answer.json()["id"]))
        await world.until_flight(saga, "ok")
        alerts = [
            json.loads(each.payload)["data"]["areas"] for each in await Deliveries(world.store).find(orgId=org.id)
        ]
        near = [{area["state"] for area in areas} for areas in alerts]
        assert {"near", "clear"} in near, alerts
        assert {"clear"} in near, "it is well again"
        assert {area["name"] for area in alerts[0]} >= {"Hut"}
