"""Uploads of KMZ files: what can be flown is kept, what cannot is refused with the reason and leaves nothing."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from google.cloud.firestore import AsyncClient

from api.security import Role
from api.waylines import MOST_BYTES
from dji import wpml
from store.docks import Dock, Docks
from store.flights import Waylines
from tests.api.conftest import As

M4TD, M30T = "0-100-1", "0-67-1"


def kmz(aircraft: str = M4TD, **more: Any) -> bytes:
    points = [wpml.Waypoint(lat=47.0, lon=8.0, height=60), wpml.Waypoint(lat=47.001, lon=8.001, height=60)]
    return wpml.write_kmz(wpml.build_kmz(points, aircraft_key=aircraft, name="ridge", speed=8, **more))


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return packed.getvalue()


async def test_a_good_file_is_kept_as_it_came(as_role: As) -> None:
    data = kmz()
    answer = await as_role(Role.operator).post("/v1/waylines", files={"file": ("ridge.kmz", data)})
    assert answer.status_code == 201, answer.text
    wayline = answer.json()
    assert (wayline["name"], wayline["aircraft"], wayline["waypoints"]) == ("ridge", M4TD, 2)
    assert wayline["md5"] == hashlib.md5(data, usedforsecurity=False).hexdigest()
    assert (await as_role(Role.viewer).get(f"/v1/waylines/{wayline['id']}/file")).content == data


@pytest.mark.parametrize(("action", "leaves", "warned"), [(None, 0, False), ("goBack", 1, False), ("hover", 1, True)])
async def test_what_a_lost_link_does_is_read_from_the_file(
    as_role: As, database: AsyncClient, org: str, action: str | None, leaves: int, warned: bool
) -> None:
    answer = await as_role(Role.operator).post("/v1/waylines", files={"file": ("r.kmz", kmz(rc_lost_action=action))})
    wayline = answer.json()
    assert wayline["exitWaylineWhenRcLost"] == leaves
    assert any("return home" in problem for problem in wayline["problems"]) == warned
    (kept,) = await Waylines(database).find(orgId=org)
    assert kept.exit_wayline_when_rc_lost == leaves


BAD: dict[str, tuple[Callable[[], bytes], int, str]] = {
    "not a zip": (lambda: b"this is no zip", 422, "kmz-not-a-zip"),
    "no waylines.wpml": (lambda: zipped(wpmz__template_dot_kml=b"<kml/>"), 422, "kmz-no-waylines"),
    "zip bomb": (lambda: zipped(wpmz__waylines_dot_wpml=b" " * 300_000_000), 422, "kmz-zip-bomb"),
    "too large": (lambda: b"x" * (MOST_BYTES + 1), 413, "kmz-too-large"),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_file_is_refused_by_name_and_leaves_nothing(
    as_role: As, database: AsyncClient, org: str, name: str
) -> None:
    make, status, kind = BAD[name]
    answer = await as_role(Role.operator).post("/v1/waylines", files={"file": ("bad.kmz", make())})
    problem = answer.json()
    assert answer.status_code == status, problem
    assert problem["type"].endswith(kind)
    assert problem["field"] == "file"
    assert problem["cure"]
    assert await Waylines(database).find(orgId=org) == []


async def test_a_file_for_another_aircraft_names_both(as_role: As) -> None:
    answer = await as_role(Role.operator).post(
        "/v1/waylines", files={"file": ("ridge.kmz", kmz(M30T))}, data={"aircraft": M4TD}
    )
    assert answer.status_code == 422
    assert "M30T" in answer.json()["detail"] or "Matrice 30T" in answer.json()["detail"]


async def test_the_same_key_is_one_wayline_and_another_body_with_it_a_mistake(
    as_role: As, database: AsyncClient, org: str
) -> None:
    operator = as_role(Role.operator)
    headers = {"Idempotency-Key": "upload-1"}
    first, second = [
        await operator.post("/v1/waylines", files={"file": ("ridge.kmz", kmz())}, headers=headers) for _ in range(2)
    ]
    assert first.json()["id"] == second.json()["id"]
    assert len(await Waylines(database).find(orgId=org)) == 1
    other = await operator.post("/v1/waylines", files={"file": ("ridge.kmz", kmz(M30T))}, headers=headers)
    assert other.status_code == 422
    assert other.json()["field"] == "Idempotency-Key"


async def test_lists_come_in_pages_newest_first(as_role: As) -> None:
    operator = as_role(Role.operator)
    made = [
        (await operator.post("/v1/waylines", files={"file": (f"r{n}.kmz", kmz())}, data={"name": f"r{n}"})).json()["id"]
        for n in range(3)
    ]
    page = (await operator.get("/v1/waylines", params={"limit": 2})).json()
    rest = (await operator.get("/v1/waylines", params={"limit": 2, "after": page["next"]})).json()
    assert [item["id"] for item in page["items"] + rest["items"]] == made[::-1]
    assert rest["next"] is None


async def drawing_dock(database: AsyncClient, org: str, **osd: Any) -> str:
    sn = f"DRAW{uuid4().hex[:10].upper()}"
    await Docks(database).create(Dock(sn=sn, org_id=org, product="3-3-0", osd=osd))
    return sn


CORNERS = [{"latitude": 47.0, "longitude": 8.0}, {"latitude": 47.001, "longitude": 8.0, "height": 80}]
INSIDE = {"device_model_key": M4TD}


async def test_a_drawn_route_is_a_file_for_the_docks_aircraft(as_role: As, database: AsyncClient, org: str) -> None:
    sn = await drawing_dock(database, org, sub_device=INSIDE)
    points = [{**CORNERS[0], "photo": True, "hover": 5, "gimbalPitch": -45}, {**CORNERS[1], "heading": 90}]
    body = {"dockSn": sn, "name": "Ridge", "points": points, "height": 50, "speed": 6, "film": True, "finish": "hover"}
    operator = as_role(Role.operator)
    answer = await operator.post("/v1/waylines/drawn", json={**body, "lostLink": "fly-on", "turns": "curve"})
    assert answer.status_code == 201, answer.text
    wayline = answer.json()
    assert (wayline["name"], wayline["aircraft"], wayline["waypoints"]) == ("Ridge", M4TD, 2)
    assert wayline["exitWaylineWhenRcLost"] == 0

    kmz = wpml.read_kmz((await operator.get(f"/v1/waylines/{wayline['id']}/file")).content)
    assert [problem for problem in wpml.check(kmz, aircraft=M4TD) if problem.severity == "error"] == []
    first, last = kmz.waypoints()
    assert (first.height, first.photos, first.hover_s, first.starts_recording) == (50, 1, 5, True)
    assert (last.height, last.heading, last.stops_recording) == (80, 90, True)
    assert kmz.mission.finish_action == "noAction"

    route = (await as_role(Role.viewer).get(f"/v1/waylines/{wayline['id']}/route")).json()
    assert route["finishAction"] == "noAction"
    assert [(p["latitude"], p["height"], p["speed"], p["photos"]) for p in route["points"]] == [
        (47.0, 50, 6, 1),
        (47.001, 80, 6, 0),
    ]


async def test_the_same_key_draws_one_route(as_role: As, database: AsyncClient, org: str) -> None:
    sn = await drawing_dock(database, org, sub_device={"product_type": M30T})  # as a Dock 1 says it
    body, headers = {"dockSn": sn, "name": "Ridge", "points": CORNERS}, {"Idempotency-Key": "draw-1"}
    operator = as_role(Role.operator)
    made = [await operator.post("/v1/waylines/drawn", json=body, headers=headers) for _ in range(2)]
    assert made[0].json() == made[1].json()
    assert made[0].json()["aircraft"] == M30T
    assert len(await Waylines(database).find(orgId=org)) == 1


@pytest.mark.parametrize(
    ("osd", "change", "status", "kind", "field"),
    [
        ({"sub_device": INSIDE}, {"points": [CORNERS[0], CORNERS[0]]}, 422, "route-invalid", "points[1]"),
        ({}, {}, 409, "aircraft-unknown", "dockSn"),
        ({"sub_device": {"device_model_key": "0-89-0"}}, {}, 422, "route-invalid", "dockSn"),
        ({"sub_device": INSIDE}, {"points": CORNERS[:1]}, 422, "bad-request", "points"),
        ({"sub_device": INSIDE}, {"dockSn": "NOBODYSDOCK000"}, 404, "no-such-dock", "dockSn"),
    ],
)  # fmt: skip
async def test_a_route_that_cannot_be_drawn_names_what_is_wrong_and_leaves_nothing(
    as_role: As, database: AsyncClient, org: str, osd: Any, change: Any, status: int, kind: str, field: str
) -> None:
    body = {"dockSn": await drawing_dock(database, org, **osd), "name": "Ridge", "points": CORNERS, **change}
    answer = await as_role(Role.operator).post("/v1/waylines/drawn", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["field"]) == (status, field), problem
    assert problem["type"].endswith(kind)
    assert problem["cure"]
    assert await Waylines(database).find(orgId=org) == []
