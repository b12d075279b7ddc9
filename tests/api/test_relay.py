"""Routes of relays and `argus relay`, over the whole system with simulated docks."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import uuid
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.security import Role
from dji.wpml import Waypoint, build_kmz, write_kmz
from store.flights import Wayline, kmz_key
from store.orgs import Org
from store.relays import RELAY_OVER
from tests.served import Served
from tests.waiting import eventually
from tests.workflows.relays import LAT, LON, LONG, REFUSES, ROUTE, STEP, Relaying, until_in_flight
from tests.workflows.world import World

POINTS = [point.model_dump(exclude_defaults=True) for point in ROUTE]


@pytest.fixture
def relaying(world: World, crew: Org) -> Relaying:
    return Relaying(world, crew)


async def until(http: httpx.AsyncClient, relay: str, *statuses: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        found: dict[str, Any] = (await http.get(f"/v1/relays/{relay}")).json()
        return found if found["status"] in statuses else None

    found: dict[str, Any] = await eventually(there, 90)
    return found


async def uploaded(world: World, org: Org, content: bytes) -> str:
    """A wayline file of the organisation, as it is after its upload."""
    key = uuid.uuid4().hex
    wayline = Wayline(
        id=key, org_id=org.id, name="ridge", object_key=kmz_key(org.id, key), md5="0" * 32, size=len(content),
        aircraft="0-100-1", waypoints=2, length_m=100, exit_wayline_when_rc_lost=1, uploaded_by="tester",
    )  # fmt: skip
    await world.objects.put(wayline.object_key, content)
    await world.waylines.put(wayline)
    return key


def kmz(points: int = 5, step: float = STEP / 2) -> bytes:
    route = [Waypoint(LAT + step * n, LON, 30) for n in range(points)]
    return write_kmz(build_kmz(route, aircraft_key="0-100-1", name="ridge", speed=10))


def following_the_ground() -> bytes:
    """A route whose heights are above the ground, which a plan knows nothing of."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(kmz())) as before, zipfile.ZipFile(changed, "w") as after:
        for name in before.namelist():
            text = before.read(name).replace(
                b"<wpml:executeHeightMode>relativeToStartPoint<", b"<wpml:executeHeightMode>realTimeFollowSurface<"
            )
            after.writestr(name, text)
    return changed.getvalue()


async def test_what_is_wrong_with_a_relay_is_named_and_starts_nothing(
    relaying: Relaying, http: httpx.AsyncClient
) -> None:
    world, org = relaying.world, relaying.org
    stranger = Relaying(world, await world.org())
    async with (
        relaying.line(2) as (docks, mission),
        relaying.line(1) as ([elsewhere], _),
        stranger.line(1) as ([other], _),
    ):
        a, b = (dock.sn for dock in docks)
        far = [{"lat": LAT, "lon": LON, "height": 60}, {"lat": LAT + 0.5, "lon": LON, "height": 60}]
        here = {"docks": [a, b]}
        route = here | {"route": POINTS}
        for body, status, field in (
            ({"docks": [a, "7CTDNOTHERE001"], "route": POINTS}, 404, "docks[1]"),
            ({"docks": [a, other.sn], "route": POINTS}, 404, "docks[1]"),
            ({"docks": [a, elsewhere.sn], "route": POINTS}, 409, "docks[1]"),
            ({"docks": [a], "route": POINTS}, 422, "docks"),
            ({"docks": [a, a], "route": POINTS}, 422, "body"),
            (here, 422, "body"),
            (route | {"waylineId": "ridge"}, 422, "body"),
            (here | {"route": POINTS[:1]}, 422, "route"),
            (here | {"route": [POINTS[0], POINTS[0]]}, 422, "route"),
            (here | {"route": [POINTS[0], POINTS[1] | {"hight": 3}]}, 422, "route.1.hight"),
            (here | {"route": [POINTS[0], POINTS[1] | {"height": 1}]}, 422, "route.1.height"),
            (here | {"route": far}, 422, "docks"),
            (route | {"crafts": {"dock3": {"radius": 100}}}, 422, "docks"),
            (route | {"crafts": {"dock3": {"enduranse": 600}}}, 422, "crafts.dock3.enduranse"),
            (route | {"crafts": {"dock9": {"radius": 500}}}, 422, "crafts.dock9.[key]"),
            (route | {"rthAltitude": 1400, "crafts": {"dock3": {"endurance": 900}}}, 422, "docks"),
            (route | {"reserve": 5}, 422, "reserve"),
            (route | {"speed": 20}, 422, "speed"),
            (here | {"waylineId": "nothing"}, 404, "waylineId"),
            (here | {"waylineId": await uploaded(world, org, kmz(1001, 0.00001))}, 422, "waylineId"),
            (here | {"waylineId": await uploaded(world, org, following_the_ground())}, 422, "waylineId"),
        ):
            for path in ("/v1/relays/plan", "/v1/relays"):
                refused = await http.post(path, json=body)
                assert (refused.status_code, refused.json().get("field")) == (status, field), (body, refused.text)
                assert refused.json()["cure"], body
        hut = {
            "type": "Feature", "id": "hut", "geometry": {"type": "Point", "coordinates": [LON, LAT + STEP * 1.5]},
            "properties": {"kind": "keep-out", "name": "Hut", "radius": 20},
        }  # fmt: skip
        areas = {"type": "FeatureCollection", "features": [hut]}
        drawn = await http.put(f"/v1/missions/{mission}/areas", json=areas)
        assert drawn.status_code == 200, drawn.text
        for path in ("/v1/relays/plan", "/v1/relays"):
            refused = await http.post(path, json=route)
            assert (refused.status_code, refused.json()["field"]) == (422, "route"), refused.text
            assert refused.json()["detail"] == "the way to waypoint 4 enters no-fly area Hut"
        assert (await http.delete(f"/v1/missions/{mission}/areas")).is_success
        for more, field in (
            ({"overlap": 1}, "overlap"),
            ({"overrides": {"mood": "good enough"}}, "overrides.mood.[key]"),
            ({"name": ""}, "name"),
        ):
            refused = await http.post("/v1/relays", json=route | more)
            assert (refused.status_code, refused.json()["field"]) == (422, field), refused.text
        await docks[0].cut_power()
        await eventually(lambda: _offline(world, a))
        refused = await http.post("/v1/relays", json=route)
        assert (refused.status_code, refused.json()["field"]) == (409, "docks[0]"), refused.text
        assert (await http.get("/v1/relays")).json()["items"] == []
        assert await relaying.free(a)
        assert await relaying.free(b)


async def _offline(world: World, sn: str) -> bool:
    dock = await world.docks.get(sn)
    return dock is not None and not dock.online


async def test_a_relay_is_planned_started_once_told_and_aborted(
    api: Served, relaying: Relaying, http: httpx.AsyncClient
) -> None:
    async with relaying.line(2, streams=True, speed=20) as (docks, mission):
        sns = [dock.sn for dock in docks]
        what = {"docks": sns, "route": [point.model_dump(exclude_defaults=True) for point in LONG]}
        plan = (await http.post("/v1/relays/plan", json=what)).raise_for_status().json()
        assert [leg["dockSn"] for leg in plan["legs"]] == sns
        weak = what | {"crafts": {"dock3": {"endurance": 1200}}}
        worn = (await http.post("/v1/relays/plan", json=weak)).raise_for_status().json()
        assert worn["legs"][0]["share"] > plan["legs"][0]["share"]
        body = what | {"name": "Ridge"}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        started = (await http.post("/v1/relays", json=body, headers=headers)).raise_for_status().json()
        assert started["saga"]["workflowId"] == f"relay/{started['id']}"
        here = f"/v1/relays/{started['id']}"
        other = await http.post("/v1/relays", json=body | {"name": "Other"}, headers=headers)
        assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key")
        busy = await http.post("/v1/relays", json=body)
        assert (busy.status_code, busy.json()["field"][:5]) == (409, "docks"), busy.text
        assert f"relay/{started['id']}" in busy.json()["detail"]
        early = await http.post(f"{here}/decide", json={"decision": "retry"})
        assert (early.status_code, early.json()["field"]) == (409, "decision")
        wrong = await http.post(f"{here}/decide", json={"decision": "maybe"})
        assert (wrong.status_code, wrong.json()["field"]) == (422, "decision")
        async with api.client(relaying.org.id, Role.commander) as commander:
            held = await commander.delete(f"/v1/missions/{mission}/docks/{docks[1].sn}")
            assert (held.status_code, held.json()["field"]) == (409, "sn"), held.text
            assert f"relay/{started['id']}: relay Ridge" in held.json()["detail"]
        async with api.client(relaying.org.id, Role.viewer) as viewer:
            assert (await viewer.get(here)).json()["id"] == started["id"]
            for word in ("pause", "resume", "abort"):
                assert (await viewer.post(f"{here}/{word}")).status_code == 403
            assert (await viewer.post("/v1/relays", json=body)).status_code == 403
            assert (await viewer.post("/v1/relays/plan", json=body)).status_code == 403
        async with api.client("org-other") as stranger:
            assert (await stranger.get(here)).status_code == 404
            assert (await stranger.post(f"{here}/abort")).status_code == 404
            assert (await stranger.get("/v1/relays")).json()["items"] == []
        await until_in_flight(docks[0])
        paused = (await http.post(f"{here}/pause")).raise_for_status().json()
        assert (paused["status"], paused["legs"][0]["status"]) == ("paused", "hovering")
        resumed = (await http.post(f"{here}/resume")).raise_for_status().json()
        assert (resumed["status"], resumed["legs"][0]["status"]) == ("running", "flying")
        assert (await http.post(f"{here}/abort")).status_code == 202
        ended = await until(http, started["id"], *RELAY_OVER)
        assert (ended["status"], ended["reason"]) == ("aborted", "aborted by pilot@example")
        again = (await http.post("/v1/relays", json=body, headers=headers)).raise_for_status().json()
        assert (again["id"], again["status"]) == (started["id"], "aborted")
        for word in ("pause", "resume", "abort"):
            over = await http.post(f"{here}/{word}")
            assert over.status_code == 409, over.text
        for filters, count in (
            ({"mission": mission}, 1),
            ({"mission": "other"}, 0),
            ({"status": "aborted"}, 1),
            ({"status": "running"}, 0),
        ):
            assert len((await http.get("/v1/relays", params=filters)).json()["items"]) == count, filters
        await relaying.expect_all_home(docks)


async def argus(api: Served, org: Org, *words: str) -> tuple[int, str]:
    """Exit code and output. A process of its own: here, the bridge writes its log where the answers would go."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", "--api", api.url, "--token", api.token(org.id), *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await child.communicate()
    assert child.returncode is not None
    return child.returncode, output.decode()


async def asked(api: Served, org: Org, *words: str) -> Any:
    """What `argus --json relay` answers."""
    code, output = await argus(api, org, "--json", "relay", *words)
    assert code == 0, output
    return json.loads(output)


async def test_the_command_line_plans_starts_and_follows(
    api: Served, relaying: Relaying, crew: Org, tmp_path: Path
) -> None:
    file = tmp_path / "ridge.kmz"
    file.write_bytes(kmz())
    async with relaying.line(2) as (docks, _):
        sns = [dock.sn for dock in docks]
        plan = await asked(api, crew, "plan", str(file), *sns, "--speed", "8")
        assert [leg["dockSn"] for leg in plan["legs"]] == sns
        short = await asked(api, crew, "plan", str(file), *sns, "--craft", "dock3:radius=150,endurance=1500")
        assert [leg["share"] for leg in short["legs"]] != [leg["share"] for leg in plan["legs"]]
        for craft, word in (("dock3", "--craft"), ("dock3:radius=near", "--craft"), ("dock3:reach=900", "reach")):
            code, output = await argus(api, crew, "relay", "plan", str(file), *sns, "--craft", craft)
            assert (code != 0, word in output) == (True, True), output
        code, output = await argus(api, crew, "relay", "start", str(file), *sns, "--name", "Ridge", "--overlap", "50")
        assert code == 0, output
        assert "completed" in output
        assert sns[1] in output
        (listed,) = await asked(api, crew, "list", "--status", "completed")
        assert listed["coveredM"] == pytest.approx(listed["lengthM"], abs=1)
        code, output = await argus(api, crew, "relay", "follow", listed["id"])
        assert (code, "completed" in output) == (0, True), output
        await relaying.expect_all_home(docks)


async def test_the_command_line_decides_and_ends_with_1_where_a_relay_does_not_fly_it_all(
    api: Served, relaying: Relaying, crew: Org, tmp_path: Path
) -> None:
    file = tmp_path / "ridge.kmz"
    file.write_bytes(kmz())
    async with relaying.line(2, d0=REFUSES, d1=REFUSES) as (docks, _):
        relay = await asked(api, crew, "start", str(file), *(dock.sn for dock in docks), "--no-follow")
        following = asyncio.create_task(argus(api, crew, "relay", "follow", relay["id"]))
        await eventually(lambda: _asks(relaying, relay["id"]), 60)
        code, output = await argus(api, crew, "relay", "decide", relay["id"], "perhaps")
        assert (code, "decision" in output) == (1, True), output
        await asked(api, crew, "decide", relay["id"], "abort", "--reason", "fog")
        code, output = await following
        assert code == 1, output
        assert "aborted by pilot@example: fog" in " ".join(output.split())


async def _asks(relaying: Relaying, relay: str) -> bool:
    found = await relaying.relays.get(relay)
    return found is not None and found.question is not None
