"""Uploads of KMZ files: what can be flown is kept, what cannot is refused with the reason and leaves nothing."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from google.cloud.firestore import AsyncClient

from api.security import Role
from api.waylines import MOST_BYTES
from dji import wpml
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
